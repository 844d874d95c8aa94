import Input

/// What repeated tokens and excess parameters are worth (Muennighoff et al. 2023, arXiv 2305.16264, equations 5
/// and 6): D' = U + U R (1 - exp(-r / R)), where r = D/U - 1 counts the repetitions.
public struct RepeatedData: Equatable, Sendable {
  /// R_D*: the number of repetitions after which a token's value has fallen to 1/e.
  public var tokens: Double
  /// R_N*, the same for parameters beyond those that the unique tokens call for.
  public var parameters: Double

  public init(tokens: Double, parameters: Double) {
    self.tokens = tokens
    self.parameters = parameters
  }

  /// The fresh tokens that D tokens drawn from `unique` ones are worth. Up to one epoch that is D itself.
  public func effective(tokens D: Double, unique: Double) -> Double {
    RepeatedData.saturate(D, unique, tokens)
  }

  /// The parameters that N are worth where the unique tokens call for `optimal`.
  public func effective(parameters N: Double, optimal: Double) -> Double {
    RepeatedData.saturate(N, optimal, parameters)
  }

  /// What any number of epochs over `unique` tokens can never exceed: U (1 + R_D).
  public func ceiling(unique: Double) -> Double { unique * (1 + tokens) }

  /// The tokens to train on so that they are worth `effective`; nil where no number of epochs is.
  public func tokensNeeded(effective: Double, unique: Double) -> Double? {
    guard effective > unique else { return effective }
    let left = 1 - (effective / unique - 1) / tokens
    return left > 0 ? unique * (1 - tokens * logarithm(left)) : nil
  }

  private static func saturate(_ x: Double, _ unit: Double, _ R: Double) -> Double {
    x <= unit ? x : unit + unit * R * (1 - exponential(-(x / unit - 1) / R))
  }
}

/// The AdamW timescale tau = B / (eta lambda D) and its optimum c (D/N)^exponent (Bergsma et al. 2025, Power Lines,
/// arXiv 2505.13738).
public struct AdamTimescale: Equatable, Sendable {
  public var coefficient: Double
  public var exponent: Double

  public init(coefficient: Double, exponent: Double) {
    self.coefficient = coefficient
    self.exponent = exponent
  }

  public func optimum(tokens: Double, scale: Double) -> Double {
    coefficient * exponential(exponent * (logarithm(tokens) - logarithm(scale)))
  }

  /// The weight decay that puts the timescale at its optimum: B / (eta D tau_opt).
  public func weightDecay(batchTokens: Double, learningRate: Double, tokens: Double, scale: Double) -> Double {
    batchTokens / (learningRate * tokens * optimum(tokens: tokens, scale: scale))
  }
}
