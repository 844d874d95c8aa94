import Isoflop

/// An allocation as people read it: the answer first, then the shapes that come closest to it.
struct AllocationText {
  let report: AllocationReport

  init(_ report: AllocationReport) { self.report = report }

  func text(width: Int?) -> String {
    var out = "C = \(Numbers.scientific(report.compute, 5)) FLOPs, law \(report.law.name) (\(report.law.source))\n\n"
    var answer = Table([.text("quantity", ""), .text("value", ""), .text("meaning", "")])
    for (name, value, meaning) in answers { answer.add([.string(name), .string(value), .string(meaning)]) }
    out += answer.text(width: width, header: false)
    if !report.architectures.isEmpty {
      out += "\nreal shapes, nearest first; each trains on its own D = C / M\n\n"
      out += shapes.text(width: width)
    }
    return out
  }

  /// Name, value, and what it means.
  private var answers: [(String, String, String)] {
    var lines: [(String, String, String)] = []
    func add(_ name: String, _ value: String, _ meaning: String) { lines.append((name, value, meaning)) }
    if report.law.scale == .flopsPerToken {
      add("M_opt", Numbers.scientific(report.size, 5), "non-embedding training FLOPs per token")
    } else {
      add("size", Numbers.scientific(report.size, 5), report.law.scale.words)
      if let M = report.M { add("M_opt", Numbers.scientific(M, 5), "FLOPs per token of a real shape of that size") }
    }
    add("D_opt", Numbers.scientific(report.tokens, 5), "tokens (\(Numbers.count(report.tokens)))")
    if let rate = report.learningRate {
      let other = report.hyperparameterLaw == report.law.name ? "" : " (\(report.hyperparameterLaw))"
      add("learning rate", Numbers.scientific(rate, 5), "maximum\(other)")
    }
    if let batch = report.batchTokens, let sequences = report.batchSequences {
      add(
        "batch", Numbers.scientific(batch, 5),
        "tokens: \(Numbers.significant(sequences, 4)) sequences of \(report.sequenceLength)")
    }
    if let batch = report.runnableBatch {
      add(
        "steps", Numbers.grouped(batch.steps),
        "of \(Numbers.grouped(batch.sequences)) sequences, a batch that can be run")
    }
    if let loss = report.loss {
      var text = loss.unit
      if let low = loss.low, let high = loss.high {
        text += ", 95 % within \(Numbers.significant(low, 4)) to \(Numbers.significant(high, 4))"
      }
      add("loss", Numbers.significant(loss.value, 4), text)
    }
    if let band = report.band {
      add(
        "band", "\(Numbers.scientific(band.sizes.lowerBound)) to \(Numbers.scientific(band.sizes.upperBound))",
        "sizes within \(Numbers.significant(100 * band.tolerance, 2)) % of the lowest loss (\(band.law))")
    }
    if let data = report.data {
      add(
        "epochs", Numbers.significant(data.epochs),
        "over \(Numbers.count(data.unique)) unique tokens, worth \(Numbers.count(data.effective)) fresh ones")
    }
    if let serving = report.servingCompute {
      add("serving", Numbers.scientific(serving, 3), "FLOPs of the budget go to inference")
    }
    if let off = report.offOptimum {
      add("optimum", Numbers.scientific(off.optimalSize), "size, and \(Numbers.count(off.optimalTokens)) tokens")
      if let penalty = off.lossPenalty, let law = off.penaltyLaw {
        add("penalty", Numbers.significant(penalty, 2), "of loss against the optimum (\(law))")
      }
    }
    if let bill = report.bill {
      add("time", Numbers.duration(bill.seconds), "\(Numbers.significant(bill.acceleratorHours, 4)) accelerator-hours")
      if let cost = bill.cost { add("cost", Numbers.significant(cost, 4), "in the currency of the price") }
      if let energy = bill.kilowattHours { add("energy", Numbers.significant(energy, 4), "kWh") }
      if let carbon = bill.kilogramsCO2 { add("carbon", Numbers.significant(carbon, 4), "kg CO2 equivalent") }
    }
    return lines
  }

  /// The real shapes with what the budget buys for each.
  var shapes: Table {
    let shapes = report.architectures.map(\.counted.shape)
    // What is the same for all of them, or follows from the rest, only widens the table.
    let axes = ShapeRows.axes(shapes).filter { axis in
      ![.vocabulary, .sequenceLength].contains(axis) || Set(shapes.map { $0[axis] }).count > 1
    }
    let hasLoss = report.architectures.contains { $0.loss != nil }
    var columns = axes.map(ShapeRows.column)
    columns += [
      .number("M") { Numbers.si($0, 4) }, .number("parameters") { Numbers.count($0, 4) },
      .number("tokens") { Numbers.count($0, 4) },
      .number("size_over_optimum", "of optimum") { Numbers.fixed(100 * $0, 2) + " %" },
    ]
    if hasLoss { columns.append(.number("loss") { Numbers.significant($0, 4) }) }
    var table = Table(columns)
    for candidate in report.architectures {
      let shape = candidate.counted.shape
      var row = axes.map { shape.isOpen($0) ? JSON.null : .integer(shape[$0]) }
      row += [
        .integer(candidate.counted.count.M), .integer(candidate.counted.count.parameters), .number(candidate.tokens),
        .number(candidate.relativeSize),
      ]
      if hasLoss { row.append(candidate.loss.map { .number($0) } ?? .null) }
      table.add(row)
    }
    return table
  }

  static func table(_ comparison: LawComparison) -> Table {
    var table = Table([
      .text("law"), .number("M_opt") { Numbers.scientific($0) }, .number("parameters") { Numbers.count($0) },
      .number("D_opt") { Numbers.count($0) }, .number("learning_rate", "learning rate") { Numbers.scientific($0) },
      .number("batch_tokens", "batch (tokens)") { Numbers.count($0) }, .number("loss") { Numbers.significant($0, 4) },
      .text("loss_unit", "").extra, .text("source").extra,
    ])
    for row in comparison.rows {
      let report = row.report
      func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
      table.add([
        .string(row.law.name), number(report.M), number(row.parameters), .number(report.tokens),
        number(report.learningRate), number(report.batchTokens), number(report.loss?.value),
        .string(report.loss?.unit ?? ""), .string(row.law.source),
      ])
    }
    return table
  }
}
