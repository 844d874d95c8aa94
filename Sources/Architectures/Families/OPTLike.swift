/// Decoders with fairseq's names and position tables that begin two rows late.
extension Family {
  static let opt = Family("opt") { config in
    let d = try Dimensions(config, tied: true)
    try config.activation("activation_function")
    let bias = try config.flag("enable_bias", default: true)
    let affine = try config.flag("layer_norm_elementwise_affine", default: true)
    let normFirst = try config.flag("do_layer_norm_before", default: true)
    let removed = try config.flag("_remove_final_layer_norm", default: false)
    let embedding = try config.size("word_embed_proj_dim", default: d.width)
    let attention = Attention(d, bias: bias)
    let mlp = MLP(width: d.width, hidden: try config.size("ffn_dim"), gated: false, bias: bias)
    let norm = affine ? 2 * d.width : 0
    var architecture = d.decoder(
      family: "opt", embedding: [try d.positionTable(config, "embed_positions", more: 2)],
      finalNorm: normFirst && !removed ? norm : 0
    ) { _ in
      Layer([.norm("self_attn_layer_norm", norm), attention.block(), .norm("final_layer_norm", norm), mlp.block()])
    }
    if embedding != d.width {
      architecture.narrowEmbedding(to: embedding, tied: d.tied)
    }
    return architecture
  }

  static let xglm = Family("xglm") { config in
    let d = try Dimensions(config, tied: true)
    try config.noCrossAttention()
    let (attention, mlp) = (Attention(d, bias: true), try config.fairseqMLP(d))
    return d.decoder(family: "xglm", finalNorm: 2 * d.width) { _ in d.layerNormLayer(attention, mlp) }
  }

  static let bioGPT = Family("biogpt") { config in
    let d = try Dimensions(config, tied: true)
    let mlp = try config.mlp(width: d.width, gated: false, bias: true)
    config.ignore("scale_embedding")
    let positions = try d.positionTable(config, "embed_positions", more: 2)
    return d.decoder(family: "biogpt", embedding: [positions], finalNorm: 2 * d.width) { _ in
      d.layerNormLayer(Attention(d, bias: true), mlp)
    }
  }
}

extension Config {
  fileprivate func fairseqMLP(_ d: Dimensions) throws -> MLP {
    try activation("activation_function")
    ignore("scale_embedding")
    return MLP(width: d.width, hidden: try size("ffn_dim"), gated: false, bias: true)
  }
}

extension Architecture {
  /// Word embeddings narrower than the model: projections in and out, and a head over the narrow width.
  fileprivate mutating func narrowEmbedding(to narrow: Int, tied: Bool) {
    for (at, part) in embedding.parts.enumerated() {
      if case .table(var table) = part, table.role == .inputEmbedding {
        table.columns = narrow
        embedding.parts[at] = .table(table)
      }
    }
    embedding.parts.append(.linear(Linear("project_in", in: narrow, out: width)))
    for (at, part) in head.parts.enumerated() {
      if case .linear(var linear) = part {
        linear.input = narrow
        head.parts[at] = .linear(linear)
      }
    }
    head.parts.insert(.linear(Linear("project_out", in: width, out: narrow)), at: max(head.parts.count - 1, 0))
  }
}
