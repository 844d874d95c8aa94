import Input
import Testing

@testable import KernelDispatch

@Suite struct ColumnArenaTests {
  @Test(arguments: [(1, 0), (1, 1), (3, 1000), (6, 300_000), (300, 5)])
  func columnsAreApartAlignedAndStaggered(_ columns: Int, _ rows: Int) throws {
    let arena = try ColumnArena(columns: columns, rows: rows)
    arena.firstTouch(rows: 0..<rows)
    let starts = (0..<columns).map { Int(bitPattern: arena.column($0)) }
    #expect(starts.allSatisfy { $0 % 64 == 0 })
    for (one, next) in zip(starts, starts.dropFirst()) {
      #expect(next - one >= rows * 8)
      #expect((next - one) % (2 << 20) != 0)
    }
    for column in 0..<columns {
      for row in [0, rows / 2, rows - 1] where row >= 0 && row < rows { arena.column(column)[row] = Double(column) }
    }
    for column in 0..<columns {
      for row in [0, rows / 2, rows - 1] where row >= 0 && row < rows {
        #expect(arena.column(column)[row] == Double(column))
      }
    }
    if rows > 1 { #expect(arena.column(0, as: Int32.self)[1] == 0) }
  }

  @Test func moreThanMemoryIsAnError() {
    #expect(throws: WorkError.self) { try ColumnArena(columns: 3, rows: .max) }
    #expect(throws: WorkError.self) { try ColumnArena(columns: .max, rows: 1 << 20) }
    #expect(throws: WorkError.self) { try ColumnArena(columns: 1, rows: 1 << 50) }
  }
}
