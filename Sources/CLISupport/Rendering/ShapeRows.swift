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

  /// What is the same in every row gives way first; then the head's width and number, which follow from the rest more
  /// often than not.
  static func column(_ axis: Shape.Axis, of shapes: [Shape]) -> Table.Column {
    let column = Table.Column.size(axis.rawValue)
    let varies = shapes.contains { $0[axis] != shapes[0][axis] }
    return switch axis {
    case .heads, .headWidth: column.extra(6)
    case .vocabulary, .sequenceLength: column.extra(varies ? 5 : 8)
    case .keyValueHeads: column.extra(5)
    default: column
    }
  }

  /// Shapes with what they cost; the quantities that were asked about stay where others give way.
  static func table(_ rows: [SweepRow], about asked: [Quantity]) -> Table {
    let shapes = rows.map(\.shape)
    let axes = axes(shapes)
    var columns = axes.map { column($0, of: shapes) }
    columns += [.number("M") { Numbers.si($0, 4) }, .number("parameters") { Numbers.count($0, 4) }]
    let cache = Table.Column.integer("kv_elements_per_token")
    columns.append(asked.contains { $0.name == cache.key } ? cache : cache.extra(7))
    let keys = columns.map(\.key)
    // A quotient stands in two columns already, exactly.
    let others = asked.filter {
      !keys.contains($0.name) && ![.derived(.aspectRatio), .derived(.mlpRatio)].contains($0)
    }
    columns += others.map { .integer($0.name) }
    var table = Table(columns)
    for row in rows {
      var cells = axes.map { row.shape.isOpen($0) ? JSON.null : .integer(row.shape[$0]) }
      cells += [row.count.M, row.count.parameters, row.count.keyValueElementsPerToken].map { .integer($0) }
      table.add(cells + others.map { .integer($0.value(of: row.shape, row.count)) })
    }
    return table
  }

  static func table(_ rows: [SweepRow], target: Int, of quantity: Quantity) -> Table {
    let shapes = rows.map(\.shape)
    let axes = axes(shapes)
    var columns = axes.map { column($0, of: shapes) }
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
