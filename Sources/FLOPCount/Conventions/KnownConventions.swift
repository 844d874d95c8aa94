import Input

extension Convention {
  /// Those that say something of any model beside M: all but M itself, the paper's form and tools that refuse some.
  public static var comparable: [Convention] {
    known.filter { $0.name != deepseek.name && !$0.paperForm && $0.demand == nil }
  }

  /// What papers and tools count, by name, as their sources had it at the snapshots that were read (2024-11 to
  /// 2026-08). Check a tool's head before repeating a claim about it.
  public static let known: [Convention] = [
    deepseek,
    deepseek.changed {
      $0.name = "deepseek-paper"
      $0.paperForm = true
      $0.source = "arXiv 2401.02954, eq. 2: M = 72 L d^2 + 12 L d S"
    },
    Convention(name: "exact", attention: .causal, countsHead: true, source: "every product that the masks let through"),
    Convention(name: "kaplan", attention: .none, countsHead: false, source: "arXiv 2001.08361, section 2.1: C = 6N")
      .changed { $0.vectors = .all },
    Convention(
      name: "6n", attention: .none, countsHead: true, source: "6 FLOPs for every parameter, embeddings included"
    ).changed {
      $0.vectors = .all
      $0.inputEmbedding = .whenUntied
    },
    Convention(name: "chinchilla", attention: .full, countsHead: true, source: "arXiv 2203.15556, appendix F")
      .changed {
        $0.windows = .ignored
        $0.groupedQuery = false
        $0.feedForward = .withoutGate
        $0.inputEmbedding = .always
        $0.elementwise = .softmax
        $0.router = false
      },
    Convention(
      name: "palm", attention: .full, countsHead: true, source: "arXiv 2204.02311, appendix B: 6N + 12 L H Q T"
    )
    .changed {
      $0.windows = .ignored
      $0.vectors = .all
      $0.inputEmbedding = .whenUntied
    },
    Convention(
      name: "megatron", attention: .half, countsHead: true,
      source: "Megatron-LM training.py, num_floating_point_operations"
    ).changed {
      $0.windows = .ignored
      $0.router = false
    },
    Convention(
      name: "nemo", attention: .half, countsHead: true, source: "NeMo flops_formulas.py, transformer()"
    ).changed {
      $0.windows = .ignored
      $0.router = false
      $0.feedForward = .withoutGate
      $0.headWidth = .derived
    },
    Convention(
      name: "nemo-family", attention: .half, countsHead: true,
      source: "NeMo flops_formulas.py, llama3() and deepseekv3()"
    ).changed {
      $0.windows = .ignored
      $0.router = false
    },
    Convention(
      name: "nemo-qwen3", attention: .half, countsHead: true,
      source: "NeMo flops_formulas.py, qwen3(): attention of hidden_size^2"
    ).changed {
      $0.windows = .ignored
      $0.router = false
      $0.headWidth = .derived
    },
    Convention(
      name: "maxtext", attention: .half, countsHead: true, source: "MaxText maxtext_utils.py, calculate_tflops_training"
    ).changed { $0.prediction = .layer },
    Convention(
      name: "torchtitan", attention: .full, countsHead: true,
      source: "torchtitan models/utils.py, get_nparams_and_flops"
    ).changed {
      $0.windows = .ignored
      $0.vectors = .twoNorms
      $0.prediction = .no
    },
    Convention(
      name: "olmo-core", attention: .full, countsHead: true, source: "OLMo-core nn/transformer, num_flops_per_token"
    ).changed {
      $0.windows = .band
      $0.prediction = .no
    },
    Convention(name: "nanochat", attention: .full, countsHead: true, source: "nanochat gpt.py, estimate_flops").changed
    {
      $0.windows = .band
      $0.headWidth = .derivedInScores
      $0.prediction = .no
    },
    Convention(name: "nanotron", attention: .full, countsHead: true, source: "nanotron models, get_flops").changed {
      $0.windows = .ignored
      $0.headWidth = .derived
    },
    Convention(
      name: "llm-analysis", attention: .full, countsHead: true, source: "llm-analysis analysis.py, 3 x forward"
    )
    .changed {
      $0.windows = .ignored
      $0.headWidth = .derived
      // Its MoE FLOPs do not depend on moe_top_k.
      $0.experts = .one
      $0.router = false
      $0.prediction = .no
    },
    Convention(
      name: "llm-analysis-0.2.2", attention: .full, countsHead: true, source: "llm-analysis 0.2.2 on PyPI, 3 x forward"
    )
    .changed {
      $0.windows = .ignored
      $0.headWidth = .derived
      $0.feedForward = .plainFour
      $0.router = false
      $0.demand = .wholeRatio
      $0.prediction = .no
    },
    Convention(
      name: "levanter", attention: .full, countsHead: true,
      source: "Levanter utils/flop_utils.py, lm_flops_per_token x 3"
    ).changed {
      $0.windows = .ignored
      $0.headWidth = .derived
      $0.latent = .squares
      $0.denseLayers = false
      $0.elementwise = .softmax
      $0.prediction = .no
    },
    Convention(
      name: "levanter-gemma", attention: .full, countsHead: true,
      source: "Levanter models/gemma.py, GemmaConfig.flops_per_token x 3"
    ).changed {
      $0.windows = .ignored
      $0.headWidth = .derived
      $0.feedForward = .withoutGate
      $0.elementwise = .softmax
      $0.prediction = .no
    },
    Convention(
      name: "llm-foundry", attention: .full, countsHead: true,
      source: "llm-foundry modeling_mpt.py, ComposerMPTCausalLM.flops_per_batch"
    ).changed {
      $0.windows = .ignored
      $0.headWidth = .derivedInScores
      // The norms of its own block, two a layer.
      $0.vectors = .twoNorms
      $0.inputEmbedding = .whenUntied
    },
    llmFlops,
    llmFlops.changed {
      $0.name = "llm-flops-causal"
      $0.attention = .half
      $0.source = "llm-flops 0.0.1 flops.py, forward_flops with causal, x 3"
    },
    eleuther,
    eleuther.changed {
      $0.name = "eleuther-no-checkpoint"
      $0.recompute = false
      $0.demand = nil
      $0.source = "EleutherAI cookbook calc_transformer_flops.py with -ca -ei 1"
    },
    Convention(name: "verl", attention: .half, countsHead: true, source: "verl utils/flops_counter.py").changed {
      $0.windows = .band
      $0.inputEmbedding = .always
      $0.prediction = .no
    },
    Convention(
      name: "hf", attention: .none, countsHead: true,
      source: "transformers modeling_utils.py, floating_point_ops: 6 x parameters without embeddings"
    ).changed {
      $0.head = .untied
      $0.vectors = .all
      $0.experts = .all
    },
  ]

  private static let llmFlops = Convention(
    name: "llm-flops", attention: .full, countsHead: true, source: "llm-flops 0.0.1 flops.py, forward_flops x 3"
  ).changed {
    $0.windows = .bandEverywhere
    $0.latent = .multiHead
    $0.elementwise = .all
    $0.prediction = .no
  }

  private static let eleuther = Convention(
    name: "eleuther", attention: .full, countsHead: true,
    source: "EleutherAI cookbook calc_transformer_flops.py, defaults (-ei 1 where there are experts)"
  ).changed {
    $0.windows = .ignored
    $0.headWidth = .derived
    $0.latent = .squares
    $0.feedForward = .gatedFour
    $0.denseLayers = false
    $0.sharedExperts = false
    $0.router = false
    $0.head = .forward
    $0.recompute = true
    $0.demand = .evenLayers
    $0.prediction = .no
  }

  /// The convention of that name.
  ///
  /// - Throws: `InputError` with a suggestion.
  public static func named(_ name: String) throws -> Convention {
    if let found = known.first(where: { $0.name == name.lowercased() }) { return found }
    throw InputError(
      "is not a convention that isoflop knows", value: name, hint: suggestion(for: name, among: known.map(\.name)))
  }
}
