/// E + k (C / unit)^-gamma through losses at budgets, by least squares of the loss: for a given gamma the rest is
/// linear, so one variable is searched.
enum LossCurveFit {
  static let unit = 1e18
  static let gammas = 1e-3...2.0

  struct Result: Equatable, Sendable {
    var law: OffsetPowerLaw
    var squares: Double
    /// gamma ended on the edge of its range, or E on 0.
    var onBound: Bool
  }

  /// nil for fewer than three budgets (two for a pure power law's exponent and coefficient).
  static func offset(
    compute: [Double], loss: [Double], fixedE: Double? = nil, tolerance: Double = 1e-9
  ) -> Result? {
    guard compute.count >= 3 || (fixedE != nil && compute.count >= 2) else { return nil }
    let logs = compute.map { logarithm($0 / unit) }
    var powers = logs
    func at(_ logGamma: Double) -> (E: Double, k: Double, squares: Double) {
      let gamma = exponential(logGamma)
      for i in logs.indices { powers[i] = exponential(-gamma * logs[i]) }
      return linear(powers, loss, fixedE)
    }
    let (low, high) = (logarithm(gammas.lowerBound), logarithm(gammas.upperBound))
    let steps = 20
    var best = 0
    var value = Double.infinity
    for step in 0...steps {
      let here = at(low + (high - low) * Double(step) / Double(steps)).squares
      if here < value { (best, value) = (step, here) }
    }
    func grid(_ step: Int) -> Double { low + (high - low) * Double(min(max(step, 0), steps)) / Double(steps) }
    let minimum = goldenSection(grid(best - 1), grid(best + 1), tolerance: tolerance) { at($0).squares }
    let found = at(minimum)
    let edge = minimum < low + 1e-6 || minimum > high - 1e-6
    return Result(
      law: OffsetPowerLaw(offset: found.E, coefficient: found.k, gamma: exponential(minimum), unit: unit),
      squares: found.squares, onBound: edge || (found.E == 0 && fixedE == nil))
  }

  /// k C^-gamma through the logs: the pure power law.
  static func pure(compute: [Double], loss: [Double]) -> Result? {
    guard let line = PowerLaw.through(compute, logs: loss.map { logarithm($0) }) else { return nil }
    let law = pure(line.law)
    let squares = zip(compute, loss).reduce(0) { $0 + (law($1.0) - $1.1) * (law($1.0) - $1.1) }
    return Result(law: law, squares: squares, onBound: false)
  }

  static func pure(_ line: PowerLaw) -> OffsetPowerLaw {
    OffsetPowerLaw(offset: 0, coefficient: line(unit), gamma: -line.exponent, unit: unit)
  }

  /// The best E >= 0 and k for given powers.
  private static func linear(_ z: [Double], _ y: [Double], _ fixedE: Double?) -> (E: Double, k: Double, squares: Double)
  {
    let n = Double(z.count)
    var (sz, sy, szz, szy) = (0.0, 0.0, 0.0, 0.0)
    for i in z.indices {
      sz += z[i]
      sy += y[i]
      szz += z[i] * z[i]
      szy += z[i] * y[i]
    }
    var E = fixedE ?? 0
    let spread = szz - sz * sz / n
    var k = (szy - E * sz) / szz
    if fixedE == nil, spread > 1e-14 * szz {
      let slope = (szy - sz * sy / n) / spread
      let intercept = (sy - slope * sz) / n
      if intercept > 0 { (E, k) = (intercept, slope) }
    }
    var squares = 0.0
    for i in z.indices {
      let r = E + k * z[i] - y[i]
      squares += r * r
    }
    return (E, k, squares)
  }
}

/// The minimum of a function with one valley in an interval.
func goldenSection(_ low: Double, _ high: Double, tolerance: Double, _ function: (Double) -> Double) -> Double {
  let ratio = 0.6180339887498949
  var (a, b) = (low, high)
  var (c, d) = (b - ratio * (b - a), a + ratio * (b - a))
  var (fc, fd) = (function(c), function(d))
  while b - a > tolerance {
    if fc < fd {
      (b, d, fd) = (d, c, fc)
      c = b - ratio * (b - a)
      fc = function(c)
    } else {
      (a, c, fc) = (c, d, fd)
      d = a + ratio * (b - a)
      fd = function(d)
    }
  }
  return (a + b) / 2
}
