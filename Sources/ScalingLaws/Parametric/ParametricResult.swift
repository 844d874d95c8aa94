import Input

/// What a parametric fit found, how sure that is, and what it has to say about itself.
public struct ParametricResult: Sendable {
  public var surface: LossSurface
  /// The column that N is, and what C is in terms of it: C = flopsPerScale N D.
  public var scale: String
  public var flopsPerScale: Double
  public var lossUnit: LossUnit
  public var options: ParametricOptions
  /// The plain sum over the points of the loss of the residuals.
  public var objective: Double
  /// The number of runs fitted.
  public var n: Int
  public var convergence: Convergence
  public var starts: Starts
  public var crossCheck: CrossCheck?
  /// The resampled laws, in order; what failed is left out and counted in `failedResamples`.
  public var samples: [LossSurface]
  public var failedResamples: [String: Int]
  public var profileE: Profile?
  public var influence: [Influence]
  /// The law without each run in turn, where there are fewer than two runs a coefficient; empty otherwise.
  public var leftOut: [LossSurface] = []
  public var residuals: ResidualSummary
  /// The same points under the other losses: how much the choice matters.
  public var alternatives: [Alternative]
  public var shortRuns: ShortRuns?
  /// Nil where the runs are known to be long.
  public var shortRunTest: ShortRunTest?
  /// What repeated runs say about chance; nil without any.
  public var seedNoise: SeedNoise?
  /// The smallest and largest scale, tokens and compute of the runs.
  public var range: DataRange
  public var warnings: [FitWarning]

  /// How many starts there were, how many converged, how many of those at the same lowest objective.
  public struct Starts: Equatable, Sendable {
    public var total: Int
    public var converged: Int
    public var agree: Int
  }

  public struct CrossCheck: Equatable, Sendable {
    /// The lowest objective that variable projection found, in the same sum.
    public var objective: Double
    public var agrees: Bool
  }

  /// The values of E that the data do not rule out, everything else fitted anew for each.
  public struct Profile: Equatable, Sendable {
    public var low: Double
    public var high: Double
    /// Whether E = 0 is among them.
    public var reachesZero: Bool
  }

  /// What leaving out a few runs does to an estimate.
  public struct Influence: Equatable, Sendable {
    public var parameter: String
    /// The lines of the runs left out.
    public var lines: [Int]
    public var from: Double
    public var to: Double
  }

  public struct ResidualSummary: Equatable, Sendable {
    /// Root mean square and robust deviation of the residuals (relative for log residuals).
    public var rms: Double
    public var robust: Double
    /// The share of their variance that a quadratic in ln N and ln D explains beyond the law, with its F statistic.
    public var pattern: Double
    public var patternF: Double
  }

  public struct Alternative: Equatable, Sendable {
    public var loss: RobustLoss
    public var residual: ResidualKind
    public var surface: LossSurface
  }

  /// The fit without runs of few steps.
  public struct ShortRuns: Equatable, Sendable {
    /// Fewer steps than this is short.
    public var limit: Double
    public var count: Int
    /// Whether the steps come from an assumed batch, because the file has none.
    public var assumedBatch: Bool
    public var surface: LossSurface
    /// The standard errors of E, alpha, beta and a from a few resamples; empty where none were asked for.
    public var standardErrors: [String: Double]
    public var objective: Double
    public var n: Int
  }

  /// Any quantity of the law with its interval: the quantity is taken of each resampled law, never put together from
  /// the intervals of its parts. Nil without resamples.
  public func interval(_ quantity: (LossSurface) -> Double) -> Interval? {
    Interval(percentiles: samples.map(quantity), level: percentileLevel)
  }

  /// The level of percentiles of resamples. Where every other one allows for short runs, intervals are to hold at the
  /// options' level whichever of the two laws is true: where the two halves lie side by side each tail is of one half
  /// alone, and the level itself does; where one lies within the other it takes (1 + level) / 2. In between is this.
  /// (For profiles, whose resamples have the tails of Student's t already, the level itself does.)
  var percentileLevel: Double {
    let level = options.resampling.level
    return shortRunTest?.isOpen == true ? level + (1 - level) / 4 : level
  }

  /// The names of JSON and of text, with what they are.
  static let quantities: [(name: String, of: @Sendable (LossSurface) -> Double)] = [
    ("E", { $0.E }), ("A", { $0.A }), ("B", { $0.B }), ("alpha", { $0.alpha }), ("beta", { $0.beta }),
    ("a", { $0.a }), ("b", { $0.b }),
  ]

  /// The loss predicted at a scale and tokens, its interval, and how far that is beyond the runs.
  public func predict(scale: Double, tokens: Double) -> Prediction {
    let compute = flopsPerScale * scale * tokens
    return Prediction(
      scale: scale, tokens: tokens, compute: compute, loss: surface.loss(scale: scale, tokens: tokens),
      interval: lossInterval(scale: scale, tokens: tokens) { $0.loss(scale: scale, tokens: tokens) },
      decades: range.decadesBeyond(compute: compute))
  }

  /// The interval of a loss: that of the resamples, and what the choice of few runs adds.
  private func lossInterval(scale: Double, tokens: Double, _ loss: (LossSurface) -> Double) -> Interval? {
    let level = options.resampling.level
    return interval(loss)?.widened(
      about: loss(surface), by: leftOut.choiceOfRuns(scale: scale, tokens: tokens, level: level))
  }

  /// The allocation for a budget and the loss there, each with its interval: that of each resampled law at its own
  /// optimum, not at this one's.
  ///
  /// - Throws: `InputError` as `LossSurface.optimum` does.
  public func optimum(compute: Double) throws -> Prediction {
    let k = flopsPerScale
    let best = try surface.optimum(compute: compute, flopsPerScale: k)
    var prediction = predict(scale: best.scale, tokens: best.tokens)
    prediction.interval = lossInterval(scale: best.scale, tokens: best.tokens) {
      $0.lossCurve(flopsPerScale: k, unit: compute)(compute)
    }
    prediction.scaleInterval = interval { $0.scaleLaw(flopsPerScale: k)(compute) }
    prediction.tokensInterval = interval { $0.tokenLaw(flopsPerScale: k)(compute) }
    return prediction
  }
}
