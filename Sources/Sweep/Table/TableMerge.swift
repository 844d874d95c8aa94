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
    let layout = TableLayout(grid, try TableFormat(path: path))
    // Rows are in the order of the levels, so the first row of a table says where it belongs.
    let order = try planned(rowAxes: 0).levels.compactMap { level in layout.axes.firstIndex { $0.index == level.axis } }
    return try TableMerge(
      format: layout.format, columns: layout.names, longestRow: layout.longestRow, header: layout.header,
      keyOfText: { text in
        let cells = text.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = cells.compactMap { Int($0) }
        return numbers.count == layout.columns && cells.count == numbers.count ? order.map { numbers[$0] } : nil
      }, keyOfIntegers: { row in order.map { row[$0] } }
    ).join(paths, to: path)
  }
}

/// How the tables of shards become one.
struct TableMerge {
  let format: TableFormat
  let columns: [String]
  let longestRow: Int
  /// What comes before so many rows.
  let header: (Int) -> [UInt8]
  /// Where a row belongs: keys of a whole table ascend. nil for what is no row.
  let keyOfText: (String) -> [Int]?
  let keyOfIntegers: ([Int]) -> [Int]

  func join(_ paths: [String], to path: String) throws -> TableResult {
    let clock = ContinuousClock()
    let start = clock.now
    var pieces = try paths.map { try TablePiece($0, self) }.filter { $0.rows > 0 }
    pieces.sort { $0.first.lexicographicallyPrecedes($1.first) }
    for (piece, next) in zip(pieces, pieces.dropFirst()) where !piece.last.lexicographicallyPrecedes(next.first) {
      throw InputError("holds rows that \(piece.path) holds too", file: next.path, hint: "give every shard once")
    }
    let rows = pieces.reduce(0) { $0 + $1.rows }
    let file = try TableFile(path, identity: "merge", header: header(0), resume: false)
    for piece in pieces { try piece.forEachBlock { try file.write($0) } }
    try file.finish(header: header(rows))
    return TableResult(
      path: path, rows: rows, bytes: file.mark.bytes, columns: columns, seconds: (clock.now - start).seconds,
      isPartial: false)
  }
}

/// The table of one shard, as found on disk.
private struct TablePiece {
  let path: String
  var rows = 0
  /// The keys of its first row and its last.
  var first: [Int] = []
  var last: [Int] = []
  private let body: Range<Int>

  init(_ path: String, _ table: TableMerge) throws {
    self.path = path
    let source = try Source(path)
    let header = table.header(0)
    guard try TableFormat(path: path) == table.format, source.size >= header.count else {
      throw InputError("is not a table of this grid", file: path, hint: "its format and columns must be the same")
    }
    body = header.count..<source.size
    let found = try source.read(0..<header.count)
    switch table.format {
    case .csv:
      guard found == header else { throw InputError("has other columns than this grid", file: path) }
      try readCSV(source, table)
    case .npy:
      let width = 8 * table.columns.count
      rows = body.count / width
      guard found == table.header(rows), body.count % width == 0 else {
        throw InputError("has other columns than this grid, or is cut short", file: path)
      }
      if rows > 0 {
        first = table.keyOfIntegers(
          Self.integers(try source.read(body.lowerBound..<body.lowerBound + width)))
        last = table.keyOfIntegers(Self.integers(try source.read(body.upperBound - width..<body.upperBound)))
      }
    }
  }

  private mutating func readCSV(_ source: Source, _ table: TableMerge) throws {
    if body.isEmpty { return }
    let longest = table.longestRow + 1
    let head = try source.read(body.lowerBound..<min(body.upperBound, body.lowerBound + longest))
    let tail = try source.read(max(body.lowerBound, body.upperBound - longest)..<body.upperBound)
    guard tail.last == 0x0A else { throw InputError("is cut short", file: path) }
    first = try key(head.prefix { $0 != 0x0A }, table)
    last = try key(tail.dropLast().suffix(while: { $0 != 0x0A }), table)
    var count = 0
    try forEachBlock { block in count += block.count { $0 == 0x0A } }
    rows = count
  }

  private func key(_ line: some Sequence<UInt8>, _ table: TableMerge) throws -> [Int] {
    let text = String(decoding: Array(line), as: UTF8.self)
    guard let key = table.keyOfText(text) else {
      throw InputError("has a row that is none of this grid", file: path, value: text)
    }
    return key
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
