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
  private let column: InnerColumn?
  private let planes: PlaneBatch?
  private let layers: AxisValues
  private let last: Int
  /// Made when the first row comes: of grids that end in planes, none may.
  private var rows: RowBatch?

  /// - Parameters:
  ///   - column: what rows run along, nil for none.
  ///   - layers: n_layers where the grid ends in planes.
  init(
    _ quantity: Form, target: Int, top: Int, cutoff: Int = .max, column: InnerColumn?, layers: InnerColumn? = nil,
    kernels: KernelImplementation, cancellation: CancellationFlag?
  ) {
    self.quantity = quantity
    self.target = target
    self.cutoff = cutoff
    self.cancellation = cancellation
    self.kernels = kernels
    list = NearestList(limit: top)
    self.column = target < 1 << 53 ? column : nil
    last = column?.axis.last ?? 0
    self.layers = layers?.axis ?? .list([0])
    planes = if let column = self.column, let layers { PlaneBatch(layers: layers, column: column) } else { nil }
  }

  /// Where rows that are exact in a Double wait; nil where none is computed in a Double.
  private mutating func rowBatch() -> RowBatch? {
    if rows == nil { rows = column.map(RowBatch.init) }
    return rows
  }

  var planeForm: Form? { planes == nil ? nil : quantity }
  var window: (form: Form, low: Int, high: Int)? { nil }

  mutating func visit(_ walk: inout GridWalk) {
    let places = walk.rowPlaces()
    guard !places.isEmpty else { return }
    feasible += places.count
    let form = walk.affine(quantity)
    if walk.plan.firstInner < 0 {
      if form.a >= 1 << 53 { inIntegers += 1 }
      offer(form.a, walk.sizes, walk.plan, 0)
      return
    }
    if form.isExact(upTo: last), let batch = rowBatch() {
      batch.append(form, places, sizes: walk.sizes)
      if batch.isFull { flushRows(walk.plan) }
    } else {
      inIntegers += places.count
      scan(form, places, walk.plan.inner[0].values, walk.sizes, walk.plan)
    }
  }

  mutating func visitPlane(_ walk: inout GridWalk, _ plane: Plane, _ places: Range<Int>) {
    guard let planes else { return }
    feasible += places.count * walk.plan.innerCount
    if plane.row(layers[places.upperBound - 1]).isExact(upTo: last) {
      planes.append(plane, places, sizes: walk.sizes)
      if planes.isFull { flushPlanes(walk.plan) }
    } else {
      addRows(plane, places, walk.sizes, walk.plan)
    }
  }

  /// Runs the kernel over the planes that wait, and looks into those that hold something near enough, nearest plane
  /// first: after it, hardly any other does.
  private mutating func flushPlanes(_ plan: GridPlan) {
    guard let planes, planes.count > 0, let x = column?.axis else { return }
    let best = planes.nearest(to: target, kernels)
    let limit = Double(min(cutoff, list.worstDistance))
    let near = best.indices.filter { best[$0] <= limit }.sorted { best[$0] < best[$1] }
    // As many planes as results are wanted hold a shape each at these distances: nothing further away gets in.
    let reach = near.count >= list.limit ? Int(best[near[list.limit - 1]]) : Int.max
    for index in near {
      guard best[index] <= Double(min(reach, min(cutoff, list.worstDistance))) else { break }
      let (plane, places, sizes) = planes.plane(index)
      if min(reach, min(cutoff, list.worstDistance)) < .max {
        solveRows(plane, places, sizes, plan, x, reach)
      } else {
        addRows(plane, places, sizes, plan)
        flushRows(plan)
      }
    }
    planes.removeAll()
    if cancellation?.isCancelled == true { isFinished = true }
  }

  /// Offers what each row of a plane has within reach of the target: in integers, an interval of its axis.
  private mutating func solveRows(
    _ plane: Plane, _ places: Range<Int>, _ sizes: [Int], _ plan: GridPlan, _ x: AxisValues, _ reach: Int
  ) {
    var sizes = sizes
    for place in places {
      let form = plane.row(layers[place])
      if isFar(form, x, min(reach, min(cutoff, list.worstDistance))) { continue }
      sizes[0] = layers[place]
      solve(form, 0..<x.count, reach, x, sizes, plan)
    }
  }

  /// Whether nothing along a row that is exact in a Double is within reach, by an estimate that is wrong to one side only:
  /// most rows of a plane hold nothing, and this is a fraction of solving them.
  @inline(__always)
  private func isFar(_ form: Affine, _ x: AxisValues, _ reach: Int) -> Bool {
    guard case .range(let first, let step, let count) = x, count > 1, form.b > 0, reach < 1 << 52 else { return false }
    let stride = Double(form.b * step)
    let place = Double(target - form.a - form.b * first) / stride
    let nearest = min(max(place.rounded(), 0), Double(count - 1))
    // All numbers are below 2^53, b x step among them, so that a distance is off by less than 8.
    return abs(place - nearest) * stride > Double(reach) + 8
  }

  /// Offers what a row has within reach of the target.
  @inline(__always)
  private mutating func solve(
    _ form: Affine, _ places: Range<Int>, _ reach: Int, _ x: AxisValues, _ sizes: [Int], _ plan: GridPlan
  ) {
    let reach = min(reach, min(cutoff, list.worstDistance))
    // Both not negative, so the difference cannot overflow.
    let (high, overflow) = target.addingReportingOverflow(reach)
    let inside = x.places(where: form.a, form.b, in: target - reach, overflow ? .max : high).clamped(to: places)
    scan(form, inside, x, sizes, plan)
  }

  /// The rows of a plane one by one: through the kernel where they are exact, else in integers.
  private mutating func addRows(_ plane: Plane, _ places: Range<Int>, _ sizes: [Int], _ plan: GridPlan) {
    var sizes = sizes
    for place in places {
      sizes[0] = layers[place]
      let form = plane.row(sizes[0])
      if form.isExact(upTo: last), let batch = rowBatch() {
        batch.append(form, 0..<plan.innerCount, sizes: sizes)
        if batch.isFull { flushRows(plan) }
      } else {
        inIntegers += plan.innerCount
        scan(form, 0..<plan.innerCount, plan.inner[0].values, sizes, plan)
      }
    }
  }

  /// Runs the kernels over everything that waits.
  mutating func flush(_ plan: GridPlan) {
    flushPlanes(plan)
    flushRows(plan)
  }

  /// Runs the kernel over the rows that wait, and looks closer at those that hold something near enough.
  private mutating func flushRows(_ plan: GridPlan) {
    guard let batch = rows, batch.count > 0, let values = column?.axis else { return }
    let best = batch.nearest(to: target, kernels)
    var limit = Double(min(cutoff, list.worstDistance))
    let near = (0..<batch.count).filter { best[$0] <= limit }
    // As many rows as results are wanted hold a shape each at these distances: nothing further away gets in.
    if near.count > list.limit { limit = near.map { best[$0] }.sorted()[list.limit - 1] }
    let reach = limit < 0x1p53 ? Int(limit) : Int.max
    for row in near where best[row] <= min(limit, Double(list.worstDistance)) {
      let (form, places) = batch.row(row)
      solve(form, places, reach, values, batch.sizes(row), plan)
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
