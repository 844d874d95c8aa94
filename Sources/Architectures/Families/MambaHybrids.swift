import Input

/// Words by which configs name a kind of layer: the hub's, and those of newer transformers.
enum HybridLayer: Sendable {
  case attention, mamba, hybrid, mlp, mixture

  static let words: [String: HybridLayer] = [
    "attention": .attention, "full_attention": .attention, "mamba": .mamba, "linear_attention": .mamba,
    "hybrid": .hybrid, "mlp": .mlp, "moe": .mixture,
  ]
}

extension Config {
  /// The kinds of layers from a per-layer list, nil where none of `names` is there.
  func hybridLayers(_ names: String..., layers: Int?, allowed: Set<HybridLayer>) throws -> [HybridLayer]? {
    for name in names {
      let known = HybridLayer.words.filter { allowed.contains($0.value) }
      guard let list = try words(name) else { continue }
      _ = try layerWords(name, layers: layers ?? list.count, known: Set(known.keys))
      return list.compactMap { known[$0] }
    }
    return nil
  }

  /// Every `period`-th layer from `offset` on, as jamba says it.
  func periodic(_ name: String, period: Int, offset: Int) throws -> (Int) -> Bool {
    let period = try size("\(name)_period", default: period)
    let offset = try count("\(name)_offset", default: offset)
    guard offset < period else {
      throw error("\(name)_offset", .integer(offset), "is not below \(name)_period, which is \(period)")
    }
    return { $0 % period == offset }
  }

  /// Reads the number of experts and how many a token visits, and checks one against the other.
  ///
  /// - Parameter least: with fewer experts than this the layers are dense, and nobody reads how many are visited.
  func expertCounts(
    _ experts: String, _ active: String, defaults: (Int, Int), least: Int = 1
  ) throws -> (experts: Int, active: Int) {
    let all = try count(experts, "num_local_experts", default: defaults.0)
    let visited = try count(active, default: defaults.1)
    guard all < least || (1...all).contains(visited) else {
      throw error(active, .integer(visited), "is not from 1 to the \(Numbers.counted(all, "expert"))")
    }
    return (all, visited)
  }
}

extension Family {
  static let bamba = Family("bamba") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(8))
    let hidden = try config.size("intermediate_size")
    try config.activation("hidden_act")
    config.ignoreTimeSteps()
    config.ignore("z_loss_coefficient", "attn_rotary_emb", "mamba_use_mlp")
    let bias = try config.flag("attention_bias", default: false)
    let mlpBias = try config.flag("mlp_bias", default: false)
    let mamba = try config.hybridMamba2(width: d.width)
    let attention = Set(try config.sizes("attn_layer_indices", atLeast: 0) ?? [])
    for index in attention where index >= d.layers {
      throw config.error("attn_layer_indices", .integer(index), "is not a layer: there are \(d.layers)")
    }
    let kinds = try config.hybridLayers("layer_types", layers: d.layers, allowed: [.attention, .mamba])
    return d.decoder(family: "bamba") { i in
      let isAttention = kinds.map { $0[i] == .attention } ?? attention.contains(i)
      return d.hybridLayer(
        isAttention ? Attention(d, bias: bias).block() : mamba.block("mamba"),
        MLP(width: d.width, hidden: hidden, bias: mlpBias).block("feed_forward"))
    }
  }

  static let graniteMoEHybrid = Family("granitemoehybrid") { config in
    let d = try Dimensions(config)
    let hidden = try config.size("intermediate_size")
    try config.activation("hidden_act")
    config.ignoreTimeSteps()
    config.ignore("position_embedding_type", "normalization_function", "init_method")
    let bias = try config.flag("attention_bias", default: false)
    let counts = try config.expertCounts("num_local_experts", "num_experts_per_tok", defaults: (8, 2))
    let shared = try config.count("shared_intermediate_size", default: 1024)
    let hasMamba = try config.hybridLayers(
      "layer_types", "layers_block_type", layers: d.layers, allowed: [.attention, .mamba])
    let mamba = try config.hybridMamba2(width: d.width)
    let mixture = Block(
      "block_sparse_moe",
      counts.experts > 0
        ? MixtureOfExperts(
          width: d.width, experts: counts.experts, active: counts.active, hidden: hidden
        ).parts : [])
    let sharedMLP = Block(
      "shared_mlp", shared > 0 ? MLP(width: d.width, hidden: shared, role: .sharedExpert).parts : [])
    return d.decoder(family: "granitemoehybrid") { i in
      let isAttention = hasMamba.map { $0[i] == .attention } ?? false
      return Layer([
        .norm("input_layernorm", d.width), isAttention ? Attention(d, bias: bias).block() : mamba.block("mamba"),
        .norm("post_attention_layernorm", d.width), mixture, sharedMLP,
      ])
    }
  }

  /// Falcon-H1: attention and Mamba 2 side by side in every layer, then an MLP.
  static let falconH1 = Family("falcon_h1") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(8))
    let hidden = try config.size("intermediate_size")
    try config.activation("hidden_act")
    config.ignoreTimeSteps()
    config.ignore("mamba_norm_before_gate", "lm_head_multiplier", "mlp_multipliers", "key_multiplier")
    config.ignore("attention_out_multiplier", "attention_in_multiplier", "ssm_multipliers", "ssm_in_multiplier")
    config.ignore("ssm_out_multiplier", "mamba_use_mlp", "attn_layer_indices", "mlp_expansion_factor")
    let bias = try config.flag("attention_bias", default: false)
    let mlpBias = try config.flag("mlp_bias", default: false)
    let inner = config.object["mamba_d_ssm"] == .null ? nil : try config.size("mamba_d_ssm", default: 1024)
    var mamba = try config.hybridMamba2(width: d.width, inner: inner)
    mamba.norm = try config.flag("mamba_rms_norm", default: false)
    mamba.biasOnOutput = try config.flag("projectors_bias", default: false)
    let block = mamba.block("mamba")
    return d.decoder(family: "falcon_h1") { _ in
      Layer([
        .norm("input_layernorm", d.width), block, Attention(d, bias: bias).block(), .norm("pre_ff_layernorm", d.width),
        MLP(width: d.width, hidden: hidden, bias: mlpBias).block("feed_forward"),
      ])
    }
  }

  static let jamba = Family("jamba") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(8))
    let hidden = try config.size("intermediate_size")
    try config.activation("hidden_act")
    config.ignore("use_mambapy", "use_associative_scan", "calc_logits_for_entire_prompt", "mamba_inner_layernorms")
    config.ignore("sliding_window", "num_logits_to_keep")
    var mamba = try config.hybridMamba1(width: d.width)
    mamba.innerNorms = true
    let mambaBlock = mamba.block("mamba")
    let counts = try config.expertCounts("num_experts", "num_experts_per_tok", defaults: (16, 2), least: 2)
    let isExpertLayer = try config.periodic("expert_layer", period: 2, offset: 1)
    let isAttentionLayer = try config.periodic("attn_layer", period: 8, offset: 4)
    let kinds = try config.hybridLayers(
      "layers_block_type", "layer_types", layers: d.layers, allowed: [.attention, .mamba])
    let mixture = MixtureOfExperts(width: d.width, experts: counts.experts, active: counts.active, hidden: hidden)
    return d.decoder(family: "jamba") { i in
      let isAttention = kinds.map { $0[i] == .attention } ?? isAttentionLayer(i)
      let isMixture = isExpertLayer(i) && counts.experts > 1
      return d.hybridLayer(
        isAttention ? Attention(d).block() : mambaBlock,
        isMixture
          ? mixture.block("feed_forward") : MLP(width: d.width, hidden: hidden).block("feed_forward"))
    }
  }

  /// Nemotron-H: one mixer a layer, which is Mamba 2, attention, a plain MLP or a mixture of plain experts.
  static let nemotronH = Family("nemotron_h") { config in
    let kinds = try config.nemotronLayers()
    let layers = try config.optionalSize("num_hidden_layers")
    guard layers == nil || layers == kinds.count else {
      throw config.error(
        "num_hidden_layers", layers.map { .integer($0) },
        "is not the \(Numbers.counted(kinds.count, "layer")) of the pattern")
    }
    let width = try config.size("hidden_size")
    let heads = try config.size("num_attention_heads")
    let keyValueHeads = try config.keyValueHeads(of: heads, default: .constant(8))
    let headWidth = try config.size("head_dim", "attention_head_dim", default: 128)
    let vocabulary = try config.size("vocab_size")
    try config.activation("mlp_hidden_act")
    try config.activation("mamba_hidden_act")
    config.ignoreTimeSteps()
    config.ignore("mamba_dt_min", "mamba_dt_max", "mamba_dt_limit", "mamba_dt_init_floor", "mamba_expand")
    config.ignore("mtp_hybrid_override_pattern")
    config.ignore("expand", "residual_in_fp32", "rescale_prenorm_residual", "mamba_ssm_cache_dtype", "sliding_window")
    config.ignore("moe_shared_expert_overlap", "mtp_layers_block_type", "mamba_proj_bias", "mamba_num_groups")
    let mlpBias = try config.flag("mlp_bias", default: false)
    // The class gives its attention no bias, whatever attention_bias says.
    _ = try config.flag("attention_bias", default: false)
    let attention = Attention(width: width, heads: heads, keyValueHeads: keyValueHeads, headWidth: headWidth)
    let bias = try config.flag("use_bias", default: false)
    let mambaHeads = try config.size("mamba_num_heads", default: 128)
    let mamba = Mamba2(
      width: width, heads: mambaHeads,
      headWidth: try config.size("mamba_head_dim", default: 64),
      state: try config.size("ssm_state_size", default: 128),
      groups: try config.groups("n_groups", "mamba_n_groups", of: mambaHeads, default: 8),
      kernel: try config.size("conv_kernel", "mamba_d_conv", default: 4),
      chunk: try config.size("chunk_size", "mamba_chunk_size", default: 128),
      bias: bias,
      biasOnOutput: bias, convolutionBias: try config.flag("use_conv_bias", "mamba_conv_bias", default: true))
    let hidden = try config.size("intermediate_size", default: 21504)
    let mixture =
      kinds.contains(.mixture) ? try config.nemotronMixture(width: width, bias: mlpBias) : Block("mixer", [])
    config.ignore("n_routed_experts", "num_experts_per_tok", "moe_intermediate_size", "n_shared_experts")
    config.ignore("moe_shared_expert_intermediate_size", "moe_latent_size")
    if try config.count("num_nextn_predict_layers", default: 0) > 0 {
      config.notes.append("extra prediction modules (MTP) are left out: their layout is not known")
    }
    var architecture = Architecture(
      family: "nemotron_h", width: width, vocabulary: vocabulary, layerCount: kinds.count,
      embedding: config.inputTable(width: width, vocabulary: vocabulary),
      groups: [LayerGroup](
        layers: kinds.map { kind in
          let mixer: Block
          switch kind {
          case .attention: mixer = attention.block("attention")
          case .mlp: mixer = MLP(width: width, hidden: hidden, gated: false, bias: mlpBias).block()
          case .mixture: mixer = mixture
          case .mamba, .hybrid: mixer = mamba.block("mamba")
          }
          return Layer([.norm("norm", width), mixer])
        }),
      head: try config.neverTiedHead(width: width, vocabulary: vocabulary, finalNorm: width))
    architecture.maxPositions = try config.optionalSize("max_position_embeddings")
    return architecture
  }
}

extension Dimensions {
  /// Norm, mixer, norm, feed-forward, as the hybrids have it.
  func hybridLayer(_ mixer: Block, _ feedForward: Block) -> Layer {
    Layer([.norm("input_layernorm", width), mixer, .norm("pre_ff_layernorm", width), feedForward])
  }
}

extension Config {
  /// layers_block_type, or the hub's hybrid_override_pattern: M mamba, * attention, - MLP, E mixture.
  fileprivate func nemotronLayers() throws -> [HybridLayer] {
    let allowed: Set<HybridLayer> = [.attention, .mamba, .mlp, .mixture]
    if let kinds = try hybridLayers("layers_block_type", "layer_types", layers: nil, allowed: allowed) {
      ignore("hybrid_override_pattern")
      return kinds
    }
    let pattern = try text("hybrid_override_pattern")
    return try pattern.map { letter in
      switch letter {
      case "M": return .mamba
      case "*": return .attention
      case "-": return .mlp
      case "E": return .mixture
      default:
        throw error(
          "hybrid_override_pattern", .string(pattern), "has the letter \(letter)",
          hint: "M mamba, * attention, - MLP, E mixture")
      }
    }
  }

  fileprivate func nemotronMixture(width: Int, bias: Bool) throws -> Block {
    let counts = try expertCounts("n_routed_experts", "num_experts_per_tok", defaults: (8, 2))
    try checkExpertGroups(counts.experts, active: counts.active, named: "num_experts_per_tok")
    _ = try count("n_shared_experts", default: 1)
    let latent = try optionalSize("moe_latent_size")
    var mixture = MixtureOfExperts(
      width: width, experts: counts.experts, active: counts.active, hidden: try size("moe_intermediate_size"),
      gated: false, shared: try size("moe_shared_expert_intermediate_size"), sharedBias: bias)
    mixture.expertWidth = latent ?? width
    var parts = mixture.parts
    if let latent {
      parts.append(.linear(Linear("fc1_latent_proj", in: width, out: latent, bias: bias)))
      parts.append(.linear(Linear("fc2_latent_proj", in: latent, out: width, bias: bias)))
    }
    return Block("moe", parts)
  }
}
