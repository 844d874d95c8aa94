import Synchronization

/// Every value of alpha x + beta y over two axes, counted and in order: what a row along two axes looks like but for an
/// offset and a factor. One table serves all rows whose coefficients have the same ratio, so a row is searched, or
/// counted, in the time of one look-up.
///
/// Values are held as steps of `unit` above `base`, the value of the two first places.
final class PairTable: Sendable {
  let alpha: Int
  let beta: Int
  let base: Int
  let unit: Int
  /// The number of steps to the largest value.
  let last: Int
  /// Dense: for every step, how many pairs are at or below it. Sorted: the same for every occupied step.
  private let upTo: [Int]
  /// Dense: the occupied steps next to every step on either side.
  private let below: [Int32]
  private let above: [Int32]
  /// Sorted: the occupied steps.
  private let occupied: [Int]
  private let isDense: Bool

  /// A table with more steps than this is a sorted list instead.
  static let densest = 1 << 21
  /// A sorted list of more pairs than this costs more than it saves.
  static let longest = 1 << 21

  /// - Returns: nil where the table would be too large.
  init?(_ alpha: Int, _ x: AxisValues, _ beta: Int, _ y: AxisValues) {
    self.alpha = alpha
    self.beta = beta
    base = alpha * x.first + beta * y.first
    let ends = [(alpha, x), (beta, y)]
    let unit = ends.reduce(0) { unit, side in Self.commonStep(of: side.1, times: side.0, with: unit) }
    self.unit = max(1, unit)
    last = (alpha * (x.last - x.first) + beta * (y.last - y.first)) / self.unit
    let pairs = x.count.multipliedReportingOverflow(by: y.count)
    guard !pairs.overflow, pairs.partialValue <= 1 << 24 else { return nil }
    let xs = Self.steps(x, times: alpha, unit: self.unit)
    let ys = Self.steps(y, times: beta, unit: self.unit)
    isDense = last < Self.densest
    guard isDense || pairs.partialValue <= Self.longest else { return nil }
    if isDense {
      (upTo, below, above) = Self.dense(xs, ys, last: last)
      occupied = []
    } else {
      (occupied, upTo) = Self.sorted(xs, ys)
      (below, above) = ([], [])
    }
  }

  /// The greatest common divisor of the differences along an axis, and of `unit`.
  private static func commonStep(of values: AxisValues, times factor: Int, with unit: Int) -> Int {
    if factor == 0 || values.count == 1 { return unit }
    if case .range(_, let step, _) = values { return gcd(unit, factor * step) }
    var divisor = unit
    for place in 1..<values.count {
      divisor = gcd(divisor, factor * (values[place] - values[place - 1]))
      if divisor == factor { break }
    }
    return divisor
  }

  private static func gcd(_ a: Int, _ b: Int) -> Int { a == 0 ? b : greatestCommonDivisor(a, b) }

  private static func steps(_ values: AxisValues, times factor: Int, unit: Int) -> [Int] {
    (0..<values.count).map { (values[$0] - values.first) * factor / unit }
  }

  private static func dense(_ xs: [Int], _ ys: [Int], last: Int) -> ([Int], [Int32], [Int32]) {
    var upTo = [Int](repeating: 0, count: last + 1)
    for x in xs { for y in ys { upTo[x + y] += 1 } }
    var below = [Int32](repeating: 0, count: last + 1)
    var above = [Int32](repeating: 0, count: last + 1)
    var recent: Int32 = 0
    for step in 0...last {
      if upTo[step] > 0 { recent = Int32(step) }
      below[step] = recent
    }
    for step in stride(from: last, through: 0, by: -1) {
      if upTo[step] > 0 { recent = Int32(step) }
      above[step] = recent
    }
    for step in 0..<last { upTo[step + 1] += upTo[step] }
    return (upTo, below, above)
  }

  private static func sorted(_ xs: [Int], _ ys: [Int]) -> (steps: [Int], upTo: [Int]) {
    var all: [Int] = []
    all.reserveCapacity(xs.count * ys.count)
    for x in xs { for y in ys { all.append(x + y) } }
    all.sort()
    var steps: [Int] = []
    var upTo: [Int] = []
    for (index, step) in all.enumerated() {
      if steps.last == step {
        upTo[upTo.count - 1] = index + 1
      } else {
        steps.append(step)
        upTo.append(index + 1)
      }
    }
    return (steps, upTo)
  }

  // MARK: Look-ups

  /// How many pairs are at most `step` steps up.
  @inline(__always)
  func count(upTo step: Int) -> Int {
    if step < 0 { return 0 }
    if isDense { return upTo[min(step, last)] }
    let at = occupied.countUpTo(step)
    return at == 0 ? 0 : upTo[at - 1]
  }

  /// The occupied step nearest to `step` from below, `step` itself included.
  @inline(__always)
  func below(_ step: Int) -> Int? {
    if step < 0 { return nil }
    if isDense { return Int(below[min(step, last)]) }
    let at = occupied.countUpTo(step)
    return at == 0 ? nil : occupied[at - 1]
  }

  /// The occupied step nearest to `step` from above, `step` itself included.
  @inline(__always)
  func above(_ step: Int) -> Int? {
    if step > last { return nil }
    if isDense { return Int(above[max(step, 0)]) }
    let at = occupied.countBelow(step)
    return at == occupied.count ? nil : occupied[at]
  }
}

/// A row over two axes in terms of its table: value = origin + stride x step.
struct TableRow {
  let table: PairTable
  let origin: Int
  let stride: Int

  /// The steps whose values are at least `low` start here.
  @inline(__always)
  func firstStep(atLeast low: Int) -> Int {
    let (difference, overflow) = low.subtractingReportingOverflow(origin)
    if overflow { return low < 0 ? 0 : .max }
    return difference <= 0 ? 0 : ceilingDivide(difference, stride)
  }

  /// The last step whose value is at most `high`; -1 where there is none.
  @inline(__always)
  func lastStep(atMost high: Int) -> Int {
    let (difference, overflow) = high.subtractingReportingOverflow(origin)
    if overflow { return high < 0 ? -1 : .max }
    return difference < 0 ? -1 : difference / stride
  }

  /// How many pairs have a value within low ... high.
  @inline(__always)
  func count(_ low: Int, _ high: Int) -> Int {
    let (from, to) = (firstStep(atLeast: low), lastStep(atMost: high))
    if from > to { return 0 }
    return table.count(upTo: to) - table.count(upTo: from - 1)
  }
}

/// Tables by the ratio of coefficients, made when first needed and kept while the search lasts.
final class PairTables: Sendable {
  private let x: AxisValues
  private let y: AxisValues
  private let made = Mutex<[[Int]: PairTable?]>([:])
  /// With more ratios than this, tables stop paying for themselves.
  static let most = 64

  init(_ x: AxisValues, _ y: AxisValues) {
    self.x = x
    self.y = y
  }

  func table(_ alpha: Int, _ beta: Int) -> PairTable? {
    made.withLock { made in
      if let table = made[[alpha, beta]] { return table }
      if made.count >= Self.most { return nil }
      let table = PairTable(alpha, x, beta, y)
      made[[alpha, beta]] = table
      return table
    }
  }
}
