import Isoflop
import TestSupport
import Testing

@testable import CLISupport

/// `isoflop count`: the JSON promise and the numbers of the paper.
@Suite struct CountTests {
  @Test func theTwoDeepSeekModels() throws {
    for (name, paper, exact) in [
      ("deepseek-llm-7b", 42_278_584_320, 42_467_328_000), ("deepseek-llm-67b", 497_276_682_240, 432_726_343_680),
    ] {
      let result = isoflop("count", name, "--json")
      #expect(result.status == 0)
      #expect(
        result.errors
          == "note: \(name): sequence length 4,096, its training length; --sequence-length chooses another\n")
      let perToken = try object(result.output)["flops_per_token"]?.object
      #expect(perToken?["M"] == .integer(exact))
      #expect(perToken?["M_paper"] == .integer(paper))
      #expect(perToken?["convention"] == "deepseek")
    }
  }

  /// What holds for several models is said once; what differs, each time.
  @Test func theLengthOfSeveralModelsIsSaidOnce() {
    let result = isoflop("count", "deepseek-llm-7b", "llama-1-7b", "deepseek-llm-67b", "deepseek-llm-7b", "--csv")
    let notes = result.errors.split(separator: "\n").filter { $0.contains("sequence length") }
    #expect(
      notes == [
        "note: deepseek-llm-7b, deepseek-llm-67b: sequence length 4,096, its training length; --sequence-length chooses another",
        "note: llama-1-7b: sequence length 2,048, its training length; --sequence-length chooses another",
      ])
    for command in [["compare"], ["compare", "--laws", "--tokens", "2T"]] {
      let result = isoflop(command + ["deepseek-llm-7b", "deepseek-llm-67b"])
      #expect(result.status == 0)
      #expect(result.errors.split(separator: "\n").count { $0.contains("sequence length") } == 1, "\(result.errors)")
    }
  }

  @Test func theKeysOfThePromise() throws {
    let count = try object(isoflop("count", "gpt2", "--json", "-s", "1024").output)
    #expect(
      count.names.prefix(8) == [
        "name", "family", "sequence_length", "parameters", "forward_flops_per_sequence", "attention_pairs",
        "flops_per_token", "layers",
      ])
    #expect(
      count["parameters"]?.object?.names
        == ["total", "active", "embedding", "output_head", "position_embedding", "non_embedding"])
    #expect(
      count["forward_flops_per_sequence"]?.object?.names
        == ["total", "weights", "attention_scores", "output_head", "convolution", "state_mixing", "other"])
    #expect(
      count["flops_per_token"]?.object?.names
        == ["M", "six_n1", "six_n2", "M_paper", "six_n1_paper", "six_n2_paper", "convention"])
    #expect(count["attention_pairs"]?.object?["per_layer"]?.array?.count == 12)
  }

  @Test func oneFileIsAnObjectAndMoreAreAnArray() throws {
    #expect(try JSON(parsing: isoflop("count", "gpt2", "--json").output).object != nil)
    #expect(try JSON(parsing: isoflop("count", "gpt2", "pythia-1b", "--json").output).array?.count == 2)
  }

  @Test func causalAttentionSaysSo() throws {
    let count = try object(isoflop("count", "deepseek-llm-7b", "--attention", "causal", "--json").output)
    #expect(count["flops_per_token"]?.object?["convention"] == "deepseek+causal")
    #expect(count["flops_per_token"]?.object?["M"] == 39_448_166_400)
    #expect(count["attention_pairs"]?.object?["per_layer"]?.array?.first == .integer(4096 * 4097 / 2))
  }

  @Test func everyKnownModelCounts() throws {
    // Totals as their makers' weights have them.
    let totals = [
      "llama-2-70b": 68_976_648_192, "gpt2-xl": 1_557_611_200, "qwen2.5-7b": 7_615_616_512, "qwen3-8b": 8_190_735_360,
      "deepseek-llm-7b": 6_910_365_696, "deepseek-llm-67b": 67_425_001_472, "llama-3-8b": 8_030_261_248,
      "mistral-7b": 7_241_732_096, "mistral-small-24b": 23_572_403_200, "mistral-large-123b": 122_610_069_504,
      "llama-3.1-8b": 8_030_261_248, "llama-3.1-70b": 70_553_706_496, "llama-3.1-405b": 405_853_388_800,
      "llama-3.2-1b": 1_235_814_400, "llama-3.2-3b": 3_212_749_824,
      "qwen2.5-0.5b": 494_032_768, "qwen2.5-1.5b": 1_543_714_304, "qwen2.5-3b": 3_085_938_688,
      "qwen2.5-14b": 14_770_033_664, "qwen2.5-32b": 32_763_876_352, "qwen2.5-72b": 72_706_203_648,
      "qwen3-0.6b": 596_049_920, "qwen3-1.7b": 1_720_574_976, "qwen3-4b": 4_022_468_096,
      "qwen3-14b": 14_768_307_200, "qwen3-32b": 32_762_123_264, "qwen3-30b-a3b": 30_532_122_624,
      "gemma-2-2b": 2_614_341_888, "gemma-2-9b": 9_241_705_984, "gemma-2-27b": 27_227_128_320,
      "gemma-3-270m": 268_098_176, "gemma-3-1b": 999_885_952, "gemma-3-4b": 3_880_263_168,
      "gemma-3-12b": 11_766_034_176, "gemma-3-27b": 27_009_346_304,
      "pythia-1.4b": 1_414_647_808, "pythia-2.8b": 2_775_208_960, "pythia-6.9b": 6_857_302_016,
      "pythia-12b": 11_846_072_320, "phi-1.5": 1_418_270_720, "phi-2": 2_779_683_840, "phi-3-mini": 3_821_079_552,
      "phi-3-medium": 13_960_238_080, "phi-4": 14_659_507_200,
      "smollm-135m": 134_515_008, "smollm-360m": 361_821_120, "smollm-1.7b": 1_711_376_384,
      "smollm2-135m": 134_515_008, "smollm2-360m": 361_821_120, "smollm2-1.7b": 1_711_376_384,
      "smollm3-3b": 3_075_098_624, "olmo-2-32b": 32_234_279_936,
      "mixtral-8x7b": 46_702_792_704, "gpt-oss-20b": 20_914_757_184, "gpt-oss-120b": 116_829_156_672,
    ]
    for model in KnownModel.all {
      let count = try object(isoflop("count", model.name, "--json").output)
      #expect(count["sequence_length"] == .integer(model.trainingLength ?? 4096))
      if let total = totals[model.name] {
        #expect(count["parameters"]?.object?["total"] == .integer(total), "\(model.name)")
      }
    }
    #expect(totals.keys.allSatisfy { KnownModel.named($0) != nil })
    #expect(
      try object(isoflop("count", "qwen3-30b-a3b", "--json").output)["parameters"]?.object?["active"] == 3_353_032_704)
    #expect(Set(KnownModel.all.map(\.name)).count == KnownModel.all.count)
  }

  @Test(arguments: MeasuredCase.all.filter { Family.modelTypes.contains($0.family) && $0.name.contains("full-") })
  func aMeasuredConfigFromAFile(_ measured: MeasuredCase) throws {
    try withTemporaryFolder { folder in
      for (spelling, config) in measured.configs {
        let file = folder + "/config.json"
        try writeFile(file, Array(JSON.object(config).text().utf8))
        var arguments = ["count", file, "--sequence-length", "\(measured.sequenceLength)", "--json"]
        if measured.modelKind == "encoder-decoder" {
          arguments += ["--decoder-length", "\(measured.sequenceLength / 2)"]
        }
        let count = try object(isoflop(arguments).output)
        for (part, field, value) in measured.expected {
          #expect(count[part]?.object?[field] == .integer(value), "\(spelling): \(part).\(field)")
        }
      }
    }
  }

  @Test func theTextHasTheSameNumbers() {
    let text = isoflop("count", "deepseek-llm-67b").output
    for number in ["432,726,343,680", "497,276,682,240", "67,425,001,472"] { #expect(text.contains(number)) }
    #expect(isoflop("count", "deepseek-llm-67b", "--explain").output.contains("8192 in x 22016 out"))
  }

  @Test func aFolderAndAFileGiveTheSameCount() throws {
    let model = try #require(KnownModel.named("mistral-7b"))
    try withTemporaryFolder { folder in
      try writeFile(folder + "/config.json", Array(model.config.utf8))
      let count = try object(isoflop("count", folder, "--json").output)
      #expect(count["sequence_length"] == 4096)
      #expect(count["parameters"]?.object?["total"] == 7_241_732_096)
    }
  }
}

@Suite struct CompareTests {
  @Test func everyAccountOfOneModel() throws {
    let comparison = try object(
      isoflop("compare", "deepseek-llm-67b", "--compute", "9.9455336448e23", "--as", "megatron", "--json").output)
    let accounts = try #require(comparison["accounts"]?.array).compactMap(\.object)
    func flops(_ name: String) -> JSON? { accounts.first { $0["account"] == .string(name) }?["flops_per_token"] }
    #expect(flops("M") == 432_726_343_680)
    #expect(flops("M (paper)") == 497_276_682_240)
    #expect(flops("6 N1 (paper)") == .integer(6 * 76_504_104_960))
    // Table of what other tools say, in GFLOPs: Megatron-LM 418.633 for this model.
    #expect(flops("megatron")?.double.map { ($0 / 1e6).rounded() / 1e3 } == 418.633)
    let paper = try #require(accounts.first { $0["account"] == "M (paper)" })
    #expect(paper["tokens"]?.double.map { ($0 / 1e9).rounded() } == 2000)
  }

  @Test func csvHasOneRowAnAccountAndModel() {
    let lines = isoflop("compare", "gpt2", "pythia-1b", "--csv").output.split(separator: "\n")
    #expect(lines[0] == "name,sequence_length,account,flops_per_token,over_M,meaning")
    #expect(lines.count == 1 + 2 * 7)
  }

  @Test func aHubNameIsToldHowToGetTheFile() {
    #expect(
      isoflop("count", "meta-llama/Llama-3-8B").errors
        == "error: meta-llama/Llama-3-8B: is neither a file nor a folder\n"
        + "hint: isoflop downloads nothing: hf download meta-llama/Llama-3-8B config.json --local-dir Llama-3-8B; "
        + "or did you mean llama-3-8b?\n")
  }

  @Test func aFolderWithoutAConfigAndASlipInAPath() throws {
    try withTemporaryFolder { folder in
      #expect(
        isoflop("count", folder).errors
          == "error: \(folder): is a folder without a config.json\nhint: give the path of one\n")
      try writeFile(folder + "/small.json", Array("{}".utf8))
      #expect(isoflop("count", folder).errors.hasSuffix("hint: give one of \(folder)/small.json\n"))
      #expect(isoflop("count", folder + "/smal.json").errors.hasSuffix("hint: did you mean \(folder)/small.json?\n"))
    }
  }

  /// Side by side, N of a mixture is what a token visits, as `isoflop attention` has it.
  @Test func mixturesStandBesideDenseModels() {
    let rows = isoflop("count", "deepseek-v3", "deepseek-llm-7b").output.split(separator: "\n")
    let mixture = rows.first { $0.hasPrefix("deepseek-v3 ") }
    #expect(mixture?.contains("214.2 G") == true && mixture?.contains(" 0.777 ") == true, "\(rows)")
  }
}
