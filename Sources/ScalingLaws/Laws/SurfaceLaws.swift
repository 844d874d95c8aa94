/// Laws that give the loss as E + A/N^alpha + B/D^beta.
extension Law {
  static let hoffmann = Law(
    "hoffmann_a3", "Chinchilla, approach 3, unrounded",
    source: "arXiv 2203.15556",
    at: "approach 3; the comment after eq. 10 in the TeX source: exponentials of 6.0073404, 6.0179186, 0.5267228",
    .sure,
    scale: .totalParameters, cost: .sixPerParameter
  ) {
    $0.surface = LossSurface(
      E: 1.69337368, A: 406.401018, B: 410.722827, alpha: 0.33917084, beta: 0.2849083)
    $0.lossUnit = "nats/token"
    $0.notes = ["Besiroglu et al. 2024 could not reproduce this fit from the paper's own points: see besiroglu"]
  }

  static let hoffmannRounded = Law(
    "hoffmann_a3", variant: "rounded", "Chinchilla, approach 3, as printed",
    source: "arXiv 2203.15556", at: "approach 3, eq. 10", .sure,
    scale: .totalParameters, cost: .sixPerParameter
  ) {
    $0.surface = LossSurface(E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28)
    $0.lossUnit = "nats/token"
    $0.notes = ["rounded in print: the data term is 13 % off at 1e11 tokens, 32B instead of 40B at 5.76e23"]
  }

  static let besiroglu = Law(
    "besiroglu", "Chinchilla, approach 3, replicated on its 240 points",
    source: "arXiv 2404.10102", at: "240 points; A, B, alpha, beta least absolute deviations, E Huber", .sure,
    scale: .totalParameters, cost: .sixPerParameter
  ) {
    $0.surface = LossSurface(E: 1.8172, A: 482.01, B: 2085.43, alpha: 0.3478, beta: 0.3658)
    $0.lossUnit = "nats/token"
    $0.notes = ["a = 0.513 with a standard error of 0.018"]
  }

  static let muennighoff = Law(
    "muennighoff", "Repeated data: what epochs beyond the first are worth",
    source: "arXiv 2305.16264", at: "eq. 5 and 6, C4 fit", .secondHand,
    scale: .totalParameters, cost: .sixPerParameter
  ) {
    $0.surface = LossSurface(E: 1.87, A: 521, B: 1488, alpha: 0.353, beta: 0.353)
    $0.repetition = RepeatedData(tokens: 15.387756, parameters: 5.309743)
    $0.lossUnit = "nats/token"
    $0.relations = [
      Relation("parameters that U unique tokens call for", "U_N = 0.051 U_D", [("ratio", 0.051)]),
      Relation("ceiling of effective tokens", "D' < U (1 + R_D) = 16.388 U", [("ceiling", 16.387756)]),
    ]
  }

  static let sardana = Law(
    "sardana", "Inference-aware training: refit on every tokens-per-parameter ratio",
    source: "arXiv 2401.00448", at: "refit on all ratios", .secondHand,
    scale: .totalParameters, cost: .sixPerParameter
  ) {
    $0.surface = LossSurface(E: 1.45, A: 33.66, B: 138.9, alpha: 0.18, beta: 0.24)
    $0.lossUnit = "nats/token"
    $0.relations = sardanaRelations
  }

  static let sardanaShort = Law(
    "sardana", variant: "le100", "Inference-aware training: refit on at most 100 tokens per parameter",
    source: "arXiv 2401.00448", at: "refit on ratios up to 100", .secondHand,
    scale: .totalParameters, cost: .sixPerParameter
  ) {
    $0.surface = LossSurface(E: 0.17, A: 7.199, B: 25.97, alpha: 0.08, beta: 0.13)
    $0.lossUnit = "nats/token"
    $0.relations = sardanaRelations
  }

  private static let sardanaRelations = [
    Relation("what is minimised", "6 N D_train + 2 N D_inference at fixed loss"),
    Relation("at the optimum", "elasticity_N / elasticity_D = 1 + D_inference / (3 D_train)"),
    Relation(
      "in money", "6 N D_train c_train / MFU_train + 2 N c_inference (D_in / MFU_in + D_out / MFU_out)"),
  ]

  static let qualityQ = Law(
    "quality_Q", "Data quality as a multiplier of tokens, causal language models",
    source: "Subramanyam et al. 2025", at: "causal-language-model fit; synthetic noise only", .secondHand,
    scale: .totalParameters
  ) {
    $0.relations = [
      Relation(
        "loss", "L = A/N^alpha + B/(D^beta Q^gamma) + E, Q = 1 - corruption rate",
        [
          ("gamma (language model)", 0.401), ("gamma (translation)", 0.173), ("beta", 0.396), ("B", 1441.51),
          ("E", 3.439),
        ])
    ]
    $0.notes = ["A and alpha were not transcribed, so the loss itself cannot be computed"]
  }

  /// Six modalities of Aghajanyan et al. 2023: columns A, B, E, alpha, beta.
  static let aghajanyan: [Law] = [
    ("text", LossSurface(E: 2.42, A: 492.51, B: 1987.4, alpha: 0.18, beta: 0.22)),
    ("code", LossSurface(E: 0.16, A: 611.91, B: 4484.08, alpha: 0.37, beta: 0.32)),
    ("image", LossSurface(E: 2.84, A: 340.96, B: 875.3, alpha: 0.13, beta: 0.13)),
    ("speech", LossSurface(E: 3.02, A: 154.45, B: 205.1, alpha: 0.31, beta: 0.24)),
    ("image_text", LossSurface(E: 2.47, A: 320.51, B: 658.31, alpha: 0.12, beta: 0.11)),
    ("molecules", LossSurface(E: 2.39, A: 158.19, B: 189.36, alpha: 0.37, beta: 0.26)),
  ].map { modality, surface in
    Law(
      "aghajanyan_modal", variant: modality == "text" ? nil : modality, "Mixed-modal models: \(modality) alone",
      source: "arXiv 2301.03728", at: "table of uni-modal fits", .secondHand,
      scale: .totalParameters, cost: .sixPerParameter
    ) {
      $0.surface = surface
      $0.lossUnit = "nats/token"
      $0.notes = [
        "exponents differ by modality: coefficients of one say nothing about another",
        "with N in parameters and D in tokens these coefficients give losses above that of guessing (text, 6.7e9 and 1e11: "
          + "18 nats/token): copies do not say in which units they hold; believe the exponents, not the loss",
      ]
    }
  }
}
