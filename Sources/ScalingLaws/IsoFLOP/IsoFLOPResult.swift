import Input

/// What IsoFLOP profiles say: the minimum of each budget, the power laws through them, the loss along them.
public struct IsoFLOPResult: Sendable {
  public var scale: String
  public var flopsPerScale: Double
  public var lossUnit: LossUnit
  public var options: IsoFLOPOptions
  /// The level at which percentiles of the resamples are taken so that intervals hold at the level asked for: a little
  /// wider, because the noise of each budget is itself estimated.
  public var percentileLevel: Double
  public var budgets: [Budget]
  /// scale_opt = base C^exponent and D_opt = base C^exponent, each from minima of its own.
  public var model: Line
  public var data: Line
  /// The loss at the minima against C, with an irreducible part; nil for fewer than four budgets.
  public var lossCurve: Curve?
  /// The same without one: the pure power law.
  public var pureCurve: Curve
  public var samples: [Sample]
  public var failedResamples: [String: Int]
  /// The exponent by other methods and windows on the same runs.
  public var alternatives: [Alternative]
  public var shortRuns: ShortRuns?
  /// By a surface through all runs; nil where they are known to be long.
  public var shortRunTest: ShortRunTest?
  /// What repeated runs say about chance; nil without any.
  public var seedNoise: SeedNoise?
  public var range: DataRange
  public var warnings: [FitWarning]

  /// One budget.
  public struct Budget: Equatable, Sendable {
    public var compute: Double
    public var label: Double?
    /// Runs used, and their lines.
    public var n: Int
    public var lines: [Int]
    public var status: ProfileStatus
    /// Where the loss is lowest; nil unless `status` is `.fitted`.
    public var optimum: Double?
    public var tokens: Double?
    public var loss: Double?
    /// d2 L / d (ln scale)^2 at the minimum.
    public var curvature: Double?
    /// Of the optimum, its tokens and its loss, from resampling.
    public var interval: Interval?
    public var tokensInterval: Interval?
    public var lossInterval: Interval?
    /// Where the minimum lies between the smallest (-1) and the largest (1) scale.
    public var position: Double?
    /// The standard deviation of the losses about the curve.
    public var noise: Double?
    /// How many resamples lost this budget's minimum, by reason.
    public var lost: [String: Int]
  }

  /// A power law with its intervals.
  public struct Line: Equatable, Sendable {
    public var law: PowerLaw
    /// Of the exponent, from resampling.
    public var exponent: Interval?
    /// Of the base, from resampling.
    public var base: Interval?
    /// Of the exponent, from the scatter of the minima about the line alone (Student's t): it knows nothing of what moves
    /// them along a line of their own, as short runs and skewed profiles do. Nil for two budgets.
    public var scatter: Interval?
  }

  /// A loss curve with its intervals.
  public struct Curve: Equatable, Sendable {
    public var law: OffsetPowerLaw
    /// Root mean square of the losses about it.
    public var rms: Double
    public var E: Interval?
    public var k: Interval?
    public var gamma: Interval?
    /// The values of E that the minima do not rule out.
    public var profileE: ClosedRange<Double>?
    /// E with each budget left out, and with the lowest ones left out: how far it moves with the points kept.
    public var subsetsE: ClosedRange<Double>?
  }

  /// The laws of one resample.
  public struct Sample: Equatable, Sendable {
    public var model: PowerLaw
    public var data: PowerLaw
    /// Nil where fewer than four budgets kept their minimum.
    public var loss: OffsetPowerLaw?
    public var pureLoss: OffsetPowerLaw
  }

  public struct Alternative: Equatable, Sendable {
    public var method: ProfileMethod
    public var window: Double?
    public var exponent: Double
    /// From a few resamples; nil where none were asked for.
    public var standardError: Double?
    public var budgets: Int
  }

  /// The exponent without runs of few steps.
  public struct ShortRuns: Equatable, Sendable {
    /// Fewer steps than this is short, and how many runs are.
    public var limit: Double
    public var count: Int
    /// Whether the steps come from an assumed batch, because the file has none.
    public var assumedBatch: Bool
    /// Of the budgets that have no short run (or, where those are too few, of what is left of each); nil where even that
    /// gives no line.
    public var exponent: Double?
    public var standardError: Double?
    public var budgets: Int
  }

  /// Any quantity of the laws with its interval; nil without resamples.
  public func interval(_ quantity: (Sample) -> Double?) -> Interval? {
    Interval(percentiles: samples.compactMap(quantity), level: percentileLevel)
  }

  /// The allocation for a budget and the loss there, each with its interval.
  public func optimum(compute C: Double) -> Prediction {
    Prediction(
      scale: model.law(C), tokens: data.law(C), compute: C, loss: (lossCurve ?? pureCurve).law(C),
      interval: lossCurve == nil ? interval { $0.pureLoss(C) } : interval { $0.loss?(C) },
      scaleInterval: interval { $0.model(C) },
      tokensInterval: interval { $0.data(C) }, decades: range.decadesBeyond(compute: C))
  }
}
