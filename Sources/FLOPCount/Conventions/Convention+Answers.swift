extension Convention {
  /// Pairs of a query and a key.
  public enum Attention: String, Sendable, CaseIterable {
    /// All S x S pairs, masks or not.
    case full
    /// The pairs that the masks let through, exactly.
    case causal
    /// Half of all pairs: S^2 / 2.
    case half
    /// No attention at all: parameters only.
    case none
  }
  /// Layers with a sliding window or chunks.
  public enum Windows: String, Sendable {
    /// What the mask lets through, by the convention's own way to count pairs: with half, W - W^2 / (2 S) a query.
    case asMasked = "as masked"
    /// What the mask lets through, to the pair, whatever layers without a window count.
    case exact = "exact"
    /// W (W + 1) / 2 + (S - W) W pairs, also where the sequence is shorter than the window.
    case withoutEnd = "W - W (W - 1) / (2 S) a query, also for S < W"
    /// Counted as layers without a window.
    case ignored
    /// S x min(S, W) pairs, the ramp at the start of the sequence included.
    case band
    /// The same, in layers without a window too.
    case bandEverywhere = "band in every layer"
    /// Half a pair a query, however long the sequence is.
    case linear = "half a key a query"
  }
  /// Where the width of a head comes from.
  public enum HeadWidth: String, Sendable {
    case real = "head_dim"
    /// d_model / heads in the attention scores, real projections.
    case derivedInScores = "d_model / heads in the scores"
    /// d_model / heads everywhere.
    case derived = "d_model / heads"
  }
  /// How many heads keys and values have.
  public enum KeyValueHeads: String, Sendable {
    case real = "their own number"
    case asHeads = "as many as heads"
    /// As many as heads, unless there is one for all.
    case asHeadsOrOne = "as many as heads, or one"
  }
  /// The rows of the vocabulary's two matrices.
  public enum Vocabulary: Sendable, Equatable {
    case real
    /// Rounded up to a multiple.
    case padded(to: Int)
    /// A number of the tool's own, whatever the model has.
    case fixed(Int)
  }
  /// The look-up in the input table, as if it were a product of V x d.
  public enum InputEmbedding: String, Sendable {
    case no = "not counted"
    case always = "6 V d"
    /// As parameters are counted: once where the table is also the head.
    case whenUntied = "6 V d where untied"
  }

  /// Weights that no product uses: norms and biases, as if each were one multiply-add.
  public enum Vectors: String, Sendable {
    case no = "not counted"
    case all = "all"
    /// Two norms of d_model a layer and one at the end, as a llama block has them.
    case twoNorms = "two norms a layer"
    /// What stands inside an attention or before the head: norms of queries, keys and the head's input, and biases.
    case inModules = "inside attention and head"
    /// Norms inside latent attention and at the ends of extra prediction modules.
    case inLatent = "inside latent attention"
  }

  /// Latent attention.
  public enum Latent: String, Sendable {
    case real = "as it is"
    /// Four products of d_model x d_model, scores of d_model in all.
    case squares = "four products of d x d"
    /// Multi-head attention whose heads have the width of a value.
    case multiHead = "multi-head of v_head_dim"
  }
  /// The MLP's matrices.
  public enum FeedForward: String, Sendable {
    case real = "as they are"
    /// Up and down alone, of the real width.
    case withoutGate = "two of d x d_ff"
    /// Gate, up and down of the real width, in an MLP without a gate too.
    case withGate = "three of d x d_ff"
    /// Up and down of 4 d_model, whatever intermediate_size is: 16 d^2.
    case plainFour = "two of d x 4 d"
    /// Gate, up and down of 4 d_model, whatever intermediate_size is: 24 d^2.
    case gatedFour = "three of d x 4 d"
  }
  /// The head's part of training: 6 V d.
  public enum Head: String, Sendable {
    case no = "not counted"
    case whole = "6 V d"
    /// Only where its weights are not those of the input table.
    case untied = "6 V d where untied"
    /// As if it had no backward pass.
    case forward = "2 V d"
  }
  /// Experts that a token is counted through.
  public enum Experts: String, Sendable {
    case chosen = "those it visits"
    case all = "all of them"
    /// Whatever num_experts_per_tok is.
    case one = "one"
    /// In half of the layers, rounded down; in the others one expert stands for a dense MLP.
    case everySecondLayer = "in every second layer"
  }
  /// Extra prediction modules.
  public enum Prediction: String, Sendable {
    case no = "not counted"
    case whole = "projection, layer and head"
    case layer = "the layer alone"
    case head = "the head alone"
  }
  /// What a tool asks of a model before it counts.
  public enum Demand: Sendable {
    /// An even number of layers, unless there are experts.
    case evenLayers
    /// intermediate_size is a multiple of d_model.
    case wholeRatio
    case noExperts
    /// A mixture, if any, stands in every layer and has no shared experts.
    case plainMixtures
    case noLatentAttention
  }
}
