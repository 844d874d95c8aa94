/// Encoder-decoders with learned positions, and biases everywhere but on Whisper's keys.
extension Family {
  static let bart = Family("bart") { config in
    let s = try BartSizes(config)
    let tied = try config.flag("tie_word_embeddings", default: true)
    let positions = try config.size("max_position_embeddings") + 2
    config.ignore("normalize_before", "add_final_layer_norm", "normalize_embedding", "add_bias_logits", "num_labels")
    config.ignore("force_bos_token_to_be_generated", "static_position_embeddings", "extra_pos_embeddings")
    config.ignore("classif_dropout", "num_hidden_layers", "num_attention_heads", "save_step", "output_past")
    func positionTable(_ name: String) -> Part {
      .table(Table(name, role: .positionEmbedding, rows: positions, columns: s.width))
    }
    let norm = Part.vector(Vector("layernorm_embedding", 2 * s.width))
    var tables: [Part] = [
      .table(Table("shared", role: .inputEmbedding, rows: s.vocabulary, columns: s.width)),
      positionTable("encoder.embed_positions"), norm, positionTable("decoder.embed_positions"), norm,
    ]
    if !tied {
      // The reference then keeps a word table in the encoder and one in the decoder beside the shared one.
      for stack in ["encoder", "decoder"] {
        tables.append(
          .table(Table("\(stack).embed_tokens", role: .projection, rows: s.vocabulary, columns: s.width)))
      }
      config.notes.append("untied, the reference stores three word tables and a head")
    }
    return s.encoderDecoder(
      family: "bart", embedding: tables, keyBias: true, front: [], encoderNorm: 0, decoderNorm: 0, tied: tied)
  }

  static let whisper = Family("whisper") { config in
    let s = try BartSizes(config)
    let mels = try config.size("num_mel_bins", default: 80)
    let sources = try config.size("max_source_positions")
    let targets = try config.size("max_target_positions")
    config.ignore("use_weighted_layer_sum", "classifier_proj_size", "apply_spec_augment", "mask_time_prob")
    config.ignore("mask_time_length", "mask_time_min_masks", "mask_feature_prob", "mask_feature_length")
    config.ignore("mask_feature_min_masks", "median_filter_width", "alignment_heads", "num_hidden_layers")
    config.ignore("lang_ids", "suppress_ids", "forced_decoder_ids", "num_attention_heads", "num_key_value_heads")
    // Two frames stand for one position of the encoder: the second convolution has stride 2.
    let front = Block(
      "conv",
      [
        .convolution(
          Convolution("conv1", in: mels, out: s.width, kernel: 3, bias: true, on: .sequenceTimes(2))),
        .convolution(
          Convolution("conv2", in: s.width, out: s.width, kernel: 3, bias: true, stride: 2, on: .sequenceTimes(2))),
      ])
    let tables: [Part] = [
      .table(Table("embed_tokens", role: .inputEmbedding, rows: s.vocabulary, columns: s.width)),
      .table(Table("encoder.embed_positions", role: .positionEmbedding, rows: sources, columns: s.width)),
      .table(Table("decoder.embed_positions", role: .positionEmbedding, rows: targets, columns: s.width)),
    ]
    var architecture = s.encoderDecoder(
      family: "whisper", embedding: tables, keyBias: false, front: [front], encoderNorm: 2 * s.width,
      decoderNorm: 2 * s.width, tied: try config.flag("tie_word_embeddings", default: true))
    architecture.maxPositions = sources
    return architecture
  }
}

/// The sizes under BART's names.
private struct BartSizes {
  let width, vocabulary: Int
  let encoder, decoder: Stack

  struct Stack {
    let layers, heads, hidden: Int
    init(_ name: String, _ config: Config, width: Int) throws {
      layers = try config.depth("\(name)_layers")
      heads = try config.size("\(name)_attention_heads")
      hidden = try config.size("\(name)_ffn_dim")
      guard width % heads == 0 else {
        throw config.error("\(name)_attention_heads", .integer(heads), "does not divide d_model, \(width)")
      }
    }
  }

  init(_ config: Config) throws {
    width = try config.size("d_model", "hidden_size")
    vocabulary = try config.size("vocab_size")
    encoder = try Stack("encoder", config, width: width)
    decoder = try Stack("decoder", config, width: width)
    try config.activation("activation_function")
    config.ignore("encoder_layerdrop", "decoder_layerdrop", "scale_embedding", "is_decoder")
  }

  private func attention(_ stack: Stack, _ mask: AttentionMask, keyBias: Bool, crosses: Bool = false) -> Attention {
    var attention = Attention(
      width: width, heads: stack.heads, keyValueHeads: stack.heads, headWidth: width / stack.heads, mask: mask,
      bias: true)
    attention.biasOnKey = keyBias
    attention.crosses = crosses
    return attention
  }

  func encoderDecoder(
    family: String, embedding: [Part], keyBias: Bool, front: [Block], encoderNorm: Int, decoderNorm: Int, tied: Bool
  ) -> Architecture {
    func mlp(_ stack: Stack) -> Block {
      MLP(width: width, hidden: stack.hidden, gated: false, bias: true).block()
    }
    let encoderLayer = Layer([
      attention(encoder, .full, keyBias: keyBias).block(), .norm("self_attn_layer_norm", 2 * width), mlp(encoder),
      .norm("final_layer_norm", 2 * width),
    ])
    let decoderLayer = Layer([
      attention(decoder, .causal, keyBias: keyBias).block(), .norm("self_attn_layer_norm", 2 * width),
      attention(decoder, .full, keyBias: keyBias, crosses: true).block("encoder_attn"),
      .norm("encoder_attn_layer_norm", 2 * width), mlp(decoder), .norm("final_layer_norm", 2 * width),
    ])
    var product = Linear("lm_head", .head, in: width, out: vocabulary)
    if tied { product.stored = 0 }
    var groups = [LayerGroup("encoder.layers", encoderLayer, count: encoder.layers, onEncoder: true)]
    if !front.isEmpty { groups.insert(LayerGroup("encoder", Layer(front), count: 1, onEncoder: true), at: 0) }
    if encoderNorm > 0 {
      groups.append(LayerGroup("encoder", Layer([.norm("layer_norm", encoderNorm)]), count: 1, onEncoder: true))
    }
    groups.append(LayerGroup("decoder.layers", decoderLayer, count: decoder.layers))
    let norm: [Part] = decoderNorm > 0 ? [.vector(Vector("layer_norm", decoderNorm))] : []
    return Architecture(
      family: family, kind: .encoderDecoder, width: width, vocabulary: vocabulary, layerCount: encoder.layers,
      embedding: Block("embedding", embedding), groups: groups, head: Block("head", norm + [.linear(product)]))
  }
}
