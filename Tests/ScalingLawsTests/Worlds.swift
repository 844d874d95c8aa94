import ScalingLaws

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Synthetic worlds: a random law, an experiment in it, noise. Made with a generator and mathematics of their own, so
/// that nothing the solver does can leak into the truth it is judged by.
struct World: Sendable {
  var E: Double
  var A: Double
  var B: Double
  var alpha: Double
  var beta: Double
  /// The relative standard deviation of a run's loss.
  var noise: Double
  /// Tokens a step.
  var batch = 2.5e5
  private var state: UInt64

  init(_ seed: UInt64) {
    state = seed
    (E, A, B, alpha, beta, noise) = (0, 0, 0, 0, 0, 0)
    // Neighbouring seeds must not give streams that are shifts of one another.
    state = next() ^ (next() << 1)
    E = uniform(1.4, 2.1)
    alpha = uniform(0.28, 0.42)
    beta = uniform(0.28, 0.42)
    // Both terms matter at 3e8 parameters and 6e9 tokens.
    A = uniform(0.4, 0.9) * pow(3e8, alpha)
    B = uniform(0.4, 0.9) * pow(6e9, beta)
    noise = uniform(0.001, 0.004)
  }

  // MARK: Chance

  private mutating func next() -> UInt64 {
    state = state &+ 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * Double(next() >> 11) * 0x1p-53
  }

  private mutating func normal() -> Double {
    sqrt(-2 * log(uniform(1e-300, 1))) * cos(2 * Double.pi * uniform(0, 1))
  }

  // MARK: Truth

  func loss(_ N: Double, _ D: Double) -> Double { E + A * pow(N, -alpha) + B * pow(D, -beta) }
  var a: Double { beta / (alpha + beta) }
  /// The best N for C = 6 N D, found from the derivative's zero.
  func best(_ C: Double) -> Double {
    pow(alpha * A / (beta * B), 1 / (alpha + beta)) * pow(C / 6, a)
  }
  func bestLoss(_ C: Double) -> Double { loss(best(C), C / 6 / best(C)) }

  // MARK: Experiments

  private mutating func run(_ N: Double, _ D: Double, _ budget: Double? = nil) -> Run {
    let observed = loss(N, D) * (1 + noise * normal())
    var run = Run(scale: N, tokens: D, compute: 6 * N * D, loss: observed, budget: budget)
    run.steps = D / batch
    return run
  }

  private func set(_ runs: [Run]) -> RunSet {
    var runs = runs
    for at in runs.indices { (runs[at].row, runs[at].line, runs[at].cluster) = (at, at + 2, at) }
    return RunSet(runs: runs, scale: "params_total", flopsPerScale: 6)
  }

  /// Models times lengths over two and a half powers of ten each.
  mutating func grid(decades: Double = 2.5, models: Int = 9, lengths: Int = 7) -> RunSet {
    var runs: [Run] = []
    for model in 0..<models {
      for length in 0..<lengths {
        let N = 3e8 * pow(10, decades * (Double(model) / Double(models - 1) - 0.5))
        let D = 2e10 * pow(10, decades * (Double(length) / Double(lengths - 1) - 0.5))
        runs.append(run(N, D))
      }
    }
    return set(runs)
  }

  /// Profiles at `budgets`, each with `points` models around its optimum: `shift` moves the middle (in ln N) at the
  /// smallest and at the largest budget, `width` is how far the outermost are.
  mutating func profiles(
    budgets: [Double] = [1e18, 3e18, 1e19, 3e19, 1e20, 3e20], points: Int = 9, width: Double = 1.4,
    shift: (Double, Double) = (0, 0), truncated: Bool = false
  ) -> RunSet {
    var runs: [Run] = []
    for (index, C) in budgets.enumerated() {
      let along = Double(index) / Double(max(budgets.count - 1, 1))
      let middle = log(best(C)) + shift.0 + (shift.1 - shift.0) * along
      for point in 0..<points {
        let x = width * (2 * Double(point) / Double(points - 1) - 1)
        if truncated, x > 0.2 * width { continue }
        let N = exp(middle + x)
        runs.append(run(N, C / 6 / N, C))
      }
    }
    return set(runs)
  }
}
