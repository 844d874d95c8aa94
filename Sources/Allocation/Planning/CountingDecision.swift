import Input
import ScalingLaws

/// What counting tokens by 6N instead of M leads to: the same experiment planned, fitted and extrapolated under each
/// account at equal true compute, and the loss of what each would then have trained.
///
/// True compute is M times tokens. An account that leaves attention out spends more than it thinks; its budgets are
/// scaled so that all of its runs together cost what the plan by M costs. At the target it takes the size that its own
/// law gives for the budget, and trains until the true budget is spent.
public struct CountingDecision: Sendable {
  public var target: Double
  public var outcomes: [Outcome]

  public struct Outcome: Sendable {
    public var account: TokenAccount
    public var worlds: Int
    /// Worlds in which its runs gave no law.
    public var failed: Int
    /// Median over the worlds of the loss above the true optimum, as a share of it.
    public var medianExcess: Double
    /// Median over the worlds of the compute that the true optimum needs for the same loss, as a share of the target.
    public var medianEquivalentCompute: Double
    /// The share of the worlds in which it lost more than M did; nil for M.
    public var worseThanM: Double?
    /// Median over the worlds of its size (in M) over the true optimum.
    public var medianRelativeSize: Double
    /// Of M alone: the share of worlds in which the 95 % interval of a holds the truth.
    public var coverage: Double?
    /// Median of the loss that the fitted law predicts for its own choice, over what came out.
    public var medianForecastError: Double
  }

  /// Runs the comparison.
  ///
  /// - Parameters:
  ///   - request: the experiment to plan.
  ///   - centre: the law that the worlds are drawn about.
  ///   - target: the budget to allocate, in FLOPs.
  ///   - worlds: draws of a surface about `centre`, each with noise.
  ///   - resamples: for the interval of a; 0 leaves coverage out.
  ///   - seed: of the draws: the same seed gives the same worlds.
  /// - Throws: `InputError` and `WorkError` of planning.
  public static func simulate(
    _ request: PlanRequest, about centre: World, target: Double, worlds: Int = 200, resamples: Int = 0,
    seed: UInt64 = 1
  ) throws -> CountingDecision {
    try requirePositive(target, "compute", "the budget to allocate")
    let table = ShapeTable(style: request.style, sequenceLength: request.sequenceLength)
    let search = ShapeSearch(table: table, measure: .M, constraints: request.constraints)
    let plans = try TokenAccount.allCases.map { try plan(request, $0, search) }
    var trials = TokenAccount.allCases.map { Trials(account: $0) }
    try WorkProgress.stage("worlds", of: worlds) { progress in
      for index in 0..<worlds {
        try progress.check()
        defer { progress.add() }
        let world = centre.drawn(seed: seed, index: index)
        for (at, plan) in plans.enumerated() {
          var random = Philox(seed: seed &+ 1, stream: UInt64(index))
          trials[at].add(
            try Trial(
              plan, TokenAccount.allCases[at], world, target, search, resamples: at == 0 ? resamples : 0, &random))
        }
      }
    }
    let reference = trials[0]
    return CountingDecision(target: target, outcomes: trials.map { $0.outcome(against: reference, resamples > 0) })
  }

  /// The plan under an account, scaled to the true cost of the plan by M.
  private static func plan(_ request: PlanRequest, _ account: TokenAccount, _ search: ShapeSearch) throws -> Plan {
    let reference = try request.solve(search)
    guard account != .M else { return reference }
    var trial = request
    trial.account = account
    var plan = try trial.solve(search)
    for _ in 0..<4 {
      let factor = reference.compute / plan.compute
      if abs(factor - 1) < 0.002 { break }
      trial.budgets = trial.budgets.map { $0 * factor }
      plan = try trial.solve(search)
    }
    return plan
  }
}

/// One world under one account.
private struct Trial {
  var excess: Double
  var equivalentCompute: Double
  var relativeSize: Double
  var forecastError: Double
  var covers: Bool?

  init?(
    _ plan: Plan, _ account: TokenAccount, _ world: World, _ target: Double, _ search: ShapeSearch, resamples: Int,
    _ random: inout Philox
  ) throws {
    let set = world.results(of: plan, account: account, random: &random)
    var options = IsoFLOPOptions.pointOnly
    options.resampling = Resampling(count: resamples)
    options.resampling.scheme = .residuals
    options.resampling.workers = 1
    guard let fit = try? IsoFLOPFit.fit(set, options: options) else { return nil }
    // The size that its law gives, in M: every account finds it among the same real shapes.
    let wanted = fit.model.law(target)
    guard let chosen = nearest(to: wanted, by: account, search) else { return nil }
    let M = Double(chosen.count.M)
    let loss = world.surface.loss(scale: M, tokens: target / M)
    let best = try world.surface.optimum(compute: target, flopsPerScale: 1)
    excess = loss / best.loss - 1
    relativeSize = M / best.scale
    let curve = world.surface.lossCurve(flopsPerScale: 1)
    equivalentCompute = (curve.inverse(loss) ?? target) / target
    forecastError = (fit.lossCurve ?? fit.pureCurve).law(target) / loss - 1
    covers = resamples > 0 ? fit.model.exponent?.contains(world.surface.a) : nil
  }
}

/// The real shape nearest a size in an account.
private func nearest(to size: Double, by account: TokenAccount, _ search: ShapeSearch) -> CountedShape? {
  var inAccount = search
  switch account {
  case .M: inAccount.measure = .M
  case .sixN1: inAccount.measure = .nonEmbedding
  case .sixN2: inAccount.measure = .total
  }
  return try? inAccount.nearest(to: account == .M ? size : size / 6, count: 1).first
}

/// All worlds under one account; nil where there was no law.
private struct Trials {
  var account: TokenAccount
  var list: [Trial?] = []

  init(account: TokenAccount) { self.account = account }
  mutating func add(_ trial: Trial?) { list.append(trial) }

  func outcome(against reference: Trials, _ withCoverage: Bool) -> CountingDecision.Outcome {
    let done = list.compactMap { $0 }
    func median(_ values: [Double]) -> Double { quantile(values.sorted(), 0.5) ?? .nan }
    let pairs = zip(list, reference.list).compactMap { mine, theirs in
      mine.flatMap { m in theirs.map { (m.excess, $0.excess) } }
    }
    let worse = Double(pairs.count { $0.0 > $0.1 }) / Double(max(pairs.count, 1))
    let covered = done.compactMap(\.covers)
    return CountingDecision.Outcome(
      account: account, worlds: list.count, failed: list.count - done.count,
      medianExcess: median(done.map(\.excess)), medianEquivalentCompute: median(done.map(\.equivalentCompute)),
      worseThanM: account == .M ? nil : worse, medianRelativeSize: median(done.map(\.relativeSize)),
      coverage: withCoverage && !covered.isEmpty ? Double(covered.count { $0 }) / Double(covered.count) : nil,
      medianForecastError: median(done.map(\.forecastError)))
  }
}

extension World {
  /// A world near this one: exponents within 10 %, the balance of the two terms within 30 %.
  func drawn(seed: UInt64, index: Int) -> World {
    var random = Philox(seed: seed, stream: UInt64(index) &+ 1 << 32)
    func factor(_ width: Double) -> Double { exponential(width * (2 * random.uniform() - 1)) }
    // About a point in the middle of the experiment, so that losses stay of the same size when exponents move.
    let (M, D) = (1e9, 1e10)
    let alpha = surface.alpha * factor(0.1)
    let beta = surface.beta * factor(0.1)
    let A = surface.A * exponential((alpha - surface.alpha) * logarithm(M)) * factor(0.26)
    let B = surface.B * exponential((beta - surface.beta) * logarithm(D)) * factor(0.26)
    return World(
      surface: LossSurface(E: surface.E * factor(0.1), A: A, B: B, alpha: alpha, beta: beta), noise: noise)
  }
}

extension CountingDecision {
  public var json: JSON {
    [
      "compute": .number(target),
      "accounts": .array(
        outcomes.map { outcome in
          [
            "account": .string(outcome.account.rawValue), "worlds": .integer(outcome.worlds),
            "failed": .integer(outcome.failed), "median_excess_loss": .number(outcome.medianExcess),
            "median_equivalent_compute": .number(outcome.medianEquivalentCompute),
            "share_worse_than_M": outcome.worseThanM.map { .number($0) } ?? .null,
            "share_not_worse_than_M": outcome.worseThanM.map { .number(1 - $0) } ?? .null,
            "median_relative_size": .number(outcome.medianRelativeSize),
            "coverage_of_a": outcome.coverage.map { .number($0) } ?? .null,
            "median_forecast_error": .number(outcome.medianForecastError),
          ]
        }),
    ]
  }
}
