extension KnownModel {
  /// Mixtures of experts. Grouped by the source of sizes and training length.
  static let mixtures: [KnownModel] = [
    // DeepSeek-V2: arXiv 2405.04434 (4,096 before the extension of the context).
    KnownModel(
      "deepseek-v2-lite", trainedAt: 4096,
      """
      {"model_type": "deepseek_v2", "vocab_size": 102400, "hidden_size": 2048, "intermediate_size": 10944,
       "moe_intermediate_size": 1408, "num_hidden_layers": 27, "num_attention_heads": 16,
       "num_key_value_heads": 16, "n_shared_experts": 2, "n_routed_experts": 64, "num_experts_per_tok": 6,
       "first_k_dense_replace": 1, "q_lora_rank": null, "n_group": 1, "topk_group": 1,
       "topk_method": "greedy", "moe_layer_freq": 1, "max_position_embeddings": 163840, "kv_lora_rank": 512,
       "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128}
      """),
    KnownModel(
      "deepseek-v2", trainedAt: 4096,
      """
      {"model_type": "deepseek_v2", "vocab_size": 102400, "hidden_size": 5120, "intermediate_size": 12288,
       "moe_intermediate_size": 1536, "num_hidden_layers": 60, "num_attention_heads": 128,
       "num_key_value_heads": 128, "n_shared_experts": 2, "n_routed_experts": 160, "num_experts_per_tok": 6,
       "first_k_dense_replace": 1, "q_lora_rank": 1536, "n_group": 8, "topk_group": 3,
       "topk_method": "group_limited_greedy", "routed_scaling_factor": 16.0, "moe_layer_freq": 1,
       "max_position_embeddings": 163840, "kv_lora_rank": 512, "qk_nope_head_dim": 128,
       "qk_rope_head_dim": 64, "v_head_dim": 128}
      """),

    // DeepSeek-V3: arXiv 2412.19437 (4,096 before the extension of the context).
    KnownModel(
      "deepseek-v3", trainedAt: 4096,
      """
      {"model_type": "deepseek_v3", "vocab_size": 129280, "hidden_size": 7168, "intermediate_size": 18432,
       "moe_intermediate_size": 2048, "num_hidden_layers": 61, "num_attention_heads": 128,
       "num_key_value_heads": 128, "n_shared_experts": 1, "n_routed_experts": 256, "num_experts_per_tok": 8,
       "first_k_dense_replace": 3, "q_lora_rank": 1536, "n_group": 8, "topk_group": 4,
       "routed_scaling_factor": 2.5, "moe_layer_freq": 1, "max_position_embeddings": 163840,
       "num_nextn_predict_layers": 1, "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64,
       "v_head_dim": 128}
      """),

    // Mixtral: arXiv 2401.04088.
    KnownModel(
      "mixtral-8x7b", trainedAt: 32768,
      """
      {"model_type": "mixtral", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
       "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 32000, "num_local_experts": 8,
       "num_experts_per_tok": 2, "sliding_window": null, "tie_word_embeddings": false,
       "max_position_embeddings": 32768}
      """),

    // gpt-oss: arXiv 2508.10925, which says nothing of the length of a sequence.
    KnownModel(
      "gpt-oss-20b", trainedAt: nil,
      """
      {"model_type": "gpt_oss", "hidden_size": 2880, "intermediate_size": 2880, "num_hidden_layers": 24,
       "num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": 64,
       "num_local_experts": 32, "num_experts_per_tok": 4, "vocab_size": 201088, "sliding_window": 128,
       "attention_bias": true, "tie_word_embeddings": false, "max_position_embeddings": 131072}
      """),
    KnownModel(
      "gpt-oss-120b", trainedAt: nil,
      """
      {"model_type": "gpt_oss", "hidden_size": 2880, "intermediate_size": 2880, "num_hidden_layers": 36,
       "num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": 64,
       "num_local_experts": 128, "num_experts_per_tok": 4, "vocab_size": 201088, "sliding_window": 128,
       "attention_bias": true, "tie_word_embeddings": false, "max_position_embeddings": 131072}
      """),

    // OLMoE: arXiv 2409.02060.
    KnownModel(
      "olmoe-1b-7b", trainedAt: 4096,
      """
      {"model_type": "olmoe", "hidden_size": 2048, "intermediate_size": 1024, "num_hidden_layers": 16,
       "num_attention_heads": 16, "num_key_value_heads": 16, "vocab_size": 50304,
       "tie_word_embeddings": false, "max_position_embeddings": 4096, "num_experts": 64,
       "num_experts_per_tok": 8}
      """),

    // Qwen3: arXiv 2505.09388 (4,096 before the extension of the context).
    KnownModel(
      "qwen3-30b-a3b", trainedAt: 4096,
      """
      {"model_type": "qwen3_moe", "hidden_size": 2048, "intermediate_size": 6144, "num_hidden_layers": 48,
       "num_attention_heads": 32, "num_key_value_heads": 4, "vocab_size": 151936,
       "tie_word_embeddings": false, "max_position_embeddings": 40960, "use_sliding_window": false,
       "moe_intermediate_size": 768, "num_experts": 128, "num_experts_per_tok": 8, "norm_topk_prob": true,
       "decoder_sparse_step": 1, "mlp_only_layers": [], "head_dim": 128, "attention_bias": false}
      """),
    KnownModel(
      "qwen3-235b-a22b", trainedAt: 4096,
      """
      {"model_type": "qwen3_moe", "hidden_size": 4096, "intermediate_size": 12288, "num_hidden_layers": 94,
       "num_attention_heads": 64, "num_key_value_heads": 4, "vocab_size": 151936,
       "tie_word_embeddings": false, "max_position_embeddings": 40960, "use_sliding_window": false,
       "moe_intermediate_size": 1536, "num_experts": 128, "num_experts_per_tok": 8, "norm_topk_prob": true,
       "decoder_sparse_step": 1, "mlp_only_layers": [], "head_dim": 128, "attention_bias": false}
      """),
  ]
}
