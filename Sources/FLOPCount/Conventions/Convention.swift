import Input

/// What is counted, and how: one answer to every question on which tools and papers differ, under a name. The default
/// of every answer is what the model really does; what differs from it is a tool's choice, or its error.
public struct Convention: Sendable, Equatable {
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
    /// What the mask lets through.
    case asMasked = "as masked"
    /// Counted as layers without a window.
    case ignored
    /// S x min(S, W) pairs, the ramp at the start of the sequence included.
    case band
    /// The same, in layers without a window too.
    case bandEverywhere = "band in every layer"
  }
  /// Where the width of a head comes from.
  public enum HeadWidth: String, Sendable {
    case real = "head_dim"
    /// d_model / heads in the attention scores, real projections.
    case derivedInScores = "d_model / heads in the scores"
    /// d_model / heads everywhere.
    case derived = "d_model / heads"
  }
  /// The look-up in the input table, as if it were a product of V x d.
  public enum InputEmbedding: String, Sendable {
    case no = "not counted"
    case always = "6 V d"
    /// As parameters are counted: once where the table is also the head.
    case whenUntied = "6 V d where untied"
  }

  /// Weights that no product uses: norms and biases, at 6 FLOPs each.
  public enum Vectors: String, Sendable {
    case no = "not counted"
    case all = "all"
    /// Two norms of d_model a layer and one at the end, as a llama block has them.
    case twoNorms = "two norms a layer"
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
    /// Up and down of 4 d_model, whatever intermediate_size is: 16 d^2.
    case plainFour = "two of d x 4 d"
    /// Gate, up and down of 4 d_model, whatever intermediate_size is: 24 d^2.
    case gatedFour = "three of d x 4 d"
  }
  /// FLOPs that are no product.
  public enum Elementwise: String, Sendable {
    case no = "not counted"
    /// 3 for every score: mask and softmax.
    case softmax = "3 a score"
    /// Softmax 5 a score, rotation 6 a channel of queries and keys, activation 8 a hidden channel (2 without a gate),
    /// norms 4 a channel.
    case all = "softmax, rotation, activation, norms"
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
  }
  /// Extra prediction modules, where they are counted at all.
  public enum Prediction: String, Sendable {
    case no = "not counted"
    case whole = "projection, layer and head"
    case layer = "the layer alone"
  }
  /// What a tool asks of a model before it counts.
  public enum Demand: Sendable {
    /// An even number of layers, unless there are experts.
    case evenLayers
    /// intermediate_size is a multiple of d_model.
    case wholeRatio
  }

  public var name: String
  public var attention: Attention
  public var windows: Windows = .asMasked
  public var headWidth: HeadWidth = .real
  /// Keys and values have their own, smaller number of heads.
  public var groupedQuery: Bool = true
  public var latent: Latent = .real
  public var feedForward: FeedForward = .real
  /// Layers before the first mixture are dense, not mixtures.
  public var denseLayers: Bool = true
  public var experts: Experts = .chosen
  public var router: Bool = true
  public var sharedExperts: Bool = true
  public var head: Head
  public var inputEmbedding: InputEmbedding = .no
  /// Norms and biases, as 6N counts them.
  public var vectors: Vectors = .no
  public var elementwise: Elementwise = .no
  /// Every layer's forward pass runs twice (activation checkpointing).
  public var recompute: Bool = false
  public var prediction: Prediction = .whole
  public var demand: Demand?
  /// Four sizes instead of the architecture: 72 L d^2 + 12 L d S.
  public var paperForm: Bool = false
  /// Where the convention is written down.
  public var source: String = ""

  /// The language-model head is part of the count, however.
  public var countsHead: Bool { head != .no }

  public init(name: String, attention: Attention, countsHead: Bool, source: String = "") {
    self.name = name
    self.attention = attention
    head = countsHead ? .whole : .no
    self.source = source
  }

  /// DeepSeek LLM: full attention, no vocabulary, from the architecture's real products.
  public static let deepseek = Convention(
    name: "deepseek", attention: .full, countsHead: false, source: "arXiv 2401.02954, section 3.2, eq. 2"
  ).changed { $0.windows = .ignored }

  /// The same convention with another attention; the name says so.
  public func with(attention: Attention) -> Convention {
    guard attention != self.attention else { return self }
    return changed {
      $0.name = "\(name)+\(attention.rawValue)"
      $0.attention = attention
      $0.windows = attention == .causal ? .asMasked : .ignored
    }
  }

  func changed(_ change: (inout Convention) -> Void) -> Convention {
    var copy = self
    change(&copy)
    return copy
  }
}
