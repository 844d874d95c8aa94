import Architectures
import Input
import Synchronization

extension GridSearch {
  /// How many feasible shapes have a quantity within `range`: exact; without looking at each unless the method is to
  /// enumerate.
  ///
  /// - Throws: `InputError` for a quantity that is no integer, or counts beyond Int64.
  public func count(of quantity: Quantity = .M, in range: ClosedRange<Int>) throws -> SweepResult {
    try quantity.checkIsInteger(for: "searched for")
    let clock = ContinuousClock()
    let start = clock.now
    var result = SweepResult(
      shapes: grid.shapes, evaluated: 0, feasible: nil, matches: 0, results: [], method: .bound,
      implementation: "integers", seconds: 0, notes: [], isPartial: false)
    switch options.method {
    case .reference:
      var total = 0
      (result.evaluated, result.isPartial) = try walkReference { shape, count in
        if range.contains(quantity.value(of: shape, count)) { total += 1 }
      }
      (result.matches, result.method) = (total, .reference)
    case .enumerate:
      let total = Mutex(0)
      let run = try enumerate(quantity, { CountSink(low: range.lowerBound, high: range.upperBound) }) { sink in
        total.withLock { $0 += sink.count }
      }
      (result.evaluated, result.feasible) = (run.feasible, run.feasible)
      (result.matches, result.method) = (total.withLock { $0 }, .enumerate)
      (result.implementation, result.notes, result.isPartial) = (run.implementation, run.notes, run.isPartial)
    case .auto, .bound: (result.matches, result.isPartial) = try boundCount(quantity, range)
    }
    result.seconds = (clock.now - start).seconds
    return result
  }

  func rowSearch(_ plan: GridPlan, _ quantity: Quantity) -> RowSearch {
    let only = AxisValues.list([0])
    let x = plan.inner.first?.values ?? only
    let y = plan.inner.count > 1 ? plan.inner[1].values : only
    return RowSearch(plan, Form(quantity), PairTables(x, y), x, y)
  }

  private func boundCount(_ quantity: Quantity, _ range: ClosedRange<Int>) throws -> (count: Int, isPartial: Bool) {
    let plan = try planned(rowAxes: 2)
    let search = rowSearch(plan, quantity)
    let cancellation = options.cancellation
    let total = Mutex(0)
    let isComplete = try forEachPart(plan) { parts in
      var visitor = BoundCount(search, range.lowerBound, range.upperBound, cancellation: cancellation)
      var walk = GridWalk(plan)
      walk.run(parts, &visitor)
      total.withLock { $0 += visitor.count }
    }
    return (total.withLock { $0 }, !isComplete)
  }

  func boundNearest(to target: Int, of quantity: Quantity, top: Int, within tolerance: Int) throws -> SweepResult {
    let clock = ContinuousClock()
    let start = clock.now
    let plan = try planned(rowAxes: 2)
    let search = rowSearch(plan, quantity)
    let cancellation = options.cancellation
    let totals = Mutex((list: NearestList(limit: top), evaluated: 0))
    let isComplete = try forEachPart(plan) { parts in
      let cutoff = min(tolerance, totals.withLock { $0.list.worstDistance })
      var visitor = BoundNearest(search, target: target, top: top, cutoff: cutoff, cancellation: cancellation)
      var walk = GridWalk(plan)
      walk.run(parts, &visitor)
      totals.withLock {
        $0.list.merge(visitor.list)
        $0.evaluated += visitor.evaluated
      }
    }
    let found = totals.withLock { $0 }
    return SweepResult(
      shapes: grid.shapes, evaluated: found.evaluated, feasible: nil, matches: nil,
      results: try found.list.sorted.map { try SweepRow($0.shape) }, method: .bound, implementation: "integers",
      seconds: (clock.now - start).seconds, notes: [],
      isPartial: !isComplete)
  }
}
