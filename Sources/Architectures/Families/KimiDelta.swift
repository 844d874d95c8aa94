import Input

/// Kimi delta attention in most layers, latent attention in the others, mixtures with shared experts.
extension Family {
  /// Kimi-Linear: linear_attn_config names the layers, counted from 1.
  static let kimiLinear = Family("kimi_linear") { config in
    var d = try config.latentDimensions()
    try config.activation("hidden_act")
    try config.noteNeverTied()
    d.tied = false
    config.ignore("mla_use_nope", "moe_router_activation_func", "use_grouped_topk", "num_expert_group")
    config.ignore("moe_renormalize", "moe_router_norm", "rope_type", "head_dim")
    let latent = try config.optionalRankLatent(d)
    // The hub's file has an object for what newer transformers write as fields of their own.
    let linear = try config.nested("linear_attn_config")
    func size(_ name: String, _ inner: String, default other: Int? = nil) throws -> Int {
      guard let given = try linear?.optionalSize(inner) ?? other else { return try config.size(name) }
      let size = try config.size(name, default: given)
      guard size == given || linear?.object[inner] == nil else {
        throw config.error(name, .integer(size), "contradicts linear_attn_config.\(inner)", hint: "keep one of the two")
      }
      return size
    }
    let delta = KimiDeltaAttention(
      width: d.width, heads: try size("linear_num_heads", "num_heads"),
      headWidth: try size("linear_head_dim", "head_dim"),
      kernel: try size("linear_conv_kernel_dim", "short_conv_kernel_size", default: 4), gates: .lowRank)
    let listed = try linear?.kimiLayers(d.layers)
    let isLinear = try config.linearLayers(layers: d.layers) { i in listed?[i] ?? (i == 0 || i % 4 != 0) }
    let feedForward = try config.kimiFeedForward(d)
    return d.decoder(family: "kimi_linear") { i in
      d.preNormLayer(isLinear[i] ? delta.block() : latent.block(), feedForward[i])
    }
  }

  /// Ling 2.5 (bailing hybrid): direct gates, and a gate a head on the latent attention of every layer_group_size-th layer.
  static let bailingHybrid = Family("bailing_hybrid") { config in
    let d = try config.latentDimensions()
    try config.activation("hidden_act")
    config.ignore("num_expert_group", "moe_renormalize", "model_max_length", "kda_safe_gate", "kda_lower_bound")
    config.ignore("mtp_loss_scaling_factor", "num_key_value_heads", "head_dim", "mtp_layer_types")
    let latent = try config.optionalRankLatent(d)
    let delta = KimiDeltaAttention(
      width: d.width, heads: try config.size("linear_num_heads", default: d.heads),
      headWidth: try config.size("linear_head_dim", default: 128),
      kernel: try config.size("linear_conv_kernel_dim", "short_conv_kernel_size", default: 4), gates: .direct)
    let group = try config.size("layer_group_size", default: 6)
    let isLinear = try config.linearLayers(layers: d.layers, interval: group)
    let feedForward = try config.kimiFeedForward(d)
    let gated = Block("self_attn", latent.parts + [.linear(Linear("g_proj", in: d.width, out: d.heads))])
    _ = try config.extraPredictionCount(layoutIsKnown: false)
    return d.decoder(family: "bailing_hybrid") { i in
      d.preNormLayer(isLinear[i] ? delta.block() : gated, feedForward[i])
    }
  }
}

extension Config {
  /// Latent attention whose queries have no latent where q_lora_rank is absent or null.
  fileprivate func optionalRankLatent(_ d: Dimensions) throws -> LatentAttention {
    let plain = try size("qk_nope_head_dim")
    let rotary = try size("qk_rope_head_dim")
    if let both = try optionalSize("qk_head_dim"), both != plain + rotary {
      throw error("qk_head_dim", .integer(both), "is not qk_nope_head_dim + qk_rope_head_dim = \(plain + rotary)")
    }
    var attention = LatentAttention(
      width: d.width, heads: d.heads, queryRank: try optionalSize("q_lora_rank"),
      keyValueRank: try size("kv_lora_rank"), plainWidth: plain, rotaryWidth: rotary, valueWidth: try size("v_head_dim")
    )
    attention.bias = try flag("attention_bias", default: false)
    return attention
  }

  /// Which layers are linear by the two lists of linear_attn_config, nil where it has none.
  fileprivate func kimiLayers(_ layers: Int) throws -> [Bool]? {
    guard has("full_attn_layers") || has("kda_layers") else { return nil }
    let full = try layerNumbers("full_attn_layers", layers: layers)
    let kda = try layerNumbers("kda_layers", layers: layers)
    guard full.isDisjoint(with: kda), full.count + kda.count == layers else {
      throw error("kda_layers", nil, "and full_attn_layers do not name each of the \(layers) layers once")
    }
    return (1...layers).map { kda.contains($0) }
  }

  /// Layers by number, counted from 1.
  fileprivate func layerNumbers(_ name: String, layers: Int) throws -> Set<Int> {
    guard let numbers = try sizes(name) else { throw error(name, nil, "is missing", hint: "layers, counted from 1") }
    if let outside = numbers.first(where: { $0 > layers }) {
      throw error(name, .integer(outside), "is not a layer: there are \(layers)")
    }
    return Set(numbers)
  }

  /// Dense layers first, then mixtures with shared experts.
  fileprivate func kimiFeedForward(_ d: Dimensions) throws -> [Block] {
    let sparse = try sparseAfterFirst(d.layers, default: 1)
    let dense = try denseWidth(sparse: sparse)
    var mixture = try mixture(
      width: d.width, experts: ["num_experts", "n_routed_experts", "num_local_experts"],
      active: ["num_experts_per_token", "num_experts_per_tok"])
    let shared = try count("num_shared_experts", "n_shared_experts", default: 1)
    guard shared <= mixture.experts else {
      throw error("num_shared_experts", .integer(shared), "is more than there are routed experts")
    }
    mixture.shared = shared * mixture.hidden
    return sparse.map { $0 ? mixture.block() : MLP(width: d.width, hidden: dense).block() }
  }
}
