import Architectures
import Input

extension SweepResult {
  /// Reads back what `json` wrote, of a search of this grid: what shards answer can be sent as text and merged.
  ///
  /// - Throws: `InputError` that names the member that is missing or wrong.
  public init(_ json: JSON, grid: Grid) throws {
    let members = try Members(json, "parts")
    guard let items = members.object["results"]?.array else { throw members.wrong("results") }
    self.init(
      shapes: try members.integer("shapes"), evaluated: try members.integer("evaluated"),
      feasible: try members.optionalInteger("feasible"), matches: try members.optionalInteger("matches"),
      results: try items.map { try SweepRow($0, grid: grid) }, method: try members.method(),
      implementation: try members.text("implementation"),
      seconds: try members.number("seconds"), notes: members.notes(),
      isPartial: members.object["partial"] == .bool(true))
  }
}

extension SweepRow {
  /// Reads back what `json` wrote; its counts are counted again.
  init(_ json: JSON, grid: Grid) throws {
    let members = try Members(json, "results")
    var shape = Shape(
      layers: 0, width: 0, vocabulary: 0, sequenceLength: 0, mlp: grid.mlp, tied: grid.tied,
      denseLayers: grid.denseLayers, form: grid.form)
    for axis in Shape.Axis.allCases { shape[axis] = try members.optionalInteger(axis.rawValue) ?? 0 }
    try self.init(shape)
    guard count.M == (try members.integer("M")) else {
      throw InputError("is not that of this shape in this grid", field: "results.M", hint: "merge what one grid gave")
    }
  }
}

extension SweepHistogram {
  /// Reads back what `json` wrote.
  public init(_ json: JSON) throws {
    let members = try Members(json, "parts")
    self.init(
      quantity: try Quantity(named: members.text("quantity"), field: "quantity"), edges: try members.integers("edges"),
      counts: try members.integers("counts"), method: try members.method(),
      implementation: try members.text("implementation"),
      seconds: try members.number("seconds"), notes: members.notes(),
      isPartial: members.object["partial"] == .bool(true))
    guard edges.count == counts.count + 1 else { throw members.wrong("counts") }
  }
}

/// The members of an object that this program wrote.
struct Members {
  let object: JSONObject
  private let name: String

  init(_ json: JSON, _ name: String) throws {
    guard let object = json.object else { throw InputError("is \(json.kind), not an answer of a sweep", field: name) }
    self.object = object
    self.name = name
  }

  func wrong(_ member: String) -> InputError {
    InputError("is missing or wrong", field: "\(name).\(member)", hint: "give the answer as it came")
  }

  func notes() -> [String] { object["notes"]?.array?.compactMap(\.string) ?? [] }

  func method() throws -> SweepMethod {
    guard let method = object["method"]?.string.flatMap(SweepMethod.init) else { throw wrong("method") }
    return method
  }

  func text(_ member: String) throws -> String {
    guard let text = object[member]?.string else { throw wrong(member) }
    return text
  }

  func integer(_ member: String) throws -> Int {
    guard case .integer(let value)? = object[member] else { throw wrong(member) }
    return value
  }

  func optionalInteger(_ member: String) throws -> Int? {
    switch object[member] {
    case nil, .null?: nil
    case .integer(let value)?: value
    default: throw wrong(member)
    }
  }

  func integers(_ member: String) throws -> [Int] {
    guard let items = object[member]?.array else { throw wrong(member) }
    return try items.map { item in
      guard case .integer(let value) = item else { throw wrong(member) }
      return value
    }
  }

  func number(_ member: String) throws -> Double {
    guard let value = object[member]?.double else { throw wrong(member) }
    return value
  }
}
