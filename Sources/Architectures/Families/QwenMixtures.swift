/// Mixtures after Qwen: dense layers by step or by name, experts of the width moe_intermediate_size.
extension Family {
  static let qwen2Moe = Family("qwen2_moe") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(16))
    try config.activation("hidden_act")
    let bias = try config.flag("qkv_bias", default: true)
    let slides = try config.flag("use_sliding_window", default: false)
    // to_dict() writes a window of 0 where none is used.
    if !slides { config.ignore("sliding_window") }
    let window = slides ? try config.size("sliding_window", default: 4096) : nil
    let last = try config.count("max_window_layers", default: 28)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { $0 % 2 == 0 && $0 < last }
    let feedForward = try config.qwenFeedForward(d) { mixture in
      mixture.shared = try config.size("shared_expert_intermediate_size")
      mixture.sharedGate = true
    }
    return d.decoder(family: "qwen2_moe") { i in
      d.preNormLayer(Attention(d, mask: masks[i], bias: bias, biasOnOutput: false).block(), feedForward[i])
    }
  }

  static let qwen3Moe = Family("qwen3_moe") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(4))
    try config.activation("hidden_act")
    let bias = try config.flag("attention_bias", default: false)
    let slides = try config.flag("use_sliding_window", default: false)
    if !slides { config.ignore("sliding_window") }
    let window = slides ? try config.size("sliding_window", default: 4096) : nil
    config.ignore("max_window_layers")
    let masks = try config.attentionMasks(layers: d.layers, window: window) { _ in true }
    let feedForward = try config.qwenFeedForward(d) { _ in }
    return d.decoder(family: "qwen3_moe") { i in
      d.preNormLayer(
        Attention(d, mask: masks[i], bias: bias, queryKeyNorm: .perHeadWidth).block(), feedForward[i])
    }
  }

  static let flint = Family("flint") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(4))
    try config.activation("hidden_act")
    let bias = try config.flag("attention_bias", default: false)
    let window = try config.slidingWindow(default: 513)
    let last = d.layers - 1
    let masks = try config.attentionMasks(layers: d.layers, window: window) { $0 >= 2 && $0 % 4 != 1 && $0 != last }
    let feedForward = try config.qwenFeedForward(d, dense: [0, 1]) { mixture in
      mixture.shared = try config.size("shared_expert_intermediate_size")
    }
    return d.decoder(family: "flint") { i in
      var attention = Attention(d, mask: masks[i], bias: bias, queryKeyNorm: .perHeadWidth)
      attention.sinks = true
      return d.preNormLayer(attention.block(), feedForward[i])
    }
  }

  static let mellum = Family("mellum") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(4))
    try config.activation("hidden_act")
    let bias = try config.flag("attention_bias", default: false)
    let window = try config.slidingWindow(default: 1024)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { _ in false }
    let mixture = try config.mixture(width: d.width)
    let sparse = try config.sparseLayers(d.layers) { _ in true }
    let dense = MLP(width: d.width, hidden: try config.denseWidth(sparse: sparse))
    func attention(_ mask: AttentionMask) -> Block {
      Attention(d, mask: mask, bias: bias, queryKeyNorm: .perHeadWidth).block()
    }
    config.ignore("decoder_sparse_step", "mlp_only_layers", "max_window_layers", "use_sliding_window")
    config.ignore("mtp_layer_types", "mtp_mlp_layer_types")
    _ = try config.extraPredictionCount(layoutIsKnown: false)
    return d.decoder(family: "mellum") { i in
      d.preNormLayer(attention(masks[i]), sparse[i] ? mixture.block() : dense.block())
    }
  }

  static let kolibri1 = Family("kolibri1") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(4))
    try config.activation("hidden_act")
    let window = try config.slidingWindow(default: 513)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { ($0 + 1) % 5 != 0 }
    var mixture = try config.mixture(width: d.width)
    mixture.shared = try config.size("shared_expert_intermediate_size")
    return d.decoder(family: "kolibri1") { [mixture] i in
      d.sandwichLayer(Attention(d, mask: masks[i], queryKeyNorm: .perHeadWidth).block(), mixture.block())
    }
  }
}

extension Config {
  /// Mixtures and dense MLPs by Qwen's rule. With num_experts 0 every layer is dense.
  fileprivate func qwenFeedForward(
    _ d: Dimensions, dense: [Int] = [], with change: (inout MixtureOfExperts) throws -> Void
  ) throws -> [Block] {
    let none = try count("num_experts", "num_local_experts") == 0
    let sparse = try sparseBySteps(d.layers, experts: none ? 0 : 1, dense: dense)
    let mlp = MLP(width: d.width, hidden: try denseWidth(sparse: sparse))
    if none {
      ignore("num_experts_per_tok", "moe_intermediate_size", "shared_expert_intermediate_size")
      return sparse.map { _ in mlp.block() }
    }
    var mixture = try mixture(width: d.width)
    try change(&mixture)
    return sparse.map { $0 ? mixture.block() : mlp.block() }
  }
}
