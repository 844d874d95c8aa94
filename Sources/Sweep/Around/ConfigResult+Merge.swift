import Input

extension ConfigResult {
  /// Joins the results of shards of one search, in any order, into the result of the whole: every model, or what was
  /// counted.
  ///
  /// - Throws: `InputError` for no shards.
  public static func merged(_ shards: [ConfigResult]) throws -> ConfigResult {
    guard var whole = shards.first else { throw SweepResult.noShards }
    for shard in shards.dropFirst() {
      whole.results += shard.results
      whole.evaluated += shard.evaluated
      whole.feasible += shard.feasible
      whole.refused += shard.refused
      whole.matches = whole.matches.flatMap { sum in shard.matches.map { sum + $0 } }
      whole.seconds += shard.seconds
      whole.notes += shard.notes.filter { !whole.notes.contains($0) }
      whole.isPartial = whole.isPartial || shard.isPartial
    }
    // A shard without models has nothing to compute.
    let used = Set(shards.filter { $0.evaluated > 0 }.map(\.implementation)).sorted()
    if !used.isEmpty { whole.implementation = used.joined(separator: " and ") }
    whole.results.sort { $0.index < $1.index }
    return whole
  }

  /// The same where each shard has its models nearest to a target.
  public static func merged(
    _ shards: [ConfigResult], nearestTo target: Int, of quantity: Quantity = .M, top: Int
  ) throws -> ConfigResult {
    var whole = try merged(shards)
    var list = ConfigNearestList(limit: top)
    for found in whole.results {
      if let value = try found.counts.fraction(quantity) { list.offer(value.distance(to: target), found.index) }
    }
    whole.results = whole.results(at: list.sorted.map(\.index))
    return whole
  }

  /// The same where each shard has the front of its own models.
  public static func merged(
    _ shards: [ConfigResult], front first: Objective, _ second: Objective
  ) throws -> ConfigResult {
    var whole = try merged(shards)
    var front = ConfigFront()
    for found in whole.results { try front.offer(found.counts, first, second, index: found.index) }
    whole.results = whole.results(at: front.points.map(\.index))
    return whole
  }

  private func results(at indices: [Int]) -> [ConfigFound] {
    let all = Dictionary(results.map { ($0.index, $0) }) { first, _ in first }
    return indices.compactMap { all[$0] }
  }
}

// MARK: Reading

extension ConfigResult {
  /// Reads back what `json` wrote, of a search of this grid.
  ///
  /// - Throws: `InputError` that names the member that is missing or wrong.
  public init(_ json: JSON, grid: ConfigGrid) throws {
    let members = try Members(json, "parts")
    guard let items = members.object["results"]?.array else { throw members.wrong("results") }
    guard members.object["around"] == .string(grid.name), try members.integer("shapes") == grid.models else {
      throw InputError("is of another sweep", field: "parts.around", hint: "merge what one request gave")
    }
    self.init(
      grid: grid, models: grid.models, evaluated: try members.integer("evaluated"),
      feasible: try members.integer("feasible"), refused: try members.integer("refused"),
      matches: try members.optionalInteger("matches"), results: try items.map { try ConfigFound($0, grid) },
      method: try members.method(), implementation: try members.text("implementation"),
      seconds: try members.number("seconds"), notes: members.notes(),
      isPartial: members.object["partial"] == .bool(true))
  }
}

extension ConfigFound {
  /// Reads back what `json` wrote; its counts are counted again.
  fileprivate init(_ json: JSON, _ grid: ConfigGrid) throws {
    let members = try Members(json, "results")
    var index = 0
    for axis in grid.axes {
      guard let value = members.object[axis.field], let place = axis.place(of: value) else {
        throw members.wrong(axis.field)
      }
      index = index * axis.count + place
    }
    try self.init(grid, index)
    guard self.json.object?["M"] == members.object["M"] else {
      throw InputError("is not that of this model in this grid", field: "results.M", hint: "merge what one grid gave")
    }
  }
}

extension ConfigAxis {
  /// Where a value stands; nil where it is none of the axis.
  func place(of value: JSON) -> Int? {
    switch (values, value) {
    case (.integers(let all), .integer(let one)):
      let place = all.countBelow(one)
      return place < all.count && all[place] == one ? place : nil
    case (.integers, _): return nil
    case (.others(let all), _): return all.firstIndex { $0.text(indent: nil) == value.text(indent: nil) }
    }
  }
}
