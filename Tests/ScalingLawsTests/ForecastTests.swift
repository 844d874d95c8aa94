import Input
import TestSupport
import Testing

@testable import ScalingLaws

@Suite struct ForecastTests {
  private let surface = LossSurface(E: 1.8, A: 480, B: 2085, alpha: 0.35, beta: 0.37)

  private func law(noise: Double? = 0.003) -> Law {
    var law = Law(
      id: "test", title: "test", source: "test", location: "test", status: .fitted, scale: .totalParameters,
      cost: .sixPerParameter)
    law.surface = surface
    law.logNoise = noise
    law.allocationRange = 1e18...1e20
    return law
  }

  @Test func theDistanceOfExtrapolationIsSaid() throws {
    let inside = try law().forecast(size: 1e9, tokens: 1e10)
    #expect(inside.decades == 0)
    let outside = try law().forecast(size: 1e10, tokens: 1e12, inflation: 0.01)
    #expect(abs(try #require(outside.decades) - 2.778) < 0.001)
    #expect(abs(try #require(outside.deviation) - (0.003 * 0.003 + 0.02778 * 0.02778).squareRoot()) < 1e-5)
    #expect(try law(noise: nil).forecast(size: 1e9, tokens: 1e10).interval == nil)
    #expect(throws: InputError.self) { try Law.named("deepseek").forecast(size: 1e9, tokens: 1e10) }
    #expect(throws: InputError.self) { try law().forecast(size: -1, tokens: 1e10) }
  }

  /// The 7B and 67B of DeepSeek LLM by the fit to the paper's figure: 0.711 and 0.660 on the frontier, more off it.
  @Test func theFigureFit() throws {
    let law = try Law.named("deepseek_fig4a")
    let seven = try law.forecast(size: 42_278_584_320, tokens: 2e12)
    #expect(abs(seven.loss - 0.711 - 0.0243) < 0.001)
    let sixtySeven = try law.forecast(size: 497_276_682_240, tokens: 2e12)
    #expect(abs(sixtySeven.loss - 0.660 - 0.0009) < 0.001)
  }

  /// Fitted on C <= 1e19 of figure 4(a), the optimum at 3e20 (observed 0.8870) lies in the interval.
  @Test(.enabled(if: OutsideData.path("deepseek-fig4a.csv") != nil))
  func theLargestBudgetIsPredictedFromSmallOnes() throws {
    var selection = RunSelection()
    selection.scale = "flops_per_token"
    let all = try RunTable.read(try #require(OutsideData.path("deepseek-fig4a.csv"))).select(selection)
    var options = IsoFLOPOptions()
    options.resampling.count = 400
    options.alternatives = false
    let fit = try IsoFLOPFit.fit(all.filter { $0.compute < 1.5e19 }, options: options)
    let prediction = fit.optimum(compute: 3e20)
    let interval = try #require(prediction.interval)
    #expect(interval.contains(0.8870))
    #expect(abs(prediction.loss / 0.8870 - 1) < 0.02)
    #expect(prediction.decades > 1.3)
  }
}

@Suite struct LedgerTests {
  private func forecast(_ loss: Double) -> Forecast {
    Forecast(size: 1e9, tokens: 1e10, compute: 6e19, loss: loss, deviation: 0.01, decades: 0)
  }

  private func ledger(_ z: [Double]) throws -> Ledger {
    var ledger = Ledger()
    for (index, value) in z.enumerated() {
      try ledger.record(forecast(3), id: "\(index)", law: "a")
      try ledger.record(result: 3 * exponential(0.01 * value), id: "\(index)")
    }
    return ledger
  }

  @Test func whatIsWrittenReadsBack() throws {
    var ledger = Ledger()
    var text = ""
    text += try ledger.record(forecast(3), id: "a", law: "mine").text(indent: nil) + "\n"
    text += try ledger.record(result: 3.1, id: "a").text(indent: nil) + "\n"
    text += ledger.recordRefit(law: "new").text(indent: nil) + "\n"
    #expect(try Ledger(parsing: Array(text.utf8), file: "ledger") == ledger)
    #expect(abs(try #require(ledger.entries[0].z) - 3.279) < 0.001)
  }

  @Test func forecastsAreNotRewritten() throws {
    var ledger = try ledger([0])
    #expect(throws: InputError.self) { try ledger.record(forecast(2), id: "0", law: "b") }
    #expect(throws: InputError.self) { try ledger.record(result: 2, id: "0") }
    #expect(throws: InputError.self) { try ledger.record(result: 2, id: "unknown") }
    var bare = forecast(3)
    bare.deviation = nil
    #expect(throws: InputError.self) { try ledger.record(bare, id: "1", law: "b") }
  }

  @Test func quietWhereForecastsHold() throws {
    let score = try ledger([0.5, -1, 0.2, 1.5, -0.3, -1.8]).score
    #expect(score.alarms.isEmpty)
    #expect(score.coverage == 1)
    #expect(abs(try #require(score.bias) + 0.15) < 1e-9)
    #expect(score.longestRun == 2)
  }

  @Test func alarms() throws {
    #expect(try ledger([0.1, -3.5]).score.alarms.count == 1)
    #expect(try ledger([0.4, 0.3, 0.5, 0.2, 0.4, 0.3, 0.1]).score.alarms.count == 1)
    #expect(try ledger([2, 1.9, -0.1, 2, 2, 1.5]).score.cumulative > 5)
  }

  @Test(arguments: [
    #"{"event": "forecast", "id": "a"}"#, #"{"event": "nothing"}"#, "[]", "{",
    #"{"event": "result", "id": "x", "loss": 1}"#,
  ])
  func badLines(text: String) {
    let error = #expect(throws: InputError.self) { try Ledger(parsing: Array(("\n" + text).utf8), file: "my.ledger") }
    #expect(error?.file == "my.ledger")
    #expect(error?.description.contains("line 2") == true)
  }
}

@Suite struct ReturnsTests {
  /// Gains of a doubling on the curve of DeepSeek LLM's figure 4(a): 0.048, 0.031, 0.019, 0.012 bits/byte.
  @Test(arguments: [(1e18, 0.048), (1e20, 0.031), (1e22, 0.019), (1e24, 0.012)])
  func gains(compute: Double, gain: Double) throws {
    let returns = try Returns(Law.named("deepseek_fig4a"))
    #expect(abs(returns.curve.gainPerDoubling(at: compute) - gain) < 0.0006)
    #expect(abs(returns.factorToHalve / 1122 - 1) < 0.01)
  }

  @Test func reach() throws {
    let returns = try Returns(Law.named("deepseek_fig4a"))
    guard case .compute(let C) = try returns.compute(toReach: 0.66).best else {
      Issue.record("0.66 is reachable")
      return
    }
    #expect(abs(returns.curve(C) - 0.66) < 1e-9)
    #expect(try returns.compute(toReach: 0.47).best == .never(irreducible: 0.4737305646))
  }

  @Test func limits() throws {
    let returns = try Returns(Law.named("besiroglu"))
    let C = try returns.undetectable(noise: 0.005)
    #expect(abs(returns.curve.gainPerDoubling(at: C) - 0.01) < 1e-9)
    let stop = try returns.uneconomic(value: 1e7, price: 1e-18)
    #expect(abs(1e7 * returns.curve.gainPerDoubling(at: stop) / (1e-18 * stop) - 1) < 1e-9)
  }

  private let smooth = OffsetPowerLaw(offset: 1.7, coefficient: 2, gamma: 0.15, unit: 1e18)
  private let compute = (0..<12).map { exponential(39 + 1.2 * Double($0)) }

  /// One power law is hardly ever called broken, whatever the noise.
  @Test func noBreakIsSeenWhereThereIsNone() throws {
    var alarms = 0
    for index in 0..<60 {
      var random = Philox(seed: 3, stream: UInt64(index))
      let one = compute.map { smooth($0) * exponential(0.0005 * random.normal()) }
      if try #require(BreakTest(compute: compute, loss: one).evidence) > BreakTest.likely { alarms += 1 }
    }
    #expect(alarms <= 3)
  }

  @Test func aBreakIsSeen() throws {
    var random = Philox(seed: 3, stream: 0)
    let later = OffsetPowerLaw(offset: 1.7, coefficient: 2, gamma: 0.02, unit: 1e18)
    let broken = compute.enumerated().map { $0 < 6 ? smooth($1) : smooth(compute[5]) + later($1) - later(compute[5]) }
    let test = try BreakTest(compute: compute, loss: broken.map { $0 * exponential(0.0005 * random.normal()) })
    #expect(try #require(test.evidence) > BreakTest.likely)
    #expect(try #require(test.breakAt) > compute[3] && #require(test.breakAt) < compute[8])
    #expect(throws: InputError.self) { try BreakTest(compute: [1, 2], loss: [1, 2]) }
  }

  /// Eight budgets, as in figure 4(a), cannot tell: nothing is said of a break.
  @Test func eightBudgetsAreTooFew() throws {
    let C = Array(compute.prefix(8))
    let test = try BreakTest(compute: C, loss: C.map { smooth($0) })
    #expect(test.evidence == nil && test.steps.count == 5)
    #expect(test.steps.allSatisfy { abs($0.relativeError) < 1e-4 })
  }
}

@Suite struct LearningCurveTests {
  private let schedule = LearningRateSchedule.deepSeek
  private let total = 20_000

  private func losses(_ steps: [Int], noise: Double) -> [Double] {
    let areas = LearningCurve.areas(steps: total) { schedule.rate(step: Double($0 + 1), of: Double(total)) }
    let truth = LearningCurve(L0: 2.1, A: 20, alpha: 0.5, C: 0.00012, rms: 0)
    var random = Philox(seed: 5, stream: 1)
    return steps.map { truth.loss(S1: areas.S1[$0 - 1], S2: areas.S2[$0 - 1]) + noise * random.normal() }
  }

  /// From the curve up to 85 % of the tokens (one drop seen), the end is predicted.
  @Test func theEndFromTheMiddle() throws {
    let steps = Array(stride(from: 2500, through: 17_000, by: 100))
    let all = losses(steps + [total], noise: 0.001)
    let end = try LearningCurve.fit(steps: steps, losses: Array(all.dropLast()), total: total, resamples: 100) {
      schedule.rate(step: Double($0 + 1), of: Double(total))
    }
    let truth = try #require(all.last)
    #expect(abs(end.final - truth) < 0.01)
    #expect(end.curve.C > 0)
    #expect(try #require(end.interval).contains(truth))
  }

  @Test func beforeAnnealingItsGainCannotBeKnown() throws {
    let steps = Array(stride(from: 2500, through: 12_000, by: 100))
    let values = losses(steps, noise: 0.001)
    #expect(throws: InputError.self) {
      try LearningCurve.fit(steps: steps, losses: values, total: total) {
        schedule.rate(step: Double($0 + 1), of: Double(total))
      }
    }
    let end = try LearningCurve.fit(steps: steps, losses: values, total: total, annealing: 0.00012) {
      schedule.rate(step: Double($0 + 1), of: Double(total))
    }
    #expect(abs(end.final - losses([total], noise: 0)[0]) < 0.02)
  }

  @Test func badCurves() {
    #expect(throws: InputError.self) { try LearningCurve.fit(steps: [1], losses: [2], total: 10) { _ in 1 } }
    #expect(throws: InputError.self) {
      try LearningCurve.fit(steps: Array(1...10), losses: [Double](repeating: 2, count: 10), total: 5) { _ in 1 }
    }
  }
}

@Suite struct DownstreamTests {
  @Test(arguments: DownstreamFit.Form.allCases) func aKnownCurveIsFound(form: DownstreamFit.Form) throws {
    let truth = form == .sigmoid ? [0.25, 1, 4, 2.4] : [0.8, 2.4, 0.9]
    var random = Philox(seed: 9, stream: 2)
    let losses = stride(from: 2.0, through: 3.4, by: 0.1).map { $0 }
    let exact = DownstreamFit(form: form, parameters: truth, rms: 0, points: 0, draws: [])
    let scores = losses.map { min(max(exact.score(loss: $0) + 0.004 * random.normal(), 0), 1) }
    let fit = try DownstreamFit.fit(losses: losses, scores: scores, form: form, chance: 0.25, resamples: 100)
    let forecast = Forecast(size: 1, tokens: 1, compute: 1, loss: 1.9, deviation: 0.005, decades: 0)
    #expect(abs(fit.score(loss: 1.9) - exact.score(loss: 1.9)) < 0.03)
    let interval = try #require(fit.interval(forecast))
    #expect(interval.contains(exact.score(loss: 1.9)))
    #expect(fit.rms < 0.008)
  }

  @Test func badPairs() {
    #expect(throws: InputError.self) { try DownstreamFit.fit(losses: [1, 2], scores: [0.1, 0.2], form: .sigmoid) }
    #expect(throws: InputError.self) {
      try DownstreamFit.fit(losses: [1, 2, 3, 4, 5], scores: [10, 20, 30, 40, 50], form: .sigmoid)
    }
  }
}
