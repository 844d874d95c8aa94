import Input

/// GPT-2 and its relatives: learned positions or rotary ones, LayerNorms and MLPs with biases, no gates.
extension Family {
  static let gpt2 = Family("gpt2") { config in
    let d = try Dimensions(config, tied: true)
    let mlp = try config.gptMLP(d)
    config.ignoreGPTHousekeeping()
    try config.noCrossAttention()
    return d.decoder(family: "gpt2", embedding: [try d.positionTable(config, "wpe")], finalNorm: 2 * d.width) { _ in
      d.layerNormLayer(Attention(d, bias: true), mlp)
    }
  }

  static let gptBigCode = Family("gpt_bigcode") { config in
    var d = try Dimensions(config, tied: true)
    // num_key_value_heads, which newer transformers write too, follows from multi_query.
    let single = try config.flag("multi_query", default: true)
    if config.has("num_key_value_heads"), d.keyValueHeads != (single ? 1 : d.heads) {
      throw config.error(
        "num_key_value_heads", .integer(d.keyValueHeads), "contradicts multi_query", hint: "keep multi_query")
    }
    d.keyValueHeads = single ? 1 : d.heads
    let attention = Attention(d, bias: true)
    let mlp = try config.gptMLP(d)
    config.ignoreGPTHousekeeping()
    config.ignore(
      "attention_softmax_in_fp32", "scale_attention_softmax_in_fp32", "inference_runner", "validate_runner_input")
    config.ignore("pre_allocate_kv_cache", "max_sequence_length", "max_batch_size", "pad_key_length")
    try config.noCrossAttention()
    return d.decoder(family: "gpt_bigcode", embedding: [try d.positionTable(config, "wpe")], finalNorm: 2 * d.width) {
      _ in
      d.layerNormLayer(attention, mlp)
    }
  }

  static let gptNeo = Family("gpt_neo") { config in
    let d = try Dimensions(config, tied: true)
    try config.activation("activation_function")
    let hidden = try config.optionalSize("intermediate_size") ?? 4 * d.width
    let mlp = MLP(width: d.width, hidden: hidden, gated: false, bias: true)
    let window = try config.size("window_size", default: 256)
    let kinds = try config.gptNeoLayers(d.layers)
    config.ignoreGPTHousekeeping()
    return d.decoder(family: "gpt_neo", embedding: [try d.positionTable(config, "wpe")], finalNorm: 2 * d.width) { i in
      let mask: AttentionMask = kinds[i] == "local" ? .sliding(window: window) : .causal
      return d.layerNormLayer(Attention(d, mask: mask, bias: false, biasOnOutput: true), mlp)
    }
  }

  static let gptNeoX = Family("gpt_neox") { config in
    let d = try Dimensions(config)
    let mlp = try config.mlp(width: d.width, gated: false, bias: true)
    // Two LayerNorms whether or not attention and MLP run side by side.
    _ = try config.flag("use_parallel_residual", default: true)
    let bias = try config.flag("attention_bias", default: true)
    return d.decoder(family: "gpt_neox", finalNorm: 2 * d.width) { _ in
      d.layerNormLayer(Attention(d, bias: bias), mlp)
    }
  }

  static let gptNeoXJapanese = Family("gpt_neox_japanese") { config in
    let d = try Dimensions(config, tied: true)
    try config.activation("hidden_act")
    let hidden = try config.size("intermediate_multiple_size", default: 4) * d.width
    let mlp = MLP(width: d.width, hidden: hidden, gated: false)
    return d.decoder(family: "gpt_neox_japanese", finalNorm: 2 * d.width) { i in
      // The last layer alone has a bias after its attention.
      d.layerNormLayer(Attention(d, bias: false, biasOnOutput: i == d.layers - 1), mlp)
    }
  }

  static let gptJ = Family("gptj") { config in
    let d = try Dimensions(config)
    let mlp = try config.gptMLP(d)
    config.ignoreGPTHousekeeping()
    config.ignore("rotary", "tokenizer_class")
    return d.decoder(family: "gptj", finalNorm: 2 * d.width, headBias: true) { _ in
      d.parallelLayer(Attention(d), mlp)
    }
  }

  static let codeGen = Family("codegen") { config in
    let d = try Dimensions(config)
    let mlp = try config.gptMLP(d)
    config.ignoreGPTHousekeeping()
    return d.decoder(family: "codegen", finalNorm: 2 * d.width, headBias: true) { _ in
      d.parallelLayer(Attention(d), mlp)
    }
  }

  static let openAIGPT = Family("openai-gpt") { config in
    let d = try Dimensions(config, tied: true)
    try config.activation("afn")
    let mlp = MLP(width: d.width, hidden: 4 * d.width, gated: false, bias: true)
    config.ignoreGPTHousekeeping()
    return d.decoder(family: "openai-gpt", embedding: [try d.positionTable(config, "positions_embed")], finalNorm: 0) {
      _ in
      d.layerNormLayer(Attention(d, bias: true), mlp)
    }
  }

  static let ctrl = Family("ctrl") { config in
    let d = try Dimensions(config, tied: true)
    let mlp = MLP(width: d.width, hidden: try config.size("dff"), gated: false, bias: true)
    config.ignoreGPTHousekeeping()
    return d.decoder(family: "ctrl", finalNorm: 2 * d.width, headBias: true) { _ in
      d.layerNormLayer(Attention(d, bias: true), mlp)
    }
  }
}

extension Dimensions {
  /// The learned positions of a decoder: one row a position, and `more`.
  func positionTable(_ config: Config, _ name: String, more: Int = 0) throws -> Part {
    guard let maxPositions else {
      throw config.error(
        "max_position_embeddings", nil, "is missing", hint: "the position table needs it (n_positions)")
    }
    return .table(Table(name, role: .positionEmbedding, rows: maxPositions + more, columns: width))
  }
}

extension Config {
  /// GPT-2's MLP: n_inner wide, or 4 d.
  fileprivate func gptMLP(_ d: Dimensions) throws -> MLP {
    try activation("activation_function")
    return MLP(width: d.width, hidden: try optionalSize("n_inner") ?? 4 * d.width, gated: false, bias: true)
  }

  fileprivate func ignoreGPTHousekeeping() {
    ignore("n_ctx", "summary_type", "summary_use_proj", "summary_activation", "summary_proj_to_labels")
    ignore("summary_first_dropout", "gradient_checkpointing", "predict_special_tokens")
  }

  func noCrossAttention() throws {
    if try flag("add_cross_attention", default: false) {
      throw error("add_cross_attention", true, "makes this a decoder of another model, which is not counted")
    }
  }

  /// "global" or "local" for every layer: attention_layers, or attention_types, pairs of a cycle of words and how
  /// often it repeats.
  fileprivate func gptNeoLayers(_ layers: Int) throws -> [String] {
    let known: Set<String> = ["global", "local"]
    let listed = try layerWords("attention_layers", layers: layers, known: known)
    guard let found = try value("attention_types") else {
      return listed ?? (0..<layers).map { $0 % 2 == 0 ? "global" : "local" }
    }
    var expanded: [String] = []
    for entry in found.value.array ?? [] {
      guard let pair = entry.array, pair.count == 2, let words = pair[0].array, !words.isEmpty else {
        throw error(found.name, found.value, "is not a list of [[words], repeats]")
      }
      let repeats = try size(found.name, pair[1], atLeast: 1)
      let cycle = try words.map { word -> String in
        guard let text = word.string, known.contains(text) else {
          throw error(found.name, word, "is not known in this family", hint: "global or local")
        }
        return text
      }
      guard repeats <= layers, expanded.count + repeats * cycle.count <= layers else {
        throw error(
          found.name, found.value,
          "names more than the \(Numbers.counted(layers, "layer there is", "layers there are"))")
      }
      for _ in 0..<repeats { expanded += cycle }
    }
    guard expanded.count == layers else {
      throw layerCountError(found.name, found.value, names: expanded.count, of: layers)
    }
    if let listed, listed != expanded {
      throw error("attention_layers", nil, "contradicts attention_types", hint: "keep one of the two")
    }
    return expanded
  }
}
