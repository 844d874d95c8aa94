import Architectures
import FLOPCount
import Input
import KernelDispatch
import Synchronization

extension ConfigSearch {
  /// The `top` models whose quantity is nearest to `target`; ties in the order of the axes as they were given.
  ///
  /// - Parameters:
  ///   - target: the value to be near to.
  ///   - quantity: what the target is of.
  ///   - top: how many models.
  ///   - tolerance: only models at most this far from the target; then `matches` says how many there are.
  /// - Throws: `InputError` for a target or quantity that makes no sense, counts beyond Int64, or where no combination
  ///   is a model: then with the decoder's reason.
  public func nearest(to target: Int, of quantity: Quantity = .M, top: Int = 10, within tolerance: Int? = nil) throws
    -> ConfigResult
  {
    guard target > 0 else {
      throw InputError("is not a positive target", field: "nearest", value: "\(target)", hint: "such as 4.3e10")
    }
    guard (1...GridSearch.mostResults).contains(top) else {
      throw InputError(
        "is not a number of results from 1 to \(Numbers.grouped(GridSearch.mostResults))", field: "top",
        value: "\(top)",
        hint: "write every row to a file instead")
    }
    try ConfigGrid.checkIsInteger(quantity, for: "searched for")
    let clock = ContinuousClock()
    let start = clock.now
    let list = Mutex(ConfigNearestList(limit: top))
    let tally = try walk({
      ConfigNearestVisitor(
        target: target, asked: quantity, list: ConfigNearestList(limit: top, within: tolerance.map { Distance($0) }),
        worst: list.withLock { $0.worst })
    }) { visitor in list.withLock { $0.merge(visitor.list) } }
    var result = try result(tally, quantity, list.withLock { $0.sorted.map(\.index) })
    if let tolerance {
      let (high, overflow) = target.addingReportingOverflow(tolerance)
      result.matches = try count(of: quantity, in: max(0, target - tolerance)...(overflow ? .max : high)).matches
    }
    result.seconds = (clock.now - start).seconds
    return result
  }

  /// How many models have a quantity within `range`.
  public func count(of quantity: Quantity = .M, in range: ClosedRange<Int>) throws -> ConfigResult {
    try ConfigGrid.checkIsInteger(quantity, for: "counted")
    let clock = ContinuousClock()
    let start = clock.now
    let total = Mutex(0)
    let tally = try walk({ ConfigCountVisitor(asked: quantity, range: range) }) { visitor in
      total.withLock { $0 += visitor.count }
    }
    var result = try result(tally, quantity, [])
    result.matches = total.withLock { $0 }
    result.seconds = (clock.now - start).seconds
    return result
  }

  func result(_ tally: ConfigTally, _ quantity: Quantity, _ indices: [Int]) throws -> ConfigResult {
    var notes = tally.notes(of: quantity)
    if options.method == .bound {
      notes.append("bounds need counts that grow with every axis, which is not known of a config: enumerated instead")
    }
    return ConfigResult(
      grid: grid, models: grid.models, evaluated: tally.models, feasible: tally.feasible, refused: tally.refused,
      matches: nil, results: try indices.map { try ConfigFound(grid, $0) },
      method: options.method == .reference ? .reference : .enumerate, implementation: tally.implementation, seconds: 0,
      notes: notes, isPartial: tally.wasCut)
  }
}

/// The nearest so far: at most twice the limit, pruned when full. The order is total, so the end does not depend on
/// the order in which models come.
struct ConfigNearestList: Sendable {
  struct Found: Sendable, Comparable {
    var distance: Distance
    var index: Int
    static func < (a: Found, b: Found) -> Bool {
      a.distance == b.distance ? a.index < b.index : a.distance < b.distance
    }
  }

  let limit: Int
  /// Nothing further away is of interest.
  private(set) var worst: Distance?
  private var found: [Found] = []

  init(limit: Int, within: Distance? = nil) {
    self.limit = limit
    worst = within
  }

  mutating func offer(_ distance: Distance, _ index: Int) {
    if let worst, worst < distance { return }
    found.append(Found(distance: distance, index: index))
    if found.count >= 2 * limit + 32 { prune() }
  }

  mutating func merge(_ other: ConfigNearestList) {
    for one in other.found { offer(one.distance, one.index) }
    prune()
  }

  private mutating func prune() {
    found.sort()
    if found.count > limit { found.removeLast(found.count - limit) }
    if found.count == limit, let last = found.last?.distance, worst.map({ last < $0 }) ?? true { worst = last }
  }

  var sorted: [Found] { Array(found.sorted().prefix(limit)) }
}

private struct ConfigNearestVisitor: ConfigVisitor {
  let target: Int
  let asked: Quantity
  var list: ConfigNearestList
  /// What other blocks have found already.
  let worst: Distance?

  var quantity: Quantity? { asked }

  mutating func visit(_ counts: ConfigCounts, index: Int) throws {
    guard let value = try counts.fraction(asked) else { return }
    let distance = value.distance(to: target)
    if let worst, worst < distance { return }
    list.offer(distance, index)
  }

  mutating func worthALook(_ rows: AffineRows, _ kernels: KernelImplementation) -> [Int] {
    guard target < 1 << 52 else { return Array(0..<rows.count) }
    let best = [Double](unsafeUninitializedCapacity: rows.count) { buffer, count in
      // SAFETY: room for one number a row.
      if let base = buffer.baseAddress { kernels.affineNearest(rows, target: Double(target), best: base) }
      count = rows.count
    }
    var reach = Double.infinity
    for worst in [worst, list.worst].compactMap({ $0 }) { reach = min(reach, worst.upperBound) }
    let near = best.indices.filter { best[$0] <= reach }
    // As many rows as results are wanted hold a model each at these distances: nothing further away gets in.
    guard near.count > list.limit else { return near }
    let limit = near.map { best[$0] }.sorted()[list.limit - 1]
    return near.filter { best[$0] <= limit }
  }
}

private struct ConfigCountVisitor: ConfigVisitor {
  let asked: Quantity
  let range: ClosedRange<Int>
  var count = 0

  var quantity: Quantity? { asked }

  mutating func visit(_ counts: ConfigCounts, index: Int) throws {
    guard let value = try counts.fraction(asked) else { return }
    if value.isAtLeast(Rational(range.lowerBound)), value.isAtMost(Rational(range.upperBound)) { count += 1 }
  }

  mutating func worthALook(_ rows: AffineRows, _ kernels: KernelImplementation) -> [Int] {
    // The values of rows are integers below 2^53, and so may the ends be.
    let most = 1 << 53
    guard range.lowerBound <= most else { return [] }
    count += kernels.affineCount(rows, from: Double(range.lowerBound), to: Double(min(range.upperBound, most)))
    return []
  }
}
