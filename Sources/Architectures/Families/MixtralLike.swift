/// Mixtures in which every layer is one and an expert has the width intermediate_size.
extension Family {
  static let mixtral = Family("mixtral") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(8))
    let mixture = try config.wideMixture(d)
    let masks = try config.slidingIfGiven(d)
    return d.decoder(family: "mixtral") { i in d.preNormLayer(Attention(d, mask: masks[i]).block(), mixture.block()) }
  }

  static let phimoe = Family("phimoe") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(8))
    let mixture = try config.wideMixture(d)
    guard mixture.active == 2 else {
      throw config.error(
        "num_experts_per_tok", .integer(mixture.active), "is not 2: this family's router chooses two experts")
    }
    let bias = try config.flag("attention_bias", default: false)
    let headBias = try config.flag("lm_head_bias", default: false)
    let masks = try config.slidingIfGiven(d)
    config.ignore("input_jitter_noise")
    // LayerNorms with a bias.
    return d.decoder(family: "phimoe", finalNorm: 2 * d.width, headBias: headBias) { i in
      d.preNormLayer(Attention(d, mask: masks[i], bias: bias).block(), mixture.block(), norm: 2 * d.width)
    }
  }

  static let olmoe = Family("olmoe") { config in
    let d = try Dimensions(config)
    let mixture = try config.wideMixture(d)
    let bias = try config.flag("attention_bias", default: false)
    config.ignore("clip_qkv")
    let attention = Attention(d, bias: bias, queryKeyNorm: .overAllHeads)
    return d.decoder(family: "olmoe") { _ in d.preNormLayer(attention.block(), mixture.block()) }
  }

  static let flexOlmo = Family("flex_olmo") { config in
    let d = try Dimensions(config)
    let mixture = try config.wideMixture(d)
    let bias = try config.flag("attention_bias", default: false)
    let attention = Attention(d, bias: bias, queryKeyNorm: .overAllHeads)
    return d.decoder(family: "flex_olmo") { _ in
      Layer([
        attention.block(), .norm("post_attention_layernorm", d.width), mixture.block(),
        .norm("post_feedforward_layernorm", d.width),
      ])
    }
  }

  static let minimaxM2 = Family("minimax_m2") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(8))
    let mixture = try config.wideMixture(d)
    guard try config.flag("use_qk_norm", default: true) else {
      throw config.error("use_qk_norm", false, "is not this family: it always has norms on queries and keys")
    }
    if let other = try config.sizes("attn_type_list", atLeast: 0)?.first(where: { $0 != 1 }) {
      throw config.error("attn_type_list", .integer(other), "is not full attention (1), the only kind of this family")
    }
    guard try config.count("shared_intermediate_size", default: 0) == 0 else {
      throw config.error("shared_intermediate_size", config.object["shared_intermediate_size"], "is not 0 as it should")
    }
    config.ignore(
      "sliding_window", "qk_norm_type", "use_routing_bias", "attn_window_size", "rope_pct",
      "max_model_len")
    config.ignore("layernorm_full_attention_beta", "layernorm_linear_attention_beta", "layernorm_mlp_beta")
    config.ignore("mlp_intermediate_size", "shared_moe_mode", "num_mtp_modules", "mtp_transformer_layers")
    if try config.flag("use_mtp", default: false) {
      config.notes.append("use_mtp announces extra prediction modules (MTP), which are not counted")
    }
    let attention = Attention(d, queryKeyNorm: .overAllHeads)
    return d.decoder(family: "minimax_m2") { _ in d.preNormLayer(attention.block(), mixture.block()) }
  }

  static let graniteMoe = Family("granitemoe") { config in
    try config.graniteMixture("granitemoe") { d, bias in
      Array(repeating: Attention(d, bias: bias), count: d.layers)
    }
  }

  static let graniteMoeShared = Family("granitemoeshared") { config in
    try config.graniteMixture("granitemoeshared", shared: true) { d, bias in
      Array(repeating: Attention(d, bias: bias), count: d.layers)
    }
  }

  static let graniteMoeSliding = Family("granitemoe_swa") { config in
    try config.graniteMixture("granitemoe_swa", shared: true) { d, bias in
      let window = try config.slidingWindow(default: 128)
      config.ignore("layer_rope_theta")
      return try config.attentionMasks(layers: d.layers, window: window) { $0 % 4 != 0 }.map { mask in
        var attention = Attention(d, mask: mask, bias: bias)
        attention.sinks = true
        return attention
      }
    }
  }

  static let gptOSS = Family("gpt_oss") { config in
    let d = try Dimensions(config, headWidth: .constant(64), keyValueHeads: .constant(8))
    var mixture = try config.wideMixture(d, active: ["num_experts_per_tok", "experts_per_token"])
    mixture.routerBias = true
    mixture.expertBias = true
    let bias = try config.flag("attention_bias", default: true)
    let window = try config.slidingWindow(default: 128)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { $0 % 2 == 0 }
    config.ignore("swiglu_alpha", "swiglu_limit", "initial_context_length")
    return d.decoder(family: "gpt_oss") { [mixture] i in
      var attention = Attention(d, mask: masks[i], bias: bias)
      attention.sinks = true
      return d.preNormLayer(attention.block(), mixture.block())
    }
  }

  static let dbrx = Family("dbrx") { config in
    guard let attentionFields = try config.nested("attn_config"), let expertFields = try config.nested("ffn_config")
    else { throw config.error("ffn_config", nil, "and attn_config say what the layers are", hint: "give both") }
    let keyValueHeads = try attentionFields.size("kv_n_heads")
    let d = try Dimensions(config, keyValueHeads: .constant(keyValueHeads))
    guard d.keyValueHeads == keyValueHeads else {
      throw config.error("num_key_value_heads", .integer(d.keyValueHeads), "contradicts attn_config.kv_n_heads")
    }
    guard !d.tied else { throw config.error("tie_word_embeddings", true, "is not possible in this family") }
    let mixture = try expertFields.mixture(
      width: d.width, experts: ["moe_num_experts"], active: ["moe_top_k"], hidden: ["ffn_hidden_size"])
    if let width = try expertFields.optionalSize("hidden_size", "d_model"), width != d.width {
      config.notes.append("ffn_config.hidden_size \(width) is not read: the experts have d_model \(d.width)")
    }
    try expertFields.nested("ffn_act_fn")?.activation("name")
    expertFields.ignore(
      "moe_jitter_eps", "moe_loss_weight", "moe_normalize_expert_weights", "uniform_expert_assignment")
    attentionFields.ignore("clip_qkv")
    // LayerNorms without a bias.
    return d.decoder(family: "dbrx") { _ in d.preNormLayer(Attention(d).block(), mixture.block("ffn")) }
  }
}

extension Config {
  /// Experts of the width intermediate_size.
  fileprivate func wideMixture(
    _ d: Dimensions, active: [String] = ["num_experts_per_tok"]
  ) throws -> MixtureOfExperts {
    try activation("hidden_act")
    return try mixture(
      width: d.width, experts: ["num_local_experts", "num_experts"], active: active, hidden: ["intermediate_size"])
  }

  /// Every layer slides where sliding_window is given.
  fileprivate func slidingIfGiven(_ d: Dimensions) throws -> [AttentionMask] {
    try attentionMasks(layers: d.layers, window: optionalSize("sliding_window")) { _ in true }
  }

  /// Granite's mixtures: a shared MLP beside the experts where `shared`, and whichever attention.
  fileprivate func graniteMixture(
    _ family: String, shared: Bool = false, attention: (Dimensions, Bool) throws -> [Attention]
  ) throws -> Architecture {
    let d = try Dimensions(self)
    var mixture = try wideMixture(d)
    if shared { mixture.shared = try count("shared_intermediate_size", default: 0) }
    let attentions = try attention(d, flag("attention_bias", default: false))
    return d.decoder(family: family) { i in d.preNormLayer(attentions[i].block(), mixture.block("block_sparse_moe")) }
  }
}
