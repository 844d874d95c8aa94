import Architectures
import Input
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
  /// Writes every feasible shape of the grid, in the order of the axes that it names, to a `.csv` or `.npy` file, in constant memory.
  ///
  /// The file is written beside its name and renamed when complete. After a kill, `resume` goes on where the last
  /// second or so of work began, and ends with the same bytes.
  ///
  /// - Throws: `InputError` for a path or shard that cannot be, `WorkError` where the disk is full.
  public func writeTable(to path: String, shard: Shard? = nil, resume: Bool = false) throws -> TableResult {
    let clock = ContinuousClock()
    let start = clock.now
    let layout = TableLayout(grid, try TableFormat(path: path))
    let plan = try GridPlan(grid, rowAxes: 0)
    let units = plan.units
    let part = shard?.part(of: units) ?? 0..<units
    let identity = "\(grid.fingerprint) \(layout.format.rawValue) \(part)"
    let file = try TableFile(path, identity: identity, header: layout.header(rows: 0), resume: resume)
    var visitor = TableVisitor(plan, layout, file, options.cancellation)
    var walk = GridWalk(plan)
    var recorded = clock.now
    var unit = max(file.mark.unit, part.lowerBound)
    let first = unit
    while unit < part.upperBound, options.cancellation?.isCancelled != true {
      let (place, second) = plan.unit(unit)
      walk.run(place, second: second, &visitor)
      if let error = visitor.error { throw error }
      if visitor.wasCut { break }
      unit += 1
      if unit & 63 == 0 || visitor.buffer.count > 1 << 18, clock.now - recorded > .milliseconds(500) {
        try visitor.flush()
        try file.record(unit: unit, rows: visitor.rows)
        recorded = clock.now
        let seconds = (clock.now - start).seconds
        let share = Double(grid.shapes) / Double(max(1, units))
        options.progress?(
          SweepProgress(
            done: Int(Double(unit - part.lowerBound) * share), total: Int(Double(part.count) * share),
            rate: Double(unit - first) * share / max(seconds, 1e-9)))
      }
    }
    let isPartial = unit < part.upperBound
    if !visitor.wasCut { try visitor.flush() }
    if isPartial {
      // Rows of a unit that was cut short are left to be written again.
      if !visitor.wasCut { try file.record(unit: unit, rows: visitor.rows) }
    } else {
      try file.finish(header: layout.header(rows: visitor.rows))
    }
    return TableResult(
      path: path, rows: isPartial ? file.mark.rows : visitor.rows, bytes: file.mark.bytes, columns: layout.names,
      seconds: (clock.now - start).seconds, isPartial: isPartial)
  }
}

/// Turns rows into bytes and writes them in blocks.
private struct TableVisitor: RowVisitor {
  let plan: GridPlan
  let layout: TableLayout
  let file: TableFile
  var rows: Int
  var buffer: [UInt8] = []
  var error: (any Error)?
  /// Cancelled in the middle of a unit.
  var wasCut = false
  let cancellation: CancellationFlag?

  static let block = 1 << 20

  init(_ plan: GridPlan, _ layout: TableLayout, _ file: TableFile, _ cancellation: CancellationFlag?) {
    self.cancellation = cancellation
    self.plan = plan
    self.layout = layout
    self.file = file
    rows = file.mark.rows
    buffer.reserveCapacity(Self.block + 4096)
  }

  var isFinished: Bool { error != nil || wasCut }
  var window: (form: Form, low: Int, high: Int)? { nil }
  func wants(_ range: SizeRange) -> Bool { true }

  mutating func visit(_ walk: borrowing GridWalk) {
    layout.append(walk.box(), walk.sizes, plan.conventions, to: &buffer)
    rows += 1
    if buffer.count >= Self.block {
      do {
        try flush()
      } catch {
        self.error = error
      }
      wasCut = cancellation?.isCancelled == true
    }
  }

  mutating func flush() throws {
    try file.write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}

extension GridPlan {
  /// Pieces of work in the order of the rows: every place of the first two levels.
  var units: Int { (levels.first?.choice.count ?? 1) * (levels.count > 1 ? levels[1].choice.count : 1) }

  /// The places of the first and second level that a unit stands for.
  func unit(_ index: Int) -> (first: Range<Int>, second: Range<Int>) {
    let seconds = levels.count > 1 ? levels[1].choice.count : 1
    let (first, second) = index.quotientAndRemainder(dividingBy: seconds)
    return (first..<first + 1, levels.count > 1 ? second..<second + 1 : 0..<Int.max)
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
