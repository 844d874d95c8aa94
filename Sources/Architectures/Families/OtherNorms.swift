/// Families with llama's projections and norms of their own: fewer, more, or elsewhere.
extension Family {
  static let olmo = Family("olmo") { config in
    let d = try Dimensions(config)
    let attention = Attention(d, bias: try config.flag("attention_bias", default: false))
    let mlp = try config.mlp(width: d.width)
    config.ignore("clip_qkv")
    // Its LayerNorms have no weights.
    return d.decoder(family: "olmo", finalNorm: 0) { _ in Layer([attention.block(), mlp.block()]) }
  }

  static let olmo2 = Family("olmo2") { config in
    let d = try Dimensions(config)
    let attention = Attention(
      d, bias: try config.flag("attention_bias", default: false), queryKeyNorm: .overAllHeads)
    let mlp = try config.mlp(width: d.width)
    return d.decoder(family: "olmo2") { _ in d.postNormLayer(attention, mlp) }
  }

  static let olmo3 = Family("olmo3") { config in
    let d = try Dimensions(config)
    let attention = Attention(
      d, bias: try config.flag("attention_bias", default: false), queryKeyNorm: .overAllHeads)
    let mlp = try config.mlp(width: d.width)
    let window = try config.slidingWindow(default: 4096)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { ($0 + 1) % 4 != 0 }
    return d.decoder(family: "olmo3") { i in d.postNormLayer(attention.masked(masks[i]), mlp) }
  }

  static let exaone4 = Family("exaone4") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(32))
    let mlp = try config.mlp(width: d.width)
    let window = try config.slidingWindow(default: 4096)
    let pattern = try config.exaonePattern()
    let masks = try config.attentionMasks(layers: d.layers, window: window) { ($0 + 1) % pattern != 0 }
    return d.decoder(family: "exaone4") { i in
      d.postNormLayer(Attention(d, mask: masks[i], queryKeyNorm: .perHeadWidth), mlp)
    }
  }

  static let hunYuanDense = Family("hunyuan_v1_dense") { config in
    let d = try Dimensions(config)
    let attention = Attention(
      d, bias: try config.flag("attention_bias", default: false), queryKeyNorm: .perHeadWidth)
    let mlp = try config.mlp(width: d.width)
    if let given = try config.optionalSize("attention_head_dim"), given != d.headWidth {
      throw config.error("attention_head_dim", .integer(given), "contradicts head_dim", hint: "keep one of the two")
    }
    config.ignore(
      "use_qk_norm", "use_rotary_pos_emb", "add_classification_head", "class_num", "pool_type", "mask_init_id")
    config.ignore(
      "dense_list", "norm_type", "org_vocab_size", "position_embedding_xdrope", "sep_id", "cls_id", "text_end_id")
    config.ignore("text_start_id", "im_newline_id", "pad_id", "eod_id", "sep_token", "use_cla", "cla_share_factor")
    return d.decoder(family: "hunyuan_v1_dense") { _ in d.preNormLayer(attention, mlp) }
  }

  static let apertus = Family("apertus") { config in
    let d = try Dimensions(config)
    let attention = Attention(
      d, bias: try config.flag("attention_bias", default: false), queryKeyNorm: .perHeadWidth)
    let mlp = try config.mlp(width: d.width, gated: false)
    // xIELU learns two scalars a layer.
    let scalars = try config.text("hidden_act", default: "xielu") == "xielu" ? 2 : 0
    config.ignore("mlp_bias", "post_norm", "qk_norm")
    return d.decoder(family: "apertus") { _ in
      Layer([
        .norm("attention_layernorm", d.width), attention.block(), .norm("feedforward_layernorm", d.width),
        mlp.block(adding: [.vector(Vector("act_fn", scalars))]),
      ])
    }
  }

  static let bitNet = Family("bitnet") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(5))
    let attention = Attention(d, bias: try config.flag("attention_bias", default: false))
    let mlp = try config.mlp(width: d.width)
    return d.decoder(family: "bitnet") { _ in
      Layer([
        .norm("input_layernorm", d.width), attention.block(adding: [.vector(Vector("attn_sub_norm", d.width))]),
        .norm("post_attention_layernorm", d.width), mlp.block(adding: [.vector(Vector("ffn_sub_norm", mlp.hidden))]),
      ])
    }
  }

  static let cohere = Family("cohere") { config in
    let d = try Dimensions(config, tied: true)
    let normed = try config.flag("use_qk_norm", default: false)
    let attention = Attention(
      d, bias: try config.flag("attention_bias", default: false), queryKeyNorm: normed ? .perHead : .none)
    let mlp = try config.mlp(width: d.width)
    return d.decoder(family: "cohere") { _ in
      Layer([.norm("input_layernorm", d.width), attention.block(), mlp.block()])
    }
  }

  static let cohere2 = Family("cohere2") { config in
    let d = try Dimensions(config, tied: true)
    let attention = Attention(d, bias: try config.flag("attention_bias", default: false))
    let mlp = try config.mlp(width: d.width)
    let window = try config.slidingWindow(default: 4096)
    let pattern = try config.slidingWindowPattern(default: 4)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { ($0 + 1) % pattern != 0 }
    config.ignore("use_qk_norm", "order_of_interleaved_layers", "rotary_pct", "position_embedding_type")
    config.ignore("use_embedding_sharing", "use_gated_activation", "use_parallel_block", "use_parallel_embedding")
    return d.decoder(family: "cohere2") { i in
      Layer([.norm("input_layernorm", d.width), attention.masked(masks[i]).block(), mlp.block()])
    }
  }

  static let glm4 = Family("glm4") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(2))
    let bias = try config.flag("attention_bias", default: true)
    let mlp = try config.mlp(width: d.width)
    return d.decoder(family: "glm4") { _ in
      d.sandwichLayer(Attention(d, bias: bias, biasOnOutput: false), mlp)
    }
  }

  /// The language part of GLM-4V.
  static let glm4V = Family("glm4v_text") { config in
    let d = try Dimensions(config, keyValueHeads: .constant(2))
    let mlp = try config.mlp(width: d.width)
    config.ignore("attention_bias")
    return d.decoder(family: "glm4v_text") { _ in d.sandwichLayer(Attention(d, bias: true, biasOnOutput: false), mlp) }
  }

  static let hyperCLOVAX = Family("hyperclovax") { config in
    let d = try Dimensions(config)
    let attention = Attention(d, bias: try config.flag("attention_bias", default: false))
    let mlp = try config.mlp(width: d.width, bias: try config.flag("mlp_bias", default: false))
    let sandwich = try config.flag("use_post_norm", default: true)
    return d.decoder(family: "hyperclovax") { _ in
      sandwich ? d.sandwichLayer(attention, mlp) : d.preNormLayer(attention, mlp)
    }
  }

  static let diffLlama = Family("diffllama") { config in
    let d = try Dimensions(config)
    guard d.keyValueHeads % 2 == 0 else {
      throw config.error(
        "num_key_value_heads", .integer(d.keyValueHeads), "is odd", hint: "values are split in two halves of the heads")
    }
    var attention = Attention(d, bias: try config.flag("attention_bias", default: false))
    attention.times = 2
    let mlp = try config.mlp(width: d.width)
    config.ignore("lambda_std_dev")
    let lambdas = Part.vector(Vector("lambda", 4 * d.headWidth))
    return d.decoder(family: "diffllama") { [attention] _ in
      Layer([
        .norm("input_layernorm", d.width), attention.block(adding: [lambdas]),
        .norm("post_attention_layernorm", d.width), mlp.block(),
      ])
    }
  }
}

extension Dimensions {
  /// Norms after attention and MLP, none before them.
  func postNormLayer(_ attention: Attention, _ mlp: MLP) -> Layer {
    Layer([
      attention.block(), .norm("post_attention_layernorm", width), mlp.block(),
      .norm("post_feedforward_layernorm", width),
    ])
  }

  /// Norms before and after attention and MLP.
  func sandwichLayer(_ attention: Attention, _ mlp: MLP) -> Layer {
    Layer([
      .norm("input_layernorm", width), attention.block(), .norm("post_attention_layernorm", width),
      .norm("pre_feedforward_layernorm", width), mlp.block(), .norm("post_feedforward_layernorm", width),
    ])
  }
}

extension Config {
  /// Every how many layers one is full: a number, or a word of L (local) and G (global) of that length. Without a
  /// window the class writes 0 or null, and nothing slides.
  fileprivate func exaonePattern() throws -> Int {
    guard let found = try value("sliding_window_pattern") else { return 4 }
    if let word = found.value.string {
      guard !word.isEmpty, word.dropLast().allSatisfy({ $0 == "L" }), word.last == "G" else {
        throw error(found.name, found.value, "is not a pattern like LLLG", hint: "layer_types names every layer")
      }
      return word.count
    }
    return max(try size(found.name, found.value, atLeast: 0), 1)
  }
}
