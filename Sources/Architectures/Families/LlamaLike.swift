extension Family {
  static let llama = Family("llama") { config in
    let d = try Dimensions(config)
    let hidden = try config.size("intermediate_size")
    try config.activation("hidden_act")
    let attentionBias = try config.flag("attention_bias", default: false)
    let mlpBias = try config.flag("mlp_bias", default: false)
    return d.decoder(family: "llama") { _ in
      d.preNormLayer(Attention(d, bias: attentionBias), MLP(width: d.width, hidden: hidden, bias: mlpBias))
    }
  }

  static let mistral = Family("mistral") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(8))
    let hidden = try config.size("intermediate_size")
    try config.activation("hidden_act")
    let window = try config.slidingWindow(default: 4096)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { _ in true }
    return d.decoder(family: "mistral") { i in
      d.preNormLayer(Attention(d, mask: masks[i]), MLP(width: d.width, hidden: hidden))
    }
  }

  static let qwen2 = Family("qwen2", "qwen2_vl_text", "qwen2_5_vl_text") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(32))
    let hidden = try config.size("intermediate_size")
    try config.activation("hidden_act")
    let masks = try config.qwenMasks(layers: d.layers)
    return d.decoder(family: "qwen2") { i in
      d.preNormLayer(
        Attention(d, mask: masks[i], bias: true, biasOnOutput: false), MLP(width: d.width, hidden: hidden))
    }
  }

  static let qwen3 = Family("qwen3", "qwen3_vl_text") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(32))
    let hidden = try config.size("intermediate_size")
    try config.activation("hidden_act")
    let bias = try config.flag("attention_bias", default: false)
    let masks = try config.qwenMasks(layers: d.layers)
    return d.decoder(family: "qwen3") { i in
      d.preNormLayer(
        Attention(d, mask: masks[i], bias: bias, queryKeyNorm: .perHeadWidth), MLP(width: d.width, hidden: hidden))
    }
  }
}

extension Dimensions {
  /// Norm, attention, norm, MLP: the layer of llama.
  func preNormLayer(_ attention: Attention, _ mlp: MLP) -> Layer {
    Layer([
      .norm("input_layernorm", width), attention.block(), .norm("post_attention_layernorm", width), mlp.block(),
    ])
  }

  /// Norm, attention, norm, MLP, with LayerNorms that have a bias.
  func layerNormLayer(_ attention: Attention, _ mlp: MLP) -> Layer {
    Layer([.norm("ln_1", 2 * width), attention.block("attn"), .norm("ln_2", 2 * width), mlp.block()])
  }

  /// One LayerNorm with a bias before attention and MLP, which run side by side.
  func parallelLayer(_ attention: Attention, _ mlp: MLP) -> Layer {
    Layer([.norm("ln_1", 2 * width), attention.block("attn"), mlp.block()])
  }
}

extension Config {
  /// Qwen's rule: with use_sliding_window, layers from max_window_layers on slide.
  func qwenMasks(layers: Int) throws -> [AttentionMask] {
    let slides = try flag("use_sliding_window", default: false)
    let window = try slidingWindow(default: 4096)
    let first = try count("max_window_layers", default: 28)
    return try attentionMasks(layers: layers, window: slides ? window : nil) { $0 >= first }
  }
}
