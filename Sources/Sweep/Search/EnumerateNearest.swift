import Architectures
import KernelDispatch
import Topology

/// Evaluates every feasible shape of a part of a grid, and keeps the nearest: rows whose numbers are exact in a Double
/// through a kernel, others in integers.
struct EnumerateNearest: RowVisitor {
  let quantity: Form
  let target: Int
  let cancellation: CancellationFlag?
  /// Nothing further away is of interest, as other parts have found enough nearer ones.
  let cutoff: Int
  var list: NearestList
  var feasible = 0
  /// Shapes computed in integers because a Double would not be exact.
  var inIntegers = 0
  var isFinished = false
  private let kernels: KernelImplementation
  private let batch: RowBatch?
  private let last: Int

  init(
    _ quantity: Form, target: Int, top: Int, cutoff: Int = .max, column: InnerColumn?, lastValue: Int,
    kernels: KernelImplementation, cancellation: CancellationFlag?
  ) {
    self.quantity = quantity
    self.target = target
    self.cutoff = cutoff
    self.cancellation = cancellation
    self.kernels = kernels
    list = NearestList(limit: top)
    batch = target < 1 << 53 ? column.map(RowBatch.init) : nil
    last = lastValue
  }

  var window: (form: Form, low: Int, high: Int)? { nil }
  func wants(_ range: SizeRange) -> Bool { true }

  mutating func visit(_ walk: borrowing GridWalk) {
    let places = walk.rowPlaces()
    guard !places.isEmpty else { return }
    feasible += places.count
    let form = walk.affine(quantity)
    if walk.plan.firstInner < 0 {
      if form.a >= 1 << 53 { inIntegers += 1 }
      offer(form.a, walk.sizes, walk.plan, 0)
      return
    }
    if let batch, form.isExact(upTo: last) {
      batch.append(form, places, sizes: walk.sizes)
      if batch.isFull { flush(walk.plan) }
    } else {
      inIntegers += places.count
      scan(form, places, walk.plan.inner[0].values, walk.sizes, walk.plan)
    }
  }

  /// Runs the kernel over the rows that wait, and looks closer at those that hold something near enough.
  mutating func flush(_ plan: GridPlan) {
    guard let batch, batch.count > 0, let values = plan.inner.first?.values else { return }
    let best = batch.nearest(to: target, kernels)
    for row in 0..<batch.count where best[row] <= Double(min(cutoff, list.worstDistance)) {
      let (form, places) = batch.row(row)
      scan(form, places, values, batch.sizes(row), plan)
    }
    batch.removeAll()
    if cancellation?.isCancelled == true { isFinished = true }
  }

  private mutating func scan(
    _ form: Affine, _ places: Range<Int>, _ values: AxisValues, _ sizes: [Int], _ plan: GridPlan
  ) {
    for place in places {
      let x = values[place]
      offer(form.a + form.b * x, sizes, plan, x)
    }
  }

  @inline(__always)
  private mutating func offer(_ value: Int, _ sizes: [Int], _ plan: GridPlan, _ x: Int) {
    let away = distance(value, target)
    if away <= min(cutoff, list.worstDistance) {
      list.offer(Candidate(distance: away, shape: plan.shape(sizes, inner: x)))
    }
  }
}

/// What all parts have found so far.
struct NearestTotals: Sendable {
  var list: NearestList
  var feasible = 0
  var inIntegers = 0

  init(top: Int) { list = NearestList(limit: top) }

  mutating func add(_ part: borrowing EnumerateNearest) {
    list.merge(part.list)
    feasible += part.feasible
    inIntegers += part.inIntegers
  }
}
