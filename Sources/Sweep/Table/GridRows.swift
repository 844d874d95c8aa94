import Architectures
import Input
import Synchronization
import Topology

/// Every feasible shape of a grid, counted and ready to be written to columns in memory.
///
/// Rows come in the order of the axes, as in the tables that `writeTable` makes.
public struct GridRows: Sendable {
  /// The columns: the axes that the shapes have a value for, then what they cost.
  public let names: [String]
  public let count: Int
  private let search: GridSearch
  private let plan: GridPlan
  private let layout: TableLayout
  /// The first row of every part.
  private let starts: [Int]

  /// Counts the rows of the grid, or of the shard in the search's options.
  ///
  /// - Returns: nil where it was cancelled.
  /// - Throws: `InputError` where the first axis alone is too long to be counted in memory, or the rows are more than
  ///   this machine has memory for.
  public init?(_ search: GridSearch) throws {
    self.search = search
    layout = TableLayout(search.grid, .npy)
    names = layout.names
    plan = try search.planned(rowAxes: 0)
    guard plan.parts <= 1 << 26 else {
      throw InputError("is too long for rows in memory", field: "axes", value: "\(plan.parts)", hint: "write a file")
    }
    let counts = Mutex((parts: [Int](repeating: 0, count: plan.parts), all: 0))
    let plan = plan
    let most = try Self.most(of: search.grid.shapes, columns: names.count)
    let isComplete = try search.forEachPart(plan) { parts in
      var walk = GridWalk(plan)
      for part in parts {
        var visitor = CountVisitor(most: most - counts.withLock { $0.all })
        walk.run(part..<part + 1, &visitor)
        counts.withLock {
          $0.parts[part] = visitor.count
          $0.all += visitor.count
        }
      }
    }
    guard isComplete else { return nil }
    let (found, all) = counts.withLock { $0 }
    guard all <= most else {
      let columns = "\(names.count) columns, and this machine has memory for \(Numbers.grouped(most)) rows"
      throw InputError(
        "has more rows than fit in memory: each has \(columns)", field: "grid",
        hint: "write the rows to a file, take them by shards, or ask for what they are for: nearest, pareto, histogram")
    }
    var starts: [Int] = [0]
    starts.reserveCapacity(plan.parts + 1)
    for count in found { starts.append(starts[starts.count - 1] + count) }
    self.starts = starts
    count = starts[plan.parts]
  }

  /// How many rows the machine's memory holds; no limit for so few shapes that it does not matter.
  private static func most(of shapes: Int, columns: Int) throws -> Int {
    guard shapes > 1 << 24 else { return .max }
    let bytes = try Machine().topology.numaNodes.reduce(0) { $0 + Int(clamping: $1.memoryBytes) }
    return bytes > 0 ? bytes / (columns * MemoryLayout<Int64>.stride) : .max
  }

  /// Writes all rows.
  ///
  /// - Parameters:
  ///   - columns: one for every name, each with room for `count` numbers.
  ///   - options: threads, pinning, cancellation and progress; the grid's share stays the one that was counted.
  /// - Returns: false where it was cancelled.
  public func fill(_ columns: [UnsafeMutablePointer<Int64>], _ options: SweepOptions? = nil) throws -> Bool {
    guard columns.count == names.count else {
      throw InputError("columns where \(names.count) are needed", field: "columns", value: "\(columns.count)")
    }
    var search = search
    if let options {
      let shard = search.options.shard
      search.options = options
      search.options.shard = shard
    }
    // SAFETY: the caller vouches for the room; parts write to rows of their own.
    nonisolated(unsafe) let columns = columns
    let (plan, layout, starts) = (plan, layout, starts)
    return try search.forEachPart(plan) { parts in
      var visitor = FillVisitor(
        layout: layout, conventions: plan.conventions, columns: columns, row: starts[parts.lowerBound],
        end: starts[parts.upperBound])
      var walk = GridWalk(plan)
      walk.run(parts, &visitor)
    }
  }
}

/// Counts rows, up to one too many.
private struct CountVisitor: RowVisitor {
  let most: Int
  var count = 0
  var isFinished: Bool { count > most }
  var window: (form: Form, low: Int, high: Int)? { nil }
  mutating func visit(_ walk: inout GridWalk) { count += 1 }
}

/// Writes rows to columns.
private struct FillVisitor: RowVisitor {
  let layout: TableLayout
  let conventions: Conventions
  let columns: [UnsafeMutablePointer<Int64>]
  var row: Int
  let end: Int

  var isFinished: Bool { false }
  var window: (form: Form, low: Int, high: Int)? { nil }

  mutating func visit(_ walk: inout GridWalk) {
    precondition(row < end, "a part has the rows that were counted")
    let box = walk.box()
    // SAFETY: the columns have room for the rows that were counted, and there is one for every axis and count.
    for (index, axis) in layout.axes.enumerated() {
      columns[index][row] = box.E == 0 && axis.isOfExperts ? 0 : Int64(walk.sizes[axis.index])
    }
    for (index, count) in layout.counts.enumerated() {
      columns[layout.axes.count + index][row] = Int64(conventions.integer(count, box))
    }
    row += 1
  }
}
