import Architectures
import Input
import Synchronization

extension GridSearch {
  /// The feasible shapes that no other beats in both objectives, in the order of the first. Of shapes with equal values
  /// the first in the order of the axes is given.
  ///
  /// - Throws: `InputError` for a quantity that is no integer, or more shapes than a list should have.
  public func pareto(_ first: Objective, _ second: Objective) throws -> SweepResult {
    try first.quantity.checkIsInteger(for: "searched for")
    try second.quantity.checkIsInteger(for: "searched for")
    let clock = ContinuousClock()
    let start = clock.now
    var result = SweepResult(
      shapes: grid.shapes, evaluated: 0, feasible: nil, matches: nil, results: [], method: .bound,
      implementation: "integers", seconds: 0, notes: [], isPartial: false)
    let front: ParetoFront
    switch options.method {
    case .reference: front = try referenceFront(first, second, &result)
    case .enumerate: front = try enumerateFront(first, second, &result)
    case .auto, .bound: front = try boundFront(first, second, &result)
    }
    let points = front.points
    try Self.checkIsList(points.count, most: Self.mostResults)
    result.results = try points.map { try SweepRow($0.shape) }
    result.seconds = (clock.now - start).seconds
    return result
  }

  /// More points than this are not kept on the way to a list.
  static let mostWaiting = 4 * mostResults

  private static func checkIsList(_ count: Int, most: Int = mostWaiting) throws {
    guard count <= most else {
      throw InputError(
        "has more than \(Numbers.grouped(most)) shapes that none seen so far beats", field: "pareto",
        hint: "raise the steps of the axes, or narrow the grid by constraints")
    }
  }

  private func referenceFront(
    _ first: Objective, _ second: Objective, _ result: inout SweepResult
  ) throws -> ParetoFront {
    var front = ParetoFront()
    result.method = .reference
    (result.evaluated, result.isPartial) = try walkReference { shape, count in
      let (one, two) = (first.quantity.value(of: shape, count), second.quantity.value(of: shape, count))
      front.offer(
        ParetoFront.Point(
          first: first.isMaximised ? -one : one, second: second.isMaximised ? -two : two, shape: shape))
    }
    return front
  }

  private func enumerateFront(
    _ first: Objective, _ second: Objective, _ result: inout SweepResult
  ) throws -> ParetoFront {
    let plan = try planned(rowAxes: 1)
    let kernels = try kernels()
    let column = plan.inner.first.map { InnerColumn($0.values) }
    let cancellation = options.cancellation
    let found = Mutex((front: ParetoFront(), feasible: 0, inIntegers: 0))
    let isComplete = try forEachPart(plan) { parts in
      var visitor = EnumeratePareto(
        plan, first, second, column: column, kernels: kernels, cancellation: cancellation)
      visitor.front = found.withLock { $0.front }
      var walk = GridWalk(plan)
      walk.run(parts, &visitor)
      visitor.flush()
      try found.withLock {
        $0.front.merge(visitor.front.points)
        $0.feasible += visitor.feasible
        $0.inIntegers += visitor.inIntegers
        try Self.checkIsList($0.front.count)
      }
    }
    let all = found.withLock { $0 }
    (result.method, result.evaluated, result.feasible) = (.enumerate, all.feasible, all.feasible)
    result.implementation = column != nil && all.inIntegers < all.feasible ? kernels.name : "integers"
    (result.notes, result.isPartial) = (Self.note(all.inIntegers), !isComplete)
    return all.front
  }

  private func boundFront(
    _ first: Objective, _ second: Objective, _ result: inout SweepResult
  ) throws -> ParetoFront {
    let tradeoff = Tradeoff(first, second)
    var front = ParetoFront()
    // Some shapes from all over the grid first, and more among those: a front that is nearly right from the start leaves
    // little to look at. A shard is to know its own shapes only.
    let grid = self.grid.settled(for: first, second)
    var search = self
    if grid.shapes >= Self.worthThreads {
      search.options.team = try options.team ?? .forThisMachine(threads: options.threads, pin: options.pin)
    }
    for most in options.shard == nil ? [8, 32, 128, 512] : [] where grid.longest > 2 * most {
      var sparse = search
      sparse.options.progress = nil
      guard try sparse.walkFront(grid.thinned(to: most), first, second, tradeoff, &front, &result) else { return front }
    }
    _ = try search.walkFront(grid, first, second, tradeoff, &front, &result)
    return front
  }

  /// - Returns: whether all was seen.
  private func walkFront(
    _ grid: Grid, _ first: Objective, _ second: Objective, _ tradeoff: Tradeoff?, _ front: inout ParetoFront,
    _ result: inout SweepResult
  ) throws -> Bool {
    let plan = try GridPlan(grid, rowAxes: 1, preferred: first.agreeing(with: second))
    let cancellation = options.cancellation
    let start = front
    let found = Mutex((front: start, screen: FrontScreen(start, tradeoff), evaluated: 0))
    let isComplete = try forEachPart(plan) { parts in
      let known = found.withLock { $0.screen }
      var visitor = BoundPareto(plan, first, second, tradeoff, known: known, cancellation: cancellation)
      var walk = GridWalk(plan)
      walk.run(parts, &visitor)
      try found.withLock {
        $0.evaluated += visitor.evaluated
        if $0.front.merge(visitor.front.points) { $0.screen = FrontScreen($0.front, tradeoff) }
        try Self.checkIsList(max($0.front.count, visitor.front.count))
      }
    }
    let all = found.withLock { $0 }
    front = all.front
    front.settle()
    result.evaluated += all.evaluated
    result.isPartial = !isComplete
    return isComplete
  }
}

extension Grid {
  /// This grid with axes at the one value that a front can have of them, where that is plain: nothing else depends on
  /// them, and no objective gets worse where another gets better.
  fileprivate func settled(for first: Objective, _ second: Objective) -> Grid {
    var grid = self
    for axis in first.agreeing(with: second).intersection([.mlpWidth, .vocabulary, .sequenceLength]) {
      guard case .values(let values)? = axes[axis], values.count > 1, !isNeeded(axis) else { continue }
      let growing = [first, second].filter { $0.quantity.axes.contains(axis) }
      let isHigh = growing.contains(where: \.isMaximised)
      // Of layers that may all have experts instead, none grows with d_ff: then the first value is to be given.
      if isHigh, axis == .mlpWidth, axes[.experts] != nil { continue }
      grid.axes[axis] = .values(.list([isHigh ? values.last : values.first]))
    }
    return grid
  }

  /// Whether a constraint or another axis depends on an axis.
  private func isNeeded(_ axis: Shape.Axis) -> Bool {
    if constraints.contains(where: { $0.quantity.axes.contains(axis) }) { return true }
    return axes.values.contains { rule in
      if case .ratio(axis, _, _) = rule { return true }
      return false
    }
  }

  fileprivate var longest: Int { axes.values.map(\.count).max() ?? 0 }

  /// This grid with at most so many of an axis's values, the first and the last among them.
  fileprivate func thinned(to most: Int) -> Grid {
    var grid = self
    for case (let axis, .values(let values)) in axes where values.count > most {
      grid.axes[axis] = .values(.list((0..<most).map { values[$0 * (values.count - 1) / (most - 1)] }))
    }
    return grid
  }
}
