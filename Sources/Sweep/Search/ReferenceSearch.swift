import Architectures
import FLOPCount
import Input

/// A grid walked one place at a time with the exact closed form: what every other method is checked against.
struct ReferenceWalk {
  let grid: Grid
  let axes: [Shape.Axis]

  init(_ grid: Grid) {
    self.grid = grid
    axes = Shape.Axis.allCases.filter { grid.axes[$0] != nil }
  }

  /// Calls `body` with every feasible shape, until it says false, or until `goesOn` does, which is asked now and then with
  /// the places looked at so far.
  ///
  /// - Returns: the places looked at.
  @discardableResult
  func forEach(
    while goesOn: (Int) -> Bool = { _ in true }, _ body: (Shape, ShapeCount) throws -> Bool
  ) throws -> Int {
    let counts = axes.map { grid.axes[$0]?.count ?? 1 }
    var indices = [Int](repeating: 0, count: axes.count)
    var places = 0
    while true {
      if places & 0x3FF == 0x3FF, !goesOn(places) { return places }
      places += 1
      let named = Dictionary(uniqueKeysWithValues: zip(axes, indices))
      if let shape = grid.shape(at: named) {
        let count = try ShapeCount(shape)
        if grid.constraints.allSatisfy({ $0.holds(for: shape, count) }), try !body(shape, count) { return places }
      }
      var level = axes.count - 1
      while level >= 0 {
        indices[level] += 1
        if indices[level] < counts[level] { break }
        indices[level] = 0
        level -= 1
      }
      if level < 0 { return places }
    }
  }
}

extension GridSearch {
  /// Walks the grid by the reference, with progress, until it is at its end or is stopped.
  ///
  /// - Returns: the places looked at, and whether some were not.
  @discardableResult
  func walkReference(_ body: (Shape, ShapeCount) throws -> Void) throws -> (places: Int, isPartial: Bool) {
    let clock = ContinuousClock()
    let start = clock.now
    var told = start
    var isPartial = false
    let places = try ReferenceWalk(grid).forEach(
      while: { done in
        isPartial = options.cancellation?.isCancelled == true
        if let report = options.progress, clock.now - told > .milliseconds(100) {
          told = clock.now
          report(
            SweepProgress(done: done, total: grid.shapes, rate: Double(done) / (told - start).seconds))
        }
        return !isPartial
      },
      { shape, count in
        try body(shape, count)
        return true
      })
    return (places, isPartial)
  }
}
