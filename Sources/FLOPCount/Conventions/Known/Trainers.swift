extension Convention {
  /// What trainers log; NVIDIA NeMo's functions are a list of their own.
  static let trainers: [Convention] =
    megatron + [
      tool("maxtext", .half, "MaxText maxtext_utils.py, calculate_tflops_training_per_device") {
        $0.windows = .asMasked
        $0.stateMixing = .deltaStep
        $0.outputGate = false
        $0.sharedGate = false
        $0.prediction = .layer
      },
      tool("torchtitan", .full, "torchtitan models/utils.py, get_nparams_and_flops") {
        // 6 FLOPs for every weight, and the square of full attention alone.
        $0.stateMixing = .uncounted
        $0.vectors = .twoNorms
      },
      tool("olmo-core", .full, "OLMo-core nn/transformer/model.py, num_flops_per_token") {
        $0.windows = .band
        // Its GatedDeltaNet returns 2 FLOPs a weight where attention, MLP and head return 6.
        $0.stateMixing = .deltaStep
        $0.linearBackward = false
        $0.vectors = .inModules
      },
      tool("nanochat", .full, "nanochat gpt.py, estimate_flops") {
        $0.windows = .band
        $0.headWidth = .derivedInScores
        $0.vocabulary = .padded(to: 64)
      },
      tool("nanochat-prefill", .causal, "nanochat gpt.py, estimate_prefill_flops: the forward pass over a prompt") {
        $0.windows = .asMasked
        $0.headWidth = .derivedInScores
        $0.vocabulary = .padded(to: 64)
        $0.backward = false
      },
      tool("nanotron", .full, "nanotron models, get_flops") { $0.headWidth = .derived },
      tool("levanter", .full, "Levanter utils/flop_utils.py, lm_flops_per_token x 3") {
        $0.headWidth = .derived
        $0.latent = .squares
        $0.denseLayers = false
        $0.elementwise = .softmax
      },
      tool("levanter-gemma", .full, "Levanter models/gemma.py, GemmaConfig.flops_per_token x 3") {
        $0.headWidth = .derived
        $0.feedForward = .withoutGate
        $0.elementwise = .softmax
      },
      tool("llm-foundry", .full, "llm-foundry modeling_mpt.py, ComposerMPTCausalLM.flops_per_batch") {
        $0.headWidth = .derivedInScores
        // The norms of its own block, two a layer.
        $0.vectors = .twoNorms
        $0.inputEmbedding = .whenUntied
      },
      tool("llm-foundry-embedding", .full, "llm-foundry finetune_embedding_model.py, flops_per_batch") {
        // 2 FLOPs a parameter and 2 d_model a layer, however long the sequence is.
        $0.windows = .linear
        $0.headWidth = .derivedInScores
        $0.vectors = .all
        $0.inputEmbedding = .always
        $0.experts = .all
        $0.head = .no
        $0.backward = false
      },
      // Full layers S^2 / 2, and windows halved again.
      tool("verl", .half, "verl utils/flops_counter.py") {
        $0.windows = .band
        $0.stateMixing = .lightStep
        $0.inputEmbedding = .always
      },
    ]

  private static let megatron: [Convention] = {
    let standard = tool("megatron", .half, "Megatron-LM training.py, num_floating_point_operations") {
      $0.stateMixing = .squareStep
      $0.mambaWidth = false
      $0.indexer = false
      $0.router = false
      $0.sharedGate = false
      $0.vectors = .inLatent
      // --make-vocab-size-divisible-by 128, without tensor parallelism.
      $0.vocabulary = .padded(to: 128)
      $0.prediction = .whole
    }
    return [
      standard,
      standard.changed {
        $0.name = "megatron-quick-geglu"
        $0.source = "Megatron-LM training.py with --quick-geglu: three matrices only with --swiglu"
        $0.feedForward = .withoutGate
      },
      standard.changed {
        $0.name = "megatron-hybrid"
        $0.source = "Megatron-LM training.py, hybrid_flops: models with a hybrid layer pattern"
        $0.outputGate = false
        $0.prediction = .head
      },
      standard.changed {
        $0.name = "megatron-bridge"
        $0.source = "Megatron-Bridge training/utils/flop_utils.py"
        $0.windows = .exact
        $0.indexer = true
      },
    ]
  }()
}
