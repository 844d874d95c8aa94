import Input

/// The sizes of a llama-like decoder that decide what it costs: what a grid sweeps over.
///
/// A size that the paper's form leaves open is 0: `heads` and `headWidth` both 0 are multi-head attention with
/// n_heads x head_dim = d_model, `mlpWidth` 0 is an MLP of 8 d_model^2 weights (so 12 d_model^2 a layer in all).
/// Shapes order by their axes in the fixed order of `Axis`; that order breaks every tie of a search.
public struct Shape: Hashable, Sendable {
  /// The axes, in their fixed order, by the names that grids, results and flags use.
  public enum Axis: String, CaseIterable, Sendable {
    case layers = "n_layers"
    case width = "d_model"
    case heads = "n_heads"
    case headWidth = "head_dim"
    case keyValueHeads = "n_kv_heads"
    case mlpWidth = "d_ff"
    case experts = "n_experts"
    case expertsPerToken = "experts_per_token"
    case expertWidth = "d_expert"
    case sharedWidth = "d_shared"
    case vocabulary = "vocab_size"
    case sequenceLength = "sequence_length"
  }

  /// Gated MLPs have three weight matrices (gate, up, down), plain ones two.
  public enum MLPKind: String, CaseIterable, Sendable {
    case gated, plain
    /// Weight matrices of d_model x d_ff.
    public var matrices: Int { self == .gated ? 3 : 2 }
  }

  /// What `parameters` means.
  public enum Form: String, Sendable {
    /// DeepSeek LLM (arXiv 2401.02954, eq. 2): N2 = 12 n_layer d_model^2 + n_vocab d_model.
    case paper
    /// The exact total of a llama-like model: projections, MLPs, experts, router, RMSNorms, embedding and head.
    case general
  }

  /// n_layers.
  public var layers: Int
  /// d_model.
  public var width: Int
  /// n_heads, or 0 (see above).
  public var heads: Int
  /// head_dim, or 0 (see above).
  public var headWidth: Int
  /// n_kv_heads, or 0 where n_heads is.
  public var keyValueHeads: Int
  /// d_ff of dense layers, or 0 (see above).
  public var mlpWidth: Int
  /// Routed experts of a mixture layer; 0: every layer is dense.
  public var experts: Int
  /// Routed experts that a token visits (top-k).
  public var expertsPerToken: Int
  /// d_ff of one routed expert.
  public var expertWidth: Int
  /// d_ff of all shared experts of a layer together.
  public var sharedWidth: Int
  public var vocabulary: Int
  public var sequenceLength: Int

  public var mlp: MLPKind
  /// The head is the embedding table.
  public var tied: Bool
  /// Of a mixture's layers, the first ones that are dense (first_k_dense_replace).
  public var denseLayers: Int
  public var form: Form

  public init(
    layers: Int, width: Int, heads: Int = 0, headWidth: Int = 0, keyValueHeads: Int = 0, mlpWidth: Int = 0,
    experts: Int = 0, expertsPerToken: Int = 0, expertWidth: Int = 0, sharedWidth: Int = 0,
    vocabulary: Int, sequenceLength: Int,
    mlp: MLPKind = .gated, tied: Bool = false, denseLayers: Int = 0, form: Form = .paper
  ) {
    self.layers = layers
    self.width = width
    self.heads = heads
    self.headWidth = headWidth
    self.keyValueHeads = keyValueHeads
    self.mlpWidth = mlpWidth
    self.experts = experts
    self.expertsPerToken = expertsPerToken
    self.expertWidth = expertWidth
    self.sharedWidth = sharedWidth
    self.vocabulary = vocabulary
    self.sequenceLength = sequenceLength
    self.mlp = mlp
    self.tied = tied
    self.denseLayers = denseLayers
    self.form = form
  }

  public subscript(axis: Axis) -> Int {
    get {
      switch axis {
      case .layers: layers
      case .width: width
      case .heads: heads
      case .headWidth: headWidth
      case .keyValueHeads: keyValueHeads
      case .mlpWidth: mlpWidth
      case .experts: experts
      case .expertsPerToken: expertsPerToken
      case .expertWidth: expertWidth
      case .sharedWidth: sharedWidth
      case .vocabulary: vocabulary
      case .sequenceLength: sequenceLength
      }
    }
    set {
      switch axis {
      case .layers: layers = newValue
      case .width: width = newValue
      case .heads: heads = newValue
      case .headWidth: headWidth = newValue
      case .keyValueHeads: keyValueHeads = newValue
      case .mlpWidth: mlpWidth = newValue
      case .experts: experts = newValue
      case .expertsPerToken: expertsPerToken = newValue
      case .expertWidth: expertWidth = newValue
      case .sharedWidth: sharedWidth = newValue
      case .vocabulary: vocabulary = newValue
      case .sequenceLength: sequenceLength = newValue
      }
    }
  }

  /// Whether the axis has a value here, or is one that this shape leaves open.
  public func isOpen(_ axis: Axis) -> Bool {
    switch axis {
    case .heads, .headWidth, .keyValueHeads: heads == 0
    case .mlpWidth: mlpWidth == 0
    default: false
    }
  }

  /// Layers that have a dense MLP.
  public var denseLayerCount: Int { experts == 0 ? layers : min(denseLayers, layers) }
  /// Layers that have experts.
  public var mixtureLayerCount: Int { layers - denseLayerCount }

  /// Whether this is a model at all: sizes positive (or open), heads a multiple of the key-value heads, and at most
  /// as many experts visited as there are.
  public var isValid: Bool {
    guard layers > 0, width > 0, vocabulary > 0, sequenceLength > 0, mlpWidth >= 0, denseLayers >= 0 else {
      return false
    }
    if heads == 0 {
      guard headWidth == 0, keyValueHeads == 0 else { return false }
    } else {
      guard heads > 0, headWidth > 0, keyValueHeads > 0, heads % keyValueHeads == 0 else { return false }
    }
    if experts == 0 { return expertsPerToken == 0 && expertWidth == 0 && sharedWidth == 0 }
    return experts > 0 && expertsPerToken > 0 && expertsPerToken <= experts && expertWidth > 0 && sharedWidth >= 0
  }
}

extension Shape: Comparable {
  public static func < (a: Shape, b: Shape) -> Bool {
    for axis in Axis.allCases where a[axis] != b[axis] { return a[axis] < b[axis] }
    return false
  }
}

extension Shape: CustomStringConvertible {
  /// The axes that have a value, those of experts only where there are any: `n_layers=30 d_model=4096 …`.
  public var description: String {
    let experts: Set<Axis> = [.experts, .expertsPerToken, .expertWidth, .sharedWidth]
    return Axis.allCases.filter { !isOpen($0) && (self.experts > 0 || !experts.contains($0)) }
      .map { "\($0.rawValue)=\(self[$0])" }.joined(separator: " ")
  }
}
