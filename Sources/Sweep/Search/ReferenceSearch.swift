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

  /// Calls `body` with every feasible shape, until it says false.
  ///
  /// - Returns: the places looked at.
  @discardableResult
  func forEach(_ body: (Shape, ShapeCount) throws -> Bool) throws -> Int {
    let counts = axes.map { grid.axes[$0]?.count ?? 1 }
    var indices = [Int](repeating: 0, count: axes.count)
    var places = 0
    while true {
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
