import Architectures
import FLOPCount
import Input

/// What one config costs, in exact integers.
public struct ConfigCounts: Sendable, Equatable {
  /// Training FLOPs of a sequence that M stands for; nil where a part has no closed formula.
  public var trainingPerSequence: Int?
  public var tokens: Int
  public var parameters: Int
  public var activeParameters: Int
  public var nonEmbeddingParameters: Int
  /// Elements of the key-value cache that one more token adds while no window is full.
  public var keyValueElements: Int
  public var width: Int
  public var layers: Int

  init(_ architecture: Architecture, sequenceLength: Int, convention: Convention) throws {
    let totals = try ModelTotals(architecture, sequenceLength: sequenceLength, convention: convention)
    trainingPerSequence = try totals.training?.count.int("M_per_sequence")
    tokens = totals.tokens
    parameters = try totals.parameters.int("parameters")
    activeParameters = try (totals.parameters - totals.idle).int("parameters")
    nonEmbeddingParameters = try (totals.parameters - totals.embedding).int("parameters")
    keyValueElements = try CacheMemory(architecture, length: 0).elementsPerToken.int("kv_elements_per_token")
    (width, layers) = (architecture.width, architecture.layerCount)
  }

  /// M where it is an integer.
  public var M: Int? {
    guard let trainingPerSequence, trainingPerSequence % tokens == 0 else { return nil }
    return trainingPerSequence / tokens
  }

  /// A quantity as a fraction with a positive denominator; nil where M is not known.
  func fraction(_ quantity: Quantity) throws -> Fraction? {
    guard case .derived(let derived) = quantity else { preconditionFailure("an axis is no quantity of a config") }
    let one: Int
    switch derived {
    case .M: return trainingPerSequence.map { Fraction(over: $0, under: tokens) }
    case .aspectRatio: return Fraction(over: width, under: max(1, layers))
    case .parameters: one = parameters
    case .activeParameters: one = activeParameters
    case .nonEmbeddingParameters: one = nonEmbeddingParameters
    case .sixN1: one = try (6 * Exact(nonEmbeddingParameters)).int(derived.rawValue)
    case .sixN2: one = try (6 * Exact(parameters)).int(derived.rawValue)
    case .keyValueElements: one = keyValueElements
    case .keyValueBytes: one = try (2 * Exact(keyValueElements)).int(derived.rawValue)
    case .mlpRatio: preconditionFailure("ffn_ratio is refused for configs")
    }
    return Fraction(over: one, under: 1)
  }

  /// A quantity where it is an integer; nil elsewhere, and for the axes of a grid of shapes.
  public func exactValue(of quantity: Quantity) -> Int? {
    guard case .derived(let derived) = quantity, derived != .mlpRatio else { return nil }
    return (try? integer(quantity)).flatMap { $0 }
  }

  /// A quantity, rounded; nil where it is not known.
  public func value(of quantity: Quantity) -> Double? {
    guard case .derived(let derived) = quantity, derived != .mlpRatio, let value = try? fraction(quantity) else {
      return nil
    }
    return Double(value.over) / Double(value.under)
  }

  /// The same as an integer along a row; nil where it is none.
  func integer(_ quantity: Quantity) throws -> Int? {
    guard let fraction = try fraction(quantity), fraction.over % fraction.under == 0 else { return nil }
    return fraction.over / fraction.under
  }
}

/// over / under with under > 0, compared exactly.
struct Fraction: Sendable, Equatable {
  var over: Int
  var under: Int

  /// |self - target| as a fraction of the same denominator; a product of an Int and a sequence length fits Int128.
  func distance(to target: Int) -> Distance {
    let difference = Int128(over) - Int128(target) * Int128(under)
    return Distance(over: difference < 0 ? -difference : difference, under: under)
  }

  func isAtLeast(_ low: Rational) -> Bool {
    Int128(over) * Int128(low.denominator) >= Int128(low.numerator) * Int128(under)
  }
  func isAtMost(_ high: Rational) -> Bool {
    Int128(over) * Int128(high.denominator) <= Int128(high.numerator) * Int128(under)
  }

  static func < (a: Fraction, b: Fraction) -> Bool {
    Int128(a.over) * Int128(b.under) < Int128(b.over) * Int128(a.under)
  }
  static func == (a: Fraction, b: Fraction) -> Bool {
    Int128(a.over) * Int128(b.under) == Int128(b.over) * Int128(a.under)
  }
}

/// How far a quantity is from a target, exactly.
struct Distance: Sendable, Comparable {
  var over: Int128
  var under: Int

  init(over: Int128, under: Int) {
    self.over = over
    self.under = under
  }
  init(_ integer: Int) { self.init(over: Int128(integer), under: 1) }

  static func < (a: Distance, b: Distance) -> Bool { a.over * Int128(b.under) < b.over * Int128(a.under) }
  static func == (a: Distance, b: Distance) -> Bool { a.over * Int128(b.under) == b.over * Int128(a.under) }

  /// Not below the distance.
  var upperBound: Double { (Double(over) / Double(under)).nextUp.nextUp }
}

extension Constraint {
  /// Whether a config's counts meet it; a quantity that is not known meets nothing.
  func holds(for counts: ConfigCounts) throws -> Bool {
    guard let value = try counts.fraction(quantity) else { return false }
    if let low, !value.isAtLeast(low) { return false }
    if let high, !value.isAtMost(high) { return false }
    return multipleOf == 1 || (value.over % value.under == 0 && value.over / value.under % multipleOf == 0)
  }
}
