import Architectures

/// The points that no other beats in both objectives, as a staircase: the first value ascends, the second descends.
/// Values are signed so that smaller is better. Of shapes with equal values the first in the order of the axes stays,
/// so the front does not depend on the order in which shapes come.
///
/// Points wait until there are enough of them to be worth a new staircase: a front of a million costs a sort now and
/// then, not a move of the rest at every point.
struct ParetoFront: Sendable {
  struct Point: Sendable {
    var first: Int
    var second: Int
    var shape: Shape
  }

  private var settled: [Point] = []
  private var waiting: [Point] = []

  /// The points, in order.
  var points: [Point] {
    if waiting.isEmpty { return settled }
    var copy = self
    copy.settle()
    return copy.settled
  }

  /// How many points there are, those that wait aside.
  var count: Int { settled.count }

  /// Whether some settled point is at least as good in both and better in one.
  func beats(_ first: Int, _ second: Int) -> Bool {
    let at = settled.indices.partitioningIndex { settled[$0].first > first }
    return at > 0 && Self.beats(settled[at - 1].first, settled[at - 1].second, first, second)
  }

  /// Whether a point of which the first value is no worse than another's is better than that.
  static func beats(_ first: Int, _ second: Int, _ otherFirst: Int, _ otherSecond: Int) -> Bool {
    second < otherSecond || (second == otherSecond && first < otherFirst)
  }

  /// - Returns: whether the staircase is a new one.
  @discardableResult
  mutating func offer(_ point: Point) -> Bool {
    if beats(point.first, point.second) { return false }
    waiting.append(point)
    return settleIfWorthIt()
  }

  /// - Returns: whether the staircase is a new one.
  @discardableResult
  mutating func merge(_ points: [Point]) -> Bool {
    waiting += points
    return settleIfWorthIt()
  }

  private mutating func settleIfWorthIt() -> Bool {
    guard waiting.count >= 64 + settled.count / 4 else { return false }
    settle()
    return true
  }

  /// Makes those that wait part of the staircase.
  mutating func settle() {
    if waiting.isEmpty { return }
    waiting.sort(by: Self.precedes)
    var merged: [Point] = []
    merged.reserveCapacity(settled.count + waiting.count)
    var (old, new) = (0, 0)
    while old < settled.count || new < waiting.count {
      let isOld = new == waiting.count || (old < settled.count && Self.precedes(settled[old], waiting[new]))
      let point = isOld ? settled[old] : waiting[new]
      if isOld { old += 1 } else { new += 1 }
      // Of equal values the first shape has come first.
      if let last = merged.last, last.second <= point.second { continue }
      merged.append(point)
    }
    settled = merged
    waiting.removeAll(keepingCapacity: true)
  }

  private static func precedes(_ a: Point, _ b: Point) -> Bool {
    a.first != b.first ? a.first < b.first : a.second != b.second ? a.second < b.second : a.shape < b.shape
  }
}
