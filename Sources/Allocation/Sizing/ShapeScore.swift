/// How far a shape is from what one would pick of its size: a sum of penalties, 0 for nothing to complain about.
///
/// Each penalty is a rule of thumb about hardware or about shapes that trained well, and is shown beside the sum:
///
/// - closeness: 0.3 at 5 % from the size, in proportion;
/// - aspect: 1 for every factor of e that d_model / n_layers is outside 84...137 (loss is flat inside: Kaplan et al.
///   2020, figure 5; Levine et al. 2020);
/// - width: 0.1 for each power of two that d_model lacks to a multiple of d_model / 8 (tiles of matrix units);
/// - heads: 0.05 for each power of two that n_heads lacks to a multiple of 8 (tensor parallelism);
/// - layers: 0.03 for each power of two that n_layers lacks to a multiple of 4 (pipeline stages);
/// - d_ff: 0.02 for each power of two that d_ff lacks to a multiple of 512;
/// - cache: 0.05 for each doubling of the key-value heads over 8 (memory and bandwidth when serving).
public struct ShapeScore: Sendable, Equatable {
  public var closeness: Double
  public var aspect: Double
  public var width: Double
  public var heads: Double
  public var layers: Double
  public var feedForward: Double
  public var cache: Double

  public var sum: Double { closeness + aspect + width + heads + layers + feedForward + cache }

  static let aspectRatios = 84.0...137.0

  init(_ counted: CountedShape, target: Double, measure: SizeMeasure) {
    let shape = counted.shape
    closeness = 0.3 * abs(doublings(Double(measure.of(counted.count)) / target)) / doublings(1.05)
    let ratio = counted.aspectRatio
    let range = ShapeScore.aspectRatios
    let outside = max(range.lowerBound / ratio, ratio / range.upperBound, 1)
    aspect = doublings(outside) * 0.6931471805599453
    width = 0.1 * max(0, doublings(Double(shape.width)) - 3 - Double(shape.width.trailingZeroBitCount))
    heads = 0.05 * lacking(shape.heads, 3)
    layers = 0.03 * lacking(shape.layers, 2)
    let widths = [shape.mlpWidth, shape.expertWidth].filter { $0 > 0 }
    feedForward = 0.02 * lacking(widths.min() ?? 512, 9)
    cache = 0.05 * max(0, doublings(Double(max(shape.keyValueHeads, 1)) / 8))
  }
}

/// Powers of two that a number lacks to be a multiple of 2^wanted.
private func lacking(_ number: Int, _ wanted: Int) -> Double {
  Double(wanted - min(wanted, number.trailingZeroBitCount))
}
