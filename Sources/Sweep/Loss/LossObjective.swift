import Architectures
import FLOPCount
import Input
import KernelDispatch

/// The loss that a law predicts for a shape when a budget is spent on it: E + A / N^alpha + B / D^beta with D = C / M,
/// M the exact training FLOPs per token of the shape and N a count of its. Plain numbers: who knows laws fills them in.
///
/// At a fixed budget the loss first falls and then rises with the size, so no corner of a box bounds it, and searches
/// for it enumerate. The same bits on every machine: logarithms and exponentials are the kernels' own.
public struct LossObjective: Sendable, Equatable {
  public var E: Double
  public var A: Double
  public var B: Double
  public var alpha: Double
  public var beta: Double
  /// What N counts.
  public var scale: Quantity
  /// C in FLOPs.
  public var compute: Double

  /// - Throws: `InputError` for a surface that has no losses for every shape, or a budget that is none.
  public init(E: Double, A: Double, B: Double, alpha: Double, beta: Double, scale: Quantity, compute: Double) throws {
    guard E >= 0, E.isFinite else { throw InputError("is not a loss of 0 or more", field: "E", value: "\(E)") }
    for (name, value) in [("A", A), ("B", B)] where !(value >= 1e-30 && value <= 1e30) {
      throw InputError("is not a number from 1e-30 to 1e30", field: name, value: "\(value)")
    }
    for (name, value) in [("alpha", alpha), ("beta", beta)] where !(value > 0 && value <= 2) {
      throw InputError("is not an exponent above 0, up to 2", field: name, value: "\(value)")
    }
    guard compute >= 1, compute <= 1e40 else {
      throw InputError("is not a number of FLOPs from 1 to 1e40", field: "compute", value: "\(compute)")
    }
    switch scale {
    case .derived(.M), .derived(.parameters), .derived(.activeParameters), .derived(.nonEmbeddingParameters): break
    default:
      throw InputError("is no size of a model that a law knows", field: "scale", value: scale.name)
    }
    (self.E, self.A, self.B, self.alpha, self.beta) = (E, A, B, alpha, beta)
    (self.scale, self.compute) = (scale, compute)
  }

  /// A bound on |computed - exact| / exact, for exponents up to 2. ln N and ln M are below 44 and ln C below 93, each
  /// within 1 ulp, and ln D = ln C - ln M is rounded once, so ln D is off by at most 230 x 2^-52 and an argument of exp
  /// by at most twice that and its own rounding (|argument| 2^-52, below 300 x 2^-52 for a term that counts); exp adds
  /// 1 ulp, the sum 2. In all below 1000 x 2^-52.
  public static let relativeError = 1000 * 0x1p-52

  /// loss[i] of sizes N[i] at costs M[i], which are overwritten by ln N and ln D.
  func evaluate(
    _ N: UnsafeMutablePointer<Double>, _ M: UnsafeMutablePointer<Double>, count: Int,
    loss: UnsafeMutablePointer<Double>, _ kernels: KernelImplementation
  ) {
    // SAFETY: the caller vouches for `count` elements behind all three.
    var ends = [compute, A, B]
    kernels.log(ends, into: &ends, count: 3)
    kernels.log(N, into: N, count: count)
    kernels.log(M, into: M, count: count)
    for index in 0..<count { M[index] = ends[0] - M[index] }
    kernels.parametricLoss(
      lnN: N, lnD: M, count: count, logA: ends[1], alpha: alpha, logB: ends[2], beta: beta, e: E, loss: loss)
  }

  /// The loss of one shape, by the same operations.
  func loss(of count: ShapeCount, _ shape: Shape, _ kernels: KernelImplementation) -> Double {
    var N = Double(scale.value(of: shape, count))
    var M = Double(count.M)
    var loss = 0.0
    evaluate(&N, &M, count: 1, loss: &loss, kernels)
    return loss
  }
}
