/// Linear ties between the five variables (E, p, q, alpha, beta) of a surface: which are free, and how a tied beta
/// follows alpha.
struct Ties: Equatable, Sendable {
  /// E held at this value.
  var fixedE: Double?
  /// beta = ratio x alpha: 1 for equal exponents, a / (1 - a) where the exponent a of the allocation is given.
  var betaPerAlpha: Double?

  /// The number of free variables.
  var free: Int { 5 - (fixedE == nil ? 0 : 1) - (betaPerAlpha == nil ? 0 : 1) }

  static let smallestExponent = 1e-3
  static let largestExponent = 5.0

  /// Bounds of the free variables. E may be 0 but not negative; an exponent that reaches a bound is reported.
  var lower: [Double] {
    (fixedE == nil ? [0] : []) + [-60, -60] + [Ties.smallestExponent]
      + (betaPerAlpha == nil ? [Ties.smallestExponent] : [])
  }
  var upper: [Double] {
    (fixedE == nil ? [1e6] : []) + [60, 60] + [Ties.largestExponent]
      + (betaPerAlpha == nil ? [Ties.largestExponent] : [])
  }

  private var first: Int { fixedE == nil ? 1 : 0 }

  /// Free variables to all five.
  func expand(_ free: UnsafePointer<Double>, into all: UnsafeMutablePointer<Double>) {
    all[0] = fixedE ?? free[0]
    for i in 0..<3 { all[1 + i] = free[first + i] }
    if let betaPerAlpha { all[4] = betaPerAlpha * all[3] } else { all[4] = free[first + 3] }
  }

  /// Free variables to all five.
  func expand(_ free: [Double]) -> [Double] {
    var all = direction(free)
    if let fixedE { all[0] = fixedE }
    return all
  }

  /// A small change of the free variables as one of all five.
  func direction(_ free: [Double]) -> [Double] {
    let alpha = free[first + 2]
    return [
      fixedE == nil ? free[0] : 0, free[first], free[first + 1], alpha,
      betaPerAlpha.map { $0 * alpha } ?? free[first + 3],
    ]
  }

  /// All five to the free ones.
  func contract(_ all: [Double]) -> [Double] {
    (fixedE == nil ? [all[0]] : []) + all[1...3] + (betaPerAlpha == nil ? [all[4]] : [])
  }

  /// Gradient, Hessian and curvature of all five (h is 5 x 5) to those of the free ones, by the chain rule.
  func reduce(
    _ g: UnsafeMutablePointer<Double>, _ h: UnsafeMutablePointer<Double>, _ c: UnsafeMutablePointer<Double>,
    _ gradient: UnsafeMutablePointer<Double>, _ hessian: UnsafeMutablePointer<Double>,
    _ curvature: UnsafeMutablePointer<Double>
  ) {
    if let ratio = betaPerAlpha {
      g[3] += ratio * g[4]
      c[3] += ratio * ratio * c[4]
      h[18] += 2 * ratio * h[19] + ratio * ratio * h[24]
      for i in 0..<3 {
        h[5 * i + 3] += ratio * h[5 * i + 4]
        h[15 + i] = h[5 * i + 3]
      }
    }
    let n = free
    let from = fixedE == nil ? 0 : 1
    for i in 0..<n {
      gradient[i] = g[from + i]
      curvature[i] = c[from + i]
      for j in 0..<n { hessian[i * n + j] = h[5 * (from + i) + from + j] }
    }
  }
}
