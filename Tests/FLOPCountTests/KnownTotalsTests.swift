import Architectures
import FLOPCount
import Input
import Testing

/// Parameter totals that the models' makers published, from the sizes in their config.json.
@Suite struct KnownTotalsTests {
  static let totals: [(name: String, layers: Int, width: Int, heads: Int, hidden: Int, vocabulary: Int, total: Int)] = [
    ("Llama-2-70B", 80, 8192, 64, 28672, 32000, 68_976_648_192),
    ("Llama-3.1-405B", 126, 16384, 128, 53248, 128256, 405_853_388_800),
    ("DeepSeek LLM 67B", 95, 8192, 64, 22016, 102400, 67_425_001_472),
  ]

  @Test(arguments: totals)
  func countsToTheParameter(
    _ model: (name: String, layers: Int, width: Int, heads: Int, hidden: Int, vocabulary: Int, total: Int)
  ) throws {
    let architecture = try llama(
      layers: model.layers, width: model.width, heads: model.heads, keyValueHeads: 8, hidden: model.hidden,
      vocabulary: model.vocabulary)
    #expect(try ModelCount(architecture, sequenceLength: 4096).totalParameters() == model.total, "\(model.name)")
  }

  @Test(arguments: [
    ("llama-3.1-405b", 405_853_388_800), ("deepseek-v3", 671_026_404_352), ("gpt-oss-120b", 116_829_156_672),
    ("qwen3-235b-a22b", 235_093_634_560), ("bloom-176b", 176_247_271_424),
  ])
  func modelsKnownByNameToo(_ name: String, _ total: Int) throws {
    guard let known = KnownModel.named(name) else { return }
    #expect(try ModelCount(known.architecture(), sequenceLength: 1024).totalParameters() == total)
  }
}
