/// Fits the law anew to many resamples of its runs, each from the law that all runs gave.
struct SurfaceBootstrap: Sendable {
  let search: SurfaceSearch
  private let start: [Double]
  private let draw: ClusterDraw
  private let fitted: [Double]
  private let residuals: [Double]
  /// Whether every other law is one beside a term for short runs.
  private let allowsForShortRuns: Bool
  private let lengths: [Double]
  /// Where the law of drawn runs is to be expected.
  private let guess: FirstOrder?
  /// How many runs a resample draws, where that is not as many as there are.
  private let fewer: Int?

  /// Beyond this many runs a resample draws `drawnOfMany` of them and what it differs by is scaled down: m out of n
  /// (Bickel, Götze and van Zwet 1997). A million runs then take no longer than ten thousand.
  static let manyRuns = 10_000
  static let drawnOfMany = 5_000
  /// Set where the runs are too few to be drawn anew: with fewer than two a coefficient, hardly a draw holds enough
  /// different ones, and those that do are all of them. Then the law's own losses get normal noise of the size of the
  /// scatter about it, and that size is drawn too, because so few residuals leave it open: for a linear law this is
  /// Student's t.
  private let scatter: (deviation: Double, freedom: Int)?

  struct Outcome: Sendable {
    var samples: [LossSurface] = []
    var failures: [String: Int] = [:]
    /// How many resamples ended with each variable on a bound.
    var onBound: [String: Int] = [:]
    /// The degrees of freedom of the scatter, where it took the place of drawing runs.
    var freedomOfScatter: Int?
  }

  /// One resample: a law with the variables on a bound, or why there is none.
  enum Refit: Equatable, Sendable {
    case law(LossSurface, onBound: [String])
    case failed(String)
  }

  init(
    search: SurfaceSearch, minimum: SurfaceSolver.Minimum, runs: [Run], shortRuns: ShortRunTest? = nil,
    many: Int = manyRuns, drawn: Int = drawnOfMany
  ) {
    self.search = search
    start = minimum.variables
    draw = ClusterDraw(runs.map(\.cluster))
    let residuals = search.residuals(minimum.variables)
    fitted = zip(search.points.target, residuals).map { $0 + $1 }
    // Residuals of a fit are smaller than the errors by the coefficients it spent.
    let n = Double(runs.count)
    let inflation = (n / (n - Double(search.options.ties.free))).squareRoot()
    let centre = mean(residuals)
    self.residuals = residuals.map { ($0 - centre) * inflation }
    // Runs that are drawn together stay together, so only single ones can be drawn in part.
    fewer = runs.count > many && draw.clusters == runs.count ? drawn : nil
    let free = search.options.ties.free
    lengths = SurfaceSearch.lengths(runs)
    allowsForShortRuns = fewer == nil && shortRuns?.isOpen == true
    if case .runs = search.options.resampling.scheme, fewer == nil {
      guess = FirstOrder(search, at: minimum.variables)
    } else {
      guess = nil
    }
    if case .runs = search.options.resampling.scheme, draw.clusters == runs.count, free + 1..<2 * free ~= runs.count {
      let freedom = runs.count - free
      let squares = residuals.reduce(0) { $0 + $1 * $1 }
      scatter = ((squares / Double(freedom)).squareRoot(), freedom)
    } else {
      scatter = nil
    }
  }

  /// What the resamples depend on besides their numbers.
  var origin: String {
    let settings = search.options.resampling
    return "seed \(settings.seed), \(settings.scheme), from \(start)"
  }

  func run() throws -> Outcome { outcome(of: try refits(0..<search.options.resampling.count)) }

  /// The draws of the resamples with these numbers, in their order.
  func refits(_ numbers: Range<Int>) throws -> [Refit] {
    let settings = search.options.resampling
    let each = search.options.drawsPerResample
    let first = numbers.lowerBound * each
    return try inParallel("resamples", count: numbers.count * each, chunk: 64, workers: settings.workers) { range in
      if let fewer { return range.map { refit(fewer, of: first + $0) } }
      var solver = SurfaceSolver(points: search.points, options: search.options)
      var weights = [Double](repeating: 1, count: search.points.count)
      var targets = search.points.target
      var counts = [Double](repeating: 0, count: draw.clusters)
      return range.map { index in
        var random = Philox(seed: settings.seed, stream: UInt64(first + index))
        resample(&random, &weights, &targets, &counts)
        let start = guess?.start(weights: weights, from: self.start) ?? self.start
        weights.withUnsafeBufferPointer { weights in
          targets.withUnsafeBufferPointer { targets in
            // SAFETY: both hold one value for each point of the search.
            solver.load(weights: weights.baseAddress, targets: targets.baseAddress)
          }
        }
        let law = refit(&solver, from: start, scaled: 1)
        return allowsForShortRuns && index % 2 == 1 ? besideShortRuns(law, weights, targets) : law
      }
    }
  }

  func outcome(of refits: [Refit]) -> Outcome {
    var outcome = Outcome()
    outcome.freedomOfScatter = scatter?.freedom
    outcome.samples.reserveCapacity(refits.count)
    for refit in refits {
      switch refit {
      case .failed(let why): outcome.failures[why, default: 0] += 1
      case .law(let surface, let bounds):
        outcome.samples.append(surface)
        for name in bounds { outcome.onBound[name, default: 0] += 1 }
      }
    }
    return outcome
  }

  private func resample(
    _ random: inout Philox, _ weights: inout [Double], _ targets: inout [Double], _ counts: inout [Double]
  ) {
    if let scatter {
      let chiSquared = (0..<scatter.freedom).reduce(0) { sum, _ in
        let x = random.normal()
        return sum + x * x
      }
      let deviation = scatter.deviation * (Double(scatter.freedom) / chiSquared).squareRoot()
      for i in targets.indices { targets[i] = fitted[i] + deviation * random.normal() }
      return
    }
    switch search.options.resampling.scheme {
    case .runs:
      weights.withUnsafeMutableBufferPointer { buffer in
        // SAFETY: one weight for each point that `draw` was made with.
        if let base = buffer.baseAddress { draw.draw(&random, counts: &counts, weights: base) }
      }
    case .residuals:
      for i in targets.indices { targets[i] = fitted[i] - residuals[random.index(below: residuals.count)] }
    case .noise: for i in targets.indices { targets[i] = search.points.target[i] + noise(i, &random) }
    }
  }

  private func noise(_ i: Int, _ random: inout Philox) -> Double {
    // `measured(on:)` has filled it in.
    let noise = (search.options.resampling.scheme.noise ?? 0) * random.normal()
    return search.options.residual == .log ? noise : noise * search.losses[i]
  }

  /// A resampled law with a term for short runs beside it, where the runs drawn show any.
  private func besideShortRuns(_ refit: Refit, _ weights: [Double], _ targets: [Double]) -> Refit {
    guard case .law(let law, let bounds) = refit, bounds.isEmpty,
      let term = ShortRunTerm(
        search, lengths: lengths, weights: weights, targets: targets, from: search.points.variables(law), steps: 3),
      term.coefficient > 0
    else { return refit }
    return .law(
      search.points.surface(search.options.ties.expand(search.options.ties.contract(term.variables))), onBound: [])
  }

  /// The refit of `count` runs drawn from all of them.
  private func refit(_ count: Int, of index: Int) -> Refit {
    var random = Philox(seed: search.options.resampling.seed, stream: UInt64(index))
    let indices = (0..<count).map { _ in random.index(below: search.points.count) }
    var drawn = search.points.at(indices)
    drawn.target = indices.map { i in
      switch search.options.resampling.scheme {
      case .runs: search.points.target[i]
      case .residuals: fitted[i] - residuals[random.index(below: residuals.count)]
      // About the law: about the runs themselves, it would count the noise of those drawn a second time.
      case .noise: fitted[i] + noise(i, &random)
      }
    }
    var solver = SurfaceSolver(points: drawn, options: search.options)
    solver.load()
    return refit(&solver, from: start, scaled: (Double(count) / Double(search.points.count)).squareRoot())
  }

  /// The law of the runs that are loaded, its difference from that of all runs scaled.
  private func refit(_ solver: inout SurfaceSolver, from guess: [Double], scaled factor: Double) -> Refit {
    guard solver.objective.count > search.options.ties.free else { return .failed("too few different runs drawn") }
    // A delta far below the residuals is reached in steps here too.
    let coarse: Double? = (search.options.loss.delta ?? 0) < 5e-4 ? 1e-3 : nil
    var found = solver.minimise(from: guess, coarse: coarse, tolerance: 1e-7)
    if !found.convergence.isConverged || found.onBound.contains(where: { $0 != "E" }) {
      // The valley moved away from where all runs put it: look again from afar.
      for cold in SurfaceSolver.starts(count: 6, losses: search.losses) {
        let again = solver.minimise(from: cold, coarse: SurfaceSearch.coarseDelta, tolerance: 1e-7)
        if again.convergence.isConverged, !found.convergence.isConverged || again.value < found.value { found = again }
      }
    }
    guard found.convergence.isConverged else { return .failed("did not converge (\(found.convergence.rawValue))") }
    let variables = zip(start, found.variables).map { factor == 1 ? $1 : $0 + factor * ($1 - $0) }
    return .law(search.points.surface(variables), onBound: found.onBound)
  }
}
