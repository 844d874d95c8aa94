/// Where the minimum goes when points are weighed otherwise, to first order: a refit that starts there is done in fewer
/// steps.
///
/// The minimum moves by -H^-1 times the sum over the points of (w - 1) psi(r) dr, psi being the slope of the loss (an
/// influence function, Hampel et al. 1986). H takes the share of points within delta from a wider window about zero,
/// because few residuals are within a small delta.
struct FirstOrder: Sendable {
  /// What one more of each point moves the five variables by, point after point.
  private let moves: [Double]
  private let points: Int

  init?(_ search: SurfaceSearch, at variables: [Double]) {
    let slopes = search.slopes(variables)
    let window = 0.6 * robustDeviation(slopes.map(\.residual))
    let delta: Double =
      switch search.options.loss {
      case .huber(let delta): delta
      case .leastAbsolute: SurfaceSolver.smallestDelta
      case .squared: .infinity
      }
    let wide = max(delta, window)
    // The weight of a point in H, and the slope of its loss.
    let bend = delta.isFinite ? delta / wide : 1
    let ties = search.options.ties
    let free = ties.free
    func reduced(_ all: [Double]) -> [Double] {
      var all = all
      if let ratio = ties.betaPerAlpha { all[3] += ratio * all[4] }
      return ties.contract(all)
    }
    var hessian = [[Double]](repeating: [Double](repeating: 0, count: free), count: free)
    var scores: [[Double]] = []
    for (residual, by) in slopes {
      let by = reduced(by)
      let psi = min(max(residual, -delta), delta)
      scores.append(by.map { psi * $0 })
      guard abs(residual) <= wide else { continue }
      for i in 0..<free { for j in 0..<free { hessian[i][j] += bend * by[i] * by[j] } }
    }
    // Each column of H^-1 by solving for it.
    guard let inverse = inverted(hessian) else { return nil }
    points = slopes.count
    moves = scores.flatMap { score in
      ties.direction(inverse.map { row in -zip(row, score).reduce(0) { $0 + $1.0 * $1.1 } })
    }
  }

  /// The five variables to start from for points with these weights.
  func start(weights: [Double], from variables: [Double]) -> [Double] {
    var start = (variables[0], variables[1], variables[2], variables[3], variables[4])
    for i in 0..<points where weights[i] != 1 {
      let more = weights[i] - 1
      start.0 += more * moves[5 * i]
      start.1 += more * moves[5 * i + 1]
      start.2 += more * moves[5 * i + 2]
      start.3 += more * moves[5 * i + 3]
      start.4 += more * moves[5 * i + 4]
    }
    return [start.0, start.1, start.2, start.3, start.4]
  }
}

/// The inverse of a positive definite matrix by Gauss and Jordan; nil for one that is not.
private func inverted(_ matrix: [[Double]]) -> [[Double]]? {
  let n = matrix.count
  var rows = matrix.enumerated().map { i, row in row + (0..<n).map { $0 == i ? 1.0 : 0 } }
  for i in 0..<n {
    guard rows[i][i] > 1e-13 * matrix[i][i], rows[i][i].isFinite else { return nil }
    rows[i] = rows[i].map { $0 / rows[i][i] }
    for k in 0..<n where k != i {
      let factor = rows[k][i]
      for j in 0..<2 * n { rows[k][j] -= factor * rows[i][j] }
    }
  }
  return rows.map { Array($0.suffix(n)) }
}
