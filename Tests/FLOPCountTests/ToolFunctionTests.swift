import Architectures
import Input
import TestSupport
import Testing

@testable import FLOPCount

/// What tools' own functions return, run unmodified at the snapshots of 2024-02 to 2026-08, to the FLOP.
@Suite struct ToolFunctionTests {
  struct Run: Sendable, CustomTestStringConvertible {
    let convention: String
    let model: String
    let length: Int
    /// FLOPs of one sequence.
    let flops: Double
    var extraPrediction = false
    var testDescription: String { "\(convention) on \(model) at \(length)" }
  }

  static func run(_ convention: String, _ model: String, _ length: Int, perToken gflops: Double) -> Run {
    Run(convention: convention, model: model, length: length, flops: gflops * 1e9 * Double(length))
  }

  static let runs: [Run] =
    [
      // NeMo's flops_formulas.py, each function with the sizes of the model.
      run("nemo-nemotronh", "nemotron-h-8b", 8192, perToken: 59.01385728),
      run("nemo-gpt-oss", "gpt-oss-120b", 8192, perToken: 34.443664128),
      run("nemo-gpt-oss", "gpt-oss-120b", 64, perToken: 30.736613376),
      run("nemo-llama2", "deepseek-llm-7b", 4096, perToken: 40.23386112),
      run("nemo-llama3", "deepseek-llm-7b", 4096, perToken: 42.599448576),
      run("nemo-gpt3", "deepseek-llm-7b", 4096, perToken: 40.51697664),
      run("nemo-mixtral", "mixtral-8x22b", 4096, perToken: 242.167578624),
      run("nemo", "mixtral-8x22b", 4096, perToken: 140.727287808),
      // Megatron-LM's num_floating_point_operations.
      run("megatron-hybrid", "nemotron-h-8b", 8192, perToken: 46.707769344),
      run("megatron", "gpt-oss-120b", 8192, perToken: 37.954732032),
      run("megatron-quick-geglu", "gpt-oss-120b", 8192, perToken: 30.788370432),
      run("megatron", "qwen3-next-80b", 4096, perToken: 22.73968128),
      run("megatron-hybrid", "qwen3-next-80b", 4096, perToken: 22.135701504),
      run("megatron", "deepseek-v3", 4096, perToken: 249.812054016),
      Run(
        convention: "megatron", model: "deepseek-v3", length: 4096, flops: 259.992950784e9 * 4096, extraPrediction: true
      ),
      run("megatron", "gpt2", 1024, perToken: 0.798031872),
      // verl's function for qwen3_5.
      run("verl", "qwen3-next-80b", 4096, perToken: 24.739381248),
      // calflops and torch 2.13's FlopCounterMode over transformers 5.23 with its default attention, on a CPU.
      Run(convention: "calflops", model: "tiny-llama", length: 32, flops: 6_825_984),
      Run(convention: "calflops", model: "tiny-llama", length: 64, flops: 13_651_968),
      Run(convention: "flop-counter", model: "tiny-llama", length: 32, flops: 20_447_232),
      Run(convention: "flop-counter", model: "tiny-llama", length: 64, flops: 40_894_464),
      // Calculon: forward, activations' and weights' gradients of every block.
      Run(convention: "calculon", model: "plain-16", length: 512, flops: 168_093_024_256),
      Run(convention: "calculon", model: "plain-1", length: 512, flops: 143_933_833_216),
    ]

  static func config(_ model: String) throws -> JSONObject {
    let text: String
    switch model {
    case "deepseek-llm-7b", "llama-3-8b", "mixtral-8x22b", "gpt-oss-120b", "gpt2", "qwen3-next-80b", "deepseek-v3":
      let files = [
        "deepseek-llm-7b": "llama/full-deepseek-llm-7b", "llama-3-8b": "llama/full-llama-3-8b",
        "mixtral-8x22b": "mixtral/full-mixtral-8x22b",
        "gpt-oss-120b": "gpt_oss/full-gpt-oss-120b", "gpt2": "gpt2/full-default",
        "qwen3-next-80b": "qwen3_next/full-qwen3-next-80b-a3b", "deepseek-v3": "deepseek_v3/full-deepseek-v3",
      ]
      let measured = MeasuredCase.all.first { $0.name == "\(files[model] ?? "").json" }
      return try #require(measured?.configs.last?.config)
    case "nemotron-h-8b":
      text = """
        {"model_type": "nemotron_h", "hidden_size": 4096, "num_hidden_layers": 52, "num_attention_heads": 32,
         "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 21504, "vocab_size": 131072,
         "mamba_num_heads": 128, "mamba_head_dim": 64, "n_groups": 8, "ssm_state_size": 128, "conv_kernel": 4,
         "chunk_size": 128, "mlp_hidden_act": "relu2", "tie_word_embeddings": false,
         "hybrid_override_pattern": "M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M-"}
        """
    case "olmo-hybrid-7b":
      text = """
        {"model_type": "olmo_hybrid", "hidden_size": 3840, "num_hidden_layers": 32, "num_attention_heads": 30,
         "num_key_value_heads": 30, "intermediate_size": 11008, "vocab_size": 100352, "tie_word_embeddings": false}
        """
    case "tiny-llama":
      text = """
        {"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
         "num_key_value_heads": 2, "intermediate_size": 160, "vocab_size": 320, "tie_word_embeddings": false}
        """
    default:
      text = """
        {"model_type": "starcoder2", "hidden_size": 1024, "num_hidden_layers": 4, "num_attention_heads": 16,
         "num_key_value_heads": \(model.hasSuffix("-1") ? 1 : 16), "intermediate_size": 4096, "vocab_size": 51200}
        """
    }
    return try #require(try JSON(parsing: Array(text.utf8)).object)
  }

  @Test(arguments: runs)
  func returnsWhatTheFunctionReturns(_ run: Run) throws {
    var config = try Self.config(run.model)
    if run.extraPrediction { config["num_nextn_predict_layers"] = 1 }
    let count = try ConventionCount(
      Architecture(config: config), sequenceLength: run.length, convention: .named(run.convention),
      extraPrediction: run.extraPrediction)
    #expect(abs(count.flopsPerSequence.double - run.flops) <= 1e-12 * run.flops, "\(count.flopsPerSequence.double)")
  }

  private static func perToken(
    _ config: JSONObject, _ convention: String, _ length: Int, extraPrediction: Bool = false,
    _ change: (inout Convention) -> Void = { _ in }
  ) throws -> Double {
    try ConventionCount(
      Architecture(config: config), sequenceLength: length, convention: .named(convention).changed(change),
      extraPrediction: extraPrediction
    ).perToken
  }

  /// OLMo-core's GatedDeltaNet returns 2 FLOPs a weight and 8 K V a head, where its other modules return 6: 2.93 times too
  /// low in OLMo-Hybrid-7B.
  @Test func olmoCoreCountsDeltaNetForward() throws {
    let config = try Self.config("olmo-hybrid-7b")
    let way = try Reconciliation(Architecture(config: config), sequenceLength: 4096, from: .named("olmo-core"))
    let step = try #require(way.steps.first)
    #expect(step.change == "backward pass of linear attention: no -> yes" && step.nature == .error)
    let layer = step.difference / 2 / 4096 / 24
    let weights = Double(3840 * (2 * 2880 + 2 * 5760 + 2 * 30) + 5760 * 3840)
    let (convolutions, recurrence) = (2 * 4 * (2 * 2880 + 5760), 8 * 30 * 96 * 192)
    #expect(layer == 2 * weights + Double(convolutions + recurrence))
    #expect(abs(6 * weights / layer - 2.93) < 0.005)
  }

  /// nanochat's two functions: over a prompt it counts the pairs that the mask lets through, in training all of them.
  @Test func nanochatPrefillIsCausal() throws {
    let config = try Self.config("llama-3-8b")
    let prefill = try Self.perToken(config, "nanochat-prefill", 8192)
    #expect(try Self.perToken(config, "exact", 8192) == 3 * prefill)
    let training = try Self.perToken(config, "nanochat", 8192)
    let masked = Double(12 * 32 * 4096) * 4095.5
    #expect(training - 3 * prefill == masked)
  }

  /// MaxText misses 61 % of DeepSeek-V3's extra prediction module: its projection and its head, 6.18 of 10.19 GFLOP.
  @Test func maxTextMissesTheEndsOfExtraPrediction() throws {
    var config = try Self.config("deepseek-v3")
    config["num_nextn_predict_layers"] = 1
    func module(_ convention: String) throws -> Double {
      let with = try Self.perToken(config, convention, 4096, extraPrediction: true)
      return with - (try Self.perToken(config, convention, 4096))
    }
    let (all, theirs) = (try module("exact"), try module("maxtext"))
    #expect(abs(all / 1e9 - 10.19) < 0.005 && abs((all - theirs) / 1e9 - 6.18) < 0.005)
    #expect(abs((all - theirs) / all - 0.61) < 0.005)
  }

  /// torchtitan's issue 4300 counts gpt-oss's windows: 9.2 % less at its length of 4096.
  @Test func torchtitanCountsWindowsAsFull() throws {
    let config = try Self.config("gpt-oss-120b")
    let full = try Self.perToken(config, "torchtitan", 4096)
    let band = try Self.perToken(config, "torchtitan", 4096) { $0.windows = .band }
    #expect(abs(1 - band / full - 0.092) < 0.0005)
  }

  /// llm-foundry's fine-tuning of embeddings: 2 FLOPs a parameter and 2 d_model a layer, whatever the length.
  @Test func llmFoundryEmbeddingIsLinear() throws {
    let config = try Self.config("llama-3-8b")
    let parameters = 8_030_261_248 - 128_256 * 4096
    let expected = Double(2 * parameters + 2 * 32 * 4096)
    for length in [512, 4096] { #expect(try Self.perToken(config, "llm-foundry-embedding", length) == expected) }
  }

  /// MaxText's calculate_gated_delta_net_flops_per_device and its sum, with Qwen3-Next's sizes.
  @Test func maxTextOnQwen3Next() throws {
    let config = try Self.config("qwen3-next-80b")
    let d = 2048
    let projections = d * (2 * 2048 + 2 * 4096 + 2 * 32) + 4096 * d
    let convolution = 4 * (2 * 2048 + 4096)
    let recurrence = 4 * 32 * 128 * 128
    let attention = d * (16 + 2 * 2) * 256 + d * 16 * 256 + 4096 * 16 * 256
    let mixture = d * 512 + 3 * d * 512 * 11
    let layers = 36 * (projections + convolution + recurrence) + 12 * attention + 48 * mixture
    let expected = Double(6 * (layers + d * 151_936))
    #expect(try Self.perToken(config, "maxtext", 4096) == expected)
  }

  /// A tool's error is named as one where the model shows it, and nothing else is.
  @Test(arguments: [
    ("calflops", "tiny-llama", 64, ["products inside fused kernels"]),
    ("flop-counter", "tiny-llama", 64, ["products inside fused kernels"]),
    ("calculon", "plain-16", 512, []), ("calculon", "tiny-llama", 64, ["the MLP's matrices", "key/value heads"]),
    ("nemo-nemotronh", "nemotron-h-8b", 8192, ["the MLP's matrices"]), ("megatron-hybrid", "nemotron-h-8b", 8192, []),
    ("nemo-gpt-oss", "gpt-oss-120b", 8192, []), ("nemo-gpt-oss", "gpt-oss-120b", 64, ["windows"]),
    ("megatron-quick-geglu", "gpt-oss-120b", 8192, ["the MLP's matrices", "windows"]),
    ("megatron-bridge", "gpt-oss-120b", 8192, []),
    ("megatron-hybrid", "qwen3-next-80b", 4096, ["gate on attention's output"]),
    ("megatron", "qwen3-next-80b", 4096, []),
    ("nemo", "mixtral-8x22b", 4096, ["the MLP's matrices", "experts of a token"]),
    ("nemo-mixtral", "mixtral-8x22b", 4096, ["vocabulary"]),
    (
      "nemo-gpt3", "deepseek-llm-7b", 4096,
      [
        "the MLP's matrices", "vocabulary",
      ]
    ),
    ("llm-foundry-embedding", "deepseek-llm-7b", 4096, ["windows"]),
  ])
  func errorsAreNamed(_ convention: String, _ model: String, _ length: Int, _ errors: [String]) throws {
    let config = try Self.config(model)
    let way = try Reconciliation(Architecture(config: config), sequenceLength: length, from: .named(convention))
    #expect(way.steps.filter { $0.nature == .error }.map { String($0.change.prefix { $0 != ":" }) } == errors)
    let sum = way.steps.map(\.difference).reduce(way.from.flopsPerSequence.double, +)
    #expect(abs(sum - way.to.flopsPerSequence.double) <= 1e-9 * sum)
  }

  /// Where a tool has no function for a model there is no number.
  @Test(arguments: [
    ("nanochat", "qwen3-next-80b", "no layers of this kind: gated DeltaNet"),
    ("maxtext", "nemotron-h-8b", "no layers of this kind: Mamba 2"),
    ("calculon", "mixtral-8x22b", "no mixtures of experts"),
    ("calculon", "deepseek-v3", "no mixtures of experts"), ("nemo", "deepseek-v3", "neither shared experts"),
    ("nemo-nemotronh", "qwen3-next-80b", "no layers of this kind"),
  ])
  func noFunctionNoNumber(_ convention: String, _ model: String, _ why: String) throws {
    let config = try Self.config(model)
    let architecture = try Architecture(config: config)
    let error = #expect(throws: InputError.self) {
      try ConventionCount(architecture, sequenceLength: 512, convention: .named(convention))
    }
    #expect(error.map { "\($0)".contains(why) } == true)
    #expect(!Convention.comparable(with: architecture).contains { $0.name == convention })
  }

  /// 6N is six FLOPs for every parameter that a token visits, in every decoder that runs each of its weights once; Kaplan's
  /// is that without the vocabulary and positions.
  @Test(arguments: MeasuredCase.all.filter { $0.modelKind == "decoder" && Family.modelTypes.contains($0.family) })
  func sixNIsSixTimesTheParameters(_ measured: MeasuredCase) throws {
    guard !Self.runsWeightsOtherwise.contains(measured.family) else { return }
    let model = try Architecture(config: measured.configs[0].config)
    let count = try ModelCount(model, sequenceLength: 64)
    func says(_ convention: String, _ parameters: Int) throws {
      let said = try ConventionCount(model, sequenceLength: 64, convention: .named(convention))
      #expect(said.flopsPerSequence == Exact(6 * 64) * Exact(parameters), "\(convention)")
    }
    try says("6n", count.activeParameters())
    try says("kaplan", count.nonEmbeddingParameters() - (count.totalParameters() - count.activeParameters()))
  }
  /// Shared blocks and cycles run again, a bank of profiles runs for every head and a correction for every stream, and
  /// experts are chosen by the data.
  static let runsWeightsOtherwise: Set<String> = [
    "zamba", "zamba2", "hrm_text", "gemma3n_text", "inkling_text", "longcat_flash", "zaya",
  ]
}
