/// Which runs are too short to be points of a law: a run of few steps ends in its warm-up's shadow.
struct ShortRunRule {
  /// Fewer optimiser steps than this are few.
  static let steps = 4000.0
  /// Ten times the usual warm-up of 2000 steps: a run of more has seen all but a twentieth of its tokens after one that
  /// taught half as much, and is believed to be long without asking its losses.
  static let surely = 20_000.0
  /// DeepSeek LLM (arXiv 2401.02954) equation 1: the batch in tokens where a file does not say.
  static let assumedBatch = PowerLaw(base: 0.2920, exponent: 0.3271)

  /// Whether any run has neither steps nor a batch.
  let assumesBatch: Bool

  init(_ runs: [Run]) { assumesBatch = runs.contains { $0.steps == nil } }

  /// Whether the losses are worth asking: some run is not known to be long.
  static func mayMatter(_ runs: [Run]) -> Bool { runs.contains { ($0.steps ?? 0) < surely } }

  func contains(_ run: Run) -> Bool { (run.steps ?? run.tokens / Self.assumedBatch(run.compute)) < Self.steps }
}
