import TestSupport
import Testing

@testable import KernelDispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct ElementaryTests {
  /// Arguments over the whole range, dense where the reduction changes, and the special ones.
  static let exponents: [Double] = {
    var random = SplitMix(seed: 12)
    var list = (0..<4_000).map { _ in Double.random(in: -708...709.7, using: &random) }
    list += (0..<4_000).map { _ in Double.random(in: -1...1, using: &random) }
    list += (-200...200).flatMap { n -> [Double] in
      let turn = (Double(n) + 0.5) * 0.6931471805599453
      return [turn.nextDown, turn, turn.nextUp]
    }
    return list + [0, -0.0, 1e-300, -1e-300, 0x1p-54, 709.782712893384]
  }()
  static let positives: [Double] = {
    var random = SplitMix(seed: 13)
    var list = (0..<4_000).map { _ in
      Double(bitPattern: UInt64.random(in: 1..<Double.infinity.bitPattern, using: &random))
    }
    list += (0..<4_000).map { _ in Double.random(in: 0.5...2, using: &random) }
    list += (-60...60).flatMap { n -> [Double] in
      let turn = 0.7071067811865476 * exp2(Double(n))
      return [turn.nextDown, turn, turn.nextUp]
    }
    return list + [
      1, 1.0.nextUp, 1.0.nextDown, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude,
    ]
  }()

  #if arch(x86_64) && os(Linux)
    /// Distance from the true value in units of the last place of the result, against 64-bit mantissas.
    func error(_ value: Double, _ truth: Float80) -> Double {
      Double(abs((Float80(value) - truth) / Float80(Double(truth).ulp)))
    }

    @Test(arguments: KernelImplementation.here) func expIsWithinOneUlp(_ kernels: KernelImplementation) {
      let x = Self.exponents
      var y = [Double](repeating: 0, count: x.count)
      kernels.exp(x, into: &y, count: x.count)
      let worst = zip(x, y).map { error($1, expl(Float80($0))) }.max() ?? .infinity
      #expect(worst < 0.9)
    }

    @Test(arguments: KernelImplementation.here) func logIsWithinOneUlp(_ kernels: KernelImplementation) {
      let x = Self.positives
      var y = [Double](repeating: 0, count: x.count)
      kernels.log(x, into: &y, count: x.count)
      let worst = zip(x, y).map { error($1, logl(Float80($0))) }.max() ?? .infinity
      #expect(worst < 0.9)
    }

    /// Each term within 1 ulp of the exponential of its rounded argument.
    @Test(arguments: KernelImplementation.here) func lossIsWithinItsBound(_ kernels: KernelImplementation) {
      var random = SplitMix(seed: 14)
      for n in lengths {
        let lnN = (0..<n).map { _ in Double.random(in: 15...28, using: &random) }
        let lnD = (0..<n).map { _ in Double.random(in: 18...32, using: &random) }
        let (loss, size, data) = (Guarded(n, offset: 1), Guarded(n), Guarded(n))
        let (logA, alpha, logB, beta, e) = (6.0073, 0.3392, 6.0197, 0.2849, 1.6934)
        kernels.parametricLoss(
          lnN: lnN, lnD: lnD, count: n, logA: logA, alpha: alpha, logB: logB, beta: beta, e: e, loss: loss.data,
          sizeTerm: size.data, dataTerm: data.data)
        for i in 0..<n {
          #expect(error(size.values[i], expl(Float80(logA - alpha * lnN[i]))) < 1)
          #expect(error(data.values[i], expl(Float80(logB - beta * lnD[i]))) < 1)
          #expect(loss.values[i] == e + size.values[i] + data.values[i])
        }
        #expect(loss.isIntactAround && size.isIntactAround && data.isIntactAround)
        let alone = Guarded(n, offset: 3)
        kernels.parametricLoss(
          lnN: lnN, lnD: lnD, count: n, logA: logA, alpha: alpha, logB: logB, beta: beta, e: e, loss: alone.data)
        #expect(alone.values == loss.values)
      }
    }
  #endif

  @Test func everyImplementationGivesTheSameBits() throws {
    let baseline = try #require(KernelImplementation.all.last)
    for kernels in KernelImplementation.here {
      for (x, log) in [(Self.exponents + [-745.2, -720, -800, 800], false), (Self.positives + [0, -1], true)] {
        for drop in 0..<9 {
          let x = Array(x.dropLast(drop))
          let (one, other) = (Guarded(x.count, offset: drop), Guarded(x.count))
          if log {
            kernels.log(x, into: one.data, count: x.count)
            baseline.log(x, into: other.data, count: x.count)
          } else {
            kernels.exp(x, into: one.data, count: x.count)
            baseline.exp(x, into: other.data, count: x.count)
          }
          #expect(one.values.map(\.bitPattern) == other.values.map(\.bitPattern))
          #expect(one.isIntactAround)
        }
      }
    }
  }

  @Test(arguments: KernelImplementation.here) func theEndsOfTheRange(_ kernels: KernelImplementation) {
    let exponents = [-Double.infinity, -1000, -746, -745, -720, 0, 709.8, 1000, .infinity, .nan]
    var y = [Double](repeating: 1, count: exponents.count)
    kernels.exp(exponents, into: &y, count: y.count)
    #expect(y[0...2] == [0, 0, 0])
    #expect(y[3] == 0x1p-1074)
    #expect(abs(y[4] - exp(-720)) <= 0x1p-1074)
    #expect(y[5...8] == [1, .infinity, .infinity, .infinity])
    #expect(y[9].isNaN)
    let numbers = [0, -0.0, -1, -.infinity, .infinity, .nan, 1, .leastNonzeroMagnitude]
    var z = [Double](repeating: 1, count: numbers.count)
    kernels.log(numbers, into: &z, count: z.count)
    #expect(z[0] == -.infinity && z[1] == -.infinity && z[4] == .infinity && z[6] == 0)
    #expect(z[2].isNaN && z[3].isNaN && z[5].isNaN)
    #expect(z[7] == log(.leastNonzeroMagnitude))
  }
}
