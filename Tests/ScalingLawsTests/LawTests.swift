import Input
import Testing

@testable import ScalingLaws

@Suite struct LawTests {
  /// Besiroglu et al. 2024 (arXiv 2404.10102), table 1, unrounded.
  let surface = LossSurface(E: 1.8172, A: 482.01, B: 2085.43, alpha: 0.3478, beta: 0.3658)

  @Test func powerLawGivesPaperTable() {
    // DeepSeek LLM (arXiv 2401.02954) equation 4.
    let model = PowerLaw(base: 0.1715, exponent: 0.5243)
    #expect(abs(model(1e20) / 5.2513e9 - 1) < 1e-4)
    #expect(abs((model.inverse(model(3e20)) ?? 0) / 3e20 - 1) < 1e-12)
    #expect(PowerLaw(base: 2, exponent: 0).inverse(3) == nil)
  }

  @Test func optimumSpendsTheBudgetAndIsAMinimum() throws {
    let C = 5.76e23
    let best = try surface.optimum(compute: C, flopsPerScale: 6)
    #expect(abs(6 * best.scale * best.tokens / C - 1) < 1e-12)
    for step in [0.9, 1.1] {
      #expect(surface.loss(scale: best.scale * step, tokens: best.tokens / step) > best.loss)
    }
    // 72.2B parameters on 1.33T tokens with this law at Chinchilla's budget.
    #expect(abs(best.scale / 72.2e9 - 1) < 0.01)
    #expect(abs(best.tokens / 1.33e12 - 1) < 0.01)
  }

  @Test func lossCurveFollowsTheOptimum() throws {
    let curve = surface.lossCurve(flopsPerScale: 6, unit: 1e18)
    for C in [1e17, 1e20, 1e24] {
      let best = try surface.optimum(compute: C, flopsPerScale: 6)
      #expect(abs(curve(C) / best.loss - 1) < 1e-12)
    }
    #expect(abs((curve.inverse(curve(1e22)) ?? 0) / 1e22 - 1) < 1e-9)
    #expect(curve.inverse(surface.E) == nil)
    #expect(abs(curve.gainPerDoubling(at: 1e20) - (curve(1e20) - curve(2e20))) < 1e-12)
  }

  @Test func refusesWhatHasNoOptimum() {
    for budget in [0, -1, Double.nan, .infinity] {
      #expect(throws: InputError.self) { try surface.optimum(compute: budget, flopsPerScale: 6) }
    }
    #expect(throws: InputError.self) { try surface.optimum(compute: 1e20, flopsPerScale: 0) }
    var flat = surface
    flat.beta = 0
    #expect(throws: InputError.self) { try flat.optimum(compute: 1e20, flopsPerScale: 6) }
  }
}
