import Isoflop

/// One law in full: every relation with its coefficients, units, range and source.
struct LawReport {
  let law: Law

  /// What the law can answer, in a word or two each.
  var gives: String {
    var parts: [String] = []
    if law.allocates { parts.append("allocation") }
    if law.learningRate != nil { parts.append("learning rate") }
    if law.batchTokens != nil { parts.append("batch") }
    if law.surface != nil || law.lossCurve != nil { parts.append("loss") }
    if law.timescale != nil { parts.append("weight decay") }
    if law.repetition != nil { parts.append("repeated data") }
    if parts.isEmpty, let first = law.relations.first {
      parts = [law.relations.count == 1 ? first.name : "\(first.name) and \(law.relations.count - 1) more"]
    }
    return parts.joined(separator: ", ")
  }

  var text: String {
    var lines = ["\(law.name): \(law.title)"]
    func line(_ name: String, _ text: String?) {
      guard let text else { return }
      lines.append("  " + name + String(repeating: " ", count: max(2, 16 - name.count)) + text)
    }
    let symbol = law.scale == .flopsPerToken ? "M" : "N"
    line("source", "\(law.source), \(law.location)")
    let others = Law.aliases.filter { $0.value == law.name && $0.key != plainName(law.name) }.keys.sorted()
    if !others.isEmpty { line("also called", others.joined(separator: ", ")) }
    line("status", law.status.rawValue)
    line("size in", "\(law.scale.words)" + (law.cost.map { ", \($0.formula(law.scale))" } ?? ""))
    line("size", law.modelSize.map { "\(symbol)_opt = \(Self.power($0, "C"))" })
    line("tokens", law.tokens.map { "D_opt = \(Self.power($0, "C"))" })
    line(
      "loss",
      law.surface.map {
        "L = \(Self.number($0.E)) + \(Self.number($0.A))/\(symbol)^\(Self.number($0.alpha))"
          + " + \(Self.number($0.B))/D^\(Self.number($0.beta))"
      })
    line(
      "loss",
      law.lossCurve.map {
        let unit = $0.unit == 1 ? "C" : "(C/\(Self.number($0.unit)))"
        return "L = \(Self.number($0.offset)) + \(Self.number($0.coefficient)) \(unit)^-\(Self.number($0.gamma))"
      })
    line("loss in", law.lossUnit)
    let unit = law.scale
    line("learning rate", law.learningRate.map { $0.formula(unit) })
    line("batch (tokens)", law.batchTokens.map { $0.formula(unit) })
    line("schedule", law.schedule?.words)
    line(
      "timescale",
      law.timescale.map {
        "B/(eta lambda D) = \(Self.number($0.coefficient)) (D/N)^\(Self.number($0.exponent)), lambda the weight decay"
      })
    line(
      "repetition",
      law.repetition.map {
        "D' = U + U R_D (1 - exp(-r/R_D)), r = D/U - 1; R_D = \(Self.number($0.tokens)), R_N = \(Self.number($0.parameters))"
      })
    line("fitted for", law.allocationRange.map { "C from \(Self.range($0)): size and tokens" })
    line("fitted for", law.hyperparameterRange.map { "C from \(Self.range($0)): learning rate and batch" })
    for relation in law.relations {
      line(relation.name, relation.formula)
      if !relation.coefficients.isEmpty {
        line("", relation.coefficients.map { "\($0.name) \(Self.number($0.value))" }.joined(separator: ", "))
      }
    }
    for note in law.notes { line("note", note) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func power(_ law: PowerLaw, _ variable: String) -> String {
    "\(number(law.base)) \(variable)^\(number(law.exponent))"
  }
  private static func range(_ range: ClosedRange<Double>) -> String {
    "\(number(range.lowerBound)) to \(number(range.upperBound))"
  }
  /// With the digits that the source gives: `0.1715`, `482.01`, `3e20`; of a fit's sixteen, six.
  private static func number(_ value: Double) -> String {
    var text = "\(value)"
    if text.filter(\.isNumber).count > 12 { text = Numbers.significant(value, 6) }
    guard let e = text.firstIndex(of: "e") else { return text.hasSuffix(".0") ? String(text.dropLast(2)) : text }
    let exponent = text[text.index(after: e)...].drop { $0 == "+" }
    let mantissa = text[..<e]
    return (mantissa.hasSuffix(".0") ? String(mantissa.dropLast(2)) : String(mantissa)) + "e" + exponent
  }
}
