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
      doubling gains less than noise or less than it costs. --curve FILE (CSV with columns step and loss)
      predicts the end of a run of --steps from its curve so
      far. --images and --vision count a late-fusion run: the tokens and FLOPs of both towers, and no loss, because a law
      of text says nothing about images.

      EXAMPLES
        isoflop predict --law besiroglu llama-2-7b --tokens 2T
        isoflop predict --law deepseek_fig4a:surface deepseek-llm-7b --tokens 2T
        isoflop predict --law deepseek_fig4a:surface deepseek-llm-67b --tokens 2T --plot loss.svg
        isoflop predict --law my.law.json config.json --tokens 300e9 --scores mmlu.csv
        isoflop predict --law deepseek_fig4a --returns 1e22 --target 0.65
        isoflop predict --curve loss.csv --steps 200000
        isoflop predict llama-2-7b --tokens 100e9 --images 1e8 --vision 24,1024,576,2
      """)

  @Argument(help: ArgumentHelp("A known model or a config.json.", valueName: "config"))
  var config: String?
  @OptionGroup(title: "Run") var request: ForecastOptions
  @Option(help: ArgumentHelp("Runs with loss and score of a benchmark (CSV).", valueName: "file"))
  var scores: String?
  @Option(help: ArgumentHelp("sigmoid or exponential (sigmoid).", valueName: "form"))
  var form = "sigmoid"
  @Option(help: ArgumentHelp("The score of guessing (0.25).", valueName: "share"))
  var chance: String?
  @Option(help: ArgumentHelp("What more compute brings from this budget on.", valueName: "C"))
  var returns: String?
  @Option(help: ArgumentHelp("A loss to reach, with --returns.", valueName: "loss"))
  var target: String?
  @Option(help: ArgumentHelp("What a unit of loss is worth, with --returns and --price.", valueName: "money"))
  var value: String?
  @Option(help: ArgumentHelp("What 1e18 FLOPs cost.", valueName: "money"))
  var price: String?
  @Option(help: ArgumentHelp("The loss of a run so far (CSV: step, loss).", valueName: "file"))
  var curve: String?
  @Option(help: ArgumentHelp("All steps of that run.", valueName: "n"))
  var steps: String?
  @Option(
    help: ArgumentHelp("The schedule of that run: multi-step, cosine or constant (multi-step).", valueName: "kind"))
  var schedule = "multi-step"
  @Option(help: ArgumentHelp("Its warm-up steps (2000).", valueName: "n"))
  var warmup: String?
  @Option(help: ArgumentHelp("What annealing gains, C of an earlier run's curve.", valueName: "number"))
  var annealing: String?
  @Option(help: ArgumentHelp("Images of a late-fusion run, beside --tokens of text.", valueName: "n"))
  var images: String?
  @Option(help: ArgumentHelp("The vision encoder: layers,width,patches[,merge].", valueName: "sizes"))
  var vision: String?
  @Flag(help: "The encoder is frozen: it runs forward only.")
  var frozenVision = false
  @OptionGroup var plots: PlotOptions
  @OptionGroup var output: JSONOption

  func run(on terminal: Terminal) throws {
    let plotter = try plots.plotter(besides: output.json ? .json : .text, on: terminal)
    if plotter != nil,
      let other = [("--images", images), ("--curve", curve), ("--returns", returns)].first(where: { $0.1 != nil })
    {
      throw InputError("has no picture", field: other.0, hint: "leave out --plot")
    }
    if let images { return try sayFusion(images, on: terminal) }
    if let curve { return try predictEnd(of: curve, on: terminal) }
    let law = try request.lawValue()
    if let returns { return try sayReturns(law, Arguments.positive(returns, "--returns"), on: terminal) }
    let forecast = try request.forecast(law, config: config, on: terminal)
    let downstream = try scores.map { try downstreamFit($0) }
    let picture = try plotter.map { _ in try Picture.lossCurve(law, forecasts: [forecast]) }
    if output.json {
      if let picture { try plotter?.draw(picture, on: terminal) }
      var object = ForecastText.json(forecast, law)
      if let downstream {
        let interval = downstream.interval(forecast)
        object["score"] = [
          "value": .number(downstream.score(loss: forecast.loss)),
          "low": interval.map { .number($0.lowerBound) } ?? .null,
          "high": interval.map { .number($0.upperBound) } ?? .null, "form": .string(downstream.form.rawValue),
          "runs": .integer(downstream.points),
        ]
      }
      return try terminal.writeLine(JSON.object(object).text())
    }
    try terminal.writeLine(ForecastText.text(forecast, law))
    if let downstream {
      let interval = downstream.interval(forecast)
        .map { " [\(Numbers.fixed($0.lowerBound, 3)), \(Numbers.fixed($0.upperBound, 3))] with 95 %" }
      try terminal.writeLine(
        "score \(Numbers.fixed(downstream.score(loss: forecast.loss), 3))\(interval ?? ""), \(downstream.form.rawValue) "
          + "through \(downstream.points) runs")
    }
    for note in law.notes { terminal.note("note: \(note)") }
    if let picture { try plotter?.draw(picture, on: terminal) }
  }

  private func downstreamFit(_ file: String) throws -> DownstreamFit {
    guard let form = DownstreamFit.Form(rawValue: form) else {
      throw InputError("is not a form", field: "--form", value: form, hint: "sigmoid or exponential")
    }
    let columns = try NumberColumns(file, ["loss", "score"])
    return try DownstreamFit.fit(
      losses: columns["loss"], scores: columns["score"], form: form,
      chance: chance.map { try Arguments.positive($0, "--chance", hint: "such as 0.25") } ?? 0.25)
  }

  // MARK: Vision and language

  private func sayFusion(_ images: String, on terminal: Terminal) throws {
    guard let config else { throw InputError("is missing", field: "config", hint: "the language model of the run") }
    guard let sizes = try vision?.split(separator: ",").map({ try Arguments.integer(String($0), "--vision") }),
      sizes.count == 3 || sizes.count == 4
    else {
      throw InputError(
        "is not layers,width,patches[,merge]", field: "--vision", value: vision ?? "nothing",
        hint: "such as 24,1024,576,2")
    }
    let tower = try LateFusion(
      layers: sizes[0], width: sizes[1], patches: sizes[2], merge: sizes.count == 4 ? sizes[3] : 1,
      isFrozen: frozenVision)
    let model = try ModelArgument.architecture(config)
    let asked = try request.sequenceLength.map { try Arguments.integer($0, "--sequence-length") }
    let count = try ModelCount(model, sequenceLength: ModelArgument.sequenceLength(asked, for: model, on: terminal))
    guard let training = count.trainingPerSequence() else {
      throw InputError("has a part without a closed formula, so its M is not known", value: model.name)
    }
    let run = try tower.run(
      images: Arguments.positive(images, "--images", hint: "such as 1e8"), textTokens: request.tokenCount(),
      flopsPerToken: training.count.double / Double(count.tokens))
    if output.json { return try terminal.writeLine(run.json.text()) }
    try terminal.writeLine(
      "D = \(Numbers.count(run.tokens)) tokens, \(Numbers.count(run.imageTokens)) of them from images "
        + "(\(tower.tokensPerImage) each)")
    try terminal.writeLine(
      "C = \(Numbers.scientific(run.compute, 4)) FLOPs: \(Numbers.scientific(run.visionCompute)) in the encoder, "
        + "\(Numbers.scientific(run.languageCompute)) in the language model; \(Numbers.si(run.flopsPerToken)) a token")
  }

  // MARK: What more compute brings

  private func sayReturns(_ law: Law, _ compute: Double, on terminal: Terminal) throws {
    let returns = try Returns(law)
    let noise = law.logNoise.map { $0 * returns.curve(compute) }
    let goal = try target.map { try Arguments.positive($0, "--target", hint: "a loss") }
    let reach = try goal.map { try returns.compute(toReach: $0) }
    let undetectable = try noise.map { try returns.undetectable(noise: $0) }
    var uneconomic: Double?
    if let value, let price {
      uneconomic = try returns.uneconomic(
        value: Arguments.positive(value, "--value", hint: "money for a unit of loss"),
        price: Arguments.positive(price, "--price", hint: "money for 1e18 FLOPs") / 1e18)
    }
    let budgets = (0..<8).map { step in (0..<step).reduce(compute) { budget, _ in budget * 2 } }
    if output.json {
      var object = JSONObject([
        ("law", .string(law.name)), ("irreducible", .number(returns.curve.offset)),
        ("factor_to_halve", .number(returns.factorToHalve)),
        (
          "doublings",
          .array(
            budgets.map {
              [
                "compute": .number($0), "loss": .number(returns.curve($0)),
                "gain": .number(returns.curve.gainPerDoubling(at: $0)),
              ]
            })
        ),
      ])
      if let reach {
        switch reach.best {
        case .compute(let C): object["compute_to_target"] = .number(C)
        case .never: object["compute_to_target"] = "not reachable"
        }
        object["compute_to_target_interval"] =
          reach.interval.map { [.number($0.lowerBound), .number($0.upperBound)] } ?? .null
      }
      object["undetectable_from"] = undetectable.map { .number($0) } ?? .null
      object["uneconomic_from"] = uneconomic.map { .number($0) } ?? .null
      return try terminal.writeLine(JSON.object(object).text())
    }
    var table = Table([
      .number("compute", "C") { Numbers.scientific($0) }, .number("loss") { Numbers.fixed($0, 4) },
      .number("gain", "gain of a doubling") { Numbers.fixed($0, 4) },
    ])
    for budget in budgets {
      table.add([.number(budget), .number(returns.curve(budget)), .number(returns.curve.gainPerDoubling(at: budget))])
    }
    try terminal.write(table.text(width: terminal.width))
    try terminal.writeLine()
    try terminal.writeLine(
      "halving what is left above \(Numbers.fixed(returns.curve.offset, 3)) takes "
        + "\(Numbers.significant(returns.factorToHalve)) times the compute")
    if let goal, let reach {
      switch reach.best {
      case .compute(let C): try terminal.writeLine("loss \(goal) is reached at C = \(Numbers.scientific(C))")
      case .never(let irreducible):
        try terminal.writeLine(
          "loss \(goal) is not reachable: the irreducible loss is \(Numbers.fixed(irreducible, 3))")
      }
    }
    if let undetectable {
      try terminal.writeLine(
        "beyond C = \(Numbers.scientific(undetectable)) a doubling gains less than twice a run's noise")
    }
    if let uneconomic {
      try terminal.writeLine("beyond C = \(Numbers.scientific(uneconomic)) a doubling gains less than it costs")
    }
    for note in law.notes { terminal.note("note: \(note)") }
  }

  // MARK: A run under way

  private static func step(_ value: Double, _ file: String) throws -> Int {
    guard let step = Int(exactly: value) else {
      throw InputError("is not a whole number of steps", file: file, field: "step", value: "\(value)")
    }
    return step
  }

  private func predictEnd(of file: String, on terminal: Terminal) throws {
    guard let steps else { throw InputError("is missing", field: "--steps", hint: "all steps of the run") }
    let total = try Arguments.integer(steps, "--steps")
    guard let kind = LearningRateSchedule.Kind(rawValue: schedule) else {
      throw InputError(
        "is not a schedule", field: "--schedule", value: schedule, hint: "multi-step, cosine or constant")
    }
    var plan = LearningRateSchedule.deepSeek
    plan.kind = kind
    plan.warmupSteps = try warmup.map { try Arguments.integer($0, "--warmup") } ?? 2000
    let columns = try NumberColumns(file, ["step", "loss"])
    let (curve, final) = try LearningCurve.fit(
      steps: try columns["step"].map { try Self.step($0, file) }, losses: columns["loss"], total: total,
      annealing: annealing.map { try Arguments.positive($0, "--annealing", hint: "C of an earlier curve") }
    ) { [plan] step in plan.rate(step: Double(step + 1), of: Double(total)) }
    if output.json {
      let object: JSON = [
        "final_loss": .number(final), "L0": .number(curve.L0), "A": .number(curve.A), "alpha": .number(curve.alpha),
        "C": .number(curve.C), "rms": .number(curve.rms), "steps": .integer(total),
      ]
      return try terminal.writeLine(object.text())
    }
    try terminal.writeLine(
      "loss at step \(total): \(Numbers.fixed(final, 4)) (L0 \(Numbers.fixed(curve.L0, 4)), "
        + "annealing C \(Numbers.significant(curve.C)), residuals \(Numbers.significant(curve.rms, 2)))")
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
