import Topology

/// The bytes of the rows of a block of units.
final class TableBlock: Sendable {
  // SAFETY: written by whoever makes the block, before anyone else has it.
  nonisolated(unsafe) private let memory: UnsafeMutablePointer<UInt8>
  nonisolated(unsafe) private(set) var count = 0
  nonisolated(unsafe) private(set) var rows = 0

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: count) }

  init(_ plan: GridPlan, _ layout: TableLayout, _ units: TableUnits, _ part: Range<Int>) {
    memory = .allocate(capacity: max(1, units.mostRows * layout.longestRow))
    var visitor = TableVisitor(layout, plan.conventions, memory, most: units.mostRows)
    var walk = GridWalk(plan)
    for places in units.stretches(part) { walk.run(places, &visitor) }
    (count, rows) = (visitor.count, visitor.rows)
  }

  deinit { memory.deallocate() }
}

/// Turns rows into bytes.
private struct TableVisitor: RowVisitor {
  let layout: TableLayout
  let conventions: Conventions
  let memory: UnsafeMutablePointer<UInt8>
  let most: Int
  var count = 0
  var rows = 0

  init(_ layout: TableLayout, _ conventions: Conventions, _ memory: UnsafeMutablePointer<UInt8>, most: Int) {
    self.layout = layout
    self.conventions = conventions
    self.memory = memory
    self.most = most
  }

  var isFinished: Bool { false }
  var window: (form: Form, low: Int, high: Int)? { nil }

  mutating func visit(_ walk: inout GridWalk) {
    precondition(rows < most, "a block has no more rows than shapes")
    // SAFETY: there is room for the longest row, `most` times.
    count += layout.write(walk.box(), walk.sizes, conventions, to: memory + count)
    rows += 1
  }
}
