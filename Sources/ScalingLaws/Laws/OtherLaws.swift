/// Precision, vocabulary, modality, and laws that break.
extension Law {
  static let kumar = Law(
    "kumar_precision", "Loss with the precision of weights, activations and KV cache",
    source: "arXiv 2411.04330", at: "Table 2", .sure, scale: .nonEmbeddingParameters
  ) {
    $0.relations = [
      Relation(
        "loss", "L = A N_eff^-alpha + B D^-beta + E + d_PTQ, N_eff = N product(1 - exp(-P/gamma))",
        [
          ("A", 4299.0), ("alpha", 0.4965), ("B", 18060.0), ("beta", 0.4965), ("E", 2.7648), ("gamma_w", 2.6745),
          ("n_w", 0.3037), ("gamma_a", 2.2102), ("n_a", 1.4072), ("gamma_kv", 0.9578), ("n_kv", 2.4185),
        ]),
      Relation(
        "loss of quantizing after training", "d_PTQ, coefficients",
        [
          ("C_T", 0.0598), ("gamma_D", 0.5068), ("gamma_N", 0.3439), ("gamma_post", 0.5907), ("b_post", 1.1277),
        ]),
    ]
    $0.notes = ["the authors warn that these constants are unlikely to be useful elsewhere"]
  }

  static let taoVocabulary = Law(
    "tao_vocab", "Vocabulary parameters that go with a compute budget",
    source: "arXiv 2407.13623", at: "the authors' code, approaches 1 to 3", .sure, scale: .nonEmbeddingParameters
  ) {
    $0.relations = [
      Relation(
        "non-vocabulary parameters", "N_nv = exp(-2.4846510161625193) F^0.5",
        [("log of the base", -2.4846510161625193), ("exponent", 0.5)]),
      Relation(
        "vocabulary parameters", "N_v = exp(-1.589031299255507) F^0.4163622634135234",
        [("log of the base", -1.589031299255507), ("exponent", 0.4163622634135234)]),
      Relation(
        "approach 2", "N_v = 3145728 (N_nv / 33e6)^0.8353974035228025",
        [("base", 3_145_728), ("N_nv unit", 33e6), ("exponent", 0.8353974035228025)]),
      Relation(
        "approach 3", "L_u = -E + A1/N_nv^a1 + A2/N_v^a2 + B/H^b; N_nv in millions, d in thousands",
        [
          ("A1", 1.8313851559554126), ("A2", 0.19584238398665638), ("B", 2.1241123120064955),
          ("E", 5.5327846803337435), ("a1", 0.44660634152009615), ("a2", 0.6707374679896795),
          ("b", 0.44660634152009615),
        ]),
    ]
  }

  static let nativeMultimodal = Law(
    "nmm", "Native multimodal models: exponents for early and late fusion", source: "arXiv 2504.07951",
    at: "fitted exponents", .secondHand, scale: .activeParameters
  ) {
    $0.relations = [
      Relation(
        "early fusion", "N_opt ~ C^a, D_opt ~ C^b, L ~ C^c",
        [("a", 0.526), ("b", 0.473), ("alpha", 0.301), ("beta", 0.335), ("c", -0.0492)]),
      Relation(
        "late fusion, C = 6 (N_v D_v + N D)", "N_opt ~ C^a, D_opt ~ C^b, L ~ C^c",
        [("a", 0.636), ("b", 0.462), ("alpha", 0.29), ("beta", 0.338), ("c", -0.0494)]),
    ]
    $0.notes = ["exponents without bases; in late fusion they need not sum to 1, because the encoder has tokens too"]
  }

  static let broken = Law(
    "bnsl", "Broken neural scaling laws: the form", source: "arXiv 2210.14891", at: "eq. 1", .sure,
    scale: .totalParameters
  ) {
    $0.relations = [Relation("any metric", "y = a + b x^-c0 product_i (1 + (x/d_i)^(1/f_i))^(-c_i f_i)")]
  }
}
