import Input

/// Whether losses along budgets bend away from one offset power law: every budget from the fourth on is predicted from
/// those before it, and one curve is set against one with a sharp break in it (a broken power law with one break,
/// Caballero et al. 2022, arXiv 2210.14891, equation 1, in the limit f -> 0).
public struct BreakTest: Sendable, Equatable {
  /// For each budget predicted: its compute, the loss observed and predicted.
  public var steps: [Step]
  /// AICc of one curve less that of the broken one, which has two parameters more; above 6 a break is likely. Nil for
  /// fewer than ten budgets, of which the broken curve would explain anything.
  public var evidence: Double?
  /// Where the exponent would change.
  public var breakAt: Double?

  public struct Step: Sendable, Equatable {
    public var compute: Double
    public var observed: Double
    public var predicted: Double
    public var relativeError: Double { predicted / observed - 1 }

    /// As numbers by name.
    public var fields: JSONObject {
      JSONObject([
        ("compute", .number(compute)), ("observed", .number(observed)), ("predicted", .number(predicted)),
        ("relative_error", .number(relativeError)),
      ])
    }
  }

  /// How many budgets there are.
  public let budgets: Int

  /// Of the optima of IsoFLOP profiles.
  ///
  /// - Throws: `InputError` where the runs form no profiles, or fewer than five.
  public init(_ set: RunSet) throws {
    var options = IsoFLOPOptions()
    options.resampling.count = 0
    options.alternatives = false
    let optima = try IsoFLOPFit.fit(set, options: options).budgets.compactMap { budget in
      budget.loss.map { (budget.compute, $0) }
    }
    try self.init(compute: optima.map(\.0), loss: optima.map(\.1))
  }

  public var json: JSON {
    [
      "backtest": .array(steps.map { .object($0.fields) }), "evidence": .value(evidence),
      "break_at": .value(breakAt),
    ]
  }

  /// Budgets that it takes to tell one curve from a broken one: the broken one has five parameters, its noise a sixth.
  public static let fewest = 10
  /// Beyond this the evidence speaks of a break.
  public static let likely = 6.0

  /// - Throws: `InputError` for fewer than five budgets: there is nothing to test.
  public init(compute: [Double], loss: [Double]) throws {
    guard compute.count == loss.count, compute.count >= 5 else {
      throw InputError(
        "are too few to test for a break", field: "budgets", value: "\(compute.count)", hint: "five at least")
    }
    budgets = compute.count
    let order = compute.indices.sorted { compute[$0] < compute[$1] }
    let C = order.map { compute[$0] }
    let L = order.map { loss[$0] }
    steps = (3..<C.count).compactMap { count in
      LossCurveFit.offset(compute: Array(C[..<count]), loss: Array(L[..<count])).map {
        Step(compute: C[count], observed: L[count], predicted: $0.law(C[count]))
      }
    }
    evidence = nil
    breakAt = nil
    guard C.count >= BreakTest.fewest, let one = LossCurveFit.offset(compute: C, loss: L),
      let broken = BreakTest.broken(C, L)
    else { return }
    // E, k, gamma and the noise; the broken curve has a second exponent and a place beside them.
    let n = Double(C.count)
    func aicc(_ squares: Double, _ k: Double) -> Double {
      n * logarithm(max(squares, 1e-300) / n) + 2 * k + 2 * k * (k + 1) / (n - k - 1)
    }
    evidence = aicc(one.squares, 4) - aicc(broken.squares, 6)
    breakAt = broken.at
  }

  /// E + k (C/d)^-g1 up to d, E + k (C/d)^-g2 beyond: d between two budgets with three on either side, both exponents
  /// searched, E and k linear.
  private static func broken(_ C: [Double], _ L: [Double]) -> (squares: Double, at: Double)? {
    let one = [Double](repeating: 1, count: C.count)
    let logs = C.map { logarithm($0) }
    func squares(_ logD: Double, _ g1: Double, _ g2: Double) -> Double {
      let basis = logs.map { exponential(-($0 <= logD ? g1 : g2) * ($0 - logD)) }
      guard let line = leastSquares([one, basis], L), line.coefficients[0] >= 0, line.coefficients[1] > 0 else {
        return .infinity
      }
      return line.residualSum
    }
    let gammas = stride(from: -4.6, through: 0.7, by: 0.25).map { exponential($0) }
    var best = (squares: Double.infinity, logD: 0.0, g1: 0.0, g2: 0.0)
    for split in 3...(C.count - 3) {
      let logD = (logs[split - 1] + logs[split]) / 2
      for g1 in gammas {
        for g2 in gammas {
          let here = squares(logD, g1, g2)
          if here < best.squares { best = (here, logD, g1, g2) }
        }
      }
    }
    guard best.squares.isFinite else { return nil }
    let start = best
    let found = nelderMead(from: [0, 0, 0], step: 0.1, tolerance: 1e-9) { p in
      squares(start.logD + p[0], start.g1 * exponential(p[1]), start.g2 * exponential(p[2])) / start.squares
    }
    let refined = squares(
      start.logD + found.point[0], start.g1 * exponential(found.point[1]), start.g2 * exponential(found.point[2]))
    return refined < best.squares
      ? (refined, exponential(start.logD + found.point[0])) : (best.squares, exponential(best.logD))
  }
}
