import Isoflop

/// Columns to columns by the Swift library and by the Python package, in the same rounds: M, 6N1 and 6N2 of 10,000,000
/// rows from L, d and S, checked and exact, on all threads.
final class PythonJobs {
  private let table: Table
  private let integers: ColumnArena
  private let team: WorkerTeam
  private let peer: Peer
  private let sum: Int
  /// Calls that count, and calls before them: a process whose turn it is has none of its columns in the caches, and how
  /// fast it gets there depends on what came before. `isoflop_python.py` has the same numbers.
  private static let (before, counted) = (5, 3)

  init(_ team: WorkerTeam, _ peer: Peer) throws {
    (self.team, self.peer) = (team, peer)
    table = try Table(layers: 40, team: team)
    integers = try ColumnArena(columns: 6, rows: table.rows)
    let (table, integers) = (table, integers)
    try team.run(chunks: table.rows / Table.rowsPerLayer) { _, chunk in
      let part = chunk * Table.rowsPerLayer..<(chunk + 1) * Table.rowsPerLayer
      integers.firstTouch(rows: part)
      for column in 0..<3 {
        for row in part { integers.column(column, as: Int64.self)[row] = Int64(table.arena.column(column)[row]) }
      }
    }
    sum = BaselineGrid(layers: 40, constrained: false).checksum
  }

  func all() throws -> [Job] {
    try jobs("doubles", table.arena) + jobs("integers", integers)
  }

  private func jobs(_ type: String, _ arena: ColumnArena) throws -> [Job] {
    let (rows, areIntegers) = (table.rows, type == "integers")
    let inputs = zip([Shape.Axis.layers, .width, .sequenceLength], 0...).map { axis, at in
      ShapeColumns.Input(
        axis, areIntegers ? .int64(arena.column(at, as: Int64.self)) : .float64(arena.column(at)), count: rows)
    }
    let outputs = zip([Quantity.Derived.M, .sixN1, .sixN2], 3...).map { quantity, at in
      ShapeColumns.Output(
        quantity, areIntegers ? .int64(arena.column(at, as: Int64.self)) : .float64(arena.column(at)))
    }
    let columns = try ShapeColumns(rows: rows, inputs: inputs, outputs: outputs)
    var options = SweepOptions()
    options.team = team
    var swift = Job(
      "\(type): Swift", unit: "rows", work: Double(Self.counted * rows), clock: .wall,
      check: { [sum] in
        var found = 0
        for row in 0..<rows {
          found &+= areIntegers ? Int(arena.column(3, as: Int64.self)[row]) : Int(arena.column(3)[row])
        }
        // Not all of it: who comes next would wait until what is written here is out of the caches.
        for row in stride(from: 0, to: rows, by: 997) { arena.column(3)[row] = 0 }
        try require(found == sum, "\(type): Swift")
      }
    ) {}
    swift.timed = {
      func once() throws { try require(try columns.count(options) == 0, "\(type): Swift") }
      for _ in 0..<Self.before { try once() }
      let start = now(.wall)
      for _ in 0..<Self.counted { try once() }
      return now(.wall) - start
    }
    return [
      swift, asked("out", type, "\(type): Python, out=", against: swift.name, promised: 0.95),
      asked("new", type, "\(type): Python, new arrays", against: swift.name, promised: 0.95),
      asked("NumPy", type, "\(type): NumPy, as usually written", against: "\(type): Python, new arrays", promised: 5),
    ]
  }

  private func asked(_ task: String, _ type: String, _ name: String, against: String, promised: Double) -> Job {
    let calls = task == "NumPy" ? 1 : Self.counted
    var job = Job(
      name, unit: "rows", work: Double(calls * table.rows), against: against, promised: promised, clock: .wall
    ) {}
    job.isPeer = task == "NumPy"
    job.timed = { [peer, sum] in
      let (seconds, answer) = try peer.run("\(task), \(type)")
      try require(answer == .integer(sum), name)
      return seconds
    }
    return job
  }
}
