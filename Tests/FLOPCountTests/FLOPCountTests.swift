import Architectures
import Input
import Testing

@testable import FLOPCount

@Suite struct PaperFormTests {
  /// DeepSeek LLM, Table 3 (n_vocab 102400, l_seq 4096): N1, N2, M as printed, 6N1/M and 6N2/M as printed.
  static let table3: [(layers: Int, width: Int, N1: Double, N2: Double, M: Double, r1: Double, r2: Double)] = [
    (8, 512, 25.2e6, 77.6e6, 352e6, 0.43, 1.32), (12, 768, 84.9e6, 164e6, 963e6, 0.53, 1.02),
    (24, 1024, 302e6, 407e6, 3.02e9, 0.60, 0.81), (24, 2048, 1.21e9, 1.42e9, 9.66e9, 0.75, 0.88),
    // The paper prints 0.85 here; 6 x 4096 / (6 x 4096 + 4096) is 0.857.
    (32, 4096, 6.44e9, 6.86e9, 45.1e9, 0.86, 0.91), (40, 5120, 12.6e9, 13.1e9, 85.6e9, 0.88, 0.92),
    (80, 8192, 64.4e9, 65.3e9, 419e9, 0.92, 0.94),
  ]

  @Test(arguments: table3)
  func givesTable3(
    _ row: (layers: Int, width: Int, N1: Double, N2: Double, M: Double, r1: Double, r2: Double)
  ) {
    let form = PaperForm(layers: row.layers, width: row.width, vocabulary: 102400, sequenceLength: 4096)
    func rounds(_ exact: Double, to printed: Double) -> Bool { abs(exact - printed) <= 0.005 * printed }
    #expect(rounds(form.N1.double, to: row.N1))
    #expect(rounds(form.N2.double, to: row.N2))
    #expect(rounds(form.M.double, to: row.M))
    #expect(abs(form.sixN1.double / form.M.double - row.r1) <= 0.005)
    #expect(abs(form.sixN2.double / form.M.double - row.r2) <= 0.005)
  }

  @Test func ratioDoesNotDependOnDepth() {
    // 6N1 / M = 6 d / (6 d + l_seq), exactly.
    for layers in [1, 7, 95] {
      let form = PaperForm(layers: layers, width: 4096, vocabulary: 102400, sequenceLength: 4096)
      #expect(form.sixN1 * 28672 == form.M * 24576)
    }
  }
}

@Suite struct ModelCountTests {
  static func deepseek(layers: Int, width: Int, heads: Int, keyValueHeads: Int, hidden: Int) throws -> Architecture {
    try Architecture(
      config: JSONObject([
        ("model_type", "llama"), ("hidden_size", .integer(width)), ("num_hidden_layers", .integer(layers)),
        ("num_attention_heads", .integer(heads)), ("num_key_value_heads", .integer(keyValueHeads)),
        ("intermediate_size", .integer(hidden)), ("vocab_size", 102400), ("max_position_embeddings", 4096),
      ]))
  }

  @Test func thePapersTwoModels() throws {
    let small = try ModelCount(
      Self.deepseek(layers: 30, width: 4096, heads: 32, keyValueHeads: 32, hidden: 11008), sequenceLength: 4096)
    #expect(try small.M() == 42_467_328_000)
    #expect(try small.paper?.M.int("M") == 42_278_584_320)
    let large = try ModelCount(
      Self.deepseek(layers: 95, width: 8192, heads: 64, keyValueHeads: 8, hidden: 22016), sequenceLength: 4096)
    #expect(try large.M() == 432_726_343_680)
    #expect(try large.paper?.M.int("M") == 497_276_682_240)
    #expect(try large.totalParameters() == 67_425_001_472)
  }

  @Test func causalAttentionCountsExactPairs() throws {
    let model = try Self.deepseek(layers: 30, width: 4096, heads: 32, keyValueHeads: 32, hidden: 11008)
    let causal = try ModelCount(model, sequenceLength: 4096, convention: .deepseek.with(attention: .causal))
    #expect(causal.convention.name == "deepseek+causal")
    // 12 L d (S + 1) / 2 instead of 12 L d S.
    #expect(try causal.M() == 42_467_328_000 - 12 * 30 * 4096 * 4096 + 6 * 30 * 4096 * 4097)
  }

  @Test func beyondInt64IsAnError() throws {
    let model = try Self.deepseek(layers: 1 << 12, width: 1 << 26, heads: 1 << 10, keyValueHeads: 1, hidden: 1 << 30)
    #expect(throws: InputError.self) {
      try ModelCount(model, sequenceLength: 1 << 30).json()
    }
  }
}

@Suite struct AttentionPairsTests {
  /// The definition itself, pair by pair.
  static func enumerate(_ mask: AttentionMask, _ n: Int) -> Int {
    var pairs = 0
    for query in 0..<n {
      for key in 0..<n {
        let isVisible =
          switch mask {
          case .full: true
          case .causal: key <= query
          case .sliding(let window): key <= query && key > query - window
          case .chunked(let size): key <= query && key / size == query / size
          case .band(let reach): abs(key - query) <= reach
          case .chosen(let keys): key <= query && key < min(query + 1, keys)
          // Any keys / block of the finished blocks (here the first), and the query's own unfinished one.
          case .chosenBlocks(let keys, let block):
            key <= query && (key < keys / block * block || key / block == (query + 1) / block)
          case .ownAndChosenBlocks(let blocks, let size):
            key <= query && (key / size == query / size || key / size < blocks - 1)
          }
        if isVisible { pairs += 1 }
      }
    }
    return pairs
  }

  @Test func pairsAreThoseOfTheMask() throws {
    for n in [1, 2, 5, 16, 17, 63] {
      for size in [1, 2, 3, 7, 16, 17, 100] {
        for mask: AttentionMask in [
          .full, .causal, .sliding(window: size), .chunked(size: size), .band(reach: size), .chosen(keys: size),
          .chosenBlocks(keys: 4 * size, block: size), .ownAndChosenBlocks(blocks: 1, size: size),
          .ownAndChosenBlocks(blocks: 3, size: size),
        ] {
          #expect(try mask.pairs(queries: n, keys: n).int("pairs") == Self.enumerate(mask, n), "\(mask) over \(n)")
        }
      }
    }
  }
}

@Suite struct ExtraPredictionTests {
  /// DeepSeek-V3's one module: a mixture layer of 11,507,286,016 weights, the projection of 2 x 7168 to 7168 and three
  /// norms; its embedding and head are the model's own (arXiv 2412.19437, section 2.2).
  @Test func deepSeekV3CountsItsModuleOnRequest() throws {
    let config = JSONObject([
      ("model_type", "deepseek_v3"), ("hidden_size", 7168), ("num_hidden_layers", 61), ("num_attention_heads", 128),
      ("vocab_size", 129280), ("intermediate_size", 18432), ("moe_intermediate_size", 2048), ("n_routed_experts", 256),
      ("n_shared_experts", 1), ("num_experts_per_tok", 8), ("first_k_dense_replace", 3), ("q_lora_rank", 1536),
      ("kv_lora_rank", 512), ("qk_nope_head_dim", 128), ("qk_rope_head_dim", 64), ("v_head_dim", 128),
      ("num_nextn_predict_layers", 1),
    ])
    let model = try Architecture(config: config)
    let plain = try ModelCount(model, sequenceLength: 4096)
    let extra = try ModelCount(model, sequenceLength: 4096, extraPrediction: true)
    let module = 11_507_286_016 + 2 * 7168 * 7168 + 3 * 7168
    #expect(try plain.totalParameters() == 671_026_404_352)
    #expect(try extra.totalParameters() - plain.totalParameters() == module)
    #expect(try extra.forward(.outputHead)?.count.int("head") == 2 * 2 * 4096 * 7168 * 129280)
  }
}

@Suite struct CompressedPairsTests {
  /// Keys of the window, and compressed entries of finished blocks: all of them, or at most as many as are chosen.
  @Test(arguments: [nil, 1, 3, 100])
  func pairsAreTheWindowAndFinishedBlocks(chosen: Int?) throws {
    for n in [1, 3, 4, 16, 37] {
      for rate in [1, 2, 4, 16] {
        let scores = Scores(
          heads: 2, keyWidth: 3, valueWidth: 3, mask: .sliding(window: 5),
          keys: .sequenceAndCompressed(rate: rate, chosen: chosen))
        let group = LayerGroup("layers", Layer([Block("self_attn", [.scores(scores)])]), count: 1)
        let model = Architecture(
          family: "test", width: 6, vocabulary: 1, layerCount: 1, embedding: Block("embedding", []), groups: [group],
          head: Block("head", []))
        let expected = (1...n).map { min($0, 5) + min($0 / rate, chosen ?? n) }.reduce(0, +)
        let causal = try ModelCount(
          model, sequenceLength: n, convention: .deepseek.with(attention: .causal), documents: [])
        #expect(try causal.attentionPairs() == [expected])
        #expect(causal.forward(.attentionScores) == ForwardFLOPs(Exact(2 * 2 * 6 * expected)))
        let full = try ModelCount(model, sequenceLength: n)
        #expect(full.forward(.attentionScores) == ForwardFLOPs(Exact(2 * 2 * 6 * n * (n + n / rate))))
      }
    }
  }
}

@Suite struct ExactTests {
  @Test func overflowSticks() throws {
    let large = Exact(Int.max) * 2
    #expect(throws: InputError.self) { try large.int("large") }
    #expect(throws: InputError.self) { try (Exact(Int.max) + 1).int("one more") }
    #expect(try (large - Exact(Int.max)).int("back in range") == Int.max)
    #expect(try (Exact(Int.min) * 2 + Exact(Int.max) + 2).int("below and back") == Int.min + 1)
    // Int64.max^3 is beyond 128 bits: from there nothing leads back.
    let beyond = Exact(Int.max) * Exact(Int.max) * Exact(Int.max)
    #expect(throws: InputError.self) { try (beyond - beyond).int("beyond") }
    #expect(throws: InputError.self) { try (beyond * 0).int("nothing of it") }
    #expect(beyond.double == .infinity)
    #expect((Exact(Int.max) - 1 + 1).dividedExactly(by: 7) == Exact(Int.max / 7))
  }
}
