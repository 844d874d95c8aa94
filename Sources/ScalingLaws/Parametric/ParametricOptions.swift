import Input

/// What a parametric fit (Chinchilla's approach 3) minimises, and how sure it wants to be.
public struct ParametricOptions: Equatable, Sendable {
  public var loss = RobustLoss.huber(delta: 1e-3)
  public var residual = ResidualKind.log
  /// alpha = beta.
  public var tiedExponents = false
  public var fixedE: Double?
  /// The exponent a of the allocation is held at this value: beta = alpha a / (1 - a). For the result of an IsoFLOP fit.
  public var allocationExponent: Double?
  /// From how many places the search starts.
  public var starts = 128
  public var resampling = Resampling()
  /// Each resample asked for stands for this many draws of the runs, each with a refit of its own. The ends of a 95 %
  /// interval from 4,000 draws still move by 1 % of its width from seed to seed, and the error of a coefficient with a
  /// long tail by 5 %; a refit takes so little that this need not be.
  public var drawsPerResample = 4
  /// Whether variable projection has to find the same minimum.
  public var crossCheck = true
  /// Whether the other losses are fitted too, to say how much the choice matters.
  public var alternatives = true
  /// How many runs the leave-k-out influence takes out; 0 leaves it out.
  public var influence = 5

  public init() {}

  var ties: Ties {
    let ratio = allocationExponent.map { $0 / (1 - $0) } ?? (tiedExponents ? 1 : nil)
    return Ties(fixedE: fixedE, betaPerAlpha: ratio)
  }

  /// How many resampled laws there will be, those that fail among them.
  var draws: Int { resampling.count * drawsPerResample }

  func check() throws {
    if case .huber(let delta) = loss, !(delta > 0 && delta.isFinite) {
      throw InputError("is not a positive number", field: "delta", value: "\(delta)")
    }
    if let E = fixedE, !(E >= 0 && E.isFinite) {
      throw InputError("is not a loss: zero or a positive number", field: "E", value: "\(E)")
    }
    if let a = allocationExponent, !(a > 0 && a < 1) {
      throw InputError("is not between 0 and 1", field: "allocation exponent", value: "\(a)")
    }
    guard allocationExponent == nil || !tiedExponents else {
      throw InputError("tied exponents mean a = 0.5: give one of the two", field: "allocation exponent")
    }
    guard drawsPerResample >= 1 else {
      throw InputError("is not a positive number", field: "draws per resample", value: "\(drawsPerResample)")
    }
    guard starts >= 1 else { throw InputError("is not a positive number", field: "starts", value: "\(starts)") }
    try resampling.check()
  }
}

extension Resampling {
  func check() throws {
    guard count >= 0 else { throw InputError("is negative", field: "bootstrap", value: "\(count)") }
    guard count <= 10_000_000 else {
      throw InputError("is more than 10 million", field: "bootstrap", value: "\(count)")
    }
    guard level > 0, level < 1 else {
      throw InputError("is not between 0 and 1", field: "level", value: "\(level)", hint: "0.95 is usual")
    }
    if case .noise(let relative?) = scheme, !(relative > 0 && relative.isFinite) {
      throw InputError("is not a positive number", field: "seed noise", value: "\(relative)")
    }
  }
}
