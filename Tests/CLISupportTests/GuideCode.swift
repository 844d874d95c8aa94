import Isoflop
import TestSupport
import Testing

/// The Swift code of the guides, as it stands there, and whether it gives what the guides say.
@Suite struct GuideCode {
  @Test func countAModel() throws {
    let model = try Architecture.resolve("deepseek-llm-67b")
    let count = try ModelCount(model, sequenceLength: 4096)
    let M = try count.M()  // 432,726,343,680: training FLOPs per token, without the vocabulary
    let parameters = try count.totalParameters()  // 67,425,001,472
    #expect(M == 432_726_343_680)
    #expect(parameters == 67_425_001_472)
  }

  @Test func searchAGrid() throws {
    let grid = try Grid(
      axes: [
        ("n_layers", "8:48"), ("d_model", "1024:8192:128"), ("head_dim", "128"), ("d_ff", "8/3 multiple of 256"),
      ],
      constraints: [("aspect_ratio", "64...160")])
    let found = try GridSearch(grid).nearest(to: 43_000_000_000, of: .M, top: 3)
    for row in found.results { print(row.shape.layers, row.shape.width, row.count.M) }
    #expect(found.results.count == 3)
    #expect(found.results.allSatisfy { abs($0.count.M - 43_000_000_000) < 1_000_000_000 })
  }

  @Test func allocateABudget() throws {
    var request = AllocationRequest(budget: try Budget(compute: 1e20), law: try Law.named("deepseek"))
    request.architectures = 3
    let report = try request.solve()
    print(report.size, report.tokens, report.architectures.count)
    #expect(report.architectures.count == 3)
  }

  @Test func fitRuns() throws {
    let file = Golden.projectRoot + "/Sources/Isoflop/Isoflop.docc/Resources/deepseek-fig4a.csv"
    var selection = RunSelection()
    selection.scale = "flops_per_token"
    let runs = try RunTable.read(file).select(selection)
    var options = IsoFLOPOptions()
    options.resampling.count = 200
    let fit = try IsoFLOPFit.fit(runs, options: options)
    print(fit.model.law.base, fit.model.law.exponent, fit.warnings.map(\.message))
    #expect(fit.model.exponent?.contains(0.5243) == true)
  }

  @Test func listKernels() {
    for kernel in KernelImplementation.all where kernel.runsHere { print(kernel.name, kernel.description) }
    let running = KernelImplementation.all.filter { $0.runsHere }
    #expect(!running.isEmpty)
  }
}
