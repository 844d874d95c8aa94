import Isoflop

/// `isoflop predict --curve`: the end of a run that is under way.
extension PredictCommand {
  func predictEnd(of file: String, on terminal: Terminal) throws {
    guard let steps else { throw InputError("is missing", field: "--steps", hint: "all steps of the run") }
    let total = try Arguments.integer(steps, "--steps")
    let plan = try learningRateSchedule()
    let columns = try NumberColumns(file, ["step", "loss"])
    let end = try LearningCurve.fit(
      steps: try columns["step"].map { try Self.step($0, file) }, losses: columns["loss"], total: total,
      annealing: annealing.map { try Arguments.positive($0, "--annealing", hint: "C of an earlier curve") },
      resamples: 200
    ) { step in plan.rate(step: Double(step + 1), of: Double(total)) }
    switch output.form {
    case .json: try terminal.writeLine(JSON.object(end.fields(steps: total, schedule: plan.json)).text())
    case .csv, .markdown: try terminal.write(Self.table(end, total), as: output.form)
    case .text: try say(end, total, plan, on: terminal)
    }
  }

  private static func table(_ end: LearningCurve.Ending, _ total: Int) -> Table {
    func loss(_ key: String, _ title: String) -> Table.Column { .number(key, title) { Numbers.fixed($0, 4) } }
    func other(_ key: String) -> Table.Column { .number(key) { Numbers.significant($0) } }
    var table = Table([
      .integer("steps"), loss("final_loss", "final loss"), loss("low", "low"), loss("high", "high"), loss("L0", "L0"),
      other("A"), other("alpha"), other("C"), other("rms"),
    ])
    let curve = end.curve
    table.add(
      [.integer(total), .number(end.final)]
        + [end.interval?.lowerBound, end.interval?.upperBound].map { $0.map { .number($0) } ?? .null }
        + [curve.L0, curve.A, curve.alpha, curve.C, curve.rms].map { .number($0) })
    return table
  }

  private func say(
    _ end: LearningCurve.Ending, _ total: Int, _ plan: LearningRateSchedule, on terminal: Terminal
  ) throws {
    let interval =
      end.interval.map {
        " [\(Numbers.fixed($0.lowerBound, 4)), \(Numbers.fixed($0.upperBound, 4))] with 95 %"
      } ?? ""
    try terminal.writeLine("loss at step \(Numbers.grouped(total)): \(Numbers.fixed(end.final, 4))\(interval)")
    try terminal.writeLine(
      "L0 \(Numbers.fixed(end.curve.L0, 4)), annealing C \(Numbers.significant(end.curve.C)), residuals "
        + "\(Numbers.significant(end.curve.rms, 2)); schedule \(plan.words)")
  }

  private func learningRateSchedule() throws -> LearningRateSchedule {
    let kind =
      try schedule.map { text in
        guard let kind = LearningRateSchedule.Kind(rawValue: text) else {
          throw InputError(
            "is not a schedule", field: "--schedule", value: text,
            hint: suggestion(for: text, among: LearningRateSchedule.Kind.allCases.map(\.rawValue)))
        }
        return kind
      } ?? .multiStep
    var plan = LearningRateSchedule.deepSeek
    plan.kind = kind
    plan.warmupSteps = try warmup.map { $0 == "0" ? 0 : try Arguments.integer($0, "--warmup") } ?? 2000
    if let drops {
      guard kind == .multiStep else {
        throw InputError("belongs to a multi-step schedule", field: "--drops", value: drops, hint: "leave it out")
      }
      plan.drops = try drops.split(separator: ",").map { drop in
        let parts = drop.split(separator: ":").compactMap { Double($0) }
        guard parts.count == 2, 0...1 ~= parts[0], 0...1 ~= parts[1] else {
          throw InputError(
            "is not share:rate", field: "--drops", value: String(drop), hint: "such as 0.8:0.316,0.9:0.1")
        }
        return LearningRateSchedule.Drop(from: parts[0], rate: parts[1])
      }.sorted { $0.from < $1.from }
    }
    if let finalRate {
      guard kind == .cosine || kind == .linear else {
        throw InputError("belongs to a cosine or linear decay", field: "--final-rate", value: finalRate)
      }
      guard let rate = Double(finalRate), 0...1 ~= rate else {
        throw InputError("is not a share from 0 to 1", field: "--final-rate", value: finalRate, hint: "such as 0.1")
      }
      plan.finalRate = rate
    }
    return plan
  }

  private static func step(_ value: Double, _ file: String) throws -> Int {
    guard let step = Int(exactly: value) else {
      throw InputError("is not a whole number of steps", file: file, field: "step", value: "\(value)")
    }
    return step
  }
}
