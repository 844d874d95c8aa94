import Input

/// What is counted, and how: one answer to every question on which tools and papers differ, under a name. The default
/// of every answer is what the model really does; what differs from it is a tool's choice, or its error.
public struct Convention: Sendable, Equatable {
  public var name: String
  public var attention: Attention
  public var windows: Windows = .asMasked
  public var headWidth: HeadWidth = .real
  public var keyValueHeads: KeyValueHeads = .real
  /// The gate on attention's output that the query projection gives too.
  public var outputGate: Bool = true
  public var latent: Latent = .real
  /// The indexer of sparse attention.
  public var indexer: Bool = true
  public var feedForward: FeedForward = .real
  /// Layers before the first mixture are dense, not mixtures.
  public var denseLayers: Bool = true
  public var experts: Experts = .chosen
  public var router: Bool = true
  public var sharedExperts: Bool = true
  /// The one column that weighs shared experts.
  public var sharedGate: Bool = true
  public var stateMixing: StateMixing = .chunked
  /// Mamba layers have their own width, which is not always 2 d_model.
  public var mambaWidth: Bool = true
  /// Linear-attention and state-space layers have a backward pass.
  public var linearBackward: Bool = true
  public var vocabulary: Vocabulary = .real
  public var head: Head
  public var inputEmbedding: InputEmbedding = .no
  /// Norms and biases, as 6N counts them.
  public var vectors: Vectors = .no
  public var elementwise: Elementwise = .none
  /// What runs inside a fused kernel is seen. A tool that watches operators sees what it has a formula for.
  public var fusedKernels: Bool = true
  /// Every layer's forward pass runs twice (activation checkpointing).
  public var recompute: Bool = false
  /// Training: forward and backward. Without, the forward pass alone.
  public var backward: Bool = true
  /// Extra prediction modules, where they are asked for.
  public var prediction: Prediction = .no
  public var demands: [Demand] = []
  /// Four sizes instead of the architecture: 72 L d^2 + 12 L d S.
  public var paperForm: Bool = false
  /// Where the convention is written down.
  public var source: String = ""

  /// The language-model head is part of the count, however.
  public var countsHead: Bool { head != .no }
  /// Which attention is counted, in a word.
  public var attentionWord: String { fusedKernels ? (paperForm ? Attention.full : attention).rawValue : "none" }

  public init(name: String, attention: Attention, countsHead: Bool, source: String = "") {
    self.name = name
    self.attention = attention
    head = countsHead ? .whole : .no
    self.source = source
  }

  /// DeepSeek LLM: full attention, no vocabulary, from the architecture's real products.
  public static let deepseek = Convention(
    name: "deepseek", attention: .full, countsHead: false, source: "arXiv 2401.02954, section 3.2, eq. 2"
  ).changed {
    $0.windows = .ignored
    $0.prediction = .whole
  }

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
