/// The estimates of DeepSeek LLM (arXiv 2401.02954, eq. 2) from four sizes alone: 12 d^2 weights a layer, full
/// attention at one sequence length.
public struct PaperForm: Sendable, Equatable {
  /// n_layer.
  public var layers: Int
  /// d_model.
  public var width: Int
  /// n_vocab.
  public var vocabulary: Int
  /// l_seq.
  public var sequenceLength: Int

  public init(layers: Int, width: Int, vocabulary: Int, sequenceLength: Int) {
    self.layers = layers
    self.width = width
    self.vocabulary = vocabulary
    self.sequenceLength = sequenceLength
  }

  private var L: Exact { Exact(layers) }
  private var d: Exact { Exact(width) }

  /// Non-embedding parameters: 12 n_layer d_model^2.
  public var N1: Exact { 12 * L * d * d }
  /// All parameters: N1 + n_vocab d_model (one vocabulary matrix).
  public var N2: Exact { N1 + Exact(vocabulary) * d }
  /// 6 N1 = 72 n_layer d_model^2, training FLOPs per token.
  public var sixN1: Exact { 6 * N1 }
  /// 6 N2 = 72 n_layer d_model^2 + 6 n_vocab d_model, training FLOPs per token.
  public var sixN2: Exact { 6 * N2 }
  /// M = 72 n_layer d_model^2 + 12 n_layer d_model l_seq, non-embedding training FLOPs per token.
  public var M: Exact { sixN1 + 12 * L * d * Exact(sequenceLength) }
}
