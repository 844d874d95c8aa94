import Input

/// Something a fit has to say about itself: a stable code for programs, a sentence for people.
public struct FitWarning: Equatable, Sendable {
  /// How much it weighs.
  public enum Severity: String, Sendable {
    /// Worth knowing; the estimate and its interval stand.
    case note
    /// A reason not to believe the interval, or the estimate.
    case caution
  }

  /// Every code, so that a program can rely on them.
  public enum Code: String, Sendable, CaseIterable {
    // What the runs say about themselves.
    case skippedRows = "skipped-rows"
    case computeMismatch = "compute-mismatch"
    case budgetLabelMismatch = "budget-label-mismatch"
    case checkpointsDropped = "checkpoints-dropped"
    case repeatedData = "repeated-data"
    case normalisedLoss = "normalised-loss"
    case mixedDatasets = "mixed-datasets"
    case scaleChosen = "scale-chosen"
    case convertedUnits = "converted-units"
    // What the design of the experiment does to an estimate.
    case shortRuns = "short-runs"
    case edgeOptimum = "edge-optimum"
    case offCentre = "off-centre"
    case asymmetric = "asymmetric-profile"
    case tooFewPoints = "too-few-points"
    case wrongCurvature = "wrong-curvature"
    case unequalBudgets = "unequal-budgets"
    case narrowRange = "narrow-range"
    case windowSensitive = "window-sensitive"
    case correlatedDesign = "correlated-design"
    // What the fit found.
    case startsDisagree = "starts-disagree"
    case methodsDisagree = "methods-disagree"
    case onBound = "on-bound"
    case unidentifiedE = "unidentified-E"
    case lossChoice = "loss-choice"
    case influentialRuns = "influential-runs"
    case residualPattern = "residual-pattern"
    case failedResamples = "failed-resamples"
    case exponentSum = "exponent-sum"
    case weakPredictor = "weak-predictor"
    case differentValidation = "different-validation"
  }

  public var code: Code
  public var severity: Severity
  public var message: String

  /// A caution.
  public init(_ code: Code, _ message: String) { self.init(code, .caution, message) }

  public init(_ code: Code, _ severity: Severity, _ message: String) {
    self.code = code
    self.severity = severity
    self.message = message
  }

  public var json: JSON {
    ["code": .string(code.rawValue), "severity": .string(severity.rawValue), "message": .string(message)]
  }
}
