import Architectures
import Input

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension GridSearch {
  /// Joins the tables of shards, given in any order, into the table that one run would have written.
  ///
  /// - Throws: `InputError` where a file is not a table of this grid, or two hold the same rows.
  public func mergeTables(_ paths: [String], to path: String) throws -> TableResult {
    let clock = ContinuousClock()
    let start = clock.now
    let layout = TableLayout(grid, try TableFormat(path: path))
    let plan = try planned(rowAxes: 0)
    // Rows are in the order of the levels, so the first row of a table says where it belongs.
    let order = plan.levels.compactMap { level in layout.axes.firstIndex { $0.index == level.axis } }
    var pieces = try paths.map { try TablePiece($0, layout) }.filter { $0.rows > 0 }
    func key(_ row: [Int]) -> [Int] { order.map { row[$0] } }
    pieces.sort { key($0.firstRow).lexicographicallyPrecedes(key($1.firstRow)) }
    for (piece, next) in zip(pieces, pieces.dropFirst())
    where !key(piece.lastRow).lexicographicallyPrecedes(key(next.firstRow)) {
      throw InputError("holds rows that \(piece.path) holds too", file: next.path, hint: "give every shard once")
    }
    let rows = pieces.reduce(0) { $0 + $1.rows }
    let file = try TableFile(path, identity: "merge", header: layout.header(rows: 0), resume: false)
    for piece in pieces { try piece.forEachBlock { try file.write($0) } }
    try file.finish(header: layout.header(rows: rows))
    return TableResult(
      path: path, rows: rows, bytes: file.mark.bytes, columns: layout.names, seconds: (clock.now - start).seconds,
      isPartial: false)
  }
}

/// The table of one shard, as found on disk.
private struct TablePiece {
  let path: String
  var rows = 0
  var firstRow: [Int] = []
  var lastRow: [Int] = []
  private let body: Range<Int>

  init(_ path: String, _ layout: TableLayout) throws {
    self.path = path
    let source = try Source(path)
    let header = layout.header(rows: 0)
    guard try TableFormat(path: path) == layout.format, source.size >= header.count else {
      throw InputError("is not a table of this grid", file: path, hint: "its format and columns must be the same")
    }
    body = header.count..<source.size
    let found = try source.read(0..<header.count)
    switch layout.format {
    case .csv:
      guard found == header else { throw InputError("has other columns than this grid", file: path) }
      try readCSV(source, layout)
    case .npy:
      let width = 8 * layout.columns
      rows = body.count / width
      guard found == layout.header(rows: rows), body.count % width == 0 else {
        throw InputError("has other columns than this grid, or is cut short", file: path)
      }
      if rows > 0 {
        firstRow = Self.integers(try source.read(body.lowerBound..<body.lowerBound + width))
        lastRow = Self.integers(try source.read(body.upperBound - width..<body.upperBound))
      }
    }
  }

  private mutating func readCSV(_ source: Source, _ layout: TableLayout) throws {
    if body.isEmpty { return }
    let longest = 32 * layout.columns
    let head = try source.read(body.lowerBound..<min(body.upperBound, body.lowerBound + longest))
    let tail = try source.read(max(body.lowerBound, body.upperBound - longest)..<body.upperBound)
    guard tail.last == 0x0A else { throw InputError("is cut short", file: path) }
    firstRow = try numbers(head.prefix { $0 != 0x0A }, layout)
    lastRow = try numbers(tail.dropLast().suffix(while: { $0 != 0x0A }), layout)
    var count = 0
    try forEachBlock { block in count += block.count { $0 == 0x0A } }
    rows = count
  }

  private func numbers(_ line: some Sequence<UInt8>, _ layout: TableLayout) throws -> [Int] {
    let text = String(decoding: Array(line), as: UTF8.self)
    let values = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    let known = values.compactMap { $0 }
    guard known.count == layout.columns, values.count == layout.columns else {
      throw InputError("has a row that is not \(layout.columns) integers", file: path, value: text)
    }
    return known
  }

  private static func integers(_ bytes: [UInt8]) -> [Int] {
    stride(from: 0, to: bytes.count, by: 8).map { start in
      (0..<8).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
    }
  }

  /// The rows, as bytes, a block at a time.
  func forEachBlock(_ use: ([UInt8]) throws -> Void) throws {
    let source = try Source(path)
    var from = body.lowerBound
    while from < body.upperBound {
      let to = min(body.upperBound, from + 1 << 20)
      try use(source.read(from..<to))
      from = to
    }
  }

  /// A file that is read in places.
  private final class Source {
    let path: String
    let size: Int
    private let descriptor: Int32

    init(_ path: String) throws {
      self.path = path
      descriptor = open(path, O_RDONLY)
      var status = stat()
      guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
        throw InputError("cannot be read: \(systemError())", file: path)
      }
      size = Int(status.st_size)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func read(_ range: Range<Int>) throws -> [UInt8] {
      var bytes = [UInt8](repeating: 0, count: range.count)
      var done = 0
      while done < bytes.count {
        // SAFETY: the buffer has `range.count` bytes, of which those from `done` on may be written.
        let got = bytes.withUnsafeMutableBytes { buffer in
          buffer.baseAddress.map { pread(descriptor, $0 + done, range.count - done, off_t(range.lowerBound + done)) }
            ?? 0
        }
        if got < 0, errno == EINTR { continue }
        guard got > 0 else {
          throw InputError("cannot be read: \(got == 0 ? "it ends early" : systemError())", file: path)
        }
        done += got
      }
      return bytes
    }
  }
}

extension BidirectionalCollection {
  /// The longest end of which every element satisfies the condition.
  fileprivate func suffix(while condition: (Element) -> Bool) -> SubSequence {
    var start = endIndex
    while start > startIndex, condition(self[index(before: start)]) { formIndex(before: &start) }
    return self[start...]
  }
}
