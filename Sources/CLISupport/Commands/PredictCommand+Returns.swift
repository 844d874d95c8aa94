import Isoflop

/// `isoflop predict --returns` and `--backtest`: what more compute brings, and whether the law holds.
extension PredictCommand {
  func sayReturns(_ law: Law, _ compute: Double, on terminal: Terminal) throws {
    let returns = try Returns(law)
    let noise = law.logNoise.map { $0 * returns.curve(compute) }
    let goal = try target.map { try Arguments.positive($0, "--target", hint: "a loss") }
    let reach = try goal.map { try returns.compute(toReach: $0) }
    let undetectable = try noise.map { try returns.undetectable(noise: $0) }
    if price == nil { try Arguments.refuse(["--value": value], "goes with --price", hint: "what 1e18 FLOPs cost") }
    if value == nil {
      try Arguments.refuse(["--price": price], "goes with --value", hint: "what a unit of loss is worth")
    }
    var uneconomic: Double?
    if let value, let price {
      uneconomic = try returns.uneconomic(
        value: Arguments.positive(value, "--value", hint: "money for a unit of loss"),
        price: Arguments.positive(price, "--price", hint: "money for 1e18 FLOPs") / 1e18)
    }
    var table = Table([
      .number("compute", "C") { Numbers.scientific($0) }, .number("loss") { Numbers.fixed($0, 4) },
      .number("gain", "gain of a doubling") { Numbers.fixed($0, 4) },
    ])
    for doubling in returns.doublings(from: compute) { table.add(doubling.members.map(\.value)) }
    switch output.form {
    case .csv, .markdown: return try terminal.write(table, as: output.form)
    case .text: break
    case .json:
      let json = returns.json(
        law: law.name, from: compute, reach: reach, undetectable: undetectable, uneconomic: uneconomic)
      return try terminal.writeLine(json.text())
    }
    try terminal.write(table.text(width: terminal.width))
    try terminal.writeLine()
    try terminal.writeLine(
      "halving what is left above \(Numbers.fixed(returns.curve.offset, 3)) takes "
        + "\(Numbers.significant(returns.factorToHalve)) times the compute")
    if let goal, let reach {
      switch reach.best {
      case .compute(let C):
        try terminal.writeLine("loss \(goal) is reached at C = \(Numbers.scientific(C))\(Self.within(reach.interval))")
      case .never(let irreducible):
        try terminal.writeLine(
          "loss \(goal) is not reachable: the irreducible loss is \(Numbers.fixed(irreducible, 3))"
            + Self.within(reach.interval))
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

  /// An interval of compute: its ends are infinite where resamples of the law never reach the loss.
  private static func within(_ interval: ClosedRange<Double>?) -> String {
    guard let interval, interval.lowerBound.isFinite else { return "" }
    func end(_ C: Double) -> String { C.isFinite ? Numbers.scientific(C) : "never" }
    return ", 95 % within \(end(interval.lowerBound)) to \(end(interval.upperBound))"
  }

  // MARK: A break in the law

  func lookForBreaks(in file: String, on terminal: Terminal) throws {
    var selection = RunSelection()
    selection.scalePreference = RunSelection.isoFLOPScales
    let test: BreakTest
    do { test = try BreakTest(RunTable.read(file).select(selection)) } catch let error as InputError {
      throw error.from(file: file)
    }
    var table = Table([
      .number("compute", "C") { Numbers.scientific($0) }, .number("observed") { Numbers.fixed($0, 4) },
      .number("predicted") { Numbers.fixed($0, 4) },
      .number("relative_error", "off by") { ($0 > 0 ? "+" : "") + Numbers.fixed(100 * $0, 2) + " %" },
    ])
    for step in test.steps { table.add(step.fields.members.map(\.value)) }
    switch output.form {
    case .csv, .markdown: return try terminal.write(table, as: output.form)
    case .text: break
    case .json: return try terminal.writeLine(test.json.text())
    }
    try terminal.writeLine("each budget from those before it, by E + k C^-gamma through the optima of \(file)")
    try terminal.writeLine()
    try terminal.write(table.text(width: terminal.width))
    try terminal.writeLine()
    guard let evidence = test.evidence, let at = test.breakAt else {
      return try terminal.writeLine(
        "\(Numbers.counted(test.budgets, "budget is", "budgets are")) too few to tell one curve from a broken one: \(BreakTest.fewest) at least, and more "
          + "to be sure")
    }
    try terminal.writeLine(
      (evidence > BreakTest.likely ? "a break is likely, near" : "no break is seen; the best place for one would be")
        + " C = \(Numbers.scientific(at))")
    try terminal.writeLine(
      "(AICc of one curve less that of a broken one: \(Numbers.fixed(evidence, 1)); above 6 a break is likely)")
    if test.budgets < 16 {
      terminal.note("note: with \(Numbers.counted(test.budgets, "budget")) such a test has little power")
    }
  }
}
