import Architectures
import FLOPCount
import Input
import KernelDispatch
import Synchronization

/// Searches over one grid.
public struct GridSearch: Sendable {
  public let grid: Grid
  public var options: SweepOptions
  /// What a search has made ready for the next one over the same grid.
  let plans = PlanCache()

  public init(_ grid: Grid, _ options: SweepOptions = SweepOptions()) {
    self.grid = grid
    self.options = options
  }

  /// The `top` feasible shapes whose quantity is nearest to `target`; ties in lexicographic order of the axes.
  ///
  /// - Throws: `InputError` for a target, a number or a quantity that makes no sense, or counts beyond Int64.
  public func nearest(to target: Int, of quantity: Quantity = .M, top: Int = 10) throws -> SweepResult {
    try nearest(to: target, of: quantity, top: top, within: .max)
  }

  /// The feasible shapes whose quantity is at most `tolerance` from `target`: how many there are (`matches`), and the
  /// nearest `top` of them.
  public func within(_ tolerance: Int, of target: Int, quantity: Quantity = .M, top: Int = 1000) throws -> SweepResult {
    guard tolerance >= 0 else {
      throw InputError("is a negative tolerance", field: "within", value: "\(tolerance)", hint: "such as 1e8")
    }
    var result = try nearest(to: target, of: quantity, top: top, within: tolerance)
    let (end, overflow) = target.addingReportingOverflow(tolerance)
    let total = try count(of: quantity, in: max(0, target - tolerance)...(overflow ? .max : end))
    result.matches = total.matches
    result.seconds += total.seconds
    result.isPartial = result.isPartial || total.isPartial
    return result
  }

  private func nearest(to target: Int, of quantity: Quantity, top: Int, within tolerance: Int) throws -> SweepResult {
    guard target > 0 else {
      throw InputError("is not a positive target", field: "nearest", value: "\(target)", hint: "such as 4.3e10")
    }
    guard (1...Self.mostResults).contains(top) else {
      throw InputError(
        "is not a number of results from 1 to \(Numbers.grouped(Self.mostResults))", field: "top", value: "\(top)",
        hint: "write every row to a file instead")
    }
    try quantity.checkIsInteger(for: "searched for")
    if options.method == .reference {
      return try referenceNearest(to: target, of: quantity, top: top, within: tolerance)
    }
    let bounds = options.method == .bound || (options.method == .auto && grid.shapes > Self.worthThreads)
    return bounds
      ? try boundNearest(to: target, of: quantity, top: top, within: tolerance)
      : try enumerateNearest(to: target, of: quantity, top: top, within: tolerance)
  }

  /// More results than this are a file, not a list.
  public static let mostResults = 1_000_000

  private func enumerateNearest(
    to target: Int, of quantity: Quantity, top: Int, within tolerance: Int
  ) throws -> SweepResult {
    let clock = ContinuousClock()
    let start = clock.now
    let plan = try planned(rowAxes: 1, layersLast: true)
    let kernels = try kernels()
    let column = plan.inner.first.map { InnerColumn($0.values) }
    let layers = plan.planes.map { InnerColumn($0.values) }
    let form = Form(quantity)
    let cancellation = options.cancellation
    let totals = Mutex(NearestTotals(top: top))
    let isComplete = try forEachPart(plan) { parts in
      var visitor = EnumerateNearest(
        form, target: target, top: top, cutoff: min(tolerance, totals.withLock { $0.list.worstDistance }),
        column: column, layers: layers, kernels: kernels, cancellation: cancellation)
      var walk = GridWalk(plan)
      walk.run(parts, &visitor)
      visitor.flush(plan)
      totals.withLock { $0.add(visitor) }
    }
    let found = totals.withLock { $0 }
    let usesKernels = column != nil && found.inIntegers < found.feasible
    return SweepResult(
      shapes: grid.shapes, evaluated: found.feasible, feasible: found.feasible,
      results: try found.list.sorted.map { try SweepRow($0.shape) }, method: .enumerate,
      implementation: usesKernels ? kernels.name : "integers", seconds: (clock.now - start).seconds,
      notes: Self.note(found.inIntegers), isPartial: !isComplete)
  }

  func kernels() throws -> KernelImplementation {
    try options.implementation.map { try KernelImplementation.named($0) } ?? KernelImplementation.preferred()
  }

  private func referenceNearest(
    to target: Int, of quantity: Quantity, top: Int, within tolerance: Int
  ) throws -> SweepResult {
    guard options.shard == nil else {
      throw InputError("is not for the reference method, which runs whole", field: "shard")
    }
    let clock = ContinuousClock()
    let start = clock.now
    var list = NearestList(limit: top)
    var feasible = 0
    let (places, isPartial) = try walkReference { shape, count in
      feasible += 1
      let away = distance(quantity.value(of: shape, count), target)
      if away <= tolerance { list.offer(Candidate(distance: away, shape: shape)) }
    }
    return SweepResult(
      shapes: grid.shapes, evaluated: places, feasible: feasible,
      results: try list.sorted.map { try SweepRow($0.shape) }, method: .reference, implementation: "integers",
      seconds: (clock.now - start).seconds, notes: [], isPartial: isPartial)
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
