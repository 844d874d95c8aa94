import Isoflop

/// The kernels over columns and the grid to columns, each against the traffic that it cannot avoid.
func columnJobs(_ kernels: KernelImplementation, _ table: Table, _ grid: BaselineGrid) -> [Job] {
  let work = Double(table.rows)
  func check(_ name: String) -> () throws -> Void { { try require(table.holdsThePaperForm(), name) } }
  var jobs: [Job] = []
  for streaming in [false, true] {
    let suffix = streaming ? ", past the caches" : ""
    jobs += [
      Job(
        "columns to columns" + suffix, unit: "rows", work: work, bytes: 48,
        against: "read three, write three" + suffix, promised: streaming ? 0.95 : nil,
        check: check("columns to columns")
      ) {
        try require(table.count(0..<table.rows, kernels, streaming: streaming), "columns to columns")
      },
      Job(
        "grid to columns" + suffix, unit: "rows", work: work, bytes: 24, against: "fill three columns" + suffix,
        promised: streaming ? 0.95 : nil, check: check("grid to columns")
      ) { grid.fill(table, 0..<grid.rows, kernels, streaming: streaming) },
    ]
  }
  jobs.append(
    Job(
      "Int32 columns to columns, past the caches", unit: "rows", work: work, bytes: 36,
      against: "read three Int32, write three, past the caches", promised: 0.95,
      check: check("Int32 columns to columns")
    ) {
      try require(
        table.count(0..<table.rows, kernels, fromInt32: true, streaming: true), "Int32 columns to columns")
    })
  return jobs
}

/// The kernels over a grid that store next to nothing, each against its own instructions from registers.
func searchJobs(_ kernels: KernelImplementation, _ grid: BaselineGrid) -> [Job] {
  let best = ColumnBuffer(grid.rows)
  let planes = BaselinePlanes()
  var jobs: [Job] = [
    Job(
      "planes to nearest", unit: "values", work: grid.values, against: "nearest, from registers", promised: 0.8,
      check: { try require((0..<500).contains { best.data[$0] == 355_840 }, "planes to nearest") }
    ) { kernels.planeNearest(planes.planes, target: 4.3e10, best: best.data) },
    Job(
      "grid to nearest", unit: "values", work: grid.values, against: "nearest, from registers", promised: 0.8,
      check: { try require((0..<grid.rows).contains { best.data[$0] == 355_840 }, "grid to nearest") }
    ) {
      grid.with(grid.m) { kernels.affineNearest($0, target: 4.3e10, best: best.data) }
    },
    Job("grid to count", unit: "values", work: grid.values, against: "count, from registers") {
      let all = grid.with(grid.m) { kernels.affineCount($0, from: 0, to: 0x1p53) }
      try require(Double(all) == grid.values, "grid to count")
    },
    Job("grid to summary", unit: "values", work: grid.values, against: "range, from registers") {
      let summary = grid.with(grid.m) { kernels.affineSummary($0) }
      try require(summary?.minimum == 72 * 64 * 64 + 12 * 64 * 64, "grid to summary")
    },
  ]
  if let bins = HistogramBins(logarithmic: 100, from: 1e6, to: 1e15) {
    jobs.append(
      Job("grid to histogram over log M", unit: "values", work: grid.values, against: "histogram, from registers") {
        var counts = [Int](repeating: 0, count: bins.edges.count + 1)
        grid.with(grid.m) { kernels.affineHistogram($0, bins: bins, counts: &counts) }
        try require(Double(counts.reduce(0, +)) == grid.values, "grid to histogram")
      })
  }
  return jobs + [paretoJob(kernels, grid)]
}

/// M against 6N2, both to be small: the screen with a front of a thousand points.
private func paretoJob(_ kernels: KernelImplementation, _ grid: BaselineGrid) -> Job {
  let points = stride(from: 0, to: grid.rows, by: grid.rows / 1000 + 1).map { row in
    (first: grid.m.a[row] + grid.m.b[row] * grid.sequence[0], second: grid.n2.a[row] * 0.5)
  }
  let front = ParetoStaircase(points: points, from: 1e6, to: 1e15)
  let capacity = 1 << 16
  let row = UnsafeMutablePointer<Int>.allocate(capacity: capacity)
  let index = UnsafeMutablePointer<Int>.allocate(capacity: capacity)
  return Job("grid against a Pareto front", unit: "values", work: grid.values, against: "Pareto front, from registers")
  {
    var done = 0
    while done < grid.rows {
      done += grid.with(grid.m) { first in
        grid.with(grid.n2) { second in
          var rest = first
          rest.a += done
          rest.b += done
          rest.count -= done
          return kernels.paretoScreen(
            rest, secondA: second.a + done, secondB: second.b + done, front: front, row: row, index: index,
            capacity: capacity
          ).rows
        }
      }
    }
  }
}

/// The general form and the elementary functions over columns that stay in the caches.
func cachedJobs(_ kernels: KernelImplementation) -> [Job] {
  let n = 4096
  let input = (0..<13).map { _ in ColumnBuffer(n) }
  let output = (0..<4).map { _ in ColumnBuffer(n) }
  let values = [32, 4096, 32, 128, 8, 14336, 64, 6, 1408, 2816, 102400, 4096].map(Double.init)
  for row in 0..<n {
    for axis in 0..<12 { input[axis].data[row] = values[axis] + Double(row % 8) }
    input[12].data[row] = -20 + 0.01 * Double(row)
  }
  let repeats = 500
  let work = Double(n * repeats)
  return [
    Job("general form over twelve columns, in cache", unit: "rows", work: work) {
      for _ in 0..<repeats {
        let top = kernels.generalColumns(
          (0..<12).map { .column(input[$0].data) }, form: GeneralForm(denseLayers: 1), count: n,
          into: GeneralOutputs(
            m: output[0].data, parameters: output[1].data, activeParameters: output[2].data,
            kvElements: output[3].data))
        try require(top < KernelImplementation.exactLimit, "general form")
      }
    },
    Job("exp, in cache", unit: "values", work: work) {
      for _ in 0..<repeats { kernels.exp(input[12].data, into: output[0].data, count: n) }
    },
    Job("log, in cache", unit: "values", work: work) {
      for _ in 0..<repeats { kernels.log(input[0].data, into: output[0].data, count: n) }
    },
    Job("parametric loss, in cache", unit: "values", work: work) {
      for _ in 0..<repeats {
        kernels.parametricLoss(
          lnN: input[12].data, lnD: input[12].data, count: n, logA: 6, alpha: 0.34, logB: 6, beta: 0.28, e: 1.7,
          loss: output[0].data)
      }
    },
  ]
}

/// Doubles aligned to a cache line.
final class ColumnBuffer: @unchecked Sendable {
  // SAFETY: a constant pointer; one job at a time uses what it points to.
  let data: UnsafeMutablePointer<Double>
  private let memory: UnsafeMutableRawPointer
  init(_ count: Int) {
    memory = .allocate(byteCount: count * 8, alignment: 64)
    data = memory.bindMemory(to: Double.self, capacity: count)
    data.initialize(repeating: 1, count: count)
  }
  deinit { memory.deallocate() }
}
