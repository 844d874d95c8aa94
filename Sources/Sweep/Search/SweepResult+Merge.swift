import Architectures
import Input

extension SweepResult {
  /// Joins the results of shards of one search, in any order, into the result of the whole.
  ///
  /// - Parameters:
  ///   - shards: one result a shard.
  ///   - target: the target of the search.
  ///   - quantity: what the target is of.
  ///   - top: how many results it asked for.
  /// - Returns: nil for no shards.
  public static func merged(
    _ shards: [SweepResult], nearestTo target: Int, of quantity: Quantity = .M, top: Int
  ) -> SweepResult? {
    guard var whole = shards.first else { return nil }
    var rows = whole.results
    for shard in shards.dropFirst() {
      rows += shard.results
      whole.evaluated += shard.evaluated
      whole.feasible = whole.feasible.flatMap { sum in shard.feasible.map { sum + $0 } }
      whole.matches = whole.matches.flatMap { sum in shard.matches.map { sum + $0 } }
      whole.seconds += shard.seconds
      whole.notes += shard.notes.filter { !whole.notes.contains($0) }
      whole.isPartial = whole.isPartial || shard.isPartial
    }
    let near = rows.map { row in
      (Candidate(distance: distance(quantity.value(of: row.shape, row.count), target), shape: row.shape), row)
    }
    whole.results = near.sorted { $0.0 < $1.0 }.prefix(top).map(\.1)
    return whole
  }

  /// The same where shards only counted.
  public static func merged(_ shards: [SweepResult]) throws -> SweepResult {
    guard let whole = merged(shards, nearestTo: 0, top: 0) else { throw noShards }
    return whole
  }

  /// The same where each shard has the front of its own shapes.
  public static func merged(_ shards: [SweepResult], front first: Objective, _ second: Objective) throws -> SweepResult
  {
    var whole = try merged(shards)
    var front = ParetoFront()
    for row in shards.flatMap(\.results) {
      let one = first.quantity.value(of: row.shape, row.count)
      let two = second.quantity.value(of: row.shape, row.count)
      front.offer(
        ParetoFront.Point(
          first: first.isMaximised ? -one : one, second: second.isMaximised ? -two : two, shape: row.shape))
    }
    whole.results = try front.points.map { try SweepRow($0.shape) }
    return whole
  }

  static var noShards: InputError { InputError("are none", field: "parts", hint: "the answers of all shards") }
}

extension SweepHistogram {
  /// Joins the histograms of shards, in any order.
  ///
  /// - Throws: `InputError` where their quantities or edges differ.
  public static func merged(_ shards: [SweepHistogram]) throws -> SweepHistogram {
    guard var whole = shards.first else { throw SweepResult.noShards }
    for shard in shards.dropFirst() {
      guard shard.quantity == whole.quantity, shard.edges == whole.edges else {
        throw InputError("have different edges", field: "parts", hint: "shards of one request")
      }
      for index in whole.counts.indices { whole.counts[index] += shard.counts[index] }
      whole.seconds += shard.seconds
      whole.isPartial = whole.isPartial || shard.isPartial
    }
    return whole
  }
}
