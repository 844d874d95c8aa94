import Isoflop

/// The memory that the column jobs share: L, d and S in, M, 6N1 and 6N2 out, larger than any cache. The rows are the
/// grid L = 1...64, d and S = 64...32000 in steps of 64, S fastest: what the peers have in their columns.
final class Table: Sendable {
  let rows: Int
  let arena: ColumnArena
  let integers: ColumnArena
  let vocabulary = 102400.0

  static let steps = 500
  static let rowsPerLayer = steps * steps

  /// - Parameter layers: how many values of L; 64 for the peers' table.
  init(layers: Int, team: WorkerTeam) throws {
    rows = layers * Table.rowsPerLayer
    arena = try ColumnArena(columns: 6, rows: rows)
    integers = try ColumnArena(columns: 3, rows: rows)
    let (arena, integers) = (arena, integers)
    // Whoever will fill a part of the table writes to it first.
    try team.run(chunks: layers) { _, chunk in
      let part = chunk * Table.rowsPerLayer..<(chunk + 1) * Table.rowsPerLayer
      arena.firstTouch(rows: part)
      integers.firstTouch(rows: part)
      for row in part {
        let (width, sequence) = (64 * (1 + row / Table.steps % Table.steps), 64 * (1 + row % Table.steps))
        for (column, value) in [chunk + 1, width, sequence].enumerated() {
          arena.column(column)[row] = Double(value)
          integers.column(column, as: Int32.self)[row] = Int32(value)
        }
      }
    }
  }

  /// M, 6N1 and 6N2 of every row, by the kernel, chunk by chunk.
  func count(_ team: WorkerTeam, _ kernels: KernelImplementation) throws {
    try team.run(chunks: rows / Table.rowsPerLayer) { [self] _, chunk in
      let at = chunk * Table.rowsPerLayer
      _ = count(at..<at + Table.rowsPerLayer, kernels, streaming: true)
    }
  }

  /// The same of some rows, from doubles or from 32-bit integers. Whether all is exact.
  func count(
    _ part: Range<Int>, _ kernels: KernelImplementation, fromInt32: Bool = false, streaming: Bool
  ) -> Bool {
    let sizes = (0..<3).map { column -> SizeColumn in
      fromInt32 ? .int32(integers.column(column, as: Int32.self)) : .float64(arena.column(column))
    }
    var results = PaperResults(areIntegers: false)
    results.m = UnsafeMutableRawPointer(arena.column(3))
    results.n1 = UnsafeMutableRawPointer(arena.column(4))
    results.n2 = UnsafeMutableRawPointer(arena.column(5))
    return kernels.paperColumns(
      layers: sizes[0], width: sizes[1], sequence: sizes[2], vocabulary: vocabulary, rows: part, into: results,
      streaming: streaming)
  }

  /// The sum of the column M in 64-bit integers that wrap around, as the peers answer.
  var checksum: Int {
    var sum = 0
    let m = arena.column(3)
    for row in 0..<rows { sum &+= Int(m[row]) }
    return sum
  }

  /// Whether the outputs hold M, 6N1 and 6N2, by integers, at many places; clears those places.
  func holdsThePaperForm() -> Bool {
    stride(from: 0, to: rows, by: 997).allSatisfy { row in
      let (l, d, s) = (Int(arena.column(0)[row]), Int(arena.column(1)[row]), Int(arena.column(2)[row]))
      let n1 = 72 * l * d * d
      let expected = [n1 + 12 * l * d * s, n1, n1 + 6 * Int(vocabulary) * d].map(Double.init)
      let found = (3..<6).map { arena.column($0)[row] }
      for column in 3..<6 { arena.column(column)[row] = -1 }
      return found == expected
    }
  }
}

/// The grid of the published baselines as affine rows over S: L 1...200, d and S 64...32000 in steps of 64.
final class BaselineGrid: Sendable {
  let sequence = (1...Table.steps).map { Double($0 * 64) }
  let m: (a: [Double], b: [Double])
  let n1: (a: [Double], b: [Double])
  let n2: (a: [Double], b: [Double])
  let rows: Int
  var values: Double { Double(rows * sequence.count) }

  /// - Parameter constrained: only 64 <= d/L <= 160.
  init(layers: Int, constrained: Bool) {
    let shapes = (1...layers).flatMap { layers in
      stride(from: 64, through: 32000, by: 64)
        .filter { !constrained || (64 * layers...160 * layers).contains($0) }
        .map { (layers: layers, width: $0) }
    }
    rows = shapes.count
    let zero = [Double](repeating: 0, count: shapes.count)
    let first = shapes.map { Double(72 * $0.layers * $0.width * $0.width) }
    m = (first, shapes.map { Double(12 * $0.layers * $0.width) })
    n1 = (first, zero)
    n2 = (zip(first, shapes).map { $0 + Double(6 * 102400 * $1.width) }, zero)
  }

  func with<Result>(_ form: (a: [Double], b: [Double]), _ body: (AffineRows) -> Result) -> Result {
    form.a.withUnsafeBufferPointer { a in
      form.b.withUnsafeBufferPointer { b in
        sequence.withUnsafeBufferPointer { x in
          guard let a = a.baseAddress, let b = b.baseAddress, let x = x.baseAddress else {
            preconditionFailure("the grid is not empty")
          }
          return body(AffineRows(a: a, b: b, count: rows, x: x, n: sequence.count))
        }
      }
    }
  }

  /// The sum of all M in 64-bit integers that wrap around, by integers.
  var checksum: Int {
    zip(m.a, m.b).reduce(0) { sum, row in
      sequence.reduce(sum) { $0 &+ Int(row.0) &+ Int(row.1) &* Int($1) }
    }
  }

  /// M, 6N1 and 6N2 of a part of the rows into the last three columns of a table of the same grid.
  func fill(_ table: Table, _ part: Range<Int>, _ kernels: KernelImplementation, streaming: Bool) {
    for (column, form) in zip(3..., [m, n1, n2]) {
      with(form) { all in
        var rows = all
        rows.a += part.lowerBound
        rows.b += part.lowerBound
        rows.count = part.count
        kernels.affineFill(
          rows, out: table.arena.column(column) + part.lowerBound * sequence.count, streaming: streaming)
      }
    }
  }
}

/// The constrained grid of the baselines as planes over L and S, one for each d.
final class BaselinePlanes: @unchecked Sendable {
  // SAFETY: written once, before anybody else has it.
  private let columns: [ColumnBuffer]
  private let ends: UnsafeMutablePointer<Int>

  init() {
    columns = [500, 500, 500, 500, 200, 500].map(ColumnBuffer.init)
    ends = .allocate(capacity: 1000)
    for index in 0..<500 {
      let width = 64 * (index + 1)
      columns[0].data[index] = 0
      columns[1].data[index] = Double(72 * width * width)
      columns[2].data[index] = 0
      columns[3].data[index] = Double(12 * width)
      columns[5].data[index] = Double(width)
      // 64 L <= d <= 160 L, L from 1 at place 0.
      ends[index] = min(200, (width + 159) / 160 - 1)
      ends[500 + index] = max(ends[index], min(200, width / 64))
    }
    for index in 0..<200 { columns[4].data[index] = Double(index + 1) }
  }
  deinit { ends.deallocate() }

  var planes: AffinePlanes {
    AffinePlanes(
      a: columns[0].data, aSlope: columns[1].data, b: columns[2].data, bSlope: columns[3].data, count: 500,
      y: columns[4].data, rows: 200, x: columns[5].data, n: 500, from: ends, to: ends + 500)
  }
}

/// A benchmark that computed something else than it should: its time means nothing.
func require(_ holds: Bool, _ what: String) throws {
  if !holds { throw WorkError("the benchmark \(what) computed a wrong answer") }
}
