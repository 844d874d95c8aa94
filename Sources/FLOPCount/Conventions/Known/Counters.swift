extension Convention {
  /// Tools that count and do not train.
  static let counters: [Convention] = [
    tool("llm-analysis", .full, "llm-analysis analysis.py, 3 x forward") {
      $0.headWidth = .derived
      // Its MoE FLOPs do not depend on moe_top_k.
      $0.experts = .one
      $0.router = false
    },
    tool("llm-analysis-0.2.2", .full, "llm-analysis 0.2.2 on PyPI, 3 x forward") {
      $0.headWidth = .derived
      $0.feedForward = .plainFour
      $0.router = false
      $0.demands = [.wholeRatio]
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
      $0.demands = []
      $0.source = "EleutherAI cookbook calc_transformer_flops.py with -ca -ei 1"
    },
    // Queries, keys and values of all heads (or one key and value for all), two matrices an MLP, no vocabulary.
    tool("calculon", .full, "Calculon llm.py: forward and both backward passes of a block") {
      $0.keyValueHeads = .asHeadsOrOne
      $0.feedForward = .withoutGate
      $0.elementwise = .calculon
      $0.head = .no
      $0.demands = [.noExperts, .noLatentAttention]
    },
    // transformers runs attention through scaled_dot_product_attention, which neither of the two has a formula for on a
    // CPU; torch has one from pull request 195460 on.
    watcher("calflops", "calflops pytorch_ops.py: the forward pass, as calculate_flops returns it") {
      $0.elementwise = .activation
      $0.backward = false
    },
    watcher("flop-counter", "PyTorch's FlopCounterMode on a CPU (torch 2.13), forward and backward"),
    Convention(
      name: "hf", attention: .none, countsHead: true,
      source: "transformers modeling_utils.py, floating_point_ops: 6 x parameters without embeddings"
    ).changed {
      $0.head = .untied
      $0.vectors = .all
      $0.experts = .all
      $0.prediction = .whole
    },
  ]

  /// A tool that runs the model and watches its operators.
  private static func watcher(
    _ name: String, _ source: String, _ change: (inout Convention) -> Void = { _ in }
  ) -> Convention {
    tool(name, .full, source) {
      $0.stateMixing = .chunked
      $0.fusedKernels = false
      change(&$0)
    }
  }

  private static let llmFlops = tool("llm-flops", .full, "llm-flops 0.0.1 flops.py, forward_flops x 3") {
    $0.windows = .bandEverywhere
    $0.latent = .multiHead
    $0.elementwise = .llmFlops
  }

  private static let eleuther = tool(
    "eleuther", .full, "EleutherAI cookbook calc_transformer_flops.py, defaults (-ei 1 where there are experts)"
  ) {
    $0.headWidth = .derived
    $0.latent = .squares
    $0.feedForward = .gatedFour
    $0.denseLayers = false
    $0.sharedExperts = false
    $0.router = false
    $0.head = .forward
    $0.recompute = true
    $0.demands = [.evenLayers]
  }
}
