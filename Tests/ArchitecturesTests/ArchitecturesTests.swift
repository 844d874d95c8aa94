import Input
import TestSupport
import Testing

@testable import Architectures

/// Bad configs are errors that name the field; nothing is guessed.
@Suite struct BadConfigTests {
  static let good: JSONObject = JSONObject([
    ("model_type", "llama"), ("hidden_size", 64), ("num_hidden_layers", 2), ("num_attention_heads", 4),
    ("num_key_value_heads", 2), ("intermediate_size", 128), ("vocab_size", 100),
  ])

  @Test(arguments: ["hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size"])
  func aNeededFieldIsNamed(_ field: String) throws {
    var config = Self.good
    config[field] = nil
    let missing = #expect(throws: InputError.self) { try Architecture(config: config) }
    #expect(missing?.field == field)
    for bad: JSON in [-5, 0, 2.5, "4096", [1], .number(1e30, text: "1000000000000000000000000000000"), true] {
      config[field] = bad
      let error = #expect(throws: InputError.self) { try Architecture(config: config) }
      #expect(error?.field == field)
      #expect(error?.value != nil)
    }
  }

  @Test func headsMustDivide() throws {
    var config = Self.good
    config["num_attention_heads"] = 3
    config["num_key_value_heads"] = 3
    let error = #expect(throws: InputError.self) { try Architecture(config: config) }
    #expect(error?.field == "hidden_size")
  }

  @Test func unknownWordsAreErrors() throws {
    var config = Self.good
    config["hidden_act"] = "sillu"
    #expect(#expect(throws: InputError.self) { try Architecture(config: config) }?.hint?.contains("silu") == true)
    config["hidden_act"] = "silu"
    config["model_type"] = "lama"
    #expect(#expect(throws: InputError.self) { try Architecture(config: config) }?.hint?.contains("llama") == true)
  }

  @Test func aRenamedFieldIsNoDefault() throws {
    for slip in ["num_key_value_head", "n_num_key_value_heads", "num_key_vale_heads"] {
      var config = Self.good
      config["num_key_value_heads"] = nil
      config[slip] = 2
      let error = #expect(throws: InputError.self) { try Architecture(config: config) }
      #expect(error?.field == slip)
    }
  }

  @Test func aFieldNobodyKnowsIsNamed() throws {
    var config = Self.good
    config["flux_capacitor"] = 88
    #expect(try Architecture(config: config).unknownFields == ["flux_capacitor"])
    config["flux_capacitor"] = nil
    config["rope_theta"] = 10000.0
    #expect(try Architecture(config: config).unknownFields == [])
  }

  @Test func measuredConfigsHaveNoUnknownFields() throws {
    for measured in MeasuredCase.all where Family.byModelType[measured.family] != nil {
      for (spelling, config) in measured.configs {
        let unknown = try Architecture(config: config).unknownFields
        #expect(unknown == [], "\(measured.name) \(spelling)")
      }
    }
  }
}
