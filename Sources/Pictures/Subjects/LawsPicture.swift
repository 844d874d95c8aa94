import Input
import ScalingLaws

extension Picture {
  /// How many tokens each law would train on with a budget, and from a tenth to ten times of it. Tokens, because they are
  /// the one answer that all laws give in the same unit.
  ///
  /// - Parameters:
  ///   - laws: those that split a budget.
  ///   - compute: the budget that is asked about, in FLOPs.
  /// - Throws: `InputError` where there is no law, or one has no answer at a budget.
  public static func tokens(by laws: [Law], at compute: Double) throws -> Picture {
    func tokens(_ law: Law, _ budget: Double) throws -> Double { try law.optimum(compute: budget).tokens }
    let answers = try laws.map { ($0, try tokens($0, compute)) }.sorted { $0.1 < $1.1 }
    guard let least = answers.first, let most = answers.last else { throw InputError("names no law", field: "laws") }
    let budget = budgetText(compute)
    func covers(_ law: Law) -> Bool { law.allocationRange?.contains(compute) ?? true }
    let hollow = laws.allSatisfy(covers) ? "" : ", hollow beyond what the law was fitted on"
    var panel = Panel(
      "Marks: at C = \(budget)\(hollow); lines: from a tenth of it to ten times",
      x: Axis("D, tokens with the lowest loss", logarithmic: true, style: .count),
      y: Axis(
        "law: blue sure, orange second-hand, green fitted", style: .names(answers.map(\.0.name)),
        range: 0.5...Double(answers.count) + 0.5))
    for (index, (law, answer)) in answers.enumerated() {
      let y = Double(index + 1)
      let isInside = covers(law)
      panel.marks += [
        Mark(
          .line, "\(law.name), C from \(budgetText(compute / 10)) to \(budgetText(compute * 10))", colour(law),
          [[try tokens(law, compute / 10), y], [try tokens(law, compute * 10), y]]),
        Mark(
          isInside ? .stars : .rings, "\(law.name), \(isInside ? "at C" : "beyond what it was fitted on")", colour(law),
          [[answer, y]]),
      ]
    }
    return Picture(
      "laws", title: "How many tokens each law would train on",
      words: "With C = \(budget) from \(Numbers.count(least.1)) to \(Numbers.count(most.1)) tokens, a factor of "
        + "\(Numbers.significant(most.1 / least.1, 2)). Blue: laws read in their source; orange: second-hand; green: "
        + "fitted to points that others published. "
        + (hollow.isEmpty ? "" : "Hollow: the budget is beyond those that the law was fitted on. ")
        + "The longer a line, the more of a larger budget goes into tokens.", panels: [panel])
  }

  private static func colour(_ law: Law) -> Mark.Colour {
    switch law.status {
    case .sure: .series(0)
    case .secondHand: .series(1)
    case .fitted: .series(2)
    }
  }
}
