import Architectures
import Topology

/// Walks a grid for its front; blocks in which everything is beaten are left out.
struct BoundPareto: RowVisitor {
  let plan: GridPlan
  let forms: (first: Form, second: Form)
  let signs: (first: Int, second: Int)
  let tradeoff: Tradeoff?
  let cancellation: CancellationFlag?
  /// What other parts have found when this one begins.
  private let known: FrontScreen
  /// What this one has found, and a screen of it.
  private(set) var front = ParetoFront()
  private var own: FrontScreen
  private(set) var evaluated = 0
  private(set) var isFinished = false
  var isChoosy: Bool { true }
  var fewRows: Int { 4 }

  init(
    _ plan: GridPlan, _ first: Objective, _ second: Objective, _ tradeoff: Tradeoff?, known: FrontScreen,
    cancellation: CancellationFlag?
  ) {
    self.plan = plan
    forms = (Form(first.quantity), Form(second.quantity))
    signs = (first.isMaximised ? -1 : 1, second.isMaximised ? -1 : 1)
    (self.tradeoff, self.known, self.cancellation) = (tradeoff, known, cancellation)
    own = FrontScreen(front, tradeoff)
  }

  var window: (form: Form, low: Int, high: Int)? { nil }

  /// Blocks with the better sum go first: they rule out most of the others.
  mutating func rank(_ range: SizeRange) -> Int? {
    if cancellation?.isCancelled == true || front.count > GridSearch.mostWaiting {
      isFinished = true
      return nil
    }
    let (low, high) = (range.low, range.high)
    let sum = tradeoff?.least(low, high, plan.conventions) ?? 0
    let (first, second) = (best(forms.first, signs.first, range), best(forms.second, signs.second, range))
    return isBeaten(first, second, sum) ? nil : sum
  }

  /// Whether all with values of at least these, and a sum of at least this, is beaten.
  private func isBeaten(_ first: Int, _ second: Int, _ sum: Int) -> Bool {
    known.beatsAll(first, second, sum: sum) || own.beatsAll(first, second, sum: sum)
  }

  /// The best signed value that a block can have.
  private func best(_ form: Form, _ sign: Int, _ range: SizeRange) -> Int {
    switch form {
    case .derived(let derived): sign * plan.conventions.integer(derived, sign > 0 ? range.low : range.high)
    // Sizes of experts are 0 in shapes without them.
    case .axis(let axis): sign > 0 ? ((7...9).contains(axis) ? 0 : range.lows[axis]) : -range.highs[axis]
    case .difference: .min
    }
  }

  mutating func visit(_ walk: inout GridWalk) {
    let places = walk.rowPlaces()
    guard !places.isEmpty else { return }
    var (a, b) = (walk.affine(forms.first), walk.affine(forms.second))
    (a.a, a.b) = (signs.first * a.a, signs.first * a.b)
    (b.a, b.b) = (signs.second * b.a, signs.second * b.b)
    guard let values = plan.inner.first?.values else {
      offer(a.a, b.a, walk, 0)
      return
    }
    let (start, end) = (values[places.lowerBound], values[places.upperBound - 1])
    if a.b >= 0 && b.b >= 0 {
      // Both best at the first place, which is also the first in the order of the axes.
      offer(a.a + a.b * start, b.a + b.b * start, walk, start)
    } else if a.b <= 0 && b.b <= 0 {
      offer(a.a + a.b * end, b.a + b.b * end, walk, end)
    } else {
      halve(a, b, places, values, walk)
    }
  }

  /// Offers what lies along a row on which one objective gets better as the other gets worse, but for the pieces in which
  /// all is beaten.
  private mutating func halve(
    _ a: Affine, _ b: Affine, _ places: Range<Int>, _ values: AxisValues, _ walk: borrowing GridWalk
  ) {
    let (start, end) = (values[places.lowerBound], values[places.upperBound - 1])
    if places.count == 1 { return offer(a.a + a.b * start, b.a + b.b * start, walk, start) }
    let first = a.a + a.b * (a.b >= 0 ? start : end)
    let second = b.a + b.b * (b.b >= 0 ? start : end)
    var sum = 0
    if let tradeoff {
      sum = min(
        tradeoff.sum(a.a + a.b * start, b.a + b.b * start), tradeoff.sum(a.a + a.b * end, b.a + b.b * end))
    }
    if isBeaten(first, second, sum) { return }
    let middle = places.lowerBound + places.count / 2
    halve(a, b, places.lowerBound..<middle, values, walk)
    halve(a, b, middle..<places.upperBound, values, walk)
  }

  private mutating func offer(_ one: Int, _ two: Int, _ walk: borrowing GridWalk, _ x: Int) {
    evaluated += 1
    if known.beats(one, two) { return }
    let point = ParetoFront.Point(first: one, second: two, shape: plan.shape(walk.sizes, inner: x))
    if front.offer(point) { own = FrontScreen(front, tradeoff) }
  }
}
