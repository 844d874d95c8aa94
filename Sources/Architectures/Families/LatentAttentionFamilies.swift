import Input

/// Multi-head latent attention, with mixtures and without, dense and sparse.
extension Family {
  static let deepSeekV2 = Family("deepseek_v2") { config in
    let d = try config.latentDimensions()
    let attention = try config.latentAttention(d)
    let feedForward = try config.deepSeekFeedForward(d, dense: 0, bias: config.flag("mlp_bias", default: false))
    return d.decoder(family: "deepseek_v2") { i in d.preNormLayer(attention.block(), feedForward.layers[i]) }
  }

  /// Kimi-K2 has DeepSeek-V3's code under a name of its own.
  static let deepSeekV3 = Family("deepseek_v3", "kimi_k2") { config in
    try config.deepSeek(config.text("model_type"), dense: 3, extraPredictionIsKnown: true)
  }

  static let deepSeekV32 = Family("deepseek_v32") { config in
    try config.deepSeek("deepseek_v32", dense: 3, indexed: true, extraPredictionIsKnown: true)
  }

  static let glm4MoeLite = Family("glm4_moe_lite") { config in
    // The class reads mlp_layer_types, and makes the first layer dense where that is absent.
    if let given = try config.value("first_k_dense_replace"), given.value != 1, !config.has("mlp_layer_types") {
      throw config.error(
        given.name, given.value, "is not read by the reference, which makes one layer dense",
        hint: "name the layers in mlp_layer_types")
    }
    return try config.deepSeek("glm4_moe_lite", dense: 1, extraPredictionIsKnown: true)
  }

  static let glmMoeDSA = Family("glm_moe_dsa") { config in
    config.ignore("indexer_rope_interleave")
    let layers = try config.depth("num_hidden_layers")
    return try config.deepSeek(
      "glm_moe_dsa", dense: 3, indexed: true, indexers: config.glmIndexers(layers), extraPredictionIsKnown: true)
  }

  static let axK1 = Family("axk1") { config in
    // One more norm, on the output of every mixture.
    try config.deepSeek("axk1", dense: 1) { d, attention, feedForward, isSparse in
      var layer = d.preNormLayer(attention.block(), feedForward)
      if isSparse { layer.blocks.append(.norm("post_mlp_layernorm", d.width)) }
      return layer
    }
  }

  static let axK2 = Family("axk2") { config in
    let rank = try config.size("gated_norm_rank")
    guard config.has("q_lora_rank") else {
      throw config.error("q_lora_rank", config.object["q_lora_rank"], "must be given: indexer and gate read it")
    }
    return try config.deepSeek("axk2", dense: 1, indexed: true) { d, attention, feedForward, isSparse in
      var attention = attention
      attention.outputGate = .withQuery
      func gatedNorm(_ name: String) -> Block {
        Block(
          name,
          [
            .vector(Vector("norm", d.width)), .linear(Linear("mlp.fc1", in: d.width, out: rank)),
            .linear(Linear("mlp.fc2", in: rank, out: d.width)),
          ])
      }
      let second = "post_attention_layernorm"
      return Layer([
        gatedNorm("input_layernorm"), attention.block(), isSparse ? gatedNorm(second) : .norm(second, d.width),
        feedForward,
      ])
    }
  }

  static let hyV4 = Family("hy_v4") { config in
    let streams = try config.size("hc_mult")
    config.ignore("hc_magnitude", "hc_eps", "learnable_sink_init", "swiglu_limit")
    let layers = try config.depth("num_hidden_layers")
    let full = try config.indexerTypes(layers) { $0 == 0 || ($0 - 1) % 4 == 0 }
    let width = try config.size("hidden_size")
    let connections = HyperConnections(width: width, streams: streams, mixes: false)
    var architecture = try config.deepSeek("hy_v4", dense: 1, indexed: true, indexers: full) {
      d, attention, feedForward, _ in
      var attention = attention
      attention.outputGate = .fromInput
      attention.sinks = true
      return Layer([
        connections.block("attn_hc"), .norm("input_layernorm", d.width), attention.block(),
        connections.block("ffn_hc"), .norm("post_attention_layernorm", d.width), feedForward,
      ])
    }
    architecture.head.parts = connections.headParts + architecture.head.parts
    return architecture
  }

  static let miniCPM3 = Family("minicpm3") { config in
    let d = try config.latentDimensions(tied: true)
    try config.activation("hidden_act")
    let attention = try config.latentAttention(d, derivedValueWidth: true)
    let mlp = MLP(
      width: d.width, hidden: try config.size("intermediate_size"), bias: try config.flag("mlp_bias", default: false))
    config.ignore("scale_emb", "scale_depth", "dim_model_base")
    return d.decoder(family: "minicpm3") { _ in d.preNormLayer(attention.block(), mlp.block()) }
  }

  static let youtu = Family("youtu") { config in
    let d = try config.latentDimensions(tied: true)
    try config.activation("hidden_act")
    let attention = try config.latentAttention(d)
    let mlp = MLP(width: d.width, hidden: try config.size("intermediate_size"))
    config.ignore("embedding_initializer_range", "mlp_bias")
    return d.decoder(family: "youtu") { _ in d.preNormLayer(attention.block(), mlp.block()) }
  }

  static let longCatFlash = Family("longcat_flash") { config in
    let d = try config.latentDimensions()
    try config.activation("hidden_act")
    guard config.has("q_lora_rank") else { throw config.error("q_lora_rank", nil, "must be given in this family") }
    let attention = try config.latentAttention(d)
    let mlp = MLP(width: d.width, hidden: try config.size("ffn_hidden_size", "intermediate_size"))
    var mixture = try config.mixture(
      width: d.width, experts: ["n_routed_experts", "num_local_experts"], active: ["moe_topk", "num_experts_per_tok"],
      hidden: ["expert_ffn_hidden_size", "moe_intermediate_size"])
    mixture.routerBias = try config.flag("router_bias", default: false)
    let zero = try config.count("zero_expert_num", default: 0)
    let kind = try config.text("zero_expert_type", default: "identity")
    guard kind == "identity" else {
      throw config.error("zero_expert_type", .string(kind), "is not known", hint: "identity is")
    }
    if zero > 0 {
      mixture.routerOutputs = mixture.experts + zero
      mixture.chance = Chance(mixture.experts, of: mixture.experts + zero)
      config.notes.append(
        "\(zero) of \(mixture.experts + zero) experts compute nothing: expert FLOPs are the expectation for a router "
          + "without preference, and active parameters those of \(mixture.active) experts that compute")
    }
    config.ignore(
      "router_dtype", "topk_method", "attention_method", "mla_scale_q_lora", "mla_scale_kv_lora", "norm_topk_prob")
    // Two attentions and two dense MLPs a layer; the mixture runs beside them from the first norm after attention on.
    return d.decoder(family: "longcat_flash") { [mixture] _ in
      Layer([
        .norm("input_layernorm.0", d.width), attention.block("self_attn.0"),
        .norm("post_attention_layernorm.0", d.width), mixture.block(), mlp.block("mlps.0"),
        .norm("input_layernorm.1", d.width), attention.block("self_attn.1"),
        .norm("post_attention_layernorm.1", d.width), mlp.block("mlps.1"),
      ])
    }
  }
}
