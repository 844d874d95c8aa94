import Input

/// Mixtures with a layout of their own.
extension Family {
  static let ernie45Moe = Family("ernie4_5_moe") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(4), tied: true)
    try config.activation("hidden_act")
    let bias = try config.flag("use_bias", default: false)
    var mixture = try config.mixture(
      width: d.width, experts: ["moe_num_experts", "num_experts"], active: ["moe_k", "num_experts_per_tok"])
    mixture.shared = try config.sharedExperts("moe_num_shared_experts") * mixture.hidden
    mixture.sharedBias = bias
    mixture.correctionBias = true
    let interval = try config.size("moe_layer_interval", default: 1)
    let first = try config.count("moe_layer_start_index", default: 1)
    let last = try config.lastLayer("moe_layer_end_index", layers: d.layers)
    let sparse = (0..<d.layers).map { ($0 + 1) % interval == 0 && $0 >= first && $0 <= last }
    let mlp = MLP(width: d.width, hidden: try config.denseWidth(sparse: sparse), bias: bias)
    config.ignore("moe_norm_min", "moe_capacity", "moe_gate", "moe_use_aux_free", "moe_gate_act")
    config.ignore("moe_norm_gate_logits", "multi_token_pred_lambda", "multi_token_pred_depth", "fuse_rms_norm")
    config.ignore(
      "compression_ratio", "disable_pipeline_warmup", "enable_mtp_magic_send", "moe_multimodal_dispatch_use_allgather")
    _ = try config.extraPredictionCount(layoutIsKnown: false)
    return d.decoder(family: "ernie4_5_moe", headBias: bias) { [mixture] i in
      d.preNormLayer(Attention(d, bias: bias).block(), sparse[i] ? mixture.block() : mlp.block())
    }
  }

  static let hunYuanMoe = Family("hunyuan_v1_moe") { config in
    let d = try Dimensions(config)
    try config.activation("hidden_act")
    let bias = try config.flag("attention_bias", default: false)
    let hidden = try config.size("intermediate_size")
    let experts = try config.perLayer("num_experts", "num_local_experts", layers: d.layers)
    let active = try config.perLayer("moe_topk", "num_experts_per_tok", layers: d.layers)
    for (i, count) in active.enumerated() where count > experts[i] {
      throw config.error(
        "moe_topk", .integer(count),
        "is more than the \(Numbers.counted(experts[i], "expert there is", "experts there are"))")
    }
    // The reference builds experts and one shared MLP of intermediate_size whatever these say.
    for (name, value) in [("moe_intermediate_size", hidden), ("num_shared_expert", 1)] where config.has(name) {
      guard try config.perLayer(name, layers: d.layers).allSatisfy({ $0 == value }) else {
        throw config.error(name, config.object[name], "is not \(value) in every layer, which cannot be counted")
      }
    }
    for name in ["use_cla", "use_mla"] where try config.flag(name, default: false) {
      throw config.error(name, true, "makes this another model, which cannot be counted")
    }
    guard try config.count("moe_layer_num_skipped", default: 0) == 0 else {
      throw config.error("moe_layer_num_skipped", config.object["moe_layer_num_skipped"], "is not 0 as it should be")
    }
    config.ignore("cla_share_factor", "use_mixed_mlp_moe", "use_qk_norm", "moe_drop_tokens", "capacity_factor")
    config.ignore("moe_random_routing_dropped_token", "norm_type", "num_media_embeds", "position_embedding_xdrope")
    config.ignore("dense_list", "pool_type", "org_vocab_size", "use_rotary_pos_emb", "xdrope_section", "vit_type")
    config.ignore("pad_id", "enc_pad_id", "mask_init_id", "im_newline_id", "image_token_id", "skip_cls_token")
    config.ignore("text_start_id", "text_end_id", "video_start_id", "video_end_id")
    config.ignore("attention_head_dim", "kv_lora_rank", "q_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim")
    config.ignore("v_head_dim", "mlp_bias", "group_limited_greedy", "add_classification_head", "class_num")
    let attention = Attention(d, bias: bias, queryKeyNorm: .perHeadWidth)
    return d.decoder(family: "hunyuan_v1_moe") { i in
      let mixture = MixtureOfExperts(
        width: d.width, experts: experts[i], active: active[i], hidden: hidden, shared: hidden)
      return d.preNormLayer(attention.block(), mixture.block())
    }
  }

  static let cohere2Moe = Family("cohere2_moe") { config in
    let d = try Dimensions(config, headWidth: .constant(128), tied: true)
    try config.activation("hidden_act")
    let bias = try config.flag("attention_bias", default: false)
    let first = try config.count("first_k_dense_replace", default: 0)
    let prefix = try config.size("prefix_dense_sliding_window_pattern", default: 1)
    let pattern = try config.slidingWindowPattern(default: 4)
    let masks = try config.attentionMasks(layers: d.layers, window: config.slidingWindow(default: 4096)) { i in
      i < first ? (i + 1) % prefix != 0 : (i - first + 1) % pattern != 0
    }
    var mixture = try config.mixture(width: d.width, hidden: ["intermediate_size"])
    mixture.shared = try config.sharedExperts("num_shared_experts") * mixture.hidden
    let sparse = try config.sparseLayers(d.layers) { $0 >= first }
    let mlp = MLP(width: d.width, hidden: try config.optionalSize("prefix_dense_intermediate_size") ?? mixture.hidden)
    config.ignore("shared_expert_combination_strategy", "expert_selection_fn", "use_gated_activation")
    // One LayerNorm without a bias; attention and feed-forward side by side.
    return d.decoder(family: "cohere2_moe") { [mixture] i in
      Layer([
        .norm("input_layernorm", d.width), Attention(d, mask: masks[i], bias: bias).block(),
        sparse[i] ? mixture.block() : mlp.block(),
      ])
    }
  }

  static let mimoV2Flash = Family("mimo_v2_flash") { config in
    let d = try Dimensions(config, headWidth: .constant(192), keyValueHeads: .constant(4))
    let bias = try config.flag("attention_bias", default: false)
    let valueWidth = try config.size("v_head_dim")
    // The first code of the family counts the window without the query's own position.
    let window = try config.optionalSize("sliding_window_size").map { $0 + 1 } ?? config.mimoWindow()
    let slides = try config.sizes("hybrid_layer_pattern", atLeast: 0)
    if let slides, slides.count != d.layers {
      throw config.layerCountError("hybrid_layer_pattern", names: slides.count, of: d.layers)
    }
    let masks = try config.attentionMasks(layers: d.layers, window: window) { i in
      slides.map { $0[i] != 0 } ?? (i != 0 && (i + 1) % 6 != 0)
    }
    let expected = [
      "swa_num_attention_heads": d.heads, "swa_num_key_value_heads": 2 * d.keyValueHeads, "swa_head_dim": d.headWidth,
      "swa_v_head_dim": valueWidth,
    ]
    for (name, value) in expected.sorted(by: { $0.key < $1.key }) {
      guard try config.size(name, default: value) == value else {
        throw config.error(name, config.object[name], "is not \(value), as sliding layers of this family have it")
      }
    }
    guard d.heads % (2 * d.keyValueHeads) == 0 || masks.allSatisfy({ $0 == .causal }) else {
      throw config.error(
        "num_key_value_heads", .integer(d.keyValueHeads), "is doubled in sliding layers, which \(d.heads) heads forbid")
    }
    try config.activation("hidden_act")
    var mixture = try config.groupedMixture(width: d.width)
    mixture.shared = try config.count("n_shared_experts", default: 0) * mixture.hidden
    let listed = try config.mimoSparse(d.layers)
    let sparse = try config.sparseLayers(d.layers) { i in listed.map { $0[i] } ?? (i > 0) }
    let mlp = MLP(width: d.width, hidden: try config.denseWidth(sparse: sparse))
    config.ignore(
      "sliding_window", "hybrid_block_size", "attention_value_scale", "add_swa_attention_sink_bias",
      "add_full_attention_sink_bias")
    config.ignore("attention_chunk_size", "swa_rope_theta", "attention_projection_layout", "layernorm_epsilon")
    _ = try config.extraPredictionCount(layoutIsKnown: false)
    return d.decoder(family: "mimo_v2_flash") { [mixture] i in
      let isSliding = masks[i] != .causal
      var attention = Attention(
        width: d.width, heads: d.heads, keyValueHeads: isSliding ? 2 * d.keyValueHeads : d.keyValueHeads,
        headWidth: d.headWidth, valueWidth: valueWidth, mask: masks[i], bias: bias, biasOnOutput: false)
      attention.sinks = isSliding
      return d.preNormLayer(attention.block(), sparse[i] ? mixture.block() : mlp.block())
    }
  }

  static let llama4Text = Family("llama4_text") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(8))
    try config.activation("hidden_act")
    let bias = try config.flag("attention_bias", default: false)
    let chunk = try config.size("attention_chunk_size", default: 8192)
    let interval = try config.size("no_rope_layer_interval", default: 4)
    let rotary = try config.sizes("no_rope_layers", atLeast: 0) ?? []
    guard rotary.isEmpty || rotary.count == d.layers else {
      throw config.layerCountError("no_rope_layers", names: rotary.count, of: d.layers)
    }
    let masks = try config.attentionMasks(
      layers: d.layers, window: nil, others: ["chunked_attention": .chunked(size: chunk)]
    ) { _ in false }
    let isChunked = (0..<d.layers).map { rotary.isEmpty ? ($0 + 1) % interval != 0 : rotary[$0] != 0 }
    let given = config.has("layer_types")
    let step = try config.size("interleave_moe_layer_step", default: 1)
    let named = try config.sizes("moe_layers", atLeast: 0)
    if let outside = named?.first(where: { $0 >= d.layers }) {
      throw config.error(
        "moe_layers", .integer(outside), "names a layer that is not there", hint: "there are \(d.layers)")
    }
    let sparse = (0..<d.layers).map { i in named.map { $0.contains(i) } ?? ((i + 1) % step == 0) }
    var mixture = try config.mixture(
      width: d.width, experts: ["num_local_experts", "num_experts"], hidden: ["intermediate_size"])
    mixture.shared = mixture.hidden
    let mlp = MLP(width: d.width, hidden: try config.denseWidth("intermediate_size_mlp", sparse: sparse))
    // The norm on queries and keys has no weights.
    config.ignore("use_qk_norm", "attn_temperature_tuning", "floor_scale", "attn_scale", "for_llm_compressor")
    if sparse.contains(true) {
      config.notes.append(
        "the reference implementation runs every token through all \(mixture.experts) experts; "
          + "counted are the \(mixture.active) that the router chooses")
    }
    return d.decoder(family: "llama4_text") { [mixture] i in
      let mask = given ? masks[i] : isChunked[i] ? .chunked(size: chunk) : .causal
      return d.preNormLayer(
        Attention(d, mask: mask, bias: bias).block(), (sparse[i] ? mixture.block() : mlp.block()))
    }
  }
}

extension Config {
  /// A size that is one number, or a list of one for every layer.
  fileprivate func perLayer(_ names: String..., layers: Int) throws -> [Int] {
    guard let found = try value(of: names) else { return Array(repeating: try size(of: names), count: layers) }
    guard let list = found.value.array else {
      return Array(repeating: try size(found.name, found.value, atLeast: 1), count: layers)
    }
    guard list.count == layers else {
      throw layerCountError(found.name, names: list.count, of: layers)
    }
    return try list.enumerated().map { try size("\(found.name)[\($0)]", $1, atLeast: 1) }
  }

  /// The index of a last layer; -1 or absent is the last there is.
  fileprivate func lastLayer(_ name: String, layers: Int) throws -> Int {
    guard let found = try value(name), found.value != .integer(-1) else { return layers - 1 }
    return try size(name, found.value, atLeast: 0)
  }

  fileprivate func mimoWindow() throws -> Int? { try slidingWindow(default: 129) }

  /// moe_layer_freq as the hub's file of MiMo has it: a flag for every layer.
  fileprivate func mimoSparse(_ layers: Int) throws -> [Bool]? {
    guard let flags = try sizes("moe_layer_freq", atLeast: 0) else { return nil }
    guard flags.count == layers else {
      throw layerCountError("moe_layer_freq", names: flags.count, of: layers)
    }
    return flags.map { $0 != 0 }
  }
}
