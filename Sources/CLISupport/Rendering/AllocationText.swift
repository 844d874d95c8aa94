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
    let given = report.offOptimum != nil
    if report.law.scale == .flopsPerToken {
      add(given ? "M" : "M_opt", Numbers.scientific(report.size, 5), "non-embedding training FLOPs per token")
    } else {
      add("size", Numbers.scientific(report.size, 5), report.law.scale.words)
      if case .some = report.model, let M = report.M {
        add("M", Numbers.scientific(M, 5), "FLOPs per token of the model")
      } else if let M = report.M {
        add("M_opt", Numbers.scientific(M, 5), "FLOPs per token of a real shape of that size")
      }
    }
    if let sure = report.sizeInterval {
      add(
        "within", "\(Numbers.scientific(sure.lowerBound)) to \(Numbers.scientific(sure.upperBound))",
        "95 % interval of that size")
    }
    add(given ? "D" : "D_opt", Numbers.scientific(report.tokens, 5), "tokens (\(Numbers.count(report.tokens)))")
    if let rate = report.learningRate {
      let other = report.hyperparameterLaw == report.law.name ? "" : " (\(report.hyperparameterLaw))"
      add("learning rate", Numbers.scientific(rate, 5), "maximum\(other)")
    }
    if let batch = report.batchTokens, let sequences = report.batchSequences {
      add(
        "batch", Numbers.scientific(batch, 5),
        "tokens: \(Self.sequences(sequences)) sequences of \(Numbers.grouped(report.sequenceLength))")
    }
    if let batch = report.runnableBatch {
      add(
        "steps", Numbers.grouped(batch.steps),
        "of \(Numbers.counted(batch.sequences, "sequence")), a batch that can be run")
    }
    if let schedule = report.schedule {
      add("schedule", schedule.kind.rawValue, schedule.details)
      add("warm-up", Numbers.grouped(schedule.warmupSteps), "steps")
    }
    if let loss = report.loss {
      var text = loss.unit
      if let low = loss.low, let high = loss.high {
        text += ", 95 % within \(Numbers.significant(low, 4)) to \(Numbers.significant(high, 4))"
      } else {
        text += ", the law states no uncertainty"
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
      add(
        "against it", Numbers.significant(off.sizeRatio),
        "of its size, \(Numbers.significant(off.tokensRatio)) of its tokens: "
          + (off.tokensRatio > 1 ? "past it" : "short of it"))
      if let penalty = off.lossPenalty, let law = off.penaltyLaw {
        add("penalty", Numbers.significant(penalty, 2), "of loss against the optimum (\(law))")
        if let equivalent = off.equivalentCompute {
          add(
            "wasted", Numbers.fixed(100 * (1 - equivalent / report.compute), 1) + " %",
            "of C: \(Numbers.scientific(equivalent)) reach that loss at the optimum")
        }
      }
    }
    if let bill = report.bill {
      for line in Self.bill(bill, report.economics) { lines.append(line) }
    }
    return lines
  }

  /// `248.3`, `2,129`.
  private static func sequences(_ count: Double) -> String {
    1000..<1e15 ~= count ? Numbers.grouped(count) : Numbers.significant(count, 4)
  }

  /// Time, money, energy and carbon, each with what was assumed.
  static func bill(_ bill: Economics.Bill, _ economics: Economics?) -> [(String, String, String)] {
    var lines = [("time", Numbers.duration(bill.seconds), "\(amount(bill.acceleratorHours)) accelerator-hours")]
    var energy = "kWh"
    var carbon = "kg CO2 equivalent"
    if let economics {
      let machine = economics.machine
      lines.append(
        (
          "machine", Numbers.grouped(machine.accelerators),
          "\(machine.accelerators == 1 ? "accelerator" : "accelerators") of \(Numbers.si(machine.peak))FLOP/s at MFU \(plainNumber(100 * machine.utilisation)) %"
        ))
      if let watts = economics.watts {
        energy += " at \(plainNumber(watts)) W"
        if economics.nodeOverhead != 1 { energy += " x node \(plainNumber(economics.nodeOverhead))" }
        energy += ", PUE \(plainNumber(economics.powerUsageEffectiveness))"
      }
      if let grid = economics.gridIntensity { carbon += " at \(plainNumber(grid)) kg/kWh" }
    }
    if let cost = bill.cost { lines.append(("cost", amount(cost), "in the currency of the price")) }
    if let kilowattHours = bill.kilowattHours { lines.append(("energy", amount(kilowattHours), energy)) }
    if let kilograms = bill.kilogramsCO2 { lines.append(("carbon", amount(kilograms), carbon)) }
    return lines
  }

  /// Whole from a thousand on.
  private static func amount(_ value: Double) -> String {
    value < 1000 ? Numbers.significant(value, 4) : Numbers.grouped(value)
  }

  /// An assumption as it was given: `40`, `46.46`, `0.414`.
  private static func plainNumber(_ value: Double) -> String {
    var text = Numbers.fixed(value, 4)
    while text.hasSuffix("0") { text.removeLast() }
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  /// The real shapes with what the budget buys for each.
  var shapes: Table {
    let shapes = report.architectures.map(\.counted.shape)
    // What is the same for all of them, or follows from the rest, only widens the table.
    let axes = ShapeRows.axes(shapes).filter { axis in
      ![.vocabulary, .sequenceLength].contains(axis) || Set(shapes.map { $0[axis] }).count > 1
    }
    let hasLoss = report.architectures.contains { $0.loss != nil }
    var columns = axes.map { ShapeRows.column($0, of: shapes) }
    columns += [
      .number("M") { Numbers.si($0, 4) }.extra(2), .number("parameters") { Numbers.count($0, 4) }.extra(1),
    ]
    let mixtures = shapes.contains { $0.experts > 0 }
    if mixtures { columns.append(.number("active_parameters", "active") { Numbers.count($0, 4) }.extra(3)) }
    columns += [
      .number("tokens") { Numbers.count($0, 4) },
      .number("size_over_optimum", "of optimum") { Numbers.fixed(100 * $0, 2) + " %" }.extra(3),
    ]
    if hasLoss { columns.append(.number("loss") { Numbers.significant($0, 4) }.extra(4)) }
    var table = Table(columns)
    for candidate in report.architectures {
      let shape = candidate.counted.shape
      var row = axes.map { shape.isOpen($0) ? JSON.null : .integer(shape[$0]) }
      row += [
        .integer(candidate.counted.count.M), .integer(candidate.counted.count.parameters),
      ]
      if mixtures { row.append(.integer(candidate.counted.count.activeParameters)) }
      row += [.number(candidate.tokens), .number(candidate.relativeSize)]
      if hasLoss { row.append(candidate.loss.map { .number($0) } ?? .null) }
      table.add(row)
    }
    return table
  }
}
