import Architectures

/// Evaluates every feasible shape, row by row, and keeps the nearest.
struct EnumerateNearest: RowVisitor {
  let quantity: Form
  let target: Int
  let isCancelled: (@Sendable () -> Bool)?
  var list: NearestList
  var feasible = 0
  var isFinished = false
  private var rows = 0

  init(_ quantity: Form, target: Int, top: Int, isCancelled: (@Sendable () -> Bool)?) {
    self.quantity = quantity
    self.target = target
    self.isCancelled = isCancelled
    list = NearestList(limit: top)
  }

  func wants(_ range: SizeRange) -> Bool { true }

  mutating func visit(_ walk: borrowing GridWalk) {
    rows += 1
    if rows & 1023 == 0, isCancelled?() == true {
      isFinished = true
      return
    }
    let places = walk.rowPlaces()
    guard !places.isEmpty else { return }
    feasible += places.count
    let form = walk.affine(quantity)
    guard let values = walk.plan.inner.first?.values else {
      offer(form.a, walk, 0)
      return
    }
    for place in places {
      let x = values[place]
      offer(form.a + form.b * x, walk, x)
    }
  }

  @inline(__always)
  private mutating func offer(_ value: Int, _ walk: borrowing GridWalk, _ x: Int) {
    let away = distance(value, target)
    if away <= list.worstDistance { list.offer(Candidate(distance: away, shape: walk.shape(inner: x))) }
  }
}
