/// Finds minima of one `SurfaceObjective`: from a cold start by shrinking delta, from a warm one directly.
struct SurfaceSolver {
  let points: CentredPoints
  let objective: SurfaceObjective
  private var newton: DampedNewton
  private let loss: RobustLoss
  /// A robust guess at the size of residuals, from which delta starts to shrink.
  private let ties: Ties

  /// |r| is Huber's loss with a delta this small: the minimum then differs from the limit by less than 1e-6 in the
  /// sum of residuals.
  static let smallestDelta = 1e-7
  /// The last steps of the one law that is reported: to 1e-9 of the sum.
  static let finestDelta = 1e-9

  struct Minimum {
    var variables: [Double]
    var value: Double
    var convergence: Convergence
    var iterations: Int
    /// The names of variables that ended on a bound.
    var onBound: [String]
  }

  init(points: CentredPoints, options: ParametricOptions) {
    self.points = points
    loss = options.loss
    ties = options.ties
    let delta: Double
    switch options.loss {
    case .huber(let given): delta = given
    case .leastAbsolute: delta = SurfaceSolver.smallestDelta
    case .squared: delta = .infinity
    }
    objective = SurfaceObjective(capacity: points.count, delta: delta, residual: options.residual, ties: ties)
    newton = DampedNewton(lower: ties.lower, upper: ties.upper)
  }

  func load(weights: UnsafePointer<Double>? = nil, targets: UnsafePointer<Double>? = nil) {
    objective.load(points, weights: weights, targets: targets)
  }

  /// Minimises from five starting values. `coarse` is the delta to begin with; it shrinks by three at a time.
  mutating func minimise(from start: [Double], coarse: Double?, tolerance: Double, finest: Bool = false) -> Minimum {
    let target: Double =
      switch loss {
      case .huber(let delta): delta
      case .leastAbsolute: finest ? SurfaceSolver.finestDelta : SurfaceSolver.smallestDelta
      case .squared: .infinity
      }
    var free = ties.contract(start)
    var iterations = 0
    // Rounding leaves residuals of about 1e-15; a fit with residuals of 1e-11 goes through its points.
    let exactResidual = 1e-11
    var stages: [Double] = []
    if let coarse, target.isFinite {
      var delta = coarse
      while delta > target * 2 {
        stages.append(delta)
        delta /= 3
      }
    }
    stages.append(target)
    var result = DampedNewton.Result(value: .nan, convergence: .notFinite, iterations: 0, onBound: 0)
    for (index, delta) in stages.enumerated() {
      let last = index == stages.count - 1
      objective.delta = delta
      newton.tolerance = last ? tolerance : 1e-4
      newton.exact = Double(objective.count) * exactResidual * min(exactResidual, delta)
      newton.iterations = last ? 300 : 30
      result = free.withUnsafeMutableBufferPointer { buffer in
        // SAFETY: the buffer holds as many doubles as the solver has free variables, never zero.
        guard let base = buffer.baseAddress else { return result }
        if index > 0 { follow(from: stages[index - 1], at: base) }
        return newton.minimise(objective, from: base)
      }
      iterations += result.iterations
      if result.convergence == .notFinite { break }
    }
    objective.delta = target
    var all = [Double](repeating: 0, count: 5)
    all.withUnsafeMutableBufferPointer { buffer in
      // SAFETY: five doubles for the five variables.
      if let base = buffer.baseAddress { ties.expand(free, into: base) }
    }
    return Minimum(
      variables: all, value: result.value, convergence: result.convergence, iterations: iterations,
      onBound: names(result.onBound))
  }

  /// Moves a minimum for one delta close to the one for the next, smaller delta.
  ///
  /// For small delta the residuals within it are lambda delta with lambda hardly changing, so they shrink in
  /// proportion. A Newton step that still treats all of them as within delta goes there at once; without it most of
  /// them would count as outside after the change, and the Hessian would be singular.
  private func follow(from previous: Double, at point: UnsafeMutablePointer<Double>) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: newton.n) { buffer in
      // SAFETY: as many doubles as there are free variables, never zero.
      guard let trial = buffer.baseAddress else { return }
      objective.threshold = previous
      let leapt = newton.leap(objective, from: point, to: trial)
      objective.threshold = nil
      if leapt, newton.value(objective, at: trial) < newton.value(objective, at: point) {
        point.update(from: trial, count: newton.n)
      }
    }
  }

  private func names(_ bits: UInt8) -> [String] {
    let free =
      (ties.fixedE == nil ? ["E"] : []) + ["A", "B", "alpha"] + (ties.betaPerAlpha == nil ? ["beta"] : [])
    return free.enumerated().filter { bits & (1 << UInt8($0.offset)) != 0 }.map(\.element)
  }

  /// Starting values spread over what laws of this kind look like: E from none to nearly all of the lowest loss, both
  /// exponents from 0.05 to 1.2, the reducible loss split between the two terms in changing parts. None knows the
  /// data beyond its smallest and mean loss.
  static func starts(count: Int, losses: [Double]) -> [[Double]] {
    let lowest = losses.min() ?? 1
    let middle = mean(losses)
    return (0..<count).map { index in
      // A Halton sequence in bases 2, 3, 5, 7: the first k points are spread for every k.
      let h = [2, 3, 5, 7].map { radicalInverse(index + 1, base: $0) }
      let E = 0.98 * lowest * h[0]
      let share = 0.1 + 0.8 * h[3]
      let reducible = max(middle - E, 1e-3 * middle)
      return [
        E, logarithm(reducible * share), logarithm(reducible * (1 - share)),
        0.05 * exponential(h[1] * logarithm(24)), 0.05 * exponential(h[2] * logarithm(24)),
      ]
    }
  }

  private static func radicalInverse(_ index: Int, base: Int) -> Double {
    var (rest, scale, sum) = (index, 1.0, 0.0)
    while rest > 0 {
      scale /= Double(base)
      sum += scale * Double(rest % base)
      rest /= base
    }
    return sum
  }
}
