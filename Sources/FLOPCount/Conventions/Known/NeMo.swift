extension Convention {
  /// NVIDIA NeMo's flops_formulas.py: a function a family.
  static let nemo: [Convention] = [
    formula("nemo", "transformer()") {
      $0.feedForward = .withoutGate
      $0.headWidth = .derived
      // Its own simplification: half of the layers are mixtures.
      $0.experts = .everySecondLayer
      $0.demands = [.plainMixtures, .noLatentAttention]
    },
    formula("nemo-gpt3", "gpt3()") {
      $0.feedForward = .plainFour
      $0.headWidth = .derived
      $0.keyValueHeads = .asHeads
      $0.vocabulary = .fixed(51200)
      $0.demands = [.noExperts, .noLatentAttention]
    },
    formula("nemo-llama2", "llama2()") {
      $0.headWidth = .derived
      $0.vocabulary = .fixed(32000)
      $0.demands = [.noExperts, .noLatentAttention]
    },
    formula("nemo-llama3", "llama3()") {
      $0.headWidth = .derived
      $0.vocabulary = .fixed(128256)
      $0.demands = [.noExperts, .noLatentAttention]
    },
    formula("nemo-mixtral", "mixtral()") {
      $0.headWidth = .derived
      $0.vocabulary = .fixed(32000)
      $0.demands = [.plainMixtures, .noLatentAttention]
    },
    formula("nemo-qwen3", "qwen3(): attention of hidden_size^2") {
      $0.headWidth = .derived
      $0.demands = [.plainMixtures, .noLatentAttention]
    },
    formula("nemo-deepseekv3", "deepseekv3()") { $0.prediction = .whole },
    formula("nemo-nemotronh", "nemotronh()") {
      $0.headWidth = .derived
      // "Assume gated linear unit", where the models have relu2 without a gate.
      $0.feedForward = .withGate
      $0.stateMixing = .channelStep
      $0.demands = [.noExperts, .noLatentAttention]
    },
    formula("nemo-gpt-oss", "gpt_oss()") {
      $0.attention = .causal
      $0.windows = .withoutEnd
      $0.demands = [.plainMixtures, .noLatentAttention]
    },
  ]

  private static func formula(
    _ name: String, _ function: String, _ change: (inout Convention) -> Void
  ) -> Convention {
    tool(name, .half, "NeMo flops_formulas.py, \(function)") {
      $0.router = false
      change(&$0)
    }
  }
}
