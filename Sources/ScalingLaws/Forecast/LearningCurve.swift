import Input

/// The loss of one run along its steps under its learning-rate schedule: L(s) = L0 + A S1^-alpha - C S2, S1 the area
/// under the learning rate, S2 the area of its annealing (Tissue et al. 2024, arXiv 2408.11029, equation 1).
///
/// The rate is taken as a share of its maximum, so S1 counts steps at full rate.
public struct LearningCurve: Sendable, Equatable {
  public var L0: Double
  public var A: Double
  public var alpha: Double
  public var C: Double
  /// Root mean square of the residuals.
  public var rms: Double

  /// How fast the momentum of the annealing forgets, a step (the paper's lambda).
  public static let memory = 0.999

  /// S1 and S2 at the end of every step of a schedule.
  public static func areas(steps: Int, rate: (Int) -> Double) -> (S1: [Double], S2: [Double]) {
    var (sum, momentum, annealed) = (0.0, 0.0, 0.0)
    var S1: [Double] = []
    var S2: [Double] = []
    S1.reserveCapacity(steps)
    S2.reserveCapacity(steps)
    var before = rate(0)
    for step in 0..<steps {
      let now = rate(step)
      sum += now
      // Warm-up raises the rate; that is no annealing.
      momentum = memory * momentum + max(before - now, 0)
      annealed += momentum
      S1.append(sum)
      S2.append(annealed)
      before = now
    }
    return (S1, S2)
  }

  public func loss(S1: Double, S2: Double) -> Double { L0 + A * exponential(-alpha * logarithm(S1)) - C * S2 }

  /// Fits the losses seen so far (steps count from 1).
  ///
  /// Where nothing has been annealed yet C cannot be known from this run: it is `annealing` (from an earlier run of the
  /// same recipe), else the fit refuses a schedule that will anneal.
  ///
  /// - Throws: `InputError` for too few or impossible points; `WorkError` where nothing fits.
  public static func fit(
    steps: [Int], losses: [Double], total: Int, annealing: Double? = nil, rate: (Int) -> Double
  ) throws -> (curve: LearningCurve, final: Double) {
    guard steps.count == losses.count, steps.count >= 8 else {
      throw InputError("has fewer than eight points", field: "curve", value: "\(steps.count)", hint: "log more often")
    }
    guard total > 0, total <= 100_000_000 else {
      throw InputError("is not a number of steps from 1 to 1e8", field: "steps", value: "\(total)")
    }
    for (step, loss) in zip(steps, losses) {
      guard step >= 1, step <= total else {
        throw InputError("is not a step of this run", field: "step", value: "\(step)", hint: "1 to \(total)")
      }
      guard loss > 0, loss.isFinite else { throw InputError("is not a loss", field: "loss", value: "\(loss)") }
    }
    let (S1, S2) = areas(steps: total, rate: rate)
    let x = steps.map { S1[$0 - 1] }
    let annealed = steps.map { S2[$0 - 1] }
    guard x.allSatisfy({ $0 > 0 }) else {
      throw InputError("has a learning rate of 0 up to a logged step", field: "schedule")
    }
    let last = total - 1
    let seen = (annealed.max() ?? 0) - (annealed.min() ?? 0)
    let willAnneal = S2[last] > 0
    guard seen > 0 || annealing != nil || !willAnneal else {
      throw InputError(
        "has not annealed yet, so what annealing will gain cannot be known from this run", field: "curve",
        hint: "give --annealing from an earlier run with the same recipe")
    }
    let known = seen > 0 ? annealing : annealing ?? 0
    func solve(_ logAlpha: Double) -> (curve: LearningCurve, squares: Double)? {
      let alpha = exponential(logAlpha)
      let powers = x.map { exponential(-alpha * logarithm($0)) }
      let one = [Double](repeating: 1, count: x.count)
      if let known {
        let shifted = zip(losses, annealed).map { $0 + known * $1 }
        guard let line = leastSquares([one, powers], shifted) else { return nil }
        return (
          LearningCurve(L0: line.coefficients[0], A: line.coefficients[1], alpha: alpha, C: known, rms: 0),
          line.residualSum
        )
      }
      guard let line = leastSquares([one, powers, annealed.map { -$0 }], losses) else { return nil }
      let c = line.coefficients
      return (LearningCurve(L0: c[0], A: c[1], alpha: alpha, C: c[2], rms: 0), line.residualSum)
    }
    let (low, high) = (logarithm(0.05), logarithm(2.0))
    var best = (at: low, squares: Double.infinity)
    for step in 0...40 {
      let at = low + (high - low) * Double(step) / 40
      if let squares = solve(at)?.squares, squares < best.squares { best = (at, squares) }
    }
    let width = (high - low) / 40
    let at = goldenSection(best.at - width, best.at + width, tolerance: 1e-7) { solve($0)?.squares ?? .infinity }
    guard var curve = solve(at)?.curve, curve.A > 0, curve.L0 >= 0 else {
      throw WorkError("the curve does not fall like a power of the steps", hint: "leave out the first steps")
    }
    let residuals = zip(zip(x, annealed), losses).map { curve.loss(S1: $0.0, S2: $0.1) - $1 }
    curve.rms = (residuals.reduce(0) { $0 + $1 * $1 } / Double(residuals.count)).squareRoot()
    return (curve, curve.loss(S1: S1[last], S2: S2[last]))
  }
}
