extension JSON {
  /// The value as JSON text (RFC 8259). Integers are exact; a number that was read is written as it was, one that was
  /// computed with the fewest digits that read back the same; infinities and NaN, which JSON has no words for, become
  /// null.
  ///
  /// - Parameter indent: spaces a level; nil writes one line.
  public func text(indent: Int? = 2) -> String {
    var out = ""
    write(to: &out, indent: indent, level: 0)
    return out
  }

  private func write(to out: inout String, indent: Int?, level: Int) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .integer(let value): out += String(value)
    case .number(let value, let text): out += value.isFinite ? text : "null"
    case .string(let value): JSON.quote(value, to: &out)
    case .array(let values):
      // Arrays of plain values read better on one line.
      let flat = values.allSatisfy { $0.object == nil && $0.array == nil }
      JSON.writeList(values, "[", "]", to: &out, indent: flat ? nil : indent, level: level) { value, out in
        value.write(to: &out, indent: flat ? nil : indent, level: level + 1)
      }
    case .object(let object):
      JSON.writeList(object.members, "{", "}", to: &out, indent: indent, level: level) { member, out in
        JSON.quote(member.name, to: &out)
        out += ": "
        member.value.write(to: &out, indent: indent, level: level + 1)
      }
    }
  }

  private static func writeList<Element>(
    _ list: [Element], _ open: String, _ close: String, to out: inout String, indent: Int?, level: Int,
    _ write: (Element, inout String) -> Void
  ) {
    out += open
    for (index, element) in list.enumerated() {
      if index > 0 { out += indent == nil ? ", " : "," }
      if let indent { out += "\n" + String(repeating: " ", count: indent * (level + 1)) }
      write(element, &out)
    }
    if let indent, !list.isEmpty { out += "\n" + String(repeating: " ", count: indent * level) }
    out += close
  }

  private static func quote(_ text: String, to out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
