import Input

extension Config {
  /// Fields that change no count in any family: initialisation, dropout, norms' epsilons, rotary embeddings, token
  /// ids, scales, kernels and housekeeping. What a field means in one family only is marked in that family's decoder.
  static let neutral: Set<String> = [
    // Housekeeping of the file.
    "model_type", "architectures", "transformers_version", "torch_dtype", "dtype", "auto_map", "_name_or_path",
    "name_or_path", "use_cache", "is_decoder", "is_encoder_decoder", "id2label", "label2id", "problem_type",
    "task_specific_params", "finetuning_task", "return_dict", "output_attentions", "output_hidden_states",
    "torchscript", "use_bfloat16", "tf_legacy_loss", "pruned_heads", "chunk_size_feed_forward", "quantization_config",
    "unsloth_version", "gradient_checkpointing", "attn_implementation", "_attn_implementation", "use_flash_attn",
    "_flash_attn_2_enabled", "_commit_hash", "tokenizer_class", "prefix", "language", "cross_attention_hidden_size",
    "tie_encoder_decoder", "init_device", "verbose", "_sliding_window_pattern", "layer_norm_eps", "seed",
    // Token ids and generation.
    "bos_token_id", "eos_token_id", "pad_token_id", "sep_token_id", "cls_token_id", "mask_token_id", "unk_token_id",
    "decoder_start_token_id", "eod_token_id", "forced_bos_token_id", "forced_eos_token_id", "im_start_id", "im_end_id",
    "max_length", "min_length", "do_sample", "early_stopping", "num_beams", "num_beam_groups", "diversity_penalty",
    "temperature", "top_k", "top_p", "typical_p", "repetition_penalty", "length_penalty", "no_repeat_ngram_size",
    "encoder_no_repeat_ngram_size", "bad_words_ids", "num_return_sequences", "output_scores",
    "return_dict_in_generate", "remove_invalid_values", "exponential_decay_length_penalty", "suppress_tokens",
    "begin_suppress_tokens", "num_logits_to_keep", "use_mamba_kernels",
    // Initialisation and dropout.
    "initializer_range", "initializer_factor", "init_std", "initializer_cutoff_factor", "attention_dropout",
    "hidden_dropout", "classifier_dropout", "resid_pdrop", "embd_pdrop", "attn_pdrop", "emb_pdrop", "dropout",
    "activation_dropout", "dropout_rate", "hidden_dropout_prob", "attention_probs_dropout_prob", "layerdrop",
    "embedding_dropout", "mlp_dropout", "resid_dropout", "embed_dropout",
    // Norms, rotary embeddings, scales and caps.
    "rms_norm_eps", "layer_norm_epsilon", "norm_eps", "norm_epsilon", "rope_theta", "rope_scaling", "rope_parameters",
    "rope_local_base_freq", "rope_ratio", "rope_interleave", "partial_rotary_factor", "rotary_pct",
    "rotary_emb_base", "rotary_dim", "original_max_position_embeddings", "pretraining_tp", "final_logit_softcapping",
    "attn_logit_softcapping", "logit_scale", "logits_scaling", "embedding_multiplier", "residual_multiplier",
    "attention_multiplier", "query_pre_attn_scalar", "scale_attn_weights", "scale_attn_by_inverse_layer_idx",
    "reorder_and_upcast_attn",
    // Losses and routing that leave top-k as it is.
    "router_aux_loss_coef", "output_router_logits", "router_jitter_noise", "router_z_loss_coef", "norm_topk_prob",
    "routed_scaling_factor", "scoring_func", "topk_method", "n_group", "topk_group", "aux_loss_alpha", "seq_aux",
    "ep_size",
  ]

  /// Activation functions by the names that config.json files use. None changes a count; an unknown one is an error,
  /// because a gated one under a new name would.
  static let activations: Set<String> = [
    "gelu", "gelu_10", "gelu_fast", "gelu_new", "gelu_python", "gelu_pytorch_tanh", "gelu_python_tanh",
    "gelu_accurate", "laplace", "leaky_relu", "linear", "mish", "quick_gelu", "relu", "relu2", "relu6", "sigmoid",
    "silu", "swish", "tanh", "prelu", "xielu", "swiglu", "clipped_gelu",
  ]

  /// Checks that the activation is one that is known, under whichever name the family writes it.
  public func activation(_ names: String...) throws {
    guard let found = try value(of: names) else { return }
    guard let word = found.value.string else { throw error(found.name, found.value, "is not a string") }
    guard Config.activations.contains(word) else {
      throw error(
        found.name, found.value, "is not an activation that is known",
        hint: suggestion(for: word, among: Config.activations) ?? "for example silu or gelu")
    }
  }
}
