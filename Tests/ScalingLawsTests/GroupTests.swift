import Input
import Testing

@testable import ScalingLaws

@Suite struct GroupTests {
  /// Runs of two corpora on one grid; the second needs `factor` times the tokens for the same loss.
  func corpora(factor: Double, first: LossSurface = ParametricPitfallTests.law, noise: Double = 0.001) -> RunSet {
    var second = first
    second.B *= exponential(first.beta * logarithm(factor))
    var runs: [Run] = []
    for (group, law) in [first, second].enumerated() {
      for point in ParametricPitfallTests.grid(law, noise: noise, seed: UInt64(40 + group)) {
        var run = Run(
          row: runs.count, line: runs.count + 2, scale: point.scale, tokens: point.tokens,
          compute: 6 * point.scale * point.tokens, loss: point.loss)
        run.group = group
        run.cluster = runs.count
        runs.append(run)
      }
    }
    return RunSet(runs: runs, scale: "params_total", flopsPerScale: 6, groups: ["clean", "raw"])
  }

  var method: GroupComparison.Method { .parametric(ParametricPitfallTests.options(150)) }

  /// Better data that acts like more data changes B and not a; what it is worth comes out.
  @Test func effectiveDataMultiplier() throws {
    let comparison = try GroupComparison.compare(corpora(factor: 2), method: method)
    #expect(comparison.groups.map(\.name) == ["clean", "raw"])
    let pair = try #require(comparison.pairs.first)
    let tokens = try #require(pair.tokens)
    #expect(abs(tokens.value - 2) < 0.15, "\(tokens)")
    #expect(tokens.interval?.contains(2) == true)
    // Compute to make up for half the data: between 1 and 4 times.
    #expect(try #require(pair.compute).value > 1.2)
    let probability = try #require(pair.probabilityLarger)
    #expect(probability > 0.02 && probability < 0.98)
    #expect(comparison.warnings.contains { $0.code == .differentValidation && $0.severity == .note })
  }

  @Test func exponentsThatDifferAreToldApart() throws {
    var set = corpora(factor: 1)
    let other = LossSurface(E: 1.7, A: 400, B: 30_000, alpha: 0.33, beta: 0.5)
    let points = ParametricPitfallTests.grid(other, noise: 0.001)
    for (at, point) in points.enumerated() { set.runs[points.count + at].loss = point.loss }
    let pair = try #require(try GroupComparison.compare(set, method: method).pairs.first)
    #expect(try #require(pair.probabilityLarger) < 0.02)
  }

  @Test func lossesOnDifferentValidationSetsAreNotCompared() throws {
    var set = corpora(factor: 2)
    set.validation = .different(["c4", "pile"])
    let comparison = try GroupComparison.compare(set, method: method)
    #expect(comparison.pairs.allSatisfy { $0.tokens == nil && $0.compute == nil && $0.probabilityLarger != nil })
    #expect(comparison.warnings.contains { $0.code == .differentValidation && $0.severity == .caution })
    // Read from a file: refused within one law, told apart between groups, vouched for when asked.
    let header = "params_total,tokens,loss,dataset,validation_set\n"
    let text = header + "1e8,1e9,3.9,a,x\n1e8,2e9,3.5,b,y\n"
    let table = try RunTable.parse(Array(text.utf8), source: "runs.csv")
    #expect(throws: InputError.self) { try table.select() }
    var selection = RunSelection()
    selection.group = "dataset"
    #expect(try table.select(selection).validation == .different(["x", "y"]))
    selection.comparable = [.validationSets]
    #expect(try table.select(selection).validation == .same)
  }

  @Test func whatOneCorpusCannotReachIsInfinite() throws {
    var set = corpora(factor: 1)
    for at in set.runs.indices where set.runs[at].group == 1 { set.runs[at].loss += 0.9 }
    let pair = try #require(try GroupComparison.compare(set, method: method, compute: 1e26).pairs.first)
    #expect(pair.compute?.value == .infinity && pair.compute?.unreachable == 1)
    #expect(pair.compute?.json.object?["value"] != nil)
  }

  /// What speaks against a group's fit speaks against the comparison: of a few groups in full, of many by kind.
  @Test func cautionsOfAGroupAreThoseOfTheComparison() throws {
    var set = corpora(factor: 2)
    // The second corpus was trained on three sizes that hardly differ.
    set.runs = set.runs.filter { $0.group == 0 || $0.scale < 1.3e8 }
    let own = try ParametricFit.fit(set.group(1), options: ParametricPitfallTests.options(150))
    let code = try #require(own.warnings.first { $0.severity == .caution }?.code)
    let comparison = try GroupComparison.compare(set, method: method)
    #expect(comparison.warnings.contains { $0.code == code && $0.message.hasSuffix("(in raw)") })
    set.groups = ["clean", "raw", "c", "d", "e"]
    for at in set.runs.indices where set.runs[at].group == 1 { set.runs[at].group = 1 + at % 2 * 3 }
    set.runs += set.runs.filter { $0.group == 0 }.flatMap { run in
      [2, 3].map {
        var run = run
        run.group = $0
        return run
      }
    }
    let many = try GroupComparison.compare(set, method: method)
    #expect(many.warnings.contains { $0.message.contains("of 5 groups)") && $0.severity == .caution })
  }

  @Test func oneGroupIsNothingToCompare() {
    var set = corpora(factor: 2)
    set.groups = ["clean"]
    #expect(throws: InputError.self) { try GroupComparison.compare(set, method: method) }
  }

  @Test func aGroupThatCannotBeFittedSaysWhy() throws {
    var set = corpora(factor: 2)
    set.runs = Array(set.runs.prefix(45))
    let comparison = try GroupComparison.compare(set, method: method)
    guard case .refused(let why) = comparison.groups[1].fit else {
      Issue.record("three runs were fitted")
      return
    }
    #expect(why.contains("too few"))
    #expect(comparison.json.object?["groups"]?.array?.count == 2)
  }

  /// Table 4 of the paper in spirit: a and b by data set, with intervals, from profiles.
  @Test(.enabled(if: has("porian-isoflop.csv"))) func exponentsByDataSetFromProfiles() throws {
    let set = try IsoFLOPTests.load("porian-isoflop.csv") {
      $0.scale = "n_accounted"
      $0.filters = [.init(column: "config", .notEqual, "none")]
      $0.group = "config"
    }
    var options = IsoFLOPOptions.plainAkima
    options.resampling.count = 40
    options.alternatives = false
    let comparison = try GroupComparison.compare(set, method: .isoFLOP(options))
    #expect(comparison.groups.count == 15 && comparison.pairs.count == 105)
    #expect(comparison.groups.allSatisfy { $0.fit.exponent?.interval != nil && $0.fit.tokenExponent != nil })
  }
}

@Suite struct ScaleComparisonTests {
  /// On M the exponents sum to 1; on 6N they do not, and the accounts disagree about a later budget.
  @Test(.enabled(if: has("llama-dclm-ctx2048.csv"))) func modelFLOPsAgainstParameters() throws {
    let table = try RunTable.read(data("llama-dclm-ctx2048.csv"))
    var options = IsoFLOPOptions()
    options.resampling.count = 50
    let comparison = try ScaleComparison.compare(table, selection: RunSelection(), options: options, compute: 1e21)
    #expect(comparison.rows.map(\.account) == ["M", "6N1", "6N2"])
    #expect(abs(comparison.rows[0].exponentSum - 1) < 0.005)
    let scales = comparison.rows.compactMap { $0.prediction?.scale }
    #expect(scales.count == 3 && Set(scales).count == 3)
    #expect(comparison.rows.allSatisfy { $0.prediction?.decades ?? 0 > 1 })
    #expect(comparison.json.object?["accounts"]?.array?.count == 3)
    let one = try RunTable.read(data("deepseek-fig4a.csv"))
    #expect(throws: InputError.self) { try ScaleComparison.compare(one, selection: RunSelection(), options: options) }
  }
}

@Suite struct EnvelopeTests {
  /// Training curves that follow the surface exactly (as with a schedule of their own at every length): approach 1 then
  /// finds the surface's own exponent, up to the spacing of the models.
  func curves(models: Int = 14) -> RunSet {
    let law = ParametricPitfallTests.law
    var runs: [Run] = []
    for model in 0..<models {
      let N = exponential(16 + 0.35 * Double(model))
      for step in 0..<60 {
        let D = exponential(18 + 0.12 * Double(step))
        var run = Run(
          row: runs.count, line: runs.count + 2, scale: N, tokens: D, compute: 6 * N * D,
          loss: law.loss(scale: N, tokens: D))
        run.cluster = model
        runs.append(run)
      }
    }
    return RunSet(runs: runs, scale: "params_total", flopsPerScale: 6)
  }

  @Test func envelopeFindsTheExponent() throws {
    let result = try EnvelopeFit.fit(curves(), budgets: 300, resampling: Resampling(count: 100))
    #expect(abs(result.model.exponent - ParametricPitfallTests.law.a) < 0.03, "\(result.model)")
    #expect(abs(result.model.exponent + result.data.exponent - 1) < 1e-9)
    #expect(result.used < result.budgets && result.used > 50)
    #expect(result.modelInterval?.contains(result.model.exponent) == true)
    #expect(result.json.object?["model"]?.object?["exponent"]?.double == result.model.exponent)
  }

  @Test func tooFewCurvesAreRefused() {
    let two = curves(models: 2)
    #expect(throws: InputError.self) { try EnvelopeFit.fit(two) }
    // Three models: only the middle one can be inside, which is no line.
    #expect(throws: WorkError.self) { try EnvelopeFit.fit(curves(models: 3)) }
  }
}
