import Architectures
import Input
import KernelDispatch

/// The rows of a grid of configs: every combination of the axes but the one that rows run along.
struct ConfigRows: Sendable {
  let grid: ConfigGrid
  let inner: InnerAxis?
  let count: Int
  /// Models of a row.
  let length: Int
  let column: InnerColumn?
  private let outer: [Int]

  init(_ grid: ConfigGrid, _ inner: InnerAxis?) {
    self.grid = grid
    self.inner = inner
    outer = grid.axes.indices.filter { $0 != inner?.axis }
    count = outer.reduce(1) { $0 * grid.axes[$1].count }
    length = inner?.values.count ?? 1
    column = inner.map { InnerColumn($0.values) }
  }

  /// Rows to a block: enough for one call of a kernel, few enough for all workers to have some.
  var block: Int { max(1, min(64, count / 64)) }

  /// The places of a row's first model.
  func places(_ row: Int) -> [Int] {
    var places = [Int](repeating: 0, count: grid.axes.count)
    var rest = row
    for axis in outer.reversed() {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: grid.axes[axis].count)
      places[axis] = remainder
      rest = quotient
    }
    return places
  }

  /// The place of a model in the order of the axes.
  func index(_ places: [Int], at place: Int) -> Int {
    var index = 0
    for (axis, other) in places.enumerated() {
      index = index * grid.axes[axis].count + (axis == inner?.axis ? place : other)
    }
    return index
  }
}

/// Rows that wait for one call of a kernel; the others go to the visitor at once.
struct ConfigBatch {
  private let rows: ConfigRows
  private let kernels: KernelImplementation
  private var waiting: [(first: ConfigCounts, slope: ConfigCounts, places: [Int], inner: Range<Int>)] = []
  private var a: [Double] = []
  private var b: [Double] = []
  private var from: [Int] = []
  private var to: [Int] = []

  init(_ rows: ConfigRows, _ kernels: KernelImplementation) {
    self.rows = rows
    self.kernels = kernels
  }

  mutating func add(
    _ row: ConfigRow, _ places: [Int], _ visitor: inout some ConfigVisitor, _ tally: inout ConfigTally
  ) throws {
    switch row {
    case .points(let points):
      for (place, counts) in points.enumerated() {
        guard let counts else { continue }
        try take(counts, rows.index(places, at: place), &visitor, &tally)
      }
    case .affine(let first, let slope):
      if let quantity = visitor.quantity, let values = rows.inner?.values,
        let inner = try Self.places(rows.grid.constraints, first, slope, values),
        let form = try Self.form(quantity, first, slope, values)
      {
        tally.byKernels += rows.length
        tally.feasible += inner.count
        if inner.isEmpty { return }
        waiting.append((first, slope, places, inner))
        a.append(Double(form.a))
        b.append(Double(form.b))
        from.append(inner.lowerBound)
        to.append(inner.upperBound)
      } else {
        try each(first, slope, places, &visitor, &tally)
      }
    }
  }

  /// Runs the kernel over the rows that wait, and hands on one by one the models of those that deserve it.
  mutating func flush(_ visitor: inout some ConfigVisitor, _ tally: inout ConfigTally) throws {
    guard let column = rows.column, !waiting.isEmpty else { return }
    let near = a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        from.withUnsafeBufferPointer { from in
          to.withUnsafeBufferPointer { to -> [Int] in
            guard let a = a.baseAddress, let b = b.baseAddress else { return [] }
            // SAFETY: all four arrays have an element for each row that waits, and the column its count.
            return visitor.worthALook(
              AffineRows(
                a: a, b: b, count: waiting.count, x: column.values, n: column.count, from: from.baseAddress,
                to: to.baseAddress), kernels)
          }
        }
      }
    }
    for row in near {
      let (first, slope, places, inner) = waiting[row]
      for place in inner {
        try visitor.visit(point(first, slope, place), index: rows.index(places, at: place))
      }
    }
    waiting.removeAll(keepingCapacity: true)
    for list in [\ConfigBatch.a, \.b] { self[keyPath: list].removeAll(keepingCapacity: true) }
    for list in [\ConfigBatch.from, \.to] { self[keyPath: list].removeAll(keepingCapacity: true) }
  }

  private func each(
    _ first: ConfigCounts, _ slope: ConfigCounts, _ places: [Int], _ visitor: inout some ConfigVisitor,
    _ tally: inout ConfigTally
  ) throws {
    for place in 0..<rows.length {
      try take(point(first, slope, place), rows.index(places, at: place), &visitor, &tally)
    }
  }

  private func take(
    _ counts: ConfigCounts, _ index: Int, _ visitor: inout some ConfigVisitor, _ tally: inout ConfigTally
  ) throws {
    for constraint in rows.grid.constraints where try !constraint.holds(for: counts) { return }
    if let quantity = visitor.quantity, try counts.fraction(quantity) == nil {
      tally.unknown += 1
      return
    }
    tally.feasible += 1
    try visitor.visit(counts, index: index)
  }

  private func point(_ first: ConfigCounts, _ slope: ConfigCounts, _ place: Int) -> ConfigCounts {
    guard let values = rows.inner?.values else { return first }
    return first.moved(by: values[place] - values.first, along: slope)
  }

  // MARK: Forms

  /// A quantity as a + b x with x the values of the axis; nil where it is not affine, or not exact in a Double.
  private static func form(
    _ quantity: Quantity, _ first: ConfigCounts, _ slope: ConfigCounts, _ values: AxisValues
  ) throws -> Affine? {
    guard let start = try first.integer(quantity), quantity.isInteger else { return nil }
    let end = try first.moved(by: values.last - values.first, along: slope).integer(quantity)
    let span = values.last - values.first
    guard let end, span > 0, (end - start) % span == 0 else { return nil }
    let b = (end - start) / span
    let (product, overflow) = b.multipliedReportingOverflow(by: values.first)
    let (a, beyond) = start.subtractingReportingOverflow(product)
    guard !overflow, !beyond else { return nil }
    // |a| + |b| |x| < 2^53: no step of the kernel rounds.
    let size = Double(abs(a)) + Double(abs(b)) * Double(max(abs(values.first), abs(values.last)))
    return size < 0x1p52 ? Affine(a: a, b: b) : nil
  }

  /// The places that the conditions leave; nil where they are no interval.
  private static func places(
    _ constraints: [Constraint], _ first: ConfigCounts, _ slope: ConfigCounts, _ values: AxisValues
  ) throws -> Range<Int>? {
    var places = 0..<values.count
    for constraint in constraints {
      let isFixed = slope.width == 0 && slope.layers == 0
      if constraint.quantity == .derived(.aspectRatio), isFixed {
        if try !constraint.holds(for: first) { return 0..<0 }
        continue
      }
      guard constraint.multipleOf == 1, let form = try form(constraint.quantity, first, slope, values) else {
        return nil
      }
      places = places.clamped(
        to: values.places(
          where: form.a, form.b, in: constraint.low?.ceiling ?? .min, constraint.high?.floor ?? .max))
    }
    return places
  }
}
