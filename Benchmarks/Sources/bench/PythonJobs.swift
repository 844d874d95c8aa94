import Foundation
import Isoflop

/// Columns to columns by the Swift library and by the Python package, in the same rounds: M, 6N1 and 6N2 of 10,000,000
/// rows from L, d and S, checked and exact, on all threads. Each in a process of its own, asked in the same way.
final class PythonJobs {
  private let swift: Peer
  private let python: Peer
  private let rows = ColumnServer.layers * Table.rowsPerLayer
  private let sum = BaselineGrid(layers: ColumnServer.layers, constrained: false).checksum

  /// nil where the package cannot be imported.
  init?(_ options: Options, threads: Int) throws {
    guard let python = Peer("Python", [options.python, "\(options.peers)/isoflop_python.py", "\(threads)"]) else {
      return nil
    }
    guard let program = Bundle.main.executablePath, let swift = Peer("Swift", [program, "--serve-columns"]) else {
      throw WorkError("this program cannot run itself")
    }
    (self.swift, self.python) = (swift, python)
  }

  func end() {
    swift.end()
    python.end()
  }

  func all() -> [Job] {
    ["doubles", "integers"].flatMap { type in
      [
        asked(swift, type, "\(type): Swift"),
        asked(python, "out, \(type)", "\(type): Python, out=", against: "\(type): Swift", promised: 0.95),
        asked(python, "new, \(type)", "\(type): Python, new arrays", against: "\(type): Swift", promised: 0.95),
        usual(type),
      ]
    }
  }

  private func asked(
    _ peer: Peer, _ task: String, _ name: String, against: String? = nil, promised: Double? = nil,
    calls: Int = ColumnServer.counted
  ) -> Job {
    var job = Job(
      name, unit: "rows", work: Double(calls * rows), against: against, promised: promised, clock: .wall
    ) {}
    job.timed = { [sum] in
      let (seconds, answer) = try peer.run(task)
      try require(answer == .integer(sum), name)
      return seconds
    }
    return job
  }

  private func usual(_ type: String) -> Job {
    var job = asked(
      python, "NumPy, \(type)", "\(type): NumPy, as usually written", against: "\(type): Python, new arrays",
      promised: 5, calls: 1)
    job.isPeer = true
    return job
  }
}
