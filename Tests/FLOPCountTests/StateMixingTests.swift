import Architectures
import Input
import TestSupport
import Testing

@testable import FLOPCount

/// Products of activations in recurrent and linear mixers, against what torch's plain path was measured to do.
@Suite struct StateMixingTests {
  static let families: Set<String> = [
    "mamba", "mamba2", "bamba", "falcon_h1", "granitemoehybrid", "nemotron_h", "zamba", "zamba2", "jamba", "qwen3_next",
    "qwen3_5_moe_text", "qwen4_exp_text", "olmo_hybrid", "bailing_hybrid", "minimax", "xlstm",
  ]

  @Test(arguments: MeasuredCase.all.filter { families.contains($0.family) && Family.modelTypes.contains($0.family) })
  func scansCountWhatTorchMeasured(_ measured: MeasuredCase) throws {
    guard let expected = measured.integer("forward_matmul_flops", "other_parts", "state_mixing") else { return }
    for (spelling, config) in measured.configs {
      let count = try ModelCount(Architecture(config: config), sequenceLength: measured.sequenceLength)
      #expect(try count.forward(.stateMixing)?.count.int("state_mixing") == expected, "\(spelling)")
    }
  }

  @Test(arguments: MeasuredCase.all.filter { $0.family == "qwen4_exp_text" && Family.modelTypes.contains($0.family) })
  func indexerScoresToo(_ measured: MeasuredCase) throws {
    guard let expected = measured.integer("forward_matmul_flops", "other_parts", "indexer_scores") else { return }
    let count = try ModelCount(
      Architecture(config: measured.configs[0].config), sequenceLength: measured.sequenceLength)
    #expect(try count.forward(.other)?.count.int("other") == expected)
  }
}
