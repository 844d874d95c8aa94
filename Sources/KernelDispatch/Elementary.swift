import CKernels

extension KernelImplementation {
  /// y[i] = e^x[i], within 1 ulp, the same bits on every machine (below 2.2e-308 within 2^-1074). `y` may be `x`.
  public func exp(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>, count: Int) {
    // SAFETY: the caller vouches for `count` elements behind both.
    table.pointer.pointee.exp(x, y, Int64(count))
  }

  /// y[i] = ln x[i], within 1 ulp, the same bits on every machine: -infinity at 0, NaN below. `y` may be `x`.
  public func log(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>, count: Int) {
    // SAFETY: the caller vouches for `count` elements behind both.
    table.pointer.pointee.log(x, y, Int64(count))
  }

  /// The loss of a parametric law (Hoffmann et al. 2022, equation 10): E + A / N^alpha + B / D^beta, from logarithms:
  /// loss[i] = e + exp(logA - alpha lnN[i]) + exp(logB - beta lnD[i]).
  ///
  /// Each term is within 1 ulp of the exponential of its rounded argument; the rounding of the argument adds a
  /// relative error of at most |argument| 2^-52. The terms alone (`sizeTerm`, `dataTerm`, for gradients) are stored
  /// where asked for.
  public func parametricLoss(
    lnN: UnsafePointer<Double>, lnD: UnsafePointer<Double>, count: Int, logA: Double, alpha: Double, logB: Double,
    beta: Double, e: Double, loss: UnsafeMutablePointer<Double>, sizeTerm: UnsafeMutablePointer<Double>? = nil,
    dataTerm: UnsafeMutablePointer<Double>? = nil
  ) {
    // SAFETY: the caller vouches for `count` elements behind each pointer.
    table.pointer.pointee.loss(
      lnN, lnD, Int64(count), logA, alpha, logB, beta, e, loss, sizeTerm, dataTerm)
  }
}
