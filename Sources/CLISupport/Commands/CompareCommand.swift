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
      the budget buys, and what those tokens really cost. With one --as, the steps from that convention to the exact
      count are listed, each as a choice or an error.

      EXAMPLES
        isoflop compare deepseek-llm-7b deepseek-llm-67b
        isoflop compare deepseek-llm-67b --compute 9.946e23
        isoflop compare llama-3-8b --as megatron
        isoflop compare qwen3-8b --as all --markdown
        isoflop compare llama-3-8b --plot ratios.svg
        isoflop compare --conventions
      """)

  @Argument(
    help: ArgumentHelp(
      "A config.json, a folder that holds one, - for standard input, or a known model's name.", valueName: "config"))
  var configs: [String] = []
  @Option(name: .customLong("as"), help: ArgumentHelp("A convention to compare with, or all.", valueName: "convention"))
  var conventions: [String] = []
  @Option(help: ArgumentHelp("A budget in FLOPs.", valueName: "C"))
  var compute: String?
  @Option(name: [.customShort("s"), .long], help: ArgumentHelp("Tokens of a sequence.", valueName: "n"))
  var sequenceLength: String?
  @Flag(name: .customLong("conventions"), help: "List the conventions and what they count.")
  var listConventions = false
  @OptionGroup var plots: PlotOptions
  @OptionGroup var output: OutputOptions

  func run(on terminal: Terminal) throws {
    if listConventions { return try Self.list(output.form, on: terminal) }
    guard !configs.isEmpty else {
      throw InputError(
        "names no model", field: "compare", hint: "give a config.json or a name: isoflop compare deepseek-llm-7b")
    }
    let length = try sequenceLength.map { try Arguments.integer($0, "--sequence-length") }
    let budget = try compute.map { try Arguments.positive($0, "--compute") }
    let plotter = try plots.plotter(besides: output.form, on: terminal)
    let others =
      conventions.contains("all")
      ? Convention.known.filter { $0.name != Convention.deepseek.name && !$0.paperForm }
      : try conventions.map { try Convention.named($0) }
    let comparisons = try configs.map { config in
      let model = try ModelArgument.architecture(config)
      let chosen = ModelArgument.sequenceLength(length, for: model, on: terminal)
      do {
        return try Comparison(model, sequenceLength: chosen, conventions: others, budget: budget)
      } catch let error as InputError {
        throw error.from(file: model.name)
      }
    }
    let picture = try plotter.map { _ in
      try Picture.ratios(comparisons.map { CountedModel($0.model, sequenceLength: $0.sequenceLength) })
    }
    switch output.form {
    case .json:
      let objects = comparisons.map(\.json)
      try terminal.writeLine((objects.count == 1 ? objects[0] : .array(objects)).text())
    case .csv, .markdown:
      var table = comparisons[0].table(named: true)
      for comparison in comparisons.dropFirst() { table.add(rowsOf: comparison.table(named: true)) }
      try terminal.write(table, as: output.form)
    case .text:
      for (index, comparison) in comparisons.enumerated() {
        if index > 0 { try terminal.writeLine() }
        try terminal.writeLine(comparison.heading)
        try terminal.writeLine()
        try terminal.write(comparison.table(named: false).text(width: terminal.width))
        if others.count == 1 {
          let steps = try Reconciliation(
            comparison.model, sequenceLength: comparison.sequenceLength, from: others[0])
          try terminal.write("\n" + Self.steps(steps))
        }
      }
    }
    if let picture { try plotter?.draw(picture, on: terminal) }
  }

  /// The way from one convention to the exact count.
  private static func steps(_ way: Reconciliation) -> String {
    var table = Table([
      .text("step", "from \(way.from.convention.name) to \(way.to.convention.name)"),
      .number("flops", "FLOPs per token") { ($0 > 0 ? "+" : "") + Numbers.si($0, 4) }, .text("nature", ""),
    ])
    for step in way.steps {
      table.add([
        .string(step.change), .number(step.difference / Double(way.from.tokens)), .string(step.nature.rawValue),
      ])
    }
    return table.text()
  }

  private static func list(_ form: OutputForm, on terminal: Terminal) throws {
    var table = Table([.text("convention"), .text("attention"), .text("head", "output head"), .text("source")])
    for convention in Convention.known {
      table.add([
        .string(convention.name), .string(convention.paperForm ? "full" : convention.attention.rawValue),
        .string(convention.countsHead ? "counted" : "left out"), .string(convention.source),
      ])
    }
    try terminal.write(table, as: form)
  }
}
