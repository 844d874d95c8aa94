import Architectures
import Input
import KernelDispatch
import Sweep
import TestSupport
import Testing
import Topology

/// Every method against the search one shape at a time.
@Suite struct NearestTests {
  static let methods: [SweepMethod] = [.enumerate, .bound]

  @Test(arguments: methods, [1, 2, 3, 4] as [UInt64])
  func randomGrids(_ method: SweepMethod, _ seed: UInt64) throws {
    var grids = RandomGrid(seed: seed)
    var compared = 0
    var found = 0
    while compared < 60 {
      guard let grid = grids.next(most: 1500) else { continue }
      compared += 1
      let quantities: [Quantity] = [.M, .M, .parameters, .derived(.keyValueBytes), .derived(.activeParameters)]
      let quantity = quantities[grids.random.upTo(quantities.count) - 1]
      let target = grids.random.upTo(grids.random.chance(2) ? 1_000_000_000 : 100_000_000_000)
      let top = grids.random.upTo(12)
      let truth = try GridSearch(grid, SweepOptions(method: .reference)).nearest(to: target, of: quantity, top: top)
      let result = try GridSearch(grid, SweepOptions(method: method)).nearest(to: target, of: quantity, top: top)
      #expect(result.results == truth.results, "\(grid) nearest \(target) of \(quantity.name)")
      if let feasible = result.feasible { #expect(feasible == truth.feasible, "\(grid)") }
      #expect(result.method == method)
      found += truth.results.count
    }
    #expect(found > 100)
  }

  @Test(arguments: [5, 6, 7] as [UInt64])
  func randomCounts(_ seed: UInt64) throws {
    var grids = RandomGrid(seed: seed)
    var compared = 0
    var found = 0
    while compared < 60 {
      guard let grid = grids.next(most: 1500) else { continue }
      compared += 1
      let quantity: Quantity = grids.random.chance(3) ? .parameters : .M
      let low = grids.random.upTo(3_000_000_000) - 1
      let range = low...(low + grids.random.upTo(20_000_000_000))
      let truth = try GridSearch(grid, SweepOptions(method: .reference)).count(of: quantity, in: range)
      let result = try GridSearch(grid).count(of: quantity, in: range)
      #expect(result.matches == truth.matches, "\(grid) \(quantity.name) in \(range)")
      found += truth.matches ?? 0
    }
    #expect(found > 300)
  }

  /// The grid of the sweep benchmark: L 1..200, d and S 64..32000 step 64, d/L in 64...160.
  static func benchmarkGrid() throws -> Grid {
    try Grid(
      axes: [("n_layers", "1:200"), ("d_model", "64:32000:64"), ("sequence_length", "64:32000:64")],
      constraints: [("aspect_ratio", "64...160")])
  }

  @Test(arguments: methods)
  func theBenchmarkGrid(_ method: SweepMethod) throws {
    let result = try GridSearch(Self.benchmarkGrid(), SweepOptions(method: method)).nearest(to: 43_000_000_000, top: 3)
    #expect(result.shapes == 50_000_000)
    let shapes = result.results.map { [$0.shape.layers, $0.shape.width, $0.shape.sequenceLength] }
    #expect(shapes[0] == [22, 3520, 25152])
    // An exact tie: both miss by 355,840.
    #expect(shapes[1] == [33, 3520, 9728])
    #expect(result.results[..<2].map { abs($0.count.M - 43_000_000_000) } == [355_840, 355_840])
  }

  /// Every implementation that runs here and any number of threads give the same list.
  @Test(arguments: KernelImplementation.all.filter(\.runsHere).map(\.name), [1, 2, 3])
  func everyImplementationAndThreadCount(_ name: String, _ threads: Int) throws {
    let grid = try Grid(
      axes: [
        ("n_layers", "1:31"), ("d_model", "64:4096:64"), ("d_ff", "256:8192:256"), ("sequence_length", "2048,4096"),
      ],
      constraints: [("aspect_ratio", "32...160")])
    let truth = try GridSearch(grid, SweepOptions(method: .enumerate)).nearest(to: 4_300_000_000, top: 25)
    let team = try WorkerTeam.forThisMachine(threads: threads)
    let options = SweepOptions(method: .enumerate, implementation: name, team: team)
    let result = try GridSearch(grid, options).nearest(to: 4_300_000_000, top: 25)
    #expect(result.results == truth.results)
    #expect(result.feasible == truth.feasible)
    #expect(result.implementation == name)
  }

  /// A first axis that cannot be walked value by value, as M is no row along it: halves of it are left out.
  @Test(arguments: [1, 3])
  func widthsUpToAQuarterOfABillion(_ threads: Int) throws {
    let grid = try Grid(axes: [
      ("n_layers", "2"), ("d_model", "1:250000000"), ("n_heads", "1,3"), ("sequence_length", "64:1024:64"),
    ])
    let search = GridSearch(grid, SweepOptions(method: .bound, threads: threads))
    for target in [1, 4_300_000_000, 1_234_567_890_123_456_789, 9_100_000_000_000_000_000] {
      var truth: [Candidate] = []
      for S in stride(from: 64, through: 1024, by: 64) {
        // 144 d^2 + 24 d S = target, where d has to be a multiple of the heads.
        let root = (Double(target) / 144 + Double(S * S) / 144).squareRoot() - Double(S) / 12
        let near = max(1, min(250_000_000, Int(root)))
        for d in near - 12...near + 12 where (1...250_000_000).contains(d) {
          for heads in [1, 3] where d % heads == 0 {
            truth.append(Candidate(away: abs(144 * d * d + 24 * d * S - target), order: [2, d, heads, S]))
          }
        }
      }
      truth.sort()
      let result = try search.nearest(to: target, top: 5)
      let found = result.results.map { [$0.shape.layers, $0.shape.width, $0.shape.heads, $0.shape.sequenceLength] }
      #expect(found == truth.prefix(5).map(\.order), "\(target)")
      let reach = max(truth[4].away, 1)
      let inside = truth.count { $0.away <= reach }
      #expect(try search.count(in: max(0, target - reach)...target + reach).matches == inside)
    }
    let front = try search.pareto(.minimise(.M), .minimise(.parameters)).results
    #expect(front.map { [$0.shape.width, $0.shape.heads, $0.shape.sequenceLength] } == [[1, 1, 64]])
  }

  /// A first axis as long, along which M is solved for.
  @Test(arguments: [1, 3])
  func aFirstAxisOfABillionValues(_ threads: Int) throws {
    let grid = try Grid(
      axes: [
        ("n_layers", "1:1000000000"), ("d_model", "64,128,192"), ("n_heads", "1,2"),
        ("sequence_length", "64:1024:64"),
      ], constraints: [("n_layers", "5...999999000")])
    let search = GridSearch(grid, SweepOptions(method: .bound, threads: threads))
    func perLayer(_ d: Int, _ S: Int) -> Int { 72 * d * d + 12 * d * S }
    for target in [1, 123_456_789, 4_300_000_000_000, 800_000_000_000_000, 3_000_000_000_000_000_000] {
      var truth: [Candidate] = []
      for d in [64, 128, 192] {
        for S in stride(from: 64, through: 1024, by: 64) {
          let layers = max(5, min(999_999_000, target / perLayer(d, S)))
          for L in layers - 8...layers + 9 where (5...999_999_000).contains(L) {
            for heads in [1, 2] {
              truth.append(Candidate(away: abs(L * perLayer(d, S) - target), order: [L, d, heads, S]))
            }
          }
        }
      }
      truth.sort()
      let result = try search.nearest(to: target, top: 7)
      let found = result.results.map { [$0.shape.layers, $0.shape.width, $0.shape.heads, $0.shape.sequenceLength] }
      #expect(found == truth.prefix(7).map(\.order), "\(target)")
    }
    let range = 4_000_000_000_000...4_000_000_400_000
    var inside = 0
    for d in [64, 128, 192] {
      for S in stride(from: 64, through: 1024, by: 64) {
        inside += 2 * (range.upperBound / perLayer(d, S) - (range.lowerBound - 1) / perLayer(d, S))
      }
    }
    #expect(try search.count(in: range).matches == inside)
    let histogram = try #require(try search.histogram(perDecade: 1))
    #expect(histogram.total == 999_998_996 * 3 * 2 * 16)
    let front = try search.pareto(.minimise(.M), .minimise(.parameters)).results
    #expect(front.map { [$0.shape.layers, $0.shape.width, $0.shape.sequenceLength] } == [[5, 64, 64]])
    let extremes = try #require(try search.extremes())
    #expect(extremes.greatest.shape.layers == 999_999_000 && extremes.least.shape.layers == 5)
  }

  private struct Candidate: Comparable {
    var away: Int
    var order: [Int]
    static func < (a: Candidate, b: Candidate) -> Bool {
      a.away == b.away ? a.order.lexicographicallyPrecedes(b.order) : a.away < b.away
    }
  }

  @Test func beyondDoublesTheSweepSaysSoAndIsStillExact() throws {
    let grid = try Grid(axes: [
      ("n_layers", "100,101"), ("d_model", "1000000,1000001"), ("sequence_length", "1000000:1001000:7"),
    ])
    let target = 73_000_000_000_000_003
    for (method, isNoted) in [(SweepMethod.enumerate, true), (.reference, false)] {
      let result = try GridSearch(grid, SweepOptions(method: method)).nearest(to: target, top: 4)
      #expect(result.results.map(\.count.M).allSatisfy { abs($0 - target) < 1 << 56 })
      #expect(result.notes.contains { $0.contains("2^53") } == isNoted)
    }
    let answers = try [SweepMethod.enumerate, .reference].map {
      try GridSearch(grid, SweepOptions(method: $0)).nearest(to: target, top: 9).results
    }
    #expect(answers[0] == answers[1])
  }

  @Test func aCancelledSweepSaysSo() throws {
    let flag = CancellationFlag()
    flag.cancel()
    let options = SweepOptions(method: .enumerate, cancellation: flag)
    let result = try GridSearch(Self.benchmarkGrid(), options).nearest(to: 43_000_000_000)
    #expect(result.isPartial)
    #expect(result.evaluated < 1_000_000)
  }

  @Test func unknownImplementationsAreErrors() throws {
    let options = SweepOptions(method: .enumerate, implementation: "x86-64-v9")
    #expect(throws: InputError.self) { try GridSearch(Self.benchmarkGrid(), options).nearest(to: 1) }
  }

  @Test func badRequests() throws {
    let search = GridSearch(try Self.benchmarkGrid())
    for target in [0, -1] { #expect(throws: InputError.self) { try search.nearest(to: target) } }
    for top in [0, -1, .max] { #expect(throws: InputError.self) { try search.nearest(to: 1, top: top) } }
    #expect(throws: InputError.self) { try search.nearest(to: 1, of: .derived(.aspectRatio)) }
    let huge = try Grid(axes: [("n_layers", "1:1e9"), ("d_model", "1e11")])
    #expect(throws: InputError.self) { try GridSearch(huge).nearest(to: 1) }
  }
}
