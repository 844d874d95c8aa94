import Architectures
import FLOPCount
import Input
import KernelDispatch
import Synchronization

extension ConfigSearch {
  /// The models that no other beats in both objectives, in the order of the first. Of models with equal values the
  /// first in the order of the axes is given.
  public func pareto(_ first: Objective, _ second: Objective) throws -> ConfigResult {
    for objective in [first, second] { try ConfigGrid.check(objective.quantity, field: "pareto") }
    let clock = ContinuousClock()
    let start = clock.now
    let front = Mutex(ConfigFront())
    let tally = try walk({ ConfigFrontVisitor(first: first, second: second) }) { visitor in
      front.withLock { $0.merge(visitor.front) }
    }
    var result = try result(tally, first.quantity, front.withLock { $0.points.map(\.index) })
    result.seconds = (clock.now - start).seconds
    return result
  }
}

/// A front of two fractions, both to be small (negated where they are to be large): the first ascends, the second
/// descends.
struct ConfigFront: Sendable {
  struct Point: Sendable {
    var first: Fraction
    var second: Fraction
    var index: Int
  }

  private(set) var points: [Point] = []

  mutating func offer(_ point: Point) {
    // The first point whose first value is larger.
    let at = (0..<points.count).partitioningIndex { point.first < points[$0].first }
    if at > 0 {
      let before = points[at - 1]
      if before.second < point.second { return }
      if before.second == point.second {
        if before.first == point.first, point.index < before.index { points[at - 1].index = point.index }
        return
      }
    }
    let start = at > 0 && points[at - 1].first == point.first ? at - 1 : at
    var end = start
    while end < points.count, !(points[end].second < point.second) { end += 1 }
    points.replaceSubrange(start..<end, with: CollectionOfOne(point))
  }

  /// Offers a model; one of which an objective is not known is on no front.
  mutating func offer(_ counts: ConfigCounts, _ first: Objective, _ second: Objective, index: Int) throws {
    func signed(_ objective: Objective) throws -> Fraction? {
      try counts.fraction(objective.quantity).map {
        Fraction(over: objective.isMaximised ? -$0.over : $0.over, under: $0.under)
      }
    }
    guard let one = try signed(first), let two = try signed(second) else { return }
    offer(Point(first: one, second: two, index: index))
  }

  mutating func merge(_ other: ConfigFront) { for point in other.points { offer(point) } }
}

private struct ConfigFrontVisitor: ConfigVisitor {
  let first: Objective
  let second: Objective
  var front = ConfigFront()

  /// Two quantities at once are compared in integers.
  var quantity: Quantity? { nil }

  mutating func visit(_ counts: ConfigCounts, index: Int) throws {
    try front.offer(counts, first, second, index: index)
  }

  mutating func worthALook(_ rows: AffineRows, _ kernels: KernelImplementation) -> [Int] { Array(0..<rows.count) }
}
