import Input

/// How the best learning rate and batch of one setting (a scale and a number of tokens) are found from its runs.
public enum HyperparameterMethod: String, Sendable, CaseIterable {
  /// Those of the run with the lowest loss.
  case best
  /// The geometric mean over all runs within 0.25 % of the lowest loss (DeepSeek LLM, arXiv 2401.02954, section 3.1).
  case nearOptimal = "near-optimal"
  /// The vertex of a quadratic in (ln rate, ln batch) through the runs within 2 % of the lowest loss.
  case quadratic

  /// How far above the lowest loss a run may be to count, relative.
  var band: Double {
    switch self {
    case .best: 0
    case .nearOptimal: 0.0025
    case .quadratic: 0.02
    }
  }
}

/// What a hyper-parameter may depend on.
public enum Predictor: String, Sendable, CaseIterable {
  case compute = "C"
  case scale = "N"
  case tokens = "D"
}

public struct HyperparameterOptions: Equatable, Sendable {
  public var method = HyperparameterMethod.quadratic
  /// What the learning rate and the batch are laws of.
  public var learningRatePredictors: [Predictor] = [.scale, .tokens]
  public var batchPredictors: [Predictor] = [.tokens]
  /// Settings are drawn with replacement.
  public var resampling = Resampling(count: 1000)

  public init() {}

  /// What to say to who asks for anything else to be drawn.
  public static func drawsSettings(not value: String, field: String) -> InputError {
    InputError("is not for hyper-parameters: settings are drawn", field: field, value: value, hint: "leave it out")
  }
}

/// Laws of the learning rate and the batch size.
public struct HyperparameterResult: Sendable {
  public var options: HyperparameterOptions
  public var scale: String
  public var settings: [Setting]
  public var learningRate: Law?
  public var batchTokens: Law?
  /// Every law of one or two of C, N, D, for each of the two: which predictors explain something.
  public var candidates: [Candidate]
  public var warnings: [FitWarning]

  /// One setting: a scale, tokens, and what was best there.
  public struct Setting: Equatable, Sendable {
    public var scale: Double
    public var tokens: Double
    public var compute: Double
    /// Runs, and those of them that decide.
    public var runs: Int
    public var used: Int
    public var learningRate: Double?
    public var batchTokens: Double?
    /// Whether the run with the lowest loss has the smallest or largest rate or batch of its setting.
    public var atEdge: Bool
    /// Why there is no optimum; nil where there is.
    public var refused: String?
  }

  /// value = coefficient x product of predictor^exponent.
  public struct Law: Equatable, Sendable {
    public var coefficient: Double
    public var exponents: [Exponent]
    /// The standard error of ln coefficient, from the scatter of the settings about the law.
    public var coefficientError: Double
    /// Of the coefficient, from drawing settings with replacement.
    public var coefficientInterval: Interval?
    /// Resamples in which the settings drawn do not determine the law.
    public var failedResamples: Int
    public var r2: Double
    public var settings: Int
    /// The resampled laws, in order.
    public var samples: [Sample]

    /// What other settings would have given.
    public struct Sample: Equatable, Sendable {
      public var coefficient: Double
      /// In the order of the law's own.
      public var exponents: [Double]
    }

    public struct Exponent: Equatable, Sendable {
      public var predictor: Predictor
      public var value: Double
      /// From the scatter of the settings about the law.
      public var standardError: Double
      /// From drawing settings with replacement.
      public var interval: Interval?
    }

    public func callAsFunction(scale: Double, tokens: Double, compute: Double) -> Double {
      value(Sample(coefficient: coefficient, exponents: exponents.map(\.value)), scale, tokens, compute)
    }

    /// The middle of what the resampled laws say there, at a level; nil where there are none.
    public func interval(scale: Double, tokens: Double, compute: Double, level: Double) -> Interval? {
      Interval(percentiles: samples.map { value($0, scale, tokens, compute) }, level: level)
    }

    private func value(_ sample: Sample, _ scale: Double, _ tokens: Double, _ compute: Double) -> Double {
      exponential(
        zip(exponents, sample.exponents).reduce(logarithm(sample.coefficient)) { sum, exponent in
          let x: Double =
            switch exponent.0.predictor {
            case .compute: compute
            case .scale: scale
            case .tokens: tokens
            }
          return sum + exponent.1 * logarithm(x)
        })
    }
  }

  public struct Candidate: Equatable, Sendable {
    public var quantity: String
    public var predictors: [Predictor]
    public var exponents: [Double]
    public var r2: Double
  }
}

/// Laws of the learning rate and the batch from grids of runs at several scales and tokens.
public enum HyperparameterFit {
  /// - Throws: `InputError` where the runs have neither learning rates nor batch sizes; `WorkError` where too few
  ///   settings have an optimum inside their grid.
  public static func fit(
    _ set: RunSet, options: HyperparameterOptions = HyperparameterOptions()
  ) throws -> HyperparameterResult {
    try options.resampling.check()
    guard options.resampling.scheme == .runs else {
      throw HyperparameterOptions.drawsSettings(not: options.resampling.scheme.name, field: "scheme")
    }
    for predictors in [options.learningRatePredictors, options.batchPredictors] {
      guard !predictors.isEmpty, Set(predictors).count == predictors.count, predictors.count < 3 else {
        throw InputError(
          "must name one or two different ones of C, N, D", field: "predictors",
          value: predictors.map(\.rawValue).joined(separator: ","),
          hint: "C is the product of N and D, so all three say no more than two")
      }
    }
    let hasRate = set.runs.contains { $0.learningRate != nil }
    let hasBatch = set.runs.contains { $0.batchTokens != nil }
    guard hasRate || hasBatch else {
      throw InputError("have neither learning_rate nor batch_size_tokens", field: "runs", hint: "map them with --map")
    }
    let settings = Dictionary(grouping: set.runs) { [$0.scale, $0.tokens] }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .map { setting($0.value, options.method) }
    let rates = settings.filter { $0.learningRate != nil }
    let batches = settings.filter { $0.batchTokens != nil }
    let learningRate = try law(rates, options.learningRatePredictors, options.resampling) { $0.learningRate ?? 1 }
    let batchTokens = try law(batches, options.batchPredictors, options.resampling) { $0.batchTokens ?? 1 }
    guard learningRate != nil || batchTokens != nil else {
      let reasons = Set(settings.compactMap(\.refused)).sorted().joined(separator: "; ")
      throw WorkError(
        "\(Numbers.grouped(max(rates.count, batches.count))) of \(Numbers.counted(settings.count, "setting")) \(max(rates.count, batches.count) == 1 ? "has" : "have") an optimum, too few for a law"
          + (reasons.isEmpty ? "" : ": \(reasons)"),
        hint: "at least one setting more than coefficients, at different scales and tokens")
    }
    var result = HyperparameterResult(
      options: options, scale: set.scale, settings: settings, learningRate: learningRate, batchTokens: batchTokens,
      candidates: candidates("learning_rate", rates) { $0.learningRate ?? 1 }
        + candidates("batch_tokens", batches) { $0.batchTokens ?? 1 }, warnings: set.warnings)
    result.warnings += warnings(result)
    return result
  }

  /// Whether some scale and number of tokens was run with several learning rates or batches.
  public static func hasGrid(_ set: RunSet) -> Bool {
    Dictionary(grouping: set.runs) { [$0.scale, $0.tokens] }.values.contains { runs in
      Set(runs.compactMap(\.learningRate)).count >= 3 || Set(runs.compactMap(\.batchTokens)).count >= 3
    }
  }

  // MARK: One setting

  private static func setting(_ runs: [Run], _ method: HyperparameterMethod) -> HyperparameterResult.Setting {
    let lowest = runs.map(\.loss).min() ?? 0
    let near = runs.filter { $0.loss <= lowest * (1 + method.band) }
    var setting = HyperparameterResult.Setting(
      scale: runs[0].scale, tokens: runs[0].tokens, compute: runs[0].compute, runs: runs.count, used: near.count,
      atEdge: bestIsAtEdge(runs))
    switch method {
    case .best, .nearOptimal:
      setting.learningRate = geometricMean(near.map(\.learningRate))
      setting.batchTokens = geometricMean(near.map(\.batchTokens))
      if setting.learningRate == nil, setting.batchTokens == nil { setting.refused = "no learning rate or batch" }
    case .quadratic: vertex(near, &setting)
    }
    return setting
  }

  private static func bestIsAtEdge(_ runs: [Run]) -> Bool {
    guard let best = runs.min(by: { $0.loss < $1.loss }) else { return false }
    return [\Run.learningRate, \Run.batchTokens].contains { path in
      let values = runs.compactMap { $0[keyPath: path] }
      guard let value = best[keyPath: path], let low = values.min(), let high = values.max(), low < high else {
        return false
      }
      return value == low || value == high
    }
  }

  private static func geometricMean(_ values: [Double?]) -> Double? {
    let logs = values.compactMap { $0.map { logarithm($0) } }
    return logs.isEmpty || logs.count < values.count ? nil : exponential(mean(logs))
  }

  /// The vertex of a quadratic in whichever of the two varies; refused where it opens downwards or lies outside the runs.
  private static func vertex(_ near: [Run], _ setting: inout HyperparameterResult.Setting) {
    let axes = [
      near.compactMap { $0.learningRate.map { logarithm($0) } },
      near.compactMap { $0.batchTokens.map { logarithm($0) } },
    ]
    .map { $0.count == near.count && Set($0).count >= 3 ? $0 : nil }
    let (x, y) = (axes[0], axes[1])
    let loss = near.map(\.loss)
    let one = [Double](repeating: 1, count: near.count)
    func product(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 * $1 } }
    func inside(_ value: Double, _ values: [Double], _ centre: Double) -> Bool {
      guard let low = values.min(), let high = values.max() else { return false }
      return value + centre > low && value + centre < high
    }
    if let x, let y {
      let (cx, cy) = (mean(x), mean(y))
      let (u, v) = (x.map { $0 - cx }, y.map { $0 - cy })
      guard near.count > 6,
        let fit = leastSquares([one, u, v, product(u, u), product(u, v), product(v, v)], loss)
      else { return setting.refused = "fewer than 7 runs in the band, or not in a grid" }
      let (bx, by, xx, xy, yy) = (
        fit.coefficients[1], fit.coefficients[2], 2 * fit.coefficients[3], fit.coefficients[4], 2 * fit.coefficients[5]
      )
      let determinant = xx * yy - xy * xy
      guard xx > 0, determinant > 0 else { return setting.refused = "the quadratic has no minimum" }
      let (px, py) = ((-bx * yy + by * xy) / determinant, (bx * xy - by * xx) / determinant)
      guard inside(px, x, cx), inside(py, y, cy) else {
        return setting.refused = "the optimum is at the edge of the grid"
      }
      setting.learningRate = exponential(px + cx)
      setting.batchTokens = exponential(py + cy)
    } else if let only = x ?? y {
      let centre = mean(only)
      let u = only.map { $0 - centre }
      guard near.count > 3, let fit = leastSquares([one, u, product(u, u)], loss), fit.coefficients[2] > 0 else {
        return setting.refused = "the quadratic has no minimum, or too few runs"
      }
      let at = -fit.coefficients[1] / (2 * fit.coefficients[2])
      guard inside(at, only, centre) else { return setting.refused = "the optimum is at the edge of the grid" }
      if x != nil {
        setting.learningRate = exponential(at + centre)
      } else {
        setting.batchTokens = exponential(at + centre)
      }
    } else {
      setting.refused = "neither the learning rate nor the batch takes three values"
    }
  }

  // MARK: Laws

  private static func columns(_ settings: [HyperparameterResult.Setting], _ predictors: [Predictor]) -> [[Double]] {
    [[Double](repeating: 1, count: settings.count)]
      + predictors.map { predictor in
        settings.map { setting in
          switch predictor {
          case .compute: logarithm(setting.compute)
          case .scale: logarithm(setting.scale)
          case .tokens: logarithm(setting.tokens)
          }
        }
      }
  }

  private static func law(
    _ settings: [HyperparameterResult.Setting], _ predictors: [Predictor], _ resampling: Resampling,
    _ value: (HyperparameterResult.Setting) -> Double
  ) throws -> HyperparameterResult.Law? {
    let x = columns(settings, predictors)
    let y = settings.map { logarithm(value($0)) }
    guard settings.count > x.count, let fit = leastSquares(x, y) else { return nil }
    let draw = ClusterDraw(Array(settings.indices))
    let drawn = try inParallel("resamples", count: resampling.count, chunk: 64, workers: resampling.workers) {
      range -> [[Double]?] in
      var counts = [Double](repeating: 0, count: settings.count)
      var weights = counts
      return range.map { index in
        var random = Philox(seed: resampling.seed, stream: UInt64(index))
        weights.withUnsafeMutableBufferPointer { buffer in
          // SAFETY: one weight for each setting.
          if let base = buffer.baseAddress { draw.draw(&random, counts: &counts, weights: base) }
        }
        return leastSquares(x, y, weights: weights)?.coefficients
      }
    }
    let laws = drawn.compactMap { $0 }
    return .init(
      coefficient: exponential(fit.coefficients[0]),
      exponents: predictors.enumerated().map { index, predictor in
        .init(
          predictor: predictor, value: fit.coefficients[index + 1], standardError: fit.standardError(index + 1),
          interval: Interval(percentiles: laws.map { $0[index + 1] }, level: resampling.level))
      }, coefficientError: fit.standardError(0),
      coefficientInterval: Interval(percentiles: laws.map { exponential($0[0]) }, level: resampling.level),
      failedResamples: drawn.count - laws.count, r2: fit.r2, settings: settings.count,
      samples: laws.map { .init(coefficient: exponential($0[0]), exponents: Array($0.dropFirst())) })
  }

  private static func candidates(
    _ quantity: String, _ settings: [HyperparameterResult.Setting], _ value: (HyperparameterResult.Setting) -> Double
  ) -> [HyperparameterResult.Candidate] {
    let choices: [[Predictor]] = [[.compute], [.scale], [.tokens], [.scale, .tokens]]
    return choices.compactMap { predictors in
      let x = columns(settings, predictors)
      guard settings.count > x.count, let fit = leastSquares(x, settings.map { logarithm(value($0)) }) else {
        return nil
      }
      return .init(
        quantity: quantity, predictors: predictors, exponents: Array(fit.coefficients.dropFirst()), r2: fit.r2)
    }
  }

  private static func warnings(_ result: HyperparameterResult) -> [FitWarning] {
    var warnings: [FitWarning] = []
    let refused = result.settings.filter { $0.refused != nil }
    if !refused.isEmpty {
      let reasons = Dictionary(grouping: refused) { $0.refused ?? "" }.sorted { $0.key < $1.key }
        .map { "\($0.value.count): \($0.key)" }
      warnings.append(
        FitWarning(
          .edgeOptimum, refused.count * 4 > result.settings.count ? .caution : .note,
          "no optimum at \(refused.count) of \(Numbers.counted(result.settings.count, "setting")) (\(reasons.joined(separator: ", ")))"
        ))
    }
    let edges = result.settings.count { $0.atEdge }
    if result.options.method != .quadratic, edges > 0 {
      warnings.append(
        FitWarning(
          .edgeOptimum, edges * 4 > result.settings.count ? .caution : .note,
          "the best run is at the edge of its grid of rates and batches at \(edges) of \(Numbers.counted(result.settings.count, "setting")): "
            + "the optimum may lie beyond"))
    }
    for (name, law) in [("learning_rate", result.learningRate), ("batch_tokens", result.batchTokens)] {
      guard let law else { continue }
      let asked = result.options.resampling.count
      if law.failedResamples > 0 {
        warnings.append(
          FitWarning(
            .failedResamples, law.failedResamples * 20 > asked ? .caution : .note,
            "\(Numbers.grouped(law.failedResamples)) of \(Numbers.counted(asked, "resample")) \(law.failedResamples == 1 ? "draws" : "draw") settings that do not determine the law of \(name)"
          ))
      }
      let predictors = law.exponents.map(\.predictor.rawValue).joined(separator: " and ")
      if law.r2 < 0.2 {
        let better = result.candidates.filter { $0.quantity == name }.max { $0.r2 < $1.r2 }
        warnings.append(
          FitWarning(
            .weakPredictor,
            "\(predictors) explains \(significant(100 * max(law.r2, 0), 2)) % of how \(name) varies: it is no law of it"
              + (better.map {
                "; \($0.predictors.map(\.rawValue).joined(separator: " and ")) explains \(significant(100 * $0.r2, 2)) %"
              } ?? "")))
      }
      for exponent in law.exponents {
        let t = studentQuantile(0.975, freedom: law.settings - law.exponents.count - 1)
        if law.r2 >= 0.2, abs(exponent.value) < t * exponent.standardError {
          warnings.append(
            FitWarning(
              .weakPredictor, .note,
              "the exponent of \(exponent.predictor.rawValue) in \(name) cannot be told from 0: "
                + "\(significant(exponent.value, 3)) with a standard error of \(significant(exponent.standardError, 2))"
            ))
        }
      }
    }
    return warnings
  }
}
