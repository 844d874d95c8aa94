import Input

/// Gemma 3n: several streams mixed by AltUp, low-rank LAuReL beside the attention, embeddings of their own for every
/// layer, and last layers that read the keys and values of earlier ones.
extension Family {
  static let gemma3n = Family("gemma3n_text") { config in
    let d = try Dimensions(config, headWidth: .constant(256), keyValueHeads: .constant(2), tied: true)
    let s = try Gemma3nSizes(config, d)
    try config.causalOnly()
    let window = try config.slidingWindow(default: 512)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { ($0 + 1) % 5 != 0 }
    let shared = try config.sharedKeyValueLayers(masks, default: 15)
    let attention = Attention(
      d, bias: try config.flag("attention_bias", default: false), queryKeyNorm: .perHeadWidth)
    config.ignore("altup_active_idx", "altup_coef_clip", "altup_correct_scale", "activation_sparsity_pattern")
    config.ignore("altup_lr_multiplier", "laurel_scale_factor")

    var architecture = d.decoder(family: "gemma3n_text", embedding: s.embedding(d)) { i in
      var own = attention.masked(masks[i])
      own.sharesKeyValue = i >= d.layers - shared
      return Layer(
        [s.altUp(d), s.laurel(d)]
          + d.sandwichLayer(own, MLP(width: d.width, hidden: s.hidden[i])).blocks
          + [Dimensions.perLayerInput(width: d.width, narrow: s.narrow)])
    }
    let unembed = Linear(
      "altup_unembed_projections", in: d.width, out: d.width, stored: s.streams - 1, visited: s.streams - 1)
    if s.streams > 1 { architecture.head.parts.insert(.linear(unembed), at: 0) }
    return architecture
  }
}

private struct Gemma3nSizes {
  /// Width of the MLP by layer.
  let hidden: [Int]
  /// Streams of AltUp.
  let streams: Int
  let laurelRank: Int
  /// Rows and width of the embeddings that every layer has.
  let rows, narrow: Int

  init(_ config: Config, _ d: Dimensions) throws {
    try config.activation("hidden_activation")
    try config.activation("hidden_act")
    if try config.value("intermediate_size")?.value.array != nil {
      hidden = try config.sizes("intermediate_size") ?? []
      guard hidden.count == d.layers else {
        throw config.error(
          "intermediate_size", nil, "names \(Numbers.counted(hidden.count, "layer"))",
          hint: "there are \(d.layers); or one for all")
      }
    } else {
      hidden = Array(repeating: try config.size("intermediate_size"), count: d.layers)
    }
    streams = try config.size("altup_num_inputs", default: 4)
    guard streams <= Config.largestDepth else {
      throw config.error("altup_num_inputs", .integer(streams), "is more streams than any model has")
    }
    laurelRank = try config.size("laurel_rank", default: 64)
    rows = try config.size("vocab_size_per_layer_input", default: 262144)
    narrow = try config.size("hidden_size_per_layer_input", default: 256)
  }

  func embedding(_ d: Dimensions) -> [Part] {
    let projections = Linear(
      "altup_projections", in: d.width, out: d.width, stored: streams - 1, visited: streams - 1)
    return d.perLayerEmbedding(rows: rows, narrow: narrow) + (streams > 1 ? [.linear(projections)] : [])
  }

  /// Prediction and correction of the streams: a router that runs for both, coefficients from it, and the mixing of
  /// the streams with them, 2 d n n FLOPs a position.
  func altUp(_ d: Dimensions) -> Block {
    let n = streams
    return Block(
      "altup",
      [
        .linear(Linear("modality_router", in: d.width, out: n, visited: 2)),
        .linear(Linear("prediction_coefs", in: n, out: n * n)),
        .linear(Linear("correction_coefs", in: n, out: n)),
        .product(Product("predict", .perPosition(d.width * n * n))),
        .vector(Vector("correct_output_scale", d.width)), .vector(Vector("router_norm", d.width)),
      ])
  }

  func laurel(_ d: Dimensions) -> Block {
    Block(
      "laurel",
      [
        .linear(Linear("linear_left", in: d.width, out: laurelRank)),
        .linear(Linear("linear_right", in: laurelRank, out: d.width)),
        .vector(Vector("post_laurel_norm", d.width)),
      ])
  }
}

extension Dimensions {
  /// Embeddings that every layer has of its own: one table for all layers, and a projection of the word embedding.
  func perLayerEmbedding(rows: Int, narrow: Int) -> [Part] {
    [
      .table(Table("embed_tokens_per_layer", role: .projection, rows: rows, columns: layers * narrow)),
      .linear(Linear("per_layer_model_projection", in: width, out: layers * narrow)),
      .vector(Vector("per_layer_projection_norm", narrow)),
    ]
  }

  /// What a layer does with its own embedding.
  static func perLayerInput(width: Int, narrow: Int) -> Block {
    Block(
      "per_layer_input",
      [
        .linear(Linear("gate", in: width, out: narrow)), .linear(Linear("projection", in: narrow, out: width)),
        .vector(Vector("norm", width)),
      ])
  }
}

extension Config {
  /// How many of the last layers read the keys and values of an earlier layer of their kind.
  func sharedKeyValueLayers(_ masks: [AttentionMask], default other: Int) throws -> Int {
    let shared = try count("num_kv_shared_layers", default: other)
    let isDefault = !has("num_kv_shared_layers")
    guard shared < masks.count else {
      throw error(
        "num_kv_shared_layers", .integer(shared), "leaves none of the \(masks.count) layers with keys of its own",
        hint: isDefault ? "it is the family's default; give num_kv_shared_layers" : nil)
    }
    let owners = masks.dropLast(shared)
    for mask in masks.suffix(shared) where !owners.contains(mask) {
      throw error(
        "num_kv_shared_layers", .integer(shared), "leaves a kind of layer_types without a layer that has keys",
        hint: "every kind that shares must occur before")
    }
    return shared
  }
}
