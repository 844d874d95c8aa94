import TestSupport
import Testing

@testable import Input

/// What `JSON(parsing:)` throws for a text.
private func failure(_ text: String) -> InputError? { failure(Array(text.utf8)) }
private func failure(_ bytes: [UInt8]) -> InputError? {
  do {
    _ = try JSON(parsing: bytes)
    return nil
  } catch {
    return error as? InputError
  }
}

@Suite struct JSONReading {
  @Test func everyKindOfValue() throws {
    let value = try JSON(parsing: #" {"a": [1, -2.5, true, false, null, "x"], "b": {}} "#)
    #expect(value == ["a": [1, -2.5, true, false, .null, "x"], "b": .object(JSONObject())])
  }

  @Test(arguments: [Int.max, Int.min, 0, 9_007_199_254_740_993, -9_007_199_254_740_993])
  func integersStayExact(_ integer: Int) throws { #expect(try JSON(parsing: "\(integer)") == .integer(integer)) }

  @Test func aWholeNumberThatIsNoIntegerIsANumber() throws {
    // Beyond Int64, or written with fraction or exponent: never silently an integer.
    for text in ["9223372036854775808", "-9223372036854775809", "4096.0", "1e5", "1E+2", "0.25"] {
      let value = try JSON(parsing: text)
      guard case .number(let double, let kept) = value else {
        Issue.record("\(text) was read as \(value)")
        continue
      }
      #expect(kept == text)
      #expect(double == Double(text))
    }
  }

  @Test func infinityAndNaNAsTheHubWritesThem() throws {
    #expect(try JSON(parsing: "Infinity").double == .infinity)
    #expect(try JSON(parsing: "-Infinity").double == -.infinity)
    #expect(try JSON(parsing: "[NaN]").array?.first?.double?.isNaN == true)
  }

  @Test func escapes() throws {
    #expect(
      try JSON(parsing: #""\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00""#) == .string("\"\\/\u{8}\u{C}\n\r\tA\u{e9}😀"))
  }

  @Test func aByteOrderMarkIsSkipped() throws { #expect(try JSON(parsing: [0xEF, 0xBB, 0xBF] + Array("7".utf8)) == 7) }

  @Test(arguments: [
    "", " ", "{", "[", "\"", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{'a':1}", "[1,]",
    "[1 2]",
    "01", "-", "-a", "+1", "1.", ".5", "1e", "1e+", "0x10", "tru", "nul", "infinity", "nan", "1 2", "{} x", "\"\\x\"",
    "\"\\u12\"", "\"\\u12g4\"", "\"\\u+123\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\n\"", "// x\n1",
  ])
  func whatIsNotJSONIsRefused(_ text: String) {
    let error = failure(text)
    #expect(error != nil)
    #expect(error?.problem.contains("at line ") == true)
  }

  @Test func badUTF8IsRefused() {
    for bytes: [UInt8] in [
      [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xC0, 0x80, 0x22],
    ] {
      #expect(failure(bytes)?.problem.hasPrefix("is not valid UTF-8") == true)
    }
    #expect(failure([0x7B, 0xFF, 0x7D]) != nil)
  }

  @Test func aRepeatedNameIsNamedWithItsPlace() {
    let error = failure("{\"d_model\": 1,\n  \"d_model\": 2}")
    #expect(error?.field == "d_model")
    #expect(error?.problem == "is given twice, at line 2, column 3")
    #expect(failure(#"{"a": {"b": 1}, "c": {"b": 1}}"#) == nil)
  }

  @Test func depthIsLimitedAndTheProcessSurvives() {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(failure(nested(JSON.deepest)) == nil)
    #expect(failure(nested(JSON.deepest + 1))?.problem.contains("nests deeper than") == true)
    #expect(failure(String(repeating: "{\"a\":", count: 100_000))?.problem.contains("nests deeper than") == true)
  }

  @Test func theErrorPointsAtLineAndColumn() {
    #expect(failure("{\n  \"a\": 1\n  \"b\": 2\n}")?.problem.hasSuffix("at line 3, column 3") == true)
    #expect(failure("")?.problem == "is empty, at line 1, column 1")
  }

  @Test func anyPrefixOfAnObjectIsRefused() {
    let text = Array(#"{"name": "x\u00e9", "sizes": [1, -2.5e3, true], "inner": {"n": null}}"#.utf8)
    for length in 0..<text.count { #expect(failure(Array(text[..<length])) != nil, "prefix of \(length) bytes") }
    #expect(failure(text) == nil)
  }
}

@Suite struct JSONWriting {
  @Test func roundTrip() throws {
    var generator = SplitMix(seed: 7)
    for _ in 0..<300 {
      let value = generator.json(depth: 4)
      for indent in [nil, 0, 2, 4] as [Int?] { #expect(try JSON(parsing: value.text(indent: indent)) == value) }
    }
  }

  @Test func whatWasReadIsWrittenAsItWas() throws {
    for text in ["9223372036854775808", "1e5", "0.10", "-1E-400"] { #expect(try JSON(parsing: text).text() == text) }
  }

  @Test func whatJSONCannotSayIsNull() {
    #expect((["a": .number(.nan), "b": .number(.infinity)] as JSON).text(indent: nil) == #"{"a": null, "b": null}"#)
  }

  @Test func controlCharactersAreEscaped() throws {
    let text = JSON.string("\u{0}\u{1B}[31m\"\\\n").text()
    #expect(text == #""\u0000\u001b[31m\"\\\n""#)
  }

  @Test func plainArraysStayOnOneLine() {
    #expect((["pairs": [1, 2, 3]] as JSON).text() == "{\n  \"pairs\": [1, 2, 3]\n}")
    #expect((["rows": [["a": 1]]] as JSON).text() == "{\n  \"rows\": [\n    {\n      \"a\": 1\n    }\n  ]\n}")
  }

  @Test func membersKeepTheirOrderAndCanBeReplacedAndRemoved() {
    var object = JSONObject([("z", 1), ("a", 2), ("m", 3)])
    object["a"] = 4
    #expect(object.names == ["z", "a", "m"])
    object["z"] = nil
    #expect(object.names == ["a", "m"])
    #expect(object["m"] == 3 && object["a"] == 4 && object["z"] == nil)
    object["z"] = 5
    #expect(JSON.object(object).text(indent: nil) == #"{"a": 4, "m": 3, "z": 5}"#)
  }
}

/// Random values.
extension SplitMix {
  fileprivate mutating func json(depth: Int) -> JSON {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &self) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &self))
    case 2: return .integer(Int(truncatingIfNeeded: next()))
    case 3: return .integer(Int.random(in: -9...9, using: &self))
    case 4:
      let value = Double(bitPattern: next())
      return value.isFinite ? .number(value) : .null
    case 5: return .string(string())
    case 6: return .array((0..<Int.random(in: 0...4, using: &self)).map { _ in json(depth: depth - 1) })
    default:
      var object = JSONObject()
      for _ in 0..<Int.random(in: 0...4, using: &self) { object[string()] = json(depth: depth - 1) }
      return .object(object)
    }
  }

  fileprivate mutating func string() -> String {
    let scalars: [Unicode.Scalar] = [
      "a", "Z", "0", " ", "\"", "\\", "/", "\n", "\u{1}", "\u{7F}", "é", "中", "😀", "\u{2028}",
    ]
    var text = ""
    for _ in 0..<Int.random(in: 0...6, using: &self) {
      text.unicodeScalars.append(scalars[Int.random(in: 0..<scalars.count, using: &self)])
    }
    return text
  }
}
