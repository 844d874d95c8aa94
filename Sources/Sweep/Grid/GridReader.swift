import Architectures
import Input

extension Grid {
  /// Reads the JSON form of a grid file (a YAML grid has the same keys). Numbers may be written as texts.
  ///
  /// - Throws: `InputError` that names the field, the value and the way out.
  public init(_ json: JSON) throws {
    guard let object = json.object else {
      throw InputError("is \(json.kind), not a grid", hint: "a grid has the keys axes and constraints")
    }
    var reader = GridReader()
    try reader.read(object)
    try self.init(
      axes: reader.axes, constraints: reader.constraints, mlp: reader.mlp, tied: reader.tied,
      denseLayers: reader.denseLayers)
  }

  /// Reads a grid file: `.json` as JSON, anything else as YAML; `-` is standard input.
  public init(contentsOf path: String) throws {
    do {
      let bytes = try readFile(path)
      let isJSON =
        path.hasSuffix(".json") || bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
      try self.init(isJSON ? JSON(parsing: bytes) : GridReader.yaml(bytes))
    } catch let error as InputError {
      throw error.from(file: path)
    }
  }

  /// Builds a grid from flags: axis names with texts such as `1:200`, `64:32000:64`, `8/3,4`, and constraints.
  ///
  /// - Parameters:
  ///   - base: a grid whose axes and constraints stay where no flag replaces them.
  ///   - axes: by name; `-` and `_` are the same.
  ///   - constraints: by quantity, as texts such as `64...160`, `multiple of 8`.
  ///   - mlp: gated or plain; nil leaves it to the base.
  ///   - tied: tie_word_embeddings; nil leaves it to the base.
  ///   - denseLayers: first_k_dense_replace; nil leaves it to the base.
  public init(
    base: Grid? = nil, axes: [(name: String, text: String)], constraints: [(name: String, text: String)] = [],
    mlp: Shape.MLPKind? = nil, tied: Bool? = nil, denseLayers: Int? = nil
  ) throws {
    var reader = GridReader()
    for (name, text) in axes {
      let flag = "--" + name
      let axis = try reader.axis(String(name.map { $0 == "-" ? "_" : $0 }), field: flag)
      guard reader.axes[axis] == nil else { throw InputError("is given twice", field: flag) }
      reader.axes[axis] = try reader.rule(text: text, axis: axis, field: flag)
    }
    for (name, text) in constraints { try reader.add(Constraint(name: name, text: text)) }
    let replaced = Set(reader.constraints.map(\.quantity))
    do {
      try self.init(
        axes: (base?.axes ?? [:]).merging(reader.axes) { $1 },
        constraints: (base?.constraints ?? []).filter { !replaced.contains($0.quantity) } + reader.constraints,
        mlp: mlp ?? base?.mlp ?? .gated, tied: tied ?? base?.tied ?? false,
        denseLayers: denseLayers ?? base?.denseLayers ?? 0)
    } catch let error as InputError where base == nil {
      throw GridReader.asFlag(error)
    }
  }
}

extension Constraint {
  /// Reads a condition of the command line: a quantity (`-` and `_` are the same) and `64...160`, `multiple of 8`.
  public init(name: String, text: String) throws {
    let quantity = try Quantity(named: String(name.map { $0 == "-" ? "_" : $0 }), field: "--where")
    self = try GridReader().constraint(text: text, quantity, field: "--where \(name)")
  }
}

/// Walks the object of a grid file.
struct GridReader {
  var axes: [Shape.Axis: AxisRule] = [:]
  var constraints: [Constraint] = []
  var mlp = Shape.MLPKind.gated
  var tied = false
  var denseLayers = 0

  static let keys = ["axes", "constraints", "mlp", "tie_word_embeddings", "first_k_dense_replace"]

  /// An error about an axis by the name of its flag, where there is no file that it could stand in.
  static func asFlag(_ error: InputError) -> InputError {
    guard let field = error.field, field.hasPrefix("axes.") else { return error }
    var error = error
    error.field = "--" + field.dropFirst("axes.".count).map { $0 == "_" ? "-" : String($0) }.joined()
    if error.problem == "is missing" { error.hint = "such as 8:48, 1024:8192:128 or 4096,5120" }
    return error
  }

  /// A grid file in YAML. What does not name a single axis is no grid with a slip in it, but some other file.
  static func yaml(_ bytes: [UInt8]) throws -> JSON {
    func isOther() -> Bool {
      let text = String(decoding: bytes.prefix(1 << 16), as: UTF8.self)
      return !bytes.isEmpty && !(keys + Shape.Axis.allCases.map(\.rawValue)).contains { text.contains($0) }
    }
    let other = InputError("is not a grid: it names no axes", hint: "isoflop help grids shows what a grid looks like")
    do {
      let value = try JSON(yaml: bytes)
      if case .string = value, isOther() { throw other }
      return value
    } catch let error as InputError {
      throw isOther() ? other : error
    }
  }

  mutating func read(_ object: JSONObject) throws {
    for (name, value) in object.members {
      switch name {
      case "axes": try readAxes(value)
      case "constraints": try readConstraints(value)
      case "mlp":
        guard let kind = value.scalarText.flatMap(Shape.MLPKind.init) else {
          throw InputError("is not an MLP", field: name, value: value.shown, hint: "gated or plain")
        }
        mlp = kind
      case "tie_word_embeddings": tied = try flag(value, name)
      case "first_k_dense_replace": denseLayers = try integer(value, name)
      default:
        guard let axis = Shape.Axis(rawValue: name) else {
          throw InputError(
            "is not a key of a grid", field: name,
            hint: suggestion(for: name, among: Self.keys + Shape.Axis.allCases.map(\.rawValue)))
        }
        try add(value, axis, field: name)
      }
    }
  }

  private mutating func readAxes(_ value: JSON) throws {
    guard let object = value.object else {
      throw InputError("is \(value.kind), not axes by name", field: "axes", hint: "n_layers: {from: 1, to: 100}")
    }
    for (name, value) in object.members {
      try add(value, try axis(name, field: "axes.\(name)"), field: "axes.\(name)")
    }
  }

  private mutating func add(_ value: JSON, _ axis: Shape.Axis, field: String) throws {
    guard axes[axis] == nil else { throw InputError("is given twice", field: field, hint: "keep one of the two") }
    axes[axis] = try rule(value, axis: axis, field: field)
  }

  func axis(_ name: String, field: String) throws -> Shape.Axis {
    guard let axis = Shape.Axis(rawValue: name) else {
      throw InputError(
        "is not an axis of a grid", field: field,
        hint: suggestion(for: name, among: Shape.Axis.allCases.map(\.rawValue)))
    }
    return axis
  }

  // MARK: Constraints

  mutating func readConstraints(_ value: JSON) throws {
    guard let object = value.object else {
      throw InputError(
        "is \(value.kind), not constraints by name", field: "constraints", hint: "aspect_ratio: 64...160")
    }
    for (name, value) in object.members {
      let field = "constraints.\(name)"
      let quantity = try Quantity(named: name, field: "constraints")
      if let object = value.object {
        try add(try constraint(object, quantity, field: field))
      } else if let text = value.scalarText {
        try add(try constraint(text: text, quantity, field: field))
      } else {
        throw InputError(
          "is \(value.kind), not a range", field: field, hint: "64...160, {from: 64, to: 160} or {multiple_of: 8}")
      }
    }
  }

  mutating func add(_ constraint: Constraint) throws { constraints.append(constraint) }

  private func constraint(_ object: JSONObject, _ quantity: Quantity, field: String) throws -> Constraint {
    var constraint = Constraint(quantity)
    for (name, value) in object.members {
      switch name {
      case "from", "min": constraint.low = try rational(value, "\(field).\(name)")
      case "to", "max": constraint.high = try rational(value, "\(field).\(name)")
      case "multiple_of": constraint.multipleOf = try integer(value, "\(field).\(name)")
      default:
        throw InputError(
          "is not a key of a constraint", field: "\(field).\(name)",
          hint: suggestion(for: name, among: ["from", "to", "min", "max", "multiple_of"]))
      }
    }
    guard !object.isEmpty else { throw InputError("is empty", field: field, hint: "64...160 or {multiple_of: 8}") }
    return constraint
  }

  /// `64...160`, `1e9...`, `...8e9`, `8` and `multiple of 8`.
  func constraint(text: String, _ quantity: Quantity, field: String) throws -> Constraint {
    var constraint = Constraint(quantity)
    if text.trimmed.hasPrefix("multiple of") {
      constraint.multipleOf = try integer(.string(text.trimmed.dropFirst("multiple of".count).trimmed), field)
      return constraint
    }
    guard let at = text.range(of: "...") else {
      let value = try rational(.string(text.trimmed), field)
      (constraint.low, constraint.high) = (value, value)
      return constraint
    }
    let (low, high) = (text[..<at.lowerBound].trimmed, text[at.upperBound...].trimmed)
    guard !low.isEmpty || !high.isEmpty else {
      throw InputError("has no ends", field: field, value: text, hint: "as in 64...160")
    }
    if !low.isEmpty { constraint.low = try rational(.string(low), field) }
    if !high.isEmpty { constraint.high = try rational(.string(high), field) }
    return constraint
  }

  // MARK: Scalars

  /// `8:48` for `8-48`, `8..48` and `8...48`.
  private static func rangeMeant(by value: JSON) -> String? {
    guard let text = value.string else { return nil }
    for mark in ["...", "..", "-"] {
      let ends = text.split(separator: mark, omittingEmptySubsequences: false).map(\.trimmed)
      if ends.count == 2, ends.allSatisfy({ Rational($0) != nil }) { return ends.joined(separator: ":") }
    }
    return nil
  }

  func integer(_ value: JSON, _ field: String) throws -> Int {
    if case .integer(let integer) = value { return integer }
    guard let number = value.scalarText.flatMap({ Rational($0) }) else {
      throw InputError(
        "is not an integer that fits Int64", field: field, value: value.shown,
        hint: Self.rangeMeant(by: value).map { "a range is written \($0)" } ?? "such as 4096 or 4e3")
    }
    guard let integer = number.integer else {
      throw InputError("is not an integer", field: field, value: value.shown, hint: "sizes are whole numbers")
    }
    return integer
  }

  private func rational(_ value: JSON, _ field: String) throws -> Rational {
    guard let text = value.scalarText, let number = Rational(abbreviated: text) else {
      throw InputError("is not a number", field: field, value: value.shown, hint: Self.numberMeant(by: value.shown))
    }
    return number
  }

  /// `64k` and `64KiB` are two numbers, and a `:` is for axes.
  private static func numberMeant(by text: String) -> String {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let unit = text.dropFirst(digits.count).lowercased()
    if let thousands = Int(digits), 1...1_000_000 ~= thousands,
      ["k", "kb", "ki", "kib"].contains(unit)
    {
      return "write the one that is meant: \(1000 * thousands) or \(1024 * thousands)"
    }
    let ends = text.split(separator: ":").map(\.trimmed)
    if ends.count == 2, ends.allSatisfy({ Rational(abbreviated: $0) != nil }) {
      return "a range of a quantity is written \(ends[0])...\(ends[1])"
    }
    return "as in 64...160, 1e9, 8B or 1/4"
  }

  private func flag(_ value: JSON, _ field: String) throws -> Bool {
    switch value {
    case .bool(let flag): return flag
    case .string("true"): return true
    case .string("false"): return false
    default: throw InputError("is not true or false", field: field, value: value.shown)
    }
  }
}

extension JSON {
  /// A number or text as it was written.
  var scalarText: String? {
    switch self {
    case .integer(let value): String(value)
    case .number(_, let text), .string(let text): text
    default: nil
    }
  }
  /// The value for a message.
  var shown: String { scalarText ?? kind }
}

extension StringProtocol {
  /// Where `text` first occurs.
  func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      let rest = self[start...]
      if rest.hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      formIndex(after: &start)
    }
    return nil
  }
}
