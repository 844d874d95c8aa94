/// A staircase as it was at some time, made ready to say of whole blocks that it beats everything in them. What beat a
/// shape once beats it for good, so an old one is never wrong.
final class FrontScreen: Sendable {
  private let firsts: [Int]
  private let seconds: [Int]
  private let tradeoff: Tradeoff?
  /// What a sum must be above of to be beaten from one point to the next, as a tree of maxima: the leaves are its second
  /// half.
  private let needed: [Int]

  init(_ front: ParetoFront, _ tradeoff: Tradeoff?) {
    self.tradeoff = tradeoff
    let points = front.points
    firsts = points.map(\.first)
    seconds = points.map(\.second)
    let count = firsts.count
    guard let tradeoff, count > 0 else {
      needed = []
      return
    }
    var needed = [Int](repeating: .min, count: 2 * count)
    for place in 0..<count {
      let sum = tradeoff.sum(firsts[place], seconds[place])
      // Where the first value is just below the next point's, the sum leaves the least second value: of all that share
      // the step it must be no better than the point's, and no shape may equal the point.
      needed[count + place] =
        place + 1 < count ? max(sum, tradeoff.sum(firsts[place + 1] - 1, seconds[place] - 1)) : .max
    }
    for node in stride(from: count - 1, to: 0, by: -1) { needed[node] = max(needed[2 * node], needed[2 * node + 1]) }
    self.needed = needed
  }

  /// Whether some point is at least as good in both and better in one.
  func beats(_ first: Int, _ second: Int) -> Bool {
    let at = firsts.indices.partitioningIndex { firsts[$0] > first }
    return at > 0 && ParetoFront.beats(firsts[at - 1], seconds[at - 1], first, second)
  }

  /// Whether every shape with values of at least these, and a sum of at least this, is beaten.
  func beatsAll(_ first: Int, _ second: Int, sum: Int) -> Bool {
    let at = firsts.indices.partitioningIndex { firsts[$0] > first }
    guard at > 0 else { return false }
    let from = at - 1
    if seconds[from] <= second { return ParetoFront.beats(firsts[from], seconds[from], first, second) }
    guard tradeoff != nil else { return false }
    // From the point that the second value cannot get below on, all is beaten but what equals that point.
    let to = (from..<firsts.count).partitioningIndex { seconds[$0] <= second }
    guard to < firsts.count else { return false }
    if seconds[to] == second, let own = tradeoff?.sum(firsts[to], seconds[to]), sum <= own { return false }
    return sum > most(from, to)
  }

  /// The largest of what is needed from one place to before another.
  private func most(_ from: Int, _ to: Int) -> Int {
    var (low, high, most) = (from + firsts.count, to + firsts.count, Int.min)
    while low < high {
      if low & 1 == 1 {
        most = max(most, needed[low])
        low += 1
      }
      if high & 1 == 1 {
        high -= 1
        most = max(most, needed[high])
      }
      low >>= 1
      high >>= 1
    }
    return most
  }
}
