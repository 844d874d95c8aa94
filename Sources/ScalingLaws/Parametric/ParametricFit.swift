import Input

/// Chinchilla's approach 3: L = E + A/N^alpha + B/D^beta through all runs at once.
public enum ParametricFit {
  /// Fits the law to the runs of a set (one group).
  ///
  /// - Parameters:
  ///   - set: the runs, of one group.
  ///   - options: loss, starts, resamples and what is held.
  ///   - resamples: all resamples of this fit, in parts made by `resamples(_:of:options:)`; by default they are fitted
  ///     here.
  /// - Throws: `InputError` where the options or the runs cannot be fitted, or the resamples are not all those of this
  ///   fit; `WorkError` where no start converged, so that something that is no minimum is never taken for one.
  public static func fit(
    _ set: RunSet, options: ParametricOptions = ParametricOptions(), resamples: [Resamples]? = nil
  ) throws -> ParametricResult {
    try options.check()
    var options = options
    if options.resampling.count > 0 { options.resampling = try options.resampling.measured(on: set.runs) }
    let search = try SurfaceSearch(set.runs, options: options)
    let found = try search.minimum()
    let n = set.runs.count

    let shortRuns = search.shortRunTest(found.best, set.runs)
    var bootstrap = SurfaceBootstrap.Outcome()
    if options.resampling.count > 0 || resamples != nil {
      let draws = SurfaceBootstrap(search: search, minimum: found.best, runs: set.runs, shortRuns: shortRuns)
      bootstrap = try resamples.map { draws.outcome(of: try draws.joined($0)) } ?? draws.run()
    }
    let crossCheck = options.crossCheck ? search.crossCheck(found) : nil
    var result = ParametricResult(
      surface: search.points.surface(found.best.variables), scale: set.scale, flopsPerScale: set.flopsPerScale,
      lossUnit: set.lossUnit, options: options, objective: found.objective, n: n,
      convergence: found.best.convergence, starts: found.starts, crossCheck: crossCheck,
      samples: bootstrap.samples, failedResamples: bootstrap.failures, profileE: nil, influence: [],
      residuals: search.residualSummary(found.best), alternatives: [], shortRuns: nil,
      shortRunTest: shortRuns,
      seedNoise: SeedNoise(set.runs), range: DataRange(set.runs), warnings: set.warnings)
    let diagnosis = SurfaceDiagnosis(search: search, minimum: found.best, runs: set.runs)
    result.profileE = diagnosis.profileE()
    result.influence = try diagnosis.influence()
    if options.resampling.count > 0 { result.leftOut = diagnosis.leftOut() }
    result.alternatives = diagnosis.alternatives()
    result.shortRuns = try diagnosis.shortRuns()
    // What is missing because of it is not missing from the runs.
    try WorkProgress.checkCancellation()
    result.warnings += diagnosis.warnings(result, onBound: found.best.onBound, bootstrap: bootstrap)
    return result
  }

  /// The same for bare points: N (parameters, C = 6 N D unless told otherwise), D, L.
  public static func fit(
    _ points: [SurfacePoint], flopsPerScale: Double = 6, options: ParametricOptions = ParametricOptions()
  ) throws -> ParametricResult {
    let runs = points.enumerated().map { index, point in
      var run = Run(
        row: index, line: index + 1, scale: point.scale, tokens: point.tokens,
        compute: flopsPerScale * point.scale * point.tokens, loss: point.loss)
      run.cluster = index
      return run
    }
    return try fit(RunSet(runs: runs, scale: "params_total", flopsPerScale: flopsPerScale), options: options)
  }
}

/// The search for the minimum of one set of points.
struct SurfaceSearch: Sendable {
  private(set) var points: CentredPoints
  let losses: [Double]
  let options: ParametricOptions

  init(_ runs: [Run], options: ParametricOptions) throws {
    for run in runs {
      guard run.scale > 0, run.tokens > 0, run.loss > 0, run.scale.isFinite, run.tokens.isFinite, run.loss.isFinite
      else {
        throw InputError(
          "is no run: scale, tokens and loss must be positive and finite", field: "line \(run.line)",
          value: "\(run.scale), \(run.tokens), \(run.loss)")
      }
    }
    let free = options.ties.free
    guard runs.count > free else {
      throw InputError(
        "\(runs.count == 1 ? "is" : "are") too few for a law with \(Numbers.counted(free, "free coefficient"))",
        field: "runs",
        value: "\(runs.count)",
        hint: "at least \(free + 1) runs; fewer coefficients: tied exponents or a fixed E")
    }
    for (name, values) in [("scales", runs.map(\.scale)), ("tokens", runs.map(\.tokens)), ("losses", runs.map(\.loss))]
    {
      guard let low = values.min(), let high = values.max(), high > low else {
        throw InputError(
          "are all the same (\(values.first.map { "\($0)" } ?? "none")): they say nothing about how the loss depends on them",
          field: "runs: \(name)")
      }
    }
    points = CentredPoints(
      runs.map { SurfacePoint(scale: $0.scale, tokens: $0.tokens, loss: $0.loss) }, residual: options.residual)
    losses = runs.map(\.loss)
    self.options = options
  }

  struct Found {
    var best: SurfaceSolver.Minimum
    var objective: Double
    var starts: ParametricResult.Starts
  }

  /// Residuals of 1e-11 and less are rounding.
  var exactObjective: Double { Double(points.count) * 1e-22 }

  /// The lowest minimum over all starts.
  func minimum() throws -> Found {
    let starts = SurfaceSolver.starts(count: options.starts, losses: losses)
    // Many points: the starts look at a sample of them, and what they find is finished on all.
    let few = points.count > Self.many ? points.sampled(2048) : points
    let minima = try inParallel("starts", count: starts.count, chunk: 8, workers: options.resampling.workers) { range in
      var solver = SurfaceSolver(points: few, options: options)
      solver.load()
      return range.map { solver.minimise(from: starts[$0], coarse: SurfaceSearch.coarseDelta, tolerance: 1e-12) }
    }
    let converged = minima.filter { $0.convergence.isConverged }
    guard var best = converged.min(by: { $0.value < $1.value }) else {
      let how = Set(minima.map(\.convergence.rawValue)).sorted().joined(separator: ", ")
      throw WorkError("the fit did not converge from any of \(Numbers.counted(starts.count, "start")) (\(how))")
    }
    let agree = converged.count { $0.value <= best.value * (1 + 1e-6) + Double(few.count) * 1e-22 }
    if few.count < points.count || best.convergence != .exact {
      var solver = SurfaceSolver(points: points, options: options)
      solver.load()
      let coarse = few.count < points.count ? SurfaceSearch.coarseDelta : nil
      var polished = solver.minimise(from: best.variables, coarse: coarse, tolerance: 1e-14)
      if options.loss == .leastAbsolute, polished.convergence.isConverged {
        let finer = solver.minimise(
          from: polished.variables, coarse: SurfaceSolver.smallestDelta, tolerance: 1e-14, finest: true)
        if finer.convergence.isConverged { polished = finer }
      }
      if polished.convergence.isConverged {
        best = polished
      } else if few.count < points.count {
        throw WorkError(
          "the fit did not converge on all \(Numbers.counted(points.count, "run")) (\(polished.convergence.rawValue))")
      }
    }
    return Found(
      best: best, objective: objective(points.surface(best.variables)),
      starts: .init(total: starts.count, converged: converged.count, agree: agree))
  }

  /// Whether variable projection finds the same minimum (of a sample, where there are many points).
  func crossCheck(_ found: Found) -> ParametricResult.CrossCheck {
    let few = points.count > Self.many ? of(points.sampled(2048)) : self
    var reference = found.objective
    if few.points.count < points.count {
      var solver = SurfaceSolver(points: few.points, options: options)
      solver.load()
      let minimum = solver.minimise(from: found.best.variables, coarse: Self.coarseDelta, tolerance: 1e-12)
      reference = few.objective(few.points.surface(minimum.variables))
    }
    let second = VariableProjection.minimise(few.points, losses: losses, options: options)
    let value = few.objective(second.surface)
    let close = value <= reference * (1 + 1e-5) + few.exactObjective
    return .init(objective: value, agrees: close && value >= reference * (1 - 1e-5) - few.exactObjective)
  }

  /// The same search of other points.
  func of(_ points: CentredPoints) -> SurfaceSearch {
    var copy = self
    copy.points = points
    return copy
  }

  /// More points than this are first looked at through a sample.
  static let many = 4096

  /// Where delta starts from in a cold search: every residual is within it.
  static let coarseDelta = 0.1

  /// The plain sum of the loss of the residuals of a law.
  func objective(_ surface: LossSurface) -> Double {
    residuals(points.variables(surface)).reduce(0) { $0 + options.loss.value($1) }
  }

  func residuals(_ variables: [Double]) -> [Double] { at(variables) { $0.residuals($1) } }

  /// The residuals at the five variables and their derivatives by each of them.
  func slopes(_ variables: [Double]) -> [(residual: Double, by: [Double])] { at(variables) { $0.slopes($1) } }

  private func at<Value>(
    _ variables: [Double], _ body: (SurfaceObjective, UnsafeMutablePointer<Double>) -> [Value]
  ) -> [Value] {
    let objective = SurfaceObjective(
      capacity: points.count, delta: 1, residual: options.residual, ties: Ties())
    objective.load(points, weights: nil, targets: nil)
    var variables = variables
    return variables.withUnsafeMutableBufferPointer { buffer in
      // SAFETY: the five variables of a surface.
      buffer.baseAddress.map { body(objective, $0) } ?? []
    }
  }
}

extension CentredPoints {
  /// `count` of the points, drawn with replacement: rows of a grid come in a rhythm, which even steps could fall into.
  func sampled(_ count: Int) -> CentredPoints {
    var random = Philox(seed: 0, stream: 0)
    let indices = (0..<count).map { _ in random.index(below: self.count) }
    return at(indices)
  }

  func at(_ indices: [Int]) -> CentredPoints {
    var copy = self
    copy.x = indices.map { x[$0] }
    copy.y = indices.map { y[$0] }
    copy.target = indices.map { target[$0] }
    return copy
  }
}
