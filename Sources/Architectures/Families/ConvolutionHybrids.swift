extension Family {
  /// LFM2: short gated convolutions and attention by layer, gated MLPs.
  static let lfm2 = Family("lfm2") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(8), tied: config.lfmTied())
    config.ignoreLFM()
    var hidden = try config.size("intermediate_size", "block_ff_dim")
    if try config.flag("block_auto_adjust_ff_dim", default: true) {
      let multiple = try config.size("block_multiple_of", default: 256)
      let factor = try config.number("block_ffn_dim_multiplier", default: 1)
      guard factor > 0, factor < 1e6 else {
        throw config.error("block_ffn_dim_multiplier", nil, "is not a positive factor")
      }
      hidden = Int(factor * Double(2 * hidden / 3))
      hidden = (hidden + multiple - 1) / multiple * multiple
    } else {
      config.ignore("block_multiple_of", "block_ffn_dim_multiplier")
    }
    let masks = try config.convolutionPattern(layers: d.layers) { _ in .causal }
    let convolution = try config.shortConvolution(width: d.width, kernel: 3)
    return d.decoder(family: "lfm2") { i in
      d.convolutionLayer(
        masks[i].map { Attention(d, mask: $0, queryKeyNorm: .perHeadWidth).block() } ?? convolution,
        MLP(width: d.width, hidden: hidden).block("feed_forward"))
    }
  }

  static let lfm2MoE = Family("lfm2_moe") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(8), tied: config.lfmTied())
    config.ignoreLFM()
    config.ignore("use_expert_bias")
    let hidden = try config.size("intermediate_size", "block_ff_dim")
    let dense = try config.count("num_dense_layers", default: 2)
    let counts = try config.expertCounts("num_experts", "num_experts_per_tok", defaults: (32, 4))
    let mixture = MixtureOfExperts(
      width: d.width, experts: counts.experts, active: counts.active, hidden: try config.size("moe_intermediate_size"))
    guard config.has("layer_types") || config.has("full_attn_idxs") else {
      throw config.error("layer_types", nil, "is missing", hint: "the reference has no default for it")
    }
    let masks = try config.convolutionPattern(layers: d.layers) { _ in .causal }
    let convolution = try config.shortConvolution(width: d.width, kernel: 3)
    return d.decoder(family: "lfm2_moe") { i in
      d.convolutionLayer(
        masks[i].map { Attention(d, mask: $0, queryKeyNorm: .perHeadWidth).block() } ?? convolution,
        i < dense ? MLP(width: d.width, hidden: hidden).block("feed_forward") : mixture.block("feed_forward"))
    }
  }

  /// LFM3: with sliding windows, norms after mixer and MLP, and a gate a head.
  static let lfm3 = Family("lfm3") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(4), tied: true)
    config.ignoreLFM()
    let hidden = try config.size("intermediate_size", "block_ff_dim")
    let window = try config.slidingWindow(default: 256)
    // Without layer_types: full attention in the third layer of four, sliding in the first of four but the very first.
    let masks = try config.convolutionPattern(layers: d.layers, window: window) { i in
      if i % 4 == 2 { return .causal }
      return i % 4 == 0 && i > 0 ? window.map { .sliding(window: $0) } ?? .causal : nil
    }
    let convolution = try config.shortConvolution(width: d.width, kernel: 7)
    let sandwich = try config.flag("use_sandwich_norm", default: true)
    let gate = try config.flag("use_attention_gate", default: true)
    let bias = try config.flag("attention_bias", default: false)
    return d.decoder(family: "lfm3") { i in
      let mixer = masks[i].map { mask in
        var attention = Attention(d, mask: mask, bias: bias, queryKeyNorm: .perHeadWidth)
        attention.outputGate = gate ? .perHead : .none
        return attention.block()
      }
      let layer = d.convolutionLayer(mixer ?? convolution, MLP(width: d.width, hidden: hidden).block("feed_forward"))
      return sandwich ? Layer(layer.blocks + [.norm("post_norms", 2 * d.width)]) : layer
    }
  }

  /// RecurrentGemma: RG-LRU recurrences and windowed attention in a cycle.
  static let recurrentGemma = Family("recurrent_gemma") { config in
    let d = try Dimensions(config, tied: true)
    try config.activation("hidden_activation")
    config.ignore(
      "w_init_variance_scale", "final_w_init_variance_scale", "logits_soft_cap", "embeddings_scale_by_sqrt_dim")
    config.ignore("attn_logits_soft_cap")
    let twice = try config.size("intermediate_size")
    guard twice % 2 == 0 else {
      throw config.error("intermediate_size", .integer(twice), "is odd", hint: "the MLP is half as wide")
    }
    let inner = try config.size("lru_width", default: d.width)
    guard inner % d.heads == 0 else {
      throw config.error("lru_width", .integer(inner), "is not divisible by the \(d.heads) heads")
    }
    let window = try config.size("attention_window_size", "sliding_window", default: 2048)
    let kernel = try config.size("conv1d_width", default: 4)
    let bias = try config.flag("attention_bias", default: false)
    let cycle = try config.words("block_types", "_block_types") ?? ["recurrent", "recurrent", "attention"]
    for (at, word) in cycle.enumerated() where !["recurrent", "attention"].contains(word) {
      throw config.error("block_types[\(at)]", .string(word), "is not known", hint: "recurrent or attention")
    }
    guard !cycle.isEmpty else { throw config.error("block_types", nil, "is empty") }
    func gate(_ name: String) -> Part {
      .linear(Linear(name, in: inner / d.heads, out: inner / d.heads, bias: true, stored: d.heads, visited: d.heads))
    }
    func project(_ name: String, _ input: Int, _ output: Int) -> Part {
      .linear(Linear(name, in: input, out: output, bias: true))
    }
    let recurrent = Block(
      "temporal_block",
      [
        project("linear_y", d.width, inner), project("linear_x", d.width, inner),
        .convolution(.depthwise("conv_1d", channels: inner, kernel: kernel, bias: true)),
        .vector(Vector("rg_lru.recurrent_param", inner)), gate("rg_lru.input_gate"), gate("rg_lru.recurrent_gate"),
        .scan(Scan("rg_lru", .elementwise)), project("linear_out", inner, d.width),
        .cache(Cache(state: inner * (1 + kernel))),
      ])
    let attention = Attention(d, mask: .sliding(window: window), bias: bias, biasOnOutput: true).block("temporal_block")
    return d.decoder(family: "recurrent_gemma") { i in
      Layer([
        .norm("temporal_pre_norm", d.width), cycle[i % cycle.count] == "recurrent" ? recurrent : attention,
        .norm("channel_pre_norm", d.width), MLP(width: d.width, hidden: twice / 2, bias: true).block("mlp_block"),
      ])
    }
  }
}

extension Dimensions {
  fileprivate func convolutionLayer(_ mixer: Block, _ feedForward: Block) -> Layer {
    Layer([.norm("operator_norm", width), mixer, .norm("ffn_norm", width), feedForward])
  }
}

extension Config {
  fileprivate func ignoreLFM() {
    ignore("block_dim", "conv_dim", "conv_dim_out", "block_mlp_init_scale", "block_out_init_scale", "block_norm_eps")
    ignore("conv_use_xavier_init", "block_use_swiglu", "block_use_xavier_init", "use_pos_enc", "theta", "num_heads")
  }

  fileprivate func shortConvolution(width: Int, kernel: Int) throws -> Block {
    ShortConvolution(
      width: width, kernel: try size("conv_L_cache", default: kernel), bias: try flag("conv_bias", default: false)
    ).block()
  }

  /// Hub files of LFM2 say tie_embedding.
  fileprivate func lfmTied() throws -> Bool {
    try flag("tie_word_embeddings", "tie_embedding", default: true)
  }

  /// The mask of every attention layer, nil for a convolution: from layer_types, from full_attn_idxs, or by `rule`.
  fileprivate func convolutionPattern(
    layers: Int, window: Int? = nil, rule: (Int) -> AttentionMask?
  ) throws -> [AttentionMask?] {
    let known: Set = ["conv", "full_attention", "sliding_attention"]
    if let words = try layerWords("layer_types", layers: layers, known: known) {
      ignore("full_attn_idxs")
      return try words.map { word in
        switch word {
        case "full_attention": return .causal
        case "sliding_attention":
          guard let window else {
            throw error("layer_types", .string(word), "needs sliding_window, which is not given")
          }
          return .sliding(window: window)
        default: return nil
        }
      }
    }
    guard let indices = try sizes("full_attn_idxs", atLeast: 0) else { return (0..<layers).map(rule) }
    for index in indices where index >= layers {
      throw error("full_attn_idxs", .integer(index), "is not a layer: there are \(layers)")
    }
    return (0..<layers).map { indices.contains($0) ? .causal : nil }
  }
}
