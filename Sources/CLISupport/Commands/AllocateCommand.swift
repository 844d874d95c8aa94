import ArgumentParser
import Isoflop

/// `isoflop allocate`
struct AllocateCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "allocate",
    abstract: "What to train for a budget: size, tokens, learning rate, batch, and real architectures.",
    discussion: """
      A law splits the budget C between model size and tokens; real shapes near that size follow, from a style or from a
      grid of your own, each with its own D = C / M. Outside the budgets a law was fitted on, a warning says how far.
      The default law is DeepSeek's: M_opt = 0.1715 C^0.5243, D_opt = 5.8316 C^0.4757 (arXiv 2401.02954, eq. 4).

      EXAMPLES
        isoflop allocate --compute 1e20
        isoflop allocate --compute 8.456e22 --style llama --top 3
        isoflop allocate --accelerators 512 --accelerator h100 --hours 72 --mfu 0.4
        isoflop allocate --compute 1e21 --law besiroglu --hyperparameter-law step_law
        isoflop allocate --compute 1e22 --all-laws
        isoflop allocate --compute 1e20 --n-layers 8:40 --d-model 512:4096:64 --where aspect_ratio=40...160
        isoflop allocate --compute 1e20 --json
      """)

  @OptionGroup(title: "Budget") var budget: BudgetOptions
  @Option(help: ArgumentHelp("A law's name or a law file (deepseek).", valueName: "law"))
  var law: String?
  @Option(help: ArgumentHelp("Where learning rate and batch come from, if not from --law.", valueName: "law"))
  var hyperparameterLaw: String?
  @Flag(help: "The same budget under every law that splits one: the spread is the message.")
  var allLaws = false
  @Option(
    help: ArgumentHelp(
      "Shapes of this style: \(ModelStyle.known.map(\.name).joined(separator: ", ")).", valueName: "style"))
  var style: String?
  @Option(help: ArgumentHelp("How many real shapes (5).", valueName: "n"))
  var top: String?
  @Option(help: ArgumentHelp("Train on exactly so many tokens.", valueName: "D"))
  var tokens: String?
  @Option(help: ArgumentHelp("Train a model of exactly this size, in the law's unit.", valueName: "size"))
  var size: String?
  @Option(help: ArgumentHelp("Unique tokens there are; beyond them they repeat.", valueName: "D"))
  var uniqueTokens: String?
  @Option(help: ArgumentHelp("Tokens to be served over its life, out of the same budget.", valueName: "D"))
  var inferenceTokens: String?
  @Option(help: ArgumentHelp("Heads, key-value heads and d_ff must divide by this.", valueName: "n"))
  var tensorParallel: String?
  @Option(help: ArgumentHelp("Layers must divide by this.", valueName: "n"))
  var pipelineParallel: String?
  @Option(help: ArgumentHelp("No more parameters than this.", valueName: "n"))
  var maxParameters: String?
  @Option(help: ArgumentHelp("A grid file to take shapes from, instead of a style.", valueName: "file"))
  var grid: String?
  @OptionGroup(title: "A grid of shapes") var gridOptions: GridOptions
  @OptionGroup(title: "How the grid is searched") var search: SearchOptions
  @Option(help: ArgumentHelp("Write each shape's config.json below this folder.", valueName: "folder"))
  var writeConfigs: String?
  @OptionGroup(title: "Output") var output: OutputOptions

  func run(on terminal: Terminal) throws {
    let progress = ProgressLine("shapes", on: terminal)
    let request = try request(progress)
    Interrupt.install()
    defer { progress.clear() }
    if allLaws {
      let comparison = try LawComparison(request)
      progress.clear()
      return try write(comparison, on: terminal)
    }
    let report = try request.solve()
    progress.clear()
    if let writeConfigs {
      try ConfigFolder.write(report.architectures.map(\.counted.shape), to: writeConfigs, on: terminal)
    }
    switch output.form {
    case .json: try terminal.writeLine(report.json.text())
    case .csv, .markdown:
      Self.warn(report.warnings, on: terminal)
      try terminal.write(AllocationText(report).shapes, as: output.form)
    case .text:
      try terminal.write(AllocationText(report).text(width: terminal.width))
      if let sweep = report.sweep { terminal.note(SweepCommand.summary(sweep)) }
      Self.warn(report.warnings, on: terminal)
    }
  }

  private static func warn(_ warnings: [String], on terminal: Terminal) {
    for warning in warnings { terminal.warning(warning) }
  }

  private func write(_ comparison: LawComparison, on terminal: Terminal) throws {
    let table = AllocationText.table(comparison)
    switch output.form {
    case .json: try terminal.writeLine(comparison.json.text())
    case .csv, .markdown: try terminal.write(table, as: output.form)
    case .text:
      try terminal.writeLine(
        "C = \(Numbers.scientific(comparison.compute, 4)) FLOPs under every law that splits a budget")
      try terminal.writeLine()
      try terminal.write(table.text(width: terminal.width))
      if let size = comparison.spread({ $0.report.M }), let tokens = comparison.spread({ $0.report.tokens }) {
        try terminal.writeLine()
        try terminal.writeLine(
          "largest over smallest: M_opt \(Numbers.significant(size, 2)), D_opt \(Numbers.significant(tokens, 2))")
      }
    }
  }

  private func request(_ progress: ProgressLine) throws -> AllocationRequest {
    var request = AllocationRequest(budget: try budget.budget(), law: try Law.resolve(law ?? "deepseek"))
    request.hyperparameterLaw = try hyperparameterLaw.map { try Law.resolve($0) }
    request.economics = try budget.economics()
    if let style { request.style = try ModelStyle.named(style) }
    request.grid = try gridOptions.shapeGrid(file: grid)
    request.sweep = try search.options(progress)
    if let length = gridOptions.sequenceLength, request.grid == nil {
      request.sequenceLength = try Arguments.integer(length, "--sequence-length")
    }
    if let vocabulary = gridOptions.vocabSize, request.grid == nil {
      request.style = request.style.with(vocabulary: try Arguments.integer(vocabulary, "--vocab-size"))
    }
    request.architectures = try top.map { try Arguments.integer($0, "--top") } ?? 5
    switch (size, tokens) {
    case (let size?, nil): request.fixed = .size(try Arguments.positive(size, "--size", hint: "such as 4.3e10"))
    case (nil, let tokens?): request.fixed = .tokens(try Arguments.positive(tokens, "--tokens", hint: "such as 2e12"))
    case (_?, let tokens?):
      throw InputError("is given beside --size", field: "--tokens", value: tokens, hint: "keep one of the two")
    case (nil, nil): break
    }
    request.uniqueTokens = try uniqueTokens.map { try Arguments.positive($0, "--unique-tokens", hint: "such as 1e12") }
    request.inferenceTokens = try inferenceTokens.map {
      try Arguments.positive($0, "--inference-tokens", hint: "such as 1e13")
    }
    request.constraints.tensorParallel = try tensorParallel.map { try Arguments.integer($0, "--tensor-parallel") }
    request.constraints.pipelineParallel = try pipelineParallel.map { try Arguments.integer($0, "--pipeline-parallel") }
    request.constraints.maximumParameters = try maxParameters.map {
      try Arguments.positive($0, "--max-parameters", hint: "such as 8e9")
    }
    return request
  }
}

extension GridOptions {
  /// For allocation: vocabulary and sequence length alone make no grid, they belong to the style.
  func shapeGrid(file: String?) throws -> Grid? {
    var shapes = self
    if file == nil {
      shapes.vocabSize = nil
      shapes.sequenceLength = nil
      guard try shapes.grid(file: nil) != nil else { return nil }
    }
    return try grid(file: file)
  }
}
