import Input
import TestSupport
import Testing

@testable import Architectures
@testable import FLOPCount

/// Options that no measured case has: what models built from changed configs with the reference classes
/// (transformers 5.23.0) had, parameter by parameter.
@Suite struct ReferenceOptionTests {
  /// Parameters of a small measured case with some fields changed.
  private func parameters(_ name: String, _ changes: [String: JSON]) throws -> Int {
    try count(name, changes).totalParameters()
  }
  private func count(_ name: String, _ changes: [String: JSON]) throws -> ModelCount {
    let measured = try #require(MeasuredCase.all.first { $0.name == "\(name).json" }, "\(name) is not on this machine")
    var config = try #require(measured.configs.first { $0.spelling == "config" }?.config)
    for (field, value) in changes { config[field] = value }
    return try ModelCount(Architecture(config: config), sequenceLength: measured.sequenceLength)
  }

  @Test func tablesThatAreNotTiedAreStored() throws {
    #expect(try parameters("switch_transformers/tiny-base-s64", [:]) == 497_052)
    #expect(try parameters("switch_transformers/tiny-base-s64", ["tie_word_embeddings": false]) == 535_032)
    #expect(try parameters("zamba2/tiny-base-s64", ["tie_word_embeddings": true]) == 270_576)
    #expect(try parameters("zamba2/tiny-base-s64", ["tie_word_embeddings": false]) == 363_984)
    #expect(try parameters("zamba/tiny-base-s128", ["tie_word_embeddings": true]) == 277_824)
    #expect(try parameters("zamba/tiny-base-s128", ["tie_word_embeddings": false]) == 368_064)
  }

  @Test func xLSTMIgnoresTyingAndHasALastNorm() throws {
    for changes: [String: JSON] in [[:], ["tie_word_embeddings": true], ["add_out_norm": false]] {
      #expect(try parameters("xlstm/tiny-base-s64", changes) == 128_848)
    }
  }

  /// A factor beyond Int trapped.
  @Test(arguments: ["qk_dim_factor", "v_dim_factor", "ffn_proj_factor"])
  func factorsBeyondEverySizeAreErrors(_ field: String) {
    for bad: JSON in [1e30, -1, 0, "many"] {
      #expect(throws: InputError.self, "\(bad.text())") { try parameters("xlstm/tiny-base-s64", [field: bad]) }
    }
  }

  @Test func modernBERTReadsTheWindowOfNewerFiles() throws {
    let name = "modernbert-decoder/tiny-nobiasdec-s64"
    #expect(throws: InputError.self) { try count(name, ["sliding_window": 32]) }
    let narrow = try count(name, ["sliding_window": 32, "local_attention": .null])
    #expect(try narrow.attentionPairs() == [2080, 1552, 1552, 2080])
  }

  @Test func whatTheReferenceCannotRunIsAnError() {
    for (name, changes): (String, [String: JSON]) in [
      ("phimoe/tiny-base-s64", ["num_experts_per_tok": 4]), ("mamba2/tiny-groups1-bias-s64", ["n_groups": 5]),
      ("nemotron_h/tiny-latent-s64", ["topk_group": 3]),
      ("qwen3_5_moe_text/tiny-base-s64", ["linear_num_key_heads": 5]),
    ] {
      #expect(throws: InputError.self, "\(name)") { try parameters(name, changes) }
    }
  }

  @Test func nobodyReadsTheExpertsOfDenseLayers() throws {
    let dense = try parameters("jamba/tiny-dense-s64", [:])
    #expect(try parameters("jamba/tiny-dense-s64", ["num_experts_per_tok": 3]) == dense)
    #expect(throws: InputError.self) {
      try parameters("jamba/tiny-dense-s64", ["num_experts": 2, "num_experts_per_tok": 3])
    }
  }
}
