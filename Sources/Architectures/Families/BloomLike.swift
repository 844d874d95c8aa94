import Input

/// Decoders with ALiBi or rotary positions, 4 d wide MLPs without gates and fused projections.
extension Family {
  static let bloom = Family("bloom") { config in
    let d = try Dimensions(config, tied: true)
    let mlp = MLP(width: d.width, hidden: 4 * d.width, gated: false, bias: true)
    config.ignore("apply_residual_connection_post_layernorm", "slow_but_exact", "n_inner", "offset_alibi")
    config.ignore("masked_softmax_fusion", "bias_dropout_fusion", "skip_bias_add", "skip_bias_add_qkv")
    config.ignore("attention_softmax_in_fp32")
    let norm = Part.vector(Vector("word_embeddings_layernorm", 2 * d.width))
    return d.decoder(family: "bloom", embedding: [norm], finalNorm: 2 * d.width) { _ in
      d.layerNormLayer(Attention(d, bias: true), mlp)
    }
  }

  static let falcon = Family("falcon") { config in
    var d = try Dimensions(config, tied: true)
    try config.activation("activation")
    let isNew = try config.flag("new_decoder_architecture", default: false)
    let single = try config.flag("multi_query", default: true)
    let parallel = try config.flag("parallel_attn", default: true)
    let bias = try config.flag("bias", default: false)
    // The older architecture does not look at num_kv_heads, which newer transformers write as num_attention_heads.
    let given = try config.optionalSize("num_kv_heads", "n_head_kv") ?? d.heads
    d.keyValueHeads = isNew ? given : single ? 1 : d.heads
    guard d.heads % d.keyValueHeads == 0 else {
      throw config.error(
        "num_kv_heads", .integer(given), "does not divide the \(Numbers.counted(d.heads, "attention head"))")
    }
    let norms = try config.optionalSize("num_ln_in_parallel_attn") ?? 2
    guard norms <= 2 else { throw config.error("num_ln_in_parallel_attn", .integer(norms), "is neither 1 nor 2") }
    let hidden = try config.optionalSize("ffn_hidden_size") ?? 4 * d.width
    config.ignore("alibi", "apply_residual_connection_post_layernorm")
    let attention = Attention(d, bias: bias)
    let mlp = MLP(width: d.width, hidden: hidden, gated: false, bias: bias)
    guard !isNew || parallel else {
      throw config.error(
        "parallel_attn", false, "does not go with new_decoder_architecture: the reference cannot run it")
    }
    let isParallel = isNew ? norms == 1 : parallel
    return d.decoder(family: "falcon", finalNorm: 2 * d.width) { _ in
      isParallel ? d.parallelLayer(attention, mlp) : d.layerNormLayer(attention, mlp)
    }
  }

  static let mpt = Family("mpt") { config in
    var d = try Dimensions(config, tied: true)
    // The class's MLP is 4 d wide and nothing has a bias, whatever the config says.
    if let ratio = try config.value("expansion_ratio"), ratio.value.double != 4 {
      config.notes.append("expansion_ratio is ignored by the reference: the MLP is 4 d_model wide")
    }
    if try !config.flag("no_bias", default: true) {
      config.notes.append("no_bias is ignored by the reference: nothing has a bias")
    }
    if let attention = try config.nested("attn_config") {
      if let heads = try attention.optionalSize("kv_n_heads"), heads != d.heads {
        throw attention.error(
          "kv_n_heads", .integer(heads), "differs from n_heads", hint: "the class has no such heads")
      }
      attention.ignore("attn_type", "attn_impl", "attn_pdrop", "clip_qkv", "softmax_scale", "prefix_lm", "qk_ln")
      attention.ignore("attn_uses_sequence_id", "alibi", "alibi_bias_max")
    }
    d.keyValueHeads = d.heads
    let mlp = MLP(width: d.width, hidden: 4 * d.width, gated: false)
    config.ignore(
      "learned_pos_emb", "tokenizer_name", "embedding_fraction", "norm_type", "attn_pdrop", "attn_impl", "alibi")
    config.ignore(
      "alibi_bias_max", "clip_qkv", "softmax_scale", "prefix_lm", "qk_ln", "param_init_fn", "init_config", "ffn_config")
    return d.decoder(family: "mpt") { _ in d.preNormLayer(Attention(d), mlp) }
  }
}
