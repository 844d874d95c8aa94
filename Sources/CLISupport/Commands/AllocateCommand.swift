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
      The default law is DeepSeek's: M_opt = 0.1715 C^0.5243, D_opt = 5.8316 C^0.4757 (arXiv 2401.02954, eq. 4); a law
      without learning rate and batch takes DeepSeek's for them (--hyperparameter-law chooses another).

      The budget is --compute, or accelerators and --hours, --days, --accelerator-hours or --money. --model CONFIG or
      --size keeps the model, --tokens the tokens, and says what that costs against the optimum. --unique-tokens lets
      tokens repeat, --inference-tokens pays for serving out of the same budget (both need a law with a loss surface).

      EXAMPLES
        isoflop allocate --compute 1e20
        isoflop allocate --compute 8.456e22 --style llama --top 3
        isoflop allocate --accelerators 512 --accelerator h100 --hours 72 --mfu 0.4
        isoflop allocate --accelerators 512 --accelerator h100 --money 1e6 --price 2 --pue 1.1 --carbon 0.4
        isoflop allocate --compute 1e21 --law besiroglu --hyperparameter-law step_law
        isoflop allocate --model deepseek-llm-7b --tokens 2T
        isoflop allocate --compute 1e23 --law besiroglu --inference-tokens 1e13
        isoflop allocate --compute 1e22 --tensor-parallel 8 --pipeline-parallel 4 --memory 80
        isoflop allocate --compute 1e22 --length-schedule 0.9:4096,0.1:32768
        isoflop allocate --compute 1e22 --all-laws
        isoflop allocate --compute 1e20 --n-layers 8:40 --d-model 512:4096:64 --where aspect_ratio=40...160
        isoflop allocate --compute 1e20 --json
      """)

  @OptionGroup(title: "Budget") var budget: BudgetOptions
  @Option(
    help: ArgumentHelp("A law's name or a law file (default: deepseek).", valueName: "law"),
    completion: Completions.laws)
  var law: String?
  @Option(
    help: ArgumentHelp("Where learning rate and batch come from, if not from --law.", valueName: "law"),
    completion: Completions.laws)
  var hyperparameterLaw: String?
  @Flag(help: "The same budget under every law that splits one: the spread is the message.")
  var allLaws = false
  @Option(
    help: ArgumentHelp(
      "Shapes of this style: \(ModelStyle.known.map(\.name).joined(separator: ", ")) (default: deepseek).",
      valueName: "style"),
    completion: Completions.styles)
  var style: String?
  @Option(help: ArgumentHelp("How many real shapes (default: 5).", valueName: "n"))
  var top: String?
  @Option(help: ArgumentHelp("Train on exactly so many tokens: 2T.", valueName: "D"))
  var tokens: String?
  @Option(help: ArgumentHelp("Train a model of exactly this size, in the law's unit.", valueName: "size"))
  var size: String?
  @Option(
    help: ArgumentHelp("Train this model: a known one or a config.json.", valueName: "config"),
    completion: Completions.models)
  var model: String?
  @Option(help: ArgumentHelp("Unique tokens there are; beyond them they repeat.", valueName: "D"))
  var uniqueTokens: String?
  @Option(help: ArgumentHelp("Tokens to be served over its life, out of the same budget.", valueName: "D"))
  var inferenceTokens: String?
  @Option(help: ArgumentHelp("Sequence lengths over the run, share:length: 0.9:4096,0.1:32768.", valueName: "list"))
  var lengthSchedule: String?
  @Option(help: ArgumentHelp("Sequences of a batch come in multiples of this (default: 8).", valueName: "n"))
  var batchMultiple: String?
  @Option(
    help: ArgumentHelp(
      "The band holds sizes within this share of the lowest loss (default: 0.0025).", valueName: "share"))
  var band: String?
  @OptionGroup(title: "Constraints") var constraints: ShapeConstraintOptions
  @Option(
    help: ArgumentHelp("A grid file to take shapes from, instead of a style.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var grid: String?
  @OptionGroup(title: "A grid of shapes") var gridOptions: GridOptions
  @OptionGroup(title: "How the grid is searched") var search: SearchOptions
  @OptionGroup(title: "Output") var folder: ConfigFolderOption
  @OptionGroup(title: "Output") var output: OutputOptions

  func run(on terminal: Terminal) throws {
    let progress = ProgressLine("shapes", on: terminal)
    let request = try request(progress, on: terminal)
    Interrupt.install()
    defer { progress.clear() }
    if allLaws {
      let comparison = try LawComparison(request)
      progress.clear()
      return try comparison.write(as: output.form, on: terminal)
    }
    let report = try request.solve()
    progress.clear()
    if let folder = folder.writeConfigs {
      try ConfigFolder.write(report.architectures.map(\.counted.shape), to: folder, on: terminal)
    }
    let machine = budget.machine
    if report.bill != nil, machine.accelerators == nil, output.form == .text {
      terminal.note("note: the time is that of one accelerator: --accelerators says how many there are")
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

  /// What this request would not read is refused rather than passed over.
  private func refuseUnread() throws {
    let hasGrid = try gridOptions.shapeGrid(file: grid) != nil
    if hasGrid {
      try Arguments.refuse(["--style": style], "is given beside a grid", hint: "shapes come from one of the two")
      try Arguments.refuse(
        constraints.given, "is given beside a grid",
        hint: "a grid has conditions of its own: --where aspect_ratio=64...160")
    } else {
      try Arguments.refuse(
        [
          "--method": search.method, "--kernel": search.kernel, "--threads": search.threads,
          "--no-pin": Arguments.flag(!search.pin),
        ], "is for a grid, and there is none", hint: "leave it out, or give axes such as --n-layers 8:40")
    }
    if model != nil {
      try Arguments.refuse(
        ["--length-schedule": lengthSchedule], "is not read with --model", hint: "a model has one --sequence-length")
    }
    if model != nil, top == nil {
      let problem = "is for shapes, and --model leaves none to choose"
      try Arguments.refuse(
        [
          "--style": style, "--vocab-size": gridOptions.vocabSize, "--grid": grid,
          "--write-configs": folder.writeConfigs,
        ], problem, hint: "add --top 5 for shapes beside the model")
      try Arguments.refuse(constraints.given, problem, hint: "add --top 5 for shapes beside the model")
    }
    if allLaws {
      try Arguments.refuse(
        [
          "--law": law, "--hyperparameter-law": hyperparameterLaw, "--band": band, "--batch-multiple": batchMultiple,
          "--top": top, "--write-configs": folder.writeConfigs, "--length-schedule": lengthSchedule,
          "--watts": budget.machine.watts, "--node-overhead": budget.machine.nodeOverhead, "--pue": budget.machine.pue,
          "--carbon": budget.machine.carbon, "--price": budget.money == nil ? budget.machine.price : nil,
        ], "is not read with --all-laws", hint: "leave it out")
      if budget.compute != nil || model != nil {
        try Arguments.refuse(
          [
            "--accelerators": budget.machine.accelerators, "--accelerator": budget.machine.accelerator,
            "--peak": budget.machine.peak, "--mfu": budget.machine.mfu,
          ], "is not read with --all-laws and FLOPs", hint: "leave it out, or give --hours instead of FLOPs")
      }
    }
  }

  private func request(_ progress: ProgressLine, on terminal: Terminal) throws -> AllocationRequest {
    try refuseUnread()
    let law = try Law.resolve(law ?? "deepseek")
    let given = try self.model.map { try givenModel($0, on: terminal) }
    let size = try self.size.map { try Arguments.size($0, "--size", in: law, on: terminal) }
    var request = AllocationRequest(budget: try budget(for: given, size: size, under: law), law: law)
    request.hyperparameterLaw = try hyperparameterLaw.map { try Law.resolve($0) }
    request.economics = try budget.machine.economics()
    if let style { request.style = try ModelStyle.named(style) }
    request.grid = try gridOptions.shapeGrid(file: grid)
    request.sweep = try search.options(progress)
    if let length = gridOptions.sequenceLength, request.grid == nil {
      request.sequenceLength = try Arguments.integer(length, "--sequence-length")
    } else if let given {
      request.sequenceLength = given.sequenceLength
    }
    if let vocabulary = gridOptions.vocabSize, request.grid == nil {
      request.style = request.style.with(vocabulary: try Arguments.integer(vocabulary, "--vocab-size"))
    }
    // With a model there is nothing to choose.
    request.architectures = try top.map { try Arguments.integer($0, "--top") } ?? (given == nil ? 5 : 0)
    request.fixed = try fixed(given, size: size)
    request.uniqueTokens = try uniqueTokens.map { try SizeRequest.parse($0, field: "--unique-tokens") }
    request.inferenceTokens = try inferenceTokens.map { try SizeRequest.parse($0, field: "--inference-tokens") }
    if let lengthSchedule { request.lengthSchedule = try Self.phases(lengthSchedule) }
    if let band { request.bandTolerance = try Arguments.positive(band, "--band", hint: "such as 0.0025") }
    let accelerators = try budget.machine.machine()?.accelerators
    request.constraints = try constraints.constraints(accelerators: accelerators)
    request.batchMultiple =
      try batchMultiple.map { try Arguments.integer($0, "--batch-multiple") }
      ?? request.constraints.replicas(of: accelerators) ?? 8
    return request
  }

  private func givenModel(_ config: String, on terminal: Terminal) throws -> GivenModel {
    if let size {
      throw InputError("is given beside --model", field: "--size", value: size, hint: "keep one of the two")
    }
    let architecture = try ModelArgument.architecture(config)
    let asked = try gridOptions.sequenceLength.map { try Arguments.integer($0, "--sequence-length") }
    return try GivenModel(
      architecture, sequenceLength: ModelArgument.sequenceLength(asked, for: architecture, on: terminal))
  }

  /// What was given, or what a given model, or size in the law's account, costs on given tokens.
  private func budget(for given: GivenModel?, size: Double?, under law: Law) throws -> Budget {
    let perToken = given?.M ?? size.flatMap { law.cost?.flopsPerToken(scale: $0) }
    switch (try budget.budget(), perToken, tokens) {
    case (let budget?, nil, _), (let budget?, _?, nil): return budget
    case (nil, let perToken?, let tokens?):
      let compute = perToken * (try SizeRequest.parse(tokens, field: "--tokens"))
      return try Budget(compute: compute, machine: budget.machine.machine())
    case (_?, _?, let tokens?):
      throw InputError(
        "cannot be given beside a budget and \(given == nil ? "--size" : "--model")", field: "--tokens", value: tokens,
        hint: "C = M D: keep two of the three")
    case (nil, _, _):
      throw InputError(
        "is missing", field: "--compute",
        hint: "give FLOPs (--compute 1e20), or --accelerators 512 --accelerator h100 --hours 720")
    }
  }

  private func fixed(_ given: GivenModel?, size: Double?) throws -> AllocationRequest.Fixed? {
    if let given { return .model(given) }
    if let size { return .size(size) }
    return try tokens.map { .tokens(try SizeRequest.parse($0, field: "--tokens")) }
  }

  private static func phases(_ text: String) throws -> [AllocationRequest.LengthPhase] {
    try text.split(separator: ",").map { phase in
      let parts = phase.split(separator: ":").map(String.init)
      guard parts.count == 2 else {
        throw InputError(
          "is not share:length", field: "--length-schedule", value: String(phase), hint: "such as 0.9:4096,0.1:32768")
      }
      return AllocationRequest.LengthPhase(
        share: try Arguments.positive(parts[0], "--length-schedule", hint: "a share of the tokens, such as 0.9"),
        sequenceLength: try Arguments.integer(parts[1], "--length-schedule"))
    }
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
