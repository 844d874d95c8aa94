import Input

/// y = base x^exponent, as published for M_opt(C), D_opt(C), learning rates and batches.
///
/// The units of x and y are whoever's who holds it: a law of compute has FLOPs in x.
public struct PowerLaw: Equatable, Sendable {
  public var base: Double
  public var exponent: Double

  public init(base: Double, exponent: Double) {
    self.base = base
    self.exponent = exponent
  }

  /// The law at x > 0. Taken through logarithms, so that a base of 1e-8 and an x of 1e26 meet without underflow.
  public func callAsFunction(_ x: Double) -> Double { exponential(logarithm(base) + exponent * logarithm(x)) }

  /// The x at which the law gives y; nil where the exponent is 0.
  public func inverse(_ y: Double) -> Double? {
    exponent == 0 ? nil : exponential((logarithm(y) - logarithm(base)) / exponent)
  }
}

/// y = offset + coefficient (x / unit)^-gamma: a loss curve with an irreducible part. A pure power law has offset 0.
public struct OffsetPowerLaw: Equatable, Sendable {
  /// The irreducible loss E, in the unit of the loss.
  public var offset: Double
  /// The reducible loss at x = unit.
  public var coefficient: Double
  public var gamma: Double
  /// What x is divided by (1e18 FLOPs keeps the coefficient of order one).
  public var unit: Double

  public init(offset: Double, coefficient: Double, gamma: Double, unit: Double = 1) {
    self.offset = offset
    self.coefficient = coefficient
    self.gamma = gamma
    self.unit = unit
  }

  public func callAsFunction(_ x: Double) -> Double { offset + reducible(x) }

  /// What is left above the irreducible loss at x.
  public func reducible(_ x: Double) -> Double {
    coefficient * exponential(-gamma * (logarithm(x) - logarithm(unit)))
  }

  /// The x at which the curve reaches y; nil where y is at or below the offset, which no x reaches.
  public func inverse(_ y: Double) -> Double? {
    guard y > offset, coefficient > 0, gamma != 0 else { return nil }
    return unit * exponential(-(logarithm(y - offset) - logarithm(coefficient)) / gamma)
  }

  /// How much the curve falls when x doubles from x on: R(x) (1 - 2^-gamma).
  public func gainPerDoubling(at x: Double) -> Double { reducible(x) * (1 - exponential(-gamma * logarithm(2))) }
}
