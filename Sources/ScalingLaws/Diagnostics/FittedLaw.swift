import Input

/// Fits as laws that can be saved and used like published ones.
extension ModelScale {
  /// The columns of runs that are scales.
  static let columns = ["flops_per_token", "params_total", "params_nonembedding", "params_active"]

  /// The scale that a column of runs is; nil for a column of one's own.
  public init?(column: String) {
    switch column {
    case "flops_per_token": self = .flopsPerToken
    case "params_total": self = .totalParameters
    case "params_nonembedding": self = .nonEmbeddingParameters
    case "params_active": self = .activeParameters
    default: return nil
    }
  }
}

private func scale(of column: String) throws -> ModelScale {
  guard let scale = ModelScale(column: column) else {
    throw InputError(
      "is no scale that a law can be saved in", field: "scale", value: column,
      hint: "flops_per_token, params_total, params_nonembedding or params_active (--map one of them to it)")
  }
  return scale
}

/// No more resamples than this go into a law: enough for the ends of a 95 % interval.
private let savedDraws = 1000

extension ParametricResult {
  /// The fit as a law of its own, with its range, its noise and (a sample of) its resamples.
  ///
  /// - Throws: `InputError` where the scale is a column that no law can be saved in.
  public func law(id: String, source: String) throws -> Law {
    var law = Law(
      id: id, title: "L = E + A/N^alpha + B/D^beta fitted to \(Numbers.counted(n, "run"))", source: source,
      location: "isoflop fit",
      status: .fitted, scale: try ScalingLaws.scale(of: scale), cost: TokenCost(perScale: flopsPerScale))
    law.surface = surface
    law.lossUnit = lossUnit == .natsPerToken ? "nats/token" : "bits/byte"
    law.allocationRange = range.compute
    let step = max(1, samples.count / savedDraws)
    law.draws = stride(from: 0, to: samples.count, by: step).prefix(savedDraws).map { samples[$0] }
    law.leftOut = leftOut
    if residuals.robust > 0, options.residual == .log { law.logNoise = residuals.robust }
    law.notes = warnings.filter { $0.severity == .caution }.map(\.message)
    return law
  }
}

extension IsoFLOPResult {
  /// The fit as a law of its own.
  ///
  /// - Throws: `InputError` where the scale is a column that no law can be saved in.
  public func law(id: String, source: String) throws -> Law {
    let fitted = budgets.filter { $0.status == .fitted }
    var law = Law(
      id: id, title: "IsoFLOP profiles (\(options.method.rawValue)) at \(Numbers.counted(fitted.count, "budget"))",
      source: source,
      location: "isoflop fit", status: .fitted, scale: try ScalingLaws.scale(of: scale),
      cost: TokenCost(perScale: flopsPerScale))
    law.modelSize = model.law
    law.tokens = data.law
    law.lossCurve = lossCurve?.law
    law.lossUnit = lossUnit == .natsPerToken ? "nats/token" : "bits/byte"
    let compute = fitted.map(\.compute)
    if let low = compute.min(), let high = compute.max() { law.allocationRange = low...high }
    // L rises by curvature / 2 per squared ln distance from the optimum (in the unit of the loss).
    if !options.logLoss {
      let bends = fitted.compactMap { budget in budget.curvature.map { (budget.compute, logarithm($0 / 2)) } }
      law.curvature = PowerLaw.through(bends.map(\.0), logs: bends.map(\.1))?.law
    }
    if law.lossCurve != nil {
      let whole = samples.compactMap { sample in
        sample.loss.map { CurveDraw(modelSize: sample.model, lossCurve: $0) }
      }
      let step = max(1, whole.count / savedDraws)
      law.curveDraws = stride(from: 0, to: whole.count, by: step).prefix(savedDraws).map { whole[$0] }
    }
    // A run about its profile, as a share of the loss there.
    let scatter = fitted.compactMap { budget in budget.noise.flatMap { noise in budget.loss.map { noise / $0 } } }
    if !scatter.isEmpty, !options.logLoss {
      law.logNoise = (scatter.reduce(0) { $0 + $1 * $1 } / Double(scatter.count)).squareRoot()
    }
    law.notes = warnings.filter { $0.severity == .caution }.map(\.message)
    return law
  }
}

extension HyperparameterResult {
  /// The fit as a law of its own.
  ///
  /// - Throws: `InputError` where the scale is a column that no law can be saved in.
  public func law(id: String, source: String) throws -> ScalingLaws.Law {
    var law = ScalingLaws.Law(
      id: id,
      title: "learning rate and batch (\(options.method.rawValue)) at \(Numbers.counted(settings.count, "setting"))",
      source: source, location: "isoflop fit", status: .fitted, scale: try ScalingLaws.scale(of: scale))
    law.learningRate = learningRate?.saved
    law.batchTokens = batchTokens?.saved
    let compute = settings.map(\.compute)
    if let low = compute.min(), let high = compute.max() { law.hyperparameterRange = low...high }
    law.notes = warnings.filter { $0.severity == .caution }.map(\.message)
    return law
  }
}

extension HyperparameterResult.Law {
  fileprivate var saved: HyperparameterLaw {
    func exponent(_ predictor: Predictor) -> Double { exponents.first { $0.predictor == predictor }?.value ?? 0 }
    return HyperparameterLaw(
      coefficient: coefficient, compute: exponent(.compute), scale: exponent(.scale), tokens: exponent(.tokens))
  }
}
