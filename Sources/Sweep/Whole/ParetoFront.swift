import Architectures

/// A quantity that is to be small, or to be large.
public struct Objective: Sendable, Equatable {
  public var quantity: Quantity
  public var isMaximised: Bool

  public static func minimise(_ quantity: Quantity) -> Objective { Objective(quantity: quantity, isMaximised: false) }
  public static func maximise(_ quantity: Quantity) -> Objective { Objective(quantity: quantity, isMaximised: true) }
}

extension Objective {
  /// The axes along which one of the two objectives does not change, or both get better together: of a row along such an
  /// axis only an end can be on a front.
  func agreeing(with other: Objective) -> Set<Shape.Axis> {
    let common = quantity.axes.intersection(other.quantity.axes)
    return Set(Shape.Axis.allCases).subtracting(isMaximised == other.isMaximised ? [] : common)
  }
}

extension Quantity {
  fileprivate var axes: Set<Shape.Axis> {
    switch self {
    case .axis(let axis): [axis]
    case .derived(let derived): derived.axes
    }
  }
}

/// The points that no other beats in both objectives, as a staircase: the first value ascends, the second descends.
/// Values are signed so that smaller is better. Of shapes with equal values the first in the order of the axes stays,
/// so the front does not depend on the order in which shapes come.
struct ParetoFront: Sendable {
  struct Point: Sendable {
    var first: Int
    var second: Int
    var shape: Shape
  }

  private(set) var points: [Point] = []

  /// The number of points whose first value is at most this.
  private func countUpTo(_ first: Int) -> Int {
    var (low, high) = (0, points.count)
    while low < high {
      let middle = (low + high) / 2
      if points[middle].first <= first { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Whether some point is at least as good in both and better in one.
  func beats(_ first: Int, _ second: Int) -> Bool {
    let at = countUpTo(first)
    guard at > 0 else { return false }
    let point = points[at - 1]
    return point.second < second || (point.second == second && point.first < first)
  }

  mutating func offer(_ point: Point) {
    if beats(point.first, point.second) { return }
    let at = countUpTo(point.first)
    if at > 0, points[at - 1].first == point.first, points[at - 1].second == point.second {
      if point.shape < points[at - 1].shape { points[at - 1].shape = point.shape }
      return
    }
    // What it beats: from its place on, all that are no better in the second.
    let start = at > 0 && points[at - 1].first == point.first ? at - 1 : at
    var end = start
    while end < points.count, points[end].second >= point.second { end += 1 }
    points.replaceSubrange(start..<end, with: CollectionOfOne(point))
  }

  mutating func merge(_ other: ParetoFront) { for point in other.points { offer(point) } }
}

/// Walks a grid for its front; blocks whose best corner is beaten are left out.
struct ParetoVisitor: RowVisitor {
  let plan: GridPlan
  let first: Form
  let second: Form
  let signs: (Int, Int)
  var front: ParetoFront
  var evaluated = 0
  var isFinished = false
  var isChoosy: Bool { true }
  var fewRows: Int { 4 }

  var window: (form: Form, low: Int, high: Int)? { nil }

  mutating func rank(_ range: SizeRange) -> Int? {
    guard case .derived(let a) = first, case .derived(let b) = second else { return 0 }
    let (low, high) = (range.low, range.high)
    let best1 = signs.0 * plan.conventions.integer(a, signs.0 > 0 ? low : high)
    let best2 = signs.1 * plan.conventions.integer(b, signs.1 > 0 ? low : high)
    return front.beats(best1, best2) ? nil : 0
  }

  mutating func visit(_ walk: inout GridWalk) {
    let places = walk.rowPlaces()
    guard !places.isEmpty else { return }
    var (a, b) = (walk.affine(first), walk.affine(second))
    (a.a, a.b) = (signs.0 * a.a, signs.0 * a.b)
    (b.a, b.b) = (signs.1 * b.a, signs.1 * b.b)
    guard let values = plan.inner.first?.values else {
      offer(a.a, b.a, walk, 0)
      return
    }
    let (start, end) = (values[places.lowerBound], values[places.upperBound - 1])
    // The best that either can be along the row.
    let best1 = a.a + a.b * (a.b >= 0 ? start : end)
    let best2 = b.a + b.b * (b.b >= 0 ? start : end)
    if front.beats(best1, best2) { return }
    if a.b >= 0 && b.b >= 0 {
      // Both best at the first place, which is also the first in the order of the axes.
      offer(a.a + a.b * start, b.a + b.b * start, walk, start)
    } else if a.b <= 0 && b.b <= 0 {
      offer(a.a + a.b * end, b.a + b.b * end, walk, end)
    } else {
      halve(a, b, places, values, walk)
    }
  }

  /// Offers what lies along a row on which one objective gets better as the other gets worse, but for the pieces whose best
  /// of both is beaten.
  private mutating func halve(
    _ a: Affine, _ b: Affine, _ places: Range<Int>, _ values: AxisValues, _ walk: borrowing GridWalk
  ) {
    if places.count <= 4 {
      for place in places {
        let x = values[place]
        offer(a.a + a.b * x, b.a + b.b * x, walk, x)
      }
      return
    }
    let (start, end) = (values[places.lowerBound], values[places.upperBound - 1])
    if front.beats(a.a + a.b * (a.b >= 0 ? start : end), b.a + b.b * (b.b >= 0 ? start : end)) { return }
    let middle = places.lowerBound + places.count / 2
    halve(a, b, places.lowerBound..<middle, values, walk)
    halve(a, b, middle..<places.upperBound, values, walk)
  }

  private mutating func offer(_ one: Int, _ two: Int, _ walk: borrowing GridWalk, _ x: Int) {
    evaluated += 1
    if front.beats(one, two) { return }
    front.offer(ParetoFront.Point(first: one, second: two, shape: plan.shape(walk.sizes, inner: x)))
  }
}
