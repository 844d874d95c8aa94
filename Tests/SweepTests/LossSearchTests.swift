import Architectures
import FLOPCount
import Input
import KernelDispatch
import Sweep
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The lowest predicted loss of a grid.
@Suite struct LossSearchTests {
  /// Besiroglu et al. 2024 (arXiv 2404.10102).
  private static func objective(_ scale: Quantity = .parameters, compute: Double = 1e20) throws -> LossObjective {
    try LossObjective(E: 1.8172, A: 482.01, B: 2085.43, alpha: 0.3478, beta: 0.3658, scale: scale, compute: compute)
  }

  @Test(arguments: [51, 52] as [UInt64])
  func theSameAsOneShapeAtATime(_ seed: UInt64) throws {
    var grids = RandomGrid(seed: seed)
    var compared = 0
    while compared < 40 {
      guard let grid = grids.next(most: 1500) else { continue }
      compared += 1
      let scales: [Quantity] = [.M, .parameters, .derived(.activeParameters), .derived(.nonEmbeddingParameters)]
      let objective = try Self.objective(scales[compared % 4], compute: [1e15, 1e18, 1e21][compared % 3])
      let truth = try GridSearch(grid, SweepOptions(method: .reference)).lowest(objective, top: 12)
      let result = try GridSearch(grid).lowest(objective, top: 12)
      #expect(result.sweep.results == truth.sweep.results, "\(grid)")
      #expect(result.losses == truth.losses)
      #expect(result.sweep.feasible == truth.sweep.feasible)
    }
  }

  /// On every implementation the same bits, within the stated bound of the C library's own logarithms.
  @Test(arguments: KernelImplementation.all.filter(\.runsHere).map(\.name), [1e3, 1e20, 1e36])
  func withinTheStatedError(_ name: String, _ compute: Double) throws {
    let grid = try Grid(axes: [("n_layers", "1:40"), ("d_model", "64:8192:64"), ("sequence_length", "512:4096:512")])
    let objective = try Self.objective(compute: compute)
    let result = try GridSearch(grid, SweepOptions(implementation: name)).lowest(objective, top: 2000)
    #expect(result.losses.count == 2000)
    #expect(zip(result.losses, result.losses.dropFirst()).allSatisfy { $0 <= $1 })
    for (row, loss) in zip(result.sweep.results, result.losses) {
      #if arch(x86_64)
        typealias Wide = Float80
      #else
        typealias Wide = Double
      #endif
      let (n, tokens) = (Wide(row.count.parameters), Wide(compute) / Wide(row.count.M))
      let exact = Wide(1.8172) + Wide(482.01) * pow(n, -Wide(0.3478)) + Wide(2085.43) * pow(tokens, -Wide(0.3658))
      #expect(abs(Wide(loss) - exact) <= exact * Wide(LossObjective.relativeError))
    }
    let other = try GridSearch(grid).lowest(objective, top: 50)
    #expect(other.losses == Array(result.losses.prefix(50)))
  }

  @Test func aLossHasNoBounds() throws {
    let grid = try Grid(axes: [("n_layers", "1:40"), ("d_model", "64:8192:64")])
    let result = try GridSearch(grid, SweepOptions(method: .bound)).lowest(Self.objective())
    #expect(result.sweep.method == .enumerate)
    #expect(result.sweep.notes.contains { $0.contains("enumerated instead") })
    // The best is inside: neither the smallest model nor the largest.
    let sizes = [result.sweep.results[0].count.parameters, result.sweep.results[0].shape.layers]
    #expect(sizes[0] > 100_000_000 && sizes[0] < 20_000_000_000)
  }

  @Test func badSurfaces() {
    for (E, A, alpha, compute) in [
      (-1.0, 400.0, 0.3, 1e20), (1, 0, 0.3, 1e20), (1, 400, 0, 1e20), (1, 400, 3, 1e20), (1, 400, 0.3, 0),
      (.nan, 400, 0.3, 1e20), (1, 400, 0.3, .infinity),
    ] {
      #expect(throws: InputError.self) {
        try LossObjective(E: E, A: A, B: 400, alpha: alpha, beta: 0.3, scale: .parameters, compute: compute)
      }
    }
    #expect(throws: InputError.self) {
      try LossObjective(E: 1, A: 1, B: 1, alpha: 0.3, beta: 0.3, scale: .axis(.width), compute: 1)
    }
  }
}
