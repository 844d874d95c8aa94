extension Family {
  static let gemma = Family("gemma") { config in
    let d = try Dimensions(config, headWidth: .constant(256), keyValueHeads: .constant(16), tied: true)
    let attention = Attention(d, bias: try config.flag("attention_bias", default: false))
    let mlp = try config.gemmaMLP(width: d.width)
    try config.causalOnly()
    return d.decoder(family: "gemma") { _ in d.preNormLayer(attention, mlp) }
  }

  static let gemma2 = Family("gemma2") { config in
    let d = try Dimensions(config, headWidth: .constant(256), keyValueHeads: .constant(4), tied: true)
    let attention = Attention(d, bias: try config.flag("attention_bias", default: false))
    let mlp = try config.gemmaMLP(width: d.width)
    try config.causalOnly()
    config.ignore("cache_implementation", "sliding_window_size")
    let window = try config.slidingWindow(default: 4096)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { $0 % 2 == 0 }
    return d.decoder(family: "gemma2") { i in d.sandwichLayer(attention.masked(masks[i]), mlp) }
  }

  static let gemma3 = Family("gemma3_text") { config in
    let d = try Dimensions(config, headWidth: .constant(256), keyValueHeads: .constant(4), tied: true)
    let attention = Attention(
      d, bias: try config.flag("attention_bias", default: false), queryKeyNorm: .perHeadWidth)
    let mlp = try config.gemmaMLP(width: d.width)
    try config.causalOnly()
    config.ignore("cache_implementation")
    let window = try config.slidingWindow(default: 4096)
    let pattern = try config.slidingWindowPattern(default: 6)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { ($0 + 1) % pattern != 0 }
    return d.decoder(family: "gemma3_text") { i in d.sandwichLayer(attention.masked(masks[i]), mlp) }
  }

  static let vaultGemma = Family("vaultgemma") { config in
    let d = try Dimensions(config, headWidth: .constant(256), keyValueHeads: .constant(4), tied: true)
    let attention = Attention(d, bias: try config.flag("attention_bias", default: false))
    let mlp = try config.gemmaMLP(width: d.width)
    let window = try config.slidingWindow(default: 4096)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { $0 % 2 == 0 }
    return d.decoder(family: "vaultgemma") { i in d.preNormLayer(attention.masked(masks[i]), mlp) }
  }
}

extension Config {
  /// Gemma's MLP: the activation stands under hidden_activation, in older files under hidden_act too.
  func gemmaMLP(width: Int) throws -> MLP {
    try activation("hidden_activation")
    return try mlp(width: width)
  }

  /// Gemma's embedding models see both ways; their windows are another rule.
  func causalOnly() throws {
    guard let found = try value("use_bidirectional_attention"), found.value != .bool(false) else { return }
    // "vision": only the tokens of an image see one another, and text is causal.
    if found.value.string == "vision" { return }
    throw error(
      found.name, found.value, "makes this an encoder, which is not counted", hint: "false, or \"vision\"")
  }
}
