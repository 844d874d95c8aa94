import Input

/// The fields of multi-head latent attention and of DeepSeek's sparse attention.
extension Config {
  /// head_dim is only the rotary width where attention is latent, and every head has its own keys and values.
  func latentDimensions(tied: Bool = false) throws -> Dimensions {
    ignore("qk_rope_head_dim")
    return try Dimensions(self, headWidth: .unused, tied: tied)
  }

  /// q_lora_rank (null: queries without a latent), kv_lora_rank, qk_nope_head_dim, qk_rope_head_dim, v_head_dim.
  func latentAttention(_ d: Dimensions, derivedValueWidth: Bool = false) throws -> LatentAttention {
    let queryRank = object["q_lora_rank"] == .null ? try optionalSize("q_lora_rank") : try size("q_lora_rank")
    let plain = try size("qk_nope_head_dim")
    let rotary = try size("qk_rope_head_dim")
    if let both = try optionalSize("qk_head_dim"), both != plain + rotary {
      throw error("qk_head_dim", .integer(both), "is not qk_nope_head_dim + qk_rope_head_dim = \(plain + rotary)")
    }
    let value: Int
    if derivedValueWidth, !has("v_head_dim") {
      guard d.width % d.heads == 0 else {
        throw error("hidden_size", .integer(d.width), "is not divisible by the heads", hint: "or give v_head_dim")
      }
      value = d.width / d.heads
    } else {
      value = try size("v_head_dim")
    }
    var attention = LatentAttention(
      width: d.width, heads: d.heads, queryRank: queryRank, keyValueRank: try size("kv_lora_rank"), plainWidth: plain,
      rotaryWidth: rotary, valueWidth: value)
    attention.bias = try flag("attention_bias", default: false)
    return attention
  }

  /// index_n_heads, index_head_dim, index_topk.
  func sparseIndexer(_ attention: LatentAttention) throws -> SparseIndexer {
    guard let queryRank = attention.queryRank else {
      throw error("q_lora_rank", object["q_lora_rank"], "must be given: the indexer reads the query latent")
    }
    return SparseIndexer(
      width: attention.width, queryRank: queryRank, heads: try size("index_n_heads"),
      headWidth: try size("index_head_dim"), chosen: try size("index_topk"))
  }

  /// Which layers own an indexer ("full"; "shared" ones use the choice of the one before).
  func indexerTypes(_ layers: Int, rule: (Int) -> Bool) throws -> [Bool] {
    let types = try layerWords("indexer_types", layers: layers, known: ["full", "shared"])
    let full = types.map { $0.map { $0 == "full" } } ?? (0..<layers).map(rule)
    guard full.first ?? true else {
      throw error("indexer_types[0]", "shared", "has no layer before it whose choice it could share")
    }
    return full
  }

  /// GLM's three ways to say it: indexer_types, index_topk_pattern (letters F and S), or a frequency with an offset.
  func glmIndexers(_ layers: Int) throws -> [Bool] {
    let pattern = try value("index_topk_pattern")
    let frequency = try size("index_topk_freq", default: 1)
    let offset = try count("index_skip_topk_offset", default: 2)
    guard let pattern, !has("indexer_types") else {
      return try indexerTypes(layers) { max($0 - offset + 1, 0) % frequency == 0 }
    }
    let letters = try pattern.value.string.map { $0.map(String.init) } ?? words("index_topk_pattern") ?? []
    guard letters.count == layers else {
      throw layerCountError("index_topk_pattern", pattern.value, names: letters.count, of: layers)
    }
    let full = try letters.map { letter in
      guard ["F", "S", "full", "shared"].contains(letter) else {
        throw error("index_topk_pattern", .string(letter), "is not F (full) or S (shared)")
      }
      return letter == "F" || letter == "full"
    }
    guard full[0] else { throw error("index_topk_pattern", pattern.value, "begins with S, which has none before it") }
    return full
  }

  /// A DeepSeek-V3 descendant: latent attention, the first layers dense, the others mixtures.
  ///
  /// - Parameters:
  ///   - dense: first_k_dense_replace where the file does not say.
  ///   - indexed: attention is sparse, its keys chosen by an indexer.
  ///   - indexers: which layers own one (nil: all).
  ///   - extraPredictionIsKnown: its extra prediction modules have DeepSeek-V3's layout.
  ///   - layer: how a layer is put together, from its attention, its feed-forward block and whether that is a mixture.
  func deepSeek(
    _ family: String, dense: Int, indexed: Bool = false, indexers: [Bool]? = nil, extraPredictionIsKnown: Bool = false,
    layer: (Dimensions, LatentAttention, Block, Bool) -> Layer = { d, attention, feedForward, _ in
      d.preNormLayer(attention.block(), feedForward)
    }
  ) throws -> Architecture {
    let d = try latentDimensions()
    var attention = try latentAttention(d)
    let feedForward = try deepSeekFeedForward(d, dense: dense)
    var indexer: SparseIndexer?
    if indexed {
      let own = try sparseIndexer(attention)
      attention.mask = .chosen(keys: own.chosen)
      attention.indexer = own
      indexer = own
      _ = try layerWords("layer_types", layers: d.layers, known: ["indexed_attention"])
      ignore("mlp_bias")
    }
    var architecture = d.decoder(family: family) { i in
      var own = attention
      own.indexer = indexers.map { $0[i] } ?? true ? indexer : nil
      return layer(d, own, feedForward.layers[i], feedForward.isSparse[i])
    }
    let extra = try extraPredictionCount(layoutIsKnown: extraPredictionIsKnown)
    if extraPredictionIsKnown {
      architecture.extraPrediction = d.extraPrediction(extra, layer: layer(d, attention, feedForward.sparse, true))
    }
    return architecture
  }
}
