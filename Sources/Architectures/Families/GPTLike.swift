extension Family {
  static let gpt2 = Family("gpt2") { config in
    let d = try Dimensions(config, tied: true)
    let hidden = try config.optionalSize("n_inner") ?? 4 * d.width
    try config.activation("activation_function")
    config.ignore("n_ctx")
    config.ignore("summary_type", "summary_use_proj", "summary_activation", "summary_proj_to_labels")
    config.ignore("summary_first_dropout")
    guard try !config.flag("add_cross_attention", default: false) else {
      throw config.error("add_cross_attention", true, "makes this a decoder of another model, which is not counted")
    }
    guard let positions = d.maxPositions else {
      throw config.error("n_positions", nil, "is missing", hint: "the position table needs it")
    }
    let table = Table("wpe", role: .positionEmbedding, rows: positions, columns: d.width)
    return d.decoder(family: "gpt2", embedding: [.table(table)], finalNorm: 2 * d.width) { _ in
      d.layerNormLayer(Attention(d, bias: true), MLP(width: d.width, hidden: hidden, gated: false, bias: true))
    }
  }

  static let gptNeoX = Family("gpt_neox") { config in
    let d = try Dimensions(config)
    let hidden = try config.size("intermediate_size")
    try config.activation("hidden_act")
    // Two LayerNorms whether or not attention and MLP run side by side.
    _ = try config.flag("use_parallel_residual", default: true)
    let bias = try config.flag("attention_bias", default: true)
    return d.decoder(family: "gpt_neox", finalNorm: 2 * d.width) { _ in
      d.layerNormLayer(Attention(d, bias: bias), MLP(width: d.width, hidden: hidden, gated: false, bias: true))
    }
  }
}

extension Dimensions {
  /// Norm, attention, norm, MLP, with LayerNorms that have a bias.
  func layerNormLayer(_ attention: Attention, _ mlp: MLP) -> Layer {
    Layer([.norm("ln_1", 2 * width), attention.block("attn"), .norm("ln_2", 2 * width), mlp.block()])
  }
}
