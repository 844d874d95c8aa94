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

  public init(L0: Double, A: Double, alpha: Double, C: Double, rms: Double = 0) {
    self.L0 = L0
    self.A = A
    self.alpha = alpha
    self.C = C
    self.rms = rms
  }

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

  /// The end of a run, from its curve so far.
  public struct Ending: Sendable, Equatable {
    public var curve: LearningCurve
    public var final: Double
    /// 95 %: the curve fitted to resampled residuals, and the scatter of a single point; nil without resamples.
    public var interval: ClosedRange<Double>?

    /// - Parameters:
    ///   - steps: all steps of the run.
    ///   - schedule: its schedule.
    public func fields(steps: Int, schedule: JSON) -> JSONObject {
      JSONObject([
        ("final_loss", .number(final)), ("low", .value(interval?.lowerBound)),
        ("high", .value(interval?.upperBound)), ("L0", .number(curve.L0)),
        ("A", .number(curve.A)), ("alpha", .number(curve.alpha)), ("C", .number(curve.C)), ("rms", .number(curve.rms)),
        ("steps", .integer(steps)), ("schedule", schedule),
      ])
    }
  }

  /// Fits the losses seen so far (steps count from 1) and predicts the loss of the last step.
  ///
  /// Where nothing has been annealed yet C cannot be known from this run: it is `annealing` (from an earlier run of the
  /// same recipe), else the fit refuses a schedule that will anneal.
  ///
  /// - Parameters:
  ///   - steps: of the losses, ascending.
  ///   - losses: one a step.
  ///   - total: all steps of the run.
  ///   - annealing: C of an earlier run of the same recipe.
  ///   - resamples: refits to blocks of residuals (which follow each other, so that single ones would look too sure); 0
  ///     for no interval.
  ///   - seed: of the resamples.
  ///   - rate: the learning rate at a step.
  /// - Throws: `InputError` for too few or impossible points; `WorkError` where nothing fits.
  public static func fit(
    steps: [Int], losses: [Double], total: Int, annealing: Double? = nil, resamples: Int = 0, seed: UInt64 = 1,
    rate: (Int) -> Double
  ) throws -> Ending {
    try check(steps, losses, total)
    let (S1, S2) = areas(steps: total, rate: rate)
    let x = steps.map { S1[$0 - 1] }
    let annealed = steps.map { S2[$0 - 1] }
    guard x.allSatisfy({ $0 > 0 }) else {
      throw InputError("has a learning rate of 0 up to a logged step", field: "schedule")
    }
    let last = total - 1
    let seen = (annealed.max() ?? 0) - (annealed.min() ?? 0)
    guard seen > 0 || annealing != nil || S2[last] == 0 else {
      throw InputError(
        "has not annealed yet, so what annealing will gain cannot be known from this run", field: "curve",
        hint: "give --annealing from an earlier run with the same recipe")
    }
    let known = seen > 0 ? annealing : annealing ?? 0
    guard let curve = solve(x, annealed, losses, known) else {
      throw WorkError("the curve does not fall like a power of the steps", hint: "leave out the first steps")
    }
    var ending = Ending(curve: curve, final: curve.loss(S1: S1[last], S2: S2[last]))
    guard ending.final > 0 else {
      let told = "C = \(Numbers.significant(curve.C, 4)) would bring it down to \(Numbers.significant(ending.final, 4))"
      throw WorkError(
        "the curve ends at no loss: annealing by \(told)",
        hint: annealing == nil
          ? "log more of the run, or give the C of an earlier one" : "give the C of an earlier curve")
    }
    guard resamples > 1 else { return ending }
    let fitted = zip(x, annealed).map { curve.loss(S1: $0.0, S2: $0.1) }
    let residuals = zip(losses, fitted).map { $0.0 - $0.1 }
    let block = max(1, Int(Double(losses.count).squareRoot()))
    var ends: [Double] = []
    for index in 0..<resamples {
      var random = Philox(seed: seed, stream: UInt64(index))
      var values = fitted
      for start in stride(from: 0, to: values.count, by: block) {
        let from = random.index(below: residuals.count - block + 1)
        for offset in 0..<min(block, values.count - start) { values[start + offset] += residuals[from + offset] }
      }
      guard let draw = solve(x, annealed, values, known) else { continue }
      ends.append(draw.loss(S1: S1[last], S2: S2[last]) + curve.rms * random.normal())
    }
    ends.sort()
    if ends.count * 2 > resamples, let low = quantile(ends, 0.025), let high = quantile(ends, 0.975) {
      ending.interval = low...high
    }
    return ending
  }

  private static func check(_ steps: [Int], _ losses: [Double], _ total: Int) throws {
    guard steps.count == losses.count, steps.count >= 8 else {
      throw InputError(
        "has \(Numbers.counted(steps.count, "point")), fewer than eight", field: "curve", hint: "log more often")
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
  }

  /// The best curve: for a given alpha the rest is linear, so one variable is searched. Nil where the curve does not fall.
  private static func solve(_ x: [Double], _ annealed: [Double], _ losses: [Double], _ known: Double?) -> LearningCurve?
  {
    let logs = x.map { logarithm($0) }
    let one = [Double](repeating: 1, count: x.count)
    let shifted = known.map { C in zip(losses, annealed).map { $0 + C * $1 } }
    let negative = annealed.map { -$0 }
    func at(_ logAlpha: Double) -> (curve: LearningCurve, squares: Double)? {
      let alpha = exponential(logAlpha)
      let powers = logs.map { exponential(-alpha * $0) }
      guard let line = leastSquares(shifted == nil ? [one, powers, negative] : [one, powers], shifted ?? losses) else {
        return nil
      }
      let c = line.coefficients
      return (LearningCurve(L0: c[0], A: c[1], alpha: alpha, C: known ?? c[2], rms: 0), line.residualSum)
    }
    let (low, high) = (logarithm(0.05), logarithm(2.0))
    let width = (high - low) / 40
    var best = (at: low, squares: Double.infinity)
    for step in 0...40 {
      let here = low + width * Double(step)
      if let squares = at(here)?.squares, squares < best.squares { best = (here, squares) }
    }
    let minimum = goldenSection(best.at - width, best.at + width, tolerance: 1e-7) { at($0)?.squares ?? .infinity }
    guard let (found, squares) = at(minimum), found.A > 0, found.L0 >= 0 else { return nil }
    var curve = found
    curve.rms = (squares / Double(losses.count)).squareRoot()
    return curve
  }
}
