extension KnownModel {
  /// Dense models built like Llama. Grouped by the source of sizes and training length.
  static let llamaLike: [KnownModel] = [
    // DeepSeek LLM: arXiv 2401.02954, Table 2.
    KnownModel(
      "deepseek-llm-7b", trainedAt: 4096,
      """
      {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 30,
       "num_attention_heads": 32, "num_key_value_heads": 32, "vocab_size": 102400,
       "max_position_embeddings": 4096, "tie_word_embeddings": false}
      """),
    KnownModel(
      "deepseek-llm-67b", trainedAt: 4096,
      """
      {"model_type": "llama", "hidden_size": 8192, "intermediate_size": 22016, "num_hidden_layers": 95,
       "num_attention_heads": 64, "num_key_value_heads": 8, "vocab_size": 102400,
       "max_position_embeddings": 4096, "tie_word_embeddings": false}
      """),

    // Llama: arXiv 2302.13971, Table 2.
    KnownModel(
      "llama-1-7b", trainedAt: 2048,
      """
      {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32,
       "num_attention_heads": 32, "num_key_value_heads": 32, "vocab_size": 32000,
       "max_position_embeddings": 2048, "tie_word_embeddings": false}
      """),
    KnownModel(
      "llama-1-13b", trainedAt: 2048,
      """
      {"model_type": "llama", "hidden_size": 5120, "intermediate_size": 13824, "num_hidden_layers": 40,
       "num_attention_heads": 40, "num_key_value_heads": 40, "vocab_size": 32000,
       "max_position_embeddings": 2048, "tie_word_embeddings": false}
      """),

    // Llama 2: arXiv 2307.09288, Table 1.
    KnownModel(
      "llama-2-7b", trainedAt: 4096,
      """
      {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32,
       "num_attention_heads": 32, "num_key_value_heads": 32, "vocab_size": 32000,
       "max_position_embeddings": 4096, "tie_word_embeddings": false}
      """),
    KnownModel(
      "llama-2-13b", trainedAt: 4096,
      """
      {"model_type": "llama", "hidden_size": 5120, "intermediate_size": 13824, "num_hidden_layers": 40,
       "num_attention_heads": 40, "num_key_value_heads": 40, "vocab_size": 32000,
       "max_position_embeddings": 4096, "tie_word_embeddings": false}
      """),
    KnownModel(
      "llama-2-70b", trainedAt: 4096,
      """
      {"model_type": "llama", "hidden_size": 8192, "intermediate_size": 28672, "num_hidden_layers": 80,
       "num_attention_heads": 64, "num_key_value_heads": 8, "vocab_size": 32000,
       "max_position_embeddings": 4096, "tie_word_embeddings": false}
      """),

    // Llama 3: arXiv 2407.21783, Table 3.
    KnownModel(
      "llama-3-8b", trainedAt: 8192,
      """
      {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
       "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256,
       "max_position_embeddings": 8192, "tie_word_embeddings": false}
      """),
    KnownModel(
      "llama-3-70b", trainedAt: 8192,
      """
      {"model_type": "llama", "hidden_size": 8192, "intermediate_size": 28672, "num_hidden_layers": 80,
       "num_attention_heads": 64, "num_key_value_heads": 8, "vocab_size": 128256,
       "max_position_embeddings": 8192, "tie_word_embeddings": false}
      """),

    // Llama 3.1: arXiv 2407.21783, Table 3 (8,192 before the extension of the context).
    KnownModel(
      "llama-3.1-8b", trainedAt: 8192,
      """
      {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
       "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256,
       "max_position_embeddings": 131072, "tie_word_embeddings": false}
      """),
    KnownModel(
      "llama-3.1-70b", trainedAt: 8192,
      """
      {"model_type": "llama", "hidden_size": 8192, "intermediate_size": 28672, "num_hidden_layers": 80,
       "num_attention_heads": 64, "num_key_value_heads": 8, "vocab_size": 128256,
       "max_position_embeddings": 131072, "tie_word_embeddings": false}
      """),
    KnownModel(
      "llama-3.1-405b", trainedAt: 8192,
      """
      {"model_type": "llama", "hidden_size": 16384, "intermediate_size": 53248, "num_hidden_layers": 126,
       "num_attention_heads": 128, "num_key_value_heads": 8, "vocab_size": 128256,
       "max_position_embeddings": 131072, "tie_word_embeddings": false}
      """),

    // Llama 3.2: their config.json; no source says at what length they were trained.
    KnownModel(
      "llama-3.2-1b", trainedAt: nil,
      """
      {"model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16,
       "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 64, "vocab_size": 128256,
       "max_position_embeddings": 131072, "tie_word_embeddings": true}
      """),
    KnownModel(
      "llama-3.2-3b", trainedAt: nil,
      """
      {"model_type": "llama", "hidden_size": 3072, "intermediate_size": 8192, "num_hidden_layers": 28,
       "num_attention_heads": 24, "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 128256,
       "max_position_embeddings": 131072, "tie_word_embeddings": true}
      """),

    // Yi: arXiv 2403.04652.
    KnownModel(
      "yi-6b", trainedAt: 4096,
      """
      {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32,
       "num_attention_heads": 32, "num_key_value_heads": 4, "vocab_size": 64000,
       "max_position_embeddings": 4096, "tie_word_embeddings": false}
      """),
    KnownModel(
      "yi-34b", trainedAt: 4096,
      """
      {"model_type": "llama", "hidden_size": 7168, "intermediate_size": 20480, "num_hidden_layers": 60,
       "num_attention_heads": 56, "num_key_value_heads": 8, "vocab_size": 64000,
       "max_position_embeddings": 4096, "tie_word_embeddings": false}
      """),

    // Mistral 7B: arXiv 2310.06825, Table 1.
    KnownModel(
      "mistral-7b", trainedAt: 8192,
      """
      {"model_type": "mistral", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
       "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 32000, "tie_word_embeddings": false,
       "max_position_embeddings": 32768, "sliding_window": 4096}
      """),

    // Mistral Small 3 and Mistral Large 2: their config.json; no source says at what length they were trained.
    KnownModel(
      "mistral-small-24b", trainedAt: nil,
      """
      {"model_type": "mistral", "hidden_size": 5120, "intermediate_size": 32768, "num_hidden_layers": 40,
       "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 131072,
       "tie_word_embeddings": false, "max_position_embeddings": 32768, "sliding_window": null}
      """),
    KnownModel(
      "mistral-large-123b", trainedAt: nil,
      """
      {"model_type": "mistral", "hidden_size": 12288, "intermediate_size": 28672, "num_hidden_layers": 88,
       "num_attention_heads": 96, "num_key_value_heads": 8, "vocab_size": 32768,
       "tie_word_embeddings": false, "max_position_embeddings": 131072, "sliding_window": null}
      """),

    // Qwen2.5: arXiv 2412.15115 (4,096 before the extension of the context).
    KnownModel(
      "qwen2.5-0.5b", trainedAt: 4096,
      """
      {"model_type": "qwen2", "hidden_size": 896, "intermediate_size": 4864, "num_hidden_layers": 24,
       "num_attention_heads": 14, "num_key_value_heads": 2, "vocab_size": 151936, "tie_word_embeddings": true,
       "max_position_embeddings": 32768, "use_sliding_window": false}
      """),
    KnownModel(
      "qwen2.5-1.5b", trainedAt: 4096,
      """
      {"model_type": "qwen2", "hidden_size": 1536, "intermediate_size": 8960, "num_hidden_layers": 28,
       "num_attention_heads": 12, "num_key_value_heads": 2, "vocab_size": 151936,
       "tie_word_embeddings": true, "max_position_embeddings": 131072, "use_sliding_window": false}
      """),
    KnownModel(
      "qwen2.5-3b", trainedAt: 4096,
      """
      {"model_type": "qwen2", "hidden_size": 2048, "intermediate_size": 11008, "num_hidden_layers": 36,
       "num_attention_heads": 16, "num_key_value_heads": 2, "vocab_size": 151936, "tie_word_embeddings": true,
       "max_position_embeddings": 32768, "use_sliding_window": false}
      """),
    KnownModel(
      "qwen2.5-7b", trainedAt: 4096,
      """
      {"model_type": "qwen2", "hidden_size": 3584, "intermediate_size": 18944, "num_hidden_layers": 28,
       "num_attention_heads": 28, "num_key_value_heads": 4, "vocab_size": 152064,
       "tie_word_embeddings": false, "max_position_embeddings": 131072, "use_sliding_window": false}
      """),
    KnownModel(
      "qwen2.5-14b", trainedAt: 4096,
      """
      {"model_type": "qwen2", "hidden_size": 5120, "intermediate_size": 13824, "num_hidden_layers": 48,
       "num_attention_heads": 40, "num_key_value_heads": 8, "vocab_size": 152064,
       "tie_word_embeddings": false, "max_position_embeddings": 32768, "use_sliding_window": false}
      """),
    KnownModel(
      "qwen2.5-32b", trainedAt: 4096,
      """
      {"model_type": "qwen2", "hidden_size": 5120, "intermediate_size": 27648, "num_hidden_layers": 64,
       "num_attention_heads": 40, "num_key_value_heads": 8, "vocab_size": 152064,
       "tie_word_embeddings": false, "max_position_embeddings": 32768, "use_sliding_window": false}
      """),
    KnownModel(
      "qwen2.5-72b", trainedAt: 4096,
      """
      {"model_type": "qwen2", "hidden_size": 8192, "intermediate_size": 29568, "num_hidden_layers": 80,
       "num_attention_heads": 64, "num_key_value_heads": 8, "vocab_size": 152064,
       "tie_word_embeddings": false, "max_position_embeddings": 131072, "use_sliding_window": false}
      """),

    // Qwen3: arXiv 2505.09388 (4,096 before the extension of the context).
    KnownModel(
      "qwen3-0.6b", trainedAt: 4096,
      """
      {"model_type": "qwen3", "hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers": 28,
       "num_attention_heads": 16, "num_key_value_heads": 8, "vocab_size": 151936, "tie_word_embeddings": true,
       "max_position_embeddings": 40960, "use_sliding_window": false, "head_dim": 128, "attention_bias": false}
      """),
    KnownModel(
      "qwen3-1.7b", trainedAt: 4096,
      """
      {"model_type": "qwen3", "hidden_size": 2048, "intermediate_size": 6144, "num_hidden_layers": 28,
       "num_attention_heads": 16, "num_key_value_heads": 8, "vocab_size": 151936, "tie_word_embeddings": true,
       "max_position_embeddings": 40960, "use_sliding_window": false, "head_dim": 128, "attention_bias": false}
      """),
    KnownModel(
      "qwen3-4b", trainedAt: 4096,
      """
      {"model_type": "qwen3", "hidden_size": 2560, "intermediate_size": 9728, "num_hidden_layers": 36,
       "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 151936, "tie_word_embeddings": true,
       "max_position_embeddings": 40960, "use_sliding_window": false, "head_dim": 128, "attention_bias": false}
      """),
    KnownModel(
      "qwen3-8b", trainedAt: 4096,
      """
      {"model_type": "qwen3", "hidden_size": 4096, "intermediate_size": 12288, "num_hidden_layers": 36,
       "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 151936,
       "tie_word_embeddings": false, "max_position_embeddings": 40960, "attention_bias": false,
       "use_sliding_window": false}
      """),
    KnownModel(
      "qwen3-14b", trainedAt: 4096,
      """
      {"model_type": "qwen3", "hidden_size": 5120, "intermediate_size": 17408, "num_hidden_layers": 40,
       "num_attention_heads": 40, "num_key_value_heads": 8, "vocab_size": 151936,
       "tie_word_embeddings": false, "max_position_embeddings": 40960, "use_sliding_window": false,
       "head_dim": 128, "attention_bias": false}
      """),
    KnownModel(
      "qwen3-32b", trainedAt: 4096,
      """
      {"model_type": "qwen3", "hidden_size": 5120, "intermediate_size": 25600, "num_hidden_layers": 64,
       "num_attention_heads": 64, "num_key_value_heads": 8, "vocab_size": 151936,
       "tie_word_embeddings": false, "max_position_embeddings": 40960, "use_sliding_window": false,
       "head_dim": 128, "attention_bias": false}
      """),

    // SmolLM: huggingface.co/blog/smollm. SmolLM2: arXiv 2502.02737, which gives the length of the largest (before the
    // extension of the context). SmolLM3: huggingface.co/blog/smollm3.
    KnownModel(
      "smollm-135m", trainedAt: 2048,
      """
      {"model_type": "llama", "hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 30,
       "num_attention_heads": 9, "num_key_value_heads": 3, "vocab_size": 49152,
       "max_position_embeddings": 2048, "tie_word_embeddings": true}
      """),
    KnownModel(
      "smollm-360m", trainedAt: 2048,
      """
      {"model_type": "llama", "hidden_size": 960, "intermediate_size": 2560, "num_hidden_layers": 32,
       "num_attention_heads": 15, "num_key_value_heads": 5, "vocab_size": 49152,
       "max_position_embeddings": 2048, "tie_word_embeddings": true}
      """),
    KnownModel(
      "smollm-1.7b", trainedAt: 2048,
      """
      {"model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 24,
       "num_attention_heads": 32, "num_key_value_heads": 32, "vocab_size": 49152,
       "max_position_embeddings": 2048, "tie_word_embeddings": true}
      """),
    KnownModel(
      "smollm2-135m", trainedAt: nil,
      """
      {"model_type": "llama", "hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 30,
       "num_attention_heads": 9, "num_key_value_heads": 3, "vocab_size": 49152,
       "max_position_embeddings": 8192, "tie_word_embeddings": true}
      """),
    KnownModel(
      "smollm2-360m", trainedAt: nil,
      """
      {"model_type": "llama", "hidden_size": 960, "intermediate_size": 2560, "num_hidden_layers": 32,
       "num_attention_heads": 15, "num_key_value_heads": 5, "vocab_size": 49152,
       "max_position_embeddings": 8192, "tie_word_embeddings": true}
      """),
    KnownModel(
      "smollm2-1.7b", trainedAt: 2048,
      """
      {"model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 24,
       "num_attention_heads": 32, "num_key_value_heads": 32, "vocab_size": 49152,
       "max_position_embeddings": 8192, "tie_word_embeddings": true}
      """),
    KnownModel(
      "smollm3-3b", trainedAt: 4096,
      """
      {"model_type": "smollm3", "hidden_size": 2048, "intermediate_size": 11008, "num_hidden_layers": 36,
       "num_attention_heads": 16, "num_key_value_heads": 4, "vocab_size": 128256,
       "max_position_embeddings": 65536, "tie_word_embeddings": true}
      """),
  ]
}
