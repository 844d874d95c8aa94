import Architectures
import Input
import Sweep
import TestSupport
import Testing

/// Answers about a whole grid against the search one shape at a time.
@Suite struct WholeTests {
  @Test(arguments: [11, 12, 13] as [UInt64])
  func fronts(_ seed: UInt64) throws {
    var grids = RandomGrid(seed: seed)
    var compared = 0
    var points = 0
    while compared < 40 {
      guard let grid = grids.next(most: 1500) else { continue }
      compared += 1
      let choices: [Objective] = [
        .minimise(.M), .maximise(.parameters), .minimise(.derived(.keyValueBytes)), .maximise(.M),
        .minimise(.parameters), .maximise(.derived(.activeParameters)), .maximise(.axis(.sequenceLength)),
      ]
      let (first, second) = (choices[grids.random.upTo(7) - 1], choices[grids.random.upTo(7) - 1])
      let truth = try GridSearch(grid, SweepOptions(method: .reference)).pareto(first, second)
      let result = try GridSearch(grid).pareto(first, second)
      #expect(result.results == truth.results, "\(grid) \(first) \(second)")
      points += truth.results.count
    }
    #expect(points > 60)
  }

  /// What a picture has behind its front: feasible shapes of the grid, none twice, the same each time.
  @Test(arguments: [31, 32] as [UInt64])
  func samples(_ seed: UInt64) throws {
    var grids = RandomGrid(seed: seed)
    var compared = 0
    while compared < 20 {
      guard let grid = grids.next(most: 1500) else { continue }
      compared += 1
      let all = try GridSearch(grid, SweepOptions(method: .reference)).nearest(to: 1, top: 2000).results
      let whole = try grid.sample(2000)
      #expect(Set(whole.map(\.shape)) == Set(all.map(\.shape)), "\(grid)")
      let some = try grid.sample(25)
      #expect(some.count <= 25 && Set(some.map(\.shape)).count == some.count)
      #expect(Set(some.map(\.shape)).isSubset(of: all.map(\.shape)), "\(grid)")
      #expect(try grid.sample(25) == some)
    }
  }

  @Test(arguments: [21, 22] as [UInt64])
  func histograms(_ seed: UInt64) throws {
    var grids = RandomGrid(seed: seed)
    var compared = 0
    while compared < 40 {
      guard let grid = grids.next(most: 1500) else { continue }
      compared += 1
      let quantity: Quantity = grids.random.chance(2) ? .M : .parameters
      let all = try GridSearch(grid, SweepOptions(method: .reference)).nearest(to: 1, of: quantity, top: 2000).results
      guard let histogram = try GridSearch(grid).histogram(of: quantity, perDecade: 3) else {
        #expect(all.isEmpty)
        continue
      }
      let values = all.map { quantity.value(of: $0.shape, $0.count) }
      for (index, count) in histogram.counts.enumerated() {
        let interval = histogram.edges[index]..<histogram.edges[index + 1]
        #expect(values.count { interval.contains($0) } == count, "\(grid) \(interval)")
      }
      #expect(histogram.total == values.count)
      let extremes = try #require(try GridSearch(grid).extremes(of: quantity))
      #expect(quantity.value(of: extremes.least.shape, extremes.least.count) == values.min())
      #expect(quantity.value(of: extremes.greatest.shape, extremes.greatest.count) == values.max())
    }
  }

  @Test(arguments: [SweepMethod.enumerate, .bound, .reference])
  func withinATolerance(_ method: SweepMethod) throws {
    let grid = try Grid(
      axes: [("n_layers", "1:20"), ("d_model", "64:2048:64"), ("sequence_length", "512,1024")],
      constraints: [("aspect_ratio", "16...128")])
    let target = 500_000_000
    let search = GridSearch(grid, SweepOptions(method: method))
    let result = try search.within(50_000_000, of: target)
    let all = try search.nearest(to: target, top: 2000).results
    let inside = all.filter { abs($0.count.M - target) <= 50_000_000 }
    #expect(inside.count > 10)
    #expect(result.matches == inside.count)
    #expect(result.results == inside)
    #expect(try search.within(0, of: target - 1).matches == 0)
    #expect(throws: InputError.self) { try search.within(-1, of: target) }
  }

  @Test(arguments: [SweepMethod.enumerate, .bound], [1, 2, 5, 50])
  func shardsMergeToTheWhole(_ method: SweepMethod, _ count: Int) throws {
    let grid = try Grid(
      axes: [
        ("n_layers", "1:20"), ("d_model", "64:2048:64"), ("d_ff", "256:4096:256"), ("sequence_length", "512,1024"),
      ],
      constraints: [("aspect_ratio", "16...128")])
    let target = 500_000_000
    let whole = try GridSearch(grid, SweepOptions(method: method)).nearest(to: target, top: 30)
    var parts = try (1...count).map { index in
      try GridSearch(grid, SweepOptions(method: method, shard: Shard(index, of: count))).nearest(to: target, top: 30)
    }
    var random = SplitMix(seed: 7)
    parts.shuffle(using: &random)
    let merged = try #require(SweepResult.merged(parts, nearestTo: target, top: 30))
    #expect(merged.results == whole.results)
    #expect(merged.feasible == whole.feasible)
  }
}
