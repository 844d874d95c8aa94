import Input

/// What more compute brings: a loss curve E + k C^-gamma has no knee, so every limit here is one that someone chose.
public struct Returns: Sendable, Equatable {
  public var curve: OffsetPowerLaw
  /// Resamples of the curve, for intervals.
  public var draws: [OffsetPowerLaw]

  public init(curve: OffsetPowerLaw, draws: [OffsetPowerLaw] = []) {
    self.curve = curve
    self.draws = draws
  }

  /// From a law: its loss curve, or its surface along the optimum.
  ///
  /// - Throws: `InputError` where it predicts no loss from compute alone.
  public init(_ law: Law) throws {
    if let curve = law.lossCurve {
      self.init(curve: curve)
    } else if let surface = law.surface, let cost = law.cost, cost.constant == 0 {
      self.init(
        curve: surface.lossCurve(flopsPerScale: cost.perScale, unit: 1e18),
        draws: law.draws.map { $0.lossCurve(flopsPerScale: cost.perScale, unit: 1e18) })
    } else {
      throw InputError("predicts no loss from compute alone", field: "law", value: law.name)
    }
  }

  /// Compute that reaches a loss, and its 95 % interval, whose upper end is infinite where more than 2.5 % of the
  /// resamples never reach it.
  public func compute(toReach loss: Double) throws -> (best: Reach, interval: ClosedRange<Double>?) {
    guard loss > 0, loss.isFinite else { throw InputError("is not a loss", field: "target", value: "\(loss)") }
    let best = curve.inverse(loss).map(Reach.compute) ?? .never(irreducible: curve.offset)
    guard draws.count > 1 else { return (best, nil) }
    let all = draws.map { $0.inverse(loss) ?? .infinity }.sorted()
    let low = all[Int(0.025 * Double(all.count - 1))]
    let high = all[Int((0.975 * Double(all.count - 1)).rounded(.up))]
    return (best, low...high)
  }

  public enum Reach: Sendable, Equatable {
    case compute(Double)
    /// No compute reaches it: it is at or below the irreducible loss.
    case never(irreducible: Double)
  }

  /// The budget beyond which a doubling gains less than `times` the noise of a run (in units of loss).
  public func undetectable(noise: Double, times: Double = 2) throws -> Double {
    guard noise > 0, times > 0 else { throw InputError("is not a positive number", field: "noise", value: "\(noise)") }
    return budget(whereDoublingGains: noise * times)
  }

  /// The budget beyond which a doubling gains less than it costs: the gain is worth `value` a unit of loss, and the
  /// compute that is added costs `price` a FLOP.
  public func uneconomic(value: Double, price: Double) throws -> Double {
    for (field, number) in [("value", value), ("price", price)] {
      guard number > 0, number.isFinite else {
        throw InputError("is not a positive number", field: field, value: "\(number)")
      }
    }
    // value R(C) (1 - 2^-gamma) = price C, R(C) = k (C/u)^-gamma.
    let gain = value * curve.coefficient * (1 - exponential(-curve.gamma * logarithm(2)))
    let power = (logarithm(gain / price) + curve.gamma * logarithm(curve.unit)) / (1 + curve.gamma)
    return exponential(power)
  }

  private func budget(whereDoublingGains gain: Double) -> Double {
    let share = 1 - exponential(-curve.gamma * logarithm(2))
    return curve.unit * exponential(logarithm(curve.coefficient * share / gain) / curve.gamma)
  }

  /// Compute has to grow by this factor to halve what is left above the irreducible loss: 2^(1/gamma).
  public var factorToHalve: Double { exponential(logarithm(2) / curve.gamma) }
}

/// Whether losses along budgets bend away from one offset power law: every budget from the fourth on is predicted from
/// those before it, and the errors are compared with the scatter about the curve.
public struct BreakTest: Sendable, Equatable {
  /// For each budget predicted: its compute, the loss observed and predicted.
  public var steps: [Step]
  /// BIC of one curve less that of two curves with a break; above 6 a break is likely (Kass and Raftery 1995).
  public var evidence: Double?
  /// Where two curves would part.
  public var breakAt: Double?

  public struct Step: Sendable, Equatable {
    public var compute: Double
    public var observed: Double
    public var predicted: Double
    public var relativeError: Double { predicted / observed - 1 }
  }

  /// - Throws: `InputError` for fewer than five budgets: there is nothing to test.
  public init(compute: [Double], loss: [Double]) throws {
    guard compute.count == loss.count, compute.count >= 5 else {
      throw InputError(
        "are too few to test for a break", field: "budgets", value: "\(compute.count)", hint: "five at least")
    }
    let order = compute.indices.sorted { compute[$0] < compute[$1] }
    let C = order.map { compute[$0] }
    let L = order.map { loss[$0] }
    steps = []
    for count in 3..<C.count where count >= 3 {
      guard let fit = LossCurveFit.offset(compute: Array(C[..<count]), loss: Array(L[..<count])) else { continue }
      steps.append(Step(compute: C[count], observed: L[count], predicted: fit.law(C[count])))
    }
    evidence = nil
    breakAt = nil
    guard C.count >= 8, let one = LossCurveFit.offset(compute: C, loss: L) else { return }
    let n = Double(C.count)
    func bic(_ squares: Double, _ parameters: Double) -> Double {
      n * logarithm(max(squares, 1e-300) / n) + parameters * logarithm(n)
    }
    var best = (squares: Double.infinity, at: 0)
    for split in 4...(C.count - 4) {
      guard let low = LossCurveFit.offset(compute: Array(C[..<split]), loss: Array(L[..<split])),
        let high = LossCurveFit.offset(compute: Array(C[split...]), loss: Array(L[split...]))
      else { continue }
      if low.squares + high.squares < best.squares { best = (low.squares + high.squares, split) }
    }
    guard best.squares.isFinite else { return }
    // Three parameters a curve, and the place of the break.
    evidence = bic(one.squares, 3) - bic(best.squares, 7)
    breakAt = (C[best.at - 1] * C[best.at]).squareRoot()
  }
}
