import TestSupport
import Testing

@testable import KernelDispatch

@Suite struct AffinePlaneTests {
  @Test(arguments: KernelImplementation.here) func nearestIsTheLeastOfThePlane(_ kernels: KernelImplementation) {
    var random = SplitMix(seed: 15)
    for n in [1, 2, 7, 8, 9, 31, 64, 65, 129] {
      for rows in [1, 2, 3, 7, 8, 9, 63, 64, 65, 130] {
        let planes = 5
        let small = 1 << 24
        func integers(_ count: Int, _ limit: Int) -> [Int] {
          (0..<count).map { _ in Int.random(in: 0...limit, using: &random) }
        }
        let (a, aSlope) = (integers(planes, 1 << 44), integers(planes, small))
        let (b, bSlope) = (integers(planes, small), integers(planes, 1 << 10))
        let (y, x) = (integers(rows, 1 << 14), integers(n, 1 << 16))
        var from = [Int](repeating: 0, count: planes)
        var to = [Int](repeating: rows, count: planes)
        for plane in 1..<planes {
          from[plane] = Int.random(in: 0...rows, using: &random)
          to[plane] = Int.random(in: from[plane]...rows, using: &random)
        }
        let target = Int.random(in: 0...1 << 45, using: &random)
        for (parts, offset) in [(false, 0.0), (true, 0.0), (true, 0.25)] {
          let best = Guarded(planes)
          let aim = Double(target) + offset
          let columns = [a, aSlope, b, bSlope, y, x].map { Guarded($0.map(Double.init)) }
          from.withUnsafeBufferPointer { from in
            to.withUnsafeBufferPointer { to in
              let all = AffinePlanes(
                a: columns[0].data, aSlope: columns[1].data, b: columns[2].data, bSlope: columns[3].data, count: planes,
                y: columns[4].data, rows: rows, x: columns[5].data, n: n, from: parts ? from.baseAddress : nil,
                to: parts ? to.baseAddress : nil)
              withExtendedLifetime(columns) { kernels.planeNearest(all, target: aim, best: best.data) }
            }
          }
          for plane in 0..<planes {
            var least = Double.infinity
            for j in parts ? from[plane]..<to[plane] : 0..<rows {
              let (first, slope) = (a[plane] + aSlope[plane] * y[j], b[plane] + bSlope[plane] * y[j])
              for value in x { least = min(least, abs(Double(first + slope * value) - aim)) }
            }
            #expect(best.values[plane] == least)
          }
          #expect(best.isIntactAround)
        }
      }
    }
  }
}
