import Input
import ScalingLaws

/// Where a request lands on its law, before any real shape is looked at.
struct LawPoint {
  var size: Double
  var tokens: Double
  var loss: Double?
  var band: AllocationReport.Band?
  var data: AllocationReport.Repetition?
  var offOptimum: AllocationReport.OffOptimum?
  var servingCompute: Double?
  var warnings: [String] = []

  /// ln 20: a parabola in ln size, fitted to sizes a few times off the optimum, says nothing further out.
  static let parabolaHolds = 3.0
}

extension AllocationRequest {
  /// The law's surface with what the request adds; nil where the law has no surface.
  func objective() -> Objective? {
    guard let surface = law.surface, let cost = law.cost else { return nil }
    return Objective(
      surface: surface, perScale: cost.perScale, compute: budget.compute, unique: uniqueTokens,
      repetition: uniqueTokens == nil ? nil : repetition, served: inferenceTokens ?? 0)
  }

  /// What repeated tokens are worth: the law's own word, else Muennighoff's, for the tokens alone.
  private var repetition: RepeatedData {
    law.repetition ?? Law.muennighoffRepetition
  }

  func lawPoint() throws -> LawPoint {
    var point: LawPoint
    if let objective = objective() {
      point = try surfacePoint(objective)
    } else {
      point = try powerLawPoint()
    }
    if let uniqueTokens { addRepetition(&point, uniqueTokens) }
    return point
  }

  // MARK: A law with a surface

  private func surfacePoint(_ objective: Objective) throws -> LawPoint {
    let optimalSize: Double
    if uniqueTokens == nil, inferenceTokens == nil {
      optimalSize = try law.optimum(compute: budget.compute).scale
    } else {
      optimalSize = try objective.minimise()
    }
    let optimalTokens = objective.tokens(scale: optimalSize)
    let lowest = objective.loss(scale: optimalSize)
    var size = optimalSize
    var tokens = optimalTokens
    switch fixed {
    case .size(let given): (size, tokens) = (given, objective.tokens(scale: given))
    case .tokens(let given): (size, tokens) = (objective.scale(tokens: given), given)
    case .model(let given):
      size = given.size(under: law)
      tokens = budget.compute / given.M - (inferenceTokens ?? 0) / 3
    case nil: break
    }
    guard tokens > 0 else {
      let served = inferenceTokens ?? 0
      let largest = 3 * budget.compute / (objective.perScale * served)
      throw InputError(
        "leaves no compute to train with at a size of \(digits(size)) \(law.scale.words)", field: "inference_tokens",
        value: digits(served),
        hint: "serving so many takes all of C from \(digits(largest)) on; the best size for both is "
          + "\(digits(optimalSize))")
    }
    let loss = objective.loss(scale: size, tokens: tokens)
    var point = LawPoint(size: size, tokens: tokens, loss: loss)
    let sizes = objective.band(around: optimalSize, limit: lowest * (1 + bandTolerance))
    point.band = AllocationReport.Band(
      tolerance: bandTolerance, sizes: sizes,
      tokens: objective.tokens(scale: sizes.upperBound)...objective.tokens(scale: sizes.lowerBound), law: law.name)
    if let inferenceTokens {
      let perToken: Double = if case .model(let given) = fixed { given.M } else { objective.perScale * size }
      point.servingCompute = perToken * inferenceTokens / 3
    }
    if fixed != nil {
      let curve = objective.surface.lossCurve(flopsPerScale: objective.perScale)
      let plain = uniqueTokens == nil && inferenceTokens == nil
      point.offOptimum = AllocationReport.OffOptimum(
        size: size, tokens: tokens, optimalSize: optimalSize, optimalTokens: optimalTokens, lossPenalty: loss - lowest,
        equivalentCompute: plain ? curve.inverse(loss) : nil, penaltyLaw: law.name)
    }
    return point
  }

  // MARK: A law of powers

  private func powerLawPoint() throws -> LawPoint {
    guard inferenceTokens == nil else {
      let others = Law.published.filter { $0.surface != nil && $0.cost != nil && $0.variant == nil }.map(\.id)
      throw InputError(
        "needs a law with a loss surface: \(law.name) does not say what a smaller model loses",
        field: "inference_tokens", value: digits(inferenceTokens ?? 0),
        hint: "such as " + others.joined(separator: ", "))
    }
    let best = try law.optimum(compute: budget.compute)
    guard let cost = law.cost else { throw InputError("has no cost of a token", field: "law", value: law.name) }
    var size = best.scale
    var tokens = best.tokens
    switch fixed {
    case .size(let given): (size, tokens) = (given, budget.compute / cost.flopsPerToken(scale: given))
    case .tokens(let given): (size, tokens) = ((budget.compute / given - cost.constant) / cost.perScale, given)
    case .model(let given): (size, tokens) = (given.size(under: law), budget.compute / given.M)
    case nil: break
    }
    guard size > 0 else {
      throw InputError(
        "leave no size above zero", field: "tokens", value: "\(tokens)",
        hint:
          "the most that C = \(digits(budget.compute)) pays for is \(digits(budget.compute / max(cost.constant, 1)))")
    }
    // DeepSeek's own loss curve was never published; the fit to its figure has the curvature of the same runs.
    let lossLaw = law.curvature != nil ? law : law.id == Law.deepSeekID ? Law.deepSeekFit : nil
    var point = LawPoint(size: size, tokens: tokens, loss: best.loss)
    guard let lossLaw, let curve = lossLaw.lossCurve, let curvature = lossLaw.curvature else {
      if fixed != nil {
        point.offOptimum = AllocationReport.OffOptimum(
          size: size, tokens: tokens, optimalSize: best.scale, optimalTokens: best.tokens)
      }
      return point
    }
    let lowest = curve(budget.compute)
    let bend = curvature(budget.compute)
    let halfWidth = (bandTolerance * lowest / bend).squareRoot()
    let spread = exponential(halfWidth)
    point.band = AllocationReport.Band(
      tolerance: bandTolerance, sizes: best.scale / spread...best.scale * spread,
      tokens: best.tokens / spread...best.tokens * spread, law: lossLaw.name)
    if fixed != nil {
      let distance = logarithm(size) - logarithm(best.scale)
      let penalty = bend * distance * distance
      guard abs(distance) < LawPoint.parabolaHolds else {
        point.loss = nil
        point.offOptimum = AllocationReport.OffOptimum(
          size: size, tokens: tokens, optimalSize: best.scale, optimalTokens: best.tokens)
        point.warnings.append(
          "the size is \(digits(size / best.scale, 3)) times the optimum, too far for \(lossLaw.name)'s parabola to say what"
            + " that costs")
        return point
      }
      if let loss = point.loss { point.loss = loss + penalty }
      point.offOptimum = AllocationReport.OffOptimum(
        size: size, tokens: tokens, optimalSize: best.scale, optimalTokens: best.tokens, lossPenalty: penalty,
        equivalentCompute: curve.inverse(lowest + penalty), penaltyLaw: lossLaw.name)
      if lossLaw.name != law.name {
        point.warnings.append(
          "\(law.name) has no loss of its own: the penalty is by \(lossLaw.name), \(lossLaw.title.lowercasedFirst)")
      }
      if let range = lossLaw.allocationRange, let text = extrapolation(budget.compute, range) {
        point.warnings.append("the penalty by \(lossLaw.name), and the curvature behind it: \(text)")
      }
    }
    return point
  }

  // MARK: Repeated tokens

  private func addRepetition(_ point: inout LawPoint, _ unique: Double) {
    let effective = repetition.effective(tokens: point.tokens, unique: unique)
    point.data = AllocationReport.Repetition(unique: unique, epochs: point.tokens / unique, effective: effective)
    guard point.tokens > unique else { return }
    let source = law.repetition == nil ? "muennighoff" : law.name
    point.warnings.append(
      "\(digits(point.tokens / unique, 3)) epochs over \(digits(unique)) unique tokens are worth \(digits(effective))"
        + " fresh ones (\(source))")
    if law.surface == nil {
      point.warnings.append(
        "\(law.name) has no loss surface, so its size and tokens do not take the repetition into account; a law with "
          + "one does, such as deepseek_fig4a:surface")
    }
  }
}

extension String {
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
