import Input

/// L(N, D) = E + A / N^alpha + B / D^beta: the additive loss surface of Hoffmann et al. 2022 (arXiv 2203.15556),
/// approach 3, equation 2.
///
/// N is whatever scale the law was fitted on (total or non-embedding parameters, or M in FLOPs per token), D is in
/// tokens, L in the unit of the losses. What compute costs enters as C = k N D: k is 6 where N counts parameters
/// (6 FLOPs a parameter and token) and 1 where the scale is M, training FLOPs per token.
public struct LossSurface: Equatable, Sendable {
  /// The irreducible loss.
  public var E: Double
  public var A: Double
  public var B: Double
  public var alpha: Double
  public var beta: Double

  public init(E: Double, A: Double, B: Double, alpha: Double, beta: Double) {
    self.E = E
    self.A = A
    self.B = B
    self.alpha = alpha
    self.beta = beta
  }

  /// The predicted loss at scale N and D tokens.
  public func loss(scale: Double, tokens: Double) -> Double {
    E + term(A, alpha, scale) + term(B, beta, tokens)
  }

  /// The exponent of N_opt in C: beta / (alpha + beta).
  public var a: Double { beta / (alpha + beta) }
  /// The exponent of D_opt in C: alpha / (alpha + beta) = 1 - a.
  public var b: Double { alpha / (alpha + beta) }
  /// The exponent of the reducible loss along the optimum: alpha beta / (alpha + beta).
  public var gamma: Double { alpha * beta / (alpha + beta) }

  /// N_opt(C) = G (C/k)^a with G = (alpha A / (beta B))^(1/(alpha+beta)) (Hoffmann et al. 2022, equation 4).
  public func scaleLaw(flopsPerScale k: Double) -> PowerLaw {
    PowerLaw(base: exponential(logG - a * logarithm(k)), exponent: a)
  }

  /// D_opt(C) = (1/G) (C/k)^b.
  public func tokenLaw(flopsPerScale k: Double) -> PowerLaw {
    PowerLaw(base: exponential(-logG - b * logarithm(k)), exponent: b)
  }

  /// The loss along the optimum, E + K (C / unit)^-gamma.
  public func lossCurve(flopsPerScale k: Double, unit: Double = 1) -> OffsetPowerLaw {
    let scale = scaleLaw(flopsPerScale: k)(unit)
    let tokens = tokenLaw(flopsPerScale: k)(unit)
    return OffsetPowerLaw(
      offset: E, coefficient: term(A, alpha, scale) + term(B, beta, tokens), gamma: gamma, unit: unit)
  }

  /// The allocation with the lowest loss for a budget of C FLOPs.
  ///
  /// - Throws: `InputError` where C or k is not a positive finite number, or the surface has no interior optimum
  ///   (A, B, alpha and beta must be positive).
  public func optimum(compute C: Double, flopsPerScale k: Double) throws -> Optimum {
    guard C > 0, C.isFinite else {
      throw InputError("is not a positive number of FLOPs", field: "compute", value: "\(C)")
    }
    guard k > 0, k.isFinite else {
      throw InputError(
        "is not a positive number", field: "flopsPerScale", value: "\(k)", hint: "6 for parameters, 1 for M")
    }
    guard A > 0, B > 0, alpha > 0, beta > 0 else {
      throw InputError(
        "has no compute-optimal allocation: A, B, alpha and beta must be positive", field: "loss surface",
        value: "A=\(A) B=\(B) alpha=\(alpha) beta=\(beta)")
    }
    let scale = scaleLaw(flopsPerScale: k)(C)
    let tokens = tokenLaw(flopsPerScale: k)(C)
    return Optimum(scale: scale, tokens: tokens, loss: loss(scale: scale, tokens: tokens))
  }

  /// A compute-optimal allocation: scale (in the law's own unit), tokens, and the loss there.
  public struct Optimum: Equatable, Sendable {
    public var scale: Double
    public var tokens: Double
    public var loss: Double
  }

  private var logG: Double { (logarithm(alpha * A) - logarithm(beta * B)) / (alpha + beta) }

  private func term(_ coefficient: Double, _ exponent: Double, _ x: Double) -> Double {
    coefficient == 0 ? 0 : coefficient * exponential(-exponent * logarithm(x))
  }
}
