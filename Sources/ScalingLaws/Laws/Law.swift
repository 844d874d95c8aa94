/// A published or fitted scaling law as data: what it says, in which units, over which range, and who says so.
///
/// Every part is optional, because papers publish parts: one gives tokens only, another a learning rate only. What a
/// law does not have, nothing makes up for: the solver says which part is missing.
public struct Law: Equatable, Sendable {
  /// The name it is asked for by: `deepseek`, `hoffmann_a3`.
  public var id: String
  /// A second set of coefficients of the same source: `rounded`, `dense`, `code`. Asked for as `id:variant`.
  public var variant: String?
  /// One line for a list.
  public var title: String
  /// The paper, as `arXiv 2401.02954`, or the file it was fitted from.
  public var source: String
  /// Equation, table or section.
  public var location: String
  public var status: Status

  /// What the model's size is counted in.
  public var scale: ModelScale
  /// What a token costs in the law's own account, C = (perScale x scale + constant) x D. Nil where the law does not
  /// tie tokens, size and compute together.
  public var cost: TokenCost?

  /// The compute-optimal size, in units of `scale`, from C in FLOPs.
  public var modelSize: PowerLaw?
  /// The compute-optimal tokens from C in FLOPs.
  public var tokens: PowerLaw?
  public var learningRate: HyperparameterLaw?
  /// The batch in tokens.
  public var batchTokens: HyperparameterLaw?
  /// The schedule that the learning rate is the maximum of, where the source fixes one.
  public var schedule: LearningRateSchedule?
  /// The weight decay through the AdamW timescale.
  public var timescale: AdamTimescale?
  public var surface: LossSurface?
  /// Loss along the optimum as a function of C alone.
  public var lossCurve: OffsetPowerLaw?
  /// How fast the loss rises off the optimum at fixed C: loss units per (ln scale/optimum)^2, as a function of C.
  public var curvature: PowerLaw?
  public var lossUnit: String?
  /// What a repeated token is worth.
  public var repetition: RepeatedData?
  /// Relations that the solver does not use, with their numbers.
  public var relations: [Relation]

  /// Budgets in FLOPs over which size and tokens were fitted.
  public var allocationRange: ClosedRange<Double>?
  /// Budgets in FLOPs over which learning rate and batch were fitted.
  public var hyperparameterRange: ClosedRange<Double>?
  /// The resamples of a fit: what the coefficients could have been as well.
  public var draws: [LossSurface]
  /// The same for a fit of profiles: where the optimum could be as well, and the loss along it.
  public var curveDraws: [CurveDraw]
  /// The law without each of its runs in turn, where they were so few that their choice decides.
  public var leftOut: [LossSurface]
  /// The standard deviation of a run about the law, in natural log of the loss.
  public var logNoise: Double?
  public var notes: [String]

  public init(
    id: String, variant: String? = nil, title: String, source: String, location: String, status: Status,
    scale: ModelScale, cost: TokenCost? = nil
  ) {
    self.id = id
    self.variant = variant
    self.title = title
    self.source = source
    self.location = location
    self.status = status
    self.scale = scale
    self.cost = cost
    relations = []
    draws = []
    curveDraws = []
    leftOut = []
    notes = []
  }

  /// The name that finds it again: `id` or `id:variant`.
  public var name: String { variant.map { "\(id):\($0)" } ?? id }

  /// How far the numbers can be trusted to be the paper's.
  public enum Status: String, Sendable, CaseIterable {
    /// Read in the paper or its code, or several independent copies agree.
    case sure
    /// Read in other people's transcriptions.
    case secondHand = "second-hand"
    /// Fitted by whoever wrote the file.
    case fitted
  }
}

extension Law {
  /// A law built in one expression: the constructor's parts, then the rest in a closure.
  init(
    _ id: String, variant: String? = nil, _ title: String, source: String, at location: String, _ status: Status,
    scale: ModelScale, cost: TokenCost? = nil, _ fill: (inout Law) -> Void
  ) {
    self.init(
      id: id, variant: variant, title: title, source: source, location: location, status: status, scale: scale,
      cost: cost)
    fill(&self)
  }
}

/// One resample of IsoFLOP profiles: the compute-optimal size, and the loss there, both as functions of C.
public struct CurveDraw: Equatable, Sendable {
  public var modelSize: PowerLaw
  public var lossCurve: OffsetPowerLaw

  public init(modelSize: PowerLaw, lossCurve: OffsetPowerLaw) {
    self.modelSize = modelSize
    self.lossCurve = lossCurve
  }
}

/// What a law counts a model's size in.
public enum ModelScale: String, Sendable, CaseIterable {
  /// Non-embedding training FLOPs per token.
  case flopsPerToken = "M"
  case totalParameters = "N_total"
  case nonEmbeddingParameters = "N_nonembedding"
  case activeParameters = "N_active"

  /// In words, for a sentence.
  public var words: String {
    switch self {
    case .flopsPerToken: "FLOPs per token (M)"
    case .totalParameters: "total parameters"
    case .nonEmbeddingParameters: "non-embedding parameters"
    case .activeParameters: "active parameters"
    }
  }
}

/// FLOPs of a token as a law accounts for them: perScale x size + constant.
public struct TokenCost: Equatable, Sendable {
  public var perScale: Double
  public var constant: Double

  public init(perScale: Double, constant: Double = 0) {
    self.perScale = perScale
    self.constant = constant
  }

  /// C = M D, the size being M.
  public static let modelFLOPs = TokenCost(perScale: 1)
  /// C = 6 N D.
  public static let sixPerParameter = TokenCost(perScale: 6)

  public func flopsPerToken(scale: Double) -> Double { perScale * scale + constant }

  /// `C = 6 N D`, as it is written in a list.
  public func formula(_ scale: ModelScale) -> String {
    let symbol = scale == .flopsPerToken ? "M" : "N"
    let product = perScale == 1 ? "\(symbol) D" : "\(plain(perScale)) \(symbol) D"
    return constant == 0 ? "C = \(product)" : "C = \(product) + \(plain(constant)) D"
  }
}

/// y = coefficient C^compute N^scale D^tokens: a learning rate or a batch.
public struct HyperparameterLaw: Equatable, Sendable {
  public var coefficient: Double
  /// The exponents; 0 where the quantity does not enter.
  public var compute: Double
  public var scale: Double
  public var tokens: Double

  public init(coefficient: Double, compute: Double = 0, scale: Double = 0, tokens: Double = 0) {
    self.coefficient = coefficient
    self.compute = compute
    self.scale = scale
    self.tokens = tokens
  }

  public func callAsFunction(compute C: Double, scale N: Double, tokens D: Double) -> Double {
    var log = logarithm(coefficient)
    for (exponent, x) in [(compute, C), (scale, N), (tokens, D)] where exponent != 0 { log += exponent * logarithm(x) }
    return exponential(log)
  }

  /// `0.3118 C^-0.125`.
  public func formula(_ scaleUnit: ModelScale) -> String {
    var text = plain(coefficient)
    let symbols = [("C", compute), (scaleUnit == .flopsPerToken ? "M" : "N", scale), ("D", tokens)]
    for (symbol, exponent) in symbols where exponent != 0 { text += " \(symbol)^\(plain(exponent))" }
    return text
  }
}

/// A relation that is shown but not solved with: its form and its numbers.
public struct Relation: Equatable, Sendable {
  public var name: String
  public var formula: String
  public var coefficients: [Coefficient]

  public init(_ name: String, _ formula: String, _ coefficients: [(String, Double)] = []) {
    self.name = name
    self.formula = formula
    self.coefficients = coefficients.map { Coefficient(name: $0.0, value: $0.1) }
  }

  public struct Coefficient: Equatable, Sendable {
    public var name: String
    public var value: Double
  }
}

/// A number with no more digits than it was given with: `6`, `0.292`, `2.3e8`.
func plain(_ x: Double) -> String {
  guard x == x.rounded(), abs(x) < 9e15 else { return "\(x)" }
  let digits = String(Int(abs(x)))
  guard digits.count > 6 else { return String(Int(x)) }
  var mantissa = digits
  while mantissa.hasSuffix("0") { mantissa.removeLast() }
  let rest = mantissa.dropFirst()
  return (x < 0 ? "-" : "") + String(digits.prefix(1)) + (rest.isEmpty ? "" : "." + rest) + "e\(digits.count - 1)"
}
