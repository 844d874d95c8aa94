extension Family {
  /// Mamba 1 and Falcon-Mamba: one mixer a layer, no MLP. Falcon-Mamba's norms over the time step, B and C have no
  /// weights.
  static let mamba = Family("mamba", "falcon_mamba") { config in
    let width = try config.size("hidden_size", "d_model")
    let expand = try config.size("expand", default: 2)
    try config.activation("hidden_act")
    config.ignore(
      "residual_in_fp32", "rescale_prenorm_residual", "use_mambapy", "use_associative_scan", "mixer_rms_eps")
    config.ignoreTimeSteps()
    config.ignore("use_falcon_mambapy")
    let mixer = Mamba1(
      width: width, inner: try config.size("intermediate_size", "d_inner", default: expand * width),
      state: try config.size("state_size", default: 16), rank: try config.timeStepRank("time_step_rank", width: width),
      kernel: try config.size("conv_kernel", default: 4), bias: try config.flag("use_bias", default: false),
      convolutionBias: try config.flag("use_conv_bias", default: true))
    return try config.stateSpaceModel(width: width, tied: true, mixer: mixer.block("mixer"))
  }

  static let mamba2 = Family("mamba2") { config in
    let width = try config.size("hidden_size", "d_model")
    try config.activation("hidden_act")
    config.ignore("residual_in_fp32", "rescale_prenorm_residual", "rms_norm", "time_step_rank", "norm_before_gate")
    config.ignoreTimeSteps()
    let (heads, headWidth) = (try config.size("num_heads"), try config.size("head_dim", default: 64))
    let expand = try config.size("expand", default: 2)
    guard heads * headWidth == expand * width else {
      throw config.error(
        "num_heads", .integer(heads), "x head_dim \(headWidth) is not expand \(expand) x hidden_size \(width)",
        hint: "correct one of the four")
    }
    let bias = try config.flag("use_bias", default: false)
    let mixer = Mamba2(
      width: width, heads: heads, headWidth: headWidth,
      state: try config.size("state_size", default: 128), groups: try config.groups("n_groups", of: heads, default: 8),
      kernel: try config.size("conv_kernel", default: 4), chunk: try config.size("chunk_size", default: 256),
      bias: bias, biasOnOutput: bias, convolutionBias: try config.flag("use_conv_bias", default: true))
    return try config.stateSpaceModel(width: width, tied: false, mixer: mixer.block("mixer"))
  }

  /// RWKV 4: a recurrence instead of attention; the wkv operator is elementwise.
  static let rwkv = Family("rwkv") { config in
    let width = try config.size("hidden_size")
    let layers = try config.depth("num_hidden_layers")
    let vocabulary = try config.size("vocab_size")
    let inner = try config.size("attention_hidden_size", default: width)
    let hidden = try config.size("intermediate_size", default: 4 * width)
    config.ignore("rescale_every")
    let attention = Block(
      "attention",
      [
        .vector(Vector("time_decay", inner)), .vector(Vector("time_first", inner)),
        .vector(Vector("time_mix", 3 * width)),
      ]
        + ["key", "value", "receptance"].map { .linear(Linear($0, in: width, out: inner)) } + [
          .scan(Scan("wkv", .elementwise)), .linear(Linear("output", in: inner, out: width)),
          .cache(Cache(state: 3 * inner + 2 * width)),
        ])
    let feedForward = Block(
      "feed_forward",
      [
        .vector(Vector("time_mix", 2 * width)), .linear(Linear("key", .mlp, in: width, out: hidden)),
        .linear(Linear("receptance", .mlp, in: width, out: width)),
        .linear(Linear("value", .mlp, in: hidden, out: width)),
      ])
    var architecture = Architecture(
      family: "rwkv", width: width, vocabulary: vocabulary, layerCount: layers,
      embedding: config.inputTable(width: width, vocabulary: vocabulary),
      groups: [LayerGroup](
        "blocks",
        layers: (0..<layers).map { i in
          let first: [Block] = i == 0 ? [.norm("pre_ln", 2 * width)] : []
          return Layer(first + [.norm("ln1", 2 * width), .norm("ln2", 2 * width), attention, feedForward])
        }),
      head: try config.untiedHead(width: width, vocabulary: vocabulary, finalNorm: 2 * width))
    architecture.maxPositions = try config.optionalSize("context_length")
    return architecture
  }

  /// xLSTM: mLSTM mixers and gated MLPs.
  static let xlstm = Family("xlstm") { config in
    let width = try config.size("hidden_size", "embedding_dim")
    let layers = try config.depth("num_hidden_layers", "num_blocks")
    let vocabulary = try config.size("vocab_size")
    let heads = try config.size("num_heads")
    let bias = try config.flag("use_bias", default: false)
    /// d_model times a factor, rounded down: channels that the heads must divide.
    func channels(_ name: String, default other: Double) throws -> Int {
      let wanted = Double(width) * (try config.number(name, default: other))
      guard wanted >= 1, wanted < Double(Config.largestSize), Int(wanted) % heads == 0 else {
        throw config.error(
          name, config.object[name], "gives \(wanted) channels, which the \(heads) heads do not divide")
      }
      return Int(wanted)
    }
    let keys = try channels("qk_dim_factor", default: 0.5)
    let values = try channels("v_dim_factor", default: 1)
    let multiple = try config.size("ffn_round_up_to_multiple_of", default: 64)
    let wanted = try config.number("ffn_proj_factor", default: 2.667) * Double(width)
    guard wanted > 0, wanted < Double(Config.largestSize) else {
      throw config.error("ffn_proj_factor", nil, "gives no width that can be counted")
    }
    let hidden = Int(((wanted + Double(multiple) - 1) / Double(multiple)).rounded(.down)) * multiple
    let chunk = try config.size("chunk_size", default: 64)
    config.ignore(
      "norm_reduction_force_float32", "norm_eps", "chunkwise_kernel", "sequence_kernel", "step_kernel", "mode")
    config.ignore("return_last_states", "autocast_kernel_dtype", "eps", "inference_state_dtype", "gate_soft_cap")
    config.ignore("output_logit_soft_cap", "max_inference_chunksize")
    let mode = try config.text("weight_mode", default: "single")
    guard ["single", "fused"].contains(mode) else {
      throw config.error("weight_mode", .string(mode), "is not known", hint: "single or fused")
    }
    if try !config.flag("add_out_norm", default: true) {
      config.notes.append("add_out_norm is ignored by the reference: there is a norm before the head")
    }
    func project(_ name: String, _ input: Int, _ output: Int, bias: Bool) -> Part {
      .linear(Linear(name, in: input, out: output, bias: bias))
    }
    let mixer = Block(
      "mlstm_layer",
      [
        project("q", width, keys, bias: bias), project("k", width, keys, bias: bias),
        project("v", width, values, bias: bias), project("ogate_preact", width, values, bias: bias),
        project("igate_preact", width, heads, bias: true), project("fgate_preact", width, heads, bias: true),
        .scan(
          Scan(
            "mlstm", .matrixMemory(chunk: chunk, heads: heads, keyWidth: keys / heads, valueWidth: values / heads))),
        .vector(Vector("multihead_norm", values)), project("out_proj", values, width, bias: bias),
        .cache(Cache(state: keys * (values / heads) + keys + heads)),
      ])
    let layer = Layer([
      .norm("norm_mlstm", width), mixer, .norm("norm_ffn", width),
      MLP(width: width, hidden: hidden, bias: bias).block("ffn"),
    ])
    return Architecture(
      family: "xlstm", width: width, vocabulary: vocabulary, layerCount: layers,
      embedding: config.inputTable(width: width, vocabulary: vocabulary),
      groups: [LayerGroup("blocks", layer, count: layers)],
      head: try config.neverTiedHead(width: width, vocabulary: vocabulary, finalNorm: width))
  }
}

extension Config {
  /// Marks the ranges of a time step as known: they change no count.
  func ignoreTimeSteps() {
    ignore("time_step_scale", "time_step_min", "time_step_max", "time_step_init_scheme", "time_step_floor")
    ignore("time_step_limit", "time_step_rank")
  }

  func inputTable(width: Int, vocabulary: Int) -> Block {
    Block("embedding", [.table(Table("embed_tokens", role: .inputEmbedding, rows: vocabulary, columns: width))])
  }

  func untiedHead(width: Int, vocabulary: Int, finalNorm: Int, tied: Bool = false) throws -> Block {
    var product = Linear("lm_head", .head, in: width, out: vocabulary)
    if try flag("tie_word_embeddings", default: tied) { product.stored = 0 }
    return Block("head", (finalNorm > 0 ? [.vector(Vector("norm", finalNorm))] : []) + [.linear(product)])
  }

  /// A head of its own even where tie_word_embeddings asks for the input table: the class has no way to share it.
  func neverTiedHead(width: Int, vocabulary: Int, finalNorm: Int) throws -> Block {
    try noteNeverTied()
    return Block(
      "head", [.vector(Vector("norm", finalNorm)), .linear(Linear("lm_head", .head, in: width, out: vocabulary))])
  }

  func noteNeverTied() throws {
    if try flag("tie_word_embeddings", default: false) {
      notes.append("tie_word_embeddings is ignored by the reference: the head has weights of its own")
    }
  }

  /// Layers of one norm and one mixer.
  func stateSpaceModel(width: Int, tied: Bool, mixer: Block) throws -> Architecture {
    let layers = try depth("num_hidden_layers", "n_layer")
    let vocabulary = try size("vocab_size")
    var architecture = Architecture(
      family: try text("model_type"), width: width, vocabulary: vocabulary, layerCount: layers,
      embedding: inputTable(width: width, vocabulary: vocabulary),
      groups: [LayerGroup("layers", Layer([.norm("norm", width), mixer]), count: layers)],
      head: try untiedHead(width: width, vocabulary: vocabulary, finalNorm: width, tied: tied))
    architecture.maxPositions = try optionalSize("max_position_embeddings")
    return architecture
  }
}
