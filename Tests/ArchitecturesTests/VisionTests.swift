import FLOPCount
import Input
import Testing

@testable import Architectures

/// Image encoders of multimodal configs, against the sizes of the released weights.
@Suite struct VisionTests {
  static let siglip = JSONObject([
    ("model_type", "siglip_vision_model"), ("hidden_size", 1152), ("image_size", 896), ("intermediate_size", 4304),
    ("num_attention_heads", 16), ("num_hidden_layers", 27), ("patch_size", 14), ("vision_use_head", false),
  ])
  static let clip = JSONObject([
    ("hidden_size", 1024), ("image_size", 336), ("intermediate_size", 4096), ("num_attention_heads", 16),
    ("num_hidden_layers", 24), ("patch_size", 14), ("projection_dim", 768), ("vocab_size", 32000),
  ])

  static func wrapped(_ type: JSON, _ vision: JSONObject) -> JSONObject {
    JSONObject([("model_type", type), ("vision_config", .object(vision))])
  }

  @Test func gemma3SeesWith416866032Parameters() throws {
    let model = try Architecture(visionOf: Self.wrapped("gemma3", Self.siglip))
    let count = try ModelCount(model, sequenceLength: 4096)
    #expect(try count.totalParameters() == 416_866_032)
    // 27 layers of 2 x 4096 x 4096 x 16 heads x (72 + 72).
    #expect(count.forward(.attentionScores)?.count == 27 * 2 * 4096 * 4096 * 16 * 144)
    #expect(model.unknownFields.isEmpty)
  }

  @Test func llavaSeesWith303507456Parameters() throws {
    let model = try Architecture(visionOf: Self.wrapped("llava", Self.clip))
    #expect(try ModelCount(model, sequenceLength: 577).totalParameters() == 303_507_456)
  }

  @Test func whatCannotSeeSaysSo() throws {
    let blind = #expect(throws: InputError.self) {
      try Architecture(
        visionOf: JSONObject([
          ("model_type", "llama"), ("hidden_size", 64), ("num_hidden_layers", 2), ("num_attention_heads", 4),
          ("intermediate_size", 128), ("vocab_size", 100),
        ]))
    }
    #expect(blind?.field == "vision_config")
    var unknown = Self.siglip
    unknown["model_type"] = "some_new_eye"
    let error = #expect(throws: InputError.self) { try Architecture(visionOf: Self.wrapped("gemma3", unknown)) }
    #expect(error?.field == "vision_config.model_type")
    let unnamed = JSONObject([("depth", 32), ("hidden_size", 1280)])
    let wrapper = #expect(throws: InputError.self) {
      try Architecture(visionOf: Self.wrapped("qwen2_5_vl", unnamed))
    }
    #expect(wrapper?.field == "model_type")
    #expect(wrapper?.value == "\"qwen2_5_vl\"")
  }
}
