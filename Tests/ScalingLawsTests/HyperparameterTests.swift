import Input
import Testing

@testable import ScalingLaws

@Suite struct HyperparameterTests {
  static func stepLaw() throws -> RunSet {
    var selection = RunSelection()
    selection.scale = "params_nonembedding"
    return try RunTable.read(data("steplaw-dense.csv")).select(selection)
  }

  func exponent(_ law: HyperparameterResult.Law?, _ predictor: Predictor) throws -> HyperparameterResult.Law.Exponent {
    try #require(law?.exponents.first { $0.predictor == predictor })
  }

  @Test(.enabled(if: has("steplaw-dense.csv"))) func stepLawByQuadratics() throws {
    let result = try HyperparameterFit.fit(Self.stepLaw())
    #expect(result.settings.count == 17)
    let batch = try exponent(result.batchTokens, .tokens)
    #expect(abs(batch.value - 0.569) < 0.002 && abs(batch.standardError - 0.033) < 0.001, "\(batch)")
    #expect(abs((result.batchTokens?.coefficient ?? 0) / 0.546 - 1) < 0.02)
    let N = try exponent(result.learningRate, .scale)
    let D = try exponent(result.learningRate, .tokens)
    #expect(abs(N.value + 0.695) < 0.002 && abs(N.standardError - 0.037) < 0.001, "\(N)")
    #expect(abs(D.value - 0.208) < 0.002 && abs(D.standardError - 0.021) < 0.001, "\(D)")
    #expect(N.interval?.contains(N.value) == true)
  }

  @Test(.enabled(if: has("steplaw-dense.csv"))) func stepLawByDeepSeeksRule() throws {
    var options = HyperparameterOptions()
    options.method = .nearOptimal
    let result = try HyperparameterFit.fit(Self.stepLaw(), options: options)
    let N = try exponent(result.learningRate, .scale)
    let D = try exponent(result.learningRate, .tokens)
    let batch = try exponent(result.batchTokens, .tokens)
    #expect(abs(N.value + 0.797) < 0.002 && abs(N.standardError - 0.053) < 0.001, "\(N)")
    #expect(abs(D.value - 0.219) < 0.002 && abs(D.standardError - 0.030) < 0.001, "\(D)")
    #expect(abs(batch.value - 0.595) < 0.002 && abs(batch.standardError - 0.045) < 0.001, "\(batch)")
    #expect(abs((result.batchTokens?.coefficient ?? 0) / 0.321 - 1) < 0.02)
  }

  @Test(.enabled(if: has("steplaw-dense.csv")), arguments: [HyperparameterMethod.nearOptimal, .quadratic])
  func computeAloneExplainsNoLearningRate(method: HyperparameterMethod) throws {
    var options = HyperparameterOptions()
    options.method = method
    options.learningRatePredictors = [.compute]
    let result = try HyperparameterFit.fit(Self.stepLaw(), options: options)
    #expect(try #require(result.learningRate).r2 < 0.035)
    #expect(result.warnings.contains { $0.code == .weakPredictor && $0.severity == .caution })
    let best = try #require(result.candidates.filter { $0.quantity == "learning_rate" }.max { $0.r2 < $1.r2 })
    #expect(best.predictors == [.scale, .tokens])
  }

  /// A bowl in (ln rate, ln batch) whose bottom follows a law.
  func bowls(rates: [Double] = [-1, -0.5, 0, 0.5, 1], shift: Double = 0) -> RunSet {
    var runs: [Run] = []
    for N in [1e8, 3e8, 1e9] {
      for D in [2e9, 1e10, 4e10] {
        let rate = 2 * PowerLaw(base: 1, exponent: -0.7)(N) * PowerLaw(base: 1, exponent: 0.2)(D)
        let batch = 0.5 * PowerLaw(base: 1, exponent: 0.57)(D)
        for x in rates {
          for y in [-0.8, -0.4, 0, 0.4, 0.8] {
            var run = Run(
              scale: N, tokens: D, compute: 6 * N * D, loss: 3 + 0.01 * x * x + 0.02 * y * y + 0.004 * x * y)
            run.learningRate = rate * exponential(x + shift)
            run.batchTokens = batch * exponential(y)
            runs.append(run)
          }
        }
      }
    }
    return RunSet(runs: runs, scale: "params_nonembedding", flopsPerScale: 6)
  }

  @Test func anExactBowlGivesItsLaw() throws {
    let result = try HyperparameterFit.fit(bowls())
    #expect(abs(try exponent(result.learningRate, .scale).value + 0.7) < 1e-9)
    #expect(abs(try exponent(result.learningRate, .tokens).value - 0.2) < 1e-9)
    #expect(abs(try exponent(result.batchTokens, .tokens).value - 0.57) < 1e-9)
    let law = try #require(result.batchTokens)
    #expect(abs(law(scale: 1, tokens: 1e10, compute: 1) / (0.5 * PowerLaw(base: 1, exponent: 0.57)(1e10)) - 1) < 1e-9)
    #expect(result.json.object?["learning_rate"]?.object?["exponents"]?.object?["N"]?.double != nil)
  }

  @Test func anOptimumAtTheEdgeOfTheGridIsRefused() throws {
    #expect { try HyperparameterFit.fit(bowls(rates: [0.3, 0.6, 0.9, 1.2])) } throws: { error in
      error is WorkError && "\(error)".contains("edge of the grid")
    }
    var one = bowls()
    for i in one.runs.indices { one.runs[i].batchTokens = nil }
    let result = try HyperparameterFit.fit(one)
    #expect(result.batchTokens == nil)
    #expect(abs(try exponent(result.learningRate, .scale).value + 0.7) < 1e-9)
    for i in one.runs.indices { one.runs[i].learningRate = nil }
    #expect(throws: InputError.self) { try HyperparameterFit.fit(one) }
    var options = HyperparameterOptions()
    options.batchPredictors = [.compute, .scale, .tokens]
    #expect(throws: InputError.self) { try HyperparameterFit.fit(bowls(), options: options) }
  }
}
