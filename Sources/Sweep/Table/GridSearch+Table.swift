import Architectures
import Input
import Synchronization
import Topology

/// One of several equal shares of the work: `index` from 1 to `count`.
public struct Shard: Sendable, Equatable {
  public let index: Int
  public let count: Int

  /// - Throws: `InputError` for an index out of 1...count.
  public init(_ index: Int, of count: Int) throws {
    guard count >= 1, count <= 1 << 20, (1...count).contains(index) else {
      throw InputError(
        "is not a share of the work", field: "shard", value: "\(index)/\(count)", hint: "from 1/n to n/n")
    }
    self.index = index
    self.count = count
  }

  /// Reads `i/n`.
  public init(_ text: String) throws {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1] else {
      throw InputError("is not a share of the work", field: "shard", value: text, hint: "as in 1/4")
    }
    try self.init(index, of: count)
  }

  /// This share of `total` places, all shares together without gap or overlap.
  public func part(of total: Int) -> Range<Int> {
    func edge(_ share: Int) -> Int { Int(Int128(total) * Int128(share) / Int128(count)) }
    return edge(index - 1)..<edge(index)
  }
}

/// What became of writing a table.
public struct TableResult: Sendable, Equatable {
  public var path: String
  public var rows: Int
  public var bytes: Int
  public var columns: [String]
  public var seconds: Double
  /// Cancelled: the file is still beside its name, and `resume` goes on with it.
  public var isPartial: Bool

  public var json: JSON {
    [
      "path": .string(path), "rows": .integer(rows), "bytes": .integer(bytes),
      "columns": .array(columns.map { .string($0) }), "seconds": .number(seconds), "partial": .bool(isPartial),
    ]
  }
}

extension GridSearch {
  /// Writes every feasible shape of the grid, in the order of the axes that it names, to a `.csv` or `.npy` file, in
  /// constant memory: one worker writes what all have made ready while the others make what comes next.
  ///
  /// The file is written beside its name and renamed when complete. After a kill, `resume` goes on where the last
  /// second or so of work began, and ends with the same bytes.
  ///
  /// - Throws: `InputError` for a path or shard that cannot be, `WorkError` where the disk is full.
  public func writeTable(to path: String, shard: Shard? = nil, resume: Bool = false) throws -> TableResult {
    let clock = ContinuousClock()
    let start = clock.now
    let layout = TableLayout(grid, try TableFormat(path: path))
    let plan = try TableUnits.plan(self)
    let units = TableUnits(plan)
    let part = shard?.part(of: units.count) ?? 0..<units.count
    let identity = "\(grid.fingerprint) \(layout.format.rawValue) \(part) of \(units.count)"
    let file = try TableFile(path, identity: identity, header: layout.header(rows: 0), resume: resume)
    let team: WorkerTeam? =
      grid.shapes >= Self.worthTableThreads || options.team != nil
      ? try options.team ?? .forThisMachine(threads: options.threads, pin: options.pin) : nil
    let room = TableRoom(layout, units)
    let turn = 16 * (team?.workers ?? 1) * units.block
    let first = max(file.mark.unit, part.lowerBound)
    var (next, rows, ready) = (first, file.mark.rows, [TableBlock]())
    var (recorded, reported) = (clock.now, clock.now)
    while next < part.upperBound, options.cancellation?.isCancelled != true {
      let window = next..<min(part.upperBound, next + turn)
      let blocks = (window.count + units.block - 1) / units.block
      let made = Mutex([TableBlock?](repeating: nil, count: blocks))
      let isDue = !ready.isEmpty && clock.now - recorded > .milliseconds(500)
      let total = rows + ready.reduce(0) { $0 + $1.rows }
      // SAFETY: one chunk of a run has the file, and runs follow each other.
      nonisolated(unsafe) let file = file
      let body: @Sendable (Int) throws -> Void = { [ready] chunk in
        if chunk == 0 {
          for block in ready { try file.write(block.bytes) }
          file.startWriting()
          if isDue { try file.record(unit: window.lowerBound, rows: total) }
          return
        }
        let from = window.lowerBound + (chunk - 1) * units.block
        let block = TableBlock(plan, layout, units, from..<min(from + units.block, window.upperBound), in: room)
        made.withLock { $0[chunk - 1] = block }
      }
      if let team {
        try team.run(chunks: blocks + 1) { _, chunk in try body(chunk) }
      } else {
        for chunk in 0...blocks { try body(chunk) }
      }
      (next, rows, ready) = (window.upperBound, total, made.withLock { $0.compactMap(\.self) })
      if isDue { recorded = clock.now }
      if clock.now - reported > .milliseconds(100) {
        reported = clock.now
        report(next - part.lowerBound, of: part.count, from: first - part.lowerBound, units, reported - start)
      }
    }
    for block in ready {
      try file.write(block.bytes)
      rows += block.rows
    }
    let isPartial = next < part.upperBound
    if isPartial {
      try file.record(unit: next, rows: rows)
    } else {
      try file.finish(header: layout.header(rows: rows))
    }
    return TableResult(
      path: path, rows: rows, bytes: file.mark.bytes, columns: layout.names, seconds: (clock.now - start).seconds,
      isPartial: isPartial)
  }

  /// Grids with fewer shapes than this are written before threads would be awake.
  private static let worthTableThreads = 200_000

  private func report(_ done: Int, of count: Int, from first: Int, _ units: TableUnits, _ time: Duration) {
    let share = Double(grid.shapes) / Double(units.count)
    options.progress?(
      SweepProgress(
        done: Int(Double(done) * share), total: Int(Double(count) * share),
        rate: Double(done - first) * share / max(time.seconds, 1e-9)))
  }
}

extension Grid {
  /// The same for equal grids.
  var fingerprint: String {
    let parts =
      Shape.Axis.allCases.map { "\($0.rawValue)=\(axes[$0].map { "\($0)" } ?? "")" }
      + constraints.map {
        "\($0.quantity.name) \($0.low.map { "\($0)" } ?? "") \($0.high.map { "\($0)" } ?? "") \($0.multipleOf)"
      }
      + ["\(mlp) \(tied) \(denseLayers)"]
    return fnv1a(parts.joined(separator: ";"))
  }
}

/// The FNV-1a hash of a text, in hexadecimal.
func fnv1a(_ text: String) -> String {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
  return String(hash, radix: 16)
}
