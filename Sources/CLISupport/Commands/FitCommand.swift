import ArgumentParser
import Isoflop

/// `isoflop fit`
struct FitCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract:
      "From training runs to laws: IsoFLOP, parametric and hyper-parameter fits, with intervals and diagnostics.",
    discussion: """
      RUNS is CSV with a header, JSON lines or a JSON array; - is standard input. Columns: params_total,
      params_nonembedding, flops_per_token (M), tokens, compute_flops, loss (nats per token) or bits_per_byte,
      batch_size_tokens, learning_rate, budget, dataset, validation_set, unique_tokens, run_id, n_layers, d_model …;
      others are kept and can be named by --map, --where, --group. A row that cannot be used is named, with its reason.

      Without a choice of fit, the parametric one is made, and the IsoFLOP one where the runs form profiles.

      --plot FILE draws the first picture of what was fitted, --picture another: profiles (losses, minima and the laws
      through them), loss (against compute, with --at predicted), confidence (profile and resamples), grids and
      hyperparameters.

      EXAMPLES
        isoflop fit runs.csv --parametric --drop-highest 5
        isoflop fit runs.csv --isoflop --scale flops_per_token --at 1e22
        isoflop fit runs.csv --isoflop --group dataset --json
        isoflop fit runs.csv --parametric --where 'tokens>=1e9 or compute_flops>1e18'
        isoflop fit runs.csv --hyperparameters --scale params_nonembedding
        isoflop fit runs.csv --isoflop --at 1e22 --plot loss.svg --picture loss
        isoflop fit runs.csv --parametric --map loss=eval/loss --where 'compute_flops<=1e20' --save my.law.json
      """)

  @Argument(
    help: ArgumentHelp("Runs: CSV, JSON lines, or - for standard input.", valueName: "runs"),
    completion: .file(extensions: ["csv", "jsonl", "json"]))
  var file: String
  @Flag(help: "L = E + A/N^alpha + B/D^beta (Chinchilla's approach 3).")
  var parametric = false
  @Flag(help: "The optimum of each budget and laws through them (approach 2).")
  var isoflop = false
  @Flag(help: "Laws of learning rate and batch.")
  var hyperparameters = false
  @Flag(help: "The envelope of training curves (approach 1).")
  var envelope = false
  @Flag(help: "IsoFLOP by M, by 6 N1 and by 6 N2 side by side.")
  var accounts = false
  @OptionGroup(title: "Runs") var runOptions: FitRunOptions
  @OptionGroup(title: "Method") var methodOptions: FitMethodOptions
  @Option(help: ArgumentHelp("Say what the law gives for this budget in FLOPs (repeatable).", valueName: "C"))
  var at: [String] = []
  @Option(help: ArgumentHelp("Predict the loss at this scale and tokens (parametric; repeatable).", valueName: "N,D"))
  var predict: [String] = []
  @Option(
    name: [.customShort("o"), .long, .customLong("output")],
    help: ArgumentHelp("Write the law to a file that other commands read.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var save: String?
  @OptionGroup(title: "Output") var plots: PlotOptions
  @Option(
    help: ArgumentHelp("Which picture: profiles, loss, confidence, grids, hyperparameters.", valueName: "name"),
    completion: .list(FitPicture.allCases.map(\.rawValue)))
  var picture: String?
  @OptionGroup(title: "Output") var output: OutputOptions

  func run(on terminal: Terminal) throws {
    let plotter = try plots.plotter(besides: output.form, on: terminal)
    let kind = try FitPicture(picture, isDrawn: plotter != nil)
    let budgets = try at.map { try Arguments.positive($0, "--at") }
    let points = try predict.map(Self.point)
    guard [parametric, isoflop, hyperparameters, envelope, accounts].count(where: { $0 }) <= 1 || save == nil else {
      throw InputError(
        "writes one law", field: "--save", hint: "choose one of --parametric, --isoflop, --hyperparameters")
    }
    try refuseUnread()
    let table = try RunTable.read(file)
    var report = FitReport(at: budgets, points: points)
    do {
      if runOptions.group != nil {
        try compareGroups(table, budgets.first, into: &report)
      } else {
        try fit(table, budgets.first, into: &report)
      }
    } catch let error as InputError where error.field?.hasPrefix("--") != true {
      throw error.from(file: table.source)
    } catch let error as WorkError {
      throw WorkError("\(table.source): \(error.problem)", hint: error.hint)
    }
    let drawn = try plotter.map { _ in try report.picture(kind) }
    if let save { try self.save(report, to: save, on: terminal) }
    switch output.form {
    case .json: try terminal.writeLine(try report.json.text())
    case .text: try terminal.write(try report.text(width: terminal.width))
    case .csv, .markdown: try terminal.write(try report.rows, as: output.form)
    }
    if output.form == .csv || output.form == .markdown {
      for warning in report.warnings { terminal.note("\(warning.severity.rawValue): \(warning.message)") }
    }
    if let drawn { try plotter?.draw(drawn, on: terminal) }
  }

  /// What is fitted decides which options are read; any other is refused rather than passed over.
  private func refuseUnread() throws {
    let isGrouped = runOptions.group != nil
    let surface = parametric || (!chosen && !isGrouped)
    try methodOptions.refuseUnread(
      parametric: surface, isoFLOP: isoflop || accounts || !chosen || (isGrouped && !parametric),
      hyperparameters: hyperparameters)
    if isGrouped, parametric, isoflop {
      throw InputError("is given beside --parametric", field: "--isoflop", hint: "groups are compared by one: keep one")
    }
    if hyperparameters, !(parametric || isoflop || envelope || accounts), together != .run {
      throw HyperparameterOptions.drawsSettings(not: runOptions.resample, field: "--resample")
    }
    if !surface || isGrouped {
      try Arguments.refuse(["--predict": predict.first], "needs a loss surface", hint: "fit one with --parametric")
    }
    if !(surface || isoflop || accounts || isGrouped) {
      try Arguments.refuse(
        ["--at": at.first], "is for laws of scale and tokens",
        hint: hyperparameters
          ? "save the law, then: isoflop allocate --compute \(at.first ?? "1e21") --hyperparameter-law FILE"
          : "leave it out")
    }
    if (accounts && !surface && !isoflop) || isGrouped, at.count > 1 {
      throw InputError("is one budget here", field: "--at", value: at[1], hint: "ask for one after the other")
    }
    if envelope, !surface, !isoflop, !accounts, !hyperparameters {
      try Arguments.refuse(
        ["--keep-checkpoints": Arguments.flag(runOptions.keepCheckpoints)], "is what --envelope does",
        hint: "leave it out")
    }
  }

  private static func point(_ text: String) throws -> (scale: Double, tokens: Double) {
    let parts = text.split(separator: ",").map(String.init)
    guard parts.count == 2 else {
      throw InputError("is no scale and tokens", field: "--predict", value: text, hint: "--predict 7e9,2e12")
    }
    return (try Arguments.positive(parts[0], "--predict"), try Arguments.positive(parts[1], "--predict"))
  }

  private var together: RunSelection.Resample { RunSelection.Resample(runOptions.resample) }
  private var chosen: Bool { parametric || isoflop || hyperparameters || envelope || accounts }

  private func fit(_ table: RunTable, _ compute: Double?, into report: inout FitReport) throws {
    if isoflop || !chosen {
      let set = try table.select(runOptions.selection(preferring: RunSelection.isoFLOPScales))
      report.skipped = set.skipped
      report.isoFLOPRuns = set
      let options = try methodOptions.isoFLOP(together)
      do {
        report.isoFLOP = try IsoFLOPFit.fit(set, options: options)
      } catch let error where !chosen && (error is InputError || error is WorkError) {
        report.notes.append("no IsoFLOP fit: \(error)")
      }
    }
    if parametric || !chosen {
      let set = try table.select(runOptions.selection(preferring: RunSelection.parametricScales))
      report.skipped = set.skipped
      report.parametricRuns = set
      report.parametric = try ParametricFit.fit(set, options: methodOptions.parametric(together, on: set))
    }
    if hyperparameters {
      let set = try table.select(runOptions.selection(preferring: RunSelection.hyperparameterScales))
      report.skipped = set.skipped
      report.hyperparameterRuns = set
      report.hyperparameters = try HyperparameterFit.fit(set, options: methodOptions.hyperparameters())
    }
    if envelope {
      var selection = try runOptions.selection(preferring: RunSelection.isoFLOPScales)
      selection.keepCheckpoints = true
      let set = try table.select(selection)
      report.skipped = set.skipped
      report.envelope = try EnvelopeFit.fit(set, resampling: methodOptions.resampling(Resampling(count: 1000)))
    }
    if accounts {
      report.accounts = try ScaleComparison.compare(
        table, selection: runOptions.selection(preferring: RunSelection.isoFLOPScales),
        options: methodOptions.isoFLOP(together),
        compute: compute)
    }
  }

  private func compareGroups(_ table: RunTable, _ compute: Double?, into report: inout FitReport) throws {
    guard !hyperparameters, !envelope, !accounts, save == nil else {
      throw InputError(
        "goes with --parametric or --isoflop", field: "--group", hint: "use --where COLUMN=VALUE to fit one group")
    }
    if parametric {
      let set = try table.select(runOptions.selection(preferring: RunSelection.parametricScales))
      report.skipped = set.skipped
      report.groups = try GroupComparison.compare(
        set, method: .parametric(methodOptions.parametric(together, on: set)), compute: compute)
    } else {
      let set = try table.select(runOptions.selection(preferring: RunSelection.isoFLOPScales))
      report.skipped = set.skipped
      report.groups = try GroupComparison.compare(
        set, method: .isoFLOP(methodOptions.isoFLOP(together)), compute: compute)
    }
  }

  private func save(_ report: FitReport, to path: String, on terminal: Terminal) throws {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let id = name.split(separator: ".").first.map(String.init) ?? "fit"
    let source = "isoflop fit \(file)"
    let (law, kind): (Law, String)
    if let result = report.parametric {
      (law, kind) = (try result.law(id: id, source: source), "parametric law")
    } else if let result = report.isoFLOP {
      (law, kind) = (try result.law(id: id, source: source), "IsoFLOP law")
    } else if let result = report.hyperparameters {
      (law, kind) = (try result.law(id: id, source: source), "law of hyper-parameters")
    } else {
      throw InputError("has no law to write", field: "--save", hint: "--parametric, --isoflop or --hyperparameters")
    }
    try writeFile(path, Array((law.json.text() + "\n").utf8))
    terminal.note("note: \(kind) written to \(path)")
  }
}
