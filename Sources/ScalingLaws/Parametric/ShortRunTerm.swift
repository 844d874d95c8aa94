/// A term that short runs would leave: c (s / s_min)^-3/2 on top of a law, s being steps, or tokens where those are not
/// known. It is steep enough to matter for the shortest runs only, as what a fixed warm-up costs them does.
///
/// Found together with the law, by Gauss and Newton on the residuals (cut at four robust deviations).
struct ShortRunTerm: Sendable {
  static let power = 1.5

  /// The five variables of the law beside it.
  private(set) var variables: [Double]
  /// What it adds to the loss of the shortest run.
  private(set) var coefficient = 0.0
  private(set) var error = 0.0
  /// Of the coefficient on the law that knows no such term: the score test of there being none.
  private(set) var t = 0.0
  /// (s / s_min)^-3/2 of each point.
  let shape: [Double]

  /// - Parameters:
  ///   - lengths: ln s of each point.
  ///   - weights, targets: as for `SurfaceObjective.load`; nil for each point once and as it is.
  ///   - start: the variables of a law that was fitted without the term.
  init?(
    _ search: SurfaceSearch, lengths: [Double], weights: [Double]? = nil, targets: [Double]? = nil,
    from start: [Double], steps: Int = 4
  ) {
    let points = search.points
    guard points.count > start.count + 1 else { return nil }
    shape = Self.shape(lengths, Self.power)
    variables = start
    let isLog = search.options.residual == .log
    for step in 0..<steps {
      let slopes = search.slopes(variables)
      var columns = [[Double]](repeating: [], count: 6)
      var misses: [Double] = []
      for (i, point) in slopes.enumerated() {
        // With F the law: ln(F + c z), or F + c z.
        let law = isLog ? 1 / point.by[0] : 1
        let whole = isLog ? law + coefficient * shape[i] : 1
        guard whole > 0 else { return nil }
        let added = isLog ? logarithm(whole / law) : coefficient * shape[i]
        let moved = targets.map { points.target[i] - $0[i] } ?? 0
        misses.append(-(point.residual + added + moved))
        for j in 0..<5 { columns[j].append(point.by[j] * law / whole) }
        columns[5].append(shape[i] / whole)
      }
      let limit = 4 * robustDeviation(misses)
      guard limit > 0, let fit = leastSquares(columns, misses.map { min(max($0, -limit), limit) }, weights: weights)
      else { return nil }
      for j in 0..<5 { variables[j] += fit.coefficients[j] }
      coefficient += fit.coefficients[5]
      error = fit.standardError(5)
      if step == 0 { t = error > 0 ? coefficient / error : 0 }
      guard variables[0] >= 0, variables[3...4].allSatisfy({ $0 > Ties.smallestExponent && $0 < Ties.largestExponent })
      else { return nil }
    }
  }

  /// The F statistic of two such terms at once, a flatter and a steeper one: whatever else short runs look like.
  static func bend(_ search: SurfaceSearch, lengths: [Double], at variables: [Double]) -> Double? {
    let slopes = search.slopes(variables)
    let limit = 4 * robustDeviation(slopes.map(\.residual))
    let misses = slopes.map { -min(max($0.residual, -limit), limit) }
    let law = (0..<5).map { j in slopes.map { $0.by[j] } }
    let terms = [0.75, 3].map { power in zip(shape(lengths, power), slopes).map { $0 * $1.by[0] } }
    guard limit > 0, let without = leastSquares(law, misses), let with = leastSquares(law + terms, misses),
      with.freedom > 0, with.residualSum > 0
    else { return nil }
    return (without.residualSum - with.residualSum) / 2 / (with.residualSum / Double(with.freedom))
  }

  private static func shape(_ lengths: [Double], _ power: Double) -> [Double] {
    let least = lengths.min() ?? 0
    return lengths.map { exponential(-power * ($0 - least)) }
  }
}

extension SurfaceSearch {
  /// The logs of what short runs are short of: steps where every run has them, else tokens.
  static func lengths(_ runs: [Run]) -> [Double] {
    let known = runs.allSatisfy { $0.steps != nil }
    return runs.map { logarithm(known ? $0.steps ?? $0.tokens : $0.tokens) }
  }

  /// What short runs would add; nil where every run is known to be long, or where the law is exact or of too many runs.
  func shortRunTerm(_ minimum: SurfaceSolver.Minimum, _ runs: [Run]) -> ShortRunTerm? {
    guard ShortRunRule.mayMatter(runs), minimum.convergence != .exact,
      runs.count <= Self.many
    else { return nil }
    return ShortRunTerm(self, lengths: Self.lengths(runs), from: minimum.variables)
  }

  func shortRunTest(_ minimum: SurfaceSolver.Minimum, _ runs: [Run]) -> ShortRunTest? {
    shortRunTerm(minimum, runs).map { shortRunTest($0, minimum, runs) }
  }

  func shortRunTest(_ term: ShortRunTerm, _ minimum: SurfaceSolver.Minimum, _ runs: [Run]) -> ShortRunTest {
    ShortRunTest(
      t: term.t, bend: ShortRunTerm.bend(self, lengths: Self.lengths(runs), at: minimum.variables),
      exponent: points.surface(term.variables).a, stepsKnown: runs.allSatisfy { $0.steps != nil })
  }
}
