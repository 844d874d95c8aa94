/// Laws that say how to split a budget between size and tokens.
extension Law {
  static let deepSeek = Law(
    "deepseek", "DeepSeek LLM: M and D from C, learning rate and batch from C",
    source: "arXiv 2401.02954", at: "eq. 1 (learning rate, batch), eq. 2 (M), eq. 4 (allocation)", .sure,
    scale: .flopsPerToken, cost: .modelFLOPs
  ) {
    $0.modelSize = PowerLaw(base: 0.1715, exponent: 0.5243)  // eq. 4
    $0.tokens = PowerLaw(base: 5.8316, exponent: 0.4757)  // eq. 4
    $0.learningRate = HyperparameterLaw(coefficient: 0.3118, compute: -0.1250)  // eq. 1
    $0.batchTokens = HyperparameterLaw(coefficient: 0.2920, compute: 0.3271)  // eq. 1
    $0.schedule = .deepSeek  // section 2.3
    $0.allocationRange = 1e17...3e20  // section 3.2, eight budgets
    $0.hyperparameterRange = 1e17...2e19  // section 3.1
    $0.notes = [
      "the paper gives no unit for the batch: only tokens fit its Table 2",
      "its loss curve (figure 5) was published without coefficients, so this law predicts no loss",
    ]
  }

  static let llama3 = Law(
    "llama3", "Llama 3: compute-optimal tokens",
    source: "arXiv 2407.21783", at: "section 3.2.1; unrounded pair refitted from figure 2", .sure,
    scale: .totalParameters, cost: .sixPerParameter
  ) {
    $0.tokens = PowerLaw(base: 0.29936, exponent: 0.5368)
    $0.allocationRange = 6e18...1e22
    $0.notes = ["the paper's N*(C) is the number of tokens, not of parameters"]
  }

  static let llama3Rounded = Law(
    "llama3", variant: "rounded", "Llama 3: the pair as the text prints it",
    source: "arXiv 2407.21783", at: "section 3.2.1, (alpha, A) = (0.53, 0.29)", .sure,
    scale: .totalParameters, cost: .sixPerParameter
  ) {
    $0.tokens = PowerLaw(base: 0.29, exponent: 0.53)
    $0.allocationRange = 6e18...1e22
    $0.notes = ["rounded in print: at 3.8e25 it gives 10.5T tokens where the paper states 16.55T; use llama3"]
  }

  static let moonlight = Law(
    "moonlight", "Moonlight: size, tokens, learning rate and batch from C, AdamW baseline",
    source: "arXiv 2502.16982", at: "Table 9, AdamW baseline, cosine schedule", .secondHand,
    scale: .nonEmbeddingParameters, cost: .sixPerParameter
  ) {
    $0.modelSize = PowerLaw(base: 0.0483359, exponent: 0.5112684)
    $0.tokens = PowerLaw(base: 3.4480927, exponent: 0.4887316)
    $0.learningRate = HyperparameterLaw(coefficient: 0.0127339, compute: -0.0574752)
    $0.batchTokens = HyperparameterLaw(coefficient: 0.0065202, compute: 0.4137915)
    $0.notes = ["that the batch is in tokens follows from arithmetic: 1.2M tokens, 150 sequences of 8192, at 1e20"]
  }

  static let moonlightRounded = Law(
    "moonlight", variant: "rounded", "Moonlight: learning rate and batch as they are usually quoted",
    source: "arXiv 2502.16982", at: "Table 9, two to four digits", .secondHand,
    scale: .nonEmbeddingParameters, cost: .sixPerParameter
  ) {
    $0.learningRate = HyperparameterLaw(coefficient: 0.0127, compute: -0.057)
    $0.batchTokens = HyperparameterLaw(coefficient: 0.0065, compute: 0.4138)
  }

  static let hunyuanLarge = Law(
    "hunyuan_large", "Hunyuan-Large: active parameters and tokens of a mixture of experts",
    source: "arXiv 2411.02265", at: "compute formula and the two fits", .secondHand,
    scale: .activeParameters, cost: TokenCost(perScale: 9.59, constant: 2.3e8)
  ) {
    $0.modelSize = PowerLaw(base: 5.9e-3, exponent: 0.5305)
    $0.tokens = PowerLaw(base: 3.2, exponent: 0.50)
    $0.notes = ["the exponents sum to 1.03: size and tokens together do not spend exactly C"]
  }
}
