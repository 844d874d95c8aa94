import ArgumentParser
import Isoflop

/// `isoflop watch`
struct WatchCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Forecasts recorded before their runs, results as they come, and an alarm when the law does not hold.",
    discussion: """
      A ledger is a file of JSON lines that only grows: forecasts are never rewritten. Without another option its state is
      shown. The exit status is 1 on alarm (a result more than 3 standard deviations off, 7 in a row on one side, or a
      drift), so that a pipeline can stop. --refit fits the surface anew to --runs and the results, and saves it.

      EXAMPLES
        isoflop watch runs.ledger --forecast 1b-a --law my.law.json config.json --tokens 20e9
        isoflop watch runs.ledger --result 1b-a=2.871
        isoflop watch runs.ledger
        isoflop watch runs.ledger --plot ledger.svg
        isoflop watch runs.ledger --refit new.law.json --runs runs.csv --scale params_total
      """)

  @Argument(
    help: ArgumentHelp("The ledger, a file; the first --forecast makes it.", valueName: "ledger"), completion: .file())
  var file: String
  @Argument(
    help: ArgumentHelp("With --forecast: a known model or a config.json.", valueName: "config"),
    completion: Completions.models)
  var config: String?
  @Option(help: ArgumentHelp("Record a forecast for the run of this name.", valueName: "id"))
  var forecast: String?
  @OptionGroup(title: "Forecast") var request: ForecastOptions
  @Option(help: ArgumentHelp("Record what a run came to (repeatable).", valueName: "id=loss"))
  var result: [String] = []
  @Option(
    help: ArgumentHelp("Fit the law anew and write it here.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var refit: String?
  @Option(
    help: ArgumentHelp("The runs behind the old law, for --refit.", valueName: "runs"),
    completion: .file(extensions: ["csv", "jsonl", "json"]))
  var runs: String?
  @Option(help: ArgumentHelp("Their scale column (default: flops_per_token).", valueName: "column"))
  var scale: String?
  @OptionGroup var plots: PlotOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func run(on terminal: Terminal) throws {
    let plotter = try plots.plotter(besides: output.form, on: terminal)
    if forecast == nil {
      try Arguments.refuse(
        [
          "CONFIG": config, "--law": request.law, "--size": request.size, "--tokens": request.tokens,
          "--sequence-length": request.sequenceLength, "--noise": request.noise, "--inflation": request.inflation,
        ], "goes with --forecast", hint: "name the run: --forecast 1b-a")
    }
    if refit == nil {
      try Arguments.refuse(["--runs": runs, "--scale": scale], "goes with --refit", hint: "add --refit new.law.json")
    }
    let isNew = forecast != nil && !FileCheck.exists(file)
    if !isNew, !FileCheck.exists(file) {
      throw InputError(
        "is not there",
        hint: "a first forecast makes it: isoflop watch \(file) --forecast ID --law LAW CONFIG --tokens 20e9"
      ).from(file: file)
    }
    var bytes = isNew ? [] : try readFile(file)
    var ledger = try Ledger(parsing: bytes, file: file)
    var lines: [JSON] = []
    if let forecast {
      let law = try request.lawValue()
      lines.append(
        try ledger.record(
          request.forecast(law, config: config, on: terminal), id: forecast, law: law.name, unit: law.scale))
    }
    for text in result { lines.append(try Self.add(text, to: &ledger)) }
    if let refit { lines.append(try fitAgain(&ledger, refit, on: terminal)) }
    if !lines.isEmpty {
      if let last = bytes.last, last != 0x0A { bytes.append(0x0A) }
      for line in lines { bytes += Array((line.text(indent: nil) + "\n").utf8) }
      try writeFile(file, bytes)
    }
    try show(ledger, on: terminal)
    try plotter?.draw(ledger.entries.isEmpty ? nil : .ledger(ledger), on: terminal)
    let alarms = ledger.score.alarms
    guard alarms.isEmpty else {
      throw WorkError("alarm: " + alarms.joined(separator: "; "), hint: "look at the runs before going on, or --refit")
    }
  }

  private static func add(_ text: String, to ledger: inout Ledger) throws -> JSON {
    guard let sign = text.lastIndex(of: "="), sign > text.startIndex,
      let loss = Double(text[text.index(after: sign)...])
    else { throw InputError("is not a result", field: "--result", value: text, hint: "such as 1b-a=2.871") }
    return try ledger.record(result: loss, id: String(text[..<sign]))
  }

  private func fitAgain(_ ledger: inout Ledger, _ path: String, on terminal: Terminal) throws -> JSON {
    guard let runs else { throw InputError("is missing", field: "--runs", hint: "the runs behind the old law") }
    var selection = RunSelection()
    let scale = scale ?? "flops_per_token"
    selection.scale = scale
    var set = try RunTable.read(runs).select(selection)
    for entry in ledger.entries {
      guard let result = entry.result else { continue }
      if let unit = entry.unit, unit != ModelScale(column: scale) {
        throw InputError(
          "counts sizes in \(unit.rawValue), the runs in \(scale)", field: "run", value: entry.id,
          hint: "choose the column with --scale")
      }
      let forecast = entry.forecast
      set.runs.append(
        Run(
          row: set.runs.count, line: 0, scale: forecast.size, tokens: forecast.tokens, compute: forecast.compute,
          loss: result))
    }
    // A thousand are enough for the forecasts of a ledger.
    var options = ParametricOptions()
    options.resampling.count = 1000
    let law = try ParametricFit.fit(set, options: options).law(id: "refit", source: "\(runs) and \(file)")
    try writeFile(path, Array((law.json.text() + "\n").utf8))
    terminal.note("note: \(Numbers.counted(set.runs.count, "run")) fitted, law written to \(path)")
    return ledger.recordRefit(law: path)
  }

  private func show(_ ledger: Ledger, on terminal: Terminal) throws {
    let score = ledger.score
    var table = Table([
      .text("id", "run"), .text("law"), .number("forecast") { Numbers.fixed($0, 4) },
      .number("low") { Numbers.fixed($0, 4) }, .number("high") { Numbers.fixed($0, 4) },
      .number("result") { Numbers.fixed($0, 4) }, .number("z") { Numbers.fixed($0, 2) },
    ])
    for entry in ledger.entries { table.add(entry.fields.members.map(\.value)) }
    switch output.form {
    case .json:
      try terminal.writeLine(JSON.object(JSONObject([("runs", table.json), ("score", score.json)])).text())
    case .csv, .markdown: try terminal.write(table, as: output.form)
    case .text:
      try terminal.write(table.text(width: terminal.width))
      guard let words = score.words else { return }
      try terminal.writeLine()
      try terminal.writeLine("\(words), longest run on one side \(Numbers.grouped(score.longestRun))")
    }
  }
}
