import Architectures
import FLOPCount
import Input
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension GridSearch {
  /// The feasible shapes that no other beats in both objectives, in the order of the first. Of shapes with equal values
  /// the first in the order of the axes is given.
  ///
  /// - Throws: `InputError` for a quantity that is no integer.
  public func pareto(_ first: Objective, _ second: Objective) throws -> SweepResult {
    try checkIsInteger(first.quantity)
    try checkIsInteger(second.quantity)
    let clock = ContinuousClock()
    let start = clock.now
    let found = Mutex((front: ParetoFront(), evaluated: 0))
    var isComplete = true
    if options.method == .reference {
      try ReferenceWalk(grid).forEach { shape, count in
        let (one, two) = (first.quantity.value(of: shape, count), second.quantity.value(of: shape, count))
        found.withLock {
          $0.evaluated += 1
          $0.front.offer(
            ParetoFront.Point(
              first: first.isMaximised ? -one : one, second: second.isMaximised ? -two : two, shape: shape))
        }
        return true
      }
    } else {
      let plan = try GridPlan(grid, rowAxes: 1)
      isComplete = try forEachPart(plan) { part in
        var visitor = ParetoVisitor(
          plan: plan, first: Form(first.quantity), second: Form(second.quantity),
          signs: (first.isMaximised ? -1 : 1, second.isMaximised ? -1 : 1), front: found.withLock { $0.front })
        var walk = GridWalk(plan)
        walk.run(part..<part + 1, &visitor)
        found.withLock {
          $0.front.merge(visitor.front)
          $0.evaluated += visitor.evaluated
        }
      }
    }
    let all = found.withLock { $0 }
    return SweepResult(
      shapes: grid.shapes, evaluated: all.evaluated, feasible: nil, matches: nil,
      results: try all.front.points.map { try SweepRow($0.shape) },
      method: options.method == .reference ? .reference : .bound, implementation: "integers",
      seconds: (clock.now - start).seconds, notes: [], isPartial: !isComplete)
  }

  /// How many feasible shapes lie between neighbouring edges.
  ///
  /// - Parameter edges: ascending, at least two.
  public func histogram(of quantity: Quantity = .M, edges: [Int]) throws -> SweepHistogram {
    try checkIsInteger(quantity)
    guard edges.count >= 2, zip(edges, edges.dropFirst()).allSatisfy(<) else {
      throw InputError("are not two or more ascending numbers", field: "edges", hint: "such as 1e9, 1e10, 1e11")
    }
    let clock = ContinuousClock()
    let start = clock.now
    let plan = try GridPlan(grid, rowAxes: 2)
    let search = rowSearch(plan, quantity)
    let cancellation = options.cancellation
    let counts = Mutex([Int](repeating: 0, count: edges.count - 1))
    let isComplete = try forEachPart(plan) { part in
      var visitor = HistogramVisitor(search, edges: edges, cancellation: cancellation)
      var walk = GridWalk(plan)
      walk.run(part..<part + 1, &visitor)
      counts.withLock { counts in for (index, count) in visitor.counts.enumerated() { counts[index] += count } }
    }
    return SweepHistogram(
      quantity: quantity, edges: edges, counts: counts.withLock { $0 }, seconds: (clock.now - start).seconds,
      isPartial: !isComplete)
  }

  /// The same over equal steps of the logarithm, `perDecade` to a factor of ten, from the least value to the greatest.
  ///
  /// - Returns: nil for a grid without a feasible shape.
  public func histogram(of quantity: Quantity = .M, perDecade: Int = 10) throws -> SweepHistogram? {
    try histogramEdges(of: quantity, perDecade: perDecade).map { try histogram(of: quantity, edges: $0) }
  }

  /// The edges of that histogram, those of the whole grid where this search has the whole: shards count by the same.
  public func histogramEdges(of quantity: Quantity = .M, perDecade: Int = 10) throws -> [Int]? {
    guard (1...1000).contains(perDecade) else {
      throw InputError("is not a number of steps from 1 to 1000", field: "per_decade", value: "\(perDecade)")
    }
    guard let (least, greatest) = try extremes(of: quantity) else { return nil }
    let (low, high) = (quantity.value(of: least.shape, least.count), quantity.value(of: greatest.shape, greatest.count))
    // Edges are rounded up to integers; the outer two take in the ends whatever the rounding does.
    let from = Int((log10(Double(max(1, low))) * Double(perDecade)).rounded(.down))
    let to = Int((log10(Double(max(1, high))) * Double(perDecade)).rounded(.down)) + 1
    var edges = (from...to).map { Int(pow(10, Double($0) / Double(perDecade)).rounded(.up)) }
    edges[0] = min(edges[0], low)
    edges[edges.count - 1] = max(edges[edges.count - 1], high + 1)
    return edges.reduce(into: [Int]()) { if ($0.last ?? .min) < $1 { $0.append($1) } }
  }

  /// The feasible shapes with the least and the greatest value; nil where no shape is feasible.
  public func extremes(of quantity: Quantity = .M) throws -> (least: SweepRow, greatest: SweepRow)? {
    let low = try boundNearest(to: 0, of: quantity, top: 1, within: .max)
    let high = try boundNearest(to: .max, of: quantity, top: 1, within: .max)
    guard let least = low.results.first, let greatest = high.results.first else { return nil }
    return (least, greatest)
  }
}
