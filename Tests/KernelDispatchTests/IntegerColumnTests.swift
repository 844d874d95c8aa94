import KernelDispatch
import TestSupport
import Testing

/// Integers to doubles and back, at every length, offset and implementation.
struct IntegerColumnTests {
  @Test(arguments: KernelImplementation.here)
  func thereAndBack(kernels: KernelImplementation) {
    var random = SplitMix(seed: 3)
    for length in lengths {
      for offset in [0, 1, 3] {
        let integers = (0..<length).map { _ in Int64(random.next() >> UInt64(12 + random.upTo(50))) }
        let doubles = Guarded(length, offset: offset)
        let bits = kernels.doubles(of: integers, count: length, from: 0, into: doubles.data)
        #expect(doubles.values == integers.map(Double.init))
        #expect(doubles.isIntactAround)
        #expect(bits >= integers.max() ?? 0 && bits < 1 << 52)
        for streaming in [false, true] {
          let back = Guarded(length, offset: offset)
          back.data.withMemoryRebound(to: Int64.self, capacity: length) {
            kernels.integers(of: doubles.data, count: length, into: $0, streaming: streaming)
          }
          #expect(back.values.map { Int64(bitPattern: $0.bitPattern) } == integers)
          let copy = Guarded(length, offset: offset)
          kernels.copy(doubles.data, count: length, to: copy.data, streaming: streaming)
          #expect(copy.values == doubles.values)
          #expect(back.isIntactAround && copy.isIntactAround)
        }
      }
    }
  }

  /// One that is too small or too large is seen wherever it stands.
  @Test(arguments: KernelImplementation.here)
  func whatIsNoSizeIsSeen(kernels: KernelImplementation) {
    for length in [1, 2, 7, 8, 9, 40] {
      for place in 0..<length {
        var out = [Double](repeating: 0, count: length)
        for (wrong, smallest) in [(0, 1), (-1, 1), (-1, 0), (Int64.min, 1), (Int64.min + 1, 0)] as [(Int64, Int64)] {
          var integers = [Int64](repeating: 64, count: length)
          integers[place] = wrong
          #expect(kernels.doubles(of: integers, count: length, from: smallest, into: &out) < 0)
        }
        var integers = [Int64](repeating: 64, count: length)
        integers[place] = 1 << 52
        #expect(kernels.doubles(of: integers, count: length, from: 1, into: &out) >= 1 << 52)
      }
    }
  }
}
