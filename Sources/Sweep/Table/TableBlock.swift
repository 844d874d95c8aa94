/// The bytes of the rows of a block of units.
final class TableBlock: Sendable {
  // SAFETY: written by whoever makes the block, before anyone else has it.
  nonisolated(unsafe) private let memory: UnsafeMutablePointer<UInt8>
  let count: Int
  let rows: Int

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: count) }

  init(_ plan: GridPlan, _ layout: TableLayout, _ units: TableUnits, _ part: Range<Int>) {
    memory = .allocate(capacity: units.mostRows * layout.longestRow + TableRows.slack)
    let text = UnsafeMutablePointer<UInt8>.allocate(capacity: layout.longestRow + TableRows.slack)
    defer { text.deallocate() }
    // Chunks of the text are copied whole.
    text.initialize(repeating: 0, count: layout.longestRow + TableRows.slack)
    var visitor = TableRows(layout, memory, most: units.mostRows, text: text)
    var walk = GridWalk(plan)
    for places in units.stretches(part) { walk.run(places, &visitor) }
    (count, rows) = (visitor.count, visitor.rows)
  }

  deinit { memory.deallocate() }
}
