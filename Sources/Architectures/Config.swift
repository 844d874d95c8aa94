import Input

/// A config.json being read: every field that is asked for is remembered, so that the ones nobody asked for can be
/// named at the end.
///
/// Field names are those of the hub. Where two names mean the same, both are given and the first that is present
/// counts; if both are there and differ, that is an error.
public final class Config {
  public let object: JSONObject
  /// Where this object sits in the file: "" or "text_config.".
  public let path: String
  private var asked: Set<String> = []
  /// Fields whose value was read to be counted with.
  private var counted: Set<String> = []
  /// Names that were asked for where none of the names that mean the same is there.
  private var unanswered: Set<String> = []
  /// Values of the family's class for fields that the file may leave out.
  private var assumed: [String: JSON] = [:]
  /// The objects inside this one that were read.
  private var children: [Config] = []
  /// What a reader should know.
  public var notes: [String] = []

  /// No size in a config.json is larger than this; it keeps every product of two sizes within Int.
  public static let largestSize = 1 << 30
  /// No model has more layers than this; every layer is a value of its own.
  public static let largestDepth = 1 << 14

  public init(_ object: JSONObject, path: String = "") {
    self.object = object
    self.path = path
  }

  // MARK: Presence

  /// The value of the first of `names` that is there and not null.
  public func value(_ names: String...) throws -> (name: String, value: JSON)? { try value(of: names) }

  func value(of names: [String]) throws -> (name: String, value: JSON)? {
    asked.formUnion(names)
    var found: (name: String, value: JSON)?
    for name in names {
      guard let value = object[name], value != .null else { continue }
      if let found, found.value != value {
        throw error(
          name, value, "contradicts \(found.name)", hint: "keep one of the two")
      }
      found = found ?? (name, value)
      counted.insert(name)
    }
    if found == nil {
      unanswered.formUnion(names)
      for name in names where names.allSatisfy({ object[$0] == nil }) {
        if let value = assumed[name] { return (name, value) }
      }
    }
    return found
  }

  /// Lets the family's class answer for sizes that files of this family leave out. A misspelt name is found still.
  func assume(_ defaults: [String: JSON]) { assumed = defaults }

  public func has(_ names: String...) -> Bool {
    asked.formUnion(names)
    let there = names.filter { object[$0].map { $0 != .null } ?? false }
    counted.formUnion(there)
    if there.isEmpty { unanswered.formUnion(names) }
    return !there.isEmpty
  }

  // MARK: Sizes

  /// A size that must be there: a positive integer.
  public func size(_ names: String...) throws -> Int { try size(of: names) }
  func size(of names: [String]) throws -> Int {
    guard let found = try value(of: names) else { throw missing(names) }
    return try size(found.name, found.value, atLeast: 1)
  }
  /// A number of layers.
  public func depth(_ names: String...) throws -> Int {
    guard let found = try value(of: names) else { throw missing(names) }
    let depth = try size(found.name, found.value, atLeast: 1)
    guard depth <= Config.largestDepth else {
      throw error(
        found.name, found.value, "is deeper than any model: at most \(Numbers.grouped(Config.largestDepth)) layers",
        hint: "correct it in the config.json")
    }
    return depth
  }
  /// A size with the default that the family's class has.
  public func size(_ names: String..., default other: Int) throws -> Int {
    try value(of: names).map { try size($0.name, $0.value, atLeast: 1) } ?? other
  }
  /// A number of groups, which must divide the heads that share them.
  public func groups(_ names: String..., of heads: Int, default other: Int) throws -> Int {
    let groups = try value(of: names).map { try size($0.name, $0.value, atLeast: 1) } ?? other
    guard heads % groups == 0 else {
      throw error(names[0], .integer(groups), "does not divide the \(Numbers.counted(heads, "head"))")
    }
    return groups
  }
  /// A size that may be absent or null.
  public func optionalSize(_ names: String...) throws -> Int? {
    try value(of: names).map { try size($0.name, $0.value, atLeast: 1) }
  }
  /// A number of things that may be zero.
  public func count(_ names: String..., default other: Int? = nil) throws -> Int {
    guard let found = try value(of: names) else {
      guard let other else { throw missing(names) }
      return other
    }
    return try size(found.name, found.value, atLeast: 0)
  }
  /// A list of sizes, or nil.
  public func sizes(_ names: String..., atLeast low: Int = 1) throws -> [Int]? {
    guard let found = try value(of: names) else { return nil }
    guard let array = found.value.array else { throw error(found.name, found.value, "is not a list of integers") }
    return try array.enumerated().map { try size("\(found.name)[\($0)]", $1, atLeast: low) }
  }

  /// `value` as a size of at least `low`.
  public func size(_ name: String, _ value: JSON, atLeast low: Int) throws -> Int {
    let what = low == 0 ? "an integer of 0 or more" : low == 1 ? "a positive integer" : "an integer of at least \(low)"
    switch value {
    case .integer(let i) where i >= low && i <= Config.largestSize: return i
    case .integer(let i) where i > Config.largestSize:
      throw error(
        name, value, "is larger than any model's: at most \(Numbers.grouped(Config.largestSize)) can be counted",
        hint: "correct it in the config.json")
    case .number(let d, let text) where d.magnitude > 0x1p62 && text.allSatisfy { $0.isNumber }:
      throw error(
        name, value, "is beyond Int64: at most \(Numbers.grouped(Config.largestSize)) can be counted",
        hint: "correct it in the config.json")
    default:
      throw error(name, value, "is not \(what)", hint: "write it in digits, without quotes, fraction or exponent")
    }
  }

  // MARK: Other kinds of value

  /// A ratio or rate.
  public func number(_ names: String..., default other: Double) throws -> Double {
    guard let found = try value(of: names) else { return other }
    guard let d = found.value.double, d.isFinite else { throw error(found.name, found.value, "is not a number") }
    return d
  }
  public func flag(_ names: String..., default other: Bool) throws -> Bool {
    guard let found = try value(of: names) else { return other }
    guard case .bool(let flag) = found.value else { throw error(found.name, found.value, "is not true or false") }
    return flag
  }
  public func text(_ names: String..., default other: String? = nil) throws -> String {
    guard let found = try value(of: names) else {
      guard let other else { throw missing(names) }
      return other
    }
    guard let text = found.value.string else { throw error(found.name, found.value, "is not a string") }
    return text
  }
  /// A list of words, or nil.
  public func words(_ names: String...) throws -> [String]? {
    guard let found = try value(of: names) else { return nil }
    guard let array = found.value.array else { throw error(found.name, found.value, "is not a list of strings") }
    return try array.enumerated().map { at, value in
      guard let word = value.string else { throw error("\(found.name)[\(at)]", value, "is not a string") }
      return word
    }
  }
  /// An object inside this one, or nil.
  ///
  /// - Parameters:
  ///   - name: the field's name.
  ///   - more: fields that it is read with, in place of its own.
  public func nested(_ name: String, adding more: [String: JSON] = [:]) throws -> Config? {
    guard let found = try value(of: [name]) else { return nil }
    guard var object = found.value.object else { throw error(name, found.value, "is not an object") }
    for (field, value) in more { object[field] = value }
    let child = Config(object, path: path + name + ".")
    children.append(child)
    return child
  }

  // MARK: Fields that change no count

  /// Marks fields as known and without effect on any count, also those that were read to be checked.
  public func ignore(_ names: String...) {
    asked.formUnion(names)
    counted.subtract(names)
  }

  /// Fields that neither this family nor any other asks for. A field that looks like a slip for one that was asked
  /// for and is not there is an error: its default would give another number.
  public func unknownFields() throws -> [String] {
    let absent = unanswered.filter { object[$0] == nil }
    var unknown: [String] = []
    for (name, value) in object.members where !counted.contains(name) {
      let isKnown = asked.contains(name) || Config.neutral.contains(name)
      // use_x: false beside no x at all is not a slip for x: it says once more that there is none.
      if value == .bool(false), name.hasPrefix("use_"), unanswered.contains(String(name.dropFirst(4))) { continue }
      if !isKnown || value != .null, let slip = Config.slip(name, for: absent, isKnown: isKnown) {
        let problem = isKnown ? "changes no count in this family" : "is a field that this family does not read"
        throw error(name, value, problem, hint: "did you mean \(slip)?")
      }
      if !isKnown { unknown.append(path + name) }
    }
    for child in children { unknown += try child.unknownFields() }
    return unknown
  }

  /// What a field may have been meant to be. One that some family knows must be a single slip away, for names that
  /// are alike exist: n_group is the router's, n_groups is Mamba's.
  private static func slip(_ name: String, for absent: Set<String>, isKnown: Bool) -> String? {
    let plain = plainName(name)
    if let same = absent.first(where: { plainName($0) == plain }) { return same }
    if isKnown { return closest(to: name, among: absent, within: 1) }
    return closest(to: name, among: absent) ?? absent.filter { name.contains($0) && $0.count > 4 }.max()
  }

  /// Whether a field is known to change no count, in any family.
  public static func changesNoCount(_ name: String) -> Bool { neutral.contains(name) }

  // MARK: Errors

  public func error(_ name: String, _ value: JSON? = nil, _ problem: String, hint: String? = nil) -> InputError {
    var written = value?.text(indent: nil)
    if case .number(_, let text)? = value { written = text }
    return InputError(problem, field: path + name, value: written, hint: hint)
  }
  private func missing(_ names: [String]) -> InputError {
    if path.isEmpty, names == ["model_type"], let other = OtherFile(object) { return other.error }
    let others = names.dropFirst().joined(separator: ", ")
    return InputError(
      "is missing", field: path + (names.first ?? ""),
      hint: others.isEmpty ? "add it to the config.json" : "add it to the config.json; also read as \(others)")
  }
}
