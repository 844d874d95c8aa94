import ArgumentParser
import Isoflop

/// `isoflop plan`
struct PlanCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "An IsoFLOP experiment: budgets, shapes on both sides of the optimum, tokens, batch, learning rate.",
    discussion: """
      For each budget, real shapes that bracket the law's optimum symmetrically in log size. -o runs.csv writes
      them with an empty loss column for isoflop fit; --write-configs a config.json for each run. The plan is tried in
      simulated worlds whose law is known (the surface of --world and its noise), which says how well it would determine
      the exponent a; --optimise looks for a better grid of the same compute. --against-6n plans, fits and allocates the
      same experiment counted by M, 6N1 and 6N2 at equal true compute, and says what each would have lost at the target.
      --accelerator h100 --accelerators 64 adds what the experiment takes in hours, money and energy.

      EXAMPLES
        isoflop plan --budgets 1e17...3e20 --count 8 --shapes 10 -o runs.csv --write-configs configs
        isoflop plan --budgets 1e17...1e19 --count 5 --shapes 7 --simulate 400 --noise 0.001
        isoflop plan --budgets 1e18...1e20 --count 4 --accelerators 64 --accelerator h100 --price 2
        isoflop plan --budgets 1e17...1e19 --count 5 --shapes 7 --optimise
        isoflop plan --budgets 1e17...3e20 --against-6n 8.456e22
      """)

  @Option(help: ArgumentHelp("Lowest...highest budget, or a list 1e17,1e18,1e19.", valueName: "FLOPs"))
  var budgets: String
  @Option(help: ArgumentHelp("How many budgets in a range (default: 8).", valueName: "n"))
  var count: String?
  @Option(help: ArgumentHelp("Shapes for each budget (default: 10).", valueName: "n"))
  var shapes: String?
  @Option(
    help: ArgumentHelp(
      "Largest size over the optimum, and the optimum over the smallest (default: 4).", valueName: "factor"))
  var span: String?
  @Option(
    help: ArgumentHelp(
      "The law that says where the optimum is: a name or a file (default: deepseek).", valueName: "law"),
    completion: Completions.laws)
  var law = "deepseek"
  @Option(
    help: ArgumentHelp("Where learning rate and batch come from, if not from --law.", valueName: "law"),
    completion: Completions.laws)
  var hyperparameterLaw: String?
  @Option(help: ArgumentHelp("Sequences of a batch come in multiples of this (default: 8).", valueName: "n"))
  var batchMultiple: String?
  @Option(
    help: ArgumentHelp("One of deepseek, llama, qwen, gpt, moe (default: deepseek).", valueName: "style"),
    completion: Completions.styles)
  var style = "deepseek"
  @Option(help: ArgumentHelp("Tokens of a sequence (default: 4096).", valueName: "n"))
  var sequenceLength: String?
  @OptionGroup(title: "Simulation") var simulation: SimulationOptions
  @OptionGroup(title: "Machine") var machine: MachineOptions
  @OptionGroup(title: "Constraints") var constraints: ShapeConstraintOptions
  @OptionGroup(title: "Output") var files: PlanFiles
  @OptionGroup(title: "Output") var output: OutputOptions

  func run(on terminal: Terminal) throws {
    try simulation.refuseUnread()
    var request = try self.request()
    let simulated = try simulatedWorld()
    let seed = UInt64(try simulation.seed.map { try Arguments.integer($0, "--seed") } ?? 1)
    var quality: PlanQuality?
    var plan: Plan
    if simulation.optimise {
      let before = try request.solve().quality(in: simulated, worlds: 60, seed: seed)
      let better = try request.optimised(in: simulated, seed: seed)
      request = better.request
      plan = better.plan
      quality = better.quality
      terminal.note(
        "note: of the same compute, span \(Numbers.significant(request.span, 2)) with \(Numbers.counted(request.shapesPerBudget, "shape")) a budget: "
          + "a is off by \(Numbers.fixed(better.quality.rootMeanSquare, 4)) (root mean square) instead of "
          + Numbers.fixed(before.rootMeanSquare, 4))
    } else {
      plan = try request.solve()
    }
    let simulate = simulation.simulate
    if quality == nil || simulate != nil, simulate != "0" {
      do {
        quality = try plan.quality(
          in: simulated, worlds: simulate.map { try Arguments.integer($0, "--simulate") } ?? 100, seed: seed)
      } catch let error as WorkError where simulate == nil {
        plan.warnings.append(error.problem)
      }
    }
    let decision = try simulation.against6N.map {
      try CountingDecision.simulate(
        request, about: simulated, target: Arguments.positive($0, "--against-6n"),
        worlds: simulation.worlds.map { try Arguments.integer($0, "--worlds") } ?? 200, resamples: 200, seed: seed)
    }
    if let writeConfigs = files.folder.writeConfigs {
      try Isoflop.writeConfigs(plan.runs.map { ($0.name, $0.counted.shape) }, to: writeConfigs)
      terminal.note("note: \(Numbers.counted(plan.runs.count, "config")) written below \(writeConfigs)")
    }
    if let writeRuns = files.writeRuns {
      try writeFile(writeRuns, Array(plan.csv.utf8))
      terminal.note("note: \(Numbers.counted(plan.runs.count, "run")) written to \(writeRuns)")
    }
    for warning in plan.warnings { terminal.warning(warning) }
    try write(plan, quality, decision, on: terminal)
  }

  private func request() throws -> PlanRequest {
    let law = try Law.resolve(law)
    var request = PlanRequest(budgets: try budgetList(), law: law)
    if let shapes { request.shapesPerBudget = try Arguments.integer(shapes, "--shapes") }
    if let span { request.span = try Arguments.positive(span, "--span", hint: "a factor such as 4") }
    request.style = try ModelStyle.named(style)
    if let sequenceLength { request.sequenceLength = try Arguments.integer(sequenceLength, "--sequence-length") }
    request.hyperparameterLaw = try hyperparameterLaw.map { try Law.resolve($0) }
    if let batchMultiple { request.batchMultiple = try Arguments.integer(batchMultiple, "--batch-multiple") }
    request.constraints = try constraints.constraints(accelerators: machine.machine()?.accelerators)
    return request
  }

  private func budgetList() throws -> [Double] {
    if budgets.hasPrefix("...") || budgets.firstRangeOfThreeDots != nil {
      guard let cut = budgets.firstRangeOfThreeDots else {
        throw InputError("is not a range of budgets", field: "--budgets", value: budgets, hint: "such as 1e17...3e20")
      }
      return try PlanRequest.budgets(
        from: Arguments.positive(String(budgets[..<cut.lowerBound]), "--budgets"),
        to: Arguments.positive(String(budgets[cut.upperBound...]), "--budgets"),
        count: count.map { try Arguments.integer($0, "--count") } ?? 8)
    }
    try Arguments.refuse(["--count": count], "goes with a range", hint: "--budgets 1e17...3e20, or leave it out")
    return try budgets.split(separator: ",").map { try Arguments.positive(String($0), "--budgets") }.sorted()
  }

  private func simulatedWorld() throws -> World {
    let world = simulation.world ?? "deepseek_fig4a:surface"
    let law = try Law.resolve(world)
    guard let surface = law.surface, law.scale == .flopsPerToken else {
      throw InputError(
        "is not a law with a loss surface in M", field: "--world", value: world, hint: "deepseek_fig4a:surface is one")
    }
    return World(surface: surface, noise: try simulation.noise.map { try Arguments.positive($0, "--noise") } ?? 0.002)
  }

  private func write(
    _ plan: Plan, _ quality: PlanQuality?, _ decision: CountingDecision?, on terminal: Terminal
  ) throws {
    let economics = try machine.economics()
    let bill = economics?.bill(compute: plan.compute)
    switch output.form {
    case .json:
      guard var object = plan.json.object else { return }
      object["economics"] = bill?.json
      object["simulation"] = quality.map(\.json)
      object["counting"] = decision.map(\.json)
      try terminal.writeLine(JSON.object(object).text())
    case .csv, .markdown:
      if output.form == .csv {
        try terminal.write(plan.csv)
      } else {
        try terminal.write(Self.table(plan), as: .markdown)
      }
      // The rows are the plan's; what the simulations say stands beside them.
      if let quality { terminal.note("note: " + Self.text(quality)) }
      if let decision { terminal.note("note: " + Self.text(decision)) }
    case .text:
      try terminal.write(Self.table(plan).text(width: terminal.width))
      try terminal.writeLine()
      try terminal.writeLine(
        "\(Numbers.counted(plan.runs.count, "run")), \(Numbers.scientific(plan.compute)) FLOPs in all (by M)")
      if let bill {
        var table = Table([.text("name"), .text("value"), .text("meaning")])
        for (name, value, meaning) in AllocationText.bill(bill, economics) {
          table.add([.string(name), .string(value), .string(meaning)])
        }
        try terminal.write("\n" + table.text(width: terminal.width, header: false))
      }
      if let quality { try terminal.writeLine(Self.text(quality)) }
      if let decision { try terminal.write("\n" + Self.text(decision)) }
    }
  }

  private static func text(_ quality: PlanQuality) -> String {
    "in \(Numbers.counted(quality.worlds, "simulated world")) a comes out at \(Numbers.fixed(quality.truth + quality.bias, 4)) "
      + "[\(Numbers.fixed(quality.interval.lowerBound, 4)), \(Numbers.fixed(quality.interval.upperBound, 4))] where it is "
      + Numbers.fixed(quality.truth, 4)
      + (quality.failed == 0 ? "" : "; \(Numbers.counted(quality.failed, "world")) gave no law")
  }

  private static func text(_ decision: CountingDecision) -> String {
    var table = Table([
      .text("account", "counted by"),
      .number("excess", "median loss above the optimum") { Numbers.significant($0 * 100, 2) + " %" },
      .number("equivalent", "compute wasted") { Numbers.fixed((1 - $0) * 100, 1) + " %" },
      .number("size", "size over the optimum") { Numbers.significant($0) },
      .number("worse", "worse than M in") { Numbers.fixed($0 * 100, 1) + " % of worlds" },
      .number("no_worse", "not worse in") { Numbers.fixed($0 * 100, 1) + " %" }, .integer("failed", "no law in"),
    ])
    for outcome in decision.outcomes {
      table.add([
        .string(outcome.account.rawValue), .number(outcome.medianExcess), .number(outcome.medianEquivalentCompute),
        .number(outcome.medianRelativeSize), outcome.worseThanM.map { .number($0) } ?? .null,
        outcome.worseThanM.map { .number(1 - $0) } ?? .null, .integer(outcome.failed),
      ])
    }
    let worlds = decision.outcomes.first?.worlds ?? 0
    let coverage = decision.outcomes.first?.coverage
      .map {
        "The 95 % interval of a, counted by M, holds the truth in \(Numbers.fixed($0 * 100, 0)) % of the worlds.\n"
      }
    return
      "At C = \(Numbers.scientific(decision.target)), experiments of equal true compute in \(Numbers.counted(worlds, "world")):\n"
      + table.text() + (coverage ?? "")
  }

  static func table(_ plan: Plan) -> Table {
    var table = Table([
      .text("run_id", "run"), .number("budget") { Numbers.scientific($0, 2) }.extra(3), .size("n_layers", "layers"),
      .size("d_model"), .size("n_heads", "heads").extra(7), .size("n_kv_heads", "kv").extra(8),
      .size("d_ff").extra(5), .number("M") { Numbers.si($0) }.extra(1),
      .number("size_over_optimum", "M/M_opt") { Numbers.significant($0) }.extra(4),
      .number("tokens") { Numbers.count($0) }, .integer("batch_sequences", "batch").extra(2),
      .integer("steps").extra(6), .number("learning_rate", "learning rate") { Numbers.scientific($0) }.extra(3),
    ])
    for run in plan.runs {
      let shape = run.counted.shape
      table.add([
        .string(run.name), .number(run.budget), .integer(shape.layers), .integer(shape.width), .integer(shape.heads),
        .integer(shape.keyValueHeads), .integer(shape.mlpWidth), .integer(run.counted.count.M),
        .number(run.relativeSize), .number(run.tokens), run.batch.map { .integer($0.sequences) } ?? .null,
        run.batch.map { .integer($0.steps) } ?? .null, run.learningRate.map { .number($0) } ?? .null,
      ])
    }
    return table
  }
}

extension String {
  /// Where `...` stands.
  var firstRangeOfThreeDots: Range<Index>? {
    var at = startIndex
    while at < endIndex {
      if self[at...].hasPrefix("...") { return at..<index(at, offsetBy: 3) }
      at = index(after: at)
    }
    return nil
  }
}
