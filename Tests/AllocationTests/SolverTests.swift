import FLOPCount
import Input
import ScalingLaws
import Sweep
import Testing

@testable import Allocation

/// Made once: the counts behind it are what takes time in a debug build.
let deepSeekTable = ShapeTable(style: .deepSeek, sequenceLength: 4096)

extension AllocationRequest {
  /// A request that shares the tests' table of shapes.
  static func test(_ compute: Double, _ law: Law) throws -> AllocationRequest {
    var request = AllocationRequest(budget: try Budget(compute: compute), law: law)
    request.shapeTable = deepSeekTable
    return request
  }
}

@Suite struct SolverTests {
  private func deepSeek(_ compute: Double) throws -> AllocationRequest { try .test(compute, Law.named("deepseek")) }

  /// The 7B's budget (arXiv 2401.02954, Table 2 and eq. 1, 2, 4).
  @Test func theSevenBillionsBudget() throws {
    let report = try deepSeek(8.455716864e22).solve()
    #expect(abs(try #require(report.M) / 1.7987e11 - 1) < 5e-5)
    #expect(abs(report.tokens / 4.7015e11 - 1) < 5e-5)
    #expect(abs(try #require(report.learningRate) / 4.2460e-4 - 1) < 5e-5)
    #expect(abs(try #require(report.batchTokens) / 9.2226e6 - 1) < 5e-5)
    #expect(try #require(report.batchSequences).rounded() == 2252)
    #expect(report.loss == nil)
    #expect(report.warnings.contains { $0.contains("282 times the largest budget") })
    #expect(report.warnings.contains { $0.contains("4,228 times the largest budget") })
  }

  @Test func insideTheRangeNothingIsSaidToBeExtrapolated() throws {
    let report = try deepSeek(1e19).solve()
    #expect(!report.warnings.contains { $0.contains("extrapolated") })
    let outside = try deepSeek(1e16).solve()
    #expect(outside.warnings.contains { $0.contains("1/10 of the smallest budget") })
  }

  /// Every real shape spends the budget: M x D = C, and the shapes are near M_opt.
  @Test(arguments: [1e17, 1e18, 1e19, 1e20, 3e20, 8.456e22, 9.946e23, 1e26])
  func shapesAreNearTheOptimum(compute: Double) throws {
    let report = try deepSeek(compute).solve()
    #expect(report.architectures.count == 5)
    for candidate in report.architectures {
      #expect(abs(candidate.flopsPerToken * candidate.tokens / compute - 1) < 1e-12)
      #expect(abs(candidate.relativeSize - 1) < (compute < 1e19 ? 0.2 : 0.03))
      #expect(40...160 ~= candidate.counted.aspectRatio)
    }
    let misses = report.architectures.map { abs($0.relativeSize - 1) }
    #expect(misses == misses.sorted())
  }

  /// The paper's two models at their own budgets: what the law would have chosen instead, and that both were trained
  /// past the optimum.
  @Test(arguments: [
    (42_278_584_320.0, 8.455716864e22, 1.80e11, 4.70e11, 0.235, 4.25),
    (497_276_682_240, 9.9455336448e23, 6.55e11, 1.52e12, 0.759, 1.32),
  ])
  func thePapersModels(
    M: Double, compute: Double, bestM: Double, bestD: Double, ratioM: Double, ratioD: Double
  ) throws {
    var request = try deepSeek(compute)
    request.fixed = .size(M)
    let report = try request.solve()
    let off = try #require(report.offOptimum)
    #expect(abs(report.tokens / 2e12 - 1) < 1e-12)
    #expect(abs(off.optimalSize / bestM - 1) < 0.003)
    #expect(abs(off.optimalTokens / bestD - 1) < 0.003)
    #expect(abs(M / off.optimalSize - ratioM) < 0.001)
    #expect(abs(report.tokens / off.optimalTokens - ratioD) < 0.005)
    // About 0.02 and 0.0005 bits/byte by the curvature of the paper's figure, extrapolated.
    let penalty = try #require(off.lossPenalty)
    #expect(off.penaltyLaw == "deepseek_fig4a")
    #expect(abs(penalty - (M < 1e11 ? 0.0224 : 0.00055)) < (M < 1e11 ? 0.0005 : 0.00005))
    #expect(try #require(off.equivalentCompute) < compute)
  }

  @Test func farFromTheOptimumNoParabolaIsBelieved() throws {
    var request = try deepSeek(1e20)
    request.fixed = .tokens(1e14)
    let report = try request.solve()
    #expect(try #require(report.offOptimum).lossPenalty == nil)
    #expect(report.warnings.contains { $0.contains("too far for deepseek_fig4a's parabola") })
  }

  @Test func theBandIsTheFlatPartOfTheFigure() throws {
    for (compute, factor) in [(1e17, 1.21), (3e20, 1.33)] {
      let report = try deepSeek(compute).solve()
      let band = try #require(report.band)
      let half = (band.sizes.upperBound / band.sizes.lowerBound).squareRoot()
      #expect(abs(half - factor) < 0.03)
    }
  }

  /// A surface's band: both ends lose exactly the tolerance, the optimum lies between.
  @Test func theBandOfASurfaceEndsAtTheTolerance() throws {
    let law = try Law.named("besiroglu")
    let surface = try #require(law.surface)
    let report = try AllocationRequest.test(1e22, law).solve()
    let band = try #require(report.band)
    let lowest = try #require(report.loss).value
    for size in [band.sizes.lowerBound, band.sizes.upperBound] {
      #expect(abs(surface.loss(scale: size, tokens: 1e22 / 6 / size) / lowest - 1.0025) < 1e-6)
    }
    #expect(band.sizes.contains(report.size))
  }

  /// Sizes of an N law are turned into M by the real shape, not by 6.
  @Test func parametersBecomeMThroughARealShape() throws {
    let report = try AllocationRequest.test(5.76e23, Law.named("besiroglu")).solve()
    #expect(abs(report.size / 72.2e9 - 1) < 0.002)
    let nearest = try #require(report.architectures.first)
    let perParameter = Double(nearest.counted.count.M) / Double(nearest.counted.count.parameters)
    #expect(abs(try #require(report.M) / (report.size * perParameter) - 1) < 1e-12)
    #expect(perParameter != 6)
  }

  /// Shapes come from a grid where one is given, by the sweep.
  @Test func aGridOfOnesOwn() throws {
    var request = try deepSeek(1e20)
    request.grid = try Grid(
      JSON(
        parsing: """
          {"axes": {"n_layers": {"from": 8, "to": 60, "step": 1}, "d_model": {"from": 512, "to": 4096, "step": 128},
            "head_dim": [128], "n_kv_heads": {"ratio_of": "n_heads", "values": [1]},
            "d_ff": {"ratio_of": "d_model", "values": ["8/3"], "multiple_of": 256}, "sequence_length": [4096]},
           "vocab_size": 102400, "constraints": {"aspect_ratio": "60...120"}}
          """))
    let report = try request.solve()
    #expect(report.architectures.count == 5)
    #expect(report.sweep?.shapes == 53 * 29)
    for candidate in report.architectures {
      #expect(abs(candidate.relativeSize - 1) < 0.04)
      #expect(60...120 ~= candidate.counted.aspectRatio)
    }
    request.constraints.pipelineParallel = 2
    #expect(throws: InputError.self) { try request.solve() }
  }

  /// A grid whose constraints no shape meets: those that are in conflict are named, the one that is not is not.
  @Test func aGridInConflict() throws {
    var request = try deepSeek(1e20)
    request.grid = try Grid(
      axes: [("n_layers", "8:20"), ("d_model", "512:2048:128")],
      constraints: [("aspect_ratio", "60...70"), ("d_model", "2048...4096"), ("parameters", "1e6...1e12")])
    let error = #expect(throws: InputError.self) { try request.solve() }
    #expect(error?.field == "constraints")
    #expect(error?.value == "aspect_ratio 60...70 and d_model 2048...4096")
    #expect(error?.hint?.contains("without aspect_ratio 60...70 the nearest shape is n_layers=") == true)
  }

  @Test func laws() throws {
    let comparison = try LawComparison(deepSeek(1e21))
    #expect(comparison.rows.count >= 9)
    #expect(try #require(comparison.spread { $0.report.tokens }) > 2)
    #expect(comparison.rows.allSatisfy { $0.report.M != nil })
  }

  @Test func learningRateAndBatchFromAnotherLaw() throws {
    var request = try AllocationRequest.test(1e21, Law.named("besiroglu"))
    request.hyperparameterLaw = try Law.named("step_law")
    let report = try request.solve()
    #expect(abs(try #require(report.batchTokens) / (0.58 * power(report.tokens, 0.571)) - 1) < 1e-9)
    let batch = try #require(report.runnableBatch)
    #expect(batch.sequences % 8 == 0)
    #expect(batch.tokens == batch.sequences * 4096)
  }

  @Test(arguments: [0, -1e20, Double.nan, .infinity]) func badBudgets(compute: Double) {
    let error = #expect(throws: InputError.self) { try Budget(compute: compute) }
    #expect(error?.field == "compute")
  }

  @Test func aTinyOrHugeBudgetHasNoShapeAndSaysSo() throws {
    for compute in [1.0, 1e60] {
      let report = try deepSeek(compute).solve()
      #expect(report.architectures.isEmpty)
      #expect(report.warnings.contains { $0.hasPrefix("no real shape") })
    }
  }

  private func power(_ x: Double, _ exponent: Double) -> Double { PowerLaw(base: 1, exponent: exponent)(x) }
}

@Suite struct RealityTests {
  /// With data without end the objective's own minimum is the surface's closed form.
  @Test func theSearchFindsTheClosedForm() throws {
    let law = try Law.named("besiroglu")
    let objective = Objective(surface: try #require(law.surface), perScale: 6, compute: 1e22)
    #expect(abs(try objective.minimise() / law.optimum(compute: 1e22).scale - 1) < 1e-5)
  }

  /// Sardana et al. 2023: at the optimum the elasticities of the loss are as 1 + D_inference / (3 D_train).
  @Test(arguments: [1e11, 1e12, 1e13]) func servingMovesTheOptimumAsSardanaSays(served: Double) throws {
    let law = try Law.named("besiroglu")
    let surface = try #require(law.surface)
    var request = try AllocationRequest.test(1e23, law)
    request.inferenceTokens = served
    let report = try request.solve()
    let elasticityN = surface.alpha * surface.A * PowerLaw(base: 1, exponent: -surface.alpha)(report.size)
    let elasticityD = surface.beta * surface.B * PowerLaw(base: 1, exponent: -surface.beta)(report.tokens)
    #expect(abs(elasticityN / elasticityD / (1 + served / (3 * report.tokens)) - 1) < 1e-4)
    #expect(report.size < (try law.optimum(compute: 1e23)).scale)
    let spent = 6 * report.size * report.tokens + 2 * report.size * served
    #expect(abs(spent / 1e23 - 1) < 1e-9)
  }

  @Test func servingNeedsASurface() throws {
    var request = try AllocationRequest.test(1e21, Law.named("deepseek"))
    request.inferenceTokens = 1e12
    let error = #expect(throws: InputError.self) { try request.solve() }
    #expect(error?.field == "inference_tokens")
  }

  /// With few unique tokens the best model repeats them, and is larger than with as many as it likes, but the loss is
  /// higher; with plenty nothing changes.
  @Test func repeatedData() throws {
    let law = try Law.named("muennighoff")
    let free = try AllocationRequest.test(1e22, law).solve()
    var request = try AllocationRequest.test(1e22, law)
    request.uniqueTokens = free.tokens * 2
    #expect(abs(try request.solve().size / free.size - 1) < 1e-6)
    request.uniqueTokens = free.tokens / 10
    let short = try request.solve()
    #expect(try #require(short.data).epochs > 1)
    #expect(try #require(short.loss).value > (try #require(free.loss)).value)
    #expect(try #require(short.data).effective < short.tokens)
  }

  @Test func fixedTokensAndFixedSizeMeet() throws {
    let law = try Law.named("hoffmann_a3")
    var request = try AllocationRequest.test(1e22, law)
    request.fixed = .tokens(1e12)
    let tokens = try request.solve()
    request.fixed = .size(tokens.size)
    let size = try request.solve()
    #expect(abs(size.tokens / 1e12 - 1) < 1e-12)
    #expect(try #require(tokens.offOptimum?.lossPenalty) > 0)
    #expect(try #require(tokens.offOptimum?.equivalentCompute) < 1e22)
  }

  @Test func aLengthScheduleIsPaidFor() throws {
    var request = try AllocationRequest.test(1e21, Law.named("deepseek"))
    let plain = try request.solve()
    request.lengthSchedule = [.init(share: 0.9, sequenceLength: 4096), .init(share: 0.1, sequenceLength: 32768)]
    let long = try request.solve()
    let shape = try #require(long.architectures.first)
    let L = Double(shape.counted.shape.layers)
    let d = Double(shape.counted.shape.width)
    #expect(abs(shape.flopsPerToken - Double(shape.counted.count.M) - 12 * L * d * 0.1 * 28672) < 1)
    #expect(shape.tokens < (try #require(plain.architectures.first)).tokens)
    request.lengthSchedule = [.init(share: 0.9, sequenceLength: 4096)]
    #expect(throws: InputError.self) { try request.solve() }
  }
}

@Suite struct EconomicsTests {
  /// DeepSeek 67B: 300.6K H800-hours per trillion tokens (DeepSeek-V2's paper), 2T tokens, at 989 TFLOPS.
  @Test(arguments: [(497_276_682_240.0, 0.4646), (432_726_343_680, 0.4043)])
  func theSixtySevenBillionsUtilisation(M: Double, expected: Double) throws {
    let mfu = Economics.utilisation(compute: M * 2e12, acceleratorHours: 601_200, peak: 989e12)
    #expect(abs(mfu - expected) < 0.0001)
    let machine = try Budget.Machine(
      accelerators: 2048, peak: 989e12, utilisation: mfu, accelerator: Accelerator.named("h800"))
    let bill = try Economics(machine: machine).bill(compute: M * 2e12)
    #expect(abs(bill.acceleratorHours / 601_200 - 1) < 1e-9)
    #expect(abs(try #require(bill.kilowattHours) / 420_840 - 1) < 1e-4)
    #expect(bill.kilogramsCO2 == nil && bill.cost == nil)
  }

  /// Llama 3.1 405B: 6 x 405e9 x 15.6e12 FLOPs in 30.84M H100-hours.
  @Test func llama405B() throws {
    let compute = 6 * 405e9 * 15.6e12
    let mfu = Economics.utilisation(compute: compute, acceleratorHours: 30.84e6, peak: 989e12)
    #expect(abs(mfu - 0.345) < 0.0005)
    let machine = try Budget.Machine(accelerators: 16384, peak: 989e12, utilisation: mfu)
    let bill = try Economics(machine: machine, watts: 700, gridIntensity: 0.414).bill(compute: compute)
    #expect(abs(try #require(bill.kilowattHours) / 21.6e6 - 1) < 0.001)
    // 11,390 t over 39.3M hours of the whole family: 0.414 kg/kWh.
    #expect(abs(11_390_000 / (39.3e6 * 0.7) - 0.414) < 0.0005)
    #expect(abs(try #require(bill.kilogramsCO2) - 0.414 * (try #require(bill.kilowattHours))) < 1)
  }

  @Test func hoursAndMoneyBuyTheSameFLOPs() throws {
    let machine = try Budget.Machine(accelerators: 64, peak: 312e12, utilisation: 0.5)
    let byTime = try Budget(machine: machine, hours: 100)
    #expect(abs(byTime.compute / (64 * 312e12 * 0.5 * 360_000) - 1) < 1e-12)
    let byMoney = try Budget(machine: machine, money: 12_800, pricePerHour: 2)
    #expect(abs(byMoney.compute / byTime.compute - 1) < 1e-12)
  }

  @Test func badMachines() throws {
    #expect(throws: InputError.self) { try Budget.Machine(accelerators: 8, peak: 312e12, utilisation: 40) }
    #expect(throws: InputError.self) { try Budget.Machine(accelerators: 0, peak: 312e12, utilisation: 0.4) }
    #expect(throws: InputError.self) { try Accelerator.named("h1000") }
    let machine = try Budget.Machine(accelerators: 8, peak: 312e12, utilisation: 0.4)
    #expect(throws: InputError.self) { try Economics(machine: machine, powerUsageEffectiveness: 0.9) }
  }
}
