/// The second method: the exponents are searched by a simplex, and for each pair of them the best E, A and B are
/// found with the exponents held (for fixed exponents the law is linear in the three). It shares neither starting
/// points nor derivatives in the exponents with the first.
struct VariableProjection {
  struct Result {
    var surface: LossSurface
    var value: Double
    var converged: Bool
  }

  static func minimise(_ points: CentredPoints, losses: [Double], options: ParametricOptions) -> Result {
    let ties = options.ties
    let delta: Double =
      switch options.loss {
      case .huber(let delta): delta
      case .leastAbsolute: SurfaceSolver.smallestDelta
      case .squared: .infinity
      }
    let objective = SurfaceObjective(capacity: points.count, delta: delta, residual: options.residual, ties: ties)
    objective.load(points, weights: nil, targets: nil)
    let lowest = losses.min() ?? 1
    let reducible = max((mean(losses) - 0.5 * lowest) / 2, 1e-6)
    let width = ties.betaPerAlpha == nil ? 2 : 1
    var warm = ties.contract([0.5 * lowest, logarithm(reducible), logarithm(reducible), 0, 0])

    func inner(_ exponents: [Double]) -> Double {
      let held = exponents.map { exponential($0) }
      guard held.allSatisfy({ $0 > Ties.smallestExponent && $0 < Ties.largestExponent }) else { return .infinity }
      var lower = ties.lower
      var upper = ties.upper
      for (i, value) in held.enumerated() {
        let at = lower.count - width + i
        lower[at] = value
        upper[at] = value
        warm[at] = value
      }
      var newton = DampedNewton(lower: lower, upper: upper)
      newton.tolerance = 1e-11
      newton.exact = Double(points.count) * 1e-22
      var point = warm
      let result = point.withUnsafeMutableBufferPointer { buffer -> DampedNewton.Result? in
        // SAFETY: as many doubles as the solver has variables.
        guard let base = buffer.baseAddress else { return nil }
        return newton.minimise(objective, from: base)
      }
      guard let result, result.value.isFinite else { return .infinity }
      warm = point
      return result.value
    }

    // A coarse grid, then the simplex from its best point, twice (a restart frees a simplex that went flat).
    let grid = [0.08, 0.16, 0.3, 0.5, 0.8].map { logarithm($0) }
    var best = (point: [Double](), value: Double.infinity)
    for first in grid {
      for second in width == 2 ? grid : [0] {
        let point = Array([first, second].prefix(width))
        let value = inner(point)
        if value < best.value || best.point.isEmpty { best = (point, value) }
      }
    }
    var converged = false
    for step in [0.2, 0.02, 0.02] {
      let result = nelderMead(from: best.point, step: step, tolerance: 1e-7, evaluations: 400, inner)
      if result.value <= best.value { best = (result.point, result.value) }
      converged = result.converged
    }
    let value = inner(best.point)
    var all = [Double](repeating: 0, count: 5)
    all.withUnsafeMutableBufferPointer { buffer in
      // SAFETY: five doubles for the five variables.
      if let base = buffer.baseAddress { ties.expand(warm, into: base) }
    }
    return Result(surface: points.surface(all), value: value, converged: converged)
  }
}
