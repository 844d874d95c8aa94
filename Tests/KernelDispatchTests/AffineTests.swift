import TestSupport
import Testing

@testable import KernelDispatch

/// Rows over an axis, kept alive for the views that kernels take.
struct SomeRows {
  var a: [Double]
  var b: [Double]
  var x: [Double]
  var from: [Int]
  var to: [Int]

  /// Random ones.
  init(rows: Int, n: Int, parts: Bool, _ random: inout SplitMix) {
    a = (0..<rows).map { _ in Double(Int.random(in: 0...1 << 40, using: &random)) }
    b = (0..<rows).map { _ in Double(Int.random(in: 0...1 << 24, using: &random)) }
    x = (0..<n).map { _ in Double(Int.random(in: 1...1 << 20, using: &random)) }
    from = [Int](repeating: 0, count: rows)
    to = [Int](repeating: n, count: rows)
    if parts {
      for row in 0..<rows where row % 7 != 0 {
        from[row] = Int.random(in: 0...n, using: &random)
        to[row] = Int.random(in: from[row]...n, using: &random)
      }
    }
  }

  /// These rows, all of the axis.
  init(a: [Double], b: [Double], x: [Double]) {
    (self.a, self.b, self.x) = (a, b, x)
    from = [Int](repeating: 0, count: a.count)
    to = [Int](repeating: x.count, count: a.count)
  }

  func with<Result>(_ body: (AffineRows) -> Result) -> Result {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        x.withUnsafeBufferPointer { x in
          from.withUnsafeBufferPointer { from in
            to.withUnsafeBufferPointer { to in
              guard let a = a.baseAddress, let b = b.baseAddress, let x = x.baseAddress else {
                preconditionFailure("arrays have an address")
              }
              return body(
                AffineRows(
                  a: a, b: b, count: self.a.count, x: x, n: self.x.count, from: from.baseAddress, to: to.baseAddress))
            }
          }
        }
      }
    }
  }
  /// The exact values of the part of row r.
  func values(_ r: Int) -> [Int] { (from[r]..<to[r]).map { Int(a[r]) + Int(b[r]) * Int(x[$0]) } }
}

@Suite struct AffineTests {
  @Test(arguments: KernelImplementation.here) func fillWritesEveryValueAndNothingElse(_ kernels: KernelImplementation) {
    var random = SplitMix(seed: 5)
    for n in lengths where n > 0 {
      for rows in [0, 1, 5] {
        let grid = SomeRows(rows: rows, n: n, parts: false, &random)
        let expected = (0..<rows).flatMap { grid.values($0).map(Double.init) }
        for (offset, streaming) in [(0, false), (0, true), (3, true), (6, true)] {
          let out = Guarded(rows * n, offset: offset)
          grid.with { kernels.affineFill($0, out: out.data, streaming: streaming) }
          #expect(out.values == expected)
          #expect(out.isIntactAround)
        }
      }
    }
  }

  @Test(arguments: KernelImplementation.here) func nearestIsTheLeastDistance(_ kernels: KernelImplementation) {
    var random = SplitMix(seed: 6)
    for n in lengths where n > 0 {
      for parts in [false, true] {
        let grid = SomeRows(rows: 11, n: n, parts: parts, &random)
        let target = Int.random(in: 0...1 << 44, using: &random)
        let best = Guarded(11)
        grid.with { kernels.affineNearest($0, target: Double(target), best: best.data) }
        #expect(best.values == (0..<11).map { grid.values($0).map { Double(abs($0 - target)) }.min() ?? .infinity })
        // A target between two integers: rounded once.
        grid.with { kernels.affineNearest($0, target: Double(target) + 0.375, best: best.data) }
        #expect(
          best.values
            == (0..<11).map { grid.values($0).map { abs(Double($0) - (Double(target) + 0.375)) }.min() ?? .infinity })
        #expect(best.isIntactAround)
      }
    }
  }

  @Test(arguments: KernelImplementation.here) func countIncludesBothEnds(_ kernels: KernelImplementation) {
    var random = SplitMix(seed: 7)
    for n in lengths where n > 0 {
      let grid = SomeRows(rows: 9, n: n, parts: n % 2 == 0, &random)
      let all = (0..<9).flatMap(grid.values).sorted()
      let low = all.isEmpty ? 1 : all[all.count / 4]
      let high = all.isEmpty ? 2 : all[all.count * 3 / 4]
      let count = grid.with { kernels.affineCount($0, from: Double(low), to: Double(high)) }
      #expect(count == all.count { (low...high).contains($0) })
      #expect(grid.with { kernels.affineCount($0, from: 10, to: 5) } == 0)
    }
  }

  @Test(arguments: KernelImplementation.here) func summaryIsExact(_ kernels: KernelImplementation) throws {
    var random = SplitMix(seed: 8)
    for n in lengths where n > 0 {
      let grid = SomeRows(rows: 9, n: n, parts: n % 2 == 0, &random)
      let all = (0..<9).flatMap(grid.values)
      let summary = try #require(grid.with { kernels.affineSummary($0) })
      #expect(summary.count == all.count)
      #expect(summary.minimum == all.min().map(Double.init) ?? .infinity)
      #expect(summary.maximum == all.max().map(Double.init) ?? -.infinity)
      #expect(summary.sum == all.reduce(Int128(0)) { $0 + Int128($1) })
      // Without parts of the axis: the same as with parts that are all of it.
      var whole = SomeRows(rows: 9, n: n, parts: false, &random)
      whole.a[3] = 5
      let (with, without) = whole.with { rows in
        var plain = rows
        (plain.from, plain.to) = (nil, nil)
        return (kernels.affineSummary(rows), kernels.affineSummary(plain))
      }
      #expect(with != nil && with == without)
    }
  }

  @Test(arguments: KernelImplementation.here) func whatIsNotExactIsSaid(_ kernels: KernelImplementation) {
    var random = SplitMix(seed: 9)
    for (rows, n) in [(1, 1), (3, 5), (8, 8), (17, 31)] {
      let good = SomeRows(rows: rows, n: n, parts: false, &random)
      #expect(good.with { kernels.affineIsExact($0) })
      for bad in [0x1p53, 0.5, -.infinity, .nan, 1e300] {
        for row in 0..<rows {
          var grid = good
          grid.a[row] = bad
          #expect(!grid.with { kernels.affineIsExact($0) })
          grid = good
          grid.b[row] = bad
          #expect(!grid.with { kernels.affineIsExact($0) })
          #expect(grid.with { kernels.affineSummary($0) } == nil)
        }
        for index in 0..<n {
          var grid = good
          grid.x[index] = bad
          #expect(!grid.with { kernels.affineIsExact($0) })
        }
      }
      // Each in range, the sum not; and just in range.
      var grid = good
      (grid.a[rows - 1], grid.b[rows - 1], grid.x[n - 1]) = (1, -0x1p32, 0x1p21)
      #expect(!grid.with { kernels.affineIsExact($0) })
      grid.x[n - 1] = 0x1p21 - 1
      #expect(grid.with { kernels.affineIsExact($0) })
    }
  }

  /// The search of the published baseline: L 1...200, d and S 64...32000 in steps of 64, 64 <= d/L <= 160.
  @Test(arguments: KernelImplementation.here) func theBaselineSearchFindsBothOfTheTie(_ kernels: KernelImplementation) {
    var shapes: [(layers: Int, width: Int)] = []
    for layers in 1...200 {
      for width in stride(from: 64, through: 32000, by: 64) where (64 * layers...160 * layers).contains(width) {
        shapes.append((layers, width))
      }
    }
    let grid = SomeRows(
      a: shapes.map { Double(72 * $0.layers * $0.width * $0.width) },
      b: shapes.map { Double(12 * $0.layers * $0.width) }, x: (1...500).map { Double($0 * 64) })
    var best = [Double](repeating: 0, count: shapes.count)
    grid.with { kernels.affineNearest($0, target: 4.3e10, best: &best) }
    #expect(best.min() == 355_840)
    let ties = shapes.indices.filter { best[$0] == 355_840 }.map { shapes[$0] }
    #expect(ties.map(\.layers) == [22, 33] && ties.map(\.width) == [3520, 3520])
  }
}
