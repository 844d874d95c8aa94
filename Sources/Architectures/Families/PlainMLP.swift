/// Rotary decoders whose MLP has no gate, or whose norms are LayerNorms with a bias.
extension Family {
  static let nemotron = Family("nemotron") { config in
    let d = try Dimensions(config)
    let attention = Attention(d, bias: try config.flag("attention_bias", default: false))
    let mlp = try config.mlp(width: d.width, gated: false, bias: try config.flag("mlp_bias", default: false))
    return d.decoder(family: "nemotron", finalNorm: 2 * d.width) { _ in d.layerNormLayer(attention, mlp) }
  }

  static let starCoder2 = Family("starcoder2") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(2), tied: true)
    let bias = try config.flag("use_bias", default: true)
    let mlp = try config.mlp(width: d.width, gated: false, bias: bias)
    let window = try config.slidingWindow(default: nil)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { _ in true }
    config.ignore("residual_dropout", "mlp_type", "norm_type", "attention_softmax_in_fp32")
    config.ignore("scale_attention_softmax_in_fp32")
    try config.activation("activation_function")
    return d.decoder(family: "starcoder2", finalNorm: 2 * d.width) { i in
      d.layerNormLayer(Attention(d, mask: masks[i], bias: bias), mlp)
    }
  }

  static let nanoChat = Family("nanochat") { config in
    let d = try Dimensions(config)
    let attention = Attention(d, bias: try config.flag("attention_bias", default: false))
    let mlp = try config.mlp(width: d.width, gated: false)
    // Its norms have no weights, those over queries and keys included.
    return d.decoder(family: "nanochat", finalNorm: 0) { _ in Layer([attention.block(), mlp.block()]) }
  }

  static let jais2 = Family("jais2") { config in
    let d = try Dimensions(config)
    let attention = Attention(d, bias: try config.flag("attention_bias", default: true))
    let mlp = try config.mlp(width: d.width, gated: false, bias: try config.flag("mlp_bias", default: true))
    return d.decoder(family: "jais2", finalNorm: 2 * d.width) { _ in d.layerNormLayer(attention, mlp) }
  }

  static let persimmon = Family("persimmon") { config in
    let d = try Dimensions(config)
    guard d.keyValueHeads == d.heads else {
      throw config.error(
        "num_key_value_heads", .integer(d.keyValueHeads), "differs from num_attention_heads",
        hint: "this family has as many of one as of the other")
    }
    var attention = Attention(d, bias: true)
    if try config.flag("qk_layernorm", default: true) { attention.queryKeyNorm = .perHeadWidth }
    attention.normBias = true
    let mlp = try config.mlp(width: d.width, gated: false, bias: true)
    return d.decoder(family: "persimmon", finalNorm: 2 * d.width) { [attention] _ in d.layerNormLayer(attention, mlp) }
  }

  static let phi = Family("phi") { config in
    let d = try Dimensions(config)
    var attention = Attention(d, bias: true)
    if try config.flag("qk_layernorm", default: false) { attention.queryKeyNorm = .perHeadWidth }
    attention.normBias = true
    let mlp = try config.mlp(width: d.width, gated: false, bias: true)
    return d.decoder(family: "phi", finalNorm: 2 * d.width, headBias: true) { [attention] _ in
      d.parallelLayer(attention, mlp)
    }
  }

  static let stableLM = Family("stablelm") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(32))
    var attention = Attention(d, bias: try config.flag("use_qkv_bias", default: false), biasOnOutput: false)
    if try config.flag("qk_layernorm", default: false) { attention.queryKeyNorm = .perHead }
    let mlp = try config.mlp(width: d.width)
    let parallel = try config.flag("use_parallel_residual", default: false)
    config.ignore("norm_eps", "rope_pct", "rotary_scaling_factor", "cross_attention_hidden_size")
    return d.decoder(family: "stablelm", finalNorm: 2 * d.width) { [attention] _ in
      parallel ? d.parallelLayer(attention, mlp) : d.layerNormLayer(attention, mlp)
    }
  }
}
