extension Family {
  static let inklingText = Family("inkling_text") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(8))
    try config.activation("hidden_act")
    let window = try config.size("sliding_window_size", "sliding_window", default: 512)
    let isLocal = try config.inklingLocalLayers(d.layers)
    let swaHeads = try config.size("swa_num_attention_heads")
    let swaKeyValueHeads = try config.size("swa_num_key_value_heads")
    guard swaHeads % swaKeyValueHeads == 0 else {
      throw config.error(
        "swa_num_key_value_heads", .integer(swaKeyValueHeads), "does not divide the \(swaHeads) sliding heads")
    }
    let swaHeadWidth = try config.size("swa_head_dim")
    let relativeWidth = try config.size("d_rel")
    let extent = try config.size("rel_extent")
    let kernel = try config.size("conv_kernel_size", "sconv_kernel_size", default: 4)
    let isOldSpelling = config.has("dense_intermediate_size")
    var mixture = try config.mixture(
      width: d.width, experts: ["n_routed_experts", "num_local_experts"],
      hidden: isOldSpelling ? ["intermediate_size"] : ["moe_intermediate_size"])
    let shared = try config.sharedExperts("n_shared_experts")
    mixture.shared = shared * mixture.hidden
    // The router has a class for every shared expert too.
    mixture.routerOutputs = mixture.experts + shared
    let first = try config.count("dense_mlp_idx", default: 0)
    let sparse = try config.sparseLayers(d.layers) { $0 >= first }
    let mlp = MLP(
      width: d.width,
      hidden: try config.denseWidth(isOldSpelling ? "dense_intermediate_size" : "intermediate_size", sparse: sparse))
    config.ignore("unpadded_vocab_size", "log_scaling_n_floor", "log_scaling_alpha", "shared_expert_sink")
    config.ignore("route_scale", "logits_mup_width_multiplier", "embedding_multiplier", "rms_norm_eps_moe_gate")
    config.ignore("chain_hidden_post_norm", "mtp_hidden_states_first", "mtp_local_layer_ids", "number_of_conv_states")
    _ = try config.extraPredictionCount(layoutIsKnown: false)
    let scale = Part.vector(Vector("global_scale", 1))
    func convolution(_ name: String) -> Block {
      Block(name, [.convolution(.depthwise("conv1d", channels: d.width, kernel: kernel, bias: false))])
    }
    return d.decoder(family: "inkling_text", embedding: [.vector(Vector("embed_norm", d.width))]) { [mixture] i in
      let heads = isLocal[i] ? swaHeads : d.heads
      let attention = Attention(
        width: d.width, heads: heads, keyValueHeads: isLocal[i] ? swaKeyValueHeads : d.keyValueHeads,
        headWidth: isLocal[i] ? swaHeadWidth : d.headWidth, mask: isLocal[i] ? .sliding(window: window) : .causal,
        queryKeyNorm: .perHeadWidth)
      let kept = attention.keyValueHeads * attention.headWidth
      // A bias on the scores by distance: every head mixes a bank of profiles, as long as its window or rel_extent.
      let relative: [Part] = [
        .linear(Linear("r_proj", in: d.width, out: heads * relativeWidth)),
        .linear(Linear("rel_logits_proj", in: relativeWidth, out: isLocal[i] ? window : extent, visited: heads)),
        .convolution(.depthwise("k_sconv", channels: kept, kernel: kernel, bias: false)),
        .convolution(.depthwise("v_sconv", channels: kept, kernel: kernel, bias: false)),
        // What the four short convolutions remember.
        .cache(Cache(state: (kernel - 1) * (2 * kept + 2 * d.width))),
      ]
      return Layer([
        .norm("input_layernorm", d.width), Block("self_attn", attention.parts + relative), convolution("attn_sconv"),
        .norm("post_attention_layernorm", d.width),
        Block("mlp", (sparse[i] ? mixture.parts : mlp.parts) + [scale]), convolution("mlp_sconv"),
      ])
    }
  }
}

extension Config {
  /// layer_types of hybrid and hybrid_sliding, or local_layer_ids, or every sixth layer global.
  fileprivate func inklingLocalLayers(_ layers: Int) throws -> [Bool] {
    let ids = try sizes("local_layer_ids", atLeast: 0)
    if let types = try layerWords("layer_types", layers: layers, known: ["hybrid", "hybrid_sliding"]) {
      return types.map { $0 == "hybrid_sliding" }
    }
    guard let ids else { return (0..<layers).map { ($0 + 1) % 6 != 0 } }
    if let outside = ids.first(where: { $0 >= layers }) {
      throw error("local_layer_ids", .integer(outside), "names a layer that is not there", hint: "there are \(layers)")
    }
    return (0..<layers).map { ids.contains($0) }
  }
}
