import Input

extension Family {
  static let deepSeekV4 = Family("deepseek_v4") { config in
    let d = try Dimensions(config, headWidth: .constant(512), keyValueHeads: .constant(1))
    try config.activation("hidden_act")
    guard d.keyValueHeads == 1 else {
      throw config.error("num_key_value_heads", .integer(d.keyValueHeads), "is not 1, as this family has it")
    }
    let groups = try config.size("o_groups")
    guard d.heads * d.headWidth % groups == 0 else {
      throw config.error("o_groups", .integer(groups), "does not divide the \(d.heads) heads of \(d.headWidth)")
    }
    let outputRank = try config.size("o_lora_rank")
    let queryRank = try config.size("q_lora_rank")
    let window = try config.size("sliding_window", default: 128)
    let kinds = try config.compressedKinds(d.layers)
    var mixture = try config.mixture(
      width: d.width, experts: ["n_routed_experts", "num_local_experts"],
      hidden: ["moe_intermediate_size", "intermediate_size"])
    if try config.count("n_shared_experts", default: 1) != 1 {
      config.notes.append("n_shared_experts is ignored by the reference: it has one shared expert")
    }
    mixture.shared = mixture.hidden
    mixture.sharedBias = try config.flag("mlp_bias", default: false)
    // Which experts a hash layer visits is a table of the vocabulary; its router still weighs them.
    _ = try config.layerWords("mlp_layer_types", layers: d.layers, known: ["moe", "hash_moe"])
    let connections = HyperConnections(width: d.width, streams: try config.size("hc_mult"), mixes: true)
    config.ignore("num_hash_layers", "qk_rope_head_dim", "compress_rope_theta", "hc_sinkhorn_iters", "hc_eps")
    config.ignore("swiglu_limit", "expert_dtype")
    if try config.flag("attention_bias", default: false) {
      config.notes.append("attention_bias is ignored by the reference: no projection has a bias")
    }
    _ = try config.extraPredictionCount(layoutIsKnown: false)
    var architecture = d.decoder(family: "deepseek_v4") { [mixture] i in
      let attention = CompressedAttention(
        width: d.width, heads: d.heads, headWidth: d.headWidth, queryRank: queryRank, window: window,
        outputGroups: groups, outputRank: outputRank, kind: kinds[i])
      return Layer([
        connections.block("attn_hc"), .norm("input_layernorm", d.width), attention.block(),
        connections.block("ffn_hc"), .norm("post_attention_layernorm", d.width), mixture.block(),
      ])
    }
    architecture.head.parts = connections.headParts + architecture.head.parts
    return architecture
  }
}

extension Config {
  /// What every layer sees beyond its window: layer_types, or compress_ratios as the hub's file has them (0, 4 or 128
  /// a layer, and more for layers that are not counted), or the class's alternation after two heavily compressed ones.
  fileprivate func compressedKinds(_ layers: Int) throws -> [CompressedAttention.Kind] {
    let (sliding, sparse, heavy) = ("sliding_attention", "compressed_sparse_attention", "heavily_compressed_attention")
    var types = try layerWords("layer_types", layers: layers, known: [sliding, sparse, heavy])
    let ratios = try sizes("compress_ratios", atLeast: 0)
    if types == nil, let ratios {
      guard ratios.count >= layers else {
        throw layerCountError("compress_ratios", names: ratios.count, of: layers)
      }
      let words = [0: sliding, 4: sparse, 128: heavy]
      types = try ratios.prefix(layers).map { ratio in
        guard let word = words[ratio] else {
          throw error("compress_ratios", .integer(ratio), "is not known", hint: "0, 4 or 128")
        }
        return word
      }
    }
    let rates = try nested("compress_rates")
    func rate(_ name: String, legacy: String, default other: Int) throws -> Int {
      let given = try rates?.size(name, default: other) ?? other
      return try size(legacy, default: given)
    }
    let sparseRate = try rate(sparse, legacy: "compress_rate_csa", default: 4)
    let heavyRate = try rate(heavy, legacy: "compress_rate_hca", default: 128)
    let (heads, narrow) = (try size("index_n_heads"), try size("index_head_dim"))
    let count = try size("index_topk")
    return (0..<layers).map { i in
      switch types?[i] ?? (i < 2 || i % 2 == 0 ? heavy : sparse) {
      case sliding: .sliding
      case sparse: .chosen(rate: sparseRate, heads: heads, headWidth: narrow, count: count)
      default: .all(rate: heavyRate)
      }
    }
  }
}
