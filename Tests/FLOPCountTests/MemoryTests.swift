import Architectures
import Input
import Testing

@testable import FLOPCount

/// A llama-like model in one line.
func llama(
  layers: Int, width: Int, heads: Int, keyValueHeads: Int, hidden: Int, vocabulary: Int, type: String = "llama",
  extra: [(String, JSON)] = []
) throws -> Architecture {
  try Architecture(
    config: JSONObject(
      [
        ("model_type", .string(type)), ("hidden_size", .integer(width)), ("num_hidden_layers", .integer(layers)),
        ("num_attention_heads", .integer(heads)), ("num_key_value_heads", .integer(keyValueHeads)),
        ("intermediate_size", .integer(hidden)), ("vocab_size", .integer(vocabulary)),
      ] + extra))
}

@Suite struct CacheMemoryTests {
  @Test func bytesPerToken() throws {
    // 2 (K and V) x layers x K/V heads x 128 x 2 bytes.
    let llama2 = try llama(
      layers: 32, width: 4096, heads: 32, keyValueHeads: 32, hidden: 11008, vocabulary: 32000)
    #expect(try CacheMemory(llama2, length: 4096).bytesPerToken(.fp16) == 524_288)
    let llama3 = try llama(layers: 32, width: 4096, heads: 32, keyValueHeads: 8, hidden: 14336, vocabulary: 128256)
    #expect(try CacheMemory(llama3, length: 8192).bytesPerToken(.bf16) == 131_072)
    #expect(try CacheMemory(llama3, length: 8192).bytes(.bf16) == 131_072 * 8192)
    #expect(try CacheMemory(llama3, length: 8192).bytesPerToken(.int4) == 32_768)
  }

  @Test func aWindowKeepsItsWidth() throws {
    let mistral = try llama(
      layers: 32, width: 4096, heads: 32, keyValueHeads: 8, hidden: 14336, vocabulary: 32000, type: "mistral",
      extra: [("sliding_window", 4096)])
    let long = try CacheMemory(mistral, length: 32768)
    #expect(try long.bytes(.bf16) == 131_072 * 4096)
    #expect(try CacheMemory(mistral, length: 100).bytes(.bf16) == 131_072 * 100)
  }
}

@Suite struct TrainingMemoryTests {
  /// ZeRO, arXiv 1910.02054, Figure 1: 7.5e9 parameters on 64 devices, GB a device.
  @Test(arguments: zip([0, 1, 2, 3], [120.0, 31.4, 16.6, 1.88]))
  func zeroFigure1(_ stage: Int, _ gigabytes: Double) throws {
    let memory = try StateMemory(
      parameters: 7_500_000_000, recipe: .named("bf16-adam-fp32"), stage: stage, devices: 64)
    #expect(abs(Double(memory.total) / 1e9 - gigabytes) < 0.05)
  }

  @Test func activationsByThePublishedFormula() throws {
    // GPT-3: 5 a s / h = 80, so the scores are 80 of 114 parts (arXiv 2205.05198, section 5).
    let model = try Architecture(
      config: JSONObject([
        ("model_type", "gpt2"), ("n_embd", 12288), ("n_layer", 96), ("n_head", 96), ("n_positions", 2048),
        ("vocab_size", 50257),
      ]))
    let whole = try ActivationMemory(model, sequenceLength: 2048).bytes
    #expect(whole == 96 * 2048 * 12288 * 114)
    #expect(try ActivationMemory(model, sequenceLength: 2048, recompute: .selective).bytes == 96 * 2048 * 12288 * 34)
    #expect(try ActivationMemory(model, sequenceLength: 2048, recompute: .full).bytes == 96 * 2048 * 12288 * 2)
    #expect(
      try ActivationMemory(model, sequenceLength: 2048, tensorParallel: 8).bytes == 96 * 2048 * 12288 * (10 + 104 / 8))
  }

  @Test func badRequestsAreNamed() throws {
    #expect(throws: InputError.self) { try StateMemory(parameters: 1, recipe: OptimizerRecipe.known[0], stage: 4) }
    #expect(throws: InputError.self) { try StateMemory(parameters: 1, recipe: OptimizerRecipe.known[0], devices: 0) }
    #expect(throws: InputError.self) { try OptimizerRecipe.named("adamw") }
  }
}

@Suite struct TrainingRunTests {
  @Test func everythingLearningIsThreeForwards() throws {
    let model = try llama(layers: 3, width: 64, heads: 4, keyValueHeads: 2, hidden: 96, vocabulary: 100)
    let count = try ModelCount(model, sequenceLength: 32)
    let run = try TrainingRun(count)
    #expect(run.model == count.trainingPerSequence())
    #expect(run.hardware == run.model)
    #expect(try run.trainableParameters.int("n") == count.totalParameters())
  }

  @Test func fullRecomputeRunsTheLayersAgain() throws {
    let model = try llama(layers: 3, width: 64, heads: 4, keyValueHeads: 2, hidden: 96, vocabulary: 100)
    let count = try ModelCount(model, sequenceLength: 32)
    let full = try TrainingRun(count, recompute: .full)
    #expect(full.hardware.count * 3 == full.model.count * 4)
    let selective = try TrainingRun(count, recompute: .selective)
    #expect(selective.hardware.count - selective.model.count == count.forward(.attentionScores)?.count)
  }

  @Test func adaptersLeaveTheBaseFrozen() throws {
    // One layer, d 8, 2 heads, f 16, S 4, rank 2 on q_proj and v_proj.
    let model = try llama(layers: 1, width: 8, heads: 2, keyValueHeads: 2, hidden: 16, vocabulary: 10)
    let count = try ModelCount(model, sequenceLength: 4)
    let run = try TrainingRun(count, trainable: .adapters(rank: 2, targets: ["q_proj", "v_proj"]))
    let square = 2 * 4 * 8 * 8
    // q: forward only; k, v, o and the MLP: forward and input gradient; scores: forward and two backward.
    let base = square + 3 * 2 * square + 3 * 2 * (2 * 4 * 8 * 16) + 3 * (2 * 4 * 4 * 2 * 8)
    let adapters = 2 * (3 * 2 * 4 * 2 * (8 + 8))
    #expect(try run.model.count.int("model") == base + adapters)
    #expect(try run.trainableParameters.int("n") == 2 * 2 * (8 + 8))
    let wrong = #expect(throws: InputError.self) {
      try TrainingRun(count, trainable: .adapters(rank: 2, targets: ["q_prj"]))
    }
    #expect(wrong?.hint?.contains("q_proj") == true)
  }

  @Test func frozenLayersHaveNoBackwardPass() throws {
    let model = try llama(layers: 4, width: 64, heads: 4, keyValueHeads: 4, hidden: 96, vocabulary: 100)
    let count = try ModelCount(model, sequenceLength: 32)
    let run = try TrainingRun(count, trainable: .layersAfter(2))
    let layer = try #require(count.trainingPerSequence()).count.dividedExactly(by: 12)
    // Two layers forward only, two trained: their first norm learns, so every product needs its input's gradient.
    #expect(run.model.count == Exact(8) * (layer ?? 0))
    #expect(throws: InputError.self) { try TrainingRun(count, trainable: .layersAfter(5)) }
  }
}

@Suite struct UtilizationTests {
  /// PaLM (arXiv 2204.02311, table 3 and appendix B): 46.2 % at 238.3K tokens/s on 6144 TPU v4, 6N + 12 L H Q T.
  @Test func palm540B() throws {
    let perToken = 6 * 540.35e9 + 12.0 * 118 * 48 * 256 * 2048
    let use = try Utilization(
      tokensPerSecond: 238_300, of: RunPerToken(model: perToken), accelerators: 6144,
      peak: Accelerator.named("tpu-v4").peak("bf16"))
    #expect(abs(use.mfu - 0.462) < 0.0005)
  }

  /// DeepSeek-V2's paper: the 67B takes 300.6K H800-hours for 1e12 tokens: 40.4 % by exact M, 46.5 % by the paper's.
  @Test func deepseek67B() throws {
    let peak = try Accelerator.named("h800").peak("bf16")
    for (perToken, mfu) in [(432_726_343_680.0, 0.4043), (497_276_682_240.0, 0.4646)] {
      let use = try Utilization(
        tokensPerSecond: 1e12 / (300_600 * 3600), of: RunPerToken(model: perToken), accelerators: 1, peak: peak)
      #expect(abs(use.mfu - mfu) < 0.0001)
    }
  }

  /// A whole run is the convention's, with the second forward pass beside it; a partly frozen one has no convention.
  @Test func whatARunCostsPerToken() throws {
    let model = try llama(layers: 4, width: 64, heads: 4, keyValueHeads: 2, hidden: 96, vocabulary: 100)
    let megatron = try Convention.named("megatron")
    func run(_ convention: Convention, _ trainable: Trainable = .all, _ recompute: Recompute = .none) throws
      -> RunPerToken
    {
      try RunPerToken(
        model, sequenceLength: 32, convention: convention, trainable: trainable, recompute: recompute)
    }
    let said = try ConventionCount(model, sequenceLength: 32, convention: megatron).perToken
    #expect(try run(megatron) == RunPerToken(model: said))
    let count = try ModelCount(model, sequenceLength: 32, convention: .named("exact"))
    let again = try TrainingRun(count, recompute: .full)
    #expect(try run(megatron, .all, .full).hardware == said + (again.hardware.count - again.model.count).double / 32)
    let half = try TrainingRun(count, trainable: .layersAfter(2))
    #expect(try run(.named("exact"), .layersAfter(2)).model == half.model.count.double / 32)
    #expect(half.model.count.double < again.model.count.double)
    let error = #expect(throws: InputError.self) { try run(megatron, .layersAfter(2)) }
    #expect(error?.field == "megatron")
  }
}

@Suite struct GenerationTests {
  @Test func oneMoreTokenIsTheDifferenceOfTwoPrompts() throws {
    // Without the head, reading n + 1 tokens is reading n and writing one more.
    let model = try llama(layers: 3, width: 64, heads: 4, keyValueHeads: 2, hidden: 96, vocabulary: 100)
    for n in [1, 7, 64] {
      let now = try GenerationCount(model, context: n)
      let next = try GenerationCount(model, context: n + 1)
      let head = Exact(2 * 64 * 100)
      #expect(next.prefill.count - now.prefill.count == next.decode.count - head)
    }
  }
}

@Suite struct DocumentTests {
  @Test func packedDocumentsDoNotSeeEachOther() throws {
    let model = try llama(layers: 2, width: 64, heads: 4, keyValueHeads: 2, hidden: 96, vocabulary: 100)
    let packed = try ModelCount(model, sequenceLength: 60, documents: [10, 20, 30])
    let whole = try ModelCount(model, sequenceLength: 60)
    let scores = try #require(packed.forward(.attentionScores)).count
    #expect(scores * 3600 == (whole.forward(.attentionScores)?.count ?? 0) * 1400)
    #expect(try packed.attentionPairs() == [55 + 210 + 465, 55 + 210 + 465])
    #expect(throws: InputError.self) { try ModelCount(model, sequenceLength: 60, documents: [10, 20]) }
    #expect(throws: InputError.self) { try ModelCount(model, sequenceLength: 60, documents: [70, -10]) }
  }
}
