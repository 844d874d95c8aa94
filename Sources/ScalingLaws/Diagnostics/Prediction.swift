import Input

/// A predicted loss.
public struct Prediction: Equatable, Sendable {
  public var scale: Double
  public var tokens: Double
  public var compute: Double
  public var loss: Double
  /// Of the loss.
  public var interval: Interval?
  /// Of scale and tokens, where the law chose them.
  public var scaleInterval: Interval?
  public var tokensInterval: Interval?
  /// Powers of ten of compute beyond the nearest run; 0 within the data.
  public var decades: Double
}

extension Prediction {
  /// An entry of `predictions` in the output of `isoflop fit --json`.
  public var json: JSON {
    [
      "compute": .number(compute), "scale": .number(scale), "tokens": .number(tokens), "loss": .number(loss),
      "interval": interval?.json ?? .null, "scale_interval": scaleInterval?.json ?? .null,
      "tokens_interval": tokensInterval?.json ?? .null, "decades_beyond": .number(decades),
    ]
  }
}

/// What the runs span.
public struct DataRange: Equatable, Sendable {
  public var scale: ClosedRange<Double>
  public var tokens: ClosedRange<Double>
  public var compute: ClosedRange<Double>

  init(_ runs: [Run]) {
    func span(_ values: [Double]) -> ClosedRange<Double> { (values.min() ?? 0)...(values.max() ?? 0) }
    scale = span(runs.map(\.scale))
    tokens = span(runs.map(\.tokens))
    compute = span(runs.map(\.compute))
  }

  public func decadesBeyond(compute C: Double) -> Double {
    let tenth = 1 / logarithm(10)
    if C > compute.upperBound { return logarithm(C / compute.upperBound) * tenth }
    if C < compute.lowerBound { return logarithm(compute.lowerBound / C) * tenth }
    return 0
  }
}
