import Input

/// A loss that a law predicts for a planned run, with its interval and how far beyond its data the law was asked.
public struct Forecast: Sendable, Equatable {
  /// In the law's own unit.
  public var size: Double
  public var tokens: Double
  /// By the law's own account.
  public var compute: Double
  public var loss: Double
  /// Standard deviation of ln loss: the law's resamples, the choice of its runs where they were few, the noise of a run,
  /// and what extrapolation adds.
  public var deviation: Double?
  /// Powers of ten of compute beyond the law's range; 0 inside; nil where the law states no range.
  public var decades: Double?

  /// The interval that holds the loss with 95 %; nil where the law says nothing of its uncertainty.
  public var interval: ClosedRange<Double>? {
    deviation.map { deviation in
      let spread = exponential(1.959963984540054 * deviation)
      return loss / spread...loss * spread
    }
  }

  public init(size: Double, tokens: Double, compute: Double, loss: Double, deviation: Double?, decades: Double?) {
    self.size = size
    self.tokens = tokens
    self.compute = compute
    self.loss = loss
    self.deviation = deviation
    self.decades = decades
  }

  /// The object of `isoflop predict --json`.
  public func json(_ law: Law) -> JSONObject {
    JSONObject([
      ("law", .string(law.name)), ("size", .number(size)), ("size_unit", .string(law.scale.rawValue)),
      ("tokens", .number(tokens)), ("compute", .number(compute)),
      (
        "loss",
        [
          "value": .number(loss), "low": interval.map { .number($0.lowerBound) } ?? .null,
          "high": interval.map { .number($0.upperBound) } ?? .null,
          "unit": law.lossUnit.map { .string($0) } ?? .null,
        ]
      ), ("extrapolation_decades", decades.map { .number($0) } ?? .null),
    ])
  }
}

extension Law {
  /// What the law predicts for a run.
  ///
  /// A surface gives a loss anywhere. A loss curve gives it at the optimum of the budget, and off it where the law
  /// knows its curvature.
  ///
  /// - Parameters:
  ///   - size: the model's size in the law's unit.
  ///   - tokens: training tokens.
  ///   - inflation: standard deviation of ln loss that a power of ten of extrapolation adds, from a back-test.
  /// - Throws: `InputError` where a number is not positive, or the law predicts no loss there.
  public func forecast(size: Double, tokens: Double, inflation: Double = 0) throws -> Forecast {
    for (field, value) in [("size", size), ("tokens", tokens)] {
      guard value > 0, value.isFinite else {
        throw InputError("is not a positive number", field: field, value: "\(value)")
      }
    }
    guard inflation >= 0, inflation.isFinite else {
      throw InputError("is not a share of the loss", field: "inflation", value: "\(inflation)", hint: "such as 0.003")
    }
    let cost = self.cost ?? (scale == .flopsPerToken ? .modelFLOPs : .sixPerParameter)
    let compute = cost.flopsPerToken(scale: size) * tokens
    guard compute.isFinite else {
      throw InputError("is too large to be a budget", field: "compute", value: "\(compute)")
    }
    let loss: Double
    if let surface {
      loss = surface.loss(scale: size, tokens: tokens)
    } else if let lossCurve, let optimum = try? optimum(compute: compute) {
      let distance = logarithm(size) - logarithm(optimum.scale)
      guard let curvature else {
        throw InputError(
          "predicts the loss at its own optimum only", field: "law", value: name, hint: "give a law with a surface")
      }
      loss = lossCurve(compute) + curvature(compute) * distance * distance
    } else {
      throw InputError(
        "predicts no loss", field: "law", value: name,
        hint: status == .fitted
          ? "isoflop fit RUNS --parametric --save LAW.json makes one of your runs that does"
          : "laws that do: "
            + Law.published.filter { $0.surface != nil && $0.cost != nil }.map(\.name)
            .joined(separator: ", "))
    }
    let decades = allocationRange.map { range -> Double in
      let beyond = max(compute / range.upperBound, range.lowerBound / compute, 1)
      return logarithm(beyond) / logarithm(10)
    }
    return Forecast(
      size: size, tokens: tokens, compute: compute, loss: loss,
      deviation: deviation(size: size, tokens: tokens, added: inflation * (decades ?? 0)), decades: decades)
  }

  /// Standard deviation of ln loss; nil where the law has neither resamples nor noise and nothing is added.
  private func deviation(size: Double, tokens: Double, added: Double) -> Double? {
    let logs = lossesOfDraws(size: size, tokens: tokens).map { logarithm($0) }.filter(\.isFinite)
    guard logs.count > 1 || logNoise != nil || added > 0 else { return nil }
    let spread = ScalingLaws.spread(logs)
    let noise = logNoise ?? 0
    let choice = leftOut.choiceOfRuns(scale: size, tokens: tokens) / 1.959963984540054
    return (spread * spread + choice * choice + noise * noise + added * added).squareRoot()
  }

  /// The loss that each resample gives for a run; none where the law has no resamples.
  private func lossesOfDraws(size: Double, tokens: Double) -> [Double] {
    if !draws.isEmpty { return draws.map { $0.loss(scale: size, tokens: tokens) } }
    let cost = self.cost ?? (scale == .flopsPerToken ? .modelFLOPs : .sixPerParameter)
    let C = cost.flopsPerToken(scale: size) * tokens
    return curveDraws.map { draw in
      let distance = logarithm(size) - logarithm(draw.modelSize(C))
      return draw.lossCurve(C) + (curvature?(C) ?? 0) * distance * distance
    }
  }

  /// The 95 % interval of the compute-optimal size; nil where the law has no resamples.
  public func optimumInterval(compute C: Double) -> ClosedRange<Double>? {
    guard C > 0, C.isFinite else { return nil }
    var sizes: [Double] = []
    if let cost, cost.constant == 0, surface != nil {
      sizes = draws.map { $0.scaleLaw(flopsPerScale: cost.perScale)(C) }
    } else if modelSize != nil {
      sizes = curveDraws.map { $0.modelSize(C) }
    }
    sizes = sizes.filter(\.isFinite).sorted()
    guard sizes.count >= 40, let low = quantile(sizes, 0.025), let high = quantile(sizes, 0.975) else { return nil }
    return low...high
  }
}

/// The standard deviation whose normal distribution has the middle 95 % of the values, which a few wild resamples of a
/// poor fit do not carry away; the plain one for fewer than forty.
private func spread(_ values: [Double]) -> Double {
  guard values.count > 1 else { return 0 }
  let sorted = values.sorted()
  guard values.count >= 40, let low = quantile(sorted, 0.025), let high = quantile(sorted, 0.975) else {
    return standardDeviation(values)
  }
  return (high - low) / (2 * 1.959963984540054)
}
