extension SweepResult {
  /// Joins the results of shards of one search, in any order, into the result of the whole.
  ///
  /// - Parameters:
  ///   - target: the target of the search.
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
}
