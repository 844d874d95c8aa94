/// Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434, section 2.1): queries, keys and values come from
/// low-rank latents, and generation keeps only the key/value latent and one rotary key.
///
/// Counted in the un-absorbed form that training runs: the key/value up-projection goes over every position.
public struct LatentAttention: Sendable {
  public var width: Int
  public var heads: Int
  /// r_q of the query latent; nil projects queries directly.
  public var queryRank: Int?
  /// r_kv of the key/value latent.
  public var keyValueRank: Int
  /// Width of a query and key without and with rotary position.
  public var plainWidth: Int
  public var rotaryWidth: Int
  public var valueWidth: Int
  public var mask: AttentionMask = .causal
  /// Biases on the down-projections and the output.
  public var bias: Bool = false
  public var indexer: SparseIndexer?
  public var outputGate: OutputGate = .none
  /// A learned sink a head.
  public var sinks: Bool = false

  /// A gate on the output, one for every channel of every head.
  public enum OutputGate: Sendable {
    case none
    /// From the layer's input.
    case fromInput
    /// Together with the queries, from the query latent before and after its norm (A.X-K2).
    case withQuery
  }

  var keyWidth: Int { plainWidth + rotaryWidth }

  public init(
    width: Int, heads: Int, queryRank: Int?, keyValueRank: Int, plainWidth: Int, rotaryWidth: Int, valueWidth: Int
  ) {
    self.width = width
    self.heads = heads
    self.queryRank = queryRank
    self.keyValueRank = keyValueRank
    self.plainWidth = plainWidth
    self.rotaryWidth = rotaryWidth
    self.valueWidth = valueWidth
  }

  public func block(_ name: String = "self_attn") -> Block { Block(name, parts) }

  public var parts: [Part] {
    var parts = queries
    parts += [
      .linear(Linear("kv_a_proj_with_mqa", in: width, out: keyValueRank + rotaryWidth, bias: bias)),
      .vector(Vector("kv_a_layernorm", keyValueRank)),
      .linear(Linear("kv_b_proj", in: keyValueRank, out: heads * (plainWidth + valueWidth))),
    ]
    if let indexer { parts += indexer.parts }
    var scores = Scores(heads: heads, keyWidth: keyWidth, valueWidth: valueWidth, mask: mask)
    scores.absorbed = Scores.Absorbed(keyWidth: keyValueRank + rotaryWidth, valueWidth: keyValueRank)
    parts.append(.scores(scores))
    if outputGate == .fromInput { parts.append(.linear(Linear("gate_proj", in: width, out: heads * valueWidth))) }
    if sinks { parts.append(.vector(Vector("sinks", heads))) }
    parts.append(.linear(Linear("o_proj", in: heads * valueWidth, out: width, bias: bias)))
    parts.append(.cache(Cache(perPosition: keyValueRank + rotaryWidth)))
    return parts
  }

  private var queries: [Part] {
    guard let queryRank else { return [.linear(Linear("q_proj", in: width, out: heads * keyWidth))] }
    let up =
      outputGate == .withQuery
      ? Linear("q_gate_proj", in: 2 * queryRank, out: heads * (keyWidth + valueWidth))
      : Linear("q_b_proj", in: queryRank, out: heads * keyWidth)
    return [
      .linear(Linear("q_a_proj", in: width, out: queryRank, bias: bias)),
      .vector(Vector("q_a_layernorm", queryRank)), .linear(up),
    ]
  }
}

/// The indexer of DeepSeek sparse attention (DeepSeek-V3.2): a few narrow heads score every pair of positions, weigh
/// the heads and choose the keys that the attention then sees.
public struct SparseIndexer: Sendable {
  public var width: Int
  /// Where its queries come from: the query latent's rank.
  public var queryRank: Int
  public var heads: Int
  public var headWidth: Int
  /// Keys that a query may see.
  public var chosen: Int

  public init(width: Int, queryRank: Int, heads: Int, headWidth: Int, chosen: Int) {
    self.width = width
    self.queryRank = queryRank
    self.heads = heads
    self.headWidth = headWidth
    self.chosen = chosen
  }

  public var parts: [Part] {
    [
      .linear(Linear("indexer.wq_b", .indexer, in: queryRank, out: heads * headWidth)),
      .linear(Linear("indexer.wk", .indexer, in: width, out: headWidth)),
      .vector(Vector("indexer.k_norm", 2 * headWidth)),
      .linear(Linear("indexer.weights_proj", .indexer, in: width, out: heads)),
      // Scores of every head, then their weighted sum, which is a product as well.
      .product(Product("indexer.scores", .perPair(heads * (headWidth + 1)))),
      .cache(Cache(perPosition: headWidth)),
    ]
  }
}
