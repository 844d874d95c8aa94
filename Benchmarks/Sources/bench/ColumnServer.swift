import Foundation
import Isoflop

/// The Swift library as one more peer: columns to columns in a process of its own, which is asked, woken and timed just as
/// the Python package is.
struct ColumnServer {
  /// Calls that count, and calls before them: a process whose turn it is has none of its columns in the caches.
  /// `isoflop_python.py` has the same numbers.
  static let (before, counted) = (5, 10)
  static let layers = 40
  private let table: Table
  private let integers: ColumnArena
  private let team: WorkerTeam

  private init() throws {
    team = try WorkerTeam.forThisMachine()
    table = try Table(layers: Self.layers, team: team)
    integers = try ColumnArena(columns: 6, rows: table.rows)
    let (table, integers) = (table, integers)
    try team.run(chunks: Self.layers) { _, chunk in
      let part = chunk * Table.rowsPerLayer..<(chunk + 1) * Table.rowsPerLayer
      integers.firstTouch(rows: part)
      for column in 0..<3 {
        for row in part { integers.column(column, as: Int64.self)[row] = Int64(table.arena.column(column)[row]) }
      }
    }
  }

  /// Answers the tasks `doubles` and `integers`, line by line, until there are no more.
  static func serve() throws {
    func say(_ line: String) throws {
      try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
    }
    let server = try ColumnServer()
    let tasks = ["doubles": try server.task(areIntegers: false), "integers": try server.task(areIntegers: true)]
    for task in tasks.values { _ = try task() }
    try say("ready")
    while let line = readLine() {
      guard let task = tasks[line] else { throw InputError("is no task", value: line, hint: "doubles, integers") }
      let (seconds, answer) = try task()
      let reply: JSON = ["seconds": .number(seconds), "answer": .integer(answer)]
      try say(reply.text(indent: nil))
    }
  }

  /// M, 6N1 and 6N2 of all rows from L, d and S: the seconds of the calls that count and the checksum of M.
  private func task(areIntegers: Bool) throws -> () throws -> (seconds: Double, answer: Int) {
    let (rows, arena) = (table.rows, areIntegers ? integers : table.arena)
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
    return {
      func once() throws { try require(try columns.count(options) == 0, "columns to columns") }
      for _ in 0..<Self.before { try once() }
      let start = now(.wall)
      for _ in 0..<Self.counted { try once() }
      let seconds = now(.wall) - start
      var sum = 0
      for row in 0..<rows {
        sum &+= areIntegers ? Int(arena.column(3, as: Int64.self)[row]) : Int(arena.column(3)[row])
      }
      // Not all of it: who comes next would wait until what is written here is out of the caches.
      for row in stride(from: 0, to: rows, by: 997) { arena.column(3)[row] = 0 }
      return (seconds, sum)
    }
  }
}
