import Testing

@testable import ScalingLaws

/// The optima of published data sets. A fit is right when its objective is at or below the reference; the
/// coefficients follow within what a flat valley allows.
@Suite struct ParametricReferenceTests {
  /// A row of the reference table: what is fitted, how, and what must come out.
  struct Reference: Sendable, CustomTestStringConvertible {
    var name: String
    var file: String
    var select: @Sendable (inout RunSelection) throws -> Void
    var loss = RobustLoss.huber(delta: 1e-3)
    var residual = ResidualKind.log
    var n: Int
    var E: (Double, Double)?
    var A: (Double, Double)?
    var B: (Double, Double)?
    var alpha: (Double, Double)?
    var beta: (Double, Double)?
    var objective: Double?
    var testDescription: String { name }
  }

  static let references: [Reference] = [
    Reference(
      name: "Chinchilla 240, Huber 1e-3", file: "chinchilla-epoch.csv", select: { $0.dropHighest = 5 }, n: 240,
      E: (1.81722, 1e-4), A: (477.826, 0.5), B: (2143.42, 3), alpha: (0.34731, 5e-5), beta: (0.36717, 5e-5),
      objective: 0.00101827405),
    Reference(
      name: "Chinchilla 240, least absolute", file: "chinchilla-epoch.csv", select: { $0.dropHighest = 5 },
      loss: .leastAbsolute, n: 240, E: (1.81686, 1e-4), A: (482.006, 0.3), B: (2085.434, 2), alpha: (0.347813, 5e-5),
      beta: (0.365854, 5e-5), objective: 1.12949466),
    Reference(
      name: "Chinchilla 240, Huber 1e-6", file: "chinchilla-epoch.csv", select: { $0.dropHighest = 5 },
      loss: .huber(delta: 1e-6), n: 240, E: (1.81684, 1e-4), A: (481.93, 0.3), B: (2085.0, 2), alpha: (0.34780, 5e-5),
      beta: (0.36584, 5e-5), objective: 1.12945e-6),
    Reference(
      name: "Chinchilla 245, Huber 1e-3", file: "chinchilla-epoch.csv", select: { _ in }, n: 245, E: (1.89134, 1e-4),
      A: (495.73, 0.5), B: (12846, 20), alpha: (0.34931, 5e-5), beta: (0.45305, 5e-5), objective: 0.001826015),
    Reference(
      name: "Chinchilla 240, squared log-loss", file: "chinchilla-epoch.csv", select: { $0.dropHighest = 5 },
      loss: .squared, n: 240, E: (1.86455, 1e-4), A: (593.32, 0.5), B: (4875.6, 5), alpha: (0.36025, 5e-5),
      beta: (0.40588, 5e-5), objective: 0.00573095),
    Reference(
      name: "Chinchilla 240, squared loss", file: "chinchilla-epoch.csv", select: { $0.dropHighest = 5 },
      loss: .squared, residual: .linear, n: 240, E: (1.88281, 1e-4), A: (567.81, 0.5), B: (7581.9, 8),
      alpha: (0.35762, 5e-5), beta: (0.42762, 5e-5), objective: 0.04160195),
    Reference(
      name: "Gadre c4_original", file: "gadre.csv",
      select: { $0.filters = [.init(column: "dataset", .equal, "c4_original")] },
      n: 34, E: (1.62002, 1e-4), A: (122.55, 0.1), B: (242.61, 0.3), alpha: (0.25257, 5e-5), beta: (0.26223, 5e-5),
      objective: 0.000529954135),
    Reference(
      name: "Gadre rpj", file: "gadre.csv", select: { $0.filters = [.init(column: "dataset", .equal, "rpj")] }, n: 35,
      E: (1.72024, 1e-4), A: (106.09, 0.1), B: (297.98, 0.3), alpha: (0.24308, 5e-5), beta: (0.27301, 5e-5),
      objective: 0.0004265108275),
    Reference(
      name: "Llama on DCLM, N total", file: "llama-dclm-ctx2048.csv", select: { $0.scale = "params_total" }, n: 85,
      E: (2.55453, 1e-4), alpha: (0.64499, 2e-4), beta: (0.90321, 2e-4), objective: 0.0002418695995),
    Reference(
      name: "Llama on DCLM, M", file: "llama-dclm-ctx2048.csv", select: { $0.scale = "flops_per_token" }, n: 85,
      E: (2.52335, 1e-4), alpha: (0.55032, 2e-4), beta: (0.88238, 2e-4), objective: 0.0002106788975),
    Reference(
      name: "Step Law, best of each setting", file: "steplaw-dense.csv",
      select: {
        $0.scale = "params_nonembedding"
        $0.bestPer = ["params_nonembedding", "tokens"]
      }, n: 17, E: (0.90625, 1e-3), A: (15.719, 0.02), B: (328.52, 0.5), alpha: (0.13284, 1e-4), beta: (0.29451, 1e-4),
      objective: 4.0532495e-5),
  ]

  @Test(.enabled(if: has("chinchilla-epoch.csv")), arguments: references)
  func optimum(reference: Reference) throws {
    var selection = RunSelection()
    try reference.select(&selection)
    let set = try RunTable.read(data(reference.file)).select(selection)
    var options = ParametricOptions()
    options.loss = reference.loss
    options.residual = reference.residual
    options.resampling.count = 0
    options.influence = 0
    options.starts = checking ? 512 : 24
    let result = try ParametricFit.fit(set, options: options)
    let law = result.surface
    #expect(result.n == reference.n)
    #expect(result.convergence.isConverged)
    #expect(result.objective <= reference.objective ?? .infinity, "\(law)")
    // Every start, or nearly, ends there: agreement is the evidence, not an optimiser's word.
    #expect(result.starts.agree * 10 >= result.starts.total * 9, "\(result.starts)")
    #expect(result.crossCheck?.agrees == true, "\(String(describing: result.crossCheck))")
    for (found, wanted) in [
      (law.E, reference.E), (law.A, reference.A), (law.B, reference.B), (law.alpha, reference.alpha),
      (law.beta, reference.beta),
    ] {
      guard let (value, tolerance) = wanted else { continue }
      #expect(abs(found - value) <= tolerance, "\(found) for \(value)")
    }
  }

  /// 4000 resamples of the 240 points, against the spread that an independent generator gave.
  ///
  /// Three seeds in `make test`, sixty in `make check`: any seed has to do.
  @Test(.enabled(if: has("chinchilla-epoch.csv")), arguments: UInt64(1)...(checking ? 60 : 3))
  func bootstrap(seed: UInt64) throws {
    var selection = RunSelection()
    selection.dropHighest = 5
    let set = try RunTable.read(data("chinchilla-epoch.csv")).select(selection)
    var options = ParametricOptions()
    options.starts = 8
    options.influence = 0
    options.crossCheck = false
    options.alternatives = false
    // The interval's ends have a sampling error of their own, which grows as fewer resamples are drawn.
    options.resampling = Resampling(count: checking ? 4000 : 100, seed: seed)
    let slack = checking ? 1.0 : 4.0
    let result = try ParametricFit.fit(set, options: options)
    #expect(result.failedResamples.isEmpty)
    let wanted:
      [(of: (LossSurface) -> Double, error: Double, low: Double, high: Double, tolerance: Double, ends: Double)] = [
        ({ $0.A }, 124.5, 285, 744, 0.08, 0.05), ({ $0.B }, 1293, 1042, 5810, 0.15, 0.15),
        ({ $0.E }, 0.0257, 1.769, 1.871, 0.05, 0.05), ({ $0.alpha }, 0.0154, 0.317, 0.373, 0.05, 0.05),
        ({ $0.beta }, 0.0206, 0.331, 0.415, 0.05, 0.05), ({ $0.a }, 0.0200, 0.481, 0.556, 0.05, 0.05),
      ]
    for (index, row) in wanted.enumerated() {
      let interval = try #require(result.interval(row.of))
      #expect(abs(interval.standardError / row.error - 1) <= slack * row.tolerance, "row \(index): \(interval)")
      let width = row.high - row.low
      #expect(abs(interval.low - row.low) <= slack * row.ends * width, "row \(index): \(interval)")
      #expect(abs(interval.high - row.high) <= slack * row.ends * width, "row \(index): \(interval)")
    }
  }
}
