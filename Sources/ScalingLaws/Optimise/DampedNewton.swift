/// What `DampedNewton` minimises: a function with gradient and Hessian, and a positive diagonal that bounds its
/// curvature (what steps are damped with).
protocol NewtonObjective {
  /// Fills gradient (n), Hessian (n x n, rows, both triangles) and curvature (n) at `point`; returns the value.
  func evaluate(
    at point: UnsafeMutablePointer<Double>, gradient: UnsafeMutablePointer<Double>,
    hessian: UnsafeMutablePointer<Double>, curvature: UnsafeMutablePointer<Double>
  ) -> Double
}

/// How a minimisation ended. Only `.decrement` and `.exact` are convergence.
public enum Convergence: String, Sendable {
  /// The decrease that Newton's model still predicts is below the tolerance times the objective.
  case decrement
  /// The objective is zero to rounding: the law goes through every point.
  case exact
  /// No step decreases the objective although the model predicts one.
  case stalled
  case iterationLimit = "iteration-limit"
  /// The objective or its derivatives are not finite.
  case notFinite = "not-finite"

  public var isConverged: Bool { self == .decrement || self == .exact }
}

/// Newton's method with Levenberg's damping and bounds by projection, for a handful of variables.
///
/// The Hessian of a Huber objective is singular or indefinite away from the optimum and jumps where a residual
/// crosses delta, so each step is damped until the objective really falls. Near the optimum the objective is a
/// quadratic in all but name and the last steps are exact.
struct DampedNewton {
  let n: Int
  let lower: [Double]
  let upper: [Double]
  var tolerance = 1e-12
  /// Below this the objective counts as zero.
  var exact = 0.0
  var iterations = 200

  struct Result {
    var value: Double
    var convergence: Convergence
    var iterations: Int
    /// A bit for every variable that ended on a bound.
    var onBound: UInt8
  }

  private let storage: Storage

  init(lower: [Double], upper: [Double]) {
    n = lower.count
    self.lower = lower
    self.upper = upper
    storage = Storage(n: n)
  }

  /// Scratch memory of one solver, so that a resample allocates nothing.
  private final class Storage {
    let base: UnsafeMutablePointer<Double>
    let n: Int
    init(n: Int) {
      self.n = n
      base = .allocate(capacity: 2 * (2 * n + n * n) + n * n + 3 * n)
    }
    deinit { base.deallocate() }
    // SAFETY: each of these is a piece of `base` of its own, in the order and with the sizes of the allocation.
    var gradient: UnsafeMutablePointer<Double> { base }
    var curvature: UnsafeMutablePointer<Double> { base + n }
    var hessian: UnsafeMutablePointer<Double> { base + 2 * n }
    var trialGradient: UnsafeMutablePointer<Double> { hessian + n * n }
    var trialCurvature: UnsafeMutablePointer<Double> { trialGradient + n }
    var trialHessian: UnsafeMutablePointer<Double> { trialCurvature + n }
    var factor: UnsafeMutablePointer<Double> { trialHessian + n * n }
    var step: UnsafeMutablePointer<Double> { factor + n * n }
    var trial: UnsafeMutablePointer<Double> { step + n }
  }

  /// Minimises from `point`, which is moved to the best point found.
  func minimise<Objective: NewtonObjective>(_ objective: Objective, from point: UnsafeMutablePointer<Double>) -> Result
  {
    let s = storage
    for i in 0..<n { point[i] = min(max(point[i], lower[i]), upper[i]) }
    var value = objective.evaluate(at: point, gradient: s.gradient, hessian: s.hessian, curvature: s.curvature)
    guard value.isFinite else { return end(value, .notFinite, 0, point) }
    var damping = 1e-4
    var iteration = 0
    while iteration < iterations {
      if value <= exact { return end(value, .exact, iteration, point) }
      let active = blocked(at: point)
      let predicted = newtonStep(damping: damping, active: active)
      guard let predicted else {
        damping = max(damping * 8, 1e-6)
        if damping > 1e12 { return end(value, .stalled, iteration, point) }
        continue
      }
      if predicted <= tolerance * value, damping <= 1e-2 { return end(value, .decrement, iteration, point) }
      iteration += 1
      var moved = false
      for i in 0..<n {
        s.trial[i] = min(max(point[i] + s.step[i], lower[i]), upper[i])
        if s.trial[i] != point[i] { moved = true }
      }
      guard moved else {
        return end(value, predicted <= 1e-9 * value ? .decrement : .stalled, iteration, point)
      }
      let trialValue = objective.evaluate(
        at: s.trial, gradient: s.trialGradient, hessian: s.trialHessian, curvature: s.trialCurvature)
      if trialValue < value || (trialValue == value && predicted <= 1e-9 * value) {
        let gain = (value - trialValue) / predicted
        value = trialValue
        point.update(from: s.trial, count: n)
        s.gradient.update(from: s.trialGradient, count: n)
        s.curvature.update(from: s.trialCurvature, count: n)
        s.hessian.update(from: s.trialHessian, count: n * n)
        if gain > 0.5 { damping = max(damping * 0.1, 1e-12) } else if gain < 0.1 { damping *= 4 }
      } else {
        // Rounding alone keeps the objective from falling when the prediction is this small.
        if predicted <= 1e-14 * value { return end(value, .decrement, iteration, point) }
        damping = max(damping * 6, 1e-6)
        if damping > 1e12 { return end(value, .stalled, iteration, point) }
      }
    }
    return end(value, .iterationLimit, iteration, point)
  }

  /// One whole Newton step from `point` into `trial`, whether or not the objective falls; false where there is none.
  func leap<Objective: NewtonObjective>(
    _ objective: Objective, from point: UnsafeMutablePointer<Double>, to trial: UnsafeMutablePointer<Double>
  ) -> Bool {
    let s = storage
    let value = objective.evaluate(at: point, gradient: s.gradient, hessian: s.hessian, curvature: s.curvature)
    guard value.isFinite, newtonStep(damping: 1e-12, active: blocked(at: point)) != nil else { return false }
    for i in 0..<n { trial[i] = min(max(point[i] + s.step[i], lower[i]), upper[i]) }
    return true
  }

  /// The objective alone.
  func value<Objective: NewtonObjective>(_ objective: Objective, at point: UnsafeMutablePointer<Double>) -> Double {
    objective.evaluate(
      at: point, gradient: storage.gradient, hessian: storage.hessian, curvature: storage.curvature)
  }

  private func end(_ value: Double, _ how: Convergence, _ count: Int, _ point: UnsafeMutablePointer<Double>) -> Result {
    var bits: UInt8 = 0
    for i in 0..<n where point[i] <= lower[i] || point[i] >= upper[i] { bits |= 1 << UInt8(i) }
    return Result(value: value, convergence: how, iterations: count, onBound: bits)
  }

  /// The variables that sit on a bound and whose gradient pushes them against it.
  private func blocked(at point: UnsafeMutablePointer<Double>) -> UInt8 {
    var bits: UInt8 = 0
    for i in 0..<n {
      let down = point[i] <= lower[i] && storage.gradient[i] > 0
      let up = point[i] >= upper[i] && storage.gradient[i] < 0
      if down || up { bits |= 1 << UInt8(i) }
    }
    return bits
  }

  /// Solves (H + damping diag(curvature)) step = -g on the free variables by Cholesky; the decrease that the
  /// quadratic model predicts, or nil where the matrix is not positive definite.
  private func newtonStep(damping: Double, active: UInt8) -> Double? {
    let s = storage
    let l = s.factor
    for i in 0..<n {
      let fixed = active & (1 << UInt8(i)) != 0
      for j in 0...i {
        let other = active & (1 << UInt8(j)) != 0
        var sum = fixed || other ? (i == j ? 1 : 0) : s.hessian[i * n + j]
        if i == j, !fixed { sum += damping * s.curvature[i] }
        let diagonal = sum
        for k in 0..<j { sum -= l[i * n + k] * l[j * n + k] }
        if i == j {
          guard sum > 1e-13 * abs(diagonal), sum.isFinite else { return nil }
          l[i * n + i] = sum.squareRoot()
        } else {
          l[i * n + j] = sum / l[j * n + j]
        }
      }
    }
    // Forward: l z = -g. The decrement is |z|^2 / 2 for the damped model.
    var decrement = 0.0
    for i in 0..<n {
      var sum = active & (1 << UInt8(i)) != 0 ? 0 : -s.gradient[i]
      for k in 0..<i { sum -= l[i * n + k] * s.step[k] }
      s.step[i] = sum / l[i * n + i]
      decrement += s.step[i] * s.step[i]
    }
    for i in stride(from: n - 1, through: 0, by: -1) {
      var sum = s.step[i]
      for k in (i + 1)..<n { sum -= l[k * n + i] * s.step[k] }
      s.step[i] = sum / l[i * n + i]
    }
    return decrement / 2
  }
}
