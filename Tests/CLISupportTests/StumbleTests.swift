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
      // Six digits are enough to read; the file has all.
      let shown = isoflop("laws", folder + "/my.law.json").output
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
}
