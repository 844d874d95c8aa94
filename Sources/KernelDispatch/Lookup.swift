import CKernels

/// Equal slices of the bit patterns of doubles >= 0, which order as their values do: 2^(52 - shift) to each power of
/// two. A value's slice is a shift and a subtraction.
struct PatternCells: Equatable, Sendable {
  var base: Int64
  var count: Int
  var shift: Int

  /// Cells for values from `low` to `high`, one more at each end for what lies outside.
  init(low: Double, high: Double, shift: Int) {
    self.shift = shift
    base = (PatternCells.pattern(low) >> Int64(shift)) - 1
    count = Int((PatternCells.pattern(high) >> Int64(shift)) - base) + 2
  }

  static func pattern(_ value: Double) -> Int64 { Int64(bitPattern: Swift.max(value, 0).bitPattern) }

  func cell(of value: Double) -> Int {
    Int(Swift.min(Swift.max((PatternCells.pattern(value) >> Int64(shift)) - base, 0), Int64(count - 1)))
  }
}

/// The edges of a histogram, prepared for the kernels.
public struct HistogramBins: Equatable, Sendable {
  /// Strictly ascending.
  public let edges: [Double]
  let padded: [Double]
  let first: [Int64]
  let cells: PatternCells
  let steps: Int32

  /// - Parameter edges: finite, positive, strictly ascending, at least one; nil otherwise.
  public init?(edges: [Double]) {
    guard let low = edges.first, let high = edges.last, low > 0, high < .infinity, edges.count < 1 << 24,
      zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    self.edges = edges
    // Finer cells until each holds at most one edge, or the table would leave the second cache.
    var shift = 52
    var cells = PatternCells(low: low, high: high, shift: shift)
    var most = HistogramBins.mostInOneCell(edges, cells)
    while most > 1, shift > 0 {
      let finer = PatternCells(low: low, high: high, shift: shift - 1)
      guard finer.count <= 1 << 16 else { break }
      shift -= 1
      cells = finer
      most = HistogramBins.mostInOneCell(edges, cells)
    }
    self.cells = cells
    steps = Int32(most)
    // No value is at or above NaN, so the search stops at the last edge.
    padded = edges + [Double](repeating: .nan, count: most)
    // Cell j begins at pattern (base + j) << shift: the edges below it are those in earlier cells, and those at it.
    var first = [Int64](repeating: 0, count: cells.count)
    for edge in edges {
      let cell = cells.cell(of: edge)
      let begins = PatternCells.pattern(edge) == (cells.base + Int64(cell)) << Int64(cells.shift)
      let from = begins ? cell : cell + 1
      if from < cells.count { first[from] += 1 }
    }
    for index in 1..<first.count { first[index] += first[index - 1] }
    self.first = first
  }

  /// `count` bins of equal width in log M from `low` to `high`; nil unless 0 < low < high < infinity and count >= 1.
  public init?(logarithmic count: Int, from low: Double, to high: Double) {
    guard count >= 1, count < 1 << 24, low > 0, low < high, high < .infinity else { return nil }
    let implementation = KernelImplementation.all.first(where: \.runsHere)
    guard let implementation else { return nil }
    var ends = [low, high]
    implementation.log(ends, into: &ends, count: 2)
    let step = (ends[1] - ends[0]) / Double(count)
    var edges = (0...count).map { ends[0] + Double($0) * step }
    implementation.exp(edges, into: &edges, count: edges.count)
    edges[0] = low
    edges[count] = high
    self.init(edges: edges)
  }

  private static func mostInOneCell(_ edges: [Double], _ cells: PatternCells) -> Int {
    var (most, run, previous) = (1, 0, -1)
    for edge in edges {
      let cell = cells.cell(of: edge)
      run = cell == previous ? run + 1 : 1
      previous = cell
      most = max(most, run)
    }
    return most
  }

  func withC<Result>(_ body: (UnsafePointer<isoflop_bins>) -> Result) -> Result {
    padded.withUnsafeBufferPointer { edges in
      first.withUnsafeBufferPointer { first in
        // SAFETY: the pointers are used within the closure only.
        var bins = isoflop_bins(
          edges: edges.baseAddress, first: first.baseAddress, bins: Int64(self.edges.count + 1), base: cells.base,
          cells: Int64(cells.count),
          shift: Int32(cells.shift), steps: steps)
        return body(&bins)
      }
    }
  }
}

/// A Pareto front of two objectives, both to be small, as the kernels look it up: by slice of the first objective the
/// lowest second objective that some point with no larger first one has reached.
public struct ParetoStaircase: Sendable {
  let level: [Double]
  let cells: PatternCells

  /// - Parameters:
  ///   - points: (first, second) of each point known so far, in any order.
  ///   - low: where the first objectives are expected to begin; below, nothing is rejected. 0 <= low <= high <
  ///     infinity.
  ///   - high: where they are expected to end; above, all is compared with the whole front.
  public init(points: [(first: Double, second: Double)], from low: Double, to high: Double) {
    precondition(0 <= low && low <= high && high < .infinity)
    // A thousandth of a doubling: slices of 0.07 %.
    let (low, high) = (Swift.max(low, 1), Swift.max(high, 1))
    var cells = PatternCells(low: low, high: high, shift: 42)
    while cells.count > 1 << 16 { cells = PatternCells(low: low, high: high, shift: cells.shift + 1) }
    var level = [Double](repeating: .infinity, count: cells.count)
    for point in points {
      // From the slice after its own on, every first objective is larger.
      let from = cells.cell(of: point.first) + 1
      if from < level.count { level[from] = Swift.min(level[from], point.second) }
    }
    for index in 1..<level.count { level[index] = Swift.min(level[index], level[index - 1]) }
    self.level = level
    self.cells = cells
  }

  func withC<Result>(_ body: (UnsafePointer<isoflop_staircase>) -> Result) -> Result {
    level.withUnsafeBufferPointer { level in
      // SAFETY: the pointer is used within the closure only.
      var staircase = isoflop_staircase(
        level: level.baseAddress, base: cells.base, cells: Int64(cells.count), shift: Int32(cells.shift))
      return body(&staircase)
    }
  }
}
