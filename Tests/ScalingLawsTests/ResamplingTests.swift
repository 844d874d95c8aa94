import Testing

@testable import ScalingLaws

@Suite struct ResamplingTests {
  /// The known answers that the authors of Philox publish with Random123 (kat_vectors, philox4x32 10).
  @Test func philoxGivesThePublishedAnswers() {
    let zeros = Philox.rounds((0, 0, 0, 0), key: (0, 0))
    #expect(zeros == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let ones = Philox.rounds((.max, .max, .max, .max), key: (.max, .max))
    #expect(ones == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    let pi = Philox.rounds(
      (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: (0xa409_3822, 0x299f_31d0))
    #expect(pi == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func streamsDifferAndDrawsAreUniform() {
    var a = Philox(seed: 7, stream: 0)
    var b = Philox(seed: 7, stream: 1)
    #expect((0..<8).map { _ in a.next() } != (0..<8).map { _ in b.next() })
    var counts = [Int](repeating: 0, count: 10)
    for _ in 0..<20_000 { counts[a.index(below: 10)] += 1 }
    // 2000 each with a standard deviation of 42.
    #expect(counts.allSatisfy { abs($0 - 2000) < 210 })
    let normals = (0..<20_000).map { _ in a.normal() }
    #expect(abs(mean(normals)) < 0.035)
    #expect(abs(standardDeviation(normals) - 1) < 0.03)
  }

  @Test func clustersAreDrawnTogether() {
    let draw = ClusterDraw([5, 5, 9, 9, 9, 2])
    var random = Philox(seed: 1, stream: 3)
    var counts = [Double](repeating: 0, count: 6)
    var weights = counts
    for _ in 0..<50 {
      weights.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { draw.draw(&random, counts: &counts, weights: base) }
      }
      #expect(weights[0] == weights[1] && weights[2] == weights[3] && weights[3] == weights[4])
      #expect(weights[0] + weights[2] + weights[5] == 3)
    }
  }

  @Test func quantilesOfTheDistributionsUsed() {
    // Tables: z(0.975) and Student's t.
    #expect(abs(normalQuantile(0.975) - 1.959963985) < 1e-8)
    #expect(abs(normalQuantile(0.001) + 3.090232306) < 1e-8)
    for (freedom, table) in [(1, 12.7062), (2, 4.30265), (3, 3.18245), (4, 2.77645), (6, 2.44691), (30, 2.04227)] {
      #expect(abs(studentQuantile(0.975, freedom: freedom) / table - 1) < 0.01, "\(freedom)")
    }
    #expect(quantile([1, 2, 3, 4], 0.5) == 2.5)
    #expect(quantile([], 0.5) == nil)
  }

  /// Settings run five times each show the noise they were made with; settings run once say nothing.
  @Test func repeatedRunsShowTheSeedNoise() throws {
    let law = ParametricPitfallTests.law
    var random = Philox(seed: 21, stream: 0)
    let runs = (0..<200).map { index -> Run in
      let N = exponential(17 + 0.6 * Double(index / 5 % 8))
      let D = exponential(20 + 0.9 * Double(index / 40))
      let loss = law.loss(scale: N, tokens: D) * exponential(0.004 * random.normal())
      var run = Run(row: index, line: index + 2, scale: N, tokens: D, compute: 6 * N * D, loss: loss)
      run.cluster = index
      return run
    }
    let seen = try #require(SeedNoise(runs))
    #expect(seen.settings == 40 && seen.freedom == 160)
    // 160 degrees of freedom: a relative standard error of 5.6 %.
    #expect(abs(seen.relative / 0.004 - 1) < 0.2, "\(seen)")
    let once = stride(from: 0, to: 200, by: 5).map { runs[$0] }
    #expect(SeedNoise(once) == nil)
    #expect(SeedNoise(once + once + once) == nil)

    var options = ParametricPitfallTests.options(200)
    options.resampling.scheme = .noise(relative: nil)
    let set = RunSet(runs: runs, scale: "params_total", flopsPerScale: 6)
    let result = try ParametricFit.fit(set, options: options)
    #expect(result.options.resampling.scheme == .noise(relative: seen.relative))
    #expect(result.interval { $0.a }?.contains(law.a) == true)
    #expect { try ParametricFit.fit(set.filter { $0.row % 5 == 0 }, options: options) } throws: {
      "\($0)".contains("no setting was run twice")
    }
  }

  /// Drawing a part of many runs and scaling what they differ by gives the spread that drawing all of them gives.
  @Test(arguments: [ResamplingScheme.runs, .residuals, .noise(relative: 0.01)])
  func fewerRunsDrawnGiveTheSameSpread(scheme: ResamplingScheme) throws {
    var random = Philox(seed: 31, stream: 0)
    let law = ParametricPitfallTests.law
    let runs = (0..<600).map { index -> Run in
      let (N, D) = (exponential(17 + 5 * random.uniform()), exponential(20 + 5 * random.uniform()))
      let loss = law.loss(scale: N, tokens: D) * exponential(0.01 * random.normal())
      var run = Run(row: index, line: index + 2, scale: N, tokens: D, compute: 6 * N * D, loss: loss)
      run.cluster = index
      return run
    }
    let options = ParametricPitfallTests.options(checking ? 1000 : 150) { $0.resampling.scheme = scheme }
    let search = try SurfaceSearch(runs, options: options)
    let best = try search.minimum().best
    let spreads = try [100, 10_000].map { many in
      let outcome = try SurfaceBootstrap(search: search, minimum: best, runs: runs, many: many, drawn: 300).run()
      return standardDeviation(outcome.samples.map(\.a))
    }
    #expect(abs(spreads[0] / spreads[1] - 1) < (checking ? 0.15 : 0.35), "\(spreads)")
  }

  /// The same digits however the work is split over threads.
  @Test func oneWorkerAndManyAgreeToTheLastBit() throws {
    let law = LossSurface(E: 1.7, A: 400, B: 1500, alpha: 0.33, beta: 0.36)
    var random = Philox(seed: 11, stream: 0)
    let points = (0..<40).map { index -> SurfacePoint in
      let N = exponential(17 + Double(index % 8) * 0.6)
      let D = exponential(20 + Double(index / 8) * 0.9)
      return SurfacePoint(
        scale: N, tokens: D, loss: law.loss(scale: N, tokens: D) * exponential(0.004 * random.normal()))
    }
    var options = ParametricOptions()
    options.starts = 12
    options.resampling.count = 70
    let spread = try ParametricFit.fit(points, options: options)
    options.resampling.workers = 1
    let single = try ParametricFit.fit(points, options: options)
    #expect(spread.samples == single.samples)
    #expect(spread.surface == single.surface)
  }
}
