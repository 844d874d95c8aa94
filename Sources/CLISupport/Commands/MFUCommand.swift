import ArgumentParser
import Isoflop

/// `isoflop mfu`
struct MFUCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "mfu",
    abstract: "Model and hardware FLOPs utilisation of a run, for the exact model.",
    discussion: """
      MFU = tokens per second x training FLOPs per token / (accelerators x peak). The FLOPs are those of the exact
      model, head included, by default with the pairs that the masks let through (--as exact); --as palm, megatron …
      uses another convention, which the output names. HFU adds what is computed twice (--recompute). With adapters or frozen
      layers the backward pass counts where it runs. Peaks are dense: figures with structured sparsity are twice as high
      and never reached by training.

      EXAMPLES
        isoflop mfu deepseek-llm-67b --tokens-per-second 1e6 --accelerators 1024 --peak h800
        isoflop mfu llama-3-8b --tokens-per-second 12000 --accelerators 1 --peak 989e12 --recompute full
        isoflop mfu deepseek-llm-67b --tokens 2T --accelerator-hours 601200 --peak h800 --as deepseek
        isoflop mfu llama-3-8b --tokens-per-second 18000 --accelerators 1 --peak h100 --lora-rank 16
        isoflop mfu --peaks
      """)

  @Argument(
    help: ArgumentHelp("A config.json, a folder that holds one, or a known model's name.", valueName: "config"),
    completion: Completions.models)
  var config: String?
  @Option(help: ArgumentHelp("Tokens per second of the whole run.", valueName: "x"))
  var tokensPerSecond: String?
  @Option(help: ArgumentHelp("Tokens of a whole run, with --accelerator-hours instead of a rate.", valueName: "D"))
  var tokens: String?
  @Option(help: ArgumentHelp("Hours of all its accelerators together.", valueName: "hours"))
  var acceleratorHours: String?
  @Option(help: ArgumentHelp("How many accelerators.", valueName: "n"))
  var accelerators: String?
  @Option(
    help: ArgumentHelp("An accelerator by name, or its dense peak in FLOPs per second.", valueName: "name|x"),
    completion: Completions.accelerators)
  var peak: String?
  @Option(help: ArgumentHelp("bf16 or fp8.", valueName: "type"), completion: .list(["bf16", "fp8"]))
  var precision = "bf16"
  @Option(
    name: .customLong("as"), help: ArgumentHelp("Whose FLOPs per token.", valueName: "convention"),
    completion: Completions.conventions)
  var convention = "exact"
  @OptionGroup(title: "What training runs") var training: TrainingOptions
  @Option(
    name: [.customShort("s"), .long],
    help: ArgumentHelp("Tokens of a sequence; isoflop help models says which without it.", valueName: "n"))
  var sequenceLength: String?
  @Flag(help: "List the accelerators known by name.")
  var peaks = false
  @OptionGroup(title: "Output") var output: OutputOptions

  func run(on terminal: Terminal) throws {
    if peaks {
      try Arguments.refuseAll(beside: "--peaks", in: terminal.arguments)
      return try Self.list(output.form, on: terminal)
    }
    guard let config else {
      throw InputError("names no model", field: "mfu", hint: "give a config.json or a name: isoflop mfu llama-3-8b …")
    }
    func required(_ text: String?, _ option: String, _ hint: String) throws -> String {
      guard let text else { throw InputError("is missing", field: option, hint: hint) }
      return text
    }
    let rate: Double
    let number: Int
    if let acceleratorHours {
      for (option, value) in [("--tokens-per-second", tokensPerSecond), ("--accelerators", accelerators)] {
        if let value {
          throw InputError("is given beside --accelerator-hours", field: option, value: value, hint: "leave it out")
        }
      }
      // One accelerator for all of the hours does the same.
      let hours = try Arguments.amount(acceleratorHours, "--accelerator-hours", hint: "such as 601200")
      rate =
        try SizeRequest.parse(required(tokens, "--tokens", "of the whole run, such as 2T"), field: "--tokens")
        / (3600 * hours)
      number = 1
    } else {
      try Arguments.refuse(["--tokens": tokens], "goes with --accelerator-hours", hint: "leave it out")
      rate = try Arguments.positive(
        required(
          tokensPerSecond, "--tokens-per-second", "of the whole run, such as 1e6; or --tokens and --accelerator-hours"),
        "--tokens-per-second")
      number = try Arguments.integer(
        required(accelerators, "--accelerators", "how many that rate is of"), "--accelerators")
    }
    let name = try required(peak, "--peak", "such as h100 (isoflop mfu --peaks lists them), or FLOPs per second")
    if Double(name) != nil, precision != "bf16" {
      throw InputError("is for an accelerator by name", field: "--precision", value: precision, hint: "leave it out")
    }
    let flops =
      try Double(name).map { _ in try Arguments.positive(name, "--peak") } ?? Accelerator.named(name).peak(precision)
    let model = try ModelArgument.architecture(config)
    let length = ModelArgument.sequenceLength(
      try sequenceLength.map { try Arguments.integer($0, "--sequence-length") }, for: model, on: terminal)
    let said = try Convention.named(convention)
    let run: RunPerToken
    do {
      run = try RunPerToken(
        model, sequenceLength: length, convention: said, trainable: training.trainable, recompute: training.again)
    } catch var error as InputError where error.field == said.name {
      error.field = "--as \(convention)"
      throw error
    }
    let use = try Utilization(tokensPerSecond: rate, of: run, accelerators: number, peak: flops)
    var table = Table([
      .text("model"), .integer("sequence_length", "S").extra(2), .text("convention").extra(1),
      .number("flops_per_token", "FLOPs/token") { Numbers.si($0, 4) }.extra(3),
      .number("peak", "peak FLOPs/s") { Numbers.si($0, 4) }.extra(4),
      .number("flops_per_second", "FLOPs/s of each") { Numbers.si($0, 4) }.extra(1),
      .number("mfu", "MFU") { Numbers.fixed(100 * $0, 2) + " %" },
      .number("hfu", "HFU") { Numbers.fixed(100 * $0, 2) + " %" },
    ])
    table.add([
      .string(model.name), .integer(length), .string(convention), .number(run.model), .number(flops),
      .number(use.mfu * flops), .number(use.mfu), .number(use.hfu),
    ])
    try terminal.write(table, as: output.form)
    if use.mfu > 1 {
      terminal.note("note: more than 100 %: check the tokens per second, the number of accelerators and the peak")
    }
  }

  private static func list(_ form: OutputForm, on terminal: Terminal) throws {
    var table = Table([
      .text("name"), .number("bf16", "dense bf16 FLOPs/s") { Numbers.si($0, 4) },
      .number("fp8", "dense fp8 FLOPs/s") { Numbers.si($0, 4) }.extra(2),
      .number("watts") { Numbers.fixed($0, 0) }.extra(3),
      .text("source").extra(4),
    ])
    for known in Accelerator.known {
      table.add([
        .string(known.name), .number(known.bf16), known.fp8.map { .number($0) } ?? .null,
        known.watts.map { .number($0) } ?? .null, .string(known.source),
      ])
    }
    try terminal.write(table, as: form)
  }
}
