import Input
import Yams

extension JSON {
  /// Deeper than this nothing in a grid goes.
  static let deepestYAML = 32
  /// A grid file is lists of numbers; one that is larger than this is none.
  static let largestYAML = 1 << 26

  /// One YAML document as the same tree that JSON gives, every scalar as the text that was written.
  ///
  /// Anchors and aliases are refused (a few lines of them can stand for terabytes), and so are deep nesting, repeated
  /// keys and keys that are no text.
  ///
  /// - Throws: `InputError` with the line.
  public init(yaml bytes: [UInt8]) throws {
    guard bytes.count <= JSON.largestYAML else {
      throw InputError("is \(Numbers.grouped(bytes.count)) bytes, more than a grid can have")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw InputError("is not UTF-8 text") }
    try YAMLGuard.check(bytes)
    do {
      guard let node = try Yams.compose(yaml: text) else {
        throw InputError("is empty", hint: "a grid has the keys axes and constraints")
      }
      self = try JSON(node, path: "")
    } catch let error as YamlError {
      throw InputError(JSON.sentence(error), hint: "a grid is YAML or JSON")
    }
  }

  private init(_ node: Node, path: String) throws {
    switch node {
    case .scalar(let scalar):
      // Plain, so that a quoted "null" stays a text.
      let isNull = ["", "~", "null"].contains(scalar.string) && scalar.style != .doubleQuoted
      self = isNull && scalar.style != .singleQuoted ? .null : .string(scalar.string)
    case .sequence(let sequence):
      self = .array(try sequence.enumerated().map { try JSON($1, path: "\(path)[\($0)]") })
    case .mapping(let mapping):
      var object = JSONObject()
      for (key, value) in mapping {
        guard case .scalar(let name) = key else {
          throw InputError("has a key that is not a name", field: path.isEmpty ? nil : path)
        }
        let field = path.isEmpty ? name.string : "\(path).\(name.string)"
        guard object[name.string] == nil else { throw InputError("is given twice", field: field) }
        object[name.string] = try JSON(value, path: field)
      }
      self = .object(object)
    case .alias:
      throw InputError("is an alias, which a grid cannot have", field: path.isEmpty ? nil : path)
    }
  }

  private static func sentence(_ error: YamlError) -> String {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      "is not YAML: \(problem), at line \(mark.line), column \(mark.column)"
    case .duplicatedKeysInMapping(let names, let context):
      "gives \(names.joined(separator: ", ")) twice, at line \(context.mark.line)"
    case .reader(let problem, _, _, _): "is not YAML: \(problem)"
    default: "is not YAML"
    }
  }
}

/// Looks at the text before the YAML parser does, for what would make it work without end: it is recursive, and it
/// hashes what aliases stand for.
private struct YAMLGuard {
  static func check(_ bytes: [UInt8]) throws {
    var (line, depth, indent) = (1, 0, 0)
    var quote: UInt8?
    var atLineStart = true
    var before: UInt8 = 0x0A
    var iterator = bytes.indices.makeIterator()
    while let at = iterator.next() {
      let byte = bytes[at]
      defer { before = byte }
      if byte == 0x0A {
        (line, indent, atLineStart) = (line + 1, 0, true)
        continue
      }
      if let open = quote {
        if byte == UInt8(ascii: "\\"), open == UInt8(ascii: "\"") { _ = iterator.next() }
        if byte == open { quote = nil }
        continue
      }
      if atLineStart {
        // Every level of a block needs a column, be it a space or a dash.
        if [0x20, 0x09, UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":")].contains(byte) {
          indent += 1
          if indent > 8 * JSON.deepestYAML { throw InputError("nests too deep, at line \(line)") }
        } else {
          atLineStart = false
        }
      }
      let startsToken = [0x0A, 0x0D, 0x20, 0x09].contains(before) || "[{,:".utf8.contains(before)
      switch byte {
      case UInt8(ascii: "#") where startsToken:
        while let next = iterator.next(), bytes[next] != 0x0A {}
        (line, indent, atLineStart) = (line + 1, 0, true)
      case UInt8(ascii: "\""), UInt8(ascii: "'"): if startsToken { quote = byte }
      case UInt8(ascii: "&"), UInt8(ascii: "*"):
        if startsToken {
          throw InputError(
            "has an anchor or alias, which a grid cannot have, at line \(line)", hint: "write the values out")
        }
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        if depth > JSON.deepestYAML { throw InputError("nests too deep, at line \(line)") }
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      default: break
      }
    }
  }
}
