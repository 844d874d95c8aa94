import Architectures
import FLOPCount
import Input

/// A model's config.json with some of its fields, and the sequence length, varied: every combination is a model.
///
/// Each is read by the family's own decoder, so whatever can be counted can be swept. Combinations that are no model of
/// the family (heads that do not divide, a list of layer types of another length) are left out and said so.
public struct ConfigGrid: Sendable {
  /// What the config is called in messages.
  public let name: String
  public let base: JSONObject
  public let axes: [ConfigAxis]
  /// Where `sequence_length` is not an axis.
  public let sequenceLength: Int
  public let convention: Convention
  public let constraints: [Constraint]
  /// The path of each axis in the config; empty for the sequence length.
  private let paths: [[String]]

  /// - Parameters:
  ///   - base: the config whose fields vary.
  ///   - name: what it is called in messages.
  ///   - axes: their order is that of the results where they tie.
  ///   - sequenceLength: S where no axis is the length.
  ///   - convention: what is counted, and how.
  ///   - constraints: conditions that models must meet.
  /// - Throws: `InputError` for a field that this model does not read, two axes of one field, a constraint on what a
  ///   config does not say, more combinations than fit Int64.
  public init(
    _ base: JSONObject, name: String, axes: [ConfigAxis], sequenceLength: Int, convention: Convention = .deepseek,
    constraints: [Constraint] = []
  ) throws {
    self.name = name
    self.base = base
    self.axes = axes
    self.sequenceLength = sequenceLength
    self.convention = convention
    self.constraints = constraints
    paths = try axes.map { try Self.path($0.field, in: base) }
    guard !axes.isEmpty else {
      throw InputError("varies no field", field: "--vary", hint: "as in hidden_size=2048:8192:128")
    }
    for (index, path) in paths.enumerated() where paths[..<index].contains(path) {
      throw InputError("is varied twice", field: "--vary \(axes[index].field)", hint: "give all its values at once")
    }
    var product = 1
    for axis in axes {
      let (next, overflow) = product.multipliedReportingOverflow(by: axis.count)
      guard !overflow else {
        throw InputError("are more models than fit Int64 (9.2e18)", field: "--vary", hint: "shorten an axis")
      }
      product = next
    }
    for constraint in constraints { try Self.check(constraint.quantity, field: "--where \(constraint.quantity.name)") }
    try checkFieldsAreRead()
  }

  /// The number of combinations.
  public var models: Int { axes.reduce(1) { $0 * $1.count } }

  /// What can be asked of a config: everything that is derived, but not the axes of a grid of shapes.
  static func check(_ quantity: Quantity, field: String) throws {
    switch quantity {
    case .derived(.mlpRatio), .axis:
      throw InputError(
        "is not known of every model", field: field, hint: "bound the field itself: --vary FIELD=from:to:step")
    case .derived: return
    }
  }

  /// The same where integers are searched for or counted.
  static func checkIsInteger(_ quantity: Quantity, for purpose: String) throws {
    try check(quantity, field: "quantity")
    try quantity.checkIsInteger(for: purpose)
  }

  // MARK: One model

  /// The place on every axis of a combination; the last axis is the fastest.
  func places(_ index: Int) -> [Int] {
    var rest = index
    var places = [Int](repeating: 0, count: axes.count)
    for axis in axes.indices.reversed() {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: axes[axis].count)
      places[axis] = remainder
      rest = quotient
    }
    return places
  }

  /// The config of a combination.
  public func config(_ index: Int) -> JSONObject { config(at: places(index)) }

  func config(at places: [Int]) -> JSONObject {
    var object = base
    for (axis, path) in paths.enumerated() where !path.isEmpty { object.set(path[...], axes[axis][places[axis]]) }
    return object
  }

  /// The sequence length of a combination.
  func length(at places: [Int]) throws -> Int {
    for (axis, path) in paths.enumerated() where path.isEmpty {
      guard case .integer(let length) = axes[axis][places[axis]] else {
        throw InputError("is not an integer", field: ConfigAxis.sequenceLength)
      }
      return length
    }
    return sequenceLength
  }

  /// The model of a combination, or why it is none: what the family's decoder says.
  func model(at places: [Int]) throws -> Result<Architecture, InputError> {
    do {
      return .success(try Architecture(config: config(at: places)))
    } catch let error as InputError {
      return .failure(error)
    }
  }

  // MARK: Checking

  /// Where a field stands: at the top, or in the object of the language model.
  private static func path(_ field: String, in base: JSONObject) throws -> [String] {
    if field == ConfigAxis.sequenceLength { return [] }
    let path = field.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard path.allSatisfy({ !$0.isEmpty }) else {
      throw InputError("is not the name of a field", field: "--vary", value: field)
    }
    if path.count == 1, base[field] == nil {
      for part in ["text_config", "language_config", "llm_config"] where base[part]?.object?[field] != nil {
        return [part, field]
      }
    }
    var object: JSONObject? = base
    for part in path.dropLast() {
      object = object?[part]?.object
      if object == nil {
        throw InputError("is inside an object that this config does not have", field: "--vary \(field)", value: part)
      }
    }
    return path
  }

  /// A field that nobody reads would be varied without effect.
  private func checkFieldsAreRead() throws {
    for (axis, path) in paths.enumerated() where !path.isEmpty {
      var places = [Int](repeating: 0, count: axes.count)
      // Some combinations are no model: one that can be read will do.
      for place in 0..<min(axes[axis].count, 64) {
        places[axis] = place
        var object = base
        object.set(path[...], axes[axis][place])
        guard let model = try? Architecture(config: object) else { continue }
        if model.unknownFields.contains(path.joined(separator: ".")) || Config.changesNoCount(path.last ?? "") {
          let names = (path.count > 1 ? base[path[0]]?.object : base)?.names ?? []
          throw InputError(
            "is not a field that decides what this model costs", field: "--vary", value: axes[axis].field,
            hint: suggestion(for: path.last ?? "", among: names.filter { !Config.changesNoCount($0) }))
        }
        break
      }
    }
  }
}

extension JSONObject {
  /// Sets the value at a path of objects.
  fileprivate mutating func set(_ path: ArraySlice<String>, _ value: JSON) {
    guard let name = path.first else { return }
    if path.count == 1 {
      self[name] = value
    } else if var inner = self[name]?.object {
      inner.set(path.dropFirst(), value)
      self[name] = .object(inner)
    }
  }
}
