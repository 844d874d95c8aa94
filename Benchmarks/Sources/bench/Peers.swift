import Foundation
import Isoflop

/// Another program that computes the same: a process that is told a task by line and answers with its seconds and its
/// result (peers/common.py).
final class Peer {
  let name: String
  /// By task, how many times faster isoflop promises to be.
  let promised: [String: Double]
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var pending = [UInt8]()

  /// nil when the program cannot be run here (not installed).
  init?(_ name: String, _ command: [String], promised: [String: Double] = [:]) {
    self.name = name
    self.promised = promised
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    // As the published baselines are run: threads that have nothing to do sleep, and do not slow down who comes next.
    process.environment = ProcessInfo.processInfo.environment.merging(["OMP_WAIT_POLICY": "passive"]) { $1 }
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    do { try process.run() } catch { return nil }
    guard line() == "ready" else {
      end()
      return nil
    }
  }

  func end() {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  private func line() -> String? {
    while true {
      if let end = pending.firstIndex(of: 10) {
        let text = String(decoding: pending[..<end], as: UTF8.self)
        pending.removeSubrange(...end)
        return text
      }
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { return nil }
      pending += more
    }
  }

  /// Does a task once: its seconds and its answer.
  func run(_ task: String) throws -> (seconds: Double, answer: JSON) {
    try input.fileHandleForWriting.write(contentsOf: Data((task + "\n").utf8))
    guard let text = line(), let reply = try JSON(parsing: Array(text.utf8)).object, let answer = reply["answer"],
      let seconds = reply["seconds"]?.double
    else { throw WorkError("the peer \(name) stopped answering") }
    return (seconds, answer)
  }

  /// The peers of the folder that run here, with this many threads.
  static func all(in folder: String, python: String, threads: Int, temporary: String) -> [Peer] {
    var list: [Peer?] = [
      Peer(
        "NumPy, as usually written", [python, "\(folder)/numpy_usual.py", "\(threads)"],
        promised: ["columns": 5, "search": 100]),
      Peer(
        "numba, parallel loops", [python, "\(folder)/numba_parallel.py", "\(threads)"],
        promised: ["columns": 1, "grid": 1, "search": 2.5]),
      Peer("JAX, jit", [python, "\(folder)/jax_jit.py", "\(threads)"]),
      Peer("polars", [python, "\(folder)/polars_eager.py", "\(threads)"]),
    ]
    for (name, flags) in [("C, -O3 -march=native", []), ("C by hand, AVX2", ["-DBY_HAND"])] {
      guard let program = compiled("\(folder)/plain_c.c", flags, "\(temporary)/c\(list.count)") else { continue }
      list.append(
        Peer(
          name, ["OMP_NUM_THREADS=\(threads)", program], promised: ["columns": flags.isEmpty ? 1 : 0.97, "grid": 1]))
    }
    return list.compactMap { $0 }
  }

  /// A C peer made by the first compiler that can, with OpenMP.
  private static func compiled(_ source: String, _ flags: [String], _ program: String) -> String? {
    for compiler in ["gcc", "cc", "clang"] {
      let make = Process()
      make.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      make.arguments = [compiler, "-O3", "-march=native", "-fopenmp"] + flags + ["-o", program, source, "-lm"]
      make.standardError = FileHandle.nullDevice
      guard (try? make.run()) != nil else { continue }
      make.waitUntilExit()
      if make.terminationStatus == 0 { return program }
    }
    return nil
  }
}

/// The three tasks, by isoflop on all threads and by every peer. A peer's ratio says how many times faster isoflop is.
func peerJobs(
  _ peers: [Peer], _ kernels: KernelImplementation, _ table: Table, _ grid: BaselineGrid, _ team: WorkerTeam
) throws -> [Job] {
  let rows = Double(table.rows)
  let search = try gridSearch(baselineGrid, team, kernels)
  let shapes = Double(search.grid.shapes)
  let sum = grid.checksum
  var jobs: [Job] = [
    Job(
      "columns: isoflop", unit: "rows", work: rows, clock: .wall,
      check: { try require(table.checksum == sum, "columns") }
    ) { try table.count(team, kernels) },
    Job(
      "grid: isoflop", unit: "rows", work: rows, clock: .wall, check: { try require(table.checksum == sum, "grid") }
    ) {
      try team.run(chunks: grid.rows / Table.steps) { _, chunk in
        grid.fill(table, chunk * Table.steps..<(chunk + 1) * Table.steps, kernels, streaming: true)
      }
    },
    Job("search: isoflop", unit: "shapes", work: shapes, clock: .wall) {
      try checkSearch(search.nearest(to: 43_000_000_000))
    },
  ]
  for peer in peers {
    for task in ["columns", "grid", "search"] {
      let isSearch = task == "search"
      let expected: JSON = isSearch ? [355_840, 22, 3520, 25152] : .integer(sum)
      var job = Job(
        "\(task): \(peer.name)", unit: isSearch ? "shapes" : "rows", work: isSearch ? shapes : rows,
        against: "\(task): isoflop", promised: peer.promised[task], clock: .wall
      ) {}
      job.timed = {
        let (seconds, answer) = try peer.run(task)
        try require(answer == expected, "\(task): \(peer.name)")
        return seconds
      }
      job.isPeer = true
      jobs.append(job)
    }
  }
  return jobs
}
