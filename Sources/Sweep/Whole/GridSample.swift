import Architectures
import FLOPCount

extension Grid {
  /// Feasible shapes spread over the grid, for a picture of what there is: all of a small grid, else places drawn at
  /// random, the same for the same seed. A grid of which next to nothing is feasible gives fewer than `count`.
  ///
  /// - Throws: `InputError` where a count is beyond Int64.
  public func sample(_ count: Int, seed: UInt64 = 1) throws -> [SweepRow] {
    var rows: [SweepRow] = []
    if shapes <= count {
      try ReferenceWalk(self).forEach { shape, _ in
        rows.append(try SweepRow(shape))
        return true
      }
      return rows
    }
    let axes = ReferenceWalk(self).axes
    var random = Places(state: seed)
    var seen: Set<Shape> = []
    for _ in 0..<20 * count where rows.count < count {
      let place = axes.map { ($0, Int.random(in: 0..<(self.axes[$0]?.count ?? 1), using: &random)) }
      guard let shape = shape(at: Dictionary(uniqueKeysWithValues: place)), seen.insert(shape).inserted else {
        continue
      }
      let row = try SweepRow(shape)
      if constraints.allSatisfy({ $0.holds(for: shape, row.count) }) { rows.append(row) }
    }
    return rows
  }
}

/// SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators", OOPSLA).
private struct Places: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
