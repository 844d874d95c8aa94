import CLimits
import Isoflop

/// The limits of this machine with the vectors of one implementation.
func limitTable(_ kernels: KernelImplementation) throws -> isoflop_limits {
  var count: Int32 = 0
  let list = isoflop_all_limits(&count)
  // SAFETY: `list` has `count` entries, pointers to constants.
  let all = UnsafeBufferPointer(start: list, count: Int(count)).compactMap { $0?.pointee }
  guard let table = all.first(where: { String(cString: $0.name) == kernels.name }) else {
    throw WorkError("the benchmarks have no limits for \(kernels.name)")
  }
  return table
}

/// Memory traffic without arithmetic, in the same columns that the kernels use.
func memoryLimits(_ t: isoflop_limits, _ table: Table) -> [Job] {
  let rows = Int64(table.rows)
  let columns = (0..<6).map { table.arena.column($0) }
  let integers = (0..<3).map { UnsafePointer<Int32>?(table.integers.column($0, as: Int32.self)) }
  let inputs = columns[0..<3].map { UnsafePointer<Double>?($0) }
  let outputs = columns[3..<6].map { UnsafeMutablePointer<Double>?($0) }
  let width = Double(table.rows)
  var jobs = [Job("read", unit: "values", work: width, bytes: 8) { _ = t.read(columns[0], rows) }]
  for past in [false, true] {
    let suffix = past ? ", past the caches" : ""
    jobs += [
      Job("copy" + suffix, unit: "values", work: width, bytes: 16) { t.copy(columns[0], columns[3], rows, past) },
      Job("triad" + suffix, unit: "values", work: width, bytes: 24) {
        t.triad(columns[0], columns[1], columns[3], rows, past)
      },
      Job("fill three columns" + suffix, unit: "rows", work: width, bytes: 24) {
        for column in 3..<6 { t.fill(columns[column], rows, past) }
      },
      Job("read three, write three" + suffix, unit: "rows", work: width, bytes: 48) {
        t.three(inputs, outputs, rows, past)
      },
    ]
  }
  jobs.append(
    Job("read three Int32, write three, past the caches", unit: "rows", work: width, bytes: 36) {
      t.three_i32(integers, outputs, rows, true)
    })
  return jobs
}

/// Arithmetic without memory traffic: the peak, and the instructions of each search from registers.
func arithmeticLimits(_ t: isoflop_limits) -> [Job] {
  let vectors: Int64 = 24_000_000
  let lanes = Double(vectors) * Double(t.lanes)
  return [
    Job("multiply-add", unit: "values", work: lanes) { _ = t.multiply_add(vectors) },
    Job("nearest, from registers", unit: "values", work: lanes) { _ = t.nearest(vectors) },
    Job("count, from registers", unit: "values", work: lanes) { _ = t.count(vectors) },
    Job("range, from registers", unit: "values", work: lanes) { _ = t.range(vectors) },
    Job("histogram, from registers", unit: "values", work: lanes / 10) { _ = t.bins(vectors / 10) },
    Job("Pareto front, from registers", unit: "values", work: lanes / 4) { _ = t.screen(vectors / 4) },
  ]
}
