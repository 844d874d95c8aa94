import Isoflop

/// The options of a call: the members of its JSON object, each read by the type it must have.
struct Request {
  let function: String
  private let object: JSONObject
  /// Those that were asked for their value, by this request and its copies.
  private let read = Read()
  private final class Read { var names: Set<String> = [] }

  init(_ function: String, _ json: JSON) throws {
    guard let object = json.object else {
      throw InputError("is \(json.kind), not an object", field: "request", hint: "options by name")
    }
    self.function = function
    self.object = object
  }

  /// Refuses members that this call does not know.
  func allow(_ names: [String]) throws {
    for name in object.names where !names.contains(name) {
      throw InputError(
        "is no option of \(function)", field: name, hint: suggestion(for: name, among: names))
    }
  }

  /// Refuses members that were given and that nothing has read. Before the work where that takes long, and after every
  /// call: an option is read, or it is refused.
  func refuseUnread() throws {
    for (name, value) in object.members where value != .null && !read.names.contains(name) {
      throw InputError("is not read by this request", field: name, value: value.text(indent: nil), hint: "leave it out")
    }
  }

  /// A member; null counts as not given.
  subscript(name: String) -> JSON? {
    read.names.insert(name)
    return given(name)
  }

  /// Whether a member is given, which does not read it.
  func has(_ name: String) -> Bool { given(name) != nil }

  private func given(_ name: String) -> JSON? {
    guard let value = object[name], value != .null else { return nil }
    return value
  }

  private func wrong(_ name: String, _ value: JSON, _ problem: String, hint: String? = nil) -> InputError {
    // What JSON has no word for is said as it was written.
    if case .number(_, let text) = value { return InputError(problem, field: name, value: text, hint: hint) }
    return InputError(problem, field: name, value: value.text(indent: nil), hint: hint)
  }

  func missing(_ name: String, hint: String) -> InputError { InputError("is missing", field: name, hint: hint) }

  func text(_ name: String) throws -> String? {
    try self[name].map { value in
      guard let text = value.string else { throw wrong(name, value, "is not a text") }
      return text
    }
  }

  func flag(_ name: String) throws -> Bool? {
    try self[name].map { value in
      guard case .bool(let flag) = value else { throw wrong(name, value, "is not true or false") }
      return flag
    }
  }

  /// A whole number, also where it is written as 4.3e10.
  func integer(_ name: String) throws -> Int? { try self[name].map { try whole($0, name) } }

  /// A positive whole number.
  func size(_ name: String) throws -> Int? {
    try integer(name).map { value in
      guard value > 0 else { throw InputError("is not a positive integer", field: name, value: "\(value)") }
      return value
    }
  }

  func whole(_ value: JSON, _ name: String) throws -> Int {
    switch value {
    case .integer(let integer): return integer
    case .number(let number, let text):
      guard let integer = Int(exactly: number) else {
        throw InputError("is not an integer that fits Int64", field: name, value: text)
      }
      return integer
    case .string(let text):
      guard let number = Rational(abbreviated: text)?.integer else { throw wrong(name, value, "is not an integer") }
      return number
    default: throw wrong(name, value, "is not an integer")
    }
  }

  func integers(_ name: String) throws -> [Int]? {
    try self[name].map { value in
      guard let items = value.array else { throw wrong(name, value, "is not a list of integers") }
      return try items.enumerated().map { try whole($1, "\(name)[\($0)]") }
    }
  }

  func number(_ name: String) throws -> Double? { try self[name].map { try finite($0, name) } }

  func finite(_ value: JSON, _ name: String) throws -> Double {
    guard let number = value.double ?? value.string.flatMap(Double.init), number.isFinite else {
      throw wrong(name, value, "is not a finite number")
    }
    return number
  }

  func positive(_ name: String, hint: String? = nil) throws -> Double? {
    try self[name].map { try positive($0, name, hint: hint) }
  }

  func positive(_ value: JSON, _ name: String, hint: String? = nil) throws -> Double {
    let number = try finite(value, name)
    guard number > 0 else { throw wrong(name, value, "is not a positive number", hint: hint) }
    return number
  }

  /// A number as people write sizes too: 7e9 or "7B".
  func people(_ name: String) throws -> Double? {
    try self[name].map { value in
      if let text = value.string {
        do { return try SizeRequest.parse(text) } catch var error as InputError {
          error.field = name
          throw error
        }
      }
      return try positive(value, name)
    }
  }

  /// One number, or a list.
  func numbers(_ name: String) throws -> [Double]? {
    try self[name].map { value in
      try (value.array ?? [value]).enumerated().map { try positive($1, "\(name)[\($0)]") }
    }
  }

  /// One text, or a list.
  func texts(_ name: String) throws -> [String]? {
    try self[name].map { value in
      try (value.array ?? [value]).enumerated().map { index, item in
        guard let text = item.string else { throw wrong("\(name)[\(index)]", item, "is not a text") }
        return text
      }
    }
  }

  func choice<Value: RawRepresentable>(_ name: String, _ all: [Value]) throws -> Value?
  where Value.RawValue == String {
    try text(name).map { text in
      guard let value = Value(rawValue: text) else {
        throw InputError(
          "is not possible here", field: name, value: text, hint: suggestion(for: text, among: all.map(\.rawValue)))
      }
      return value
    }
  }
}
