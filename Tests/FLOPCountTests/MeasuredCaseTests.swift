import Architectures
import FLOPCount
import Input
import TestSupport
import Testing

/// Counts against what torch measured on the reference implementations.
@Suite struct MeasuredCaseTests {
  @Test(arguments: MeasuredCase.all.filter { Family.modelTypes.contains($0.family) })
  func countsWhatTorchMeasured(_ measured: MeasuredCase) throws {
    for (spelling, config) in measured.configs {
      let architecture = try Architecture(config: config)
      #expect(architecture.unknownFields.isEmpty, "\(spelling): fields that no decoder knows")
      let json = try ModelCount(
        architecture, sequenceLength: measured.sequenceLength,
        decoderLength: measured.modelKind == "encoder-decoder" ? measured.sequenceLength / 2 : nil
      ).json().object
      for (object, field, value) in measured.expected {
        let counted = json?[object]?.object?[field]
        #expect(counted == .integer(value), "\(spelling): \(object).\(field)")
      }
      // Where the products of activations were measured together: scores, state mixing and others.
      if let products = measured.integer("forward_matmul_flops", "other_parts", "activation_products") {
        let flops = json?["forward_flops_per_sequence"]?.object
        let sum = ["attention_scores", "state_mixing", "other"].compactMap { key -> Int? in
          guard case .integer(let count)? = flops?[key] else { return nil }
          return count
        }
        #expect(sum.count == 3 && sum.reduce(0, +) == products, "\(spelling): products of activations")
      }
      if let pairs = measured.expectedPairs {
        let counted = json?["attention_pairs"]?.object?["per_layer"]
        #expect(counted == .array(pairs.map { .integer($0) }), "\(spelling): attention_pairs")
      }
    }
  }

  @Test func someCasesAreThere() {
    #expect(MeasuredCase.all.count >= 40)
  }
}
