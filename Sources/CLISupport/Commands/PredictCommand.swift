import ArgumentParser
import Isoflop

/// `isoflop predict`
struct PredictCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "The loss of a planned run, what more compute would bring, the end of a run that is under way.",
    discussion: """
      With a law and a model: the loss after --tokens, its interval, and how far that is beyond what the law was fitted
      on. --scores FILE (CSV with columns loss and score, runs that have both) carries it through to a benchmark.

      --returns says what more compute brings: the gain of a doubling, the compute that reaches --target, where a
      doubling gains less than noise or less than it costs. --backtest RUNS predicts every later budget of IsoFLOP runs
      from those before it, and says whether one curve or one with a break in it tells the losses better.

      --curve FILE (CSV with columns step and loss) predicts the end of a run of --steps from its curve so far, under its
      learning-rate schedule.

      --images and --vision count a late-fusion run: the tokens and FLOPs of both towers. A published law of text says
      nothing about images; a law file of your own in M, fitted to such runs, gives the loss.

      EXAMPLES
        isoflop predict --law besiroglu llama-2-7b --tokens 2T
        isoflop predict --law deepseek_fig4a:surface deepseek-llm-7b --tokens 2T
        isoflop predict --law deepseek_fig4a:surface deepseek-llm-67b --tokens 2T --plot loss.svg
        isoflop predict --law my.law.json config.json --tokens 300e9 --scores mmlu.csv
        isoflop predict --law deepseek_fig4a --returns 1e22 --target 0.65
        isoflop predict --backtest runs.csv
        isoflop predict --curve loss.csv --steps 200000
        isoflop predict --curve loss.csv --steps 200000 --schedule cosine --final-rate 0.1 --warmup 1000
        isoflop predict llama-2-7b --tokens 100e9 --images 1e8 --vision 24,1024,576,2
      """)

  @Argument(help: ArgumentHelp("A known model or a config.json.", valueName: "config"), completion: Completions.models)
  var config: String?
  @OptionGroup(title: "Run") var request: ForecastOptions
  @Option(
    help: ArgumentHelp("Runs with loss and score of a benchmark (CSV).", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var scores: String?
  @Option(
    help: ArgumentHelp("sigmoid or exponential (default: sigmoid).", valueName: "form"),
    completion: .list(["sigmoid", "exponential"]))
  var form: String?
  @Option(help: ArgumentHelp("The score of guessing (default: 0.25).", valueName: "share"))
  var chance: String?
  @Option(help: ArgumentHelp("What more compute brings from this budget on.", valueName: "C"))
  var returns: String?
  @Option(help: ArgumentHelp("A loss to reach, with --returns.", valueName: "loss"))
  var target: String?
  @Option(help: ArgumentHelp("What a unit of loss is worth, with --returns and --price.", valueName: "money"))
  var value: String?
  @Option(help: ArgumentHelp("What 1e18 FLOPs cost.", valueName: "money"))
  var price: String?
  @Option(
    help: ArgumentHelp("IsoFLOP runs to back-test a loss curve on.", valueName: "runs"),
    completion: .file(extensions: ["csv", "jsonl", "json"]))
  var backtest: String?
  @Option(
    help: ArgumentHelp("The loss of a run so far (CSV: step, loss).", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var curve: String?
  @Option(help: ArgumentHelp("All steps of that run.", valueName: "n"))
  var steps: String?
  @Option(
    help: ArgumentHelp("multi-step, cosine, linear or constant (default: multi-step).", valueName: "kind"),
    completion: .list(["multi-step", "cosine", "linear", "constant"]))
  var schedule: String?
  @Option(
    help: ArgumentHelp(
      "Drops of a multi-step schedule, share of the run:rate (default: 0.8:0.316,0.9:0.1).", valueName: "list"))
  var drops: String?
  @Option(
    help: ArgumentHelp(
      "Where a cosine or linear decay ends, as a share of the maximum (default: 0.1).", valueName: "share"))
  var finalRate: String?
  @Option(help: ArgumentHelp("Its warm-up steps (default: 2000).", valueName: "n"))
  var warmup: String?
  @Option(
    help: ArgumentHelp("What annealing gains: the C that an earlier run's --curve ended with.", valueName: "number"))
  var annealing: String?
  @Option(help: ArgumentHelp("Images of a late-fusion run, beside --tokens of text.", valueName: "n"))
  var images: String?
  @Option(help: ArgumentHelp("The vision encoder: layers,width,patches[,merge].", valueName: "sizes"))
  var vision: String?
  @Flag(help: "The encoder is frozen: it runs forward only.")
  var frozenVision = false
  @OptionGroup var plots: PlotOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func run(on terminal: Terminal) throws {
    let plotter = try plots.plotter(besides: output.form, on: terminal)
    try refuseUnread()
    if let images { return try sayFusion(images, on: terminal) }
    if let curve { return try predictEnd(of: curve, on: terminal) }
    if let backtest { return try lookForBreaks(in: backtest, on: terminal) }
    let law = try request.lawValue()
    if let returns { return try sayReturns(law, Arguments.positive(returns, "--returns"), on: terminal) }
    let forecast = try request.forecast(law, config: config, on: terminal)
    let downstream = try scores.map { try downstreamFit($0) }
    let picture = try plotter.map { _ in try Picture.lossCurve(law, forecasts: [forecast]) }
    switch output.form {
    case .json:
      var object = forecast.json(law)
      if let downstream { object["score"] = downstream.json(forecast) }
      try terminal.writeLine(JSON.object(object).text())
    case .csv, .markdown: try terminal.write(ForecastText.table(forecast, law, downstream), as: output.form)
    case .text:
      try terminal.writeLine(ForecastText.text(forecast, law))
      if let downstream { try terminal.writeLine(ForecastText.text(downstream, forecast)) }
      for note in law.notes { terminal.note("note: \(note)") }
    }
    if let picture { try plotter?.draw(picture, on: terminal) }
  }

  /// What is asked for decides which options are read; any other is refused rather than passed over.
  private func refuseUnread() throws {
    let questions: KeyValuePairs = [
      "--images": images, "--curve": curve, "--backtest": backtest, "--returns": returns,
    ]
    let asked = questions.filter { $0.value != nil }
    if asked.count > 1 {
      throw InputError(
        "is given beside \(asked[0].key)", field: asked[1].key, value: asked[1].value, hint: "one question each time")
    }
    let question = asked.first?.key ?? "a run"
    if scores == nil { try Arguments.refuse(["--form": form, "--chance": chance], "goes with --scores") }
    let options: [(name: String, value: String?, questions: [String])] = [
      ("CONFIG", config, ["a run", "--images"]), ("--law", request.law, ["a run", "--images", "--returns"]),
      ("--size", request.size, ["a run"]), ("--tokens", request.tokens, ["a run", "--images"]),
      ("--sequence-length", request.sequenceLength, ["a run", "--images"]),
      ("--noise", request.noise, ["a run", "--images", "--returns"]),
      ("--inflation", request.inflation, ["a run", "--images"]), ("--scores", scores, ["a run"]),
      ("--plot", plots.plot, ["a run"]), ("--target", target, ["--returns"]), ("--value", value, ["--returns"]),
      ("--price", price, ["--returns"]), ("--steps", steps, ["--curve"]), ("--schedule", schedule, ["--curve"]),
      ("--drops", drops, ["--curve"]), ("--final-rate", finalRate, ["--curve"]), ("--warmup", warmup, ["--curve"]),
      ("--annealing", annealing, ["--curve"]), ("--vision", vision, ["--images"]),
      ("--frozen-vision", Arguments.flag(frozenVision), ["--images"]),
    ]
    for option in options where option.value != nil && !option.questions.contains(question) {
      try Arguments.refuse(
        [option.name: option.value],
        "is for \(option.questions[0])" + (asked.isEmpty ? "" : ", not for \(question)"),
        hint: asked.isEmpty ? "add \(option.questions[0])" : "leave it out")
    }
  }

  private func downstreamFit(_ file: String) throws -> DownstreamFit {
    let form = try self.form.map { text in
      guard let form = DownstreamFit.Form(rawValue: text) else {
        throw InputError("is not a form", field: "--form", value: text, hint: "sigmoid or exponential")
      }
      return form
    }
    let columns = try NumberColumns(file, ["loss", "score"])
    return try DownstreamFit.fit(
      losses: columns["loss"], scores: columns["score"], form: form ?? .sigmoid,
      chance: chance.map { try Arguments.positive($0, "--chance", hint: "such as 0.25") } ?? 0.25)
  }
}

/// Columns of numbers from a CSV file.
struct NumberColumns {
  private var columns: [String: [Double]] = [:]

  /// - Throws: `InputError` with the file, the column and the line.
  init(_ file: String, _ names: [String]) throws {
    let table = try RunTable.read(file)
    for name in names {
      guard table.has(name) else {
        throw InputError(
          "is missing", file: file, field: name, hint: "columns: " + table.columns.joined(separator: ", "))
      }
      columns[name] = try (0..<table.rowCount).map { row in
        guard let text = table.text(name, row: row), let value = Double(text), value.isFinite else {
          throw InputError(
            "is not a number, at line \(table.lines[row])", file: file, field: name,
            value: table.text(name, row: row) ?? "nothing")
        }
        return value
      }
    }
  }

  subscript(name: String) -> [Double] { columns[name] ?? [] }
}
