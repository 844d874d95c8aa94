/// A JSON value as it was written: integers stay exact, objects keep their order.
public enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  /// A number written without fraction or exponent that fits Int64.
  case integer(Int)
  /// Any other number, with its text (`1e5`, `0.25`, an integer beyond Int64, `Infinity`, `NaN`).
  case number(Double, text: String)
  case string(String)
  case array([JSON])
  case object(JSONObject)

  public static func number(_ value: Double) -> JSON { .number(value, text: "\(value)") }

  /// A number, or null.
  public static func value(_ number: Double?) -> JSON { number.map { .number($0) } ?? .null }
  public static func value(_ integer: Int?) -> JSON { integer.map { .integer($0) } ?? .null }

  /// The value as a Double if it is any number.
  public var double: Double? {
    switch self {
    case .integer(let i): Double(i)
    case .number(let d, _): d
    default: nil
    }
  }
  public var string: String? { if case .string(let s) = self { s } else { nil } }
  public var array: [JSON]? { if case .array(let a) = self { a } else { nil } }
  public var object: JSONObject? { if case .object(let o) = self { o } else { nil } }

  /// What kind of value this is, for messages.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer, .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// The members of a JSON object, in the order they were written, each name once.
public struct JSONObject: Equatable, Sendable {
  public private(set) var members: [(name: String, value: JSON)] = []
  private var positions: [String: Int] = [:]

  public init() {}
  /// Later members replace earlier ones of the same name.
  public init(_ members: [(String, JSON)]) { for (name, value) in members { self[name] = value } }

  public var names: [String] { members.map(\.name) }
  public var isEmpty: Bool { members.isEmpty }

  public subscript(name: String) -> JSON? {
    get { positions[name].map { members[$0].value } }
    set {
      switch (positions[name], newValue) {
      case (let at?, let value?): members[at].value = value
      case (nil, let value?):
        positions[name] = members.count
        members.append((name, value))
      case (let at?, nil):
        members.remove(at: at)
        positions = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1.name, $0) })
      case (nil, nil): break
      }
    }
  }

  public static func == (a: JSONObject, b: JSONObject) -> Bool {
    a.members.count == b.members.count && a.members.allSatisfy { b[$0.name] == $0.value }
  }
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral
{
  public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
}
