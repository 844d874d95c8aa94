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

  public var name: String
  public var attention: Attention
  public var windows: Windows = .asMasked
  public var headWidth: HeadWidth = .real
  /// Keys and values have their own, smaller number of heads.
  public var groupedQuery: Bool = true
  /// Latent attention is counted as such, not as multi-head attention.
  public var latentAttention: Bool = true
  /// A gated MLP has three matrices, not two.
  public var gatedMLP: Bool = true
  /// Layers before the first mixture are dense, not mixtures.
  public var denseLayers: Bool = true
  /// Experts that a token visits, not all of them.
  public var activeExperts: Bool = true
  public var router: Bool = true
  /// The language-model head is part of the count: 6 V d.
  public var countsHead: Bool
  /// ... only where its weights are not those of the input table.
  public var headOnlyUntied: Bool = false
  public var inputEmbedding: InputEmbedding = .no
  /// Norms and biases, as 6N counts them.
  public var vectors: Vectors = .no
  /// 3 FLOPs for every score, for mask and softmax.
  public var softmax: Bool = false
  /// Four sizes instead of the architecture: 72 L d^2 + 12 L d S.
  public var paperForm: Bool = false
  /// Where the convention is written down.
  public var source: String = ""

  public init(name: String, attention: Attention, countsHead: Bool, source: String = "") {
    self.name = name
    self.attention = attention
    self.countsHead = countsHead
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
