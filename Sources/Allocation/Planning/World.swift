import Input
import ScalingLaws

/// A world in which the loss is known: a surface in M and D, and the noise of a run. Plans are tried out in it.
public struct World: Sendable {
  public var surface: LossSurface
  /// Standard deviation of ln L from run to run.
  public var noise: Double

  public init(surface: LossSurface, noise: Double) {
    self.surface = surface
    self.noise = noise
  }

  /// The loss of a run without noise: what its real FLOPs per token and its tokens give.
  func loss(_ counted: CountedShape, tokens: Double) -> Double {
    surface.loss(scale: Double(counted.count.M), tokens: tokens)
  }

  /// What a plan's runs would come back with, as a fit reads them: the scale in the plan's own account.
  func results(of plan: Plan, account: TokenAccount, random: inout Philox) -> RunSet {
    let runs = plan.runs.enumerated().map { index, run in
      Run(
        row: index, line: index + 2, scale: account.of(run.counted.count), tokens: run.tokens,
        compute: account.of(run.counted.count) * run.tokens,
        loss: loss(run.counted, tokens: run.tokens) * exponential(noise * random.normal()), budget: run.budget)
    }
    return RunSet(runs: runs, scale: account == .M ? "flops_per_token" : account.rawValue, flopsPerScale: 1)
  }
}

/// How well a planned grid would determine the exponent a, by trying it in simulated worlds.
public struct PlanQuality: Sendable, Equatable {
  public var worlds: Int
  /// Worlds in which the fit had no law: too few minima inside their runs.
  public var failed: Int
  public var truth: Double
  /// Mean of the fitted exponents less the truth.
  public var bias: Double
  public var standardDeviation: Double
  /// The middle 95 % of the fitted exponents.
  public var interval: ClosedRange<Double>
  /// What one is off by: bias and spread together.
  public var rootMeanSquare: Double { (bias * bias + standardDeviation * standardDeviation).squareRoot() }

  public var json: JSON {
    [
      "worlds": .integer(worlds), "failed": .integer(failed), "a_true": .number(truth), "bias": .number(bias),
      "standard_deviation": .number(standardDeviation),
      "interval": [.number(interval.lowerBound), .number(interval.upperBound)], "rms": .number(rootMeanSquare),
    ]
  }
}

extension Plan {
  /// Simulates the plan in `worlds` draws of noise and fits each with parabolas.
  ///
  /// - Throws: `InputError` for fewer than two worlds, `WorkError` where hardly any world gives a law.
  public func quality(in world: World, worlds: Int = 200, seed: UInt64 = 1) throws -> PlanQuality {
    guard worlds > 1 else {
      throw InputError(
        "is too few for an interval", field: "simulate", value: "\(worlds)", hint: "such as 100, or 0 for none")
    }
    guard Set(runs.map(\.budget)).count > 1 else {
      throw WorkError("one budget has no exponent, so there is nothing to simulate", hint: "plan two budgets at least")
    }
    var exponents: [Double] = []
    try WorkProgress.stage("worlds", of: worlds) { progress in
      for index in 0..<worlds {
        try progress.check()
        defer { progress.add() }
        var random = Philox(seed: seed, stream: UInt64(index))
        let set = world.results(of: self, account: .M, random: &random)
        if let fit = try? IsoFLOPFit.fit(set, options: .pointOnly) { exponents.append(fit.model.law.exponent) }
      }
    }
    guard exponents.count > 1 else {
      throw WorkError(
        "\(exponents.count) of \(Numbers.counted(worlds, "simulated world")) \(exponents.count == 1 ? "gives" : "give") a law: the optima are not inside the planned shapes",
        hint: "widen --span")
    }
    exponents.sort()
    let average = mean(exponents)
    let low = quantile(exponents, 0.025) ?? average
    return PlanQuality(
      worlds: worlds, failed: worlds - exponents.count, truth: world.surface.a, bias: average - world.surface.a,
      standardDeviation: standardDeviation(exponents), interval: low...max(low, quantile(exponents, 0.975) ?? average))
  }
}

extension IsoFLOPOptions {
  /// The fit alone, without resamples and alternatives.
  static var pointOnly: IsoFLOPOptions {
    var options = IsoFLOPOptions()
    options.resampling = Resampling(count: 0)
    options.alternatives = false
    return options
  }
}

extension PlanRequest {
  /// A plan of the same total compute that determines a better: spans and numbers of shapes are tried, budgets scaled
  /// so that the total stays.
  ///
  /// - Returns: the request with the smallest root-mean-square error of a, its plan and what the simulation says.
  public func optimised(in world: World, worlds: Int = 60, seed: UInt64 = 1) throws -> (
    request: PlanRequest, plan: Plan, quality: PlanQuality
  ) {
    try validate()
    let table = ShapeTable(style: style, sequenceLength: sequenceLength)
    let search = ShapeSearch(table: table, measure: SizeMeasure(law.scale), constraints: constraints)
    let total = try solve(search).compute
    var best: (request: PlanRequest, plan: Plan, quality: PlanQuality)?
    let spans = [1.6, 2, 2.5, 3, 4, 5.5]
    let numbers = Set([5, 7, 9, shapesPerBudget, 13]).sorted()
    try WorkProgress.stage("grids", of: spans.count * numbers.count) { progress in
      for (span, shapes) in spans.flatMap({ span in numbers.map { (span, $0) } }) {
        try progress.check()
        defer { progress.add() }
        var trial = self
        trial.span = span
        trial.shapesPerBudget = shapes
        guard let first = try? trial.solve(search) else { continue }
        // Shapes change with the budgets, and with them the total: one correction brings it within a percent.
        let factor = total / first.compute
        trial.budgets = budgets.map { $0 * factor }
        guard let plan = try? trial.solve(search), plan.compute <= total * 1.02,
          let quality = try? plan.quality(in: world, worlds: worlds, seed: seed)
        else { continue }
        if best.map({ quality.rootMeanSquare < $0.quality.rootMeanSquare }) ?? true { best = (trial, plan, quality) }
      }
    }
    guard let best else { throw WorkError("no grid of that compute gives a law", hint: "larger budgets") }
    return best
  }
}
