import Input

/// Encoders with learned positions, norms after attention and MLP, and a masked-language-model head.
extension Family {
  static let bert = Family("bert") { config in
    config.assume(["vocab_size": 30522, "max_position_embeddings": 512])
    let d = try Dimensions(config, tied: true)
    let mlp = try config.mlp(width: d.width, gated: false, bias: true)
    let types = try config.size("type_vocab_size", default: 2)
    try config.ignoreBERTHousekeeping()
    // Untied, the decoder has a bias of its own beside the one it is tied to.
    return try d.maskedLanguageModel(
      "bert", config, mlp, tokenTypes: types, extraBias: d.tied ? 0 : d.vocabulary)
  }

  static let roberta = Family("roberta", "xlm-roberta", "camembert") { config in
    config.assume(["vocab_size": 50265, "max_position_embeddings": 512])
    let d = try Dimensions(config, tied: true)
    let mlp = try config.mlp(width: d.width, gated: false, bias: true)
    let types = try config.size("type_vocab_size", default: 2)
    try config.ignoreBERTHousekeeping()
    return try d.maskedLanguageModel(
      try config.text("model_type"), config, mlp, tokenTypes: types, extraBias: d.tied ? 0 : d.vocabulary)
  }

  static let distilBERT = Family("distilbert") { config in
    config.assume(["vocab_size": 30522, "max_position_embeddings": 512])
    let d = try Dimensions(config, tied: true, width: config.size("dim", "hidden_size"))
    try config.activation("activation")
    let mlp = MLP(width: d.width, hidden: try config.size("hidden_dim"), gated: false, bias: true)
    // Sinusoids are written into the same table.
    config.ignore("sinusoidal_pos_embds", "qa_dropout", "seq_classif_dropout", "tie_weights_")
    return try d.maskedLanguageModel("distilbert", config, mlp, tokenTypes: 0, extraBias: 0)
  }

  static let albert = Family("albert") { config in
    config.assume(["vocab_size": 30000, "max_position_embeddings": 512])
    let d = try Dimensions(config, tied: true)
    let mlp = try config.mlp(width: d.width, gated: false, bias: true)
    let narrow = try config.size("embedding_size", default: 128)
    let types = try config.size("type_vocab_size", default: 2)
    let stored = try config.size("num_hidden_groups", default: 1)
    let inner = try config.size("inner_group_num", default: 1)
    guard stored <= d.layers, inner <= Config.largestDepth / d.layers else {
      throw config.error(
        "num_hidden_groups", .integer(stored),
        "is more than the \(Numbers.counted(d.layers, "layer there is", "layers there are"))")
    }
    try config.ignoreBERTHousekeeping()
    config.ignore("classifier_dropout_prob", "net_structure_type", "gap_size", "num_memory_blocks", "down_scale_factor")
    var architecture = try d.maskedLanguageModel(
      "albert", config, mlp, tokenTypes: types, extraBias: d.tied ? 0 : d.vocabulary, embedding: narrow)
    // Layer i runs the weights of group i / (layers / groups); only a group's first run stores them.
    let layer = d.postNormEncoderLayer(mlp)
    var seen: Set<Int> = []
    architecture.groups = (0..<d.layers).map { i in
      let isNew = seen.insert(i * stored / d.layers).inserted
      return LayerGroup("layers", layer, count: inner, sharesWeights: !isNew)
    }
    return architecture
  }
}

extension Config {
  fileprivate func ignoreBERTHousekeeping() throws {
    ignore("position_embedding_type", "pooler_fc_size", "pooler_num_attention_heads", "pooler_num_fc_layers")
    ignore("pooler_size_per_head", "pooler_type", "directionality", "output_past")
    try noCrossAttention()
    if try flag("is_decoder", default: false) {
      throw error("is_decoder", true, "makes this a decoder, which is not how this family is counted")
    }
  }
}

extension Dimensions {
  fileprivate func postNormEncoderLayer(_ mlp: MLP) -> Layer {
    let attention = Attention(
      width: width, heads: heads, keyValueHeads: heads, headWidth: headWidth, mask: .full, bias: true)
    return Layer([
      attention.block("attention"), .norm("attention.LayerNorm", 2 * width), mlp.block(),
      .norm("output.LayerNorm", 2 * width),
    ])
  }

  /// Word, position and token-type tables, layers, and the head: dense, norm, product with the word table, bias.
  ///
  /// - Parameters:
  ///   - extraBias: biases of the head that are stored beside the one it uses.
  ///   - embedding: width of the tables where it is not d_model: a projection follows them.
  fileprivate func maskedLanguageModel(
    _ family: String, _ config: Config, _ mlp: MLP, tokenTypes: Int, extraBias: Int, embedding narrow: Int? = nil
  ) throws -> Architecture {
    guard let maxPositions else {
      throw config.error("max_position_embeddings", nil, "is missing", hint: "the position table needs it")
    }
    let E = narrow ?? width
    var tables: [Part] = [
      .table(Table("word_embeddings", role: .inputEmbedding, rows: vocabulary, columns: E)),
      .table(Table("position_embeddings", role: .positionEmbedding, rows: maxPositions, columns: E)),
    ]
    if tokenTypes > 0 {
      tables.append(.table(Table("token_type_embeddings", role: .norm, rows: tokenTypes, columns: E)))
    }
    tables.append(.vector(Vector("LayerNorm", 2 * E)))
    if narrow != nil { tables.append(.linear(Linear("embedding_hidden_mapping_in", in: E, out: width, bias: true))) }
    var product = Linear("decoder", .head, in: E, out: vocabulary, bias: true)
    if tied { product.stored = 0 }
    var head: [Part] = [
      .linear(Linear("transform.dense", in: width, out: E, bias: true)), .vector(Vector("transform.LayerNorm", 2 * E)),
    ]
    if extraBias > 0 { head.append(.vector(Vector("bias", extraBias))) }
    head.append(.linear(product))
    var architecture = Architecture(
      family: family, kind: .encoder, width: width, vocabulary: vocabulary, layerCount: layers,
      embedding: Block("embeddings", tables),
      groups: [LayerGroup("layers", postNormEncoderLayer(mlp), count: layers)], head: Block("head", head))
    architecture.maxPositions = maxPositions
    return architecture
  }
}
