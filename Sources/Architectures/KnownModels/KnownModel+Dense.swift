extension KnownModel {
  /// Other dense models. Grouped by the source of sizes and training length.
  static let otherDense: [KnownModel] = [
    // Gemma: arXiv 2403.08295, Table 1.
    KnownModel(
      "gemma-2b", trainedAt: 8192,
      """
      {"model_type": "gemma", "hidden_size": 2048, "intermediate_size": 16384, "num_hidden_layers": 18,
       "num_attention_heads": 8, "num_key_value_heads": 1, "head_dim": 256, "vocab_size": 256000,
       "max_position_embeddings": 8192}
      """),
    KnownModel(
      "gemma-7b", trainedAt: 8192,
      """
      {"model_type": "gemma", "hidden_size": 3072, "intermediate_size": 24576, "num_hidden_layers": 28,
       "num_attention_heads": 16, "num_key_value_heads": 16, "head_dim": 256, "vocab_size": 256000,
       "max_position_embeddings": 8192}
      """),

    // GPT-2: Radford et al. 2019, Table 2.
    KnownModel(
      "gpt2", trainedAt: 1024,
      """
      {"model_type": "gpt2", "n_layer": 12, "n_embd": 768, "n_head": 12, "n_positions": 1024,
       "vocab_size": 50257}
      """),
    KnownModel(
      "gpt2-medium", trainedAt: 1024,
      """
      {"model_type": "gpt2", "n_layer": 24, "n_embd": 1024, "n_head": 16, "n_positions": 1024,
       "vocab_size": 50257}
      """),
    KnownModel(
      "gpt2-large", trainedAt: 1024,
      """
      {"model_type": "gpt2", "n_layer": 36, "n_embd": 1280, "n_head": 20, "n_positions": 1024,
       "vocab_size": 50257}
      """),
    KnownModel(
      "gpt2-xl", trainedAt: 1024,
      """
      {"model_type": "gpt2", "n_layer": 48, "n_embd": 1600, "n_head": 25, "n_positions": 1024,
       "vocab_size": 50257}
      """),

    // Pythia: arXiv 2304.01373, Table 1.
    KnownModel(
      "pythia-70m", trainedAt: 2048,
      """
      {"model_type": "gpt_neox", "num_hidden_layers": 6, "hidden_size": 512, "num_attention_heads": 8,
       "intermediate_size": 2048, "vocab_size": 50304, "max_position_embeddings": 2048, "rotary_pct": 0.25,
       "tie_word_embeddings": false, "use_parallel_residual": true}
      """),
    KnownModel(
      "pythia-160m", trainedAt: 2048,
      """
      {"model_type": "gpt_neox", "num_hidden_layers": 12, "hidden_size": 768, "num_attention_heads": 12,
       "intermediate_size": 3072, "vocab_size": 50304, "max_position_embeddings": 2048, "rotary_pct": 0.25,
       "tie_word_embeddings": false, "use_parallel_residual": true}
      """),
    KnownModel(
      "pythia-410m", trainedAt: 2048,
      """
      {"model_type": "gpt_neox", "num_hidden_layers": 24, "hidden_size": 1024, "num_attention_heads": 16,
       "intermediate_size": 4096, "vocab_size": 50304, "max_position_embeddings": 2048, "rotary_pct": 0.25,
       "tie_word_embeddings": false, "use_parallel_residual": true}
      """),
    KnownModel(
      "pythia-1b", trainedAt: 2048,
      """
      {"model_type": "gpt_neox", "num_hidden_layers": 16, "hidden_size": 2048, "num_attention_heads": 8,
       "intermediate_size": 8192, "vocab_size": 50304, "max_position_embeddings": 2048, "rotary_pct": 0.25,
       "tie_word_embeddings": false, "use_parallel_residual": true}
      """),
    KnownModel(
      "pythia-1.4b", trainedAt: 2048,
      """
      {"model_type": "gpt_neox", "num_hidden_layers": 24, "hidden_size": 2048, "num_attention_heads": 16,
       "intermediate_size": 8192, "vocab_size": 50304, "max_position_embeddings": 2048, "rotary_pct": 0.25,
       "tie_word_embeddings": false, "use_parallel_residual": true}
      """),
    KnownModel(
      "pythia-2.8b", trainedAt: 2048,
      """
      {"model_type": "gpt_neox", "num_hidden_layers": 32, "hidden_size": 2560, "num_attention_heads": 32,
       "intermediate_size": 10240, "vocab_size": 50304, "max_position_embeddings": 2048, "rotary_pct": 0.25,
       "tie_word_embeddings": false, "use_parallel_residual": true}
      """),
    KnownModel(
      "pythia-6.9b", trainedAt: 2048,
      """
      {"model_type": "gpt_neox", "num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32,
       "intermediate_size": 16384, "vocab_size": 50432, "max_position_embeddings": 2048, "rotary_pct": 0.25,
       "tie_word_embeddings": false, "use_parallel_residual": true}
      """),
    KnownModel(
      "pythia-12b", trainedAt: 2048,
      """
      {"model_type": "gpt_neox", "num_hidden_layers": 36, "hidden_size": 5120, "num_attention_heads": 40,
       "intermediate_size": 20480, "vocab_size": 50688, "max_position_embeddings": 2048, "rotary_pct": 0.25,
       "tie_word_embeddings": false, "use_parallel_residual": true}
      """),

    // Gemma 2: arXiv 2408.00118.
    KnownModel(
      "gemma-2-2b", trainedAt: 8192,
      """
      {"model_type": "gemma2", "hidden_size": 2304, "intermediate_size": 9216, "num_hidden_layers": 26,
       "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256, "vocab_size": 256000,
       "max_position_embeddings": 8192, "sliding_window": 4096, "query_pre_attn_scalar": 256}
      """),
    KnownModel(
      "gemma-2-9b", trainedAt: 8192,
      """
      {"model_type": "gemma2", "hidden_size": 3584, "intermediate_size": 14336, "num_hidden_layers": 42,
       "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 256, "vocab_size": 256000,
       "max_position_embeddings": 8192, "sliding_window": 4096, "query_pre_attn_scalar": 224}
      """),
    KnownModel(
      "gemma-2-27b", trainedAt: 8192,
      """
      {"model_type": "gemma2", "hidden_size": 4608, "intermediate_size": 36864, "num_hidden_layers": 46,
       "num_attention_heads": 32, "num_key_value_heads": 16, "head_dim": 128, "vocab_size": 256000,
       "max_position_embeddings": 8192, "sliding_window": 4096, "query_pre_attn_scalar": 144}
      """),

    // Gemma 3: arXiv 2503.19786 (32,768 before the extension of the context), of which the three largest have an image
    // encoder too; 270M: its config.json.
    KnownModel(
      "gemma-3-270m", trainedAt: nil,
      """
      {"model_type": "gemma3_text", "hidden_size": 640, "intermediate_size": 2048, "num_hidden_layers": 18,
       "num_attention_heads": 4, "num_key_value_heads": 1, "head_dim": 256, "vocab_size": 262144,
       "sliding_window": 512, "sliding_window_pattern": 6, "max_position_embeddings": 32768}
      """),
    KnownModel(
      "gemma-3-1b", trainedAt: 32768,
      """
      {"model_type": "gemma3_text", "hidden_size": 1152, "intermediate_size": 6912, "num_hidden_layers": 26,
       "num_attention_heads": 4, "num_key_value_heads": 1, "head_dim": 256, "vocab_size": 262144,
       "sliding_window": 512, "sliding_window_pattern": 6, "max_position_embeddings": 32768}
      """),
    KnownModel(
      "gemma-3-4b", trainedAt: 32768,
      """
      {"model_type": "gemma3", "text_config": {"model_type": "gemma3_text",
        "hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 34,
        "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256, "vocab_size": 262208,
        "sliding_window": 1024, "max_position_embeddings": 131072}}
      """),
    KnownModel(
      "gemma-3-12b", trainedAt: 32768,
      """
      {"model_type": "gemma3", "text_config": {"model_type": "gemma3_text",
        "hidden_size": 3840, "intermediate_size": 15360, "num_hidden_layers": 48,
        "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 256, "vocab_size": 262208,
        "sliding_window": 1024, "max_position_embeddings": 131072}}
      """),
    KnownModel(
      "gemma-3-27b", trainedAt: 32768,
      """
      {"model_type": "gemma3", "text_config": {"model_type": "gemma3_text",
        "hidden_size": 5376, "intermediate_size": 21504, "num_hidden_layers": 62,
        "num_attention_heads": 32, "num_key_value_heads": 16, "head_dim": 128, "vocab_size": 262208,
        "sliding_window": 1024, "max_position_embeddings": 131072, "query_pre_attn_scalar": 168}}
      """),

    // Phi: arXiv 2309.05463; Phi-2: its model card. Phi-3: arXiv 2404.14219. Phi-4: arXiv 2412.08905 (4,096 before the
    // extension of the context).
    KnownModel(
      "phi-1.5", trainedAt: 2048,
      """
      {"model_type": "phi", "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 24,
       "num_attention_heads": 32, "num_key_value_heads": 32, "vocab_size": 51200,
       "partial_rotary_factor": 0.5, "max_position_embeddings": 2048}
      """),
    KnownModel(
      "phi-2", trainedAt: 2048,
      """
      {"model_type": "phi", "hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 32,
       "num_attention_heads": 32, "num_key_value_heads": 32, "vocab_size": 51200,
       "partial_rotary_factor": 0.4, "max_position_embeddings": 2048}
      """),
    KnownModel(
      "phi-3-mini", trainedAt: 4096,
      """
      {"model_type": "phi3", "hidden_size": 3072, "intermediate_size": 8192, "num_hidden_layers": 32,
       "num_attention_heads": 32, "num_key_value_heads": 32, "vocab_size": 32064, "sliding_window": 2047,
       "max_position_embeddings": 4096, "original_max_position_embeddings": 4096}
      """),
    KnownModel(
      "phi-3-medium", trainedAt: 4096,
      """
      {"model_type": "phi3", "hidden_size": 5120, "intermediate_size": 17920, "num_hidden_layers": 40,
       "num_attention_heads": 40, "num_key_value_heads": 10, "vocab_size": 32064, "sliding_window": 2047,
       "max_position_embeddings": 4096, "original_max_position_embeddings": 4096}
      """),
    KnownModel(
      "phi-4", trainedAt: 4096,
      """
      {"model_type": "phi3", "hidden_size": 5120, "intermediate_size": 17920, "num_hidden_layers": 40,
       "num_attention_heads": 40, "num_key_value_heads": 10, "vocab_size": 100352, "sliding_window": null,
       "max_position_embeddings": 16384, "original_max_position_embeddings": 16384}
      """),

    // OLMo 2: arXiv 2501.00656.
    KnownModel(
      "olmo-2-1b", trainedAt: 4096,
      """
      {"model_type": "olmo2", "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16,
       "num_attention_heads": 16, "num_key_value_heads": 16, "vocab_size": 100352,
       "tie_word_embeddings": false, "max_position_embeddings": 4096}
      """),
    KnownModel(
      "olmo-2-7b", trainedAt: 4096,
      """
      {"model_type": "olmo2", "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32,
       "num_attention_heads": 32, "num_key_value_heads": 32, "vocab_size": 100352,
       "tie_word_embeddings": false, "max_position_embeddings": 4096}
      """),
    KnownModel(
      "olmo-2-13b", trainedAt: 4096,
      """
      {"model_type": "olmo2", "hidden_size": 5120, "intermediate_size": 13824, "num_hidden_layers": 40,
       "num_attention_heads": 40, "num_key_value_heads": 40, "vocab_size": 100352,
       "tie_word_embeddings": false, "max_position_embeddings": 4096}
      """),
    KnownModel(
      "olmo-2-32b", trainedAt: 4096,
      """
      {"model_type": "olmo2", "hidden_size": 5120, "intermediate_size": 27648, "num_hidden_layers": 64,
       "num_attention_heads": 40, "num_key_value_heads": 8, "vocab_size": 100352,
       "tie_word_embeddings": false, "max_position_embeddings": 4096}
      """),

    // OPT: arXiv 2205.01068.
    KnownModel(
      "opt-125m", trainedAt: 2048,
      """
      {"model_type": "opt", "num_hidden_layers": 12, "hidden_size": 768, "num_attention_heads": 12,
       "ffn_dim": 3072, "word_embed_proj_dim": 768, "vocab_size": 50272, "max_position_embeddings": 2048,
       "do_layer_norm_before": true}
      """),
    KnownModel(
      "opt-6.7b", trainedAt: 2048,
      """
      {"model_type": "opt", "num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32,
       "ffn_dim": 16384, "word_embed_proj_dim": 4096, "vocab_size": 50272, "max_position_embeddings": 2048,
       "do_layer_norm_before": true}
      """),
    KnownModel(
      "opt-175b", trainedAt: 2048,
      """
      {"model_type": "opt", "num_hidden_layers": 96, "hidden_size": 12288, "num_attention_heads": 96,
       "ffn_dim": 49152, "word_embed_proj_dim": 12288, "vocab_size": 50272, "max_position_embeddings": 2048,
       "do_layer_norm_before": true}
      """),

    // BLOOM: arXiv 2211.05100.
    KnownModel(
      "bloom-7b1", trainedAt: 2048,
      """
      {"model_type": "bloom", "n_layer": 30, "hidden_size": 4096, "n_head": 32, "vocab_size": 250880}
      """),
    KnownModel(
      "bloom-176b", trainedAt: 2048,
      """
      {"model_type": "bloom", "n_layer": 70, "hidden_size": 14336, "n_head": 112, "vocab_size": 250880}
      """),

    // Falcon: arXiv 2311.16867.
    KnownModel(
      "falcon-7b", trainedAt: 2048,
      """
      {"model_type": "falcon", "hidden_size": 4544, "num_hidden_layers": 32, "num_attention_heads": 71,
       "vocab_size": 65024, "multi_query": true, "parallel_attn": true, "new_decoder_architecture": false,
       "bias": false, "alibi": false}
      """),
    KnownModel(
      "falcon-180b", trainedAt: 2048,
      """
      {"model_type": "falcon", "hidden_size": 14848, "num_hidden_layers": 80, "num_attention_heads": 232,
       "num_kv_heads": 8, "vocab_size": 65024, "new_decoder_architecture": true, "bias": false, "alibi": false}
      """),
  ]
}
