import Architectures

/// Ascending values without repeats: listed, or a range that is never written out.
public enum AxisValues: Hashable, Sendable {
  /// Ascending, at least one.
  case list([Int])
  /// first, first + step, …: `count` >= 1 values, step >= 1.
  case range(first: Int, step: Int, count: Int)

  public var count: Int {
    switch self {
    case .list(let values): values.count
    case .range(_, _, let count): count
    }
  }

  @inline(__always)
  public subscript(index: Int) -> Int {
    switch self {
    case .list(let values): values[index]
    case .range(let first, let step, _): first + index * step
    }
  }

  public var first: Int { self[0] }
  public var last: Int { self[count - 1] }

  /// The number of values below `limit`.
  func countBelow(_ limit: Int) -> Int {
    switch self {
    case .list(let values): return values.countBelow(limit)
    case .range(let first, let step, let count):
      if limit <= first { return 0 }
      if limit > first + (count - 1) * step { return count }
      if step == 1 { return limit - first }
      return (limit - first - 1) / step + 1
    }
  }

  /// The number of values not above `limit`.
  func countUpTo(_ limit: Int) -> Int { limit == .max ? count : countBelow(limit + 1) }
}

extension [Int] {
  /// Of ascending values, how many are below `limit`.
  func countBelow(_ limit: Int) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < limit { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Of ascending values, how many are not above `limit`.
  func countUpTo(_ limit: Int) -> Int { limit == .max ? count : countBelow(limit + 1) }
}

/// Where the values of a named axis come from.
public enum AxisRule: Hashable, Sendable {
  case values(AxisValues)
  /// value of `base` x ratio, rounded up to a multiple; a product that is no integer (with `multipleOf` 1) makes the
  /// shape infeasible. Ratios are ascending, without repeats.
  case ratio(of: Shape.Axis, [Rational], multipleOf: Int)

  /// How many values the axis has for every combination of the others.
  public var count: Int {
    switch self {
    case .values(let values): values.count
    case .ratio(_, let ratios, _): ratios.count
    }
  }
}
