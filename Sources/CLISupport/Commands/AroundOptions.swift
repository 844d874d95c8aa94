import ArgumentParser
import Isoflop

/// A sweep around a model: its config.json with some fields varied.
struct AroundOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Vary fields of this config.json (or of a known model) instead of a grid.", valueName: "config"),
    completion: Completions.models)
  var around: String?
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Fields with their values: num_hidden_layers=24:40:2 sliding_window=1024,4096 tie_word_embeddings=true,false.",
      valueName: "field=values"))
  var vary: [String] = []
  @Option(
    help: ArgumentHelp("Pairs to count around a config: full (S x S; the default) or causal.", valueName: "kind"),
    completion: .list(["full", "causal"]))
  var attention: String?

  /// The grid; nil where no `--around` was given.
  func grid(_ shapes: GridOptions, file: String?, on terminal: Terminal) throws -> ConfigGrid? {
    guard let around else {
      for (flag, isGiven) in [("--vary", !vary.isEmpty), ("--attention", attention != nil)] where isGiven {
        throw InputError("needs --around", field: flag, hint: "name the config.json to vary")
      }
      return nil
    }
    if let other = file.map({ "the grid \($0)" }) ?? shapes.firstAxisButLength {
      throw InputError(
        "cannot go with \(other)", field: "--around", value: around, hint: "vary the config's own fields: --vary")
    }
    let config = try NamedConfig.resolve(around)
    var axes = try vary.map { try ConfigAxis($0) }
    if let text = shapes.sequenceLength { axes.append(try ConfigAxis("\(ConfigAxis.sequenceLength)=\(text)")) }
    let convention = Convention.deepseek.with(attention: try CountCommand.attentionKind(attention))
    // A length that is not varied is that of a count of the config.
    var length = config.trainingLength ?? 1
    if !axes.contains(where: { $0.field == ConfigAxis.sequenceLength }) {
      var model: Architecture
      do { model = try Architecture(config: config.object) } catch let error as InputError {
        throw error.from(file: config.name)
      }
      (model.name, model.trainingLength) = (config.name, config.trainingLength)
      length = ModelArgument.sequenceLength(nil, for: model, on: terminal)
    }
    return try ConfigGrid(
      config.object, name: config.name, axes: axes, sequenceLength: length, convention: convention,
      constraints: shapes.constraints())
  }

  func run(
    _ search: ConfigSearch, _ sweep: SweepCommand, _ quantity: Quantity, _ progress: ProgressLine,
    _ plotter: Plotter?, on terminal: Terminal
  ) throws {
    let job = try sweep.whole.job(besides: sweep.nearest)
    let result: ConfigResult
    switch job {
    case nil: result = try nearest(search, sweep, quantity)
    case "--rows":
      let (path, parts) = (sweep.whole.rows ?? "", sweep.whole.merge)
      let table =
        try parts.isEmpty
        ? search.writeTable(to: path, resume: sweep.whole.resume) : search.mergeTables(parts, to: path)
      progress.clear()
      return try sweep.whole.write(table, sweep.output, on: terminal)
    case "--count": result = try search.count(of: quantity, in: sweep.whole.countRange())
    case "--pareto":
      let (first, second) = try sweep.whole.objectives()
      result = try search.pareto(first, second)
    case "--histogram":
      let histogram = try search.histogram(of: quantity, perDecade: sweep.whole.histogramSteps())
      progress.clear()
      for note in histogram?.notes ?? [] { terminal.note("note: \(note)") }
      if histogram == nil { Self.warnOfNone(search.grid, on: terminal) }
      return try sweep.whole.write(histogram, of: "model", sweep.output, plotter, on: terminal)
    case let other?:
      throw InputError(
        "is for grids of shapes", field: other,
        hint: "around a config: --nearest, --count, --pareto, --histogram or --rows")
    }
    progress.clear()
    for note in result.notes { terminal.note("note: \(note)") }
    if result.isPartial { terminal.warning("stopped: this is of the models seen so far") }
    if job == "--count", sweep.output.form != .json { return try write(result, sweep, quantity, on: terminal) }
    if result.results.isEmpty, job != "--count" {
      Self.warnOfNone(result.grid, on: terminal)
    }
    if let folder = sweep.folder.writeConfigs { try ConfigFolder.write(result, to: folder, on: terminal) }
    let table = try Self.table(result, quantity, target: job == nil ? sweep.nearest : nil)
    switch sweep.output.form {
    case .json: try terminal.writeLine(result.json.text())
    case .csv, .markdown: try terminal.write(table, as: sweep.output.form)
    case .text:
      if !result.results.isEmpty { try terminal.write(table.text(width: terminal.width)) }
      terminal.note(Self.summary(result))
    }
    try draw(result, sweep, quantity, plotter, on: terminal)
  }

  private static func warnOfNone(_ grid: ConfigGrid, on terminal: Terminal) {
    terminal.warning("no model around \(grid.name) meets the conditions")
  }

  /// How many models are within a range.
  private func write(_ result: ConfigResult, _ sweep: SweepCommand, _ quantity: Quantity, on terminal: Terminal) throws
  {
    guard sweep.output.form != .text else {
      return try terminal.writeLine("\(Numbers.grouped(result.matches ?? 0)) of \(Self.summary(result))")
    }
    let table = WholeSweepOptions.countTable(
      quantity, try sweep.whole.countRange(), matches: result.matches, of: result.models, "models")
    try terminal.write(table, as: sweep.output.form)
  }

  private func draw(
    _ result: ConfigResult, _ sweep: SweepCommand, _ quantity: Quantity, _ plotter: Plotter?, on terminal: Terminal
  ) throws {
    guard let plotter else { return }
    guard !result.results.isEmpty else { return try plotter.draw(nil, on: terminal) }
    if let nearest = sweep.nearest {
      let target = try Arguments.exactInteger(nearest, "--nearest")
      try plotter.draw(.models(result.results, target: (quantity, target)), on: terminal)
    } else {
      let (first, second) = try sweep.whole.objectives()
      let (x, y) = first.quantity == .M ? (second.quantity, Quantity.M) : (first.quantity, second.quantity)
      try plotter.draw(.models(result.results, x: x, y: y, front: true), on: terminal)
    }
  }

  private func nearest(_ search: ConfigSearch, _ sweep: SweepCommand, _ quantity: Quantity) throws -> ConfigResult {
    guard let nearest = sweep.nearest else {
      throw InputError(
        "has no target", field: "--around",
        hint: "add one, such as --nearest 4.3e10; or --pareto or --histogram of all models, or -o FILE.csv for the rows"
      )
    }
    return try search.nearest(
      to: Arguments.exactInteger(nearest, "--nearest"), of: quantity,
      top: sweep.top.map { try Arguments.integer($0, "--top") } ?? 10,
      within: sweep.within.map { try Arguments.exactInteger($0, "--within") })
  }

  /// The varied fields, then what each model costs.
  private static func table(_ result: ConfigResult, _ quantity: Quantity, target: String?) throws -> Table {
    let target = try target.map { try Arguments.exactInteger($0, "--nearest") }
    var columns = result.grid.axes.map { Table.Column(key: $0.field, title: $0.field) }
    columns += [.number("M") { Numbers.si($0, 4) }, .number("parameters") { Numbers.count($0, 4) }]
    columns.append(.number("active_parameters") { Numbers.count($0, 4) })
    if target != nil { columns.append(.integer("miss", "off target")) }
    var table = Table(columns)
    for found in result.results {
      let counts = found.counts
      let perToken = counts.trainingPerSequence.map { Double($0) / Double(counts.tokens) }
      var cells = found.fields.map(\.value)
      cells.append(counts.M.map { .integer($0) } ?? perToken.map { .number($0) } ?? .null)
      cells += [.integer(counts.parameters), .integer(counts.activeParameters)]
      if let target {
        cells.append(
          counts.exactValue(of: quantity).map { .integer($0 - target) } ?? perToken.map { .number($0 - Double(target)) }
            ?? .null)
      }
      table.add(cells)
    }
    return table
  }

  /// `1,024 models around llama-2-7b, 1,000 counted, 12 feasible in 0.1 s, implementation integers`
  static func summary(_ result: ConfigResult) -> String {
    var text = "\(Numbers.counted(result.models, "model")) around \(result.grid.name)"
    if result.refused > 0 { text += ", \(Numbers.grouped(result.refused)) of them none" }
    text += ", \(Numbers.grouped(result.feasible)) feasible in \(Numbers.duration(result.seconds))"
    if result.seconds > 0 { text += " (\(Numbers.si(Double(result.models) / result.seconds)) models/s)" }
    return text + ", method \(result.method.rawValue), implementation \(result.implementation)"
  }
}
