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
    ("deepseek-v3", 671_026_404_352), ("qwen3-235b-a22b", 235_093_634_560), ("bloom-176b", 176_247_271_424),
  ])
  func modelsKnownByNameToo(_ name: String, _ total: Int) throws {
    let known = try #require(KnownModel.named(name))
    #expect(try ModelCount(known.architecture(), sequenceLength: 1024).totalParameters() == total)
  }

  /// gpt-oss-120b and Mixtral 8x22B, from the sizes in their config.json.
  @Test(arguments: [
    (
      """
      {"model_type": "gpt_oss", "hidden_size": 2880, "intermediate_size": 2880, "num_hidden_layers": 36,
       "num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": 64, "num_local_experts": 128,
       "num_experts_per_tok": 4, "vocab_size": 201088, "sliding_window": 128, "attention_bias": true,
       "tie_word_embeddings": false, "max_position_embeddings": 131072}
      """, 116_829_156_672
    ),
    (
      """
      {"model_type": "mixtral", "hidden_size": 6144, "intermediate_size": 16384, "num_hidden_layers": 56,
       "num_attention_heads": 48, "num_key_value_heads": 8, "num_local_experts": 8, "num_experts_per_tok": 2,
       "vocab_size": 32000, "sliding_window": null, "tie_word_embeddings": false, "max_position_embeddings": 65536}
      """, 140_620_634_112
    ),
  ])
  func mixturesToo(_ config: String, _ total: Int) throws {
    let architecture = try Architecture(configBytes: Array(config.utf8), file: "config.json")
    #expect(try ModelCount(architecture, sequenceLength: 1024).totalParameters() == total)
  }
}
