import Architectures
import Topology

/// The nearest shapes by bounds: blocks whose corners show that they hold nothing near are left out, and along the last
/// two axes the nearest values are looked up.
struct BoundNearest: RowVisitor {
  var search: RowSearch
  let target: Int
  let cancellation: CancellationFlag?
  let cutoff: Int
  var list: NearestList
  /// Shapes whose value was looked at.
  var evaluated = 0
  var isFinished = false

  init(_ search: RowSearch, target: Int, top: Int, cutoff: Int, cancellation: CancellationFlag?) {
    self.search = search
    self.target = target
    self.cutoff = cutoff
    self.cancellation = cancellation
    list = NearestList(limit: top)
  }

  @inline(__always)
  private var reach: Int { min(cutoff, list.worstDistance) }

  var window: (form: Form, low: Int, high: Int)? {
    let reach = reach
    if reach == .max { return nil }
    let (high, overflow) = target.addingReportingOverflow(reach)
    // Not negative both, so their difference cannot overflow.
    return (search.quantity, target - reach, overflow ? .max : high)
  }

  var isChoosy: Bool { true }

  /// How far what is between the corners is from the target at least: the nearer half fills the list with what rules out
  /// most of the other.
  mutating func rank(_ range: SizeRange) -> Int? {
    if cancellation?.isCancelled == true {
      isFinished = true
      return nil
    }
    guard case .derived(let derived) = search.quantity else { return 0 }
    let conventions = search.plan.conventions
    let (low, high) = (conventions.integer(derived, range.low), conventions.integer(derived, range.high))
    guard isNear(low, high) else { return nil }
    return low > target ? distance(low, target) : high < target ? distance(high, target) : 0
  }

  /// Whether something between low and high can be within reach of the target.
  @inline(__always)
  private func isNear(_ low: Int, _ high: Int) -> Bool {
    (low <= target || distance(low, target) <= reach) && (high >= target || distance(high, target) <= reach)
  }

  mutating func visit(_ walk: inout GridWalk) {
    let form = walk.affine(search.quantity)
    let (least, most) = search.ends(form)
    guard isNear(least, most) else { return }
    switch search.cut(walk) {
    case .nothingLeft: return
    case .partial: solveEach(form, walk)
    case .whole(let low, let high):
      if let row = search.tableRow(form) {
        lookUp(row, low, high, walk)
      } else {
        solveEach(form, walk)
      }
    }
  }

  // MARK: By table

  private mutating func lookUp(_ row: TableRow, _ low: Int, _ high: Int, _ walk: borrowing GridWalk) {
    let start = row.lastStep(atMost: target)
    let floor = row.firstStep(atLeast: low)
    let ceiling = row.lastStep(atMost: high)
    var down = row.table.below(min(start, ceiling))
    var up = row.table.above(max(start < 0 ? 0 : start + 1, floor))
    while down != nil || up != nil {
      let below = down.map { $0 < floor ? Int.max : distance(row.origin + row.stride * $0, target) } ?? .max
      let above = up.map { $0 > ceiling ? Int.max : distance(row.origin + row.stride * $0, target) } ?? .max
      let nearer = min(below, above)
      guard nearer <= reach, nearer != .max else { return }
      if below == nearer, let step = down {
        take(row, step, below, walk)
        down = step == 0 ? nil : row.table.below(step - 1)
      }
      if above == nearer, let step = up {
        take(row, step, above, walk)
        up = row.table.above(step + 1)
      }
    }
  }

  private mutating func take(_ row: TableRow, _ step: Int, _ away: Int, _ walk: borrowing GridWalk) {
    evaluated += 1
    let plan = search.plan
    // Of all pairs of this step, none comes before the two first places.
    if list.refuses(away, plan.shape(walk.sizes, inner: search.x.first, search.y.first)) { return }
    let sizes = walk.sizes
    var found = NearestList(limit: 0)
    swap(&found, &list)
    search.pairs(row.table, step: step) { x, y in
      found.offer(Candidate(distance: away, shape: plan.shape(sizes, inner: x, y)))
    }
    swap(&found, &list)
  }

  // MARK: One place of the first axis after the other

  private mutating func solveEach(_ form: Affine, _ walk: borrowing GridWalk) {
    if search.isAlongOne { return solve(form.a, form.b, walk.rowPlaces(), along: search.x, walk) { ($0, 0) } }
    for place in 0..<search.x.count {
      let x = search.x[place]
      let start = form.a + form.b * x
      guard isNear(start + form.c * search.y.first, start + form.c * search.y.last) else { continue }
      let places = search.places(at: x, place: place, walk)
      if !places.isEmpty { solve(start, form.c, places, along: search.y, walk) { (x, $0) } }
    }
  }

  /// Offers the nearest of start + c y.
  ///
  /// - Parameter pair: the sizes of the two inner axes at a value of y.
  private mutating func solve(
    _ start: Int, _ c: Int, _ places: Range<Int>, along y: AxisValues, _ walk: borrowing GridWalk,
    pair: (Int) -> (Int, Int)
  ) {
    // An end of .max is none to `places`: then every value is below the target.
    let first =
      c == 0
      ? places.lowerBound
      : target == .max ? y.count : y.places(where: start, c, in: target, .max).lowerBound
    var up = max(first, places.lowerBound)
    var down = min(up, places.upperBound) - 1
    while up < places.upperBound || down >= places.lowerBound {
      let above = up < places.upperBound ? distance(start + c * y[up], target) : .max
      let below = down >= places.lowerBound ? distance(start + c * y[down], target) : .max
      let nearer = min(above, below)
      evaluated += 1
      guard nearer <= reach else { return }
      let value = above == nearer ? y[up] : y[down]
      let (first, second) = pair(value)
      let shape = search.plan.shape(walk.sizes, inner: first, second)
      // What is as near along a constant row only comes later in the order.
      if c == 0, list.refuses(nearer, shape) { return }
      list.offer(Candidate(distance: nearer, shape: shape))
      if above == nearer { up += 1 } else { down -= 1 }
    }
  }
}
