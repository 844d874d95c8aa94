extension Family {
  /// Zamba: Mamba layers, and one transformer block whose weights every hybrid layer shares. It runs on the hidden
  /// state and the embeddings side by side, so its input is 2 d wide.
  static let zamba = Family("zamba") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(16), tied: true)
    let hidden = try config.size("intermediate_size")
    try config.activation("hidden_act")
    try config.activation("hidden_mamba_act")
    config.ignoreTimeSteps()
    config.ignore("use_associative_scan", "n_mamba_heads", "num_logits_to_keep", "use_mamba_kernels")
    let attention = try config.sharedAttention(d)
    let mamba = try config.hybridMamba1(width: d.width).block("mamba")
    let isHybrid = try config.periodic("attn_layer", period: 6, offset: 4)
    let kinds = try config.hybridLayers(
      "layers_block_type", "layer_types", layers: d.layers, allowed: [.mamba, .hybrid])
    let shared = MLP(width: d.width, hidden: hidden).parts
    config.noteUntiedBlocks(d)
    var uses = 0
    return d.decoder(family: "zamba") { i in
      guard kinds.map({ $0[i] == .hybrid }) ?? (i == 2 || i > 2 && isHybrid(i - 3)) else {
        return Layer([.norm("input_layernorm", d.width), mamba])
      }
      uses += 1
      return d.sharedLayer(attention.parts, shared, ownParts: [], isStored: uses == 1 || !d.tied, mamba: mamba)
    }
  }

  /// Zamba 2: the same on Mamba 2, with `num_mem_blocks` shared blocks in turn and adapters of each use's own.
  static let zamba2 = Family("zamba2") { config in
    let d = try Dimensions(config, tied: true)
    let hidden = try config.size("intermediate_size")
    try config.activation("hidden_act")
    config.ignoreTimeSteps()
    config.ignore("use_mamba_kernels", "use_mem_eff_path", "use_mem_rope", "num_logits_to_keep", "use_long_context")
    config.ignore("kv_channels", "num_query_groups", "use_shared_block_lora", "ffn_hidden_size")
    config.ignore("use_shared_mlp_adapter", "use_shared_attention_lora", "lora_rank", "sliding_window")
    let bias = try config.flag("add_bias_linear", default: false)
    let attention = try config.sharedAttention(d)
    let heads = try config.size("n_mamba_heads", default: 8)
    let inner = try config.size("mamba_expand", default: 2) * d.width
    guard inner % heads == 0 else {
      throw config.error("n_mamba_heads", .integer(heads), "does not divide the \(inner) inner channels")
    }
    config.ignore("mamba_headdim")
    let mamba = Mamba2(
      width: d.width, heads: heads, headWidth: inner / heads, state: try config.size("mamba_d_state", default: 64),
      groups: try config.groups("mamba_ngroups", of: heads, default: 1),
      kernel: try config.size("mamba_d_conv", default: 4),
      chunk: try config.size("chunk_size", default: 256), bias: bias, biasOnOutput: bias,
      convolutionBias: try config.flag("use_conv_bias", default: true)
    ).block("mamba")
    let blocks = try config.size("num_mem_blocks", default: 1)
    let rank = try config.size("adapter_rank", default: 128)
    var adapters = [
      Linear("gate_up_adapter.down", in: d.width, out: rank), Linear("gate_up_adapter.up", in: rank, out: 2 * hidden),
    ]
    if try config.flag("use_shared_attention_adapter", default: false) {
      let inner = attention.inputWidth
      for name in ["q", "k", "v"] {
        adapters.append(Linear("\(name)_adapter.down", in: inner, out: rank))
        adapters.append(Linear("\(name)_adapter.up", in: rank, out: inner))
      }
    }
    guard
      let kinds = try config.hybridLayers(
        "layers_block_type", "layer_types", layers: d.layers, allowed: [.mamba, .hybrid])
    else { throw config.error("layers_block_type", nil, "is missing", hint: "a word for every layer: mamba or hybrid") }
    // The class derives it, writes it, and reads it again.
    let hybridLayers = kinds.indices.filter { kinds[$0] == .hybrid }
    if let ids = try config.sizes("hybrid_layer_ids", atLeast: 0), ids != hybridLayers {
      throw config.error(
        "hybrid_layer_ids", config.object["hybrid_layer_ids"], "contradicts layers_block_type",
        hint: "keep layers_block_type")
    }
    let shared = MLP(width: d.width, hidden: hidden, bias: bias).parts
    config.noteUntiedBlocks(d)
    let hybrids = kinds.count { $0 == .hybrid }
    var uses = 0
    return d.decoder(family: "zamba2") { i in
      guard kinds[i] == .hybrid else { return Layer([.norm("input_layernorm", d.width), mamba]) }
      let block = uses % blocks
      uses += 1
      // A copy of a block has the adapters of every use of that block.
      let copies = d.tied ? 1 : (0..<hybrids).count { $0 % blocks == block }
      let own = adapters.map { adapter -> Part in
        var adapter = adapter
        adapter.stored = copies
        return .linear(adapter)
      }
      return d.sharedLayer(
        attention.parts, shared, ownParts: own, isStored: uses <= blocks || !d.tied, mamba: mamba)
    }
  }
}

extension Config {
  fileprivate func noteUntiedBlocks(_ d: Dimensions) {
    guard !d.tied else { return }
    notes.append("untied, the reference stores a shared block anew for every layer that uses it")
  }

  /// The shared block's attention: queries, keys and values from 2 d, the output back to d.
  fileprivate func sharedAttention(_ d: Dimensions) throws -> Attention {
    let inner = try size("attention_hidden_size", default: 2 * d.width)
    guard inner == 2 * d.width else {
      throw error("attention_hidden_size", .integer(inner), "is not twice hidden_size, \(2 * d.width)")
    }
    guard inner % d.heads == 0 else {
      throw error("num_attention_heads", .integer(d.heads), "does not divide the \(inner) channels of the shared block")
    }
    var attention = Attention(
      width: d.width, heads: d.heads, keyValueHeads: d.keyValueHeads,
      headWidth: try size("attention_head_dim", default: inner / d.heads))
    attention.inputWidth = inner
    return attention
  }
}

extension Dimensions {
  /// A hybrid layer: the shared block, what is this use's own, then a Mamba layer.
  fileprivate func sharedLayer(
    _ attention: [Part], _ mlp: [Part], ownParts: [Part], isStored: Bool, mamba: Block
  ) -> Layer {
    let norms: [Part] = [.vector(Vector("input_layernorm", 2 * width)), .vector(Vector("pre_ff_layernorm", width))]
    return Layer([
      Block("shared_transformer.norms", norms, sharesWeights: !isStored),
      Block("shared_transformer.self_attn", attention, sharesWeights: !isStored),
      Block("shared_transformer.feed_forward", mlp, sharesWeights: !isStored), Block("adapters", ownParts),
      Block("linear", [.linear(Linear("weight", in: width, out: width))]), .norm("input_layernorm", width), mamba,
    ])
  }
}
