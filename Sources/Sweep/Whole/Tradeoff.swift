import Architectures

/// Two objectives, one to be small and one to be large, that count the same weights: M is six times the weights that a
/// token visits and some more, `parameters` the weights that there are and some more. In a weighted sum of the two
/// signed values the weights cancel, and what is left says how good a shape is at any size. Corners of a block hardly
/// bound the objectives against each other; they bound this sum well.
struct Tradeoff: Sendable {
  /// What the signed values are multiplied with. The sum is small where both are.
  let weights: (first: Int, second: Int)
  private let parts: Parts

  /// A quantity as multiples of what it is made of.
  private struct Parts {
    /// Weights that a token visits, norms included.
    var visited = 0
    var norms = 0
    /// Weights of experts that it does not visit.
    var idle = 0
    var tables = 0
    /// L A S, of scores and the sum of values.
    var scores = 0

    init(visited: Int = 0, norms: Int = 0, idle: Int = 0, tables: Int = 0, scores: Int = 0) {
      (self.visited, self.norms, self.idle, self.tables, self.scores) = (visited, norms, idle, tables, scores)
    }

    init?(_ quantity: Quantity) {
      guard case .derived(let derived) = quantity else { return nil }
      switch derived {
      case .M: self.init(visited: 6, norms: -6, scores: 12)
      case .parameters: self.init(visited: 1, idle: 1, tables: 1)
      case .activeParameters: self.init(visited: 1, tables: 1)
      case .nonEmbeddingParameters: self.init(visited: 1, idle: 1)
      case .sixN1: self.init(visited: 6, idle: 6)
      case .sixN2: self.init(visited: 6, idle: 6, tables: 6)
      case .keyValueElements, .keyValueBytes, .aspectRatio, .mlpRatio: return nil
      }
    }
  }

  /// - Returns: nil where both are to be small or large, or one counts no weights.
  init?(_ first: Objective, _ second: Objective) {
    guard first.isMaximised != second.isMaximised, let one = Parts(first.quantity), let two = Parts(second.quantity)
    else { return nil }
    let divisor = greatestCommonDivisor(one.visited, two.visited)
    weights = (two.visited / divisor, one.visited / divisor)
    let (p, q) = (
      first.isMaximised ? -weights.first : weights.first, second.isMaximised ? -weights.second : weights.second
    )
    parts = Parts(
      norms: p * one.norms + q * two.norms, idle: p * one.idle + q * two.idle, tables: p * one.tables + q * two.tables,
      scores: p * one.scores + q * two.scores)
  }

  /// The sum of signed values. No product overflows: 6 x the parameters fit, which the plan has checked, and M is never
  /// multiplied.
  @inline(__always)
  func sum(_ first: Int, _ second: Int) -> Int { weights.first * first + weights.second * second }

  /// No shape between two corners has a smaller sum.
  func least(_ low: Box, _ high: Box, _ conventions: Conventions) -> Int {
    func corner(_ multiple: Int) -> Box { multiple < 0 ? high : low }
    var sum = parts.norms * conventions.norms(corner(parts.norms)) { $0 }
    sum += parts.tables * conventions.tables(corner(parts.tables)) { $0 }
    let box = corner(parts.scores)
    sum += parts.scores * box.L * box.A * box.S
    let (experts, other) = parts.idle < 0 ? (high, low) : (low, high)
    return sum + parts.idle * conventions.experts(experts, max(0, experts.E - other.k))
  }
}

extension Conventions {
  /// The weights of so many routed experts in every layer that has some.
  fileprivate func experts(_ box: Box, _ count: Int) -> Int { box.mixture * count * matrices * box.d * box.m }
}
