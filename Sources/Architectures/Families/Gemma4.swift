import Input

/// Gemma 4: full layers with heads of another width (and other key/value heads), values that are the keys, last layers
/// that share keys and values, embeddings of their own for every layer, and experts beside the dense MLP.
extension Family {
  static let gemma4 = Family("gemma4_text") { config in
    let narrow = try config.count("hidden_size_per_layer_input", default: 256)
    let rows = try config.size("vocab_size_per_layer_input", default: 262144)
    var architecture = try config.gemma4("gemma4_text", window: 512, experts: config.gemma4Experts(), narrow: narrow)
    if narrow > 0 {
      let d = try Dimensions(config, headWidth: .constant(256), keyValueHeads: .constant(4), tied: true)
      architecture.embedding.parts += d.perLayerEmbedding(rows: rows, narrow: narrow)
    }
    return architecture
  }

  static let gemma4Unified = Family("gemma4_unified_text") { config in
    try config.gemma4("gemma4_unified_text", window: 1024, experts: nil, narrow: 0)
  }
}

extension Config {
  fileprivate func gemma4(
    _ family: String, window other: Int, experts: MixtureOfExperts?, narrow: Int
  ) throws -> Architecture {
    let d = try Dimensions(self, headWidth: .constant(256), keyValueHeads: .constant(4), tied: true)
    let mlp = try gemmaMLP(width: d.width)
    try causalOnly()
    let window = try slidingWindow(default: other)
    var masks = try attentionMasks(layers: d.layers, window: window) { ($0 + 1) % 6 != 0 }
    // The class makes the last layer a full one.
    masks[d.layers - 1] = .causal
    let shared = try sharedKeyValueLayers(masks, default: 0)
    let keysAreValues = try flag("attention_k_eq_v", default: false)
    let isWide = try flag("use_double_wide_mlp", default: false)
    let bias = try flag("attention_bias", default: false)
    let heads = try gemma4Heads(d, masks, keysAreValues: keysAreValues)
    return d.decoder(family: family) { i in
      var attention = Attention(d, mask: masks[i], bias: bias, queryKeyNorm: .perHeadWidth)
      attention.headWidth = heads[i].width
      attention.valueWidth = heads[i].width
      attention.keyValueHeads = heads[i].keyValue
      attention.keysAreValues = keysAreValues && masks[i] == .causal
      attention.sharesKeyValue = i >= d.layers - shared
      var own = mlp
      if isWide && attention.sharesKeyValue { own.hidden *= 2 }
      var layer = d.sandwichLayer(attention, own)
      if let experts { layer.blocks += experts.gemma4Blocks() }
      if narrow > 0 { layer.blocks.append(Dimensions.perLayerInput(width: d.width, narrow: narrow)) }
      return layer
    }
  }

  /// Width of a head and number of key/value heads by layer: from per_layer_config (newer transformers), or from
  /// global_head_dim and num_global_key_value_heads for the full layers.
  private func gemma4Heads(
    _ d: Dimensions, _ masks: [AttentionMask], keysAreValues: Bool
  ) throws -> [(width: Int, keyValue: Int)] {
    var heads = masks.map { _ in (width: d.headWidth, keyValue: d.keyValueHeads) }
    if let layers = try nested("per_layer_config") {
      ignore("global_head_dim", "num_global_key_value_heads")
      for name in layers.object.names {
        guard let i = Int(name), masks.indices.contains(i) else {
          throw layers.error(name, nil, "is not one of the \(masks.count) layers")
        }
        guard let own = try layers.nested(name) else { throw layers.error(name, .null, "is not an object") }
        heads[i].width = try own.size("head_dim", default: d.headWidth)
        heads[i].keyValue = try own.size("num_key_value_heads", default: d.keyValueHeads)
        if let other = own.object.names.first(where: { !["head_dim", "num_key_value_heads"].contains($0) }) {
          throw own.error(other, own.object[other], "is not a field that differs by layer in this family")
        }
      }
    } else {
      let width = try size("global_head_dim", default: 512)
      let given = try optionalSize("num_global_key_value_heads")
      for i in masks.indices where masks[i] == .causal {
        heads[i] = (width, keysAreValues ? given ?? d.keyValueHeads : d.keyValueHeads)
      }
    }
    for (i, own) in heads.enumerated() where d.heads % own.keyValue != 0 {
      throw error(
        "num_key_value_heads", .integer(own.keyValue),
        "does not divide the \(Numbers.counted(d.heads, "attention head"))",
        hint: "layer \(i), counted from 0, has so many")
    }
    return heads
  }

  fileprivate func gemma4Experts() throws -> MixtureOfExperts? {
    guard try flag("enable_moe_block", default: false) else {
      ignore("num_experts", "top_k_experts", "moe_intermediate_size")
      return nil
    }
    let experts = try size("num_experts")
    let active = try size("top_k_experts")
    guard active <= experts else {
      throw error(
        "top_k_experts", .integer(active),
        "is more than the \(Numbers.counted(experts, "expert there is", "experts there are"))")
    }
    return MixtureOfExperts(
      width: try size("hidden_size"), experts: experts, active: active, hidden: try size("moe_intermediate_size"))
  }
}

extension MixtureOfExperts {
  /// The experts stand beside the dense MLP, with three norms more; the router scales its input and its choices.
  fileprivate func gemma4Blocks() -> [Block] {
    let scales = [
      Vector("router.scale", width, role: .router), Vector("router.per_expert_scale", experts, role: .router),
    ]
    return [
      .norm("pre_feedforward_layernorm_2", width), Block("experts", parts + scales.map { .vector($0) }),
      .norm("post_feedforward_layernorm_1", width), .norm("post_feedforward_layernorm_2", width),
    ]
  }
}
