import Architectures
import Input
import TestSupport
import Testing

@testable import FLOPCount

/// Configs as released models have them, against the parameters of the released weights.
@Suite struct ReleasedModelsTests {
  struct Released: CustomTestStringConvertible {
    let name: String
    let total: Int
    let config: JSONObject
    var testDescription: String { name }
  }

  static let models: [Released] = {
    guard let bytes = try? readFile(Golden.path("released.json")), let list = try? JSON(parsing: bytes).array else {
      return []
    }
    return list.compactMap { entry in
      guard let object = entry.object, let name = object["name"]?.string, case .integer(let total)? = object["total"],
        let config = object["config"]?.object
      else { return nil }
      return Released(name: name, total: total, config: config)
    }
  }()

  @Test func theyAreThere() { #expect(Self.models.count == 15) }

  @Test(arguments: models)
  func countsToTheParameter(_ model: Released) throws {
    let architecture = try Architecture(config: model.config)
    #expect(architecture.unknownFields == [])
    let length = architecture.kind == .vision ? architecture.maxPositions ?? 0 : 64
    #expect(try ModelCount(architecture, sequenceLength: length).totalParameters() == model.total)
  }

  @Test func onlyWhatLooksBackKeepsACache() throws {
    for model in Self.models {
      let architecture = try Architecture(config: model.config)
      let cache = try CacheMemory(architecture, length: 10)
      let keeps = [.decoder, .encoderDecoder].contains(architecture.kind)
      #expect((cache.elementsPerToken != 0) == keeps, "\(model.name)")
    }
  }

  @Test func layersThatShareKeysKeepNone() throws {
    var config = JSONObject([
      ("model_type", "gemma3n_text"), ("hidden_size", 64), ("intermediate_size", 128), ("num_hidden_layers", 6),
      ("num_attention_heads", 4), ("num_key_value_heads", 2), ("head_dim", 16), ("vocab_size", 100),
      (
        "layer_types",
        [
          "sliding_attention", "full_attention", "sliding_attention", "full_attention", "sliding_attention",
          "full_attention",
        ]
      ),
      ("sliding_window", 8), ("num_kv_shared_layers", 0),
    ])
    let all = try CacheMemory(Architecture(config: config), length: 100)
    #expect(all.elementsPerToken == 6 * 2 * 2 * 16)
    #expect(all.elements == 3 * (2 * 2 * 16) * (100 + 8))
    config["num_kv_shared_layers"] = 2
    let fewer = try CacheMemory(Architecture(config: config), length: 100)
    #expect(fewer.elements == 2 * (2 * 2 * 16) * (100 + 8))
  }
}
