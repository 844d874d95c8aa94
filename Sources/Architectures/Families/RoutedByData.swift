import Input

/// Families whose routing or experts are of their own kind.
extension Family {
  static let jetMoe = Family("jetmoe") { config in
    try config.activation("activation_function")
    let keyValueHeads = try config.size("num_key_value_heads")
    let mixture = try config.mixture(
      width: config.size("hidden_size"), experts: ["num_local_experts", "moe_num_experts", "num_experts"],
      active: ["num_experts_per_tok", "moe_top_k"], hidden: ["intermediate_size", "ffn_hidden_size"])
    let d = try Dimensions(
      config, headWidth: .unused, keyValueHeads: .constant(keyValueHeads), tied: true,
      heads: keyValueHeads * mixture.active)
    let headWidth = try config.size("kv_channels", "head_dim")
    config.ignore("hidden_act", "apply_residual_connection_post_layernorm", "length")
    config.ignore("aux_loss_coef", "rotary_percent", "moe_top_k", "glu", "bias", "num_ctx", "apply_residual_connection")
    let kept = keyValueHeads * headWidth
    func router(_ name: String) -> Part { .linear(Linear(name, .router, in: d.width, out: mixture.experts)) }
    // Queries and output are experts too: a position visits the chosen ones, each with one head a key/value head.
    let attention = Block(
      "self_attention",
      [
        router("experts.router"),
        .linear(
          Linear(
            "experts.input_linear", .expert, in: d.width, out: kept, stored: mixture.experts, visited: mixture.active)),
        .linear(Linear("kv_proj", in: d.width, out: 2 * kept)),
        .scores(Scores(heads: d.heads, keyWidth: headWidth, valueWidth: headWidth, mask: .causal)),
        .linear(
          Linear(
            "experts.output_linear", .expert, in: kept, out: d.width, stored: mixture.experts, visited: mixture.active)),
        .vector(Vector("experts.bias", d.width)), .cache(Cache(perPosition: 2 * kept)),
      ])
    let feedForward = Block("mlp", mixture.parts + [.vector(Vector("bias", d.width))])
    return d.decoder(family: "jetmoe") { _ in d.preNormLayer(attention, feedForward) }
  }

  static let doge = Family("doge") { config in
    let d = try Dimensions(config)
    try config.activation("hidden_act")
    let bias = try config.flag("attention_bias", default: false)
    let mlp = MLP(
      width: d.width, hidden: try config.size("intermediate_size"), bias: try config.flag("mlp_bias", default: false))
    // The dynamic mask keeps at most so many keys; a sliding window may keep fewer.
    let kept = try config.size("keep_window_size", default: 2048)
    let window = try config.optionalSize("sliding_window")
    let mask: AttentionMask = window.flatMap { $0 <= kept ? .sliding(window: $0) : nil } ?? .chosen(keys: kept)
    config.ignore("hidden_dropout", "num_channels", "patch_size", "image_size", "expert_retrieval_size")
    let attention = Attention(d, mask: mask, bias: bias, queryKeyNorm: .perHeadWidth)
    let mixer = Block(
      "self_attn",
      attention.parts + [
        .vector(Vector("A", d.keyValueHeads)),
        .linear(Linear("dt_proj", in: d.keyValueHeads * d.headWidth, out: d.keyValueHeads, bias: bias)),
      ])
    var feedForward = mlp.block()
    if try config.flag("is_moe", default: false) {
      feedForward.parts += try config.productKeyExperts(width: d.width)
    } else {
      config.ignore("num_experts", "num_experts_per_tok")
    }
    let residual = { (name: String) in Block(name, [.vector(Vector("weight", d.width))]) }
    return d.decoder(family: "doge") { [feedForward] _ in
      Layer([
        .norm("input_layernorm", d.width), mixer, residual("input_residual"),
        .norm("post_attention_layernorm", d.width), feedForward, residual("post_attention_residual"),
      ])
    }
  }

  static let zaya = Family("zaya") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(2), tied: true)
    try config.activation("hidden_act")
    let bias = try config.flag("attention_bias", default: false)
    let headBias = try config.flag("lm_head_bias", default: false)
    let window = try config.optionalSize("sliding_window")
    let others = window.map { ["hybrid_sliding": AttentionMask.sliding(window: $0)] } ?? [:]
    let masks = try config.attentionMasks(
      layers: d.layers, window: nil, others: others.merging(["hybrid": .causal]) { a, _ in a }
    ) { _ in false }
    let mixture = try config.mixture(width: d.width)
    guard mixture.active == 1 else {
      throw config.error("num_experts_per_tok", .integer(mixture.active), "is not 1, the only number known here")
    }
    guard d.keyValueHeads * d.headWidth % 2 == 0 else {
      throw config.error("head_dim", .integer(d.headWidth), "and num_key_value_heads make values of odd width")
    }
    let router = try config.size("router_hidden_size", default: 256)
    let kernels = (
      depthwise: try config.size("cca_time0", default: 2), grouped: try config.size("cca_time1", default: 2)
    )
    config.notes.append(
      "one of the router's \(mixture.experts + 1) classes skips the experts: expert FLOPs are those of tokens that "
        + "skip none")
    let scaling = { (name: String) in Block(name, [.vector(Vector("scales_and_biases", 4 * d.width))]) }
    return d.decoder(
      family: "zaya", embedding: [.vector(Vector("input_scale_and_bias", 2 * d.width))], headBias: headBias
    ) { i in
      Layer([
        .norm("input_layernorm", d.width), convolvedAttention(d, mask: masks[i], bias: bias, kernels: kernels),
        scaling("post_attention_residual_scale"), .norm("post_attention_layernorm", d.width),
        Block("mlp", deepRouter(mixture, hidden: router, first: i == 0)), scaling("post_mlp_residual_scale"),
      ])
    }
  }
}

/// Compressed convolutional attention (arXiv 2510.04476): queries and keys pass a depthwise and a grouped convolution;
/// half of the values are those of the position before.
private func convolvedAttention(
  _ d: Dimensions, mask: AttentionMask, bias: Bool, kernels: (depthwise: Int, grouped: Int)
) -> Block {
  let (queries, keys) = (d.heads * d.headWidth, d.keyValueHeads * d.headWidth)
  let channels = queries + keys
  // Padded once for both: the first convolution's output is that much longer than the second's.
  var depthwise = Convolution.depthwise(
    "qkv_proj.conv_qk_depthwise", channels: channels, kernel: kernels.depthwise, bias: true)
  depthwise.positions = .sequencePlus(kernels.grouped - 1)
  let grouped = Convolution(
    "qkv_proj.conv_qk_grouped", in: channels, out: channels, groups: d.heads + d.keyValueHeads, kernel: kernels.grouped,
    bias: true)
  let state = channels * (kernels.depthwise + kernels.grouped - 2) + keys / 2
  return Block(
    "self_attn",
    [
      .linear(Linear("qkv_proj.q_proj", in: d.width, out: queries, bias: bias)),
      .linear(Linear("qkv_proj.k_proj", in: d.width, out: keys, bias: bias)),
      .linear(Linear("qkv_proj.v_proj_current", in: d.width, out: keys / 2, bias: bias)),
      // It also projects one row of zeros, the value before the first position.
      .linear(Linear("qkv_proj.v_proj_delayed", in: d.width, out: keys / 2, bias: bias, on: .sequencePlus(1))),
      .convolution(depthwise), .convolution(grouped), .vector(Vector("qk_norm.temp", d.keyValueHeads)),
      .scores(Scores(heads: d.heads, keyWidth: d.headWidth, valueWidth: d.headWidth, mask: mask)),
      .linear(Linear("o_proj", in: queries, out: d.width, bias: bias)),
      .cache(Cache(perPosition: 2 * keys, window: mask.cacheWindow, state: state)),
    ])
}

/// Zaya's router is a small MLP with one class more than there are experts.
private func deepRouter(_ mixture: MixtureOfExperts, hidden: Int, first: Bool) -> [Part] {
  func linear(_ name: String, in input: Int, out output: Int, bias: Bool) -> Part {
    .linear(Linear("gate.\(name)", .router, in: input, out: output, bias: bias))
  }
  return [
    linear("down_proj", in: mixture.width, out: hidden, bias: true), .vector(Vector("gate.norm", hidden)),
    linear("fc1", in: hidden, out: hidden, bias: true), linear("fc2", in: hidden, out: hidden, bias: true),
    linear("out_proj", in: hidden, out: mixture.experts + 1, bias: false),
  ] + (first ? [] : [.vector(Vector("gate.router_states_scale", hidden))]) + mixture.expertParts
}

extension Config {
  /// Doge's experts are rows of two tables, found by product keys; a token multiplies with the chosen rows.
  fileprivate func productKeyExperts(width: Int) throws -> [Part] {
    let experts = try size("num_experts")
    let active = try size("num_experts_per_tok")
    let keys = experts.squareRootFloor
    guard active <= keys else {
      throw error("num_experts_per_tok", .integer(active), "is more than the \(keys) keys of each half")
    }
    func table(_ name: String) -> Part {
      .linear(Linear(name, .expert, in: width, out: 1, stored: experts, visited: active))
    }
    return [
      .linear(Linear("router_gate", .router, in: width, out: 2 * keys)), table("down_embed"), table("up_embed"),
    ]
  }
}

extension Int {
  /// The largest integer whose square is at most this one.
  fileprivate var squareRootFloor: Int {
    var root = Int(Double(self).squareRoot())
    while root * root > self { root -= 1 }
    while (root + 1) * (root + 1) <= self { root += 1 }
    return root
  }
}
