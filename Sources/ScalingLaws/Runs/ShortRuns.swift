/// Which runs are too short to be points of a law: a run of few steps ends in its warm-up's shadow.
struct ShortRunRule {
  /// Fewer optimiser steps than this are few.
  static let steps = 4000.0
  /// DeepSeek LLM (arXiv 2401.02954) equation 1: the batch in tokens where a file does not say.
  static let assumedBatch = PowerLaw(base: 0.2920, exponent: 0.3271)

  /// Whether any run has neither steps nor a batch.
  let assumesBatch: Bool

  init(_ runs: [Run]) { assumesBatch = runs.contains { $0.steps == nil } }

  func contains(_ run: Run) -> Bool { (run.steps ?? run.tokens / Self.assumedBatch(run.compute)) < Self.steps }
}
