import Input
import ScalingLaws
import Synchronization
import Testing

@testable import Allocation

@Suite struct PlanningTests {
  private func request() throws -> PlanRequest {
    try PlanRequest(budgets: PlanRequest.budgets(from: 1e18, to: 1e20, count: 5), law: Law.named("deepseek"))
  }

  private func world() throws -> World {
    World(surface: try #require(Law.named("deepseek_fig4a:surface").surface), noise: 0.002)
  }

  /// Every run spends its budget; shapes differ, lie on both sides of the optimum, and have sane aspect ratios.
  @Test func runsBracketTheOptimum() throws {
    let plan = try request().solve()
    #expect(plan.runs.count == 50)
    for budget in Set(plan.runs.map(\.budget)) {
      let runs = plan.runs.filter { $0.budget == budget }
      #expect(Set(runs.map(\.counted.shape)).count == runs.count)
      let below = runs.filter { $0.relativeSize < 1 }.count
      #expect(abs(2 * below - runs.count) <= 2)
      #expect(runs.allSatisfy { 0.2...5 ~= $0.relativeSize && 40...160 ~= $0.counted.aspectRatio })
    }
    for run in plan.runs {
      #expect(abs(run.trueCompute / run.budget - 1) < 1e-12)
      let batch = try #require(run.batch)
      #expect(batch.sequences % 8 == 0 && batch.tokens == batch.sequences * 4096 && batch.steps > 0)
    }
    // Learning rate and batch are one per budget: C decides them in this law.
    #expect(Set(plan.runs.compactMap(\.learningRate)).count == 5)
  }

  @Test func theFileReadsBackAsRuns() throws {
    let plan = try request().solve()
    let text = plan.csv.split(separator: "\n").enumerated()
      .map { $0.offset == 0 ? String($0.element) : $0.element + "2.5" }.joined(separator: "\n")
    let table = try RunTable.parse(Array(text.utf8), source: "runs.csv")
    var selection = RunSelection()
    selection.scale = "flops_per_token"
    let set = try table.select(selection)
    #expect(set.runs.count == 50)
    #expect(abs(set.flopsPerScale - 1) < 1e-9)
    #expect(set.runs.allSatisfy { $0.budget != nil && $0.loss == 2.5 })
  }

  @Test func equalFactorsBetweenBudgets() throws {
    let budgets = try PlanRequest.budgets(from: 1e17, to: 3e20, count: 8)
    #expect(budgets.first == 1e17 && budgets.last == 3e20)
    for (a, b) in zip(budgets, budgets.dropFirst()) { #expect(abs(b / a / (budgets[1] / budgets[0]) - 1) < 1e-9) }
    #expect(throws: InputError.self) { try PlanRequest.budgets(from: 1e20, to: 1e17, count: 8) }
    #expect(throws: InputError.self) { try PlanRequest.budgets(from: 1e17, to: 1e20, count: 1) }
  }

  @Test func simulationFindsTheExponent() throws {
    let quality = try request().solve().quality(in: world(), worlds: 40)
    #expect(quality.failed == 0)
    #expect(abs(quality.bias) < 0.02)
    #expect(quality.interval.contains(quality.truth))
    // Without noise the only error left is the parabola's own.
    var quiet = try world()
    quiet.noise = 0
    #expect(try request().solve().quality(in: quiet, worlds: 3).standardDeviation < 1e-9)
  }

  /// Whoever watches is told how many worlds are done, in one stage for all of the work.
  @Test func simulationsSayHowFarTheyAre() throws {
    let plan = try request().solve()
    let told = Mutex<[WorkProgress]>([])
    var worlds = 20
    // Work that takes less than a tenth of a second tells nothing.
    while told.withLock(\.isEmpty), worlds < 1 << 17 {
      worlds *= 2
      _ = try WorkProgress.watch({ progress in told.withLock { $0.append(progress) } }) {
        try plan.quality(in: world(), worlds: worlds)
      }
    }
    let said = told.withLock { $0 }
    #expect(!said.isEmpty)
    #expect(said.allSatisfy { $0.stage == "worlds" && $0.total == worlds && 1...worlds ~= $0.done })
  }

  @Test func aBetterGridCostsNoMore() throws {
    var small = try request()
    small.shapesPerBudget = 5
    small.budgets = Array(small.budgets.prefix(3))
    let before = try small.solve()
    let better = try small.optimised(in: world(), worlds: 20)
    #expect(better.plan.compute <= before.compute * 1.021)
    #expect(try better.quality.rootMeanSquare <= before.quality(in: world(), worlds: 20).rootMeanSquare * 1.001)
  }

  /// Equal true compute, three ways to count: counting by 6N loses more in the median.
  @Test func countingByMLosesLeast() throws {
    let decision = try CountingDecision.simulate(
      request(), about: world(), target: 1e22, worlds: Checking.isOn ? 200 : 20,
      resamples: Checking.isOn ? 400 : 0)
    let byM = try #require(decision.outcomes.first)
    let bySixN1 = try #require(decision.outcomes.first { $0.account == .sixN1 })
    #expect(byM.failed <= byM.worlds / 10)
    #expect(byM.medianExcess < 0.0025)
    #expect(bySixN1.medianExcess > byM.medianExcess)
    if let coverage = byM.coverage { #expect(coverage >= 0.88) }
    #expect(byM.worseThanM == nil && bySixN1.worseThanM != nil)
  }

  @Test func badPlans() throws {
    var plan = try request()
    plan.shapesPerBudget = 2
    #expect(throws: InputError.self) { try plan.solve() }
    plan = try request()
    plan.span = 1
    #expect(throws: InputError.self) { try plan.solve() }
    plan = try request()
    plan.budgets = [1]
    #expect(throws: InputError.self) { try plan.solve() }
  }
}
