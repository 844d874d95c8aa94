import KernelDispatch

/// The values of the inner axis as a column for the kernels, shared by all workers.
final class InnerColumn: Sendable {
  // SAFETY: written in init only, before anyone else can see it; freed in deinit, when nobody does.
  nonisolated(unsafe) let values: UnsafeMutablePointer<Double>
  let count: Int
  /// The same as integers.
  let axis: AxisValues

  init(_ axis: AxisValues) {
    self.axis = axis
    count = axis.count
    // Whole vectors do not straddle cache lines.
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 8 * max(1, count), alignment: 64)
    values = memory.bindMemory(to: Double.self, capacity: max(1, count))
    // SAFETY: `count` elements were allocated.
    for index in 0..<count { values[index] = Double(axis[index]) }
  }

  deinit { UnsafeMutableRawPointer(values).deallocate() }
}

/// Rows that wait for one call of a kernel, with the outer sizes that each came from.
final class RowBatch {
  static let capacity = 256
  let column: InnerColumn
  private(set) var count = 0
  private let a: UnsafeMutablePointer<Double>
  private let b: UnsafeMutablePointer<Double>
  private let from: UnsafeMutablePointer<Int>
  private let to: UnsafeMutablePointer<Int>
  private let out: UnsafeMutablePointer<Double>
  /// The walk's sizes when each row was added, one row after the other.
  private let outer: UnsafeMutablePointer<Int>

  init(_ column: InnerColumn) {
    self.column = column
    a = .allocate(capacity: Self.capacity)
    b = .allocate(capacity: Self.capacity)
    from = .allocate(capacity: Self.capacity)
    to = .allocate(capacity: Self.capacity)
    out = .allocate(capacity: Self.capacity)
    outer = .allocate(capacity: Self.capacity * 12)
  }

  deinit {
    a.deallocate()
    b.deallocate()
    from.deallocate()
    to.deallocate()
    out.deallocate()
    outer.deallocate()
  }

  var isFull: Bool { count == Self.capacity }

  /// Adds a row; there must be room.
  @inline(__always)
  func append(_ form: Affine, _ places: Range<Int>, sizes: [Int]) {
    precondition(count < Self.capacity && sizes.count == 12, "there is no room for this row")
    // SAFETY: `count` is below the capacity that was allocated.
    a[count] = Double(form.a)
    b[count] = Double(form.b)
    from[count] = places.lowerBound
    to[count] = places.upperBound
    for axis in 0..<12 { outer[12 * count + axis] = sizes[axis] }
    count += 1
  }

  func removeAll() { count = 0 }

  /// The walk's sizes when a row was added.
  func sizes(_ row: Int) -> [Int] {
    precondition(row < count, "there is no such row")
    // SAFETY: rows below `count` have been written, 12 sizes each.
    return Array(UnsafeBufferPointer(start: outer + 12 * row, count: 12))
  }

  /// The rows as the kernels take them, valid while this batch is.
  var rows: AffineRows {
    AffineRows(a: a, b: b, count: count, x: column.values, n: column.count, from: from, to: to)
  }

  /// One row: its coefficients in integers again, and its part of the axis.
  func row(_ index: Int) -> (form: Affine, places: Range<Int>) {
    precondition(index < count, "there is no such row")
    // SAFETY: rows below `count` have been written.
    return (Affine(a: Int(a[index]), b: Int(b[index])), from[index]..<to[index])
  }

  /// The least distance to the target in every row.
  func nearest(to target: Int, _ kernels: KernelImplementation) -> UnsafeBufferPointer<Double> {
    // SAFETY: `out` has room for as many rows as a batch has.
    kernels.affineNearest(rows, target: Double(target), best: out)
    return UnsafeBufferPointer(start: out, count: count)
  }
}

extension Affine {
  /// Whether a + b x and the way to it are exact in a Double for every x from 0 to `last`.
  @inline(__always)
  func isExact(upTo last: Int) -> Bool {
    // Both are counts, so not negative, and the plan has checked that the sum fits Int64.
    a + b * last < 1 << 53
  }
}
