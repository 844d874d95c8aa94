import Input

/// From loss to the score on a benchmark: a sigmoid between chance and ceiling, or Gadre et al.'s exponential
/// Err = ceiling - k exp(-gamma L) (arXiv 2403.08540, equation 5), fitted to runs that have both.
public struct DownstreamFit: Sendable, Equatable {
  public var form: Form
  /// Parameters of the form: sigmoid (chance, ceiling, slope, midpoint), exponential (epsilon, k, gamma).
  public var parameters: [Double]
  public var rms: Double
  public var points: Int
  /// The same fitted to resampled runs.
  public var draws: [[Double]]

  public enum Form: String, Sendable, CaseIterable {
    /// score = chance + (ceiling - chance) / (1 + exp(slope (L - midpoint))).
    case sigmoid
    /// score = 1 - error, error = epsilon - k exp(-gamma L).
    case exponential
  }

  public func score(loss: Double) -> Double { DownstreamFit.score(form, parameters, loss) }

  private static func score(_ form: Form, _ p: [Double], _ loss: Double) -> Double {
    switch form {
    case .sigmoid: p[0] + (p[1] - p[0]) / (1 + ScalingLaws.exponential(p[2] * (loss - p[3])))
    case .exponential: 1 - (p[0] - p[1] * ScalingLaws.exponential(-p[2] * loss))
    }
  }

  /// The score at a loss that is itself uncertain: the middle 95 % over the resamples of this fit, each at a loss drawn
  /// from the forecast.
  public func interval(_ forecast: Forecast, seed: UInt64 = 1) -> ClosedRange<Double>? {
    guard draws.count > 1 else { return nil }
    var random = Philox(seed: seed, stream: 7)
    let deviation = forecast.deviation ?? 0
    let scores = draws.map { draw in
      DownstreamFit.score(form, draw, forecast.loss * ScalingLaws.exponential(deviation * random.normal()))
        + rms * random.normal()
    }.sorted()
    guard let low = quantile(scores, 0.025), let high = quantile(scores, 0.975) else { return nil }
    return low...high
  }

  /// The score that goes with a forecast, as `isoflop predict --scores --json` has it.
  public func json(_ forecast: Forecast) -> JSON {
    let interval = interval(forecast)
    return [
      "value": .number(score(loss: forecast.loss)), "low": .value(interval?.lowerBound),
      "high": .value(interval?.upperBound), "form": .string(form.rawValue),
      "runs": .integer(points),
    ]
  }

  /// Fits (loss, score) pairs by least squares. Chance and ceiling of a sigmoid are given, not fitted: a dozen runs
  /// below saturation do not determine them.
  ///
  /// - Throws: `InputError` for too few pairs or numbers that are none; `WorkError` where scores do not follow the loss.
  public static func fit(
    losses: [Double], scores: [Double], form: Form, chance: Double = 0, ceiling: Double = 1, resamples: Int = 400,
    seed: UInt64 = 1
  ) throws -> DownstreamFit {
    guard losses.count == scores.count, losses.count >= 5 else {
      throw InputError("are too few", field: "pairs", value: "\(losses.count)", hint: "five runs with loss and score")
    }
    guard losses.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw InputError("holds a number that is no loss", field: "loss")
    }
    guard chance >= 0, chance < ceiling, ceiling <= 1, scores.allSatisfy({ 0...1 ~= $0 }) else {
      throw InputError(
        "is not a share between 0 and 1", field: "score", hint: "accuracies as 0.57, chance below ceiling")
    }
    guard let best = solve(losses, scores, form, chance, ceiling) else {
      throw WorkError("the scores do not rise as the loss falls", hint: "more runs, or another benchmark")
    }
    var fit = DownstreamFit(form: form, parameters: best, rms: 0, points: losses.count, draws: [])
    let squares = zip(losses, scores).reduce(0) { $0 + (fit.score(loss: $1.0) - $1.1) * (fit.score(loss: $1.0) - $1.1) }
    let fitted = form == .sigmoid ? 2 : 3
    fit.rms = (squares / Double(max(losses.count - fitted, 1))).squareRoot()
    for index in 0..<resamples {
      var random = Philox(seed: seed, stream: UInt64(index))
      let picks = losses.indices.map { _ in random.index(below: losses.count) }
      if let draw = solve(picks.map { losses[$0] }, picks.map { scores[$0] }, form, chance, ceiling) {
        fit.draws.append(draw)
      }
    }
    return fit
  }

  private static func solve(
    _ losses: [Double], _ scores: [Double], _ form: Form, _ chance: Double, _ ceiling: Double
  ) -> [Double]? {
    switch form {
    case .sigmoid:
      let centre = mean(losses)
      let spread = max(standardDeviation(losses), 1e-6)
      let found = nelderMead(from: [0, 0], step: 0.5, tolerance: 1e-8) { p in
        let trial = [chance, ceiling, ScalingLaws.exponential(min(p[0], 6)) / spread, centre + p[1] * spread]
        return zip(losses, scores).reduce(0) {
          $0 + (score(form, trial, $1.0) - $1.1) * (score(form, trial, $1.0) - $1.1)
        }
      }
      guard found.converged else { return nil }
      return [
        chance, ceiling, ScalingLaws.exponential(min(found.point[0], 6)) / spread, centre + found.point[1] * spread,
      ]
    case .exponential:
      let one = [Double](repeating: 1, count: losses.count)
      func line(_ gamma: Double) -> LinearFit? {
        leastSquares([one, losses.map { ScalingLaws.exponential(-gamma * $0) }], scores)
      }
      let gamma = goldenSection(0.05, 5, tolerance: 1e-7) { line($0)?.residualSum ?? .infinity }
      guard let found = line(gamma), found.coefficients[1] > 0 else { return nil }
      return [1 - found.coefficients[0], found.coefficients[1], gamma]
    }
  }
}
