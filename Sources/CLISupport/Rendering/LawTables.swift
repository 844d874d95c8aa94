import Isoflop

extension LawComparison {
  /// One row a law, the same budget in each.
  var table: Table {
    var table = Table([
      .text("law"), .number("M_opt") { Numbers.scientific($0) },
      .number("parameters") { Numbers.count($0) }.extra, .number("D_opt") { Numbers.count($0) },
      .number("learning_rate", "rate") { Numbers.scientific($0) }.extra(3),
      .number("batch_tokens", "batch") { Numbers.count($0) }.extra(4),
      .number("loss") { Numbers.significant($0, 4) }.extra(2), .text("status").extra(5),
      .text("loss_unit", "loss in").extra(6), .text("source").extra(7),
    ])
    for row in rows {
      let report = row.report
      func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
      table.add([
        .string(row.law.name), number(report.M), number(row.parameters), .number(report.tokens),
        number(report.learningRate), number(report.batchTokens), number(report.loss?.value),
        .string(row.law.status.rawValue), .string(report.loss?.unit ?? ""), .string(row.law.source),
      ])
    }
    return table
  }

  func write(as form: OutputForm, on terminal: Terminal) throws {
    switch form {
    case .json: try terminal.writeLine(json.text())
    case .csv, .markdown: try terminal.write(table, as: form)
    case .text:
      try terminal.writeLine("C = \(Numbers.scientific(compute, 4)) FLOPs under every law that splits a budget")
      try terminal.writeLine()
      try terminal.write(table.text(width: terminal.width))
      if let size = spread({ $0.report.M }), let tokens = spread({ $0.report.tokens }) {
        try terminal.writeLine()
        try terminal.writeLine(
          "largest over smallest: M_opt \(Numbers.significant(size, 2)), D_opt \(Numbers.significant(tokens, 2))")
      }
    }
  }
}

extension ModelUnderLaws: ComparedModel {
  /// One row a law: what each says about this model after so many tokens.
  func table(named: Bool) -> Table {
    var table = Table(
      (named ? [.text("name")] : []) + [
        .text("law"), .text("C", "C is").extra, .number("compute", "C") { Numbers.scientific($0, 4) },
        .number("learning_rate", "rate") { Numbers.scientific($0, 4) },
        .number("batch_tokens", "batch") { Numbers.count($0, 4) },
        .number("batch_sequences", "sequences") { Numbers.significant($0, 4) }.extra,
        .number("loss") { Numbers.significant($0, 4) }, .text("loss_unit", "loss in").extra,
        .number("size_over_optimum", "size/opt") { Numbers.significant($0) },
        .number("tokens_over_optimum", "D/D_opt") { Numbers.significant($0) }, .text("status").extra(2),
      ])
    func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    for row in rows {
      table.add(
        (named ? [.string(name)] : []) + [
          .string(row.law.name), .string(row.account), number(row.compute), number(row.learningRate),
          number(row.batchTokens), number(row.batchTokens.map { $0 / Double(sequenceLength) }), number(row.loss),
          .string(row.loss == nil ? "" : row.law.lossUnit ?? ""), number(row.sizeOverOptimum),
          number(row.tokensOverOptimum), .string(row.law.status.rawValue),
        ])
    }
    return table
  }

  var heading: String {
    "\(name), \(Numbers.count(tokens)) tokens at sequence length \(Numbers.grouped(sequenceLength)), under every law that has a say"
  }
}

extension CountingChoice {
  /// One row an account of a token's cost.
  static func table(_ choices: [CountingChoice]) -> Table {
    var table = Table([
      .text("account", "counted by"), .number("exponent", "a") { Numbers.fixed($0, 3) },
      .integer("n_layers", "layers"), .integer("d_model"), .number("M") { Numbers.si($0) },
      .number("tokens") { Numbers.count($0) }, .number("size_over_optimum", "M/M_opt") { Numbers.significant($0) },
      .number("loss_penalty", "loss above best") { Numbers.significant($0, 2) },
      .number("compute_wasted", "compute wasted") { Numbers.fixed(100 * $0, 1) + " %" },
    ])
    func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    for choice in choices {
      table.add([
        .string(choice.account), .number(choice.exponent), .integer(choice.counted.shape.layers),
        .integer(choice.counted.shape.width), .integer(choice.counted.count.M), .number(choice.tokens),
        number(choice.relativeSize), number(choice.lossPenalty), number(choice.computeWasted),
      ])
    }
    return table
  }
}
