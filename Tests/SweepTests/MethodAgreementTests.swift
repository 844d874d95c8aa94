import Architectures
import Input
import KernelDispatch
import Sweep
import Synchronization
import TestSupport
import Testing
import Topology

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `make check` sets ISOFLOP_CHECK=1: thousands of grids instead of dozens.
private let gridsPerSeed = ProcessInfo.processInfo.environment["ISOFLOP_CHECK"] == "1" ? 1200 : 40

/// Every answer by every method, on random grids of the general form: irregular axes, ratios, mixtures, constraints.
@Suite struct MethodAgreementTests {
  private static let quantities: [Quantity] = [
    .M, .M, .parameters, .derived(.activeParameters), .derived(.nonEmbeddingParameters), .derived(.sixN2),
    .derived(.keyValueBytes), .axis(.width), .axis(.sequenceLength),
  ]

  @Test(arguments: [31, 32, 33, 34] as [UInt64])
  func everythingByEveryMethod(_ seed: UInt64) throws {
    var grids = RandomGrid(seed: seed)
    var compared = 0
    var ties = 0
    while compared < gridsPerSeed {
      guard let grid = grids.next(most: 1200) else { continue }
      compared += 1
      let quantity = Self.quantities[grids.random.upTo(Self.quantities.count) - 1]
      let search = { GridSearch(grid, SweepOptions(method: $0)) }
      let all = try search(.reference).nearest(to: 1, of: quantity, top: 2000).results
      let values = all.map { quantity.value(of: $0.shape, $0.count) }
      // A value of the grid, a place between two, or anywhere: distances tie in all three.
      let (one, other) = (
        values[safe: grids.random.upTo(max(1, values.count)) - 1], values[safe: grids.random.upTo(200) - 1]
      )
      let target = max(1, ((one ?? 1_000_000) + (other ?? one ?? 3_000_000)) / 2)
      let top = grids.random.upTo(25)
      let truth = try search(.reference).nearest(to: target, of: quantity, top: top)
      let distances = truth.results.map { abs(quantity.value(of: $0.shape, $0.count) - target) }
      ties += distances.count - Set(distances).count
      let tolerance = distances.last.map { grids.random.chance(2) ? $0 : max(0, $0 - 1) } ?? 0
      let range = max(0, target - tolerance)...(target + tolerance)
      let inside = values.count { range.contains($0) }
      for method in [SweepMethod.enumerate, .bound, .auto] {
        let note: Comment = "\(method) \(grid) \(quantity.name) \(target)"
        let result = try search(method).nearest(to: target, of: quantity, top: top)
        #expect(result.results == truth.results, note)
        #expect(method == .auto || result.method == method, note)
        let counted = try search(method).count(of: quantity, in: range)
        #expect(counted.matches == inside, note)
        #expect(counted.method == (method == .auto ? .bound : method))
        #expect(try search(method).within(tolerance, of: target, quantity: quantity).matches == inside, note)
      }
      try Self.summaries(search, quantity, values, grid)
      try Self.histograms(search, quantity, values, &grids.random)
    }
    #expect(ties > gridsPerSeed / 4)
  }

  private static func summaries(
    _ search: (SweepMethod) -> GridSearch, _ quantity: Quantity, _ values: [Int], _ grid: Grid
  ) throws {
    let summary = try search(.auto).summary(of: quantity)
    #expect(summary.feasible == values.count, "\(grid)")
    #expect(summary.minimum == values.min())
    #expect(summary.maximum == values.max())
    #expect(summary.sum == values.reduce(Int128(0)) { $0 + Int128($1) })
    #expect(summary.method == .enumerate)
    #expect(try search(.bound).summary(of: quantity).notes.contains { $0.contains("enumerated instead") })
  }

  private static func histograms(
    _ search: (SweepMethod) -> GridSearch, _ quantity: Quantity, _ values: [Int], _ random: inout SplitMix
  ) throws {
    let edges = Set((0..<8).map { _ in (values.randomElement(using: &random) ?? 7) + random.upTo(3) - 2 }).sorted()
    guard edges.count >= 2 else { return }
    let truth = zip(edges, edges.dropFirst()).map { low, high in values.count { (low..<high).contains($0) } }
    for method in [SweepMethod.enumerate, .bound, .reference] {
      let histogram = try search(method).histogram(of: quantity, edges: edges)
      #expect(histogram.counts == truth, "\(method) \(edges)")
      #expect(histogram.method == method)
    }
  }

  /// A size of experts with one value, bounded, in a grid of dense shapes and mixtures: 0 in the dense ones.
  @Test(arguments: [SweepMethod.enumerate, .bound, .reference])
  func boundsOnExpertsDependOnWhetherThereAreSome(_ method: SweepMethod) throws {
    func matches(_ constraint: Constraint) throws -> Int? {
      let grid = try Grid(
        axes: [
          .layers: .values(.list([4, 8])), .width: .values(.list([256])), .mlpWidth: .values(.list([1024])),
          .experts: .values(.list([0, 8])), .expertsPerToken: .values(.list([3])),
          .expertWidth: .values(.list([128])),
        ], constraints: [constraint])
      return try GridSearch(grid, SweepOptions(method: method)).nearest(to: 1, of: .M, top: 9).results.count
    }
    #expect(try matches(Constraint(.axis(.expertWidth), from: Rational(39, over: 1))) == 2)
    #expect(try matches(Constraint(.axis(.expertsPerToken), to: Rational(2, over: 1))) == 2)
    #expect(try matches(Constraint(.axis(.expertsPerToken), to: Rational(3, over: 1))) == 4)
  }

  @Test(arguments: [41, 42, 43, 44] as [UInt64])
  func frontsByEveryMethod(_ seed: UInt64) throws {
    var grids = RandomGrid(seed: seed)
    var compared = 0
    while compared < gridsPerSeed {
      guard let grid = grids.next(most: 1200) else { continue }
      compared += 1
      let quantities = Self.quantities
      func objective() -> Objective {
        let quantity = quantities[grids.random.upTo(quantities.count) - 1]
        return grids.random.chance(2) ? .maximise(quantity) : .minimise(quantity)
      }
      let (first, second) = (objective(), objective())
      let truth = try GridSearch(grid, SweepOptions(method: .reference)).pareto(first, second)
      for method in [SweepMethod.enumerate, .bound] {
        let result = try GridSearch(grid, SweepOptions(method: method)).pareto(first, second)
        #expect(result.results == truth.results, "\(method) \(grid) \(first) \(second)")
        #expect(result.method == method)
      }
    }
  }

  /// Long axes: some of their values first, staircases that are made anew, sums that rule out what corners cannot.
  @Test(arguments: [51, 52, 53, 54] as [UInt64])
  func frontsOfLongAxes(_ seed: UInt64) throws {
    var grids = RandomGrid(seed: seed)
    let counting: [Quantity] = [
      .M, .parameters, .derived(.activeParameters), .derived(.nonEmbeddingParameters), .derived(.sixN1),
      .derived(.sixN2),
    ]
    var (compared, longest) = (0, 0)
    while compared < gridsPerSeed / 6 {
      guard let grid = grids.nextLong() else { continue }
      compared += 1
      // Mostly one to be small against another to be large: fronts of one point prove little.
      let quantities = grids.random.chance(4) ? Self.quantities : counting
      let first = quantities[grids.random.upTo(quantities.count) - 1]
      let second = quantities[grids.random.upTo(quantities.count) - 1]
      let isTurned = grids.random.chance(2)
      let one = isTurned ? Objective.maximise(first) : .minimise(first)
      let other = isTurned == grids.random.chance(6) ? Objective.maximise(second) : .minimise(second)
      let truth = try GridSearch(grid, SweepOptions(method: .enumerate)).pareto(one, other)
      let bound = GridSearch(grid, SweepOptions(method: .bound))
      let found = try bound.pareto(one, other)
      #expect(found.results == truth.results, "\(grid) \(one) \(other)")
      longest = max(longest, found.results.count)
      guard compared % 4 == 0 else { continue }
      let parts = try (1...3).map { index in
        var search = bound
        search.options.shard = try Shard(index, of: 3)
        return try search.pareto(one, other)
      }
      #expect(try SweepResult.merged(parts.shuffled(), front: one, other).results == truth.results, "\(grid)")
    }
    #expect(longest > 100)
  }

  /// Long rows, whole batches, planes, and every implementation.
  @Test(arguments: KernelImplementation.all.filter(\.runsHere).map(\.name), [false, true])
  func longGridsOnEveryImplementation(_ name: String, _ general: Bool) throws {
    var axes: [(name: String, text: String)] = [
      ("n_layers", "1:37"), ("d_model", "64:2048:64"), ("sequence_length", "64:16384:64"),
    ]
    if general {
      axes += [("d_ff", "1024,4096"), ("n_experts", "8"), ("experts_per_token", "2"), ("d_expert", "256,768")]
    }
    let grid = try Grid(axes: axes, constraints: [("aspect_ratio", "16...200")])
    let fast = GridSearch(grid, SweepOptions(method: .enumerate, implementation: name))
    let bound = GridSearch(grid, SweepOptions(method: .bound))
    for target in [50_000_000, 3_141_592_653, 40_000_000_000] {
      #expect(try fast.nearest(to: target, top: 40).results == bound.nearest(to: target, top: 40).results)
      let range = target - target / 50...target + target / 50
      #expect(try fast.count(in: range).matches == bound.count(in: range).matches)
    }
    #expect(try fast.histogram(perDecade: 7)?.counts == bound.histogram(perDecade: 7)?.counts)
    let fronts = [(Objective.minimise(.M), Objective.maximise(.parameters)), (.maximise(.M), .minimise(.parameters))]
    for (first, second) in fronts {
      #expect(try fast.pareto(first, second).results == bound.pareto(first, second).results)
    }
    #expect(try fast.summary().implementation == name)
    #expect(try fast.summary().feasible == fast.nearest(to: 1).feasible)
  }

  @Test func beyondDoublesEveryAnswerStaysExact() throws {
    let grid = try Grid(axes: [
      ("n_layers", "100,101"), ("d_model", "2000000,2000001"), ("sequence_length", "1000000:1001000:7"),
    ])
    let (reference, fast) = (
      GridSearch(grid, SweepOptions(method: .reference)), GridSearch(grid, SweepOptions(method: .enumerate))
    )
    let values = try reference.nearest(to: 1, top: 1000).results.map(\.count.M)
    let middle = values.sorted()[values.count / 2]
    let counted = try fast.count(in: 1...middle)
    #expect(counted.matches == values.count { $0 <= middle })
    #expect(counted.notes.contains { $0.contains("2^53") })
    #expect(try fast.summary().sum == values.reduce(Int128(0)) { $0 + Int128($1) })
    let (first, second) = (Objective.minimise(.M), Objective.maximise(.axis(.sequenceLength)))
    #expect(try fast.pareto(first, second).results == reference.pareto(first, second).results)
  }

  /// The reference is slow, so it is what people wait for most: it says how far it is, and stops when asked.
  @Test func theReferenceSaysHowFarItIsAndStops() throws {
    let grid = try Grid(axes: [("n_layers", "1:2000"), ("d_model", "64:128000:64"), ("head_dim", "64")])
    let told = Mutex([SweepProgress]())
    for part in 0..<6 {
      let flag = CancellationFlag()
      let options = SweepOptions(
        method: .reference, cancellation: flag,
        progress: { progress in
          told.withLock { $0.append(progress) }
          flag.cancel()
        })
      let search = GridSearch(grid, options)
      let isPartial =
        switch part {
        case 0: try search.nearest(to: 1_000_000_000).isPartial
        case 1: try search.count(in: 0...1_000_000_000).isPartial
        case 2: try search.pareto(.minimise(.M), .maximise(.parameters)).isPartial
        case 3: try search.summary().isPartial
        case 4: try search.histogram(of: .M, edges: [1, 1_000_000_000]).isPartial
        default:
          try search.lowest(
            LossObjective(E: 1.8, A: 482, B: 2085, alpha: 0.35, beta: 0.37, scale: .parameters, compute: 1e20)
          ).sweep.isPartial
        }
      #expect(isPartial, "\(part)")
    }
    told.withLock { told in
      #expect(told.count >= 6)
      #expect(told.allSatisfy { $0.total == 4_000_000 && 0 < $0.done && $0.done < $0.total && $0.rate > 0 })
    }
  }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
