extension Family {
  /// Qwen4-exp: DeltaNet and indexed attention under hyper-connections that carry `hc_count` streams.
  static let qwen4Exp = Family("qwen4_exp_text") { config in
    let d = try Dimensions(config, headWidth: .constant(256), keyValueHeads: .constant(2))
    try config.activation("hidden_act")
    config.ignore("ple_embed_dim", "ple_conv_kernel_size", "ngram_size", "heads_per_ngram", "ngram_vocab_size_base")
    config.ignore(
      "make_ngram_vocab_size_divisible_by", "split_ngram_parts", "output_gate_type", "number_of_conv_states")
    if let layers = try config.sizes("ple_layer_ids", atLeast: 0), !layers.isEmpty {
      throw config.error(
        "ple_layer_ids", nil, "asks for n-gram embeddings, whose layout is not known", hint: "leave it empty")
    }
    guard let mixture = try config.qwenMixture(width: d.width) else {
      throw config.error("num_experts", 0, "makes no mixture of experts")
    }
    let delta = try GatedDeltaNet(config, width: d.width)
    let bias = try config.flag("attention_bias", default: false)
    let isLinear = try config.linearLayers(
      layers: d.layers, interval: config.size("full_attention_interval", default: 4), attention: "indexed_attention")
    let ratio = try config.size("indexer_compress_ratio")
    let budget = try config.size("indexer_budget")
    let (heads, keyHeads) = (try config.size("indexer_n_heads"), try config.size("indexer_kv_heads"))
    let headWidth = try config.size("indexer_head_dim")
    var attention = Attention(
      d, mask: .chosenBlocks(keys: budget, block: ratio), bias: bias, queryKeyNorm: .perHeadWidth)
    attention.gateInQuery = true
    let indexer: [Part] = [
      .linear(Linear("indexer.index_qk_proj", .indexer, in: d.width, out: (heads + keyHeads) * headWidth)),
      .vector(Vector("indexer.norms", 2 * headWidth)),
      .product(Product("indexer.scores", .perFinishedBlock(heads * headWidth, block: ratio))),
    ]
    let streams = try config.size("hc_count")
    let rank = try config.size("hc_lowrank")
    let wide = streams * d.width
    let mix: [Part] = [
      .vector(Vector("hc_norm", wide)), .linear(Linear("input_mix_weight_down", in: wide, out: rank)),
      .linear(Linear("input_mix_weight_up", in: rank, out: wide)),
    ]
    let inject = Part.linear(Linear("block_inject_weight", in: wide, out: streams))
    var architecture = d.decoder(family: "qwen4_exp_text", finalNorm: 0) { i in
      Layer([
        Block("attn_hyper_connection", mix + [inject]),
        isLinear[i] ? delta.block() : Block("self_attn", attention.parts + indexer),
        Block("mlp_hyper_connection", mix + [inject]), mixture.block(),
      ])
    }
    architecture.head.parts.insert(contentsOf: mix, at: 0)
    return architecture
  }
}
