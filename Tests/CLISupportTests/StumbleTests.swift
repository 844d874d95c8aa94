import Foundation
import Isoflop
import TestSupport
import Testing

@testable import CLISupport

/// What people who had only the README and the help tripped over, each with what they are now told.
@Suite struct StumbleTests {
  /// Command lines that ought to have worked, in their writers' eyes, and the way out that they are given.
  static let slips: [(arguments: [String], hint: String)] = [
    (["sweep", "--n-layers", "8-48", "--d-model", "1024", "--nearest", "4e10"], "a range is written 8:48"),
    (["sweep", "--n-layers", "8..48", "--d-model", "1024", "--nearest", "4e10"], "a range is written 8:48"),
    (
      ["sweep", "--n-layers", "8", "--d-model", "1024", "--where", "aspect_ratio>64", "--nearest", "4e10"],
      "both ends of a range belong to it: as in aspect_ratio<=160 or aspect_ratio>=64"
    ),
    (["compare", "gpt2", "--sequence-length", "32k"], "write the one that is meant"),
    (["allocate", "--hours", "24"], "how many, and which: accelerators 512, accelerator h100"),
    (
      ["allocate", "--accelerators", "8", "--accelerator", "NVIDIA-H100-SXM", "--hours", "1"],
      "did you mean h100? isoflop mfu --peaks lists them"
    ),
    (
      ["mfu", "gpt2", "--tokens-per-second", "1", "--accelerators", "1", "--peak", "m3"],
      "isoflop mfu --peaks lists them"
    ),
    (
      ["sweep", "--n-layers", "8", "--d-model", "1024", "--where", "kv_bytes_per_token<=64KiB", "--nearest", "1e9"],
      "write the one that is meant: 64000 or 65536"
    ),
    (
      ["sweep", "--n-layers", "8", "--d-model", "1024", "--where", "aspect_ratio=64:160", "--nearest", "1e9"],
      "a range of a quantity is written 64...160"
    ),
    (
      ["sweep", "--n-layers", "8", "--d-model", "1024", "--where", "M<=1e9 and n_heads>=8", "--nearest", "1e9"],
      "--where 'M<=1e9' --where 'n_heads>=8'"
    ),
    (["count", "gpt2", "--as", "all"], "isoflop compare --as all sets them side by side"),
    (["watch", "no-such.ledger"], "a first forecast makes it"),
    (["allocate", "--size", "4e10", "--tokens", "2T", "--compute", "1e22"], "C = M D: keep two of the three"),
    (["fit", "runs.csv", "--map", "params_total=N", "tokens=D"], "write --map before each: --map tokens=D"),
    (["fit", "runs.csv", "--map", "a=b", "tokens=D", "loss=L"], "write --map before each: --map tokens=D"),
  ]

  @Test(arguments: slips) func aSlipHasAWayOut(_ slip: (arguments: [String], hint: String)) {
    let result = isoflop(slip.arguments)
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(result.errors.contains("hint: ") && result.errors.contains(slip.hint), "\(result.errors)")
  }

  /// One of something is not "1 shapes".
  @Test(arguments: [
    ["sweep", "--n-layers", "8", "--d-model", "512", "--nearest", "1e9"],
    ["sweep", "--n-layers", "8", "--d-model", "512", "--summary"],
    ["sweep", "--n-layers", "8", "--d-model", "512", "--count", "1e3...1e12"],
    ["sweep", "--around", "gpt2", "--vary", "n_layer=12", "--nearest", "1e9"],
    ["sweep", "--around", "gpt2", "--vary", "n_layer=12", "n_head=5,12", "--nearest", "1e9"],
    ["sweep", "--n-layers", "8", "--d-model", "512", "-o", "FOLDER/t.csv"],
    ["size", "1B", "--top", "1", "--write-configs", "FOLDER/c"],
    ["allocate", "--compute", "1e19", "--top", "1", "--accelerators", "1", "--accelerator", "h100"],
    ["size", "7B", "--memory", "80"],
    ["plan", "--budgets", "1e18,1e19", "--shapes", "3", "--simulate", "1"],
    ["count", "FOLDER/one.json"], ["memory", "gpt2", "--context", "1"],
  ]) func oneIsSingular(_ arguments: [String]) throws {
    try withTemporaryFolder { folder in
      let one = """
        {"model_type": "gpt2", "n_layer": 1, "n_embd": 64, "n_head": 1, "n_positions": 64, "vocab_size": 100}
        """
      try writeFile(folder + "/one.json", Array(one.utf8))
      let result = isoflop(arguments.map { $0.replacing("FOLDER", with: folder) })
      let text = result.output + result.errors
      let fault = text.firstMatch(
        of:
          /(?:^|[ (])1 (?:\w+ )?(?:shapes|models|runs|rows|columns|configs|layers|devices|accelerators|worlds|tokens|combinations|sequences|budgets)\b/
      )
      #expect(fault == nil, "\(text)")
    }
  }

  @Test func countsCarryTheirNouns() {
    #expect(Numbers.counted(1, "shape") == "1 shape")
    #expect(Numbers.counted(0, "shape") == "0 shapes")
    #expect(Numbers.counted(2048, "axis", "axes") == "2,048 axes")
    #expect(Numbers.counted(1, "run has", "runs have") == "1 run has")
  }

  /// A value that an option cannot have is wrong in the option, whatever file stands beside it.
  @Test func aKernelThatThereIsNotIsNoFaultOfTheGrid() throws {
    try withTemporaryFolder { folder in
      try writeFile(folder + "/grid.yaml", Array("axes:\n  n_layers: [8]\n  d_model: [512]\n".utf8))
      let result = isoflop("sweep", folder + "/grid.yaml", "--nearest", "1e9", "--kernel", "avx")
      #expect(result.status == 2)
      #expect(result.errors.hasPrefix("error: --kernel: avx is no kernel implementation of this program\n"))
    }
  }

  /// Where both fits are made, a method that there is not is an error before the work, not a note after it.
  @Test func aMethodThatThereIsNotIsAnError() throws {
    try withTemporaryFolder { folder in
      try writeFile(folder + "/runs.csv", Array(SyntheticRuns.csv.utf8))
      let result = isoflop("fit", folder + "/runs.csv", "--method", "cubik", "--bootstrap", "0")
      #expect(result.status == 2 && result.output.isEmpty)
      #expect(result.errors.contains("--method: cubik is not possible here\nhint: did you mean cubic?"))
    }
  }

  /// The letters of the papers for columns, and a config or a law where runs are asked for.
  @Test func filesOfRunsThatAreNone() throws {
    try withTemporaryFolder { folder in
      try writeFile(folder + "/mine.csv", Array("run,N,D,val_loss\na,1e8,2e9,3.1\nb,2e8,2e9,3.0\n".utf8))
      let letters = isoflop("fit", folder + "/mine.csv")
      #expect(letters.errors.contains("--map params_total=N --map loss=val_loss --map tokens=D"), "\(letters.errors)")
      let config = try #require(KnownModel.named("gpt2")).config
      try writeFile(folder + "/config.json", Array(config.utf8))
      try writeFile(folder + "/law.json", Array("{\n\"id\": \"mine\",\n\"scale\": \"M\"}".utf8))
      let model = isoflop("fit", folder + "/config.json")
      #expect(model.status == 2 && model.errors.contains("is one JSON object, not a table of runs"))
      #expect(model.errors.contains("it is a model's config, which isoflop count reads"))
      #expect(isoflop("fit", folder + "/law.json").errors.contains("it is a law, which isoflop laws shows"))
    }
  }

  /// `7B` is parameters to most, and M to the law.
  @Test func aSizeInBillionsIsNotTakenForMWithoutAWord() {
    let inM = isoflop("allocate", "--size", "7B", "--compute", "1e22", "--top", "1")
    #expect(inM.status == 0)
    #expect(inM.errors.contains("--size 7B is taken for M = 7.00e9 FLOPs per token, the unit of deepseek"))
    #expect(!isoflop("allocate", "--size", "7e9", "--compute", "1e22", "--top", "1").errors.contains("is taken for M"))
    let inN = isoflop("allocate", "--size", "7B", "--compute", "1e22", "--law", "besiroglu", "--top", "1")
    #expect(inN.status == 0 && !inN.errors.contains("is taken for M"))
  }

  @Test func aFolderOfConfigsNamesThem() throws {
    try withTemporaryFolder { folder in
      _ = isoflop("size", "1B", "--top", "2", "--write-configs", folder + "/shapes")
      let result = isoflop("count", folder + "/shapes")
      #expect(result.status == 2)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/shapes").sorted()
      #expect(result.errors.contains("give one of " + names.map { "\(folder)/shapes/\($0)" }.joined(separator: ", ")))
    }
  }

  /// A law that is saved is said to be; what it lacks for a forecast, and how to get it.
  @Test func aSavedLawIsSaid() throws {
    try withTemporaryFolder { folder in
      try writeFile(folder + "/runs.csv", Array(SyntheticRuns.csv.utf8))
      let saved = isoflop("fit", folder + "/runs.csv", "--isoflop", "--bootstrap", "0", "-o", folder + "/my.law.json")
      #expect(saved.errors.contains("note: IsoFLOP law written to \(folder)/my.law.json"))
      let forecast = isoflop("predict", "--law", folder + "/my.law.json", "gpt2", "--tokens", "1e9")
      if forecast.status != 0 { #expect(forecast.errors.contains("isoflop fit RUNS --parametric --save LAW.json")) }
      // Six digits are enough to read; the file has all. The folder's name is random, and may have more.
      let shown = isoflop("laws", folder + "/my.law.json").output.replacing(folder, with: "")
      #expect(shown.firstMatch(of: /[0-9]{8}/) == nil, "\(shown)")
    }
  }

  /// Where no shape meets the conditions there are no headings over nothing.
  @Test func nothingFoundIsNoTable() {
    let result = isoflop(
      "sweep", "--n-layers", "8", "--d-model", "512", "--where", "aspect_ratio=1e4...", "--nearest", "1e9")
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("no shape of this grid meets the conditions"))
  }

  @Test func tokensOfASweepAreCountedInBillions() {
    let result = isoflop(
      "sweep", "--n-layers", "8", "--d-model", "1024", "--loss", "besiroglu", "--compute", "1e20", "--top", "1")
    #expect(result.output.contains("99.34B"), "\(result.output)")
  }

  /// Conditions on shapes may be written as those on runs are.
  @Test func conditionsMayBeComparisons() {
    func found(_ conditions: String...) -> Outcome {
      isoflop(
        ["sweep", "--n-layers", "8:40", "--d-model", "512:4096:64", "--nearest", "4e9", "--csv"]
          + conditions.flatMap { ["--where", $0] })
    }
    let ranges = found("M=...4e9", "aspect_ratio=64...")
    #expect(ranges.status == 0 && ranges.output.contains("n_layers"))
    #expect(found("M<=4e9", "aspect_ratio >= 64").output == ranges.output)
    #expect(found("M<=").status == 2)
  }

  /// The letters that a target may have, a bound may have too.
  @Test func aBoundMayHaveALetter() {
    func found(_ condition: String) -> Outcome {
      isoflop(
        "sweep", "--n-layers", "8:40", "--d-model", "512:4096:64", "--nearest", "4G", "--csv", "--where", condition)
    }
    let digits = found("parameters=5e8...1500000000")
    #expect(digits.status == 0 && digits.output.split(separator: "\n").count == 11)
    #expect(found("parameters=500M...1.5B").output == digits.output)
    let plain = isoflop("allocate", "--money", "150000", "--price", "2", "--accelerator", "h100", "--json").output
    #expect(isoflop("allocate", "--money", "150k", "--price", "2", "--accelerator", "h100", "--json").output == plain)
  }

  /// A front is of two quantities, and both are to be seen, however narrow the window.
  @Test(arguments: [80, 120]) func aFrontShowsWhatItIsOf(_ width: Int) {
    let result = isoflop(
      [
        "sweep", "--n-layers", "16:18", "--d-model", "2048:4096:512", "--head-dim", "128", "--n-kv-heads",
        "1,1/2,1/4", "--pareto", "min kv_bytes_per_token, max parameters",
      ], environment: ["COLUMNS": "\(width)"])
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(result.status == 0 && lines.allSatisfy { $0.count <= width }, "\(result.output)")
    // The smallest cache: 16 layers of 4 heads of 128, keys and values, two bytes each.
    #expect(lines.contains { $0.hasSuffix("32,768") }, "\(result.output)")
    #expect(result.output.contains("parameters"))
  }

  /// A size and its tokens are a budget, in the law's own account.
  @Test func sizeAndTokensAreABudget() throws {
    func compute(_ arguments: String...) throws -> Double? {
      let result = isoflop(["allocate", "--top", "1", "--json"] + arguments)
      return try JSON(parsing: result.output).object?["compute"]?.double
    }
    #expect(try compute("--size", "4.2e10", "--tokens", "2T") == 8.4e22)
    let inN = try #require(try compute("--size", "7e9", "--tokens", "2T", "--law", "besiroglu"))
    #expect(abs(inN / 8.4e22 - 1) < 1e-12)
  }

  /// A law of dense models says nothing of mixtures, and does not keep that to itself.
  @Test func aLawOfDenseModelsIsNotOfMixtures() {
    let model = isoflop("allocate", "--model", "deepseek-v3", "--tokens", "14.8T")
    #expect(model.status == 0 && model.errors.contains("deepseek was fitted to dense models, and deepseek-v3 has"))
    #expect(isoflop("allocate", "--compute", "1e22", "--style", "moe").errors.contains("these shapes are mixtures"))
    for dense in [
      ["--compute", "1e22"], ["--model", "llama-2-7b", "--tokens", "2T"],
      ["--compute", "1e22", "--law", "hunyuan_large", "--style", "moe"],
    ] {
      #expect(!isoflop(["allocate"] + dense).errors.contains("fitted to dense models"), "\(dense)")
    }
  }

  /// A dense law counts the parameters that work on a token: with all of a mixture's it said that less than nothing was lost.
  @Test func ofAMixtureTheActiveParametersAreTaken() throws {
    let model = ["--tokens", "14.8T", "--law", "besiroglu"]
    let active = try #require(
      try JSON(parsing: isoflop("count", "deepseek-v3", "--json").output).object?["parameters"]?.object?["active"]?
        .double)
    let report = isoflop(["allocate", "--model", "deepseek-v3", "--json"] + model)
    #expect(try JSON(parsing: report.output).object?["size"]?.double == active)
    #expect(!isoflop(["allocate", "--model", "deepseek-v3"] + model).output.contains("penalty        -"))
    let forecast = isoflop(["predict", "deepseek-v3"] + model)
    let dense = isoflop(["predict", "--size", "\(Int(active))"] + model)
    #expect(
      forecast.status == 0 && forecast.output == dense.output && forecast.errors.contains("that are active are taken"))
    #expect(!isoflop(["predict", "llama-2-7b"] + model).errors.contains("active"))
  }

  /// A plan whose runs have not been made yet, and a slip in our half of a --map.
  @Test func runsWithoutLossOrTokens() throws {
    try withTemporaryFolder { folder in
      let plan = folder + "/plan.csv"
      _ = isoflop("plan", "--budgets", "1e17,1e18", "--shapes", "3", "--simulate", "0", "-o", plan)
      let empty = isoflop("fit", plan)
      #expect(empty.status == 2 && empty.errors.contains("column loss: is empty in 6 rows"), "\(empty.errors)")
      try writeFile(folder + "/mine.csv", Array("run,N,D,L\na,1e8,2e9,3.1\nb,2e8,2e9,3.0\n".utf8))
      let slip = isoflop("fit", folder + "/mine.csv", "--map", "params_total=N", "--map", "token=D", "--map", "loss=L")
      #expect(slip.status == 2 && slip.errors.contains("did you mean --map tokens=D?"), "\(slip.errors)")
      let letter = isoflop("fit", folder + "/mine.csv", "--map", "params_total=M")
      #expect(letter.errors.contains("one of: run, N, D, L"), "\(letter.errors)")
    }
  }

  /// What Megatron-LM logs, beside the share of the peak.
  @Test func utilisationSaysWhatEachAcceleratorDoes() throws {
    let result = isoflop(
      "mfu", "llama-3-8b", "--tokens-per-second", "24000", "--accelerators", "2", "--peak", "h100", "--as", "megatron",
      "--json")
    let row = try #require(try JSON(parsing: result.output).array?.first?.object)
    let each = try #require(row["flops_per_second"]?.double)
    let perToken = try #require(row["flops_per_token"]?.double)
    #expect(abs(each / (12000 * perToken) - 1) < 1e-12)
  }
}
