import Synchronization

/// The bytes of the rows of a block of units.
final class TableBlock: Sendable {
  // SAFETY: written by whoever makes the block, before anyone else has it.
  nonisolated(unsafe) private let memory: UnsafeMutablePointer<UInt8>
  private let room: TableRoom
  let count: Int
  let rows: Int

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: count) }

  init(_ plan: GridPlan, _ layout: TableLayout, _ units: TableUnits, _ part: Range<Int>, in room: TableRoom) {
    self.room = room
    memory = room.take()
    let text = UnsafeMutablePointer<UInt8>.allocate(capacity: layout.longestRow + TableRows.slack)
    defer { text.deallocate() }
    // Chunks of the text are copied whole.
    text.initialize(repeating: 0, count: layout.longestRow + TableRows.slack)
    var visitor = TableRows(layout, memory, most: units.mostRows, text: text)
    var walk = GridWalk(plan)
    for places in units.stretches(part) { walk.run(places, &visitor) }
    (count, rows) = (visitor.count, visitor.rows)
  }

  deinit { room.give(memory) }
}

/// Memory for blocks, that of written ones first: pages that the system has handed out once need no second fault.
final class TableRoom: Sendable {
  /// Bytes of a block.
  private let size: Int
  // SAFETY: whoever takes an address from the list is the only one who has it.
  private struct Address: @unchecked Sendable { let memory: UnsafeMutablePointer<UInt8> }
  private let free = Mutex<[Address]>([])

  init(_ layout: TableLayout, _ units: TableUnits) { size = units.mostRows * layout.longestRow + TableRows.slack }

  deinit { for address in free.withLock({ $0 }) { address.memory.deallocate() } }

  func take() -> UnsafeMutablePointer<UInt8> {
    free.withLock { $0.popLast() }?.memory ?? .allocate(capacity: size)
  }

  func give(_ memory: UnsafeMutablePointer<UInt8>) {
    let address = Address(memory: memory)
    free.withLock { $0.append(address) }
  }
}
