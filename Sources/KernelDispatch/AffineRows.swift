import CKernels

/// `count` rows of a[r] + b[r] x[i] over one inner axis x[0 ..< n]: what a grid becomes when all axes but one have been
/// enumerated. A view: the memory belongs to the caller and must outlive it.
///
/// a, b and x hold integers, and |a| + |b| |x| is below 2^53 (`affineIsExact` says so): then every kernel is exact.
/// A column of any values is one row with a = 0 and b = 1.
public struct AffineRows {
  public var a: UnsafePointer<Double>
  public var b: UnsafePointer<Double>
  public var count: Int
  public var x: UnsafePointer<Double>
  public var n: Int
  /// The part of the axis that row r looks at is from[r] ..< to[r], within 0 ... n; nil: all of it.
  public var from: UnsafePointer<Int>?
  public var to: UnsafePointer<Int>?

  public init(
    a: UnsafePointer<Double>, b: UnsafePointer<Double>, count: Int, x: UnsafePointer<Double>, n: Int,
    from: UnsafePointer<Int>? = nil, to: UnsafePointer<Int>? = nil
  ) {
    precondition((from == nil) == (to == nil), "both ends of the part of the axis, or none")
    self.a = a
    self.b = b
    self.count = count
    self.x = x
    self.n = n
    self.from = from
    self.to = to
  }

  func withC<Result>(_ body: (UnsafePointer<isoflop_affine>) -> Result) -> Result {
    var call = isoflop_affine(
      a: a, b: b, from: sixtyFour(from), to: sixtyFour(to), rows: Int64(count), x: x, n: Int64(n))
    return body(&call)
  }
}

/// What C calls an array of Int.
func sixtyFour(_ pointer: UnsafePointer<Int>?) -> UnsafePointer<Int64>? {
  // SAFETY: Int and int64_t have one layout on the 64-bit systems that this builds for.
  pointer.map { UnsafeRawPointer($0).assumingMemoryBound(to: Int64.self) }
}

/// What a set of values spans.
public struct AffineSummary: Equatable, Sendable {
  public var count: Int
  /// +infinity when there are no values.
  public var minimum: Double
  /// -infinity when there are no values.
  public var maximum: Double
  /// The exact sum.
  public var sum: Int128
  public init(count: Int, minimum: Double, maximum: Double, sum: Int128) {
    self.count = count
    self.minimum = minimum
    self.maximum = maximum
    self.sum = sum
  }
}

extension KernelImplementation {
  /// out[r n + i] = a[r] + b[r] x[i], every row in full.
  ///
  /// - Parameters:
  ///   - rows: the coefficients of each row, and the axis.
  ///   - out: room for every element of every row.
  ///   - streaming: store past the caches: right for tables larger than the last of them. Any `out` will do.
  public func affineFill(_ rows: AffineRows, out: UnsafeMutablePointer<Double>, streaming: Bool = false) {
    // SAFETY: the caller vouches for `count` x `n` elements at `out`.
    rows.withC { table.pointer.pointee.affine_fill($0, out, streaming) }
  }

  /// best[r] = the least |a[r] + b[r] x[i] - target| in the row's part of the axis, +infinity where that is empty.
  ///
  /// Exact for an integer target below 2^53; for any other target each distance is rounded once.
  public func affineNearest(_ rows: AffineRows, target: Double, best: UnsafeMutablePointer<Double>) {
    // SAFETY: the caller vouches for `count` elements at `best`.
    rows.withC { table.pointer.pointee.affine_nearest($0, target, best) }
  }

  /// How many values are in low ... high.
  public func affineCount(_ rows: AffineRows, from low: Double, to high: Double) -> Int {
    rows.withC { Int(table.pointer.pointee.affine_count($0, low, high)) }
  }

  /// How many values have exactly j of the edges at or below them, added to counts[j]; counts has one element more
  /// than there are edges. So counts[0] is what lies below all edges and the last what is at or above the last.
  public func affineHistogram(_ rows: AffineRows, bins: HistogramBins, counts: inout [Int]) {
    precondition(counts.count == bins.edges.count + 1, "one count more than edges")
    var fresh = [Int64](repeating: 0, count: 4 * counts.count)
    bins.withC { bins in
      // SAFETY: `fresh` has four tables with a count for each number of edges.
      rows.withC { table.pointer.pointee.affine_bins($0, bins, &fresh) }
    }
    for index in fresh.indices { counts[index % counts.count] += Int(fresh[index]) }
  }

  /// Whether every value a + b x of every row, and every step on the way to it, is an exact integer.
  public func affineIsExact(_ rows: AffineRows) -> Bool {
    rows.withC { table.pointer.pointee.affine_exact($0) }
  }

  /// Count, least, greatest and exact sum of the values; nil where a value is no integer below 2^53.
  public func affineSummary(_ rows: AffineRows) -> AffineSummary? {
    guard affineIsExact(rows) else { return nil }
    var (least, greatest) = (Double.infinity, -Double.infinity)
    rows.withC { table.pointer.pointee.affine_range($0, &least, &greatest) }
    // SAFETY: x has n elements, a, b, from and to `count`; all are integers below 2^53, as `affineIsExact` has found.
    // The sum of a + b x over a part of the axis is its length times a, plus b times a difference of partial sums.
    var partial: [Int128] = [0]
    partial.reserveCapacity(rows.n + 1)
    for index in 0..<rows.n { partial.append(partial[index] + Int128(Int(rows.x[index]))) }
    guard let from = rows.from, let to = rows.to else {
      var (a, b) = (Int128(0), Int128(0))
      for row in 0..<rows.count {
        a += Int128(Int(rows.a[row]))
        b += Int128(Int(rows.b[row]))
      }
      return AffineSummary(
        count: rows.count * rows.n, minimum: least, maximum: greatest, sum: a * Int128(rows.n) + b * partial[rows.n])
    }
    var (count, sum) = (0, Int128(0))
    for row in 0..<rows.count where from[row] < to[row] {
      let length = to[row] - from[row]
      count += length
      sum += Int128(Int(rows.a[row])) * Int128(length)
      sum += Int128(Int(rows.b[row])) * (partial[to[row]] - partial[from[row]])
    }
    return AffineSummary(count: count, minimum: least, maximum: greatest, sum: sum)
  }

  /// The shapes that the points of a front do not beat, as (row, index) pairs, in order.
  ///
  /// `first` holds the objective to be small; the second one, to be small as well, has the same parts of the same
  /// axis. (For an objective to be large, give -a and -b.) What the staircase rejects is beaten for certain; what it
  /// lets through the caller compares exactly. Stops before a row whose part might not fit into `capacity`, so
  /// `capacity` must be at least n.
  ///
  /// - Returns: How many pairs were written and how many rows they come from.
  public func paretoScreen(
    _ first: AffineRows, secondA: UnsafePointer<Double>, secondB: UnsafePointer<Double>, front: ParetoStaircase,
    row: UnsafeMutablePointer<Int>, index: UnsafeMutablePointer<Int>, capacity: Int
  ) -> (found: Int, rows: Int) {
    precondition(capacity >= first.n, "room for one row at least")
    var done: Int64 = 0
    let found = front.withC { staircase in
      first.withC { first in
        // SAFETY: the caller vouches for `capacity` elements at `row` and `index`; Int and int64_t have one layout.
        row.withMemoryRebound(to: Int64.self, capacity: capacity) { row in
          index.withMemoryRebound(to: Int64.self, capacity: capacity) { index in
            table.pointer.pointee.affine_screen(
              first, secondA, secondB, staircase, row, index, Int64(capacity), &done)
          }
        }
      }
    }
    return (Int(found), Int(done))
  }
}
