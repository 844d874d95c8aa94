import Architectures
import Input

/// What a constraint bounds, a search aims at, or a column holds: an axis, or a number that follows from a shape.
public enum Quantity: Hashable, Sendable {
  case axis(Shape.Axis)
  case derived(Derived)

  public enum Derived: String, CaseIterable, Sendable {
    /// Non-embedding training FLOPs per token.
    case M
    /// N2 of the paper, or the exact total.
    case parameters
    case activeParameters = "active_parameters"
    case nonEmbeddingParameters = "non_embedding_parameters"
    case sixN1 = "six_n1"
    case sixN2 = "six_n2"
    /// Elements of the key-value cache that a token adds.
    case keyValueElements = "kv_elements_per_token"
    /// The same in bytes at 16 bits an element.
    case keyValueBytes = "kv_bytes_per_token"
    /// d_model / n_layers.
    case aspectRatio = "aspect_ratio"
    /// d_ff / d_model.
    case mlpRatio = "ffn_ratio"

    /// The quotient of two axes, where it is one.
    var quotient: (numerator: Shape.Axis, denominator: Shape.Axis)? {
      switch self {
      case .aspectRatio: (.width, .layers)
      case .mlpRatio: (.mlpWidth, .width)
      default: nil
      }
    }
  }

  public static let M = Quantity.derived(.M)
  public static let parameters = Quantity.derived(.parameters)

  public var name: String {
    switch self {
    case .axis(let axis): axis.rawValue
    case .derived(let derived): derived.rawValue
    }
  }

  public static let names = Shape.Axis.allCases.map(\.rawValue) + Derived.allCases.map(\.rawValue)

  /// - Throws: `InputError` with the closest name.
  public init(named name: String, field: String? = nil) throws {
    if let axis = Shape.Axis(rawValue: name) {
      self = .axis(axis)
    } else if let derived = Derived(rawValue: name) {
      self = .derived(derived)
    } else {
      throw InputError(
        "is not a quantity of a shape", field: field, value: name,
        hint: suggestion(for: name, among: Quantity.names) ?? "one of: " + Quantity.names.joined(separator: ", "))
    }
  }

  /// An integer in every shape (all but the quotients of two axes).
  public var isInteger: Bool {
    if case .derived(let derived) = self { return derived.quotient == nil }
    return true
  }

  /// - Throws: `InputError` where it is a ratio.
  func checkIsInteger(for purpose: String) throws {
    guard isInteger else {
      throw InputError(
        "is a ratio: it cannot be \(purpose)", field: "quantity", value: name, hint: "such as M or parameters")
    }
  }
}

/// A condition that shapes must meet.
public struct Constraint: Hashable, Sendable {
  public var quantity: Quantity
  /// At least this, where there is a lower end.
  public var low: Rational?
  /// At most this, where there is an upper end.
  public var high: Rational?
  /// A divisor, 1 for none.
  public var multipleOf: Int

  public init(_ quantity: Quantity, from low: Rational? = nil, to high: Rational? = nil, multipleOf: Int = 1) {
    self.quantity = quantity
    self.low = low
    self.high = high
    self.multipleOf = multipleOf
  }
}
