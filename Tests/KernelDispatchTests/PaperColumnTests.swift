import TestSupport
import Testing

@testable import KernelDispatch

@Suite struct PaperColumnTests {
  struct Row { var m, sixN1, sixN2: Int128 }
  /// Table 3's forms in integers that cannot overflow.
  func reference(_ layers: Int, _ width: Int, _ sequence: Int, _ vocabulary: Int) -> Row {
    let (l, d, s, v) = (Int128(layers), Int128(width), Int128(sequence), Int128(vocabulary))
    return Row(m: 72 * l * d * d + 12 * l * d * s, sixN1: 72 * l * d * d, sixN2: 72 * l * d * d + 6 * v * d)
  }

  @Test(arguments: KernelImplementation.here)
  func everyLengthAndAlignmentEqualsTheIntegers(_ kernels: KernelImplementation) {
    var random = SplitMix(seed: 1)
    for n in lengths {
      let layers = (0..<n).map { _ in Int.random(in: 1...200, using: &random) }
      let width = (0..<n).map { _ in Int.random(in: 1...32000, using: &random) }
      let sequence = (0..<n).map { _ in Int.random(in: 1...131072, using: &random) }
      let expected = (0..<n).map { reference(layers[$0], width[$0], sequence[$0], 102400) }
      for (offset, streaming) in [(0, false), (0, true), (3, true)] {
        for integers in [false, true] {
          let (m, n1, n2) = (Guarded(n, offset: offset), Guarded(n, offset: offset), Guarded(n, offset: offset))
          let top: Double
          if integers {
            top = kernels.paperColumns(
              layers: layers.map(Int32.init), width: width.map(Int32.init), sequence: sequence.map(Int32.init),
              vocabulary: 102400, count: n, m: m.data, sixN1: n1.data, sixN2: n2.data, streaming: streaming)
          } else {
            top = kernels.paperColumns(
              layers: layers.map(Double.init), width: width.map(Double.init), sequence: sequence.map(Double.init),
              vocabulary: 102400, count: n, m: m.data, sixN1: n1.data, sixN2: n2.data, streaming: streaming)
          }
          #expect(m.values == expected.map { Double($0.m) })
          #expect(n1.values == expected.map { Double($0.sixN1) })
          #expect(n2.values == expected.map { Double($0.sixN2) })
          #expect(top == expected.map { Double(max($0.m, $0.sixN2)) }.max() ?? 0)
          #expect(m.isIntactAround && n1.isIntactAround && n2.isIntactAround)
        }
      }
    }
  }

  @Test(arguments: KernelImplementation.here) func outputsThatNobodyWantsAreNotStored(_ kernels: KernelImplementation) {
    let n = 29
    let (layers, width, sequence) = ([Double](repeating: 30, count: n), [Double](repeating: 4096, count: n), 4096.0)
    for wanted in 0..<8 {
      let (m, n1, n2) = (Guarded(n, offset: 2), Guarded(n, offset: 2), Guarded(n, offset: 5))
      let top = kernels.paperColumns(
        layers: layers, width: width, sequence: [Double](repeating: sequence, count: n), vocabulary: 102400, count: n,
        m: wanted & 1 == 0 ? nil : m.data, sixN1: wanted & 2 == 0 ? nil : n1.data,
        sixN2: wanted & 4 == 0 ? nil : n2.data, streaming: wanted % 3 == 0)
      #expect(top == 42_278_584_320)
      #expect(m.values.first == (wanted & 1 == 0 ? -1234.5 : 42_278_584_320))
      #expect(n1.values.last == (wanted & 2 == 0 ? -1234.5 : 36_238_786_560))
      #expect(n2.values.last == (wanted & 4 == 0 ? -1234.5 : 38_755_368_960))
      #expect(m.isIntactAround && n1.isIntactAround && n2.isIntactAround)
    }
  }

  /// Around 2^53 what is reported as exact is exact, and what is not exact is reported, at every place in a vector.
  @Test(arguments: KernelImplementation.here) func inexactResultsAreReported(_ kernels: KernelImplementation) {
    var random = SplitMix(seed: 2)
    var (exact, past) = (0, 0)
    for _ in 0..<4000 {
      let n = Int.random(in: 1...21, using: &random)
      var layers = [Double](repeating: 1, count: n)
      var width = layers
      var sequence = layers
      let at = Int.random(in: 0..<n, using: &random)
      let l = Int.random(in: 1...2000, using: &random)
      let d = Int.random(in: 10_000...800_000, using: &random)
      let s = Int.random(in: 1...3_000_000, using: &random)
      (layers[at], width[at], sequence[at]) = (Double(l), Double(d), Double(s))
      let m = Guarded(n)
      let top = kernels.paperColumns(
        layers: layers, width: width, sequence: sequence, vocabulary: 1, count: n, m: m.data, sixN1: nil, sixN2: nil)
      let truth = reference(l, d, s, 1)
      if top < KernelImplementation.exactLimit {
        exact += 1
        #expect(Int128(m.values[at]) == truth.m)
      } else {
        past += 1
        #expect(truth.m >= 1 << 53)
      }
    }
    #expect(exact > 500 && past > 500)
  }

  @Test(arguments: KernelImplementation.here) func whatIsNoNumberIsReported(_ kernels: KernelImplementation) {
    for n in 1...17 {
      for at in 0..<n {
        var layers = [Double](repeating: 2, count: n)
        layers[at] = .nan
        let ones = [Double](repeating: 1, count: n)
        let top = kernels.paperColumns(
          layers: layers, width: ones, sequence: ones, vocabulary: 1, count: n, m: nil, sixN1: nil, sixN2: nil)
        #expect(top.isNaN)
      }
    }
  }
}
