/// Laws of mixtures of experts.
extension Law {
  static let krajewski = Law(
    "krajewski", "Fine-grained mixtures of experts, 64 times as many parameters as are active",
    source: "arXiv 2402.07871", at: "main fit, expansion rate 64", .secondHand, scale: .totalParameters
  ) {
    $0.relations = [
      Relation(
        "loss", "L = c + (g/G^gamma + a)/N^alpha + b/D^beta, G the granularity",
        [("c", 0.47), ("g", 2.1), ("gamma", 0.58), ("a", 18.1), ("alpha", 0.115), ("b", 30.8), ("beta", 0.147)])
    ]
    $0.lossUnit = "nats/token"
  }

  static let krajewskiDense = Law(
    "krajewski", variant: "dense", "The dense models beside the fine-grained mixtures",
    source: "arXiv 2402.07871", at: "dense fit", .secondHand, scale: .totalParameters, cost: .sixPerParameter
  ) {
    $0.surface = LossSurface(E: 0.47, A: 16.3, B: 26.7, alpha: 0.126, beta: 0.127)
    $0.lossUnit = "nats/token"
  }

  static let abnar = Law(
    "abnar", "Parameters against FLOPs: loss with sparsity", source: "arXiv 2501.12370", at: "fitted coefficients",
    .secondHand, scale: .totalParameters
  ) {
    $0.relations = [
      Relation(
        "loss", "L = a/N^alpha + b/D^beta + c/(1-S)^lambda + d/((1-S)^delta N^gamma) + e, S the sparsity",
        [
          ("a", 16612.5), ("alpha", 0.5962), ("b", 5455.67), ("beta", 0.3954), ("c", 0.4598), ("lambda", -0.1666),
          ("d", 17.26), ("delta", 0.1603), ("gamma", 0.1595), ("e", 0.94),
        ])
    ]
    $0.notes = ["R^2 on held-out points is only 0.68"]
  }

  static let clark = Law(
    "clark_routed", "Unified scaling laws for routed language models", source: "arXiv 2202.01169", at: "S-BASE row",
    .secondHand, scale: .nonEmbeddingParameters
  ) {
    $0.relations = [
      Relation(
        "loss", "log L = a log N + b log E^ + c log N log E^ + d, E^ the saturated number of experts",
        [
          ("a", -0.082), ("b", -0.108), ("c", 0.009), ("d", 1.104), ("E_start", 1.847), ("E_max", 314.478),
        ])
    ]
  }
}
