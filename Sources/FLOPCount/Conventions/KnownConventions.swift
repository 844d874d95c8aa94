import Input

extension Convention {
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
        $0.gatedMLP = false
        $0.inputEmbedding = .always
        $0.softmax = true
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
      $0.gatedMLP = false
      $0.headWidth = .derived
    },
    Convention(
      name: "maxtext", attention: .half, countsHead: true, source: "MaxText maxtext_utils.py, calculate_tflops_training"
    ),
    Convention(
      name: "torchtitan", attention: .full, countsHead: true,
      source: "torchtitan models/utils.py, get_nparams_and_flops"
    ).changed {
      $0.windows = .ignored
      $0.vectors = .twoNorms
    },
    Convention(
      name: "olmo-core", attention: .full, countsHead: true, source: "OLMo-core nn/transformer, num_flops_per_token"
    ).changed { $0.windows = .band },
    Convention(name: "nanochat", attention: .full, countsHead: true, source: "nanochat gpt.py, estimate_flops").changed
    {
      $0.windows = .band
      $0.headWidth = .derivedInScores
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
      $0.router = false
    },
    Convention(
      name: "levanter", attention: .full, countsHead: true,
      source: "Levanter utils/flop_utils.py, lm_flops_per_token x 3"
    ).changed {
      $0.windows = .ignored
      $0.headWidth = .derived
      $0.latentAttention = false
      $0.denseLayers = false
      $0.softmax = true
    },
    Convention(name: "verl", attention: .half, countsHead: true, source: "verl utils/flops_counter.py").changed {
      $0.windows = .band
      $0.inputEmbedding = .always
    },
    Convention(
      name: "hf", attention: .none, countsHead: true,
      source: "transformers modeling_utils.py, floating_point_ops: 6 x parameters without embeddings"
    ).changed {
      $0.headOnlyUntied = true
      $0.vectors = .all
      $0.activeExperts = false
    },
  ]

  /// The convention of that name.
  ///
  /// - Throws: `InputError` with a suggestion.
  public static func named(_ name: String) throws -> Convention {
    if let found = known.first(where: { $0.name == name.lowercased() }) { return found }
    throw InputError(
      "is not a convention that isoflop knows", value: name, hint: suggestion(for: name, among: known.map(\.name)))
  }
}
