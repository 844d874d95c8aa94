import TestSupport
import Testing

@testable import KernelDispatch

/// The paper's form from columns as callers have them, in every mix of types, on every implementation.
@Suite struct SizeColumnTests {
  /// A column in each of its types; keeps the memory.
  final class Column {
    let column: SizeColumn
    private let free: () -> Void

    init(_ values: [Int], _ type: Int) {
      func memory<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
        // One element off a cache line.
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: elements.count + 1)
        if let first = elements.first { memory.initialize(to: first) }
        (memory + 1).initialize(from: elements, count: elements.count)
        return memory
      }
      switch type {
      case 0:
        let all = memory(values.map(Double.init) + [0])
        (column, free) = (.float64(all + 1), { all.deallocate() })
      case 1:
        let all = memory(values.map { Int32(truncatingIfNeeded: $0) } + [0])
        (column, free) = (.int32(all + 1), { all.deallocate() })
      default:
        let all = memory(values.map(Int64.init) + [0])
        (column, free) = (.int64(all + 1), { all.deallocate() })
      }
    }
    deinit { free() }
  }

  struct Sizes {
    var layers, width, sequence: [Int]
    func reference(_ row: Int, _ s: Int?) -> (m: Int, n1: Int, n2: Int) {
      let (l, d) = (layers[row], width[row])
      return (72 * l * d * d + 12 * l * d * (s ?? sequence[row]), 12 * l * d * d, 12 * l * d * d + 102_400 * d)
    }
  }

  private func sizes(_ n: Int, _ random: inout SplitMix) -> Sizes {
    Sizes(
      layers: (0..<n).map { _ in Int.random(in: 1...200, using: &random) },
      width: (0..<n).map { _ in Int.random(in: 1...32000, using: &random) },
      sequence: (0..<n).map { _ in Int.random(in: 1...131_072, using: &random) })
  }

  @Test(arguments: KernelImplementation.here)
  func everyLengthTypeAndAlignmentEqualsTheIntegers(_ kernels: KernelImplementation) {
    var random = SplitMix(seed: 11)
    for n in lengths {
      for trial in 0..<12 {
        let sizes = sizes(n, &random)
        let types = (trial % 3, trial / 3 % 3, Int.random(in: 0...3, using: &random))
        let (layers, width) = (Column(sizes.layers, types.0), Column(sizes.width, types.1))
        let sequence = Column(sizes.sequence, types.2 % 3)
        defer { withExtendedLifetime((layers, width, sequence)) {} }
        let shared = types.2 == 3 ? 4096 : nil
        let first = n == 0 ? 0 : Int.random(in: 0..<n, using: &random)
        let (offset, streaming) = [(0, false), (0, true), (3, true)][trial % 3]
        // Outputs that begin at the same place within a line, or each at its own.
        let apart = trial % 4 == 0
        func output() -> Guarded { Guarded(n, offset: apart ? Int.random(in: 0..<8, using: &random) : offset) }
        let (m, n1, n2) = (output(), output(), output())
        let wanted = (trial % 5 != 1, trial % 5 != 2, trial % 5 != 3)
        var results = PaperResults(areIntegers: trial % 2 == 0)
        (results.m, results.n1, results.n2) = (
          wanted.0 ? UnsafeMutableRawPointer(m.data) : nil, wanted.1 ? UnsafeMutableRawPointer(n1.data) : nil,
          wanted.2 ? UnsafeMutableRawPointer(n2.data) : nil
        )
        (results.n1IsTimesSix, results.n2IsTimesSix) = (trial % 2 == 0, trial % 3 == 0)
        let exact = kernels.paperColumns(
          layers: layers.column, width: width.column, sequence: shared.map { .one(Double($0)) } ?? sequence.column,
          vocabulary: 102_400, rows: first..<n, into: results, streaming: streaming)
        #expect(exact)
        let untouched = -1234.5
        for row in 0..<n {
          let truth = sizes.reference(row, shared)
          func expected(_ value: Int, _ isWanted: Bool) -> Double {
            guard isWanted, row >= first else { return untouched }
            return results.areIntegers ? Double(bitPattern: UInt64(value)) : Double(value)
          }
          #expect(m.data[row].bitPattern == expected(truth.m, wanted.0).bitPattern)
          #expect(
            n1.data[row].bitPattern
              == expected(truth.n1 * (results.n1IsTimesSix ? 6 : 1), wanted.1).bitPattern)
          #expect(
            n2.data[row].bitPattern
              == expected(truth.n2 * (results.n2IsTimesSix ? 6 : 1), wanted.2).bitPattern)
        }
        #expect(m.isIntactAround && n1.isIntactAround && n2.isIntactAround)
      }
    }
  }

  /// What is no size is seen wherever it stands, in every column and type.
  @Test(arguments: KernelImplementation.here) func whatIsNoSizeIsSeen(_ kernels: KernelImplementation) {
    func isExact(_ columns: [SizeColumn], _ n: Int) -> Bool {
      kernels.paperColumns(
        layers: columns[0], width: columns[1], sequence: columns[2], vocabulary: 102_400, rows: 0..<n,
        into: PaperResults(areIntegers: true))
    }
    for n in [1, 2, 7, 8, 9, 24] {
      let good = Column([Int](repeating: 1, count: n), 2)
      defer { withExtendedLifetime(good) {} }
      for at in 0..<n {
        for place in 0..<3 {
          func with(_ column: SizeColumn) -> [SizeColumn] {
            var columns = [good.column, good.column, good.column]
            columns[place] = column
            return columns
          }
          for wrong in [0, -1, Int.min, Int.max, 1 << 41] {
            var values = [Int](repeating: 1, count: n)
            values[at] = wrong
            for type in Int32(exactly: wrong) == nil ? [2] : [1, 2] {
              let column = Column(values, type)
              defer { withExtendedLifetime(column) {} }
              #expect(!isExact(with(column.column), n))
            }
          }
          for wrong in [0.5, 1.5, 0, -3, .nan, .infinity, 0x1p41, -0x1p60] as [Double] {
            let column = Guarded([Double](repeating: 1, count: n))
            defer { withExtendedLifetime(column) {} }
            column.data[at] = wrong
            #expect(!isExact(with(.float64(column.data)), n))
          }
        }
      }
      #expect(isExact([good.column, good.column, good.column], n))
    }
  }

  /// Around 2^52 what is said to be exact is exact, and what is past it is not said to be.
  @Test(arguments: KernelImplementation.here) func inexactResultsAreReported(_ kernels: KernelImplementation) {
    var random = SplitMix(seed: 12)
    var (exact, past) = (0, 0)
    for _ in 0..<3000 {
      let n = Int.random(in: 1...21, using: &random)
      let at = Int.random(in: 0..<n, using: &random)
      var sizes = Sizes(
        layers: [Int](repeating: 1, count: n), width: [Int](repeating: 1, count: n),
        sequence: [Int](repeating: 1, count: n))
      sizes.layers[at] = Int.random(in: 1...2000, using: &random)
      sizes.width[at] = Int.random(in: 10_000...800_000, using: &random)
      sizes.sequence[at] = Int.random(in: 1...3_000_000, using: &random)
      let columns = (Column(sizes.layers, 2), Column(sizes.width, 0), Column(sizes.sequence, 1))
      defer { withExtendedLifetime(columns) {} }
      let m = Guarded(n)
      var results = PaperResults(areIntegers: true)
      results.m = UnsafeMutableRawPointer(m.data)
      let truth = sizes.reference(at, nil).m
      if kernels.paperColumns(
        layers: columns.0.column, width: columns.1.column, sequence: columns.2.column, vocabulary: 1, rows: 0..<n,
        into: results)
      {
        exact += 1
        #expect(Int(bitPattern: UInt(m.data[at].bitPattern)) == truth)
      } else {
        past += 1
        #expect(truth >= 1 << 52)
      }
    }
    #expect(exact > 300 && past > 300)
  }
}
