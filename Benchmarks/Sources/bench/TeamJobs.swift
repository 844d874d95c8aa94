import Foundation
import Isoflop

/// The sweep's own search by enumeration, as a user runs it.
func gridSearch(_ json: String, _ team: WorkerTeam, _ kernels: KernelImplementation) throws -> GridSearch {
  GridSearch(
    try Grid(JSON(parsing: Array(json.utf8))),
    SweepOptions(method: .enumerate, implementation: kernels.name, team: team))
}

/// The whole grid of the baselines.
let baselineGrid = #"""
  {"axes": {"n_layers": {"from": 1, "to": 200, "step": 1}, "d_model": {"from": 64, "to": 32000, "step": 64},
   "sequence_length": {"from": 64, "to": 32000, "step": 64}}, "constraints": {"aspect_ratio": "64...160"}}
  """#

/// The same with ten thousand lengths: 1e9 shapes, so that what a sweep costs once does not show.
let longGrid = baselineGrid.replacing(#"32000, "step": 64}}"#, with: #"640000, "step": 64}}"#)

/// Eight axes of the general form: grouped queries, a gated MLP, mixtures of experts.
let generalGrid = #"""
  {"axes": {"n_layers": {"from": 1, "to": 100, "step": 1}, "d_model": {"from": 512, "to": 8192, "step": 512},
   "head_dim": [64, 128], "n_kv_heads": {"ratio_of": "n_heads", "values": [1, "1/4"]}, "d_ff": [8192, 16384],
   "n_experts": [16, 64], "experts_per_token": [2, 4, 8], "d_expert": [2048], "d_shared": [0, 2048],
   "sequence_length": {"from": 64, "to": 128000, "step": 64}}, "mlp": "gated"}
  """#
let generalShapes = "1.5e8 shapes"

/// The sweep on one thread, each against the instructions of the search from registers.
func sweepJobs(_ kernels: KernelImplementation) throws -> [Job] {
  let alone = try WorkerTeam.forThisMachine(threads: 1)
  return try [
    ("paper's form, 5e7 shapes", baselineGrid, 0.8), ("paper's form, 1e9 shapes", longGrid, 0.8),
    ("general form, \(generalShapes)", generalGrid, 0.6),
  ].map { name, json, promised in
    let search = try gridSearch(json, alone, kernels)
    // Once, to know how many shapes are evaluated: the constraints rule the others out row by row.
    let first = try search.nearest(to: 43_000_000_000)
    try require(first.implementation == kernels.name, name)
    // What it is compared with runs for ten milliseconds, so this does too.
    let times = max(1, 200_000_000 / first.evaluated)
    return Job(
      "sweep to the ten nearest, \(name)", unit: "values", work: Double(times * first.evaluated),
      against: "nearest, from registers", promised: promised
    ) {
      for _ in 0..<times {
        let again = try search.nearest(to: 43_000_000_000)
        try require(again.results == first.results, name)
      }
    }
  }
}

func checkSearch(_ result: SweepResult) throws {
  let shapes = result.results.map { [$0.shape.layers, $0.shape.width, $0.shape.sequenceLength] }
  try require(Array(shapes.prefix(2)) == [[22, 3520, 25152], [33, 3520, 9728]], "sweep to nearest")
}

/// The kernel and the whole sweep on one thread and on all, pinned and not.
struct TeamJobs {
  let kernels: KernelImplementation
  let grid: BaselineGrid
  let alone: WorkerTeam
  let pinned: WorkerTeam
  let free: WorkerTeam

  init(_ kernels: KernelImplementation, _ grid: BaselineGrid) throws {
    self.kernels = kernels
    self.grid = grid
    alone = try .forThisMachine(threads: 1)
    pinned = try .forThisMachine()
    free = try .forThisMachine(pin: false)
  }

  private func nearest(_ name: String, _ team: WorkerTeam, against: String?, promised: Double?) -> Job {
    let best = ColumnBuffer(grid.rows)
    let (grid, kernels) = (grid, kernels)
    // Small enough that the last one, which the others wait for, is nothing beside the work.
    let chunk = 250
    let chunks = (grid.rows + chunk - 1) / chunk
    // Once over the grid is 0.3 ms for two threads: too short beside what waking the second one takes.
    let times = 16
    return Job(
      name, unit: "values", work: Double(times) * grid.values, against: against, promised: promised, clock: .wall,
      check: { try require((0..<grid.rows).contains { best.data[$0] == 355_840 }, name) }
    ) {
      try team.run(chunks: times * chunks) { _, index in
        let from = index % chunks * chunk
        grid.with(grid.m) { all in
          var rows = all
          rows.a += from
          rows.b += from
          rows.count = min(chunk, grid.rows - from)
          kernels.affineNearest(rows, target: 4.3e10, best: best.data + from)
        }
      }
    }
  }

  private func sweep(_ name: String, _ team: WorkerTeam, against: String?, promised: Double?) throws -> Job {
    let search = try gridSearch(longGrid, team, kernels)
    let first = try search.nearest(to: 43_000_000_000)
    return Job(
      name, unit: "shapes", work: Double(search.grid.shapes), against: against, promised: promised, clock: .wall
    ) {
      let again = try search.nearest(to: 43_000_000_000)
      try require(again.results == first.results, name)
    }
  }

  var all: [Job] {
    get throws {
      let many = "\(pinned.workers) threads"
      let double = pinned.workers == 2 ? 1.9 : nil
      return [
        nearest("grid to nearest, 1 thread", alone, against: nil, promised: nil),
        nearest("grid to nearest, \(many)", pinned, against: "grid to nearest, 1 thread", promised: double),
        nearest("grid to nearest, \(many), unpinned", free, against: nil, promised: nil),
        nearest(
          "grid to nearest, \(many), pinned", pinned, against: "grid to nearest, \(many), unpinned", promised: 0.95),
        try sweep("sweep to nearest, 1 thread", alone, against: nil, promised: nil),
        try sweep("sweep to nearest, \(many)", pinned, against: "sweep to nearest, 1 thread", promised: double),
      ]
    }
  }

  /// Pinned and unpinned while another process keeps one of the cores busy.
  var besideAnother: [Job] {
    let many = "\(pinned.workers) threads beside another process"
    return [
      nearest("grid to nearest, \(many), unpinned", free, against: nil, promised: nil),
      nearest(
        "grid to nearest, \(many), pinned", pinned, against: "grid to nearest, \(many), unpinned", promised: 0.95),
    ]
  }
}

/// Another process of this program that keeps one CPU busy until `end`.
final class BusyProcess {
  private let process = Process()
  init() throws {
    guard let path = Bundle.main.executableURL else { throw WorkError("the benchmark does not know its own file") }
    process.executableURL = path
    process.arguments = ["--keep-busy"]
    try process.run()
  }
  func end() {
    process.terminate()
    process.waitUntilExit()
  }

  /// What the other process does: counts, on the last CPU, for at most ten minutes.
  static func keepBusy() throws {
    let machine = try Machine()
    if let last = machine.topology.usable.members.last { _ = machine.bindCurrentThread(to: last) }
    let start = now(.wall)
    while now(.wall) - start < 600 {}
  }
}
