import Isoflop
import Testing

@testable import CLISupport

/// What `count`, `memory`, `compare` and `mfu` say of a training run.
@Suite struct TrainingCommandTests {
  static func number(_ json: JSON?) -> Double { json?.double ?? .nan }

  @Test func adaptersTrainFewWeights() throws {
    let result = isoflop(
      "count", "llama-3-8b", "--lora-rank", "16", "--lora-targets", "q_proj,v_proj", "--recompute", "full", "--json")
    let training = try object(result.output)["training"]?.object
    // 32 layers x 16 x (4096 + 4096 + 4096 + 1024).
    #expect(training?["trainable_parameters"] == 6_815_744)
    let all = try object(isoflop("count", "llama-3-8b", "--recompute", "none", "--json").output)["training"]?.object
    #expect(all?["trainable_parameters"] == 8_030_261_248)
    #expect(Self.number(training?["model_flops_per_sequence"]) < Self.number(all?["model_flops_per_sequence"]))
    #expect(
      Self.number(training?["hardware_flops_per_sequence"]) > Self.number(training?["model_flops_per_sequence"]))
  }

  @Test func whatDoesNotGoTogetherIsNamed() {
    let both = isoflop("count", "gpt2", "--lora-rank", "8", "--frozen-layers", "2")
    #expect(both.status == 2 && both.errors.contains("--frozen-layers"))
    let alone = isoflop("count", "gpt2", "--lora-targets", "q_proj")
    #expect(alone.status == 2 && alone.errors.contains("--lora-rank"))
    let wrong = isoflop("memory", "gpt2", "--lora-rank", "8", "--lora-targets", "q_prj")
    #expect(wrong.status == 2 && wrong.errors.contains("q_proj"))
    let other = isoflop(
      "mfu", "gpt2", "--tokens-per-second", "1e5", "--accelerators", "1", "--peak", "a100", "--lora-rank", "8", "--as",
      "palm")
    #expect(other.status == 2 && other.errors.contains("--as"))
  }

  @Test func memoryIsAnObjectWithWhatGeneratingCosts() throws {
    let memory = try object(isoflop("memory", "llama-3-8b", "--context", "8192", "--json").output)
    #expect(memory["cache"]?.object?["bytes_per_token"] == 131_072)
    #expect(memory["cache"]?.object?["bytes"] == .integer(131_072 * 8192))
    #expect(memory["training_state"]?.object?["total"] == .integer(16 * 8_030_261_248))
    let generation = memory["generation"]?.object
    #expect(Self.number(generation?["prefill_flops"]) > 8000 * Self.number(generation?["decode_flops"]) / 2)
    // Gradients and optimizer of the adapters alone: 2 and 12 bytes each.
    let adapters = try object(
      isoflop("memory", "llama-3-8b", "--lora-rank", "16", "--lora-targets", "q_proj,v_proj", "--json").output)
    #expect(adapters["training_state"]?.object?["gradients"] == .integer(2 * 6_815_744))
    #expect(adapters["training_state"]?.object?["weights"] == .integer(2 * (8_030_261_248 + 6_815_744)))
  }

  @Test func theWayFromAConventionAddsUp() throws {
    let result = isoflop("compare", "deepseek-v3", "--as", "maxtext", "--as", "llm-flops", "--mtp", "--json")
    let ways = try object(result.output)["reconciliation"]?.object
    for name in ["maxtext", "llm-flops"] {
      let way = ways?[name]?.object
      let steps = way?["steps"]?.array ?? []
      let sum = steps.map { Self.number($0.object?["flops"]) }.reduce(Self.number(way?["from"]), +)
      #expect(abs(sum - Self.number(way?["to"])) < 1)
      #expect(steps.contains { $0.object?["nature"] == "error" })
    }
    let text = isoflop("compare", "llama-3-8b", "--as", "megatron", "--as", "verl").output
    #expect(text.contains("from megatron to deepseek") && text.contains("from verl to deepseek"))
  }

  @Test func layersAreShownBlockByBlock() throws {
    let count = try object(isoflop("count", "gpt2", "-s", "64", "--json").output)
    let layers = count["layers"]?.array ?? []
    let blocks = layers.first?.object?["blocks"]?.array ?? []
    let attention = blocks.compactMap { $0.object?["attention"]?.object }.first
    #expect(attention?["heads"] == 12 && attention?["key_width"] == 64 && attention?["pairs"] == 2080)
    let sum = blocks.map { Self.number($0.object?["parameters"]) }.reduce(0, +)
    #expect(sum == Self.number(layers.first?.object?["parameters"]))
  }
}
