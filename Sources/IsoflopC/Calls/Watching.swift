import Isoflop

/// Runs that are under way, and laws held against runs that were made.
extension Request {
  /// Columns of numbers by name: lists in an object, or a file that has them; nil where the member is not given.
  func columns(_ member: String, _ names: [String]) throws -> [[Double]]? {
    guard let value = self[member] else { return nil }
    if let path = value.string {
      let table = try RunTable.read(path)
      return try names.map { name in
        guard table.has(name) else {
          throw InputError(
            "is missing", file: path, field: name, hint: "columns: " + table.columns.joined(separator: ", "))
        }
        return try (0..<table.rowCount).map { row in
          guard let text = table.text(name, row: row), let number = Double(text), number.isFinite else {
            throw InputError(
              "is not a number, at line \(table.lines[row])", file: path, field: name,
              value: table.text(name, row: row) ?? "nothing")
          }
          return number
        }
      }
    }
    let columns = try Request(member, value)
    try columns.allow(names)
    let lists = try names.map { name in
      guard let items = columns[name]?.array else {
        throw InputError("is missing", field: "\(member).\(name)", hint: "lists of equal length, or a file")
      }
      return try items.enumerated().map { try finite($1, "\(member).\(name)[\($0)]") }
    }
    guard lists.allSatisfy({ $0.count == lists[0].count }) else {
      throw InputError(
        "are of different lengths", field: member, value: lists.map { "\($0.count)" }.joined(separator: ", "))
    }
    return lists
  }

  // MARK: The end of a run

  /// The last loss of a run, from its curve so far.
  func endOfRun() throws -> JSON {
    try allow(["curve", "steps", "schedule", "drops", "final_rate", "warmup", "annealing"])
    guard let columns = try columns("curve", ["step", "loss"]) else {
      throw missing("curve", hint: "steps and losses: {\"step\": […], \"loss\": […]}, or a file")
    }
    guard let total = try size("steps") else { throw missing("steps", hint: "all steps of the run") }
    let plan = try learningRateSchedule()
    let steps = try columns[0].enumerated().map { index, value in
      guard let step = Int(exactly: value) else {
        throw InputError("is not a whole number of steps", field: "curve.step[\(index)]", value: "\(value)")
      }
      return step
    }
    let end = try LearningCurve.fit(
      steps: steps, losses: columns[1], total: total,
      annealing: positive("annealing", hint: "C of an earlier curve"), resamples: 200
    ) { step in plan.rate(step: Double(step + 1), of: Double(total)) }
    return .object(end.fields(steps: total, schedule: plan.json))
  }

  private func learningRateSchedule() throws -> LearningRateSchedule {
    var plan = LearningRateSchedule.deepSeek
    plan.kind = try choice("schedule", LearningRateSchedule.Kind.allCases) ?? .multiStep
    if let warmup = try integer("warmup") {
      guard warmup >= 0 else { throw InputError("is negative", field: "warmup", value: "\(warmup)") }
      plan.warmupSteps = warmup
    }
    func share(_ value: JSON, _ name: String) throws -> Double {
      let share = try finite(value, name)
      guard 0...1 ~= share else {
        throw InputError("is not a share from 0 to 1", field: name, value: "\(share)", hint: "such as 0.1")
      }
      return share
    }
    if let drops = self["drops"] {
      guard plan.kind == .multiStep else {
        throw InputError("belongs to a multi-step schedule", field: "drops", hint: "leave it out")
      }
      let wrong = InputError(
        "is not a list of shares of the run with the rate from there", field: "drops", value: drops.text(indent: nil),
        hint: "such as [[0.8, 0.316], [0.9, 0.1]]")
      guard let items = drops.array else { throw wrong }
      plan.drops = try items.enumerated().map { index, item in
        guard let pair = item.array, pair.count == 2 else { throw wrong }
        let name = "drops[\(index)]"
        return LearningRateSchedule.Drop(from: try share(pair[0], name), rate: try share(pair[1], name))
      }.sorted { $0.from < $1.from }
    }
    if let final = self["final_rate"] {
      guard plan.kind == .cosine || plan.kind == .linear else {
        throw InputError("belongs to a cosine or linear decay", field: "final_rate", hint: "leave it out")
      }
      plan.finalRate = try share(final, "final_rate")
    }
    return plan
  }

  // MARK: A law against its runs

  /// Every later budget of IsoFLOP runs from those before it, and whether one curve or a broken one tells them better.
  func backtest() throws -> JSON {
    try allow(["backtest"])
    var selection = RunSelection()
    selection.scalePreference = RunSelection.isoFLOPScales
    return try BreakTest(runs("backtest").select(selection)).json
  }

  /// Forecasts made before their runs, results as they came, and what the two say about the law: the events of a ledger
  /// (or its file), and one to add.
  func watch() throws -> JSON {
    try allow(["ledger", "id", "result", "refit"] + Self.runOptions)
    var ledger = Ledger()
    switch self["ledger"] {
    case nil: break
    case .string(let path)?: ledger = try Ledger(parsing: readFile(path), file: path)
    case let events?:
      guard let events = events.array else {
        throw InputError("is \(events.kind)", field: "ledger", hint: "a list of events, or the path of a ledger")
      }
      let lines = events.map { $0.text(indent: nil) }.joined(separator: "\n")
      ledger = try Ledger(parsing: Array(lines.utf8), file: "ledger")
    }
    let new = ["law", "result", "refit"].filter { has($0) }
    var event: JSON?
    switch new.first {
    case nil: break
    case _? where new.count > 1:
      throw InputError("are given at once", field: new.joined(separator: " and "), hint: "one event a call")
    case "law":
      let (law, forecast) = try lawAndForecast()
      event = try ledger.record(forecast, id: identity(), law: law.name, unit: law.scale)
    case "result": event = try ledger.record(result: number("result") ?? .nan, id: identity())
    default: event = try text("refit").map { ledger.recordRefit(law: $0) }
    }
    return [
      "runs": .array(ledger.entries.map { .object($0.fields) }), "score": ledger.score.json, "event": event ?? .null,
    ]
  }

  private func identity() throws -> String {
    guard let id = try text("id") else { throw missing("id", hint: "a name for the run") }
    return id
  }
}
