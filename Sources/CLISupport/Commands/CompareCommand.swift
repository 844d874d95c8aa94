import ArgumentParser
import Isoflop

/// `isoflop compare`
struct CompareCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "What a token costs by M, 6N and other tools' conventions, and what that does to a budget.",
    discussion: """
      One model, many answers to "training FLOPs per token": the exact count, the paper's form, the 6N estimates, and the
      conventions of other tools (--as megatron, --as all). With --compute C it shows how many tokens each of them says
      the budget buys, and what those tokens really cost. For every --as, the terms that lead from that convention to
      the exact count are listed, each as a choice or an error for this model.

      --laws sets the published laws side by side: with --compute, how each would split that budget; with a model and
      --tokens, the learning rate, batch and loss that each has for that run, and how far it is from their optimum. --runs
      fits IsoFLOP runs by M, 6N1 and 6N2 and says what each account would have trained for --compute, and what that
      costs.

      EXAMPLES
        isoflop compare deepseek-llm-7b deepseek-llm-67b
        isoflop compare deepseek-llm-67b --compute 9.946e23
        isoflop compare llama-3-8b --as megatron
        isoflop compare qwen3-8b --as all --markdown
        isoflop compare llama-3-8b --plot ratios.svg
        isoflop compare --conventions
        isoflop compare --laws --compute 5.76e23
        isoflop compare --laws --compute 5.76e23 --plot laws.svg
        isoflop compare --laws deepseek-llm-7b deepseek-llm-67b --tokens 2T
        isoflop compare --runs runs.csv --compute 1e22
      """)

  @Argument(
    help: ArgumentHelp(
      "A config.json, a folder that holds one, - for standard input, or a known model's name.", valueName: "config"),
    completion: Completions.models)
  var configs: [String] = []
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("A convention to compare with, or all (repeatable).", valueName: "convention"),
    completion: Completions.conventions)
  var conventions: [String] = []
  @Option(help: ArgumentHelp("A budget in FLOPs.", valueName: "C"))
  var compute: String?
  @Flag(help: "Every published law side by side: for --compute, or for a model and --tokens.")
  var laws = false
  @Option(help: ArgumentHelp("Training tokens, with --laws: 2T.", valueName: "D"))
  var tokens: String?
  @Option(
    help: ArgumentHelp("IsoFLOP runs to decide from, with --compute.", valueName: "runs"),
    completion: .file(extensions: ["csv", "jsonl", "json"]))
  var runs: String?
  @Option(
    help: ArgumentHelp("Real shapes for --laws and --runs are of this style (default: deepseek).", valueName: "style"),
    completion: Completions.styles)
  var style: String?
  @Option(
    name: [.customShort("s"), .long],
    help: ArgumentHelp("Tokens of a sequence; isoflop help models says which without it.", valueName: "n"))
  var sequenceLength: String?
  @Flag(name: [.customLong("mtp")], help: "Count extra prediction modules (MTP) too.")
  var extraPrediction = false
  @Flag(name: .customLong("conventions"), help: "List the conventions and what they count.")
  var listConventions = false
  @OptionGroup(title: "Output") var plots: PlotOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func run(on terminal: Terminal) throws {
    if listConventions {
      try Arguments.refuseAll(beside: "--conventions", in: terminal.arguments)
      return try Self.list(output.form, on: terminal)
    }
    if laws || runs != nil {
      let question = laws ? "--laws" : "--runs"
      try Arguments.refuse(
        ["--as": conventions.first, "--mtp": Arguments.flag(extraPrediction)], "is not read with \(question)",
        hint: "leave it out")
    }
    if runs != nil || (laws && !configs.isEmpty) {
      try Arguments.refuse(
        ["--plot": plots.plot, "--plot-size": plots.plotSize, "--plot-data": Arguments.flag(plots.plotData)],
        "is not read with \(laws ? "--laws and a model" : "--runs")",
        hint: "models have a picture, and --laws for a budget alone")
    }
    if laws { try Arguments.refuse(["--runs": runs], "is given beside --laws", hint: "one question each time") }
    if runs != nil {
      try Arguments.refuse(
        ["--tokens": tokens, "CONFIG": configs.first], "is not read with --runs", hint: "leave it out")
    }
    if laws { return try compareLaws(on: terminal) }
    if let runs { return try decide(runs, on: terminal) }
    for (option, value) in [("--tokens", tokens), ("--style", style)] {
      if let value { throw InputError("goes with --laws", field: option, value: value, hint: "add --laws") }
    }
    guard !configs.isEmpty else {
      throw InputError(
        "names no model", field: "compare", hint: "give a config.json or a name: isoflop compare deepseek-llm-7b")
    }
    let length = try sequenceLength.map { try Arguments.integer($0, "--sequence-length") }
    let budget = try compute.map { try Arguments.positive($0, "--compute") }
    let plotter = try plots.plotter(besides: output.form, on: terminal)
    let all = conventions.contains("all")
    let named = try conventions.filter { $0 != "all" }.map { try Convention.named($0) }
    let models = try configs.map { try ModelArgument.architecture($0) }
    let lengths = ModelArgument.sequenceLengths(length, for: models, on: terminal)
    let comparisons = try zip(models, lengths).map { model, chosen in
      do {
        return try Comparison(
          model, sequenceLength: chosen, conventions: all ? Convention.comparable(with: model) : named, budget: budget,
          extraPrediction: extraPrediction)
      } catch let error as InputError {
        throw error.from(file: model.name)
      }
    }
    let picture = try plotter.map { _ in
      try Picture.ratios(comparisons.map { CountedModel($0.model, sequenceLength: $0.sequenceLength) })
    }
    try terminal.write(comparisons, as: output.form) { comparison in
      guard !conventions.contains("all") else { return }
      for way in comparison.ways { try terminal.write("\n" + way.table.text(width: terminal.width)) }
    }
    if let picture { try plotter?.draw(picture, on: terminal) }
  }

  /// All laws for one budget, or for each model after --tokens.
  private func compareLaws(on terminal: Terminal) throws {
    guard !configs.isEmpty else {
      guard let compute else {
        throw InputError(
          "names neither a budget nor a model", field: "--laws",
          hint: "isoflop compare --laws --compute 1e24, or isoflop compare --laws deepseek-llm-7b --tokens 2T")
      }
      try Arguments.refuse(["--tokens": tokens], "is for a model", hint: "name it, or leave out --tokens")
      let plotter = try plots.plotter(besides: output.form, on: terminal)
      var request = AllocationRequest(
        budget: try Budget(compute: Arguments.positive(compute, "--compute")), law: try Law.resolve("deepseek"))
      if let style { request.style = try ModelStyle.named(style) }
      if let sequenceLength { request.sequenceLength = try Arguments.integer(sequenceLength, "--sequence-length") }
      let comparison = try LawComparison(request)
      try comparison.write(as: output.form, on: terminal)
      try plotter?.draw(.tokens(by: comparison.rows.map(\.law), at: comparison.compute), on: terminal)
      return
    }
    try Arguments.refuse(["--style": style], "is for shapes, and a model is given", hint: "leave it out")
    let length = try sequenceLength.map { try Arguments.integer($0, "--sequence-length") }
    let models = try configs.map { try ModelArgument.architecture($0) }
    let lengths = ModelArgument.sequenceLengths(length, for: models, on: terminal)
    let comparisons = try zip(models, lengths).map { model, length -> ModelUnderLaws in
      let given = try GivenModel(model, sequenceLength: length)
      switch (tokens, compute) {
      case (let tokens?, nil): return try ModelUnderLaws(given, tokens: SizeRequest.parse(tokens, field: "--tokens"))
      case (nil, let compute?):
        return try ModelUnderLaws(given, tokens: Arguments.positive(compute, "--compute") / given.M)
      case (_?, let compute?):
        throw InputError("is given beside --tokens", field: "--compute", value: compute, hint: "keep one of the two")
      case (nil, nil):
        throw InputError("is missing", field: "--tokens", hint: "--tokens 2T, or --compute 1e23 for D = C / M")
      }
    }
    try terminal.write(comparisons, as: output.form)
  }

  /// What counting by M, 6N1 and 6N2 would have trained, from runs that were made.
  private func decide(_ runs: String, on terminal: Terminal) throws {
    guard let compute else {
      throw InputError("is missing", field: "--compute", hint: "the budget to decide about, in FLOPs")
    }
    let style = try self.style.map { try ModelStyle.named($0) } ?? .deepSeek
    let length = try sequenceLength.map { try Arguments.integer($0, "--sequence-length") } ?? 4096
    let choices = try CountingChoice.decide(
      RunTable.read(runs), target: Arguments.positive(compute, "--compute"),
      shapes: ShapeTable(style: style, sequenceLength: length))
    try terminal.write(CountingChoice.table(choices), as: output.form)
  }

  private static func list(_ form: OutputForm, on terminal: Terminal) throws {
    var table = Table([.text("convention"), .text("attention"), .text("head"), .text("source")])
    for convention in Convention.known {
      table.add([
        .string(convention.name), .string(convention.attentionWord),
        .string(convention.countsHead ? "counted" : "left out"), .string(convention.source),
      ])
    }
    try terminal.write(table, as: form)
  }
}
