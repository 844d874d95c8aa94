import Architectures
import Input

/// The values of an axis: a list, a range, or ratios of another axis; as JSON or YAML has them, and as text.
extension GridReader {
  func rule(_ value: JSON, axis: Shape.Axis, field: String) throws -> AxisRule {
    switch value {
    case .array(let items):
      return .values(
        try list(items.enumerated().map { try integer($1, "\(field)[\($0)]") }, field: field))
    case .object(let object): return try rule(object, axis: axis, field: field)
    default:
      guard let text = value.scalarText else {
        throw InputError(
          "is \(value.kind), not values", field: field, hint: "a list, {from, to, step} or {ratio_of, values}")
      }
      return try rule(text: text, axis: axis, field: field)
    }
  }

  private func rule(_ object: JSONObject, axis: Shape.Axis, field: String) throws -> AxisRule {
    if object["ratio_of"] != nil {
      try checkKeys(object, ["ratio_of", "values", "multiple_of"], of: "a ratio", field: field)
      return try ratio(object, axis: axis, field: field)
    }
    return .values(
      try range(
        object, field: field, hint: "a range has from, to and step; a ratio has ratio_of, values and multiple_of"))
  }

  /// `{from, to, step}`.
  ///
  /// - Parameter hint: what else there is, for a key that no range has.
  func range(_ object: JSONObject, field: String, hint: String? = nil) throws -> AxisValues {
    try checkKeys(object, ["from", "to", "step"], of: "a range", field: field, hint: hint)
    guard let from = object["from"], let to = object["to"] else {
      throw InputError(
        "has no \(object["from"] == nil ? "from" : "to")", field: field, hint: "as in {from: 1, to: 100, step: 1}")
    }
    return try range(
      from: integer(from, field + ".from"), to: integer(to, field + ".to"),
      step: object["step"].map { try integer($0, field + ".step") } ?? 1, field: field)
  }

  private func checkKeys(
    _ object: JSONObject, _ known: [String], of kind: String, field: String, hint: String? = nil
  ) throws {
    for name in object.names where !known.contains(name) {
      throw InputError(
        "is not a key of \(kind)", field: "\(field).\(name)",
        hint: closest(to: name, among: known).map { "did you mean \($0)?" } ?? hint
          ?? "one of: " + known.joined(separator: ", "))
    }
  }

  private func ratio(_ object: JSONObject, axis: Shape.Axis, field: String) throws -> AxisRule {
    guard let name = object["ratio_of"]?.scalarText, let base = Shape.Axis(rawValue: name) else {
      let written = object["ratio_of"].map(\.shown) ?? ""
      throw InputError(
        "is not an axis", field: field + ".ratio_of", value: written,
        hint: suggestion(for: written, among: Shape.Axis.allCases.map(\.rawValue)))
    }
    guard let values = object["values"] else {
      throw InputError("has no values", field: field, hint: "as in {ratio_of: \(base.rawValue), values: [1, 1/4]}")
    }
    let items = values.array ?? [values]
    let ratios = try items.enumerated().map { index, item in
      let place = values.array == nil ? field + ".values" : "\(field).values[\(index)]"
      guard let ratio = item.scalarText.flatMap({ Rational($0) }), ratio > Rational(0) else {
        throw InputError("is not a positive ratio", field: place, value: item.shown, hint: "such as 4, 8/3 or 0.25")
      }
      return ratio
    }
    let multiple = try object["multiple_of"].map { try integer($0, field + ".multiple_of") } ?? 1
    return .ratio(of: base, try distinct(ratios, field: field + ".values"), multipleOf: multiple)
  }

  /// `4096`, `1:200`, `64:32000:64`, `1,2,4`, and for ratios `8/3,4` (of the axis it usually follows: d_ff of d_model,
  /// n_kv_heads of n_heads) or `1,1/4 of n_heads`, with `multiple of 256` after it.
  func rule(text: String, axis: Shape.Axis, field: String) throws -> AxisRule {
    var text = text[...]
    var multiple: Int?
    if let at = text.range(of: "multiple of") {
      multiple = try integer(.string(text[at.upperBound...].trimmed), field)
      text = text[..<at.lowerBound].trimmed[...]
      if text.hasSuffix(",") { text = text.dropLast() }
    }
    var base: Shape.Axis?
    if let at = text.range(of: " of ") {
      base = try self.axis(text[at.upperBound...].trimmed, field: field)
      text = text[..<at.lowerBound]
    }
    let items = text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
    if base == nil, items.contains(where: { Rational($0)?.integer == nil && Rational($0) != nil }) || multiple != nil {
      guard let usual = axis.usualBase else {
        throw InputError(
          "has a value that is no integer", field: field, value: String(text),
          hint: "for a ratio say of what: \"\(text) of d_model\"")
      }
      base = usual
    }
    if let base {
      let ratios = try items.map { item in
        guard let ratio = Rational(item), ratio > Rational(0) else {
          throw InputError("is not a positive ratio", field: field, value: item, hint: "such as 4, 8/3 or 0.25")
        }
        return ratio
      }
      return .ratio(of: base, try distinct(ratios, field: field), multipleOf: multiple ?? 1)
    }
    if items.count == 1, items[0].contains(":") {
      let parts = try items[0].split(separator: ":", omittingEmptySubsequences: false)
        .map { try integer(.string($0.trimmed), field) }
      guard parts.count <= 3 else {
        throw InputError("is not a range", field: field, value: items[0], hint: "from:to or from:to:step")
      }
      return .values(try range(from: parts[0], to: parts[1], step: parts.count == 3 ? parts[2] : 1, field: field))
    }
    return .values(try list(items.map { try integer(.string($0), field) }, field: field))
  }

  func list(_ values: [Int], field: String) throws -> AxisValues {
    guard !values.isEmpty else {
      throw InputError("is an empty axis", field: field, hint: "give a value, or leave the axis out")
    }
    return .list(try distinct(values, field: field))
  }

  private func distinct<Value: Comparable>(_ values: [Value], field: String) throws -> [Value] {
    guard !values.isEmpty else {
      throw InputError("is an empty axis", field: field, hint: "give a value, or leave the axis out")
    }
    let sorted = values.sorted()
    for (a, b) in zip(sorted, sorted.dropFirst()) where a == b {
      throw InputError("is given twice", field: field, value: "\(a)", hint: "every value once")
    }
    return sorted
  }

  func range(from: Int, to: Int, step: Int, field: String) throws -> AxisValues {
    guard step != 0 else {
      throw InputError("never reaches the end of the range", field: field + ".step", value: "0", hint: "a step of 1")
    }
    guard step > 0 else {
      throw InputError("goes backwards", field: field + ".step", value: "\(step)", hint: "a range ascends")
    }
    guard from <= to else {
      throw InputError(
        "is an empty axis: it starts above its end", field: field, value: "\(from):\(to)", hint: "swap from and to")
    }
    let (length, overflow) = to.subtractingReportingOverflow(from)
    guard !overflow else { throw InputError("is longer than Int64", field: field, value: "\(from):\(to)") }
    return .range(first: from, step: step, count: length / step + 1)
  }
}

extension Shape.Axis {
  /// The axis that this one is usually a ratio of.
  var usualBase: Shape.Axis? {
    switch self {
    case .mlpWidth, .expertWidth, .sharedWidth, .heads: .width
    case .keyValueHeads: .heads
    case .width: .layers
    default: nil
    }
  }
}
