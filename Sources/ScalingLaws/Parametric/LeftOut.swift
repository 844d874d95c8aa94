/// What the law is without each of its runs in turn.
///
/// With fewer than two runs a coefficient, which runs were made decides what the law says beyond them: five runs of
/// Gadre et al. (arXiv 2403.08540) predict a large one within 1 %, other five of the same grid are 20 % off, and the
/// scatter about the law shows nothing of that. The jackknife does (Tukey 1958): of random fives of those runs its
/// interval holds the large run in 95 of 100.
extension SurfaceDiagnosis {
  /// One law for each run left out, where runs are so few; none otherwise, or where one of them has no law.
  func leftOut() -> [LossSurface] {
    let free = search.options.ties.free
    guard minimum.convergence != .exact, runs.count < 2 * free else { return [] }
    let laws = runs.indices.compactMap { without($0) }
    return laws.count == runs.count ? laws : []
  }

  private func without(_ index: Int) -> LossSurface? {
    var weights = [Double](repeating: 1, count: runs.count)
    weights[index] = 0
    var solver = SurfaceSolver(points: search.points, options: search.options)
    weights.withUnsafeBufferPointer { buffer in
      // SAFETY: one weight for each point of the search.
      solver.load(weights: buffer.baseAddress)
    }
    let starts = [minimum.variables] + SurfaceSolver.starts(count: 24, losses: search.losses)
    let found = starts.map { solver.minimise(from: $0, coarse: SurfaceSearch.coarseDelta, tolerance: 1e-12) }
      .filter(\.convergence.isConverged).min { $0.value < $1.value }
    return found.map { search.points.surface($0.variables) }
  }
}

extension [LossSurface] {
  /// How far the choice of runs moves ln loss, as half the width of an interval: Student's t times the jackknife's
  /// standard error. 0 for laws that were not taken.
  func choiceOfRuns(scale: Double, tokens: Double, level: Double = 0.95) -> Double {
    guard count > 1 else { return 0 }
    let logs = map { logarithm($0.loss(scale: scale, tokens: tokens)) }
    return studentQuantile((1 + level) / 2, freedom: count - 1) * jackknifeError(logs)
  }
}

extension Interval {
  /// The interval of a positive number, widened by an independent half-width in its logarithm.
  func widened(about centre: Double, by log: Double) -> Interval {
    guard log > 0, centre > 0 else { return self }
    func beyond(_ end: Double, _ sign: Double) -> Double {
      let own = end > 0 ? max(0, sign * logarithm(end / centre)) : .infinity
      return centre * exponential(sign * (own * own + log * log).squareRoot())
    }
    // Two halves of a normal interval hold 1.96 standard errors each.
    let added = centre * log / 1.959963984540054
    return Interval(
      low: beyond(low, -1), high: beyond(high, 1),
      standardError: (standardError * standardError + added * added).squareRoot())
  }
}
