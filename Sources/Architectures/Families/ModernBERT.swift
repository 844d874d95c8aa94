/// ModernBERT and its decoder: gated MLPs, no norm before the first attention, local layers between global ones, and
/// a dense layer with a norm before the vocabulary.
extension Family {
  static let modernBERT = Family("modernbert") { config in
    config.ignore("classifier_pooling", "deterministic_flash_attn", "sparse_prediction", "sparse_pred_ignore_index")
    config.ignore("reference_compile", "repad_logits_with_grad", "position_embedding_type")
    // Half the local window to either side of the query.
    return try config.modernBERT("modernbert", kind: .encoder, global: .full) { .band(reach: $0) }
  }

  static let modernBERTDecoder = Family("modernbert-decoder") { config in
    // Half the local window, the query itself included.
    try config.modernBERT("modernbert-decoder", kind: .decoder, global: .causal) { .sliding(window: $0) }
  }
}

extension Config {
  fileprivate func modernBERT(
    _ family: String, kind: Architecture.Kind, global: AttentionMask, local: (Int) -> AttentionMask
  ) throws -> Architecture {
    // There is one key and value head for every head, whatever num_key_value_heads says.
    let d = try Dimensions(self, keyValueHeads: .unused, tied: true)
    try activation("hidden_activation")
    try activation("classifier_activation")
    let norm = d.width * (try flag("norm_bias", default: false) ? 2 : 1)
    let mlp = try self.mlp(width: d.width, bias: try flag("mlp_bias", default: false))
    let attention = Attention(d, bias: try flag("attention_bias", default: false))
    let headBias = try flag("decoder_bias", default: true)
    let denseBias = try flag("classifier_bias", default: false)
    let masks = try modernBERTMasks(layers: d.layers, global: global, local: local)
    ignore("global_rope_theta", "local_rope_theta", "cls_token_id", "sep_token_id")

    var architecture = d.decoder(
      family: family, embedding: [.vector(Vector("norm", norm))], finalNorm: norm, headBias: headBias
    ) { i in
      let first: [Block] = i == 0 ? [] : [.norm("attn_norm", norm)]
      return Layer(first + [attention.masked(masks[i]).block("attn"), .norm("mlp_norm", norm), mlp.block()])
    }
    architecture.kind = kind
    let dense: [Part] = [
      .linear(Linear("dense", in: d.width, out: d.width, bias: denseBias)), .vector(Vector("dense_norm", norm)),
    ]
    architecture.head.parts.insert(contentsOf: dense, at: 1)
    return architecture
  }

  private func modernBERTMasks(
    layers: Int, global: AttentionMask, local: (Int) -> AttentionMask
  ) throws -> [AttentionMask] {
    // Newer transformers writes half of local_attention as sliding_window too, and reads that.
    let half = try optionalSize("sliding_window")
    let given = try optionalSize("local_attention")
    let reach = half ?? (given ?? 128) / 2
    guard reach > 0 else { throw error("local_attention", 1, "is no window: half of it is used") }
    if let half, let given, half != given / 2 {
      throw error(
        "sliding_window", .integer(half), "is not half of local_attention, \(given)", hint: "keep one of the two")
    }
    let every = try size("global_attn_every_n_layers", default: 3)
    let words = try layerWords("layer_types", layers: layers, known: ["full_attention", "sliding_attention"])
    return (0..<layers).map { i in
      let isGlobal = words.map { $0[i] == "full_attention" } ?? (i % every == 0)
      return isGlobal ? global : local(reach)
    }
  }
}
