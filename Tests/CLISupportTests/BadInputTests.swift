import Isoflop
import TestSupport
import Testing

@testable import CLISupport

/// Bad input: status 2, one sentence with file, field, value and way out, and nothing on standard output.
@Suite struct BadInputTests {
  private static let good = """
    {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 30,
     "num_attention_heads": 32, "vocab_size": 102400}
    """

  /// The good config with one text replaced.
  private static func with(_ old: String, _ new: String) -> String {
    var text = good
    guard let range = text.range(of: old) else { return text }
    text.replaceSubrange(range, with: new)
    return text
  }

  static let digits = "hint: write it in digits, without quotes, fraction or exponent"
  static let configs: [(text: String, message: String)] = [
    ("model_type: llama", "CONFIG: is not JSON, at line 1, column 1\nhint: a JSON file begins with { or ["),
    ("", "CONFIG: is empty, at line 1, column 1\nhint: expected a JSON object"),
    ("[1, 2]", "CONFIG: an array is JSON but no object\nhint: a config.json is one JSON object"),
    (
      String(repeating: "{\"a\":", count: 100_000),
      "CONFIG: nests deeper than 256 levels, at line 1, column 1281\nhint: correct the file at that place"
    ),
    (
      with("\"hidden_size\": 4096, ", ""),
      "CONFIG: hidden_size: is missing\nhint: add it to the config.json; also read as n_embd, n_embed, d_model"
    ),
    (with("30", "-30"), "CONFIG: num_hidden_layers: -30 is not a positive integer\n\(digits)"),
    (with("30", "0"), "CONFIG: num_hidden_layers: 0 is not a positive integer\n\(digits)"),
    (with("4096", "4096.5"), "CONFIG: hidden_size: 4096.5 is not a positive integer\n\(digits)"),
    (with("4096", "1e400"), "CONFIG: hidden_size: 1e400 is not a positive integer\n\(digits)"),
    (with("4096", "\"4096\""), "CONFIG: hidden_size: \"4096\" is not a positive integer\n\(digits)"),
    (
      with("4096", "99999999999999999999"),
      "CONFIG: hidden_size: 99999999999999999999 is beyond Int64: at most 1,073,741,824 can be counted\n"
        + "hint: correct it in the config.json"
    ),
    (
      with("4096", "4100"),
      "CONFIG: hidden_size: 4100 is not divisible by the 32 attention heads\n"
        + "hint: correct one of the two, or give head_dim"
    ),
    (
      with("llama", "lama"),
      "CONFIG: model_type: \"lama\" is not a model type that isoflop can count\nhint: did you mean llama?"
    ),
    (
      with("30,", "30, \"vocab_size\": 5,"),
      "CONFIG: vocab_size: is given twice, at line 2, column 29\nhint: remove one of the two"
    ),
  ]

  @Test(arguments: configs.indices)
  func aBadConfigIsNamed(_ index: Int) throws {
    let (text, message) = Self.configs[index]
    try withTemporaryFolder { folder in
      let file = folder + "/config.json"
      try writeFile(file, Array(text.utf8))
      let said =
        "error: " + message.split(separator: "CONFIG", omittingEmptySubsequences: false).joined(separator: file)
      for form in [[], ["--json"], ["--csv"]] {
        #expect(isoflop(["count", file, "-s", "4096"] + form) == Outcome(status: 2, output: "", errors: said + "\n"))
      }
      #expect(isoflop("compare", file, "-s", "4096").errors == said + "\n")
      // A good model before it is not half an answer.
      #expect(isoflop("count", "gpt2", file, "-s", "1024").output.isEmpty)
      #expect(try names(in: folder) == ["config.json"])
    }
  }

  @Test func theGoodOneIsGood() throws {
    try withTemporaryFolder { folder in
      try writeFile(folder + "/config.json", Array(Self.good.utf8))
      #expect(isoflop("count", folder, "-s", "4096").status == 0)
    }
  }

  @Test(
    arguments: [
      (["count"], "count: names no model\nhint: give a config.json or a name: isoflop count deepseek-llm-7b"),
      (
        ["count", "deepseek-llm-8b"],
        "deepseek-llm-8b is neither a file nor a model that isoflop knows\nhint: did you mean deepseek-llm-7b?"
      ),
      (["count", "gpt2", "-s", "0"], "--sequence-length: 0 is not a positive number\nhint: use 1 or more"),
      (["count", "gpt2", "-s", "-5"], nil),
      (
        ["count", "gpt2", "-s", "4096.5"],
        "--sequence-length: 4096.5 is not a whole number that fits 64 bits\nhint: write it in digits, such as 4096"
      ),
      (
        ["count", "gpt2", "-s", "99999999999999999999"],
        "--sequence-length: 99999999999999999999 is not a whole number that fits 64 bits\n"
          + "hint: write it in digits, such as 4096"
      ),
      (
        ["count", "gpt2", "-s", "many"],
        "--sequence-length: many is not a number\nhint: write it in digits, such as 4096"
      ),
      (
        ["count", "gpt2", "--attention", "causl"],
        "--attention: causl is not a way to count attention\nhint: did you mean causal?"
      ),
      (
        ["compare", "gpt2", "--as", "megatorn"],
        "--as: megatorn is not a convention that isoflop knows\nhint: did you mean megatron?"
      ),
      (
        ["compare", "gpt2", "--compute", "0"],
        "--compute: 0 is not a positive, finite number\nhint: use a number such as 1e20"
      ),
      (["compare", "gpt2", "--compute=-1e20"], nil),
      (
        ["compare", "gpt2", "--compute", "nan"],
        "--compute: nan is not a positive, finite number\nhint: use a number such as 1e20"
      ),
      (["laws", "depseek"], "law: depseek is not a law that isoflop knows\nhint: did you mean deepseek?"),
      (
        ["sweep"],
        "sweep: names no grid\nhint: give a grid file, or axes such as --n-layers 1:200 --d-model 64:8192:64"
      ),
      (
        ["sweep", "--n-layers", "1:10", "--d-model", "64:128:64"],
        "sweep: has no target\nhint: add one, such as --nearest 4.3e10; or --pareto, --histogram or --summary of all "
          + "shapes, or -o FILE.csv for the rows"
      ),
      (
        ["sweep", "--around", "gpt2", "--vary", "n_layer=6", "--sequence-length", "1024"],
        "--around: has no target\nhint: add one, such as --nearest 4.3e10; or --pareto or --histogram of all models, or "
          + "-o FILE.csv for the rows"
      ),
      (
        ["sweep", "--n-layers", "1:10", "--d-model", "64:128:0", "--nearest", "1e9"],
        "--d-model.step: 0 never reaches the end of the range\nhint: a step of 1"
      ),
      (["sweep", "--n-layers", "1:10", "--d-model", "64", "--nearest", "0"], nil),
      (["sweep", "--n-layers", "1:10", "--d-model", "64", "--nearest", "0.5"], nil),
      (["sweep", "--n-layers", "1:10", "--d-model", "64", "--nearest", "1e9", "--method", "quick"], nil),
      (["sweep", "--n-layers", "1:10", "--d-model", "64", "--nearest", "1e9", "--top", "0"], nil),
      (
        ["sweep", "--n-layers", "1:10", "--d-model", "64", "--nearest", "1e9", "--where", "aspect"],
        "--where: aspect is not a condition\nhint: as in aspect_ratio=64...160, aspect_ratio=64... or aspect_ratio=...160"
      ),
      (
        ["sweep", "--n-layers", "1:10", "--d-model", "64", "--nearest", "1e9", "--where", "M<1e9"],
        "--where: M<1e9 is not a condition\nhint: both ends of a range belong to it: as in aspect_ratio<=160 or "
          + "aspect_ratio>=64"
      ),
      (["machine", "--workers", "0"], nil),
      (["sweep", "--n-layers", "1:9", "--d-model", "64", "--histogram", "1001"], nil),
      (
        ["count", "gpt2", "--as", "foo"],
        "--as: foo is not a convention that isoflop knows\nhint: isoflop compare --conventions lists them"
      ),
      (
        ["count", "gpt2", "-s", "4,096"],
        "--sequence-length: 4,096 is not a number\nhint: write it without commas: 4096"
      ),
      (
        ["count", "gpt2", "--sequence-length", "9999999999"],
        "gpt2: --sequence-length: 9999999999 is not a sequence length from 1 to 1,073,741,824\n"
          + "hint: isoflop count --help says what it takes"
      ),
      (
        ["count", "gpt2", "--frozen-layers", "99", "-s", "64"],
        "gpt2: --frozen-layers: 99 is not a number of layers from 0 to 12\nhint: isoflop count --help says what it takes"
      ),
      (
        ["memory", "gpt2", "--cache", "foo", "--context", "64"],
        "--cache: foo is not an element type\nhint: one of: fp32, bf16, fp16, fp8, int8, int4"
      ),
      (
        ["sweep", "--n-layers", "1:9", "--d-model", "64", "--nearest", "1e9", "--where", "M=2...1"],
        "--where M: 2...1 is an empty range\nhint: write the smaller first"
      ),
      (
        [
          "sweep", "--around", "gpt2", "--vary", "n_layer=6", "--sequence-length", "64", "--histogram", "3", "--of",
          "aspect_ratio",
        ],
        "gpt2: --of: aspect_ratio is a ratio: it cannot be counted\nhint: such as M or parameters"
      ),
      (
        ["plan", "--budgets", "1e19...1e17"],
        "--budgets: 1e19...1e17 is an empty range: it does not end above its start\nhint: smaller budget first, such as 1e17...3e20"
      ),
      (
        ["plan", "--budgets", "1e17...1e19", "--count", "1"],
        "--count: 1 is not a number of budgets from 2 to 1,000\nhint: 8 is usual"
      ),
      (
        ["allocate", "--compute", "1e20", "--inference-tokens", "1e12"],
        "--inference-tokens: 1e12 needs a law with a loss surface: deepseek does not say what a smaller model loses\nhint: such as hoffmann_a3, besiroglu, muennighoff, sardana, aghajanyan_modal"
      ),
      (
        ["allocate", "--compute", "1e20", "--length-schedule", "0.5:4096"],
        "--length-schedule: has shares that sum to 0.5, not to 1\nhint: of all tokens, such as 0.9:4096,0.1:32768"
      ),
      (
        ["predict", "--law", "besiroglu", "gpt2", "--tokens", "2X"],
        "--tokens: 2X is not a number of tokens\nhint: such as 2T, 300B or 3e11"
      ),
      (
        ["predict", "gpt2", "--tokens", "1e9", "--images", "5"],
        "--vision: is missing\nhint: layers,width,patches[,merge], such as 24,1024,576,2"
      ),
      (
        ["watch", "/nonexistent.ledger"],
        nil
      ),
      (["machine", "--workers", "1e3"], nil),
    ] as [([String], String?)])
  func aBadRequestIsNamed(_ arguments: [String], _ message: String?) {
    let result = isoflop(arguments)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.hasPrefix("error: "))
    #expect(result.errors.contains("\nhint: "))
    if let message { #expect(result.errors.hasSuffix("error: \(message)\n")) }
  }

  /// A slip is answered with what was meant, wherever names are taken.
  @Test(
    arguments: [
      (["cuont"], "isoflop count"), (["help", "grid"], "isoflop help grids"),
      (["help", "alocate"], "isoflop help allocate"),
      (["allocate", "--compute", "1e20", "--law", "chinchila"], "chinchilla, which is hoffmann_a3"),
      (["allocate", "--compute", "1e20", "--law", "besirogul"], "besiroglu"),
      (["allocate", "--compute", "1e20", "--style", "lama"], "llama"),
      (["allocate", "--accelerators", "8", "--accelerator", "h-100", "--hours", "3"], "h100"),
      (
        ["count", "llama-3"],
        "llama-3-8b, llama-3-70b, llama-3.1-8b, llama-3.1-70b, llama-3.1-405b, llama-3.2-1b or llama-3.2-3b"
      ), (["count", "meta-llama/Llama-3-8B"], "llama-3-8b"),
      (["mfu", "gpt2", "--tokens-per-second", "1", "--accelerators", "1", "--peak", "b20"], "b200"),
      (["count", "gpt2", "--as", "Megatron-LM"], "megatron"), (["size", "7B", "--by", "actve"], "active"),
      (["sweep", "--n-layers", "1:9", "--d-model", "64", "--nearest", "1e9", "--of", "params"], "parameters"),
      (
        ["sweep", "--n-layers", "1:9", "--d-model", "64", "--nearest", "1e9", "--where", "aspect=1...2"], "aspect_ratio"
      ),
      (["sweep", "--n-layers", "1:9", "--d-model", "64", "--nearest", "1e9", "--method", "enumerat"], "enumerate"),
    ] as [([String], String)])
  func aSlipIsAnswered(_ arguments: [String], _ meant: String) {
    let result = isoflop(arguments)
    #expect(result.status == 2)
    #expect(result.errors.contains("did you mean \(meant)?\n"), "\(result.errors)")
  }

  @Test func aMisspeltOptionIsAnswered() {
    #expect(isoflop("count", "gpt2", "--sequence-lenght", "5").errors.contains("Did you mean '--sequence-length'?"))
  }

  /// A file of another kind is called what it is, not a file of the right kind with a slip in it.
  @Test(
    arguments: [
      ("tokenizer_config.json", #"{"tokenizer_class": "GPT2Tokenizer"}"#, ["count"], "it is a tokenizer's"),
      ("model.safetensors.index.json", #"{"weight_map": {}}"#, ["count"], "it is an index of weights"),
      ("my.law.json", #"{"id": "x", "scale": "M"}"#, ["count"], "it is a law: isoflop laws shows it"),
      ("other.json", #"{"foo": 1}"#, ["count"], "isoflop count --families lists"),
      (
        "run.json", #"{"config": {"model_type": "llama"}}"#, ["count"], "its member config is one: put that into a file"
      ),
      ("run.json", #"{"model": {"hidden_size": 64}}"#, ["report"], "its member model is one: put that into a file"),
      ("run.json", #"{"config": {"model_type": "llama"}}"#, ["fit"], "its member config is a model's config"),
      ("my.law.json", #"{"id": "x", "scale": "M"}"#, ["fit"], "it is a law, which isoflop laws shows"),
      ("README.md", "# A page\n\n*hint*: text, with commas", ["count"], "a JSON file begins with { or ["),
      ("README.md", "# A page\n\n*hint*: text, with commas", ["sweep", "--nearest", "1e9"], "isoflop help grids"),
      ("notes.txt", "hello", ["sweep", "--nearest", "1e9"], "isoflop help grids"),
      ("notes.txt", "hello", ["watch"], "isoflop watch FILE --forecast ID begins one"),
      ("README.md", "# A page\n\n*hint*: text, with commas", ["fit"], "isoflop help runs"),
    ] as [(String, String, [String], String)])
  func aFileOfAnotherKindIsNamed(_ name: String, _ text: String, _ command: [String], _ hint: String) throws {
    try withTemporaryFolder { folder in
      try writeFile("\(folder)/\(name)", Array(text.utf8))
      let result = isoflop([command[0], "\(folder)/\(name)"] + command.dropFirst())
      #expect(result.status == 2 && result.output.isEmpty)
      #expect(result.errors.contains("\nhint: \(hint)"), "\(result.errors)")
    }
  }

  @Test func aModelInPlaceOfAGrid() throws {
    #expect(
      isoflop("sweep", "llama-2-7b", "--nearest", "1e9").errors.contains(
        "hint: isoflop sweep --around llama-2-7b --vary num_hidden_layers="))
    try withTemporaryFolder { folder in
      let path = "\(folder)/untyped.json"
      try writeFile(path, Array(#"{"hidden_size": 512, "num_hidden_layers": 4}"#.utf8))
      let result = isoflop("sweep", "--around", path, "--vary", "hidden_size=512", "--nearest", "1e9")
      #expect(result.status == 2 && result.errors.hasPrefix("error: \(path): model_type: is missing\n"))
    }
  }

  static let grids: [(text: String, message: String)] = [
    (
      "axes: {n_layers: [], d_model: [64]}",
      "axes.n_layers: is an empty axis\nhint: give a value, or leave the axis out"
    ),
    (
      "axes: {n_layers: {from: 1, to: 9, step: 0}, d_model: [64]}",
      "axes.n_layers.step: 0 never reaches the end of the range\nhint: a step of 1"
    ),
    ("axis: {n_layers: [1]}", "axis: is not a key of a grid\nhint: did you mean axes?"),
    ("axes: {n_layer: [1]}", "axes.n_layer: is not an axis of a grid\nhint: did you mean n_layers?"),
    (
      "axes: {n_layers: {from: 1, to: 4000000000}, d_model: {from: 1, to: 4000000000}, sequence_length: {from: 1, to: 9}}",
      "axes: are more shapes than fit Int64 (9.2e18)\nhint: shorten an axis or raise its step"
    ),
    ("", "is empty\nhint: a grid has the keys axes and constraints"),
  ]

  @Test(arguments: grids.indices)
  func aBadGridIsNamed(_ index: Int) throws {
    let (text, message) = Self.grids[index]
    try withTemporaryFolder { folder in
      let file = folder + "/grid.yaml"
      try writeFile(file, Array(text.utf8))
      let said = "error: \(file): \(message)\n"
      #expect(isoflop("sweep", file, "--nearest", "1e9") == Outcome(status: 2, output: "", errors: said))
      #expect(try names(in: folder) == ["grid.yaml"])
    }
  }
}
