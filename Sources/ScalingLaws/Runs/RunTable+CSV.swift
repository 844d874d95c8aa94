import Input

extension RunTable {
  /// Reads a file of runs: CSV with a header, JSON lines, or a JSON array of objects, told apart by the first
  /// character; `-` is standard input.
  ///
  /// - Throws: `InputError` where the file cannot be read or is none of these.
  public static func read(_ path: String) throws -> RunTable {
    try RunTable.parse(readFile(path), source: path)
  }

  public static func parse(_ bytes: [UInt8], source: String) throws -> RunTable {
    var bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    guard bytes.count < Int(UInt32.max) / 2 else {
      throw InputError("is larger than 2 GB", file: source, hint: "keep the columns that the fit needs")
    }
    guard let first = bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) else {
      throw InputError("is empty", file: source, hint: "expected a header line and one line a run")
    }
    do {
      if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { return try parseJSON(bytes, source: source) }
      return try parseCSV(bytes, source: source)
    } catch let error as InputError {
      throw error.from(file: source)
    }
  }

  private static func parseCSV(_ bytes: [UInt8], source: String) throws -> RunTable {
    var scanner = CSVScanner(bytes)
    var header: [CellRange] = []
    var line = 1
    while header.isEmpty, let at = try scanner.record(into: &header) { line = at }
    let columns = header.map { scanner.text($0) }
    try checkHeader(columns, line: line)

    var cells: [CellRange] = []
    var lines: [Int] = []
    var malformed: [SkippedRow] = []
    var record: [CellRange] = []
    while let line = try scanner.record(into: &record) {
      if record.isEmpty { continue }
      guard record.count == columns.count else {
        malformed.append(
          SkippedRow(
            line: line, reason: "has \(Numbers.counted(record.count, "field")) where the header has \(columns.count)"))
        continue
      }
      cells.append(contentsOf: record)
      lines.append(line)
    }
    return RunTable(
      source: source, columns: columns, lines: lines, cells: cells, bytes: scanner.bytes, malformed: malformed)
  }

  private static func checkHeader(_ columns: [String], line: Int) throws {
    if columns.count == 1, let other = [";", "\t"].first(where: { columns[0].contains($0) }) {
      throw InputError(
        "is one column, with \(other == ";" ? "semicolons" : "tabs") in it", field: "header, line \(line)",
        value: columns[0],
        hint: other == ";"
          ? "separate the fields by commas" : "separate the fields by commas: tr '\\t' , < FILE | isoflop fit -")
    }
    if columns.count == 1 {
      throw InputError(
        "is one column: this is not a table of runs", field: "header, line \(line)", value: columns[0],
        hint: "isoflop help runs shows the columns")
    }
    var seen: Set<String> = []
    for column in columns {
      guard seen.insert(column).inserted || column.isEmpty else {
        throw InputError("names a column twice", field: "header, line \(line)", value: column)
      }
    }
    guard columns.contains(where: { !$0.isEmpty && Double($0) == nil }) else {
      throw InputError(
        "has no column names", field: "header, line \(line)", value: columns.joined(separator: ","),
        hint: "the first line names the columns: params_total,tokens,loss")
    }
  }
}

/// RFC 4180 records over bytes: quoted fields may hold commas, doubled quotes and line ends; lines end in LF, CRLF or
/// CR. Written here because line numbers, ragged rows and unclosed quotes have to be reported, at 10^6 rows.
private struct CSVScanner {
  var bytes: [UInt8]
  private let end: Int
  private var at = 0
  private var line = 1

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    end = bytes.count
  }

  func text(_ cell: RunTable.CellRange) -> String {
    String(decoding: bytes[Int(cell.start)..<Int(cell.start + cell.count)], as: UTF8.self)
  }

  /// The next record and the line it begins on; no fields for a blank line; nil at the end.
  mutating func record(into fields: inout [RunTable.CellRange]) throws -> Int? {
    fields.removeAll(keepingCapacity: true)
    guard at < end else { return nil }
    let start = line
    while true {
      let field = try self.field(recordLine: start)
      fields.append(field)
      if at < end, bytes[at] == UInt8(ascii: ",") {
        at += 1
        continue
      }
      endLine()
      if fields.count == 1, field.count == 0 { fields.removeAll(keepingCapacity: true) }
      return start
    }
  }

  private mutating func endLine() {
    guard at < end else { return }
    if bytes[at] == 0x0D, at + 1 < end, bytes[at + 1] == 0x0A { at += 1 }
    at += 1
    line += 1
  }

  private mutating func field(recordLine: Int) throws -> RunTable.CellRange {
    while at < end, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
    if at < end, bytes[at] == UInt8(ascii: "\"") { return try quoted(recordLine: recordLine) }
    let start = at
    while at < end {
      let byte = bytes[at]
      if byte == UInt8(ascii: ",") || byte == 0x0A || byte == 0x0D { break }
      at += 1
    }
    return trimmed(start, at)
  }

  private func trimmed(_ from: Int, _ to: Int) -> RunTable.CellRange {
    var to = to
    while to > from, bytes[to - 1] == 0x20 || bytes[to - 1] == 0x09 { to -= 1 }
    return RunTable.CellRange(start: UInt32(from), count: UInt32(to - from))
  }

  private mutating func quoted(recordLine: Int) throws -> RunTable.CellRange {
    at += 1
    let start = at
    var unescaped: [UInt8]?
    while at < end {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") {
        if at + 1 < end, bytes[at + 1] == byte {
          unescaped = (unescaped ?? Array(bytes[start..<at])) + [byte]
          at += 2
          continue
        }
        let close = at
        at += 1
        while at < end, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
        guard at == end || [UInt8(ascii: ","), 0x0A, 0x0D].contains(bytes[at]) else {
          throw InputError("has text after a closing quote", field: "line \(line)")
        }
        guard let unescaped else { return RunTable.CellRange(start: UInt32(start), count: UInt32(close - start)) }
        // A field with doubled quotes has no place of its own in the file: its text goes behind it.
        let place = bytes.count
        bytes.append(contentsOf: unescaped)
        return RunTable.CellRange(start: UInt32(place), count: UInt32(unescaped.count))
      }
      if byte == 0x0A { line += 1 }
      unescaped?.append(byte)
      at += 1
    }
    throw InputError("has a quoted field that does not end", field: "line \(recordLine)", hint: "close the quote")
  }
}
