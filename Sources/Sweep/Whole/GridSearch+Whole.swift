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
  /// How many feasible shapes lie between neighbouring edges.
  ///
  /// - Parameters:
  ///   - quantity: what is counted by.
  ///   - edges: ascending, at least two.
  public func histogram(of quantity: Quantity = .M, edges: [Int]) throws -> SweepHistogram {
    try quantity.checkIsInteger(for: "searched for")
    guard edges.count >= 2, zip(edges, edges.dropFirst()).allSatisfy(<) else {
      throw InputError("are not two or more ascending numbers", field: "edges", hint: "such as 1e9, 1e10, 1e11")
    }
    let clock = ContinuousClock()
    let start = clock.now
    let counts = Mutex([Int](repeating: 0, count: edges.count - 1))
    var run = Enumerated()
    switch options.method {
    case .reference:
      run.isPartial = try walkReference { shape, count in
        let at = edges.countUpTo(quantity.value(of: shape, count))
        if (1..<edges.count).contains(at) { counts.withLock { $0[at - 1] += 1 } }
      }.isPartial
    case .enumerate:
      run = try enumerate(quantity, { HistogramSink(edges: edges) }) { sink in
        counts.withLock { counts in for (index, count) in sink.inside.enumerated() { counts[index] += count } }
      }
    case .auto, .bound:
      let plan = try planned(rowAxes: 2)
      let search = rowSearch(plan, quantity)
      let cancellation = options.cancellation
      run.isPartial = try !forEachPart(plan) { parts in
        var visitor = HistogramVisitor(search, edges: edges, cancellation: cancellation)
        var walk = GridWalk(plan)
        walk.run(parts, &visitor)
        counts.withLock { counts in for (index, count) in visitor.counts.enumerated() { counts[index] += count } }
      }
    }
    return SweepHistogram(
      quantity: quantity, edges: edges, counts: counts.withLock { $0 },
      method: options.method == .auto ? .bound : options.method, implementation: run.implementation,
      seconds: (clock.now - start).seconds, notes: run.notes, isPartial: run.isPartial)
  }

  /// The same over equal steps of the logarithm, `perDecade` to a factor of ten, from the least value to the greatest.
  ///
  /// - Returns: nil for a grid without a feasible shape.
  public func histogram(of quantity: Quantity = .M, perDecade: Int = 10) throws -> SweepHistogram? {
    try histogramEdges(of: quantity, perDecade: perDecade).map { try histogram(of: quantity, edges: $0) }
  }

  /// The edges of that histogram, those of the whole grid where this search has the whole: shards count by the same.
  public func histogramEdges(of quantity: Quantity = .M, perDecade: Int = 10) throws -> [Int]? {
    guard let (least, greatest) = try extremes(of: quantity) else { return nil }
    return try Self.logarithmicEdges(
      from: quantity.value(of: least.shape, least.count), to: quantity.value(of: greatest.shape, greatest.count),
      perDecade: perDecade)
  }

  static func logarithmicEdges(from low: Int, to high: Int, perDecade: Int) throws -> [Int] {
    guard (1...1000).contains(perDecade) else {
      throw InputError(
        "is not a number of steps from 1 to 1,000", field: "per_decade", value: "\(perDecade)", hint: "10 is usual")
    }
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
