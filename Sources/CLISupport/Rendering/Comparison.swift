import Isoflop

/// One of several models that stand below each other, each with a table of its own.
protocol ComparedModel {
  var heading: String { get }
  var json: JSON { get }
  /// - Parameter named: every row says which model it is of.
  func table(named: Bool) -> Table
}

extension Terminal {
  /// A table under a heading each, rows that name their model, or an object each.
  ///
  /// - Parameter more: what follows a model's table where people read it.
  func write<Model: ComparedModel>(
    _ models: [Model], as form: OutputForm, more: (Model) throws -> Void = { _ in }
  ) throws {
    switch form {
    case .json: try writeOneOrMore(models.map(\.json))
    case .csv, .markdown:
      guard var table = models.first?.table(named: true) else { return }
      for model in models.dropFirst() { table.add(rowsOf: model.table(named: true)) }
      try write(table, as: form)
    case .text:
      for (index, model) in models.enumerated() {
        if index > 0 { try writeLine() }
        try writeLine(model.heading + "\n")
        try write(model.table(named: false).text(width: width))
        try more(model)
      }
    }
  }

  /// JSON as every command has it that takes several models: the object where there is one, else an array.
  func writeOneOrMore(_ objects: [JSON]) throws {
    try writeLine((objects.count == 1 ? objects[0] : .array(objects)).text())
  }
}

/// The accounts of a comparison as a table.
extension Comparison: ComparedModel {
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
