import Architectures
import Topology

/// How many shapes have a quantity within low ... high, without looking at each.
struct BoundCount: RowVisitor {
  var search: RowSearch
  let low: Int
  let high: Int
  let cancellation: CancellationFlag?
  var count = 0
  var isFinished = false

  init(_ search: RowSearch, _ low: Int, _ high: Int, cancellation: CancellationFlag?) {
    self.search = search
    self.low = low
    self.high = high
    self.cancellation = cancellation
  }

  var window: (form: Form, low: Int, high: Int)? { (search.quantity, low, high) }

  var isChoosy: Bool { true }

  mutating func rank(_ range: SizeRange) -> Int? {
    if cancellation?.isCancelled == true {
      isFinished = true
      return nil
    }
    guard case .derived(let derived) = search.quantity else { return 0 }
    let conventions = search.plan.conventions
    return conventions.integer(derived, range.low) <= high && conventions.integer(derived, range.high) >= low ? 0 : nil
  }

  mutating func visit(_ walk: inout GridWalk) {
    let form = walk.affine(search.quantity)
    let (least, most) = search.ends(form)
    guard least <= high, most >= low else { return }
    switch search.cut(walk) {
    case .nothingLeft: return
    case .partial: countEach(form, walk)
    case .whole(let least, let most):
      let (from, to) = (max(low, least), min(high, most))
      if from > to { return }
      if let row = search.tableRow(form) {
        count += row.count(from, to)
      } else {
        countEach(form, walk)
      }
    }
  }

  private mutating func countEach(_ form: Affine, _ walk: borrowing GridWalk) {
    if search.isAlongOne {
      count += search.x.places(where: form.a, form.b, in: low, high).clamped(to: walk.rowPlaces()).count
      return
    }
    for place in 0..<search.x.count {
      let x = search.x[place]
      let start = form.a + form.b * x
      let inside = search.y.places(where: start, form.c, in: low, high)
      if inside.isEmpty { continue }
      count += search.places(at: x, place: place, walk).clamped(to: inside).count
    }
  }
}
