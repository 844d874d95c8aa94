import Architectures
import FLOPCount
import Input
import Testing

@testable import Allocation

@Suite struct SizingTests {
  /// Shapes that were published come out among the first twenty of their size and style, by rules that do not know
  /// them: layers, d_model, heads, key-value heads, d_ff, vocabulary.
  @Test(arguments: [
    ("deepseek", "7B", [30, 4096, 32, 32, 11008, 102_400]),  // DeepSeek LLM 7B
    ("llama", "7B", [30, 4096, 32, 32, 11008, 128_256]),
    ("deepseek", "67B", [95, 8192, 64, 8, 22016, 102_400]),  // DeepSeek LLM 67B
    ("llama", "8B", [32, 4096, 32, 8, 14336, 128_256]),  // Llama 3 8B
    ("llama", "13B", [40, 5120, 40, 40, 13824, 32000]),  // Llama 2 13B
    ("llama", "70B", [80, 8192, 64, 8, 28672, 32000]),  // Llama 2 70B
    ("qwen", "7.6B", [28, 3584, 28, 4, 18944, 152_064]),  // Qwen2.5 7B
  ])
  func publishedShapesAreAmongTheFirstTwenty(style: String, size: String, axes: [Int]) throws {
    let request = SizeRequest(size: try SizeRequest.parse(size), style: try ModelStyle.named(style))
    let ranked = try request.ranked()
    let rank = try #require(
      ranked.firstIndex { item in
        let shape = item.counted.shape
        return [shape.layers, shape.width, shape.heads, shape.keyValueHeads, shape.mlpWidth, shape.vocabulary]
          == axes
      })
    #expect(rank < 20)
    #expect(ranked.count > 60)
    for item in ranked { #expect(abs(Double(item.counted.count.parameters) / request.size - 1) <= 0.05) }
    let scores = ranked.map(\.score.sum)
    #expect(scores == scores.sorted())
  }

  @Test(arguments: [("7B", 7e9), ("350m", 350e6), ("1.5T", 1.5e12), ("7e9", 7e9), ("42", 42)])
  func sizes(text: String, value: Double) throws { #expect(try SizeRequest.parse(text) == value) }

  @Test(arguments: ["", "B", "-7B", "0", "7X", "nanB", " 7B", "1e400"]) func badSizes(text: String) {
    let error = #expect(throws: InputError.self) { try SizeRequest.parse(text) }
    #expect(error?.field == "size")
  }

  @Test func noShapeOfThatSize() throws {
    let error = #expect(throws: InputError.self) { try SizeRequest(size: 10).ranked() }
    #expect(error?.field == "style")
    #expect(error?.hint?.contains("the nearest is n_layers=1 d_model=64") == true)
    let large = #expect(throws: InputError.self) { try SizeRequest(size: 1e300).ranked() }
    #expect(large?.hint?.contains("d_model=131072") == true)
  }

  /// A written config counts to what the shape counted to: M and every parameter.
  @Test(arguments: ModelStyle.known.map(\.name)) func hubConfigsCountTheSame(name: String) throws {
    var request = SizeRequest(size: 1e9, style: try ModelStyle.named(name))
    request.tolerance = 0.1
    var families: Set<String> = []
    for item in try request.ranked().prefix(40) {
      let text = try item.counted.shape.hubConfig().text()
      let architecture = try Architecture(configBytes: Array(text.utf8), file: "config.json")
      let count = try ModelCount(architecture, sequenceLength: 4096)
      #expect(try count.M() == item.counted.count.M)
      #expect(try count.totalParameters() == item.counted.count.parameters)
      #expect(try count.nonEmbeddingParameters() == item.counted.count.nonEmbeddingParameters)
      #expect(try count.activeParameters() == item.counted.count.activeParameters)
      #expect(architecture.unknownFields.isEmpty)
      families.insert(architecture.family)
    }
    #expect(families == (name == "gpt" ? ["arcee"] : name == "moe" ? ["mixtral", "glm4_moe"] : ["llama"]))
  }

  @Test func anOpenShapeHasNoConfig() {
    let open = Shape(layers: 2, width: 128, vocabulary: 1000, sequenceLength: 128)
    #expect(throws: InputError.self) { try open.hubConfig() }
  }
}
