import Architectures
import Input
import KernelDispatch
import Synchronization
import Topology

/// What takes every row of a quantity: through a kernel, or in integers.
protocol RowSink: Sendable {
  /// Rows whose every number is exact in a Double.
  mutating func take(_ rows: AffineRows, _ kernels: KernelImplementation)
  /// One row of any size.
  mutating func take(_ form: Affine, _ places: Range<Int>, _ values: AxisValues)
}

/// Hands every feasible row of a part of a grid to a sink, a batch at a time.
struct EnumerateRows<Sink: RowSink>: RowVisitor {
  let quantity: Form
  var sink: Sink
  var feasible = 0
  /// Shapes computed in integers because a Double would not be exact.
  var inIntegers = 0
  var isFinished = false
  private let batch: RowBatch?
  private let kernels: KernelImplementation
  private let last: Int
  private let cancellation: CancellationFlag?

  init(
    _ quantity: Form, _ sink: Sink, column: InnerColumn?, lastValue: Int, kernels: KernelImplementation,
    cancellation: CancellationFlag?
  ) {
    self.quantity = quantity
    self.sink = sink
    batch = column.map(RowBatch.init)
    last = lastValue
    self.kernels = kernels
    self.cancellation = cancellation
  }

  var window: (form: Form, low: Int, high: Int)? { nil }

  mutating func visit(_ walk: inout GridWalk) {
    let places = walk.rowPlaces()
    guard !places.isEmpty else { return }
    feasible += places.count
    let form = walk.affine(quantity)
    if let batch, form.isExact(upTo: last) {
      batch.append(form, places, sizes: walk.sizes)
      if batch.isFull { flush() }
    } else {
      if walk.plan.firstInner >= 0 || form.a >= 1 << 53 { inIntegers += places.count }
      sink.take(form, places, walk.plan.inner.first?.values ?? .list([0]))
    }
  }

  /// Runs the kernel over the rows that wait.
  mutating func flush() {
    guard let batch, batch.count > 0 else { return }
    sink.take(batch.rows, kernels)
    batch.removeAll()
    if cancellation?.isCancelled == true { isFinished = true }
  }
}

/// How an enumeration went.
struct Enumerated {
  var feasible = 0
  var implementation = "integers"
  var notes: [String] = []
  var isPartial = false
}

extension GridSearch {
  /// Runs a sink of its own over every part of the grid, on the team.
  func enumerate<Sink: RowSink>(
    _ quantity: Quantity, _ sink: @escaping @Sendable () -> Sink, merge: @escaping @Sendable (Sink) -> Void
  ) throws -> Enumerated {
    let plan = try planned(rowAxes: 1)
    let kernels = try kernels()
    let column = plan.inner.first.map { InnerColumn($0.values) }
    let last = plan.inner.first?.values.last ?? 0
    let cancellation = options.cancellation
    let form = Form(quantity)
    let totals = Mutex((feasible: 0, inIntegers: 0))
    let isComplete = try forEachPart(plan) { parts in
      var visitor = EnumerateRows(
        form, sink(), column: column, lastValue: last, kernels: kernels, cancellation: cancellation)
      var walk = GridWalk(plan)
      walk.run(parts, &visitor)
      visitor.flush()
      totals.withLock {
        $0.feasible += visitor.feasible
        $0.inIntegers += visitor.inIntegers
        merge(visitor.sink)
      }
    }
    let (feasible, inIntegers) = totals.withLock { $0 }
    return Enumerated(
      feasible: feasible, implementation: column != nil && inIntegers < feasible ? kernels.name : "integers",
      notes: Self.note(inIntegers), isPartial: !isComplete)
  }

  static func note(_ inIntegers: Int) -> [String] {
    inIntegers == 0
      ? []
      : [
        "\(Numbers.counted(inIntegers, "shape was", "shapes were")) computed in integers: beyond 2^53 a Double is not exact"
      ]
  }
}

// MARK: Sinks

/// How many values are within low ... high.
struct CountSink: RowSink {
  let low: Int
  let high: Int
  var count = 0

  mutating func take(_ rows: AffineRows, _ kernels: KernelImplementation) {
    // Values are below 2^53, so what is above it can be left off either end.
    let most = 1 << 53
    if low <= most { count += kernels.affineCount(rows, from: Double(low), to: Double(min(high, most))) }
  }

  mutating func take(_ form: Affine, _ places: Range<Int>, _ values: AxisValues) {
    count += values.places(where: form.a, form.b, in: low, high).clamped(to: places).count
  }
}

/// How many values are in each interval between neighbouring edges.
struct HistogramSink: RowSink {
  let edges: [Int]
  let bins: HistogramBins?
  /// By how many edges are at or below a value.
  var counts: [Int]

  init(edges: [Int]) {
    self.edges = edges
    // Edges beyond 2^53 round, but values in kernels are below it; edges that round together are left to integers.
    bins = HistogramBins(edges: edges.map(Double.init))
    counts = [Int](repeating: 0, count: edges.count + 1)
  }

  mutating func take(_ rows: AffineRows, _ kernels: KernelImplementation) {
    if let bins {
      kernels.affineHistogram(rows, bins: bins, counts: &counts)
      return
    }
    for row in 0..<rows.count {
      // SAFETY: a, b, from and to have `count` elements, and x has n; all are integers below 2^53.
      let part = (rows.from?[row] ?? 0)..<(rows.to?[row] ?? rows.n)
      for place in part { add(Int(rows.a[row]) + Int(rows.b[row]) * Int(rows.x[place])) }
    }
  }

  mutating func take(_ form: Affine, _ places: Range<Int>, _ values: AxisValues) {
    for place in places { add(form.a + form.b * values[place]) }
  }

  private mutating func add(_ value: Int) { counts[edges.countUpTo(value)] += 1 }

  mutating func merge(_ other: HistogramSink) {
    for (index, count) in other.counts.enumerated() { counts[index] += count }
  }

  /// Interval by interval.
  var inside: [Int] { Array(counts[1..<edges.count]) }
}

/// What the values span.
struct SummarySink: RowSink {
  var summary = AffineSummary(count: 0, minimum: .infinity, maximum: -.infinity, sum: 0)
  var least = Int.max
  var greatest = Int.min

  mutating func take(_ rows: AffineRows, _ kernels: KernelImplementation) {
    guard let part = kernels.affineSummary(rows) else { preconditionFailure("rows in a batch are exact") }
    guard part.count > 0 else { return }
    summary.count += part.count
    summary.sum += part.sum
    least = min(least, Int(part.minimum))
    greatest = max(greatest, Int(part.maximum))
  }

  mutating func take(_ form: Affine, _ places: Range<Int>, _ values: AxisValues) {
    for place in places {
      let value = form.a + form.b * values[place]
      summary.count += 1
      summary.sum += Int128(value)
      least = min(least, value)
      greatest = max(greatest, value)
    }
  }

  mutating func merge(_ other: SummarySink) {
    summary.count += other.summary.count
    summary.sum += other.summary.sum
    least = min(least, other.least)
    greatest = max(greatest, other.greatest)
  }
}
