import Isoflop

/// Shapes as rows: the axes that are used, then what the shape costs.
enum ShapeRows {
  static func axes(_ shapes: [Shape]) -> [Shape.Axis] {
    let experts: Set<Shape.Axis> = [.experts, .expertsPerToken, .expertWidth, .sharedWidth]
    let anyExperts = shapes.contains { $0.experts > 0 }
    return Shape.Axis.allCases.filter { axis in
      shapes.contains { !$0.isOpen(axis) } && (anyExperts || !experts.contains(axis))
    }
  }

  /// The head's width and number follow from the rest more often than not.
  static func column(_ axis: Shape.Axis) -> Table.Column {
    let column = Table.Column.size(axis.rawValue)
    return switch axis {
    case .heads, .headWidth, .vocabulary: column.extra(6)
    case .keyValueHeads, .sequenceLength: column.extra(5)
    default: column
    }
  }

  /// Shapes with what they cost, without a target.
  static func table(_ rows: [SweepRow]) -> Table {
    let axes = axes(rows.map(\.shape))
    var columns = axes.map(column)
    columns += [.number("M") { Numbers.si($0, 4) }, .number("parameters") { Numbers.count($0, 4) }]
    columns.append(.integer("kv_elements_per_token").extra(7))
    var table = Table(columns)
    for row in rows {
      var cells = axes.map { row.shape.isOpen($0) ? JSON.null : .integer(row.shape[$0]) }
      cells += [row.count.M, row.count.parameters, row.count.keyValueElementsPerToken].map { .integer($0) }
      table.add(cells)
    }
    return table
  }

  static func table(_ rows: [SweepRow], target: Int, of quantity: Quantity) -> Table {
    let axes = axes(rows.map(\.shape))
    var columns = axes.map(column)
    columns += [.number("M") { Numbers.si($0, 4) }, .number("parameters") { Numbers.count($0, 4) }.extra(2)]
    if quantity != .M, quantity != .parameters { columns.append(.integer(quantity.name)) }
    columns.append(.integer("miss", "off target").extra(3))
    var table = Table(columns)
    for row in rows {
      let value = quantity.value(of: row.shape, row.count)
      var cells = axes.map { row.shape.isOpen($0) ? JSON.null : .integer(row.shape[$0]) }
      cells += [.integer(row.count.M), .integer(row.count.parameters)]
      if quantity != .M, quantity != .parameters { cells.append(.integer(value)) }
      cells.append(.integer(value - target))
      table.add(cells)
    }
    return table
  }
}
