import Isoflop

/// The accounts of a comparison as a table.
extension Comparison {
  var heading: String {
    var text = "\(model.name) (\(model.family)), sequence length \(Numbers.grouped(sequenceLength))"
    if let budget { text += ", C = \(Numbers.scientific(budget, 4)) FLOPs" }
    return text
  }

  func table(named: Bool) -> Table {
    var columns: [Table.Column] = named ? [.text("name"), .integer("sequence_length")] : []
    columns += [
      .text("account"), .number("flops_per_token", "FLOPs/token") { Numbers.si($0, 4) }.extra(budget == nil ? 0 : 2),
      .number("over_M", "against M") { Numbers.difference($0, from: 1) }.extra(budget == nil ? 0 : 1),
    ]
    if budget != nil {
      columns += [
        .number("tokens", "buys tokens") { Numbers.count($0, 4) },
        .number("true_compute", "really cost") { Numbers.fixed(100 * $0, 1) + " % of C" },
      ]
    }
    columns.append(.text("meaning").extra(3))
    var table = Table(columns)
    for row in rows {
      var cells: [JSON] = named ? [.string(model.name), .integer(sequenceLength)] : []
      cells += [.string(row.name), row.exact.map { .integer($0) } ?? .number(row.flops), .number(row.flops / M)]
      if let budget { cells += [.number(budget / row.flops), .number(M / row.flops)] }
      table.add(cells + [.string(row.meaning)])
    }
    return table
  }
}

extension Reconciliation {
  /// One row a term, in FLOPs per token.
  var table: Table {
    var table = Table([
      .text("step", "from \(from.convention.name) to \(to.convention.name)"),
      .number("flops", "FLOPs per token") { ($0 > 0 ? "+" : "") + Numbers.si($0, 4) }, .text("nature", ""),
    ])
    for step in steps {
      table.add([
        .string(step.change), .number(step.difference / Double(from.tokens)), .string(step.nature.rawValue),
      ])
    }
    return table
  }
}
