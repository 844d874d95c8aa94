/// Families whose layer is llama's, with other defaults, biases or windows.
extension Family {
  static let arcee = Family("arcee") { config in
    let d = try Dimensions(config)
    let attention = Attention(d, bias: try config.flag("attention_bias", default: false))
    let mlp = try config.mlp(width: d.width, gated: false, bias: try config.flag("mlp_bias", default: false))
    return d.decoder(family: "arcee") { _ in d.preNormLayer(attention, mlp) }
  }

  static let granite = Family("granite") { config in
    let d = try Dimensions(config)
    let attention = Attention(d, bias: try config.flag("attention_bias", default: false))
    let mlp = try config.mlp(width: d.width, bias: try config.flag("mlp_bias", default: false))
    return d.decoder(family: "granite") { _ in d.preNormLayer(attention, mlp) }
  }

  static let graniteSWA = Family("granite_swa") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(4), tied: true)
    var attention = Attention(d, bias: try config.flag("attention_bias", default: false))
    attention.sinks = true
    let mlp = try config.mlp(width: d.width, bias: try config.flag("mlp_bias", default: false))
    let window = try config.slidingWindow(default: 128)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { $0 % 4 != 0 }
    config.ignore("layer_rope_theta")
    return d.decoder(family: "granite_swa") { [attention] i in d.preNormLayer(attention.masked(masks[i]), mlp) }
  }

  static let helium = Family("helium") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(20))
    // Its output projection is d_model x d_model whatever the heads are.
    guard d.heads * d.headWidth == d.width else {
      throw config.error(
        "head_dim", .integer(d.headWidth), "x the \(d.heads) heads is not hidden_size, \(d.width), as this family needs"
      )
    }
    let bias = try config.flag("attention_bias", default: false)
    let mlp = try config.mlp(width: d.width, bias: try config.flag("mlp_bias", default: false))
    return d.decoder(family: "helium") { _ in d.preNormLayer(Attention(d, bias: bias, biasOnOutput: false), mlp) }
  }

  static let seedOss = Family("seed_oss") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(8))
    let attention = Attention(
      d, bias: try config.flag("attention_bias", default: true),
      biasOnOutput: try config.flag("attention_out_bias", default: false))
    let mlp = try config.mlp(width: d.width, bias: try config.flag("mlp_bias", default: false))
    config.ignore("residual_dropout")
    return d.decoder(family: "seed_oss") { _ in d.preNormLayer(attention, mlp) }
  }

  static let cwm = Family("cwm") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(8))
    let mlp = try config.mlp(width: d.width, bias: try config.flag("mlp_bias", default: false))
    let window = try config.slidingWindow(default: 8192)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { $0 % 4 != 0 }
    // The class has no attention_bias; hub files may carry llama's.
    config.ignore("attention_bias", "window_pattern", "global_window", "local_window")
    return d.decoder(family: "cwm") { i in d.preNormLayer(Attention(d, mask: masks[i]), mlp) }
  }

  static let iQuestCoder = Family("iquestcoder") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(8))
    let attention = Attention(d, bias: try config.flag("attention_bias", default: false))
    let mlp = try config.mlp(width: d.width, bias: try config.flag("mlp_bias", default: false))
    if try config.flag("use_sliding_window", default: false) {
      throw config.error("use_sliding_window", true, "is not what this family does")
    }
    config.ignore("sliding_window", "max_window_layers", "clip_qkv")
    return d.decoder(family: "iquestcoder") { _ in d.preNormLayer(attention, mlp) }
  }

  static let internLM3 = Family("internlm3") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(2))
    let bias = try config.flag("attention_bias", "qkv_bias", default: false)
    guard try config.flag("mlp_bias", "bias", default: bias) == bias else {
      throw config.error(
        "mlp_bias", .bool(!bias), "differs from attention_bias", hint: "this family has one setting for all biases")
    }
    let mlp = try config.mlp(width: d.width, bias: bias)
    return d.decoder(family: "internlm3") { _ in d.preNormLayer(Attention(d, bias: bias), mlp) }
  }

  static let ernie45 = Family("ernie4_5") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(2), tied: true)
    let bias = try config.flag("use_bias", default: false)
    let mlp = try config.mlp(width: d.width, bias: bias)
    config.ignore("compression_ratio", "fuse_rope", "use_rmsnorm", "weight_share_add_bias", "use_var_len_flash_attn")
    return d.decoder(family: "ernie4_5") { _ in d.preNormLayer(Attention(d, bias: bias), mlp) }
  }

  static let smolLM3 = Family("smollm3") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(4), tied: true)
    let attention = Attention(d, bias: try config.flag("attention_bias", default: false))
    let mlp = try config.mlp(width: d.width, bias: try config.flag("mlp_bias", default: false))
    // Layers without rotary embeddings slide, where anything slides at all.
    let interval = try config.size("no_rope_layer_interval", default: 4)
    let rotary = try config.sizes("no_rope_layers", atLeast: 0)
    if let rotary, rotary.count != d.layers {
      throw config.layerCountError("no_rope_layers", names: rotary.count, of: d.layers)
    }
    let slides = try config.flag("use_sliding_window", default: false)
    let window = try config.slidingWindow(default: nil)
    let masks = try config.attentionMasks(layers: d.layers, window: slides ? window : nil) { i in
      rotary.map { $0[i] == 0 } ?? ((i + 1) % interval == 0)
    }
    config.ignore("max_window_layers")
    return d.decoder(family: "smollm3") { i in d.preNormLayer(attention.masked(masks[i]), mlp) }
  }

  static let ministral = Family("ministral") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(8))
    let mlp = try config.mlp(width: d.width)
    let window = try config.slidingWindow(default: 4096)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { _ in true }
    return d.decoder(family: "ministral") { i in d.preNormLayer(Attention(d, mask: masks[i]), mlp) }
  }

  static let ministral3 = Family("ministral3") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(8))
    let mlp = try config.mlp(width: d.width)
    let window = try config.slidingWindow(default: nil)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { _ in true }
    return d.decoder(family: "ministral3") { i in d.preNormLayer(Attention(d, mask: masks[i]), mlp) }
  }

  static let phi3 = Family("phi3") { config in
    let d = try Dimensions(config)
    let mlp = try config.mlp(width: d.width)
    let window = try config.slidingWindow(default: nil)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { _ in true }
    // Of hub files that run their own code; the class has no such biases.
    config.ignore("attention_bias", "mlp_bias", "lm_head_bias", "full_attn_mod", "interpolate_factor")
    return d.decoder(family: "phi3") { i in d.preNormLayer(Attention(d, mask: masks[i]), mlp) }
  }

  static let glm = Family("glm") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(2))
    let bias = try config.flag("attention_bias", default: true)
    let mlp = try config.mlp(width: d.width)
    return d.decoder(family: "glm") { _ in d.preNormLayer(Attention(d, bias: bias, biasOnOutput: false), mlp) }
  }

  /// EXAONE 3 and 3.5, whose code is on the hub.
  static let exaone = Family("exaone") { config in
    let d = try Dimensions(config)
    try config.activation("activation_function")
    let mlp = try config.mlp(width: d.width)
    return d.decoder(family: "exaone") { _ in d.preNormLayer(Attention(d), mlp) }
  }

  /// MiniCPM 1 and 2, whose code is on the hub.
  static let miniCPM = Family("minicpm") { config in
    let d = try Dimensions(config, tied: true)
    let attention = Attention(d, bias: try config.flag("attention_bias", default: false))
    let mlp = try config.mlp(width: d.width)
    config.ignore("scale_emb", "dim_model_base", "scale_depth")
    return d.decoder(family: "minicpm") { _ in d.preNormLayer(attention, mlp) }
  }
}
