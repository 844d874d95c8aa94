extension Family {
  /// Qwen3-Next: gated DeltaNet in three layers of four, gated attention in the fourth, mixtures with a shared expert.
  static let qwen3Next = Family("qwen3_next") { config in
    let hybrid = try QwenHybrid(config)
    let hidden = try config.size("intermediate_size", default: 5632)
    let mixture = try config.qwenMixture(width: hybrid.d.width)
    let step = try config.size("decoder_sparse_step", default: 1)
    let dense = Set(try config.sizes("mlp_only_layers", atLeast: 0) ?? [])
    return hybrid.decoder(family: "qwen3_next") { i in
      let isMixture = mixture != nil && !dense.contains(i) && (i + 1) % step == 0
      return isMixture
        ? mixture?.block() ?? Block("mlp", []) : MLP(width: hybrid.d.width, hidden: hidden).block()
    }
  }

  static let qwen35 = Family("qwen3_5_text") { config in
    let hybrid = try QwenHybrid(config, keyValueHeads: 4)
    let hidden = try config.size("intermediate_size")
    return hybrid.decoder(family: "qwen3_5_text") { _ in MLP(width: hybrid.d.width, hidden: hidden).block() }
  }

  static let qwen35MoE = Family("qwen3_5_moe_text") { config in
    let hybrid = try QwenHybrid(config)
    config.ignore("intermediate_size", "mlp_only_layers", "decoder_sparse_step")
    guard let mixture = try config.qwenMixture(width: hybrid.d.width) else {
      throw config.error("num_experts", 0, "makes no mixture of experts")
    }
    return hybrid.decoder(family: "qwen3_5_moe_text") { _ in mixture.block() }
  }

  /// Olmo-Hybrid: DeltaNet with separate projections (the same products) before the norm, attention after it.
  static let olmoHybrid = Family("olmo_hybrid") { config in
    let d = try Dimensions(config)
    let hidden = try config.size("intermediate_size")
    try config.activation("hidden_act")
    config.ignore("linear_a_log_min", "linear_a_log_max", "linear_dt_min", "linear_dt_max", "linear_dt_init_floor")
    config.ignore("linear_allow_neg_eigval", "linear_use_gate")
    let bias = try config.flag("attention_bias", default: false)
    let valueHeads = try config.size("linear_num_value_heads", default: d.heads)
    let keyHeads = try config.groups("linear_num_key_heads", of: valueHeads, default: d.heads)
    let keyWidth = try config.size("linear_key_head_dim", default: max(3 * d.width / (4 * keyHeads), 1))
    let delta = GatedDeltaNet(
      width: d.width, keyHeads: keyHeads, keyWidth: keyWidth, valueHeads: valueHeads,
      valueWidth: try config.size("linear_value_head_dim", default: 2 * keyWidth),
      kernel: try config.size("linear_conv_kernel_dim", default: 4))
    var isLinear = try config.linearLayers(layers: d.layers, interval: 4)
    // Fewer than four layers: the last one is full attention all the same.
    if !isLinear.contains(false), !config.has("layer_types") { isLinear[d.layers - 1] = false }
    guard isLinear.contains(true), isLinear.contains(false) else {
      throw config.error("layer_types", nil, "has one kind of layer alone", hint: "this family has both kinds")
    }
    return d.decoder(family: "olmo_hybrid") { i in
      let mlp = MLP(width: d.width, hidden: hidden).block()
      let mixer = isLinear[i] ? delta.block() : Attention(d, bias: bias, queryKeyNorm: .overAllHeads).block()
      return Layer([mixer, mlp, .norm("norms", 2 * d.width)])
    }
  }

  /// MiniMax-01: lightning attention and softmax attention by layer, a mixture in every layer.
  static let minimax = Family("minimax") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(8))
    try config.activation("hidden_act")
    config.ignore("full_attn_alpha_factor", "full_attn_beta_factor", "linear_attn_alpha_factor")
    config.ignore("linear_attn_beta_factor", "mlp_alpha_factor", "mlp_beta_factor")
    let mixture = try config.mixture(width: d.width, hidden: ["intermediate_size"])
    let window = try config.optionalSize("sliding_window")
    let lightning = LightningAttention(
      width: d.width, heads: d.heads, headWidth: d.headWidth, block: try config.size("block_size", default: 256))
    // Without layer_types, every second layer is lightning attention, the first is not.
    let isLinear = try config.linearLayers(layers: d.layers, interval: nil)
    let mask: AttentionMask = window.map { .sliding(window: $0) } ?? .causal
    return d.decoder(family: "minimax") { i in
      Layer([
        .norm("input_layernorm", d.width),
        isLinear[i] ? Block("self_attn", lightning.parts) : Attention(d, mask: mask).block(),
        .norm("post_attention_layernorm", d.width), mixture.block(),
      ])
    }
  }
}

/// What the Qwen hybrids share: sizes, DeltaNet, gated attention, and which layer is which.
struct QwenHybrid {
  let d: Dimensions
  let delta: GatedDeltaNet
  let bias: Bool
  let isLinear: [Bool]

  /// - Parameter keyValueHeads: the class's default.
  init(_ config: Config, keyValueHeads: Int = 2) throws {
    d = try Dimensions(config, headWidth: .constant(256), keyValueHeads: .constant(keyValueHeads))
    try config.activation("hidden_act")
    config.ignore("attn_output_gate", "mamba_ssm_dtype", "mtp_num_hidden_layers", "mtp_use_dedicated_embeddings")
    config.ignore("output_gate_type", "use_sliding_window", "sliding_window", "max_window_layers")
    delta = try GatedDeltaNet(config, width: d.width)
    bias = try config.flag("attention_bias", default: false)
    let interval = try config.size("full_attention_interval", default: 4)
    isLinear = try config.linearLayers(layers: d.layers, interval: interval)
  }

  func decoder(family: String, mlp: (Int) -> Block) -> Architecture {
    d.decoder(family: family) { i in
      Layer([
        .norm("input_layernorm", d.width), isLinear[i] ? delta.block() : gatedAttention().block(),
        .norm("post_attention_layernorm", d.width), mlp(i),
      ])
    }
  }

  func gatedAttention(mask: AttentionMask = .causal) -> Attention {
    var attention = Attention(d, mask: mask, bias: bias, queryKeyNorm: .perHeadWidth)
    attention.gateInQuery = true
    return attention
  }
}

extension GatedDeltaNet {
  /// From the fields that start with linear_.
  init(_ config: Config, width: Int) throws {
    let valueHeads = try config.size("linear_num_value_heads", default: 32)
    self.init(
      width: width, keyHeads: try config.groups("linear_num_key_heads", of: valueHeads, default: 16),
      keyWidth: try config.size("linear_key_head_dim", default: 128), valueHeads: valueHeads,
      valueWidth: try config.size("linear_value_head_dim", default: 128),
      kernel: try config.size("linear_conv_kernel_dim", default: 4))
  }
}

extension Config {
  /// Which layers are linear: from layer_types, else all but every `interval`-th; without an interval every second.
  func linearLayers(layers: Int, interval: Int?, attention: String = "full_attention") throws -> [Bool] {
    try linearLayers(layers: layers, attention: attention) { i in
      interval.map { (i + 1) % $0 != 0 } ?? (i % 2 == 1)
    }
  }

  /// Which layers are linear: from layer_types, else by `rule` for a layer's index (0-based).
  func linearLayers(
    layers: Int, attention: String = "full_attention", rule: (Int) -> Bool
  ) throws -> [Bool] {
    if let words = try layerWords("layer_types", layers: layers, known: ["linear_attention", attention]) {
      return words.map { $0 == "linear_attention" }
    }
    return (0..<layers).map(rule)
  }

  /// Qwen's mixture with one gated shared expert; nil where num_experts is 0.
  func qwenMixture(width: Int) throws -> MixtureOfExperts? {
    let counts = try expertCounts("num_experts", "num_experts_per_tok", defaults: (512, 10))
    guard counts.experts > 0 else {
      ignore("moe_intermediate_size", "shared_expert_intermediate_size")
      return nil
    }
    let shared = try count("shared_expert_intermediate_size")
    return MixtureOfExperts(
      width: width, experts: counts.experts, active: counts.active, hidden: try size("moe_intermediate_size"),
      shared: shared, sharedGate: shared > 0)
  }
}
