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
      self.init(curve: curve, draws: law.curveDraws.map(\.lossCurve))
    } else if let surface = law.surface, let cost = law.cost, cost.constant == 0 {
      self.init(
        curve: surface.lossCurve(flopsPerScale: cost.perScale, unit: 1e18),
        draws: law.draws.map { $0.lossCurve(flopsPerScale: cost.perScale, unit: 1e18) })
    } else {
      throw InputError(
        "predicts no loss from compute alone", field: "law", value: law.name,
        hint: law.status == .fitted
          ? "isoflop fit RUNS --parametric --save LAW.json makes one that does; so does --isoflop of four budgets or more"
          : "give a law with a loss, such as besiroglu")
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
