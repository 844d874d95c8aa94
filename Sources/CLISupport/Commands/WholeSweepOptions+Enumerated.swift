import Isoflop

/// Answers for which every shape has to be looked at.
extension WholeSweepOptions {
  func writeSummary(_ search: GridSearch, _ quantity: Quantity, _ output: OutputOptions, on terminal: Terminal) throws {
    let result = try search.summary(of: quantity)
    for note in result.notes { terminal.note("note: \(note)") }
    if result.isPartial { terminal.warning("stopped: these are the shapes seen so far") }
    var table = Table([
      .text("quantity"), .integer("feasible"), .integer("minimum"), .integer("maximum"),
      .number("mean") { Numbers.si($0, 6) },
    ])
    table.add([
      .string(quantity.name), .integer(result.feasible), result.minimum.map { .integer($0) } ?? .null,
      result.maximum.map { .integer($0) } ?? .null, result.mean.map { .number($0) } ?? .null,
    ])
    switch output.form {
    case .json: try terminal.writeLine(result.json.text())
    case .csv, .markdown: try terminal.write(table, as: output.form)
    case .text:
      try terminal.write(table.text(width: terminal.width))
      terminal.note(
        "\(Numbers.counted(result.shapes, "shape")) in \(Numbers.duration(result.seconds)), method "
          + "\(result.method.rawValue), implementation \(result.implementation)")
    }
  }

  func writeLowest(_ search: GridSearch, top: String?, _ output: OutputOptions, on terminal: Terminal) throws {
    guard let compute else {
      throw InputError("is missing", field: "--compute", hint: "the budget in FLOPs, such as --compute 1e21")
    }
    let law = try Law.resolve(loss ?? "")
    let objective = try law.objective(compute: Arguments.positive(compute, "--compute"))
    let count = try top.map { try Arguments.integer($0, "--top") } ?? 10
    let result = try search.lowest(objective, top: count)
    for note in result.sweep.notes { terminal.note("note: \(note)") }
    if result.sweep.isPartial { terminal.warning("stopped: these are the best of the shapes seen so far") }
    if result.losses.isEmpty { SweepCommand.warnOfNone(on: terminal) }
    let table = Self.table(result, unit: law.lossUnit)
    switch output.form {
    case .json: try terminal.writeLine(result.json.text())
    case .csv, .markdown: try terminal.write(table, as: output.form)
    case .text:
      if !result.losses.isEmpty { try terminal.write(table.text(width: terminal.width)) }
      terminal.note(
        "law \(law.name), N in \(law.scale.words), D = C / M; " + SweepCommand.summary(result.sweep))
    }
  }

  private static func table(_ result: LossResult, unit: String?) -> Table {
    let shapes = result.sweep.results.map(\.shape)
    let axes = ShapeRows.axes(shapes)
    var columns = axes.map { ShapeRows.column($0, of: shapes) }
    columns += [.number("M") { Numbers.si($0, 4) }, .number("parameters") { Numbers.count($0, 4) }]
    columns.append(.number("tokens") { Numbers.count($0, 4) })
    columns.append(.number("predicted_loss") { Numbers.significant($0, 8) })
    var table = Table(columns)
    for (index, row) in result.sweep.results.enumerated() {
      var cells = axes.map { row.shape.isOpen($0) ? JSON.null : .integer(row.shape[$0]) }
      cells += [.integer(row.count.M), .integer(row.count.parameters)]
      cells += [.number(result.tokens(index)), .number(result.losses[index])]
      table.add(cells)
    }
    return table
  }
}
