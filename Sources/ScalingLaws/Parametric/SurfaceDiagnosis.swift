import Input

/// Looks at a fitted law from all sides: what E could be, which runs carry it, what another loss would say, whether
/// short runs bend it.
struct SurfaceDiagnosis {
  let search: SurfaceSearch
  let minimum: SurfaceSolver.Minimum
  let runs: [Run]

  private var surface: LossSurface { search.points.surface(minimum.variables) }

  // MARK: Profile of E

  /// How much the objective may rise above its minimum before a value of E is ruled out at the level asked for: for an
  /// M-estimator, t^2/2 times mean(psi^2) / mean(psi') (Hampel et al. 1986, section 7.2).
  func allowance() -> Double? {
    let residuals = search.residuals(minimum.variables)
    let n = residuals.count
    let spread = max(robustDeviation(residuals), 1e-300)
    let score: Double
    let slope: Double
    switch search.options.loss {
    case .squared:
      score = residuals.reduce(0) { $0 + $1 * $1 } / Double(n)
      slope = 1
    case .huber(let delta):
      score = residuals.reduce(0) { $0 + min(abs($1), delta) * min(abs($1), delta) } / Double(n)
      // The share within delta is the density there; a wider window where delta holds too few to count.
      let window = max(delta, 0.3 * spread)
      slope = Double(residuals.count { abs($0) <= window }) / Double(n) * delta / window
    case .leastAbsolute:
      score = 1
      let window = 0.3 * spread
      slope = Double(residuals.count { abs($0) <= window }) / Double(n) / window
    }
    guard slope > 0 else { return nil }
    let t = studentQuantile((1 + search.options.resampling.level) / 2, freedom: n - search.options.ties.free)
    return t * t / 2 * score / slope * Double(n) / Double(n - search.options.ties.free)
  }

  /// How far the objective is above its minimum with E held at a value; nil where that admits no fit.
  func rise(_ E: Double) -> Double? {
    var options = search.options
    options.fixedE = E
    var solver = SurfaceSolver(points: search.points, options: options)
    solver.load()
    var start = minimum.variables
    start[0] = E
    let found = solver.minimise(from: start, coarse: (options.loss.delta ?? 0) < 5e-4 ? 1e-3 : nil, tolerance: 1e-9)
    guard found.convergence.isConverged else { return nil }
    return search.objective(search.points.surface(found.variables)) - search.objective(surface)
  }

  /// The interval of E from the profile of the objective; nil where E is given or the profile cannot be taken.
  func profileE() -> ParametricResult.Profile? {
    guard search.options.fixedE == nil, minimum.convergence != .exact, let allowance = allowance() else { return nil }
    guard search.points.count > SurfaceSearch.many else { return profileE(allowance) }
    // Of a sample the objective rises less, in proportion.
    let few = search.of(search.points.sampled(SurfaceSearch.many))
    var solver = SurfaceSolver(points: few.points, options: few.options)
    solver.load()
    let found = solver.minimise(from: minimum.variables, coarse: SurfaceSearch.coarseDelta, tolerance: 1e-12)
    guard found.convergence.isConverged else { return nil }
    return SurfaceDiagnosis(search: few, minimum: found, runs: runs)
      .profileE(allowance * Double(few.points.count) / Double(search.points.count))
  }

  private func profileE(_ allowance: Double) -> ParametricResult.Profile? {
    let lowest = search.losses.min() ?? 0
    func edge(from inside: Double, towards outside: Double) -> Double? {
      guard let far = rise(outside) else { return nil }
      if far <= allowance { return outside }
      var (inside, outside) = (inside, outside)
      for _ in 0..<30 {
        let middle = (inside + outside) / 2
        guard let value = rise(middle) else { return nil }
        if value <= allowance { inside = middle } else { outside = middle }
      }
      return inside
    }
    guard let low = edge(from: surface.E, towards: 0), let high = edge(from: surface.E, towards: lowest * 1.2) else {
      return nil
    }
    return .init(low: low, high: high, reachesZero: low == 0)
  }

  // MARK: Influence

  /// For each of alpha, beta and a: the runs whose absence moves it most in one direction, all out together.
  func influence() throws -> [ParametricResult.Influence] {
    let k = search.options.influence
    let n = runs.count
    guard k > 0, n <= 2000, n - k > search.options.ties.free, minimum.convergence != .exact else { return [] }
    let parameters: [(name: String, of: @Sendable (LossSurface) -> Double)] = [
      ("alpha", { $0.alpha }), ("beta", { $0.beta }), ("a", { $0.a }),
    ]
    let singles = try inParallel(
      "single runs left out", count: n, chunk: 16, workers: search.options.resampling.workers
    ) {
      range in
      var solver = SurfaceSolver(points: search.points, options: search.options)
      return range.map { refit(&solver, without: [$0]) }
    }
    var solver = SurfaceSolver(points: search.points, options: search.options)
    return parameters.compactMap { name, of in
      let from = of(surface)
      let shifts = singles.map { $0.map { of($0) - from } ?? 0 }
      var strongest: ParametricResult.Influence?
      for sign in [1.0, -1.0] {
        let out = shifts.indices.sorted { (sign * shifts[$0], $1) > (sign * shifts[$1], $0) }.prefix(k)
        guard let law = refit(&solver, without: Set(out)) else { continue }
        if abs(of(law) - from) > abs((strongest?.to ?? from) - from) {
          strongest = .init(parameter: name, lines: out.map { runs[$0].line }.sorted(), from: from, to: of(law))
        }
      }
      return strongest
    }
  }

  private func refit(_ solver: inout SurfaceSolver, without out: Set<Int>) -> LossSurface? {
    var weights = [Double](repeating: 1, count: runs.count)
    for index in out { weights[index] = 0 }
    weights.withUnsafeBufferPointer { buffer in
      // SAFETY: one weight for each point of the search.
      solver.load(weights: buffer.baseAddress)
    }
    let coarse: Double? = (search.options.loss.delta ?? 0) < 5e-4 ? 1e-3 : nil
    let found = solver.minimise(from: minimum.variables, coarse: coarse, tolerance: 1e-7)
    return found.convergence.isConverged ? search.points.surface(found.variables) : nil
  }

  // MARK: Other losses, short runs

  /// The law under each of the other losses on the same points.
  func alternatives() -> [ParametricResult.Alternative] {
    guard search.options.alternatives, minimum.convergence != .exact, runs.count <= 4096 else { return [] }
    let choices: [(RobustLoss, ResidualKind)] = [
      (.huber(delta: 1e-3), .log), (.leastAbsolute, .log), (.squared, .log), (.squared, .linear),
    ]
    return choices.compactMap { loss, residual in
      guard loss != search.options.loss || residual != search.options.residual else { return nil }
      var options = search.options
      options.loss = loss
      options.residual = residual
      options.starts = 16
      guard let other = try? SurfaceSearch(runs, options: options), let found = try? other.minimum() else { return nil }
      return .init(loss: loss, residual: residual, surface: other.points.surface(found.best.variables))
    }
  }

  func shortRuns() throws -> ParametricResult.ShortRuns? {
    let short = ShortRunRule(runs)
    let long = runs.filter { !short.contains($0) }
    guard long.count < runs.count, long.count >= 2 * search.options.ties.free else { return nil }
    var options = search.options
    options.starts = 32
    options.resampling.count = min(options.resampling.count, 200)
    options.drawsPerResample = 1
    guard let rest = try? SurfaceSearch(long, options: options), let found = try? rest.minimum() else { return nil }
    let samples = try SurfaceBootstrap(search: rest, minimum: found.best, runs: long).run().samples
    var errors: [String: Double] = [:]
    if samples.count > 1 {
      for (name, of) in Self.compared { errors[name] = standardDeviation(samples.map(of)) }
    }
    return .init(
      limit: ShortRunRule.steps, count: runs.count - long.count, assumedBatch: short.assumesBatch,
      surface: rest.points.surface(found.best.variables), standardErrors: errors, objective: found.objective,
      n: long.count)
  }

  /// What short runs are judged by: the coefficients without the long tails of A and B.
  static let compared: [(name: String, of: @Sendable (LossSurface) -> Double)] =
    ParametricResult.quantities.filter { ["E", "alpha", "beta", "a"].contains($0.name) }
}
