import Input
import TestSupport
import Testing

@testable import Architectures

/// Multimodal configs: the language part is what the same fields say alone.
@Suite struct WrapperTests {
  static let text: JSONObject = JSONObject([
    ("model_type", "llama"), ("hidden_size", 64), ("num_hidden_layers", 2), ("num_attention_heads", 4),
    ("num_key_value_heads", 2), ("intermediate_size", 128), ("vocab_size", 100),
  ])

  static func wrapped(_ type: String, _ text: JSONObject, _ more: [(String, JSON)] = []) -> JSONObject {
    JSONObject([("model_type", .string(type)), ("vision_config", [:]), ("text_config", .object(text))] + more)
  }

  @Test func theLanguagePartIsCounted() throws {
    let alone = try Architecture(config: Self.text)
    let inside = try Architecture(config: Self.wrapped("llava", Self.text))
    #expect(inside.groups == alone.groups && inside.head == alone.head && inside.embedding == alone.embedding)
    #expect(inside.family == "llava" && inside.unknownFields == [])
    #expect(inside.notes.count == 1)
  }

  @Test func theWrapperOwnsTheHead() throws {
    var tied = Self.text
    tied["tie_word_embeddings"] = true
    let expected = try Architecture(config: tied).head
    #expect(
      try Architecture(config: Self.wrapped("mistral3", Self.text, [("tie_word_embeddings", true)])).head == expected)
    #expect(try Architecture(config: Self.wrapped("llava", tied, [("tie_word_embeddings", false)])).head == expected)
    let error = #expect(throws: InputError.self) {
      try Architecture(config: Self.wrapped("mistral3", tied, [("tie_word_embeddings", false)]))
    }
    #expect(error?.field == "tie_word_embeddings")
  }

  @Test func sizesThatAreTheClassesOwnAreLeftOut() throws {
    // As the hub's file of Gemma 3 4B says it: heads, their width and the vocabulary are the class's.
    let hub = JSONObject([
      ("model_type", "gemma3_text"), ("hidden_size", 2560), ("intermediate_size", 10240), ("num_hidden_layers", 34),
      ("sliding_window", 1024),
    ])
    var full = hub
    for (name, value): (String, JSON) in [
      ("vocab_size", 262208), ("num_attention_heads", 8), ("num_key_value_heads", 4), ("head_dim", 256),
    ] {
      full[name] = value
    }
    #expect(try Architecture(config: Self.wrapped("gemma3", hub)).groups == Architecture(config: full).groups)
    // Outside a wrapper nothing is assumed.
    #expect(throws: InputError.self) { try Architecture(config: hub) }
    var slip = hub
    slip["num_attention_headz"] = 16
    let error = #expect(throws: InputError.self) { try Architecture(config: Self.wrapped("gemma3", slip)) }
    #expect(error?.field == "text_config.num_attention_headz")
  }

  @Test func olderFilesAreFlat() throws {
    var flat = Self.text
    flat["model_type"] = "qwen2_5_vl"
    flat["vision_config"] = [:]
    var alone = Self.text
    alone["model_type"] = "qwen2"
    #expect(try Architecture(config: flat).groups == Architecture(config: alone).groups)
  }

  @Test func badTextConfigsAreNamed() throws {
    var text = Self.text
    text["hidden_size"] = "wide"
    let wrong = #expect(throws: InputError.self) { try Architecture(config: Self.wrapped("llava", text)) }
    #expect(wrong?.field == "text_config.hidden_size")
    text["model_type"] = "lama"
    let unknown = #expect(throws: InputError.self) { try Architecture(config: Self.wrapped("llava", text)) }
    #expect(unknown?.field == "text_config.model_type")
  }
}
