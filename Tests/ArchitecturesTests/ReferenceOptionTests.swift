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

  /// The class derives hybrid_layer_ids from layers_block_type; a file may have both, if they agree.
  @Test func zamba2RefusesHybridLayersThatContradict() throws {
    let name = "zamba2/tiny-base-s64"
    let measured = try #require(MeasuredCase.all.first { $0.name == "\(name).json" })
    let words = try #require(measured.configs[0].config["layers_block_type"]?.array)
    let ids = words.indices.filter { words[$0] == "hybrid" }
    #expect(try parameters(name, ["hybrid_layer_ids": .array(ids.map { .integer($0) })]) == parameters(name, [:]))
    for other in [ids.dropLast(), ids + [words.count], ids.map { $0 + 1 }] {
      let error = #expect(throws: InputError.self) {
        try parameters(name, ["hybrid_layer_ids": .array(other.map { .integer($0) })])
      }
      #expect(error?.field == "hybrid_layer_ids" && error?.hint == "keep layers_block_type")
    }
  }

  /// Files made from another family's carry its switch. Off, and without a window, it says nothing; beside a window that
  /// the class reads, or on, it is named in a note.
  @Test func aSwitchThatIsOffBesideNoWindowIsNoSlip() throws {
    let name = "mixtral/tiny-top2-s64"
    let plain = try count(name, ["sliding_window": .null])
    let off = try count(name, ["sliding_window": .null, "use_sliding_window": false])
    #expect(try off.totalParameters() == plain.totalParameters())
    #expect(try off.attentionPairs() == plain.attentionPairs() && off.architecture.unknownFields.isEmpty)
    let on = try count(name, ["sliding_window": .null, "use_sliding_window": true])
    #expect(on.architecture.unknownFields == ["use_sliding_window"])
    let beside = try count(name, ["sliding_window": 16, "use_sliding_window": false])
    #expect(beside.architecture.unknownFields == ["use_sliding_window"])
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

  /// Without shared experts, DeepSeek-V2 keeps the bias of their MLP, and HY-V3 makes them intermediate_size wide.
  @Test func noSharedExpertsIsNotNothing() throws {
    let deepSeek = "deepseek_v2/tiny-lite-noqlora-s64"
    #expect(try parameters(deepSeek, ["n_shared_experts": 0]) == 193_132)
    #expect(try parameters(deepSeek, ["n_shared_experts": 0, "mlp_bias": true]) == 193_572)
    #expect(try parameters(deepSeek, ["mlp_bias": true]) == 224_148)
    #expect(try parameters("hy_v3/tiny-base-s64", ["num_shared_experts": 0]) == 181_344)
    #expect(try parameters("hy_v3/tiny-base-s64", ["num_shared_experts": 0, "mlp_bias": true]) == 182_124)
    #expect(try count("hy_v3/tiny-base-s64", ["num_shared_experts": 0]).forwardTotal()?.count == 20_494_848)
  }

  /// What the reference does not read, or reads in its own way.
  @Test func fieldsThatTheReferenceDoesNotFollow() throws {
    let biased = try count("deepseek_v4/tiny-base-s64", ["attention_bias": true])
    #expect(try biased.totalParameters() == 221_687)
    #expect(biased.architecture.notes.contains { $0.contains("attention_bias is ignored") })
    for gating: JSON in [false, "per-element"] {
      #expect(try parameters("laguna/tiny-perlayer-s64", ["gating": gating]) == 198_727)
    }
    for heads: JSON in [5, 6, .null] {
      #expect(try parameters("modernbert-decoder/tiny-nobiasdec-s64", ["num_key_value_heads": heads]) == 148_460)
      #expect(try parameters("hrm_text/tiny-base-s128", ["num_key_value_heads": heads]) == 169_380)
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
