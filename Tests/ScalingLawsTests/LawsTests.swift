import Input
import Testing

@testable import ScalingLaws

@Suite struct LawsTests {
  /// `D = 5.8316 C^0.4757` and the rest at six budgets, as worked out from equations 1 and 4 of arXiv 2401.02954.
  @Test(arguments: [
    (1e17, 2.3382e-3, 106_190.0, 1.4040e8, 7.1234e8, 6708.0),
    (1e19, 1.3148e-3, 478_942, 1.5702e9, 6.3692e9, 13299),
    (1e20, 9.8600e-4, 1_017_145, 5.2513e9, 1.9045e10, 18724),
    (3e20, 8.5948e-4, 1_456_965, 9.3415e9, 3.2118e10, 22045),
    (1e22, 5.5447e-4, 4_587_572, 5.8731e10, 1.7029e11, 37120),
    (1e24, 3.1180e-4, 20_691_065, 6.5685e11, 1.5226e12, 73588),
  ])
  func deepSeekGrid(C: Double, eta: Double, batch: Double, M: Double, D: Double, steps: Double) throws {
    let law = try Law.named("deepseek")
    let best = try law.optimum(compute: C)
    #expect(sameTo5Digits(best.scale, M))
    #expect(sameTo5Digits(best.tokens, D))
    let rateLaw = try #require(law.learningRate)
    let batchLaw = try #require(law.batchTokens)
    let learningRate = rateLaw(compute: C, scale: best.scale, tokens: best.tokens)
    let tokens = batchLaw(compute: C, scale: best.scale, tokens: best.tokens)
    #expect(sameTo5Digits(learningRate, eta))
    #expect(abs(tokens - batch) < 0.51)
    #expect(abs(best.tokens / tokens - steps) < 0.51)
  }

  @Test func deepSeekHonoursItsBudget() throws {
    let best = try Law.named("deepseek").optimum(compute: 1e20)
    #expect(abs(best.scale * best.tokens / 1e20 - 1.0001194) < 1e-7)
  }

  /// Size and tokens at 5.76e23 (Chinchilla's own budget).
  @Test(arguments: [
    ("hoffmann_a3", 40.4e9, 2.38e12), ("hoffmann_a3:rounded", 32.2e9, 2.98e12), ("besiroglu", 72.2e9, 1.33e12),
  ])
  func chinchillaBudget(name: String, N: Double, D: Double) throws {
    let best = try Law.named(name).optimum(compute: 5.76e23)
    #expect(abs(best.scale / N - 1) < 0.001)
    #expect(abs(best.tokens / D - 1) < 0.003)
    #expect(abs(6 * best.scale * best.tokens / 5.76e23 - 1) < 1e-12)
  }

  @Test(arguments: [("llama3", 16.1e12), ("llama3:rounded", 10.5e12)])
  func llama3Tokens(name: String, D: Double) throws {
    let best = try Law.named(name).optimum(compute: 3.8e25)
    #expect(abs(best.tokens / D - 1) < 0.005)
  }

  /// Learning rate and batch of every law at the paper's two models, 2T tokens: N the real non-embedding
  /// parameters, C the paper's M D for DeepSeek and 6 N D for Moonlight.
  @Test(arguments: [
    ("deepseek", 4.246e-4, 9.22e6, 3.120e-4, 20.65e6), ("moonlight:rounded", 6.32e-4, 18.8e6, 5.52e-4, 50.3e6),
    ("step_law", 1.132e-3, 6.13e6, 2.07e-4, 6.13e6), ("porian", 1.11e-3, 5.7e6, 4.72e-4, 30.5e6),
  ])
  func hyperparameters(name: String, lr7: Double, batch7: Double, lr67: Double, batch67: Double) throws {
    let law = try Law.named(name)
    let rateLaw = try #require(law.learningRate)
    let batchLaw = try #require(law.batchTokens)
    for (N, M, eta, batch) in [(6.07e9, 42_278_584_320.0, lr7, batch7), (65.7e9, 497_276_682_240, lr67, batch67)] {
      let C = law.scale == .flopsPerToken ? M * 2e12 : 6 * N * 2e12
      let found = rateLaw(compute: C, scale: N, tokens: 2e12)
      let tokens = batchLaw(compute: C, scale: N, tokens: 2e12)
      #expect(abs(found / eta - 1) < 0.004)
      #expect(abs(tokens / batch - 1) < 0.006)
    }
  }

  @Test func fourEpochsAreNearlyWorthFourTimesTheTokens() throws {
    let repeated = try #require(Law.named("muennighoff").repetition)
    #expect(abs(repeated.effective(tokens: 4, unique: 1) / 4 - 0.931) < 0.0005)
    #expect(abs(repeated.ceiling(unique: 1) - 16.388) < 0.001)
    #expect(repeated.effective(tokens: 0.5, unique: 1) == 0.5)
    let D = try #require(repeated.tokensNeeded(effective: 3.5, unique: 1))
    #expect(abs(repeated.effective(tokens: D, unique: 1) - 3.5) < 1e-12)
    #expect(repeated.tokensNeeded(effective: 17, unique: 1) == nil)
  }

  @Test func weightDecayPutsTheTimescaleAtItsOptimum() throws {
    let tau = try #require(Law.named("power_lines").timescale)
    let decay = tau.weightDecay(batchTokens: 1e6, learningRate: 1e-3, tokens: 2e10, scale: 1e9)
    #expect(abs(1e6 / (1e-3 * decay * 2e10) - 1.084 * 0.20626) < 1e-4)
  }

  @Test func wellKnownNamesMeanOneLaw() throws {
    for (alias, name) in Law.aliases {
      #expect(try Law.named(alias).name == name)
      #expect(alias.allSatisfy { $0.isLowercase || $0.isNumber })
      #expect(Law.published.allSatisfy { $0.name != alias || $0.name == name }, "\(alias) is another law's name")
    }
    #expect(try Law.named("Chinchilla").name == "hoffmann_a3")
    #expect(try Law.named("Llama-3.1").name == "llama3")
    #expect(throws: InputError.self) { try Law.named("Kaplan") }
  }

  @Test func namesAreUniqueAndEveryLawSaysWhereItIsFrom() {
    let names = Law.published.map(\.name)
    #expect(Set(names).count == names.count)
    for law in Law.published { #expect(!law.source.isEmpty && !law.location.isEmpty && !law.title.isEmpty) }
    #expect(Set(names).isDisjoint(with: Law.notShipped.keys))
  }

  /// What is in conflict, from memory or incomplete must not come out as a law.
  @Test(arguments: ["kaplan", "minicpm", "bjorck", "cbs_zhang2024", "ling_moe_hp", "farseer", "gadre", "lr_annealing"])
  func notShipped(name: String) {
    #expect(throws: InputError.self) { try Law.named(name) }
  }

  @Test func aSlipIsAnswered() throws {
    let error = #expect(throws: InputError.self) { try Law.named("deepseak") }
    #expect(error?.hint == "did you mean deepseek?")
  }

  private func sameTo5Digits(_ x: Double, _ y: Double) -> Bool { abs(x / y - 1) < 5e-5 }
}

@Suite struct LawFileTests {
  @Test(arguments: Law.published.map(\.name)) func everyPublishedLawReadsBack(name: String) throws {
    let law = try Law.named(name)
    var read = try Law(json: JSON(parsing: law.json.text()))
    // A law without C = k N D is written without it, and a file without it means the usual one.
    if law.cost == nil { read.cost = nil }
    #expect(read == law)
  }

  @Test(arguments: [
    ("[]", nil, "is not an object"),
    (#"{"scale": "M"}"#, "id", "is missing"),
    (#"{"id": "x"}"#, "scale", "is missing"),
    (#"{"id": "x", "scale": "N"}"#, "scale", "is not a scale"),
    (#"{"id": "x", "scale": "M"}"#, nil, "has no relation to use"),
    (#"{"id": "x", "scale": "M", "modle": {}}"#, "modle", "is not a field of a law"),
    (#"{"id": "x", "scale": "M", "model": 3}"#, "model", "is not an object"),
    (#"{"id": "x", "scale": "M", "model": {"base": 1}}"#, "model.exponent", "is missing"),
    (#"{"id": "x", "scale": "M", "model": {"base": -1, "exponent": 1}}"#, "model.base", "is not a positive number"),
    (#"{"id": "x", "scale": "M", "model": {"base": "1", "exponent": 1}}"#, "model.base", "is not a finite number"),
    (#"{"id": "x", "scale": "M", "model": {"base": 1, "exponent": NaN}}"#, "model.exponent", "is not a finite number"),
    (
      #"{"id": "x", "scale": "M", "surface": {"E": -1, "A": 1, "B": 1, "alpha": 1, "beta": 1}}"#, "surface.E",
      "is negative: no loss is"
    ),
    (
      #"{"id": "x", "scale": "M", "model": {"base": 1, "exponent": 1}, "range_allocation": [3, 1]}"#,
      "range_allocation", "is not a range"
    ),
    (
      #"{"id": "x", "scale": "M", "model": {"base": 1, "exponent": 1}, "draws": [[1, 2, 3]]}"#, "draws[0]",
      "is not [E, A, B, alpha, beta] with positive numbers"
    ),
    (
      #"{"id": "x", "scale": "M", "flops_per_scale": 0, "model": {"base": 1, "exponent": 1}}"#, "flops_per_scale",
      "is not a positive number"
    ),
  ])
  func badFiles(text: String, field: String?, problem: String) throws {
    let json = try JSON(parsing: text)
    let error = #expect(throws: InputError.self) { try Law(json: json) }
    #expect(error?.field == field)
    #expect(error?.problem == problem)
  }

  @Test func aLawWithoutAnAllocationRefusesToAllocate() throws {
    let law = try Law.named("step_law")
    let error = #expect(throws: InputError.self) { try law.optimum(compute: 1e20) }
    #expect(error?.problem == "does not say how to split a budget between size and tokens")
  }

  @Test(arguments: [0, -1, Double.nan, .infinity]) func aBudgetMustBePositive(C: Double) throws {
    let law = try Law.named("deepseek")
    #expect(throws: InputError.self) { try law.optimum(compute: C) }
  }
}
