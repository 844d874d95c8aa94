import Input
import ScalingLaws

/// The loss of a budget as a function of size alone, with what reality adds: tokens that repeat, tokens to be served.
///
/// Training and serving share C: C = k N D + (k/3) N D_served, because a forward pass is a third of training (Sardana
/// et al. 2023, arXiv 2401.00448: 6 N D + 2 N D_inference). Repeated tokens and the parameters that outgrow them count
/// for less (Muennighoff et al. 2023, arXiv 2305.16264, equations 5 and 6).
struct Objective: Sendable {
  var surface: LossSurface
  /// FLOPs of a training token per unit of size.
  var perScale: Double
  var compute: Double
  /// Tokens there are; nil: no end of them.
  var unique: Double?
  var repetition: RepeatedData?
  /// Tokens to be served over the model's life.
  var served: Double = 0

  /// What is left to train on at a size; 0 or less where serving alone exceeds the budget.
  func tokens(scale: Double) -> Double { compute / (perScale * scale) - served / 3 }

  /// The size that D tokens leave the budget for.
  func scale(tokens: Double) -> Double { compute / (perScale * (tokens + served / 3)) }

  func loss(scale: Double) -> Double { loss(scale: scale, tokens: tokens(scale: scale)) }

  func loss(scale: Double, tokens: Double) -> Double {
    guard tokens > 0 else { return .infinity }
    guard let unique, let repetition else { return surface.loss(scale: scale, tokens: tokens) }
    var size = scale
    if repetition.parameters.isFinite, tokens > unique {
      size = repetition.effective(parameters: scale, optimal: sizeCalledFor(by: unique))
    }
    return surface.loss(scale: size, tokens: repetition.effective(tokens: tokens, unique: unique))
  }

  /// The size for which `tokens` fresh tokens would be the optimum: D_opt(C) solved for C, then N_opt(C).
  private func sizeCalledFor(by tokens: Double) -> Double {
    guard let C = surface.tokenLaw(flopsPerScale: perScale).inverse(tokens) else { return .infinity }
    return surface.scaleLaw(flopsPerScale: perScale)(C)
  }

  /// The size with the lowest loss: the lowest of a scan over the whole feasible range in ln N, then golden section.
  ///
  /// - Throws: `InputError` where no size can train on a token.
  func minimise() throws -> Double {
    let centre = try surface.optimum(compute: compute, flopsPerScale: perScale).scale
    let low = logarithm(centre) - 14
    var high = logarithm(centre) + 14
    if served > 0 { high = min(high, logarithm(3 * compute / (perScale * served))) }
    guard low < high else {
      throw InputError(
        "leave nothing to train with", field: "inference_tokens", value: "\(served)",
        hint: "serving them costs more than the whole budget at any sensible size")
    }
    let steps = 400
    let width = (high - low) / Double(steps)
    var best = low
    var lowest = Double.infinity
    for step in 0...steps {
      let x = low + Double(step) * width
      let value = loss(scale: exponential(x))
      if value < lowest { (best, lowest) = (x, value) }
    }
    let x = goldenSection(from: best - width, to: best + width) { loss(scale: exponential($0)) }
    return exponential(x)
  }

  /// Sizes around `optimum` whose loss is at most `limit`: the ends are found by bisection.
  func band(around optimum: Double, limit: Double) -> ClosedRange<Double> {
    func end(_ direction: Double) -> Double {
      var inside = logarithm(optimum)
      var outside = inside + direction * 0.05
      while loss(scale: exponential(outside)) <= limit, abs(outside - inside) < 40 { outside += direction * 0.5 }
      for _ in 0..<60 {
        let middle = (inside + outside) / 2
        if loss(scale: exponential(middle)) <= limit { inside = middle } else { outside = middle }
      }
      return exponential(inside)
    }
    let low = end(-1)
    return low...max(low, end(1))
  }
}

/// The minimum of a function with one minimum between two points, to about 1e-9 of the interval.
func goldenSection(from a: Double, to b: Double, _ f: (Double) -> Double) -> Double {
  let ratio = 0.6180339887498949
  var (low, high) = (a, b)
  var x1 = high - ratio * (high - low)
  var x2 = low + ratio * (high - low)
  var (f1, f2) = (f(x1), f(x2))
  for _ in 0..<48 {
    if f1 <= f2 {
      (high, x2, f2) = (x2, x1, f1)
      x1 = high - ratio * (high - low)
      f1 = f(x1)
    } else {
      (low, x1, f1) = (x1, x2, f2)
      x2 = low + ratio * (high - low)
      f2 = f(x2)
    }
  }
  return (low + high) / 2
}
