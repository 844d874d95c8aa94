import Architectures
import Input
import Sweep

extension GridSearch {
  /// Why a grid has no shape: a smallest set of its constraints that no shape meets together (constraints are left out
  /// one after the other while what is left still excludes every shape), and the shape nearest the target without each.
  ///
  /// - Throws: what the searches throw.
  static func conflict(
    _ grid: Grid, nearest target: Int, of quantity: Quantity, options: SweepOptions
  ) throws -> InputError {
    func nearest(_ constraints: [Constraint]) throws -> Shape? {
      var relaxed = grid
      relaxed.constraints = constraints
      return try GridSearch(relaxed, options).nearest(to: target, of: quantity, top: 1).results.first?.shape
    }
    guard try nearest([]) != nil else {
      return InputError(
        "has no shape: sizes that follow from others are never whole numbers", field: "grid",
        hint: "widen an axis, or change a ratio")
    }
    var culprits = grid.constraints
    for index in grid.constraints.indices.reversed() {
      var fewer = culprits
      fewer.remove(at: index)
      if try nearest(fewer) == nil { culprits = fewer }
    }
    let ways = try culprits.compactMap { culprit -> String? in
      guard let shape = try nearest(grid.constraints.filter { $0 != culprit }) else { return nil }
      return "without \(culprit.words) the nearest shape is \(shape)"
    }
    var error = InputError(
      culprits.count == 1 ? "cannot hold for any shape of the grid" : "cannot hold together for any shape of the grid",
      field: "constraints", hint: ways.isEmpty ? "widen an axis or a constraint" : ways.joined(separator: "; "))
    // Set afterwards: a value is cut to what fits in a message, and every one of these has to be named.
    error.value = culprits.map(\.words).joined(separator: " and ")
    return error
  }
}

extension Constraint {
  /// `aspect_ratio 40...80`, `n_heads at least 8, multiple of 8`.
  fileprivate var words: String {
    var parts: [String] = []
    switch (low, high) {
    case (let low?, let high?): parts.append("\(low)...\(high)")
    case (let low?, nil): parts.append("at least \(low)")
    case (nil, let high?): parts.append("at most \(high)")
    case (nil, nil): break
    }
    if multipleOf > 1 { parts.append("multiple of \(multipleOf)") }
    return quantity.name + " " + parts.joined(separator: ", ")
  }
}
