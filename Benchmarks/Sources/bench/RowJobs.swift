import Foundation
import Isoflop

/// Every row of a grid to a file, against a program that writes as many bytes of nothing to the same disk. All end when the
/// disk says that it has them.
struct RowJobs {
  let folder: URL
  let search: GridSearch

  /// 4,000,000 rows.
  static let grid = #"""
    {"axes": {"n_layers": {"from": 1, "to": 64, "step": 1}, "d_model": {"from": 64, "to": 16000, "step": 64},
     "sequence_length": {"from": 64, "to": 16000, "step": 64}}}
    """#

  init(_ kernels: KernelImplementation, _ team: WorkerTeam) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("isoflop-rows-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    search = try gridSearch(Self.grid, team, kernels)
  }

  func end() { try? FileManager.default.removeItem(at: folder) }

  func jobs() throws -> [Job] {
    var jobs: [Job] = []
    for format in ["npy", "csv"] {
      let path = folder.appendingPathComponent("rows.\(format)").path
      let plain = folder.appendingPathComponent("plain.\(format)").path
      let first = try search.writeTable(to: path)
      let (rows, bytes) = (Double(first.rows), first.bytes)
      let perRow = Double(bytes) / rows
      jobs += [
        Job("as many bytes as .\(format), written plainly", unit: "rows", work: rows, bytes: perRow, clock: .wall) {
          try writePlainly(plain, bytes)
        },
        Job(
          "every row to .\(format)", unit: "rows", work: rows, bytes: perRow,
          against: "as many bytes as .\(format), written plainly", clock: .wall
        ) {
          let again = try search.writeTable(to: path)
          try require(again.rows == first.rows && again.bytes == bytes, "every row to .\(format)")
        },
      ]
    }
    return jobs
  }

  /// A megabyte at a time, then waits for the disk.
  private func writePlainly(_ path: String, _ count: Int) throws {
    let block = [UInt8](repeating: 65, count: 1 << 20)
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard file >= 0 else { throw WorkError("\(path) cannot be written") }
    defer { close(file) }
    var done = 0
    while done < count {
      let written = write(file, block, min(block.count, count - done))
      guard written > 0 else { throw WorkError("\(path) cannot be written") }
      done += written
    }
    guard fsync(file) == 0 else { throw WorkError("\(path) cannot be written") }
  }
}
