import Input

/// Encoder-decoders with relative position biases, no other biases, and heads of their own width.
extension Family {
  static let t5 = Family("t5") { config in try config.t5("t5", feedForward: "relu", biasInEveryLayer: false) }
  static let mT5 = Family("mt5") { config in try config.t5("mt5", feedForward: "gated-gelu", biasInEveryLayer: false) }
  static let umT5 = Family("umt5") { config in try config.t5("umt5", feedForward: "gated-gelu", biasInEveryLayer: true)
  }

  static let switchTransformers = Family("switch_transformers") { config in
    let s = try T5Sizes(config, decoderLayers: 12)
    try config.activation("dense_act_fn")
    let dense = MLP(width: s.width, hidden: s.hidden, gated: false)
    let experts = MixtureOfExperts(
      width: s.width, experts: try config.size("num_experts", default: 8), active: 1, hidden: s.hidden, gated: false,
      routerBias: try config.flag("router_bias", default: false))
    let encoderStep = try config.sparseStep("num_sparse_encoder_layers", "encoder_sparse_step", layers: s.encoderLayers)
    let decoderStep = try config.sparseStep("num_sparse_decoder_layers", "decoder_sparse_step", layers: s.decoderLayers)
    func channelMixer(_ i: Int, _ step: Int) -> Block {
      step > 0 && (step == 1 || i % step == 1) ? experts.block() : dense.block()
    }
    let tied = try config.flag("tie_word_embeddings", default: true)
    if !tied { config.notes.append("untied, the reference stores three word tables and a head") }
    config.ignore(
      "router_dtype", "router_ignore_padding_tokens", "add_router_probs", "router_type", "num_selected_experts")
    config.ignore("expert_capacity", "batch_prioritized_routing", "normalize_router_prob_before_dropping")
    config.notes.append("tokens above expert_capacity would be dropped; the count lets every token through its expert")
    return s.encoderDecoder(
      family: "switch_transformers", tied: tied, biasInEveryLayer: false, encoderMLP: { channelMixer($0, encoderStep) },
      decoderMLP: { channelMixer($0, decoderStep) })
  }
}

/// The sizes under T5's names.
private struct T5Sizes {
  let width, heads, headWidth, hidden, vocabulary, encoderLayers, decoderLayers, buckets: Int

  /// - Parameter decoderLayers: the class's default; nil: as many as the encoder has.
  init(_ config: Config, decoderLayers other: Int? = nil) throws {
    width = try config.size("d_model", "hidden_size")
    heads = try config.size("num_heads", "num_attention_heads")
    headWidth = try config.size("d_kv", "head_dim", default: 64)
    hidden = try config.size("d_ff")
    vocabulary = try config.size("vocab_size")
    encoderLayers = try config.depth("num_layers")
    decoderLayers =
      config.has("num_decoder_layers") ? try config.depth("num_decoder_layers") : other ?? encoderLayers
    buckets = try config.size("relative_attention_num_buckets", default: 32)
    config.ignore(
      "relative_attention_max_distance", "n_positions", "output_past", "is_decoder", "prefix_allowed_tokens_fn")
    try config.noCrossAttention()
  }

  func encoderDecoder(
    family: String, tied: Bool, biasInEveryLayer: Bool, encoderMLP: (Int) -> Block, decoderMLP: (Int) -> Block
  ) -> Architecture {
    func attention(_ mask: AttentionMask) -> Attention {
      Attention(width: width, heads: heads, keyValueHeads: heads, headWidth: headWidth, mask: mask)
    }
    func selfAttention(_ mask: AttentionMask, _ i: Int) -> Block {
      let bias = Part.vector(Vector("relative_attention_bias", buckets * heads))
      return attention(mask).block("self_attention", adding: i == 0 || biasInEveryLayer ? [bias] : [])
    }
    var cross = attention(.full)
    cross.crosses = true
    let encoder = (0..<encoderLayers).map { i in
      Layer([.norm("norm_1", width), selfAttention(.full, i), .norm("norm_2", width), encoderMLP(i)])
    }
    let decoder = (0..<decoderLayers).map { i in
      Layer([
        .norm("norm_1", width), selfAttention(.causal, i), .norm("norm_2", width), cross.block("cross_attention"),
        .norm("norm_3", width), decoderMLP(i),
      ])
    }
    var product = Linear("lm_head", .head, in: width, out: vocabulary)
    var tables = [Table("shared", role: .inputEmbedding, rows: vocabulary, columns: width)]
    if tied {
      product.stored = 0
    } else {
      // The reference then keeps a word table in the encoder and one in the decoder beside the shared one.
      tables += ["encoder", "decoder"].map {
        Table("\($0).embed_tokens", role: .projection, rows: vocabulary, columns: width)
      }
    }
    return Architecture(
      family: family, kind: .encoderDecoder, width: width, vocabulary: vocabulary, layerCount: encoderLayers,
      embedding: Block("embedding", tables.map { .table($0) }),
      groups: [LayerGroup]("encoder.layers", layers: encoder, onEncoder: true)
        + [LayerGroup("encoder", Layer([.norm("final_norm", width)]), count: 1, onEncoder: true)]
        + [LayerGroup]("decoder.layers", layers: decoder),
      head: Block("head", [.vector(Vector("final_norm", width)), .linear(product)]))
  }
}

extension Config {
  fileprivate func t5(_ family: String, feedForward other: String, biasInEveryLayer: Bool) throws -> Architecture {
    let s = try T5Sizes(self)
    let mlp = MLP(width: s.width, hidden: s.hidden, gated: try gatedFeedForward(default: other))
    ignore("scale_decoder_outputs")
    // The reference ties the head whatever the config says, and so writes true.
    if try !flag("tie_word_embeddings", default: true) {
      notes.append(
        "the reference ties the head although tie_word_embeddings is false; weights with a head of their own (T5 1.1) "
          + "hold \(Numbers.grouped(s.vocabulary)) x \(Numbers.grouped(s.width)) parameters more")
    }
    return s.encoderDecoder(
      family: family, tied: true, biasInEveryLayer: biasInEveryLayer, encoderMLP: { _ in mlp.block() },
      decoderMLP: { _ in mlp.block() })
  }

  /// feed_forward_proj: an activation, or `gated-` and an activation; the class derives is_gated_act from it.
  private func gatedFeedForward(default other: String) throws -> Bool {
    let word = try text("feed_forward_proj", default: other)
    let isGated = word.hasPrefix("gated-")
    let name = isGated ? String(word.dropFirst("gated-".count)) : word
    guard Config.activations.contains(name) else {
      throw error(
        "feed_forward_proj", .string(word), "is not an activation that is known", hint: "for example relu or gated-gelu"
      )
    }
    guard try flag("is_gated_act", default: isGated) == isGated else {
      throw error("is_gated_act", .bool(!isGated), "contradicts feed_forward_proj", hint: "keep feed_forward_proj")
    }
    try activation("dense_act_fn")
    return isGated
  }

  /// Every how many layers one is sparse, 0 for none: layers / number of sparse ones, which the class writes too.
  fileprivate func sparseStep(_ name: String, _ derived: String, layers: Int) throws -> Int {
    let sparse = try count(name, default: 3)
    let step = sparse > 0 ? layers / sparse : layers
    guard try count(derived, default: step) == step else {
      throw error(derived, nil, "contradicts \(name)", hint: "keep \(name)")
    }
    return step
  }
}
