/// Hyper-connections: `streams` residual streams side by side; before and after each block a small product over all of
/// them says how they are read, written and mixed (arXiv 2409.19606; manifold-constrained in DeepSeek-V4).
public struct HyperConnections: Sendable {
  public var width: Int
  public var streams: Int
  /// The streams are mixed with each other too, by a streams x streams matrix a position; else only read and written.
  public var mixes: Bool

  public init(width: Int, streams: Int, mixes: Bool) {
    self.width = width
    self.streams = streams
    self.mixes = mixes
  }

  /// One of a layer's two: around its attention, or around its feed-forward block.
  public func block(_ name: String) -> Block {
    let weights = (mixes ? 2 + streams : 2) * streams
    var parts: [Part] = [
      .linear(Linear("fn", in: streams * width, out: weights)), .vector(Vector("base", weights)),
      .vector(Vector("scale", mixes ? 3 : 2)),
    ]
    if mixes { parts.append(.product(Product("mixing", .perPosition(streams * streams * width)))) }
    return Block(name, parts)
  }

  /// Reads one stream out of all of them, before the last norm.
  public var headParts: [Part] {
    [
      .linear(Linear("hc_head.fn", in: streams * width, out: streams)), .vector(Vector("hc_head.base", streams)),
      .vector(Vector("hc_head.scale", 1)),
    ]
  }
}
