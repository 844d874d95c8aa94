import Input

/// The sizes that nearly every decoder has, under the names that nearly every config.json uses.
public struct Dimensions: Sendable {
  public let width: Int
  public let layers: Int
  public let heads: Int
  public var keyValueHeads: Int
  public let headWidth: Int
  public let vocabulary: Int
  public var tied: Bool
  public let maxPositions: Int?

  /// What the family's class does when config.json leaves a field out (families.md, section 1).
  public enum Default: Sendable {
    /// head_dim: d_model / heads. num_key_value_heads: as many as heads.
    case derived
    /// A constant of the class.
    case constant(Int)
    /// It enters no count here.
    case unused
  }

  /// Reads hidden_size, num_hidden_layers, num_attention_heads, num_key_value_heads, head_dim, vocab_size,
  /// tie_word_embeddings, max_position_embeddings (or the names that older families use for them).
  ///
  /// - Parameters:
  ///   - config: the config.json, read so far.
  ///   - headWidth: what head_dim is where the file leaves it out.
  ///   - keyValueHeads: what num_key_value_heads is where the file leaves it out.
  ///   - tied: what tie_word_embeddings is where the file leaves it out.
  ///   - derivedHeads: the number of heads where it follows from other fields; the file may repeat it.
  ///   - derivedLayers: their number, where the family has another rule for it than num_hidden_layers.
  ///   - derivedWidth: d_model, where the family has a name of its own for it.
  public init(
    _ config: Config, headWidth: Default = .derived, keyValueHeads: Default = .derived, tied: Bool = false,
    heads derivedHeads: Int? = nil, layers derivedLayers: Int? = nil, width derivedWidth: Int? = nil
  ) throws {
    width = try derivedWidth ?? config.size("hidden_size", "n_embd", "n_embed", "d_model")
    layers = try derivedLayers ?? config.depth("num_hidden_layers", "n_layer", "n_layers", "num_layers")
    let given =
      derivedHeads == nil
      ? try config.size("num_attention_heads", "n_head", "n_heads", "num_heads", "attention_heads")
      : try config.optionalSize("num_attention_heads")
    heads = given ?? derivedHeads ?? 0
    if let derivedHeads, heads != derivedHeads {
      throw config.error("num_attention_heads", .integer(heads), "is not the \(derivedHeads) that other fields say")
    }
    vocabulary = try config.size("vocab_size")
    self.tied = try config.flag("tie_word_embeddings", default: tied)
    maxPositions = try config.optionalSize(
      "max_position_embeddings", "n_positions", "max_seq_len", "seq_length", "model_max_length",
      "context_length")
    self.keyValueHeads = try config.keyValueHeads(of: heads, default: keyValueHeads)
    self.headWidth = try config.headWidth(width: width, heads: heads, default: headWidth)
  }
}

extension Config {
  /// num_key_value_heads: null means as many as heads; it must divide them, unless the family does not look at it.
  public func keyValueHeads(of heads: Int, default other: Dimensions.Default) throws -> Int {
    if case .unused = other {
      ignore("num_key_value_heads")
      return heads
    }
    let isNull = object["num_key_value_heads"] == .null
    let given = try optionalSize("num_key_value_heads")
    let count: Int
    switch other {
    case .constant(let constant) where !isNull: count = given ?? constant
    default: count = given ?? heads
    }
    guard heads % count == 0 else {
      throw error(
        "num_key_value_heads", .integer(count), "does not divide the \(Numbers.counted(heads, "attention head"))",
        hint: given == nil ? "it is the family's default; give num_key_value_heads" : nil)
    }
    return count
  }

  /// head_dim, or d_model / heads where the class derives it: then heads must divide d_model.
  public func headWidth(width: Int, heads: Int, default other: Dimensions.Default) throws -> Int {
    if let given = try optionalSize("head_dim") { return given }
    switch other {
    case .unused: return 1
    // null asks for d_model / heads even where the class has a constant.
    case .constant(let constant) where object["head_dim"] != .null: return constant
    case .constant, .derived: break
    }
    guard width % heads == 0 else {
      throw error(
        "hidden_size", .integer(width), "is not divisible by the \(Numbers.counted(heads, "attention head"))",
        hint: "correct one of the two, or give head_dim")
    }
    return width / heads
  }
}

extension Dimensions {
  /// A decoder with an input table, these layers, a final norm and a head.
  ///
  /// - Parameters:
  ///   - family: the model_type.
  ///   - extra: parts beside the input table.
  ///   - finalNorm: weights of the norm before the head (0: none).
  ///   - headBias: the head has a bias of V, tied or not.
  ///   - layer: the layer at an index, 0-based.
  public func decoder(
    family: String, embedding extra: [Part] = [], finalNorm: Int? = nil, headBias: Bool = false,
    layer: (Int) throws -> Layer
  ) rethrows -> Architecture {
    let table = Part.table(Table("embed_tokens", role: .inputEmbedding, rows: vocabulary, columns: width))
    var architecture = Architecture(
      family: family, width: width, vocabulary: vocabulary, layerCount: layers,
      embedding: Block("embedding", [table] + extra),
      groups: [LayerGroup](layers: try (0..<layers).map(layer)),
      head: Block("head", head(finalNorm: finalNorm ?? width, bias: headBias)))
    architecture.maxPositions = maxPositions
    return architecture
  }

  func head(finalNorm: Int, bias: Bool) -> [Part] {
    var product = Linear("lm_head", .head, in: width, out: vocabulary, bias: bias)
    if tied { product.stored = 0 }
    return (finalNorm > 0 ? [.vector(Vector("norm", finalNorm))] : []) + [.linear(product)]
  }
}
