import Synchronization

/// A number that workers add to.
final class Tally: Sendable {
  private let sum = Atomic(0)
  func add(_ count: Int) { if count > 0 { sum.add(count, ordering: .relaxed) } }
  var value: Int { sum.load(ordering: .relaxed) }
}
