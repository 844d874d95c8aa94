import Input

/// A field of a config.json (or `sequence_length`) with the values that it takes in turn.
public struct ConfigAxis: Sendable, Equatable {
  /// The field, with the objects it is inside of before it: `hidden_size`, `text_config.hidden_size`.
  public let field: String
  public let values: Values

  public enum Values: Sendable, Equatable {
    case integers(AxisValues)
    /// true, false, null, and what is no integer; each once, in the order given.
    case others([JSON])
  }

  /// The name under which the length of a sequence is varied.
  public static let sequenceLength = "sequence_length"

  public init(_ field: String, _ values: AxisValues) {
    self.field = field
    self.values = .integers(values)
  }

  /// Values that are not all integers, each once.
  init(_ field: String, others: [JSON]) {
    self.field = field
    values = .others(others)
  }

  /// Reads `num_hidden_layers=24:40:2`, `hidden_size=2048,4096` or `tie_word_embeddings=true,false`.
  ///
  /// - Throws: `InputError` that names the field and the value.
  public init(_ text: String) throws {
    guard let at = text.firstIndex(of: "="), at != text.startIndex else {
      throw InputError(
        "is not a field with values", field: "--vary", value: text, hint: "as in hidden_size=2048:8192:128")
    }
    field = String(text[..<at])
    let name = "--vary \(field)"
    let written = text[text.index(after: at)...]
    let items = written.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard !written.isEmpty, items.allSatisfy({ !$0.isEmpty }) else {
      throw InputError("has an empty value", field: name, value: String(written), hint: "as in 2048,4096 or 1:40")
    }
    let reader = GridReader()
    if items.count == 1, items[0].contains(":") {
      let parts = try items[0].split(separator: ":", omittingEmptySubsequences: false)
        .map { try reader.integer(.string(String($0)), name) }
      guard (2...3).contains(parts.count) else {
        throw InputError("is not a range", field: name, value: items[0], hint: "from:to or from:to:step")
      }
      values = .integers(
        try reader.range(from: parts[0], to: parts[1], step: parts.count == 3 ? parts[2] : 1, field: name))
      return
    }
    let integers = items.compactMap { Rational($0)?.integer }
    if integers.count == items.count {
      values = .integers(try reader.list(integers, field: name))
      return
    }
    let others = try items.map { try Self.value($0, field: name) }
    for (index, value) in others.enumerated() where others[..<index].contains(value) {
      throw InputError("is given twice", field: name, value: items[index], hint: "every value once")
    }
    values = .others(others)
  }

  private static func value(_ text: String, field: String) throws -> JSON {
    if let integer = Rational(text)?.integer { return .integer(integer) }
    switch text {
    case "true": return true
    case "false": return false
    case "null": return .null
    default:
      if let number = Double(text), number.isFinite { return .number(number, text: text) }
      return .string(text)
    }
  }

  public var count: Int {
    switch values {
    case .integers(let values): values.count
    case .others(let values): values.count
    }
  }

  public subscript(place: Int) -> JSON {
    switch values {
    case .integers(let values): .integer(values[place])
    case .others(let values): values[place]
    }
  }

  /// The values, where they are integers.
  var integers: AxisValues? {
    if case .integers(let values) = values { return values }
    return nil
  }
}
