import Input

/// Chinchilla's approach 2: the minimum of each budget's profile, and power laws through the minima.
public enum IsoFLOPFit {
  /// - Throws: `InputError` where the runs form no profiles; `WorkError` where fewer than two budgets have a minimum
  ///   inside their runs, naming each budget and what is wrong with it.
  public static func fit(_ set: RunSet, options: IsoFLOPOptions = IsoFLOPOptions()) throws -> IsoFLOPResult {
    try fit(set, options: options, atOptimum: false)
  }

  /// The exponent of the scale alone, through minima of equal weight, for a surface that is held to it.
  public static func exponent(of set: RunSet, options: IsoFLOPOptions) throws -> Double {
    var options = options
    options.resampling.count = 0
    options.weighted = false
    return try fit(set, options: options).model.law.exponent
  }

  /// With `atOptimum`, a budget's compute is what its optimum costs, flopsPerScale x scale x tokens: for runs whose
  /// compute was counted anew and is no longer the same within a budget.
  static func fit(_ set: RunSet, options: IsoFLOPOptions, atOptimum: Bool) throws -> IsoFLOPResult {
    try options.check()
    var options = options
    if options.resampling.count > 0 { options.resampling = try options.resampling.measured(on: set.runs) }
    var profiles = try BudgetRuns.group(set, logLoss: options.logLoss).map { $0.windowed(options.window) }
    let vertices = profiles.map { $0.vertices(options.method) }
    if atOptimum {
      for (index, vertex) in vertices.enumerated()
      where vertex.scale.status == .fitted && vertex.tokens.status == .fitted {
        profiles[index].compute = set.flopsPerScale * exponential(vertex.scale.x + vertex.tokens.x)
      }
    }
    let usable = profiles.indices.filter {
      vertices[$0].scale.status == .fitted && vertices[$0].tokens.status == .fitted
    }
    guard usable.count >= 2 else { throw noLine(profiles, vertices) }

    let short = options.alternatives ? ShortRunsOfProfiles(set, logLoss: options.logLoss) : nil
    let allowance = short?.test.isOpen == true ? short : nil
    var draws = MinimaBootstrap(
      profiles: profiles, usable: usable, clusters: set.runs.map(\.cluster), options: options, allowance: allowance)
    try draws.run()
    let weights = options.weighted ? draws.weights() : nil
    let compute = usable.map { profiles[$0].compute }
    let minima = Minima(
      scale: usable.map { vertices[$0].scale.x }, tokens: usable.map { vertices[$0].tokens.x },
      loss: usable.map { options.logLoss ? exponential(vertices[$0].scale.value) : vertices[$0].scale.value })
    let (samples, failures) = try draws.lines(compute: compute, weights: weights)

    let budgets = profiles.indices.map { index in
      budget(profiles[index], vertices[index], draws: draws.summary(of: index), options: options, runs: set.runs)
    }
    let level = draws.percentileLevel(compute: compute)
    let without = short.flatMap { short -> Double? in
      let logs = usable.map { profiles[$0].without(short.added).vertices(options.method).scale.x }
      return logs.allSatisfy(\.isFinite) ? PowerLaw.through(compute, logs: logs, weights: weights)?.law.exponent : nil
    }
    var result = IsoFLOPResult(
      scale: set.scale, flopsPerScale: set.flopsPerScale, lossUnit: set.lossUnit, options: options,
      percentileLevel: level, budgets: budgets,
      model: try line(compute, minima.scale, weights, samples.map(\.model), options.resampling.level, level),
      data: try line(compute, minima.tokens, weights, samples.map(\.data), options.resampling.level, level),
      lossCurve: nil,
      pureCurve: try pureCurve(compute, minima.loss, samples: samples, level), samples: samples,
      failedResamples: failures, alternatives: [], shortRuns: nil,
      shortRunTest: short?.test(exponent: without),
      seedNoise: SeedNoise(set.runs), range: DataRange(set.runs), warnings: set.warnings)
    result.lossCurve = offsetCurve(
      compute, minima.loss, samples: samples, level: options.resampling.level, percentiles: level)
    if options.alternatives {
      let comparison = IsoFLOPComparison(set: set, options: options, atOptimum: atOptimum)
      result.alternatives = comparison.alternatives()
      result.shortRuns = comparison.withoutShortRuns()
    }
    try WorkProgress.checkCancellation()
    result.warnings += IsoFLOPDiagnosis(set: set, profiles: profiles, usable: usable).warnings(result)
    return result
  }

  private static func noLine(
    _ profiles: [BudgetRuns], _ vertices: [(scale: ProfileVertex, tokens: ProfileVertex)]
  ) -> WorkError {
    let statuses = vertices.map { $0.scale.status == .fitted ? $0.tokens.status : $0.scale.status }
    let reasons = zip(profiles, statuses).map { profile, status in
      "\(significant(profile.label ?? profile.compute, 3)) (\(Numbers.counted(profile.x.count, "run"))): \(status.words)"
    }
    return WorkError(
      "fewer than two budgets have a minimum inside their runs, so there is no law: \(reasons.joined(separator: "; "))",
      hint: statuses.contains { $0 == .edge || $0 == .wrongCurvature }
        ? "add runs on the side where the loss still falls"
        : "add a budget with runs on both sides of its minimum, or name the column of budgets with --budget")
  }

  private static func budget(
    _ profile: BudgetRuns, _ vertex: (scale: ProfileVertex, tokens: ProfileVertex),
    draws: MinimaBootstrap.Summary?, options: IsoFLOPOptions, runs: [Run]
  ) -> IsoFLOPResult.Budget {
    let status = vertex.scale.status == .fitted ? vertex.tokens.status : vertex.scale.status
    var budget = IsoFLOPResult.Budget(
      compute: profile.compute, label: profile.label, n: profile.x.count, lines: profile.runs.map { runs[$0].line },
      status: status, lost: draws?.lost ?? [:])
    guard status == .fitted, let low = profile.x.first, let high = profile.x.last else { return budget }
    budget.optimum = exponential(vertex.scale.x)
    budget.tokens = exponential(vertex.tokens.x)
    budget.loss = options.logLoss ? exponential(vertex.scale.value) : vertex.scale.value
    budget.curvature = vertex.scale.curvature
    budget.position = (vertex.scale.x - (low + high) / 2) / ((high - low) / 2)
    budget.noise = profile.noise(options.method)
    budget.interval = draws?.interval
    budget.tokensInterval = draws?.tokens
    budget.lossInterval = draws?.loss
    return budget
  }

  // MARK: Laws through the minima

  private static func line(
    _ compute: [Double], _ logs: [Double], _ weights: [Double]?, _ samples: [PowerLaw], _ level: Double,
    _ percentiles: Double
  ) throws -> IsoFLOPResult.Line {
    guard let (law, error) = PowerLaw.through(compute, logs: logs, weights: weights) else {
      throw WorkError("the budgets are all the same: there is no line through their minima")
    }
    var scatter: Interval?
    if compute.count > 2 {
      let t = studentQuantile((1 + level) / 2, freedom: compute.count - 2)
      scatter = Interval(low: law.exponent - t * error, high: law.exponent + t * error, standardError: error)
    }
    return .init(
      law: law, exponent: Interval(percentiles: samples.map(\.exponent), level: percentiles),
      base: Interval(percentiles: samples.map(\.base), level: percentiles), scatter: scatter)
  }

  private static func pureCurve(
    _ compute: [Double], _ loss: [Double], samples: [IsoFLOPResult.Sample], _ percentiles: Double
  ) throws -> IsoFLOPResult.Curve {
    guard let pure = LossCurveFit.pure(compute: compute, loss: loss) else {
      throw WorkError("the budgets are all the same: there is no loss curve through their minima")
    }
    var curve = IsoFLOPResult.Curve(law: pure.law, rms: (pure.squares / Double(loss.count)).squareRoot())
    curve.k = Interval(percentiles: samples.map(\.pureLoss.coefficient), level: percentiles)
    curve.gamma = Interval(percentiles: samples.map(\.pureLoss.gamma), level: percentiles)
    return curve
  }

  private static func offsetCurve(
    _ compute: [Double], _ loss: [Double], samples: [IsoFLOPResult.Sample], level: Double,
    percentiles: Double
  ) -> IsoFLOPResult.Curve? {
    guard compute.count >= 4, let found = LossCurveFit.offset(compute: compute, loss: loss) else { return nil }
    let laws = samples.compactMap(\.loss)
    var curve = IsoFLOPResult.Curve(law: found.law, rms: (found.squares / Double(loss.count)).squareRoot())
    curve.E = Interval(percentiles: laws.map(\.offset), level: percentiles)
    curve.k = Interval(percentiles: laws.map(\.coefficient), level: percentiles)
    curve.gamma = Interval(percentiles: laws.map(\.gamma), level: percentiles)
    // E + k C^-gamma with E held: allowed while the sum of squares stays below its minimum times 1 + t^2 / (n - 3).
    let t = studentQuantile((1 + level) / 2, freedom: compute.count - 3)
    let limit = found.squares * (1 + t * t / Double(compute.count - 3))
    let lowest = loss.min() ?? 0
    let allowed = (0...400).map { lowest * Double($0) / 400 }.filter {
      (LossCurveFit.offset(compute: compute, loss: loss, fixedE: $0)?.squares ?? .infinity) <= limit
    }
    curve.profileE =
      min(
        allowed.min() ?? found.law.offset, found.law.offset)...max(allowed.max() ?? found.law.offset, found.law.offset)
    var subsets = [found.law.offset]
    func without(_ left: (Int) -> Bool) {
      let kept = compute.indices.filter { !left($0) }
      guard kept.count >= 4 else { return }
      if let law = LossCurveFit.offset(compute: kept.map { compute[$0] }, loss: kept.map { loss[$0] })?.law {
        subsets.append(law.offset)
      }
    }
    for index in compute.indices { without { $0 == index } }
    for lowest in 2..<max(compute.count - 3, 2) { without { $0 < lowest } }
    for highest in 2..<max(compute.count - 3, 2) { without { $0 >= compute.count - highest } }
    curve.subsetsE = (subsets.min() ?? 0)...(subsets.max() ?? 0)
    return curve
  }
}

/// The minima of the usable budgets, as logs and losses.
struct Minima: Sendable {
  var scale: [Double]
  var tokens: [Double]
  var loss: [Double]
}

extension PowerLaw {
  /// The least-squares line of ln y against ln x, with the standard error of its exponent (0 for two points); nil
  /// where all x are the same or there are fewer than two.
  static func through(
    _ x: [Double], logs y: [Double], weights: [Double]? = nil
  ) -> (law: PowerLaw, error: Double)? {
    guard x.count >= 2 else { return nil }
    let logs = x.map { logarithm($0) }
    var (sw, sx, sy) = (0.0, 0.0, 0.0)
    for i in logs.indices {
      let w = weights?[i] ?? 1
      sw += w
      sx += w * logs[i]
      sy += w * y[i]
    }
    let (cx, cy) = (sx / sw, sy / sw)
    var (sxx, sxy, syy) = (0.0, 0.0, 0.0)
    for i in logs.indices {
      let w = weights?[i] ?? 1
      sxx += w * (logs[i] - cx) * (logs[i] - cx)
      sxy += w * (logs[i] - cx) * (y[i] - cy)
      syy += w * (y[i] - cy) * (y[i] - cy)
    }
    guard sxx > 1e-12 * sw else { return nil }
    let slope = sxy / sxx
    let rest = max(syy - slope * sxy, 0)
    let error = x.count > 2 ? (rest / Double(x.count - 2) / sxx).squareRoot() : 0
    return (PowerLaw(base: exponential(cy - slope * cx), exponent: slope), error)
  }
}
