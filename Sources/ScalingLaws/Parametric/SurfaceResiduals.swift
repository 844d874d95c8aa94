extension SurfaceSearch {
  /// How large the residuals are and whether they still have a shape: a quadratic in ln N and ln D through the
  /// residuals (cut at three robust deviations, so that an outlier is not a shape) against one without its
  /// second-order terms.
  func residualSummary(_ minimum: SurfaceSolver.Minimum) -> ParametricResult.ResidualSummary {
    let residuals = residuals(minimum.variables)
    let rms = (residuals.reduce(0) { $0 + $1 * $1 } / Double(residuals.count)).squareRoot()
    let robust = robustDeviation(residuals)
    let limit = 3 * robust
    let cut = residuals.map { min(max($0, -limit), limit) }
    let (x, y) = (points.x, points.y)
    let one = [Double](repeating: 1, count: points.count)
    let products = [zip(x, x).map { $0 * $1 }, zip(x, y).map { $0 * $1 }, zip(y, y).map { $0 * $1 }]
    var summary = ParametricResult.ResidualSummary(rms: rms, robust: robust, pattern: 0, patternF: 0)
    guard minimum.convergence != .exact, let plane = leastSquares([one, x, y], cut),
      let bowl = leastSquares([one, x, y] + products, cut), bowl.freedom > 3, bowl.residualSum > 0
    else { return summary }
    summary.patternF = (plane.residualSum - bowl.residualSum) / 3 / (bowl.residualSum / Double(bowl.freedom))
    summary.pattern = max(0, 1 - bowl.residualSum / plane.residualSum)
    return summary
  }
}
