extension Convention {
  /// Papers, and what is usual.
  static let papers: [Convention] = [
    deepseek,
    deepseek.changed {
      $0.name = "deepseek-paper"
      $0.paperForm = true
      $0.source = "arXiv 2401.02954, eq. 2: M = 72 L d^2 + 12 L d S"
    },
    Convention(name: "exact", attention: .causal, countsHead: true, source: "every product that the masks let through")
      .changed { $0.prediction = .whole },
    Convention(name: "kaplan", attention: .none, countsHead: false, source: "arXiv 2001.08361, section 2.1: C = 6N")
      .changed {
        $0.vectors = .all
        $0.prediction = .whole
      },
    // The chinchilla package allocates by it, whatever the model.
    Convention(
      name: "6n", attention: .none, countsHead: true, source: "6 FLOPs for every parameter, embeddings included"
    ).changed {
      $0.vectors = .all
      $0.inputEmbedding = .whenUntied
      $0.prediction = .whole
    },
    Convention(name: "chinchilla", attention: .full, countsHead: true, source: "arXiv 2203.15556, appendix F")
      .changed {
        $0.windows = .ignored
        $0.keyValueHeads = .asHeads
        $0.feedForward = .withoutGate
        $0.inputEmbedding = .always
        $0.elementwise = .softmax
        $0.router = false
        $0.prediction = .whole
      },
    Convention(
      name: "palm", attention: .full, countsHead: true, source: "arXiv 2204.02311, appendix B: 6N + 12 L H Q T"
    )
    .changed {
      $0.windows = .ignored
      $0.vectors = .all
      $0.inputEmbedding = .whenUntied
      $0.prediction = .whole
    },
  ]
}
