/// Laws of learning rate, batch and weight decay.
extension Law {
  static let stepLaw = Law(
    "step_law", "Step Law: learning rate from N and D, batch from D",
    source: "arXiv 2503.04715", at: "main formula, 3700 runs, final learning rate fixed at 1e-5", .sure,
    scale: .nonEmbeddingParameters
  ) {
    $0.learningRate = HyperparameterLaw(coefficient: 1.79, scale: -0.713, tokens: 0.307)
    $0.batchTokens = HyperparameterLaw(coefficient: 0.58, tokens: 0.571)
  }

  static let porian = Law(
    "porian", "Porian et al.: learning rate and batch from N",
    source: "arXiv 2406.19146", at: "hyper-parameter fits on RefinedWeb", .secondHand,
    scale: .nonEmbeddingParameters
  ) {
    $0.learningRate = HyperparameterLaw(coefficient: 3.7, scale: -0.36)
    $0.batchTokens = HyperparameterLaw(coefficient: 0.7576, scale: 0.703)
    $0.relations = [
      Relation(
        "exponent a of size in C, RefinedWeb, one correction after the other", "N_opt ~ C^a",
        [
          ("Kaplan reproduction", 0.835), ("last layer counted", 0.706), ("warm-up scaled with size", 0.602),
          ("cosine matched to the budget", 0.571), ("tuned per size", 0.497),
        ])
    ]
    $0.notes = ["exponents without bases: no sizes follow from them"]
  }

  static let mccandlish = Law(
    "mccandlish", "Gradient noise scale and the critical batch",
    source: "arXiv 1812.06162", at: "definitions", .sure, scale: .nonEmbeddingParameters
  ) {
    $0.relations = [
      Relation("simple noise scale", "B_simple = tr(Sigma) / |G|^2"),
      Relation("steps against examples", "(S/S_min - 1) (E/E_min - 1) = 1"),
      Relation("critical batch", "B_crit = E_min / S_min"),
    ]
  }

  static let powerLines = Law(
    "power_lines", "Power Lines: weight decay through the AdamW timescale",
    source: "arXiv 2505.13738", at: "main formula", .sure, scale: .totalParameters
  ) {
    $0.timescale = AdamTimescale(coefficient: 1.084, exponent: -0.527)
    $0.relations = [
      Relation(
        "batch", "B_opt ~ D^0.38, B_crit ~ D^0.46 to D^0.47",
        [("B_opt exponent", 0.38), ("B_crit exponent, low", 0.46), ("B_crit exponent, high", 0.47)])
    ]
  }

  static let schaipp = Law(
    "schaipp2026", "Schaipp: batch from D", source: "arXiv 2607.01487", at: "main fit", .secondHand,
    scale: .nonEmbeddingParameters
  ) {
    $0.batchTokens = HyperparameterLaw(coefficient: 0.667, tokens: 0.566)
    $0.notes = ["within 5 % of the compute the batch may be anything over a range of about 4x"]
  }
}
