/// Mixtures with ordinary attention, shared experts and dense layers first, after DeepSeekMoE.
extension Family {
  static let glm4Moe = Family("glm4_moe") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(8))
    let bias = try config.flag("attention_bias", default: false)
    let norm = try config.flag("use_qk_norm", default: false)
    let feedForward = try config.deepSeekFeedForward(d, dense: 1)
    let attention = Attention(d, bias: bias, biasOnOutput: false, queryKeyNorm: norm ? .perHeadWidth : .none)
    var architecture = d.decoder(family: "glm4_moe") { i in d.preNormLayer(attention.block(), feedForward.layers[i]) }
    architecture.extraPrediction = d.extraPrediction(
      try config.extraPredictionCount(layoutIsKnown: true), layer: d.preNormLayer(attention.block(), feedForward.sparse)
    )
    return architecture
  }

  static let dots1 = Family("dots1") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(32))
    let bias = try config.flag("attention_bias", default: false)
    let window = try config.slidingWindow(default: 4096)
    let first = try config.count("max_window_layers", default: 62)
    config.ignore("use_sliding_window")
    let masks = try config.attentionMasks(layers: d.layers, window: window) { $0 >= first }
    let feedForward = try config.deepSeekFeedForward(d, dense: 0)
    return d.decoder(family: "dots1") { i in
      d.preNormLayer(
        Attention(d, mask: masks[i], bias: bias, queryKeyNorm: .perHeadWidth).block(), feedForward.layers[i])
    }
  }

  static let solarOpen = Family("solar_open") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(8))
    let bias = try config.flag("attention_bias", default: false)
    guard try !config.flag("use_qk_norm", default: false) else {
      throw config.error("use_qk_norm", true, "is not this family: it has no norms on queries and keys")
    }
    guard try config.count("first_k_dense_replace", default: 0) == 0 else {
      throw config.error("first_k_dense_replace", config.object["first_k_dense_replace"], "is not 0 as it should be")
    }
    config.ignore("intermediate_size")
    let feedForward = try config.deepSeekFeedForward(d, dense: 0)
    return d.decoder(family: "solar_open") { i in
      d.preNormLayer(Attention(d, bias: bias, biasOnOutput: false).block(), feedForward.layers[i])
    }
  }

  static let exaoneMoe = Family("exaone_moe") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(32))
    try config.activation("hidden_act")
    let window = try config.slidingWindow(default: 4096)
    // Hub files also write the pattern as letters (LLLG); they give layer_types too.
    if config.has("layer_types") { config.ignore("sliding_window_pattern") }
    let pattern = config.has("layer_types") ? 4 : try config.slidingWindowPattern(default: 4)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { ($0 + 1) % pattern != 0 }
    var mixture = try config.groupedMixture(width: d.width, experts: ["num_experts", "num_local_experts"])
    mixture.shared = try config.sharedExperts("num_shared_experts") * mixture.hidden
    let sparse = try config.sparseAfterFirst(d.layers, default: 1)
    if let flags = config.object["is_moe_layer"]?.array, flags != sparse.map({ .bool($0) }) {
      throw config.error("is_moe_layer", nil, "contradicts mlp_layer_types or first_k_dense_replace")
    }
    config.ignore("is_moe_layer", "num_expert_group", "first_last_k_dense_replace")
    config.ignore("mtp_loss_scaling_factor", "mtp_share_layers")
    let mlp = MLP(width: d.width, hidden: try config.denseWidth(sparse: sparse))
    _ = try config.extraPredictionCount(layoutIsKnown: false)
    return d.decoder(family: "exaone_moe") { [mixture] i in
      d.preNormLayer(
        Attention(d, mask: masks[i], queryKeyNorm: .perHeadWidth).block(), sparse[i] ? mixture.block() : mlp.block())
    }
  }

  static let hyV3 = Family("hy_v3") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(8))
    try config.activation("hidden_act")
    let bias = try config.flag("attention_bias", default: false)
    let mlpBias = try config.flag("mlp_bias", default: false)
    var mixture = try config.mixture(width: d.width)
    mixture.shared = try config.sharedExperts("num_shared_experts") * mixture.hidden
    if config.object["num_shared_experts"] == 0 {
      mixture.shared = try config.size("intermediate_size")
      config.notes.append("with num_shared_experts 0 the reference makes the shared MLP intermediate_size wide")
    }
    mixture.sharedBias = mlpBias
    let sparse = try config.sparseAfterFirst(d.layers, default: 1)
    let mlp = MLP(width: d.width, hidden: try config.denseWidth(sparse: sparse), bias: mlpBias)
    config.ignore("router_scaling_factor", "enable_moe_fp32_combine", "moe_router_use_sigmoid", "route_norm")
    _ = try config.extraPredictionCount(layoutIsKnown: false)
    let attention = Attention(d, bias: bias, queryKeyNorm: .perHeadWidth)
    return d.decoder(family: "hy_v3") { [mixture] i in
      d.preNormLayer(attention.block(), sparse[i] ? mixture.block() : mlp.block())
    }
  }

  static let afmoe = Family("afmoe") { config in
    let d = try Dimensions(config, headWidth: .constant(128))
    try config.activation("hidden_act")
    let bias = try config.flag("attention_bias", default: false)
    let window = try config.slidingWindow(default: 1024)
    let every = try config.size("global_attn_every_n_layers", default: 4)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { ($0 + 1) % every != 0 }
    var mixture = try config.mixture(width: d.width)
    mixture.shared = try config.sharedExperts("num_shared_experts") * mixture.hidden
    mixture.correctionBias = true
    let first = try config.count("num_dense_layers", default: 1)
    let sparse = (0..<d.layers).map { $0 >= first }
    let mlp = MLP(width: d.width, hidden: try config.denseWidth(sparse: sparse))
    config.ignore("route_scale", "route_norm", "score_func", "mup_enabled", "load_balance_coeff", "use_grouped_mm")
    config.ignore("num_expert_groups", "num_limited_groups", "n_group", "topk_group")
    return d.decoder(family: "afmoe") { [mixture] i in
      var attention = Attention(d, mask: masks[i], bias: bias, queryKeyNorm: .perHeadWidth)
      attention.outputGate = .perChannel
      return d.sandwichLayer(attention.block(), sparse[i] ? mixture.block() : mlp.block())
    }
  }

  static let laguna = Family("laguna") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(8))
    try config.activation("hidden_act")
    let bias = try config.flag("attention_bias", default: false)
    let masks = try config.attentionMasks(layers: d.layers, window: config.slidingWindow(default: 512)) { _ in false }
    let heads = try config.sizes("num_attention_heads_per_layer") ?? Array(repeating: d.heads, count: d.layers)
    guard heads.count == d.layers else {
      throw config.layerCountError("num_attention_heads_per_layer", names: heads.count, of: d.layers)
    }
    if let odd = heads.first(where: { $0 % d.keyValueHeads != 0 }) {
      throw config.error(
        "num_attention_heads_per_layer", .integer(odd), "is no multiple of the \(d.keyValueHeads) key/value heads")
    }
    let gate: Attention.OutputGate
    switch try config.value("gating")?.value {
    case nil, .bool(true), .string("per-head"): gate = .perHead
    case .string("per-element"): gate = .perChannel
    case .bool(false):
      gate = .perChannel
      config.notes.append("gating false is no gate a head, and so one for every channel: the reference always has one")
    case .some(let other):
      throw config.error("gating", other, "is not known", hint: "true, false, per-head or per-element")
    }
    var mixture = try config.mixture(width: d.width)
    mixture.shared = try config.size("shared_expert_intermediate_size")
    mixture.correctionBias = true
    let sparse = try config.sparseLayers(d.layers) { $0 > 0 }
    let mlp = MLP(width: d.width, hidden: try config.denseWidth(sparse: sparse))
    guard try !config.flag("moe_apply_router_weight_on_input", default: false) else {
      throw config.error("moe_apply_router_weight_on_input", true, "is refused by the reference implementation")
    }
    config.ignore("moe_routed_scaling_factor", "moe_router_logit_softcapping", "swa_rope_parameters")
    return d.decoder(family: "laguna") { [mixture] i in
      var attention = Attention(
        width: d.width, heads: heads[i], keyValueHeads: d.keyValueHeads, headWidth: d.headWidth, mask: masks[i],
        bias: bias, queryKeyNorm: .perHeadWidth)
      attention.outputGate = gate
      return d.preNormLayer(attention.block(), sparse[i] ? mixture.block() : mlp.block())
    }
  }
}

extension Config {
  /// DeepSeek's feed-forward blocks, one a layer, and the mixture by itself: experts of moe_intermediate_size and one
  /// shared MLP of n_shared_experts times that width; dense layers of intermediate_size.
  func deepSeekFeedForward(
    _ d: Dimensions, dense: Int, bias: Bool = false
  ) throws -> (layers: [Block], isSparse: [Bool], sparse: Block) {
    try activation("hidden_act")
    var mixture = try groupedMixture(width: d.width)
    mixture.shared = try sharedExperts("n_shared_experts") * mixture.hidden
    mixture.sharedBias = bias
    // 0 of them are an MLP without a width: all that is left of it is the bias on its output.
    mixture.storesEmptyShared = object["n_shared_experts"] == 0
    let sparse = try sparseAfterFirst(d.layers, default: dense)
    let mlp = MLP(width: d.width, hidden: try denseWidth(sparse: sparse), bias: bias)
    return (sparse.map { $0 ? mixture.block() : mlp.block() }, sparse, mixture.block())
  }
}
