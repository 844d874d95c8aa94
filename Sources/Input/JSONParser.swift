extension JSON {
  /// Nesting deeper than this is refused (a config.json needs four levels).
  static let deepest = 256

  /// Reads one JSON text (RFC 8259), with three additions that config.json files on the hub need: the bare words
  /// `Infinity`, `-Infinity` and `NaN`. A repeated member name is an error, because readers disagree on which counts.
  ///
  /// - Throws: `InputError` with line and column.
  public init(parsing bytes: [UInt8]) throws {
    var parser = JSONParser(bytes)
    self = try parser.document()
  }
  public init(parsing text: String) throws { try self.init(parsing: Array(text.utf8)) }
}

/// A recursive-descent reader over UTF-8 bytes.
private struct JSONParser {
  private let bytes: [UInt8]
  private var at = 0
  private var depth = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
  }

  mutating func document() throws -> JSON {
    skipSpace()
    guard at < bytes.count else { throw failure("is empty", hint: "expected a JSON object") }
    // A page, a table, YAML: there is no place in it to be corrected.
    guard "{[\"-0123456789tfnIN".utf8.contains(bytes[at]) else {
      throw failure("is not JSON", hint: "a JSON file begins with { or [")
    }
    let value = try self.value()
    skipSpace()
    guard at == bytes.count else { throw failure("has text after the end of the JSON value") }
    return value
  }

  private mutating func value() throws -> JSON {
    guard at < bytes.count else { throw failure("ends in the middle of a JSON value") }
    switch bytes[at] {
    case UInt8(ascii: "{"): return try nested { try $0.objectValue() }
    case UInt8(ascii: "["): return try nested { try $0.arrayValue() }
    case UInt8(ascii: "\""): return .string(try stringValue())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try numberValue()
    default: return try wordValue()
    }
  }

  private mutating func nested(_ body: (inout JSONParser) throws -> JSON) throws -> JSON {
    depth += 1
    guard depth <= JSON.deepest else { throw failure("nests deeper than \(JSON.deepest) levels") }
    at += 1
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func objectValue() throws -> JSON {
    var object = JSONObject()
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object(object) }
    while true {
      skipSpace()
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
        throw failure("is not JSON: expected a member name in double quotes")
      }
      let start = at
      let name = try stringValue()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw failure("is not JSON: expected ':' after a member name") }
      skipSpace()
      guard object[name] == nil else {
        at = start
        throw failure("is given twice", field: name, hint: "remove one of the two")
      }
      object[name] = try value()
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      if take(UInt8(ascii: "}")) { return .object(object) }
      throw failure("is not JSON: expected ',' or '}' in an object")
    }
  }

  private mutating func arrayValue() throws -> JSON {
    var array: [JSON] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array(array) }
    while true {
      skipSpace()
      array.append(try value())
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      if take(UInt8(ascii: "]")) { return .array(array) }
      throw failure("is not JSON: expected ',' or ']' in an array")
    }
  }

  private mutating func stringValue() throws -> String {
    at += 1
    var out: [UInt8] = []
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: out, as: UTF8.self) else { throw failure("is not valid UTF-8") }
        return text
      case UInt8(ascii: "\\"): out.append(contentsOf: try escape())
      case 0..<0x20: throw failure("is not JSON: a control character inside a string")
      default: out.append(byte)
      }
    }
    throw failure("is not JSON: a string does not end")
  }

  private mutating func escape() throws -> [UInt8] {
    guard at < bytes.count else { throw failure("is not JSON: a string does not end") }
    let byte = bytes[at]
    at += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var code = try hex4()
      if 0xD800..<0xDC00 ~= code, at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
        bytes[at + 1] == UInt8(ascii: "u")
      {
        at += 2
        let low = try hex4()
        guard 0xDC00..<0xE000 ~= low else { throw failure("is not JSON: half of a surrogate pair") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw failure("is not JSON: half of a surrogate pair") }
      return Array(String(Character(scalar)).utf8)
    default: throw failure("is not JSON: an unknown escape in a string")
    }
  }

  private mutating func hex4() throws -> UInt32 {
    guard at + 4 <= bytes.count, let text = String(validating: bytes[at..<at + 4], as: UTF8.self),
      text.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }), let code = UInt32(text, radix: 16)
    else { throw failure("is not JSON: \\u needs four hexadecimal digits") }
    at += 4
    return code
  }

  private mutating func numberValue() throws -> JSON {
    let start = at
    _ = take(UInt8(ascii: "-"))
    if bytes[at...].starts(with: "Infinity".utf8) {
      at += 8
      return .number(-.infinity, text: "-Infinity")
    }
    let firstDigit = at
    try digits()
    if bytes[firstDigit] == UInt8(ascii: "0"), at > firstDigit + 1 {
      throw failure("is not JSON: a number starts with 0")
    }
    var isInteger = true
    if take(UInt8(ascii: ".")) {
      isInteger = false
      try digits()
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isInteger = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text) else { throw failure("is not JSON: \(text) is not a number") }
    return .number(value, text: text)
  }

  private mutating func digits() throws {
    let start = at
    while at < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[at] { at += 1 }
    guard at > start else { throw failure("is not JSON: a number without digits") }
  }

  private mutating func wordValue() throws -> JSON {
    let words: [(String, JSON)] = [
      ("true", .bool(true)), ("false", .bool(false)), ("null", .null),
      ("Infinity", .number(.infinity, text: "Infinity")), ("NaN", .number(.nan, text: "NaN")),
    ]
    for (word, value) in words where bytes[at...].starts(with: word.utf8) {
      at += word.utf8.count
      return value
    }
    throw failure("is not JSON")
  }

  private mutating func skipSpace() {
    while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard at < bytes.count, bytes[at] == byte else { return false }
    at += 1
    return true
  }

  private func failure(_ problem: String, field: String? = nil, hint: String? = nil) -> InputError {
    let before = bytes[..<min(at, bytes.count)]
    let line = before.count { $0 == 0x0A } + 1
    let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
    return InputError(
      "\(problem), at line \(line), column \(column)", field: field, hint: hint ?? "correct the file at that place")
  }
}
