import Architectures
import FLOPCount
import TestSupport
import Testing

@testable import Sweep

/// The paper's form from the caller's columns straight to the caller's columns, against integers.
@Suite struct ShapeColumnTests {
  static let quantities: [Quantity.Derived] = [
    .M, .parameters, .sixN1, .sixN2, .nonEmbeddingParameters, .activeParameters,
  ]

  static func truth(_ quantity: Quantity.Derived, _ l: Int, _ d: Int, _ s: Int) -> Int {
    let (n1, tables) = (12 * l * d * d, 102_400 * d)
    return switch quantity {
    case .M: 6 * n1 + 12 * l * d * s
    case .sixN1: 6 * n1
    case .sixN2: 6 * (n1 + tables)
    case .nonEmbeddingParameters: n1
    default: n1 + tables
    }
  }

  /// Columns that stay where they are.
  final class Memory {
    let data: UnsafeMutableRawPointer
    init(rows: Int, offset: Int) {
      data = .allocate(byteCount: 8 * (rows + 9), alignment: 64)
      start = data + 8 * offset
    }
    let start: UnsafeMutableRawPointer
    deinit { data.deallocate() }
    func fill(_ values: [Int], _ type: Int) -> ShapeColumns.Sizes {
      switch type {
      case 0:
        let column = start.bindMemory(to: Double.self, capacity: values.count)
        for (row, value) in values.enumerated() { column[row] = Double(value) }
        return .float64(column)
      case 1:
        let column = start.bindMemory(to: Int32.self, capacity: values.count)
        for (row, value) in values.enumerated() { column[row] = Int32(value) }
        return .int32(column)
      default:
        let column = start.bindMemory(to: Int64.self, capacity: values.count)
        for (row, value) in values.enumerated() { column[row] = Int64(value) }
        return .int64(column)
      }
    }
  }

  @Test(arguments: [1, 9, 511, 40_000, 800_000])
  func everyQuantityIsExact(rows: Int) throws {
    var random = SplitMix(seed: UInt64(rows))
    for trial in 0..<(rows < 1000 ? 30 : 3) {
      let layers = (0..<rows).map { _ in Int.random(in: 1...200, using: &random) }
      let width = (0..<rows).map { _ in 64 * Int.random(in: 1...500, using: &random) }
      let sequence = (0..<rows).map { _ in 64 * Int.random(in: 1...500, using: &random) }
      let isShared = trial % 3 == 1
      let inputs = (0..<3).map { _ in Memory(rows: rows, offset: trial % 2) }
      let outputs = Self.quantities.map { _ in Memory(rows: rows, offset: trial % 3) }
      let areIntegers = Self.quantities.indices.map { trial % 4 == 0 || (trial + $0) % 4 == 1 }
      let columns = try ShapeColumns(
        rows: rows,
        inputs: [
          .init(.layers, inputs[0].fill(layers, trial % 3), count: rows),
          .init(.width, inputs[1].fill(width, (trial + 1) % 3), count: rows),
          .init(
            .sequenceLength, inputs[2].fill(isShared ? [2048] : sequence, (trial / 2) % 3), count: isShared ? 1 : rows),
        ],
        outputs: Self.quantities.indices.map { index in
          let memory = outputs[index].start
          return .init(
            Self.quantities[index],
            areIntegers[index]
              ? .int64(memory.bindMemory(to: Int64.self, capacity: rows))
              : .float64(memory.bindMemory(to: Double.self, capacity: rows)))
        })
      #expect(try columns.count() == 0)
      for (index, quantity) in Self.quantities.enumerated() {
        let wrong = (0..<rows).first { row in
          let expected = Self.truth(quantity, layers[row], width[row], isShared ? 2048 : sequence[row])
          let memory = outputs[index].start
          return areIntegers[index]
            ? memory.load(fromByteOffset: 8 * row, as: Int64.self) != Int64(expected)
            : memory.load(fromByteOffset: 8 * row, as: Double.self) != Double(expected)
        }
        #expect(wrong == nil, "\(quantity), \(rows) rows, trial \(trial)")
      }
      withExtendedLifetime(inputs) {}
    }
  }

  /// A row that is too large for the kernel is computed in integers, also where results are written over sizes.
  @Test(arguments: [false, true]) func rowsPastTheKernelAreExact(inPlace: Bool) throws {
    let rows = 40_000
    let layers = (0..<rows).map { $0 == 33_000 ? 99_991 : 1 + $0 % 90 }
    let width = (0..<rows).map { $0 == 33_000 ? 999_983 : 64 * (1 + $0 % 400) }
    let (l, d, out) = (
      Memory(rows: rows, offset: 0), Memory(rows: rows, offset: 0), Memory(rows: rows, offset: 0)
    )
    let results = (inPlace ? d : out).start.bindMemory(to: Int64.self, capacity: rows)
    let columns = try ShapeColumns(
      rows: rows,
      inputs: [
        .init(.layers, l.fill(layers, 2), count: rows), .init(.width, d.fill(width, 2), count: rows),
      ], outputs: [.init(.M, .int64(results))])
    let inIntegers = try #require(try columns.count())
    #expect(inIntegers >= 1 && inIntegers <= 512)
    #expect((0..<rows).allSatisfy { Int(results[$0]) == Self.truth(.M, layers[$0], width[$0], 4096) })
    withExtendedLifetime((l, d, out)) {}
  }
}
