import Architectures
import KernelDispatch
import Topology

/// Looks at every feasible shape for a front: a kernel throws out what points that are known already beat, the rest is
/// compared in integers.
struct EnumeratePareto: RowVisitor {
  let plan: GridPlan
  var front = ParetoFront()
  var feasible = 0
  var inIntegers = 0
  var isFinished = false
  /// Each objective as offset + sign x value: small is better, and none is negative.
  private let objectives: [(form: Form, sign: Int, offset: Int)]
  private let batch: RowBatch?
  private var secondA: [Double] = []
  private var secondB: [Double] = []
  private let kernels: KernelImplementation
  private let cancellation: CancellationFlag?
  private let last: Int
  private var staircase: ParetoStaircase?
  private var row: [Int]
  private var index: [Int]

  init(
    _ plan: GridPlan, _ first: Objective, _ second: Objective, column: InnerColumn?, kernels: KernelImplementation,
    cancellation: CancellationFlag?
  ) {
    self.plan = plan
    self.kernels = kernels
    self.cancellation = cancellation
    let top = SizeRange(plan).high
    objectives = [first, second].map { objective in
      guard case .derived(let derived) = objective.quantity, objective.isMaximised else {
        return (Form(objective.quantity), objective.isMaximised ? -1 : 1, objective.isMaximised ? 1 << 41 : 0)
      }
      return (Form(objective.quantity), -1, plan.conventions.integer(derived, top))
    }
    batch = column.map(RowBatch.init)
    last = plan.inner.first?.values.last ?? 0
    let room = column.map { max(1 << 14, $0.count) } ?? 0
    row = [Int](repeating: 0, count: room)
    index = [Int](repeating: 0, count: room)
  }

  var window: (form: Form, low: Int, high: Int)? { nil }

  mutating func visit(_ walk: inout GridWalk) {
    let places = walk.rowPlaces()
    guard !places.isEmpty else { return }
    feasible += places.count
    let forms = objectives.map { objective in
      let form = walk.affine(objective.form)
      return Affine(a: objective.offset + objective.sign * form.a, b: objective.sign * form.b)
    }
    if let batch, isExact(forms[0]), isExact(forms[1]) {
      batch.append(forms[0], places, sizes: walk.sizes)
      secondA.append(Double(forms[1].a))
      secondB.append(Double(forms[1].b))
      if batch.isFull { flush() }
      return
    }
    if batch != nil || forms.contains(where: { abs($0.a) >= 1 << 53 }) { inIntegers += places.count }
    let values = plan.inner.first?.values ?? .list([0])
    for place in places { offer(forms[0], forms[1], values[place], walk.sizes) }
  }

  /// No step of a + b x up to the last x rounds.
  private func isExact(_ form: Affine) -> Bool {
    Double(abs(form.a)) + Double(abs(form.b)) * Double(last) < 0x1p52
  }

  private mutating func offer(_ first: Affine, _ second: Affine, _ x: Int, _ sizes: [Int]) {
    // The front holds signed values, as other parts and methods do.
    let one = first.a + first.b * x - objectives[0].offset
    let two = second.a + second.b * x - objectives[1].offset
    if front.beats(one, two) { return }
    front.offer(ParetoFront.Point(first: one, second: two, shape: plan.shape(sizes, inner: x)))
  }

  /// Runs the kernel over the rows that wait.
  mutating func flush() {
    guard let batch, batch.count > 0, let values = plan.inner.first?.values else { return }
    var done = 0
    while done < batch.count {
      if staircase == nil { staircase = makeStaircase() }
      guard let staircase else { return }
      var rows = batch.rows
      rows.a += done
      rows.b += done
      rows.from? += done
      rows.to? += done
      rows.count -= done
      let capacity = index.count
      let (found, finished) = secondA.withUnsafeBufferPointer { a in
        secondB.withUnsafeBufferPointer { b in
          row.withUnsafeMutableBufferPointer { row in
            index.withUnsafeMutableBufferPointer { index -> (Int, Int) in
              guard let a = a.baseAddress, let b = b.baseAddress, let row = row.baseAddress,
                let index = index.baseAddress
              else { return (0, 0) }
              // SAFETY: as many second coefficients as rows; room for `capacity` pairs, at least a row's.
              return kernels.paretoScreen(
                rows, secondA: a + done, secondB: b + done, front: staircase, row: row, index: index,
                capacity: capacity)
            }
          }
        }
      }
      for pair in 0..<found {
        let at = done + row[pair]
        let (form, _) = batch.row(at)
        offer(form, Affine(a: Int(secondA[at]), b: Int(secondB[at])), values[index[pair]], batch.sizes(at))
      }
      // Where much came through, the staircase knows too little.
      if found > finished * values.count / 64 { self.staircase = nil }
      done += finished
    }
    batch.removeAll()
    secondA.removeAll(keepingCapacity: true)
    secondB.removeAll(keepingCapacity: true)
    if cancellation?.isCancelled == true { isFinished = true }
  }

  private mutating func makeStaircase() -> ParetoStaircase {
    front.settle()
    let points = front.points.map {
      (first: Double($0.first + objectives[0].offset), second: Double($0.second + objectives[1].offset))
    }
    let ends = points.map(\.first)
    return ParetoStaircase(points: points, from: ends.min() ?? 1, to: ends.max() ?? 0x1p52)
  }
}
