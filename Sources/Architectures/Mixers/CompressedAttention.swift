/// DeepSeek-V4's attention: one narrow latent is key and value of every head; beyond a sliding window a query sees one
/// compressed entry for every `rate` positions, all of them or the ones that an indexer chooses; the output projection
/// is of low rank in groups of heads.
public struct CompressedAttention: Sendable {
  public enum Kind: Sendable, Equatable {
    /// The window alone.
    case sliding
    /// Every compressed entry ("heavily compressed").
    case all(rate: Int)
    /// The entries that an indexer chooses ("compressed sparse"): its heads, their width, and how many.
    case chosen(rate: Int, heads: Int, headWidth: Int, count: Int)
  }

  public var width: Int
  public var heads: Int
  public var headWidth: Int
  public var queryRank: Int
  public var window: Int
  /// Groups of heads in the output projection, and the rank of each.
  public var outputGroups: Int
  public var outputRank: Int
  public var kind: Kind

  public init(
    width: Int, heads: Int, headWidth: Int, queryRank: Int, window: Int, outputGroups: Int, outputRank: Int, kind: Kind
  ) {
    self.width = width
    self.heads = heads
    self.headWidth = headWidth
    self.queryRank = queryRank
    self.window = window
    self.outputGroups = outputGroups
    self.outputRank = outputRank
    self.kind = kind
  }

  public func block(_ name: String = "self_attn") -> Block { Block(name, parts) }

  public var parts: [Part] {
    let rank = outputGroups * outputRank
    return [
      .linear(Linear("q_a_proj", in: width, out: queryRank)), .vector(Vector("q_a_norm", queryRank)),
      .linear(Linear("q_b_proj", in: queryRank, out: heads * headWidth)),
      .linear(Linear("kv_proj", in: width, out: headWidth)), .vector(Vector("kv_norm", headWidth)),
    ] + compressor + [
      .scores(
        Scores(heads: heads, keyWidth: headWidth, valueWidth: headWidth, mask: .sliding(window: window), keys: keys)),
      .vector(Vector("sinks", heads)),
      // Every group of heads has its own projection to its rank.
      .linear(Linear("o_a_proj", in: heads * headWidth / outputGroups, out: rank)),
      .linear(Linear("o_b_proj", in: rank, out: width)),
      .cache(Cache(perPosition: headWidth, window: window)),
    ]
  }

  private var keys: Keys {
    switch kind {
    case .sliding: .sequence
    case .all(let rate): .sequenceAndCompressed(rate: rate)
    case .chosen(let rate, _, _, let count): .sequenceAndCompressed(rate: rate, chosen: count)
    }
  }

  /// Weighted sums of neighbouring positions; the sparse kind lets neighbouring blocks overlap and so has twice the
  /// width.
  private var compressor: [Part] {
    switch kind {
    case .sliding: return []
    case .all(let rate): return compressor("compressor", rate: rate, wide: headWidth, entry: headWidth, .projection)
    case .chosen(let rate, let heads, let narrow, _):
      return compressor("compressor", rate: rate, wide: 2 * headWidth, entry: headWidth, .projection)
        + compressor("compressor.indexer", rate: rate, wide: 2 * narrow, entry: narrow, .indexer) + [
          .linear(Linear("compressor.indexer.q_b_proj", .indexer, in: queryRank, out: heads * narrow)),
          .linear(Linear("compressor.indexer.weights_proj", .indexer, in: width, out: heads)),
          .product(Product("compressor.indexer.scores", .perCompressedPair(heads * narrow, rate: rate))),
        ]
    }
  }

  private func compressor(_ name: String, rate: Int, wide: Int, entry: Int, _ role: Role) -> [Part] {
    [
      .linear(Linear("\(name).kv_proj", role, in: width, out: wide)),
      .linear(Linear("\(name).gate_proj", role, in: width, out: wide)),
      .vector(Vector("\(name).position_bias", rate * wide)), .vector(Vector("\(name).kv_norm", entry)),
      .cache(Cache(perPosition: entry, rate: rate)),
    ]
  }
}
