import Input

/// A multimodal config.json: the language model's fields in an object of their own, beside those of a vision or audio
/// part. The language part is counted, with a note of what is left out.
struct Wrapper {
  /// Where the language part stands.
  static let places = ["text_config", "language_config", "llm_config"]

  /// The language model's model_type where its object does not name one: the default of the wrapper's class.
  static let textTypes = [
    "aya_vision": "cohere2", "cohere2_vision": "cohere2", "gemma3": "gemma3_text", "gemma3n": "gemma3n_text",
    "gemma4": "gemma4_text", "gemma4_unified": "gemma4_unified_text", "idefics3": "llama", "internvl": "qwen2",
    "kimi_k25": "deepseek_v3", "lfm2_vl": "lfm2", "llama4": "llama4_text", "llava": "llama", "llava_next": "llama",
    "llava_onevision": "qwen2", "mistral3": "mistral", "paligemma": "gemma", "qwen2_5_vl": "qwen2_5_vl_text",
    "qwen2_vl": "qwen2_vl_text", "qwen3_5": "qwen3_5_text", "qwen3_5_moe": "qwen3_5_moe_text",
    "qwen3_vl": "qwen3_vl_text", "smolvlm": "llama", "video_llava": "llama", "vipllava": "llama",
  ]

  /// The image encoder's model_type where its object does not name one: the default of the wrapper's class.
  static let visionTypes = [
    "gemma3": "siglip_vision_model", "llava": "clip_vision_model", "llava_next": "clip_vision_model",
    "llava_onevision": "siglip_vision_model", "paligemma": "siglip_vision_model", "vipllava": "clip_vision_model",
    "aya_vision": "siglip_vision_model",
  ]

  /// Sizes of the language model's class. Hub files write an inner object as its difference from the class, so that a
  /// size which is the class's own is left out.
  static let classSizes: [String: [String: JSON]] = [
    "llama": sizes(32000, 4096, 11008, layers: 32, heads: 32),
    "mistral": sizes(32000, 4096, 14336, layers: 32, heads: 32),
    "qwen2": sizes(151936, 4096, 22016, layers: 32, heads: 32),
    "qwen2_vl_text": vl, "qwen2_5_vl_text": vl,
    "qwen3": sizes(151936, 4096, 22016, layers: 32, heads: 32),
    "qwen3_vl_text": sizes(151936, 4096, 22016, layers: 32, heads: 32),
    "cohere2": sizes(256000, 8192, 22528, layers: 40, heads: 64),
    "gemma": sizes(256000, 3072, 24576, layers: 28, heads: 16),
    "gemma2": sizes(256000, 2304, 9216, layers: 26, heads: 8),
    "gemma3_text": sizes(262208, 2304, 9216, layers: 26, heads: 8),
    "gemma3n_text": sizes(262400, 2048, 16384, layers: 35, heads: 8),
    "gemma4_text": sizes(262144, 2304, 9216, layers: 30, heads: 8),
    "gemma4_unified_text": sizes(262144, 2304, 9216, layers: 30, heads: 8),
  ]
  private static let vl = sizes(152064, 8192, 29568, layers: 80, heads: 64)
    .merging(["num_key_value_heads": 8, "max_window_layers": 80]) { $1 }

  private static func sizes(_ V: Int, _ d: Int, _ f: Int, layers: Int, heads: Int) -> [String: JSON] {
    [
      "vocab_size": .integer(V), "hidden_size": .integer(d), "intermediate_size": .integer(f),
      "num_hidden_layers": .integer(layers), "num_attention_heads": .integer(heads),
    ]
  }

  /// Wrappers whose class ties the head when either object says so; elsewhere the two must agree.
  static let tiedByEither: Set<String> = [
    "glm4v", "glm4v_moe", "hunyuan_vl", "llava", "llava_next_video", "llava_onevision", "minimax_m3_vl", "paddleocr_vl",
    "qwen2_5_vl", "qwen2_vl", "video_llama_3",
  ]

  /// Wrappers whose older files have the language model's fields beside vision_config, not in an object.
  static let flat: Set<String> = ["qwen2_vl", "qwen2_5_vl"]
}

extension Config {
  /// The language part of a multimodal config, or nil where this is none.
  func languagePart(of type: String) throws -> Architecture? {
    let text: Config
    if let place = Wrapper.places.first(where: { object[$0]?.object != nil }) {
      guard let inner = try nested(place, adding: try tying(of: type, with: place)) else { return nil }
      text = inner
      ignore("hidden_size", "vocab_size", "num_hidden_layers", "num_attention_heads")
    } else if Wrapper.flat.contains(type) {
      text = self
    } else {
      return nil
    }
    let known = Wrapper.textTypes[type]
    let inner = text === self ? known ?? type : try text.text("model_type", default: known)
    guard let family = Family.byModelType[inner] else {
      throw text.error(
        "model_type", .string(inner), "is not a language model that isoflop can count",
        hint: suggestion(for: inner, among: Family.modelTypes) ?? "isoflop count --families lists them")
    }
    if let sizes = Wrapper.classSizes[inner] { text.assume(sizes) }
    ignoreMultimodal()
    var architecture = try family.decode(text)
    if text !== self { architecture.notes += text.notes }
    architecture.family = type
    architecture.notes.append("the language part alone: what sees or hears is not counted")
    return architecture
  }

  /// tie_word_embeddings as it holds for the language part: the head belongs to the wrapper's class.
  private func tying(of type: String, with place: String) throws -> [String: JSON] {
    guard let outer = try value("tie_word_embeddings") else { return [:] }
    let isTied = try flag("tie_word_embeddings", default: false)
    guard case .bool(let inner)? = object[place]?.object?["tie_word_embeddings"], inner != isTied else {
      return [outer.name: .bool(isTied)]
    }
    guard isTied || Wrapper.tiedByEither.contains(type) else {
      throw error(
        "tie_word_embeddings", outer.value, "contradicts \(place).tie_word_embeddings", hint: "make the two agree")
    }
    return [outer.name: true]
  }

  /// Fields of the parts that are not counted, and of the tokens that stand for them.
  private func ignoreMultimodal() {
    ignore("vision_config", "audio_config", "text_config", "projector_hidden_act", "projector_bias", "projection_dim")
    ignore("vision_feature_layer", "vision_feature_select_strategy", "multimodal_projector_bias", "mm_tokens_per_image")
    ignore("image_token_id", "image_token_index", "video_token_id", "video_token_index", "audio_token_id")
    ignore("boi_token_id", "boi_token_index", "eoi_token_id", "eoi_token_index", "boa_token_id", "eoa_token_id")
    ignore("eoa_token_index", "vision_start_token_id", "vision_end_token_id", "vision_token_id", "image_seq_length")
    ignore("audio_soft_tokens_per_image", "vision_soft_tokens_per_image", "spatial_merge_size", "image_grid_pinpoints")
    ignore("use_image_newline_parameter", "ignore_index", "downsample_factor", "downsample_ratio", "scale_factor")
    ignore("projector_hidden_size", "projector_use_layernorm", "adapter_layer_norm_eps", "alignment_intermediate_size")
    ignore("vision_start_token", "vision_aspect_ratio", "image_newline", "vision_tower", "mm_hidden_size")
  }
}
