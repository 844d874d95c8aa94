import Input
import Testing

@testable import Architectures

/// The same model in the spelling of its hub file and of newer transformers is the same composition.
@Suite struct MixtureSpellingTests {
  /// Two spellings of one model: what both share, then what differs.
  static func same(_ shared: String, _ one: String, _ other: String) throws {
    let models = try [one, other].map { try Architecture(configBytes: Array("{\(shared), \($0)}".utf8), file: "c") }
    #expect(models[0].groups == models[1].groups)
    #expect(models[0].extraPrediction == models[1].extraPrediction)
    #expect(models.map(\.unknownFields) == [[], []])
  }

  static let sizes = #""hidden_size": 64, "num_hidden_layers": 4, "vocab_size": 100, "num_attention_heads": 8"#
  static let latent =
    #""q_lora_rank": 20, "kv_lora_rank": 16, "qk_nope_head_dim": 12, "qk_rope_head_dim": 8"#
    + #", "v_head_dim": 10, "intermediate_size": 100, "moe_intermediate_size": 28, "n_routed_experts": 6"#
    + #", "num_experts_per_tok": 2, "n_shared_experts": 1"#
  static let indexer = #""index_n_heads": 3, "index_head_dim": 12, "index_topk": 16"#

  @Test func miMo() throws {
    try Self.same(
      #"""
      "model_type": "mimo_v2_flash", \#(Self.sizes), "num_key_value_heads": 2, "head_dim": 24, "v_head_dim": 16,
      "intermediate_size": 100, "moe_intermediate_size": 28, "n_routed_experts": 6, "num_experts_per_tok": 2
      """#,
      #"""
      "hybrid_layer_pattern": [1, 0, 1, 1], "moe_layer_freq": [0, 1, 0, 1], "sliding_window": 15,
      "sliding_window_size": 15, "swa_num_attention_heads": 8, "swa_num_key_value_heads": 4, "swa_head_dim": 24,
      "swa_v_head_dim": 16, "n_shared_experts": null
      """#,
      #"""
      "layer_types": ["sliding_attention", "full_attention", "sliding_attention", "sliding_attention"],
      "mlp_layer_types": ["dense", "sparse", "dense", "sparse"], "sliding_window": 16
      """#)
  }

  @Test func hunYuan() throws {
    try Self.same(
      #""model_type": "hunyuan_v1_moe", \#(Self.sizes), "num_key_value_heads": 2, "intermediate_size": 30"#,
      #"""
      "num_experts": [4, 4, 4, 4], "moe_topk": [2, 2, 2, 2], "moe_intermediate_size": [30, 30, 30, 30],
      "num_shared_expert": [1, 1, 1, 1], "use_cla": false, "use_mla": false, "moe_layer_num_skipped": 0
      """#, #""num_experts": 4, "moe_topk": 2"#)
  }

  @Test func deepSeekV4() throws {
    try Self.same(
      #"""
      "model_type": "deepseek_v4", \#(Self.sizes), "num_key_value_heads": 1, "head_dim": 16, "q_lora_rank": 20,
      "o_groups": 2, "o_lora_rank": 10, "n_routed_experts": 6, "n_shared_experts": 1, "num_experts_per_tok": 2,
      "moe_intermediate_size": 28, "hc_mult": 2, "sliding_window": 16, \#(Self.indexer)
      """#,
      #""compress_ratios": [0, 4, 128, 4, 0], "num_hash_layers": 2, "qk_rope_head_dim": 8"#,
      #"""
      "layer_types": ["sliding_attention", "compressed_sparse_attention", "heavily_compressed_attention",
        "compressed_sparse_attention"],
      "compress_rates": {"compressed_sparse_attention": 4, "heavily_compressed_attention": 128},
      "mlp_layer_types": ["hash_moe", "hash_moe", "moe", "moe"]
      """#)
  }

  @Test func miniMaxM3() throws {
    try Self.same(
      #"""
      "model_type": "minimax_m3_vl_text", \#(Self.sizes), "num_key_value_heads": 2, "head_dim": 14,
      "intermediate_size": 30, "dense_intermediate_size": 120, "shared_intermediate_size": 44, "num_local_experts": 5,
      "num_experts_per_tok": 2
      """#,
      #"""
      "sparse_attention_config": {"sparse_num_index_heads": 2, "sparse_index_dim": 12, "sparse_block_size": 16,
        "sparse_topk_blocks": 3, "sparse_local_block": 1, "sparse_attention_freq": [0, 1, 1, 0]},
      "moe_layer_freq": [0, 1, 1, 1]
      """#,
      #"""
      "index_n_heads": 2, "index_head_dim": 12, "index_block_size": 16, "index_topk_blocks": 3, "index_local_blocks": 1,
      "layer_types": ["full_attention", "minimax_m3_sparse", "minimax_m3_sparse", "full_attention"],
      "mlp_layer_types": ["dense", "sparse", "sparse", "sparse"]
      """#)
  }

  @Test func jetMoe() throws {
    try Self.same(
      #""model_type": "jetmoe", "hidden_size": 64, "num_hidden_layers": 4, "vocab_size": 100, "kv_channels": 10"#,
      #""num_key_value_heads": 4, "num_attention_heads": 8, "moe_num_experts": 5, "moe_top_k": 2, "ffn_hidden_size": 30"#,
      #""num_key_value_heads": 4, "num_local_experts": 5, "num_experts_per_tok": 2, "intermediate_size": 30"#)
  }

  @Test func sharedIndexers() throws {
    let shared = #""model_type": "glm_moe_dsa", \#(Self.sizes), \#(Self.latent), \#(Self.indexer)"#
    let types = #""indexer_types": ["full", "full", "shared", "full"]"#
    try Self.same(shared, #""index_topk_pattern": "FFSF""#, types)
    try Self.same(shared, #""index_topk_freq": 2"#, types)
    let model = try Architecture(configBytes: Array("{\(shared), \(types)}".utf8), file: "c")
    let owns = model.groups.flatMap { Array(repeating: $0.layer.hasIndexer, count: $0.count) }
    #expect(owns == [true, true, false, true])
  }

  @Test func denseLayersFirst() throws {
    try Self.same(
      #""model_type": "glm_moe_dsa", \#(Self.sizes), \#(Self.latent), \#(Self.indexer)"#,
      #""first_k_dense_replace": 2, "moe_layer_freq": 1, "num_nextn_predict_layers": 1"#,
      #""mlp_layer_types": ["dense", "dense", "sparse", "sparse"], "num_nextn_predict_layers": 1"#)
  }

  /// The class of GLM-4.7-Flash reads mlp_layer_types alone: another number of dense layers would count another model.
  @Test func aNumberOfDenseLayersThatNobodyReadsIsRefused() throws {
    let shared = #""model_type": "glm4_moe_lite", \#(Self.sizes), \#(Self.latent)"#
    try Self.same(
      shared, #""first_k_dense_replace": 1"#, #""mlp_layer_types": ["dense", "sparse", "sparse", "sparse"]"#)
    let error = #expect(throws: InputError.self) {
      try Architecture(configBytes: Array("{\(shared), \"first_k_dense_replace\": 2}".utf8), file: "c")
    }
    #expect(error?.field == "first_k_dense_replace")
  }

  /// What a mixture cannot be.
  @Test(arguments: [
    ("num_experts_per_tok", #""num_experts_per_tok": 7"#), ("n_group", #""n_group": 4, "topk_group": 2"#),
    ("topk_group", #""n_group": 3, "topk_group": 4"#),
    ("num_experts_per_tok", #""n_group": 6, "topk_group": 1"#), ("moe_layer_freq", #""moe_layer_freq": 2"#),
    ("mlp_layer_types", #""mlp_layer_types": ["dense"]"#),
    ("mlp_layer_types[1]", #""mlp_layer_types": ["dense", "spars", "dense", "dense"]"#),
    ("qk_head_dim", #""qk_head_dim": 21"#),
  ])
  func badMixturesAreNamed(_ field: String, _ change: String) throws {
    let shared = #""model_type": "deepseek_v3", \#(Self.sizes), \#(Self.latent)"#
    let base =
      change.contains("num_experts_per_tok") ? shared.replacing(#""num_experts_per_tok": 2"#, with: "\"a\": 0") : shared
    let error = #expect(throws: InputError.self) {
      try Architecture(configBytes: Array("{\(base), \(change)}".utf8), file: "c")
    }
    #expect(error?.field == field)
  }
}

extension Layer {
  fileprivate var hasIndexer: Bool {
    blocks.flatMap(\.parts).contains { part in
      if case .linear(let linear) = part { return linear.role == .indexer }
      return false
    }
  }
}
