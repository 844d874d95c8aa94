import TestSupport
import Testing

@testable import KernelDispatch

@Suite struct LookupTests {
  @Test(arguments: KernelImplementation.here) func histogramEqualsComparing(_ kernels: KernelImplementation) throws {
    var random = SplitMix(seed: 10)
    let some = try #require(HistogramBins(logarithmic: 40, from: 1e9, to: 1e13))
    let close = try #require(HistogramBins(edges: [1e9, (1e9).nextUp, 1e9 + 1, 4e12, (4e12).nextUp, 5e12]))
    let one = try #require(HistogramBins(edges: [4_000_000_000_000]))
    for bins in [some, close, one] {
      for n in [1, 7, 8, 9, 64, 501] {
        var grid = SomeRows(rows: 9, n: n, parts: n % 2 == 0, &random)
        // Values at the edges themselves, and next to them.
        for (row, edge) in zip(0..<9, bins.edges) where edge == edge.rounded() {
          grid.a[row] = edge - Double(row % 3)
          grid.b[row] = 0
        }
        var counts = [Int](repeating: 5, count: bins.edges.count + 1)
        grid.with { kernels.affineHistogram($0, bins: bins, counts: &counts) }
        var expected = [Int](repeating: 5, count: bins.edges.count + 1)
        for value in (0..<9).flatMap(grid.values) { expected[bins.edges.count { $0 <= Double(value) }] += 1 }
        #expect(counts == expected)
      }
    }
  }

  @Test func binsAreLogarithmicAndBadOnesRefused() throws {
    let bins = try #require(HistogramBins(logarithmic: 3, from: 1, to: 1000))
    #expect(bins.edges.count == 4 && bins.edges[0] == 1 && bins.edges[3] == 1000)
    #expect(abs(bins.edges[1] - 10) < 1e-13 && abs(bins.edges[2] - 100) < 1e-12)
    #expect(HistogramBins(edges: []) == nil)
    #expect(HistogramBins(edges: [1, 1]) == nil)
    #expect(HistogramBins(edges: [2, 1]) == nil)
    #expect(HistogramBins(edges: [0, 1]) == nil)
    #expect(HistogramBins(edges: [1, .infinity]) == nil)
    #expect(HistogramBins(edges: [1, .nan]) == nil)
    #expect(HistogramBins(logarithmic: 0, from: 1, to: 2) == nil)
    #expect(HistogramBins(logarithmic: 5, from: 2, to: 2) == nil)
  }

  /// The screen keeps every shape that no point of the front beats, and with a good front rejects most others.
  @Test(arguments: KernelImplementation.here) func theScreenLosesNothing(_ kernels: KernelImplementation) {
    var random = SplitMix(seed: 11)
    for n in [1, 3, 8, 17, 130] {
      for parts in [false, true] {
        let first = SomeRows(rows: 40, n: n, parts: parts, &random)
        var second = first
        // Larger is better: the negated parameters.
        for row in 0..<40 {
          second.a[row] = -Double(Int.random(in: 0...1 << 40, using: &random))
          second.b[row] = -Double(Int.random(in: 0...1 << 22, using: &random))
        }
        var all: [(row: Int, index: Int, first: Double, second: Double)] = []
        for row in 0..<40 {
          for (offset, pair) in zip(first.values(row), second.values(row)).enumerated() {
            all.append((row, first.from[row] + offset, Double(pair.0), Double(pair.1)))
          }
        }
        let front = all.filter { p in
          !all.contains { $0.first <= p.first && $0.second <= p.second && ($0.first, $0.second) != (p.first, p.second) }
        }
        for low in [0.0, 1e10, 1e12] {
          let staircase = ParetoStaircase(points: front.map { ($0.first, $0.second) }, from: low, to: 1e13)
          var kept: [(row: Int, index: Int)] = []
          let capacity = n * 3 + 1
          var rows = [Int](repeating: 0, count: capacity)
          var indices = rows
          var done = 0
          while done < 40 {
            let result = first.with { first in
              var rest = first
              rest.a += done
              rest.b += done
              rest.from = rest.from.map { $0 + done }
              rest.to = rest.to.map { $0 + done }
              rest.count -= done
              return second.with { second in
                kernels.paretoScreen(
                  rest, secondA: second.a + done, secondB: second.b + done, front: staircase, row: &rows,
                  index: &indices, capacity: capacity)
              }
            }
            #expect(result.rows > 0)
            for i in 0..<result.found { kept.append((rows[i] + done, indices[i])) }
            done += result.rows
          }
          let pairs = Set(kept.map { $0.row * 1000 + $0.index })
          #expect(pairs.count == kept.count)
          #expect(front.allSatisfy { pairs.contains($0.row * 1000 + $0.index) })
          if low == 0, all.count > 1000 { #expect(kept.count < front.count + all.count / 10) }
        }
      }
    }
  }
}
