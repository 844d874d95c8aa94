import Architectures
import FLOPCount
import Input
import Synchronization
import Topology

extension ConfigSearch {
  /// Writes every model that meets the conditions to a `.csv` file, in the order of the axes, in constant memory: its
  /// fields, `sequence_length`, M (empty where it is unknown or no integer), and the other counts.
  ///
  /// Written beside its name and renamed when complete, as the tables of shapes are: `resume` goes on after a kill and
  /// ends with the same bytes.
  public func writeTable(to path: String, resume: Bool = false) throws -> TableResult {
    guard try TableFormat(path: path) == .csv else {
      throw InputError("can hold integers only, not every field of a config", file: path, hint: "end it in .csv")
    }
    let clock = ContinuousClock()
    let start = clock.now
    let rows = ConfigRows(grid, nil)
    let part = options.shard?.part(of: rows.count) ?? 0..<rows.count
    let (names, header) = (tableColumns, tableHeader)
    let file = try TableFile(path, identity: "\(fingerprint) \(part)", header: header, resume: resume)
    let team =
      try options.team
      ?? (part.count >= 256 ? WorkerTeam.forThisMachine(threads: options.threads, pin: options.pin) : nil)
    var written = file.mark.rows
    var next = max(file.mark.unit, part.lowerBound)
    let first = next
    let blocks = 4 * (team?.workers ?? 1)
    while next < part.upperBound, options.cancellation?.isCancelled != true {
      let from = next
      let window = from..<min(part.upperBound, from + blocks * Self.tableBlock)
      let texts = Mutex([Int: (bytes: [UInt8], rows: Int)]())
      let count = (window.count + Self.tableBlock - 1) / Self.tableBlock
      let body: @Sendable (Int) throws -> Void = { block in
        let start = from + block * Self.tableBlock
        let text = try self.text(of: start..<min(start + Self.tableBlock, window.upperBound), rows)
        texts.withLock { $0[block] = text }
      }
      if let team {
        try team.run(chunks: count) { _, chunk in try body(chunk) }
      } else {
        for block in 0..<count { try body(block) }
      }
      let made = texts.withLock { $0 }
      for block in 0..<count {
        guard let text = made[block] else { continue }
        try file.write(text.bytes)
        written += text.rows
      }
      next = window.upperBound
      if next < part.upperBound { try file.record(unit: next, rows: written) }
      let seconds = (clock.now - start).seconds
      options.progress?(
        SweepProgress(
          done: next - part.lowerBound, total: part.count, rate: Double(next - first) / max(seconds, 1e-9)))
    }
    let isPartial = next < part.upperBound
    if !isPartial { try file.finish(header: header) }
    return TableResult(
      path: path, rows: written, bytes: file.mark.bytes, columns: names, seconds: (clock.now - start).seconds,
      isPartial: isPartial)
  }

  private var tableColumns: [String] {
    grid.axes.map(\.field) + (grid.axes.contains { $0.field == ConfigAxis.sequenceLength } ? [] : ["sequence_length"])
      + ConfigCounts.columns
  }

  private var tableHeader: [UInt8] { Array((tableColumns.map(csvField).joined(separator: ",") + "\n").utf8) }

  /// Joins the tables of shards, given in any order, into the table that one run would have written.
  ///
  /// - Throws: `InputError` where a file is not a table of this grid, or two hold the same rows.
  public func mergeTables(_ paths: [String], to path: String) throws -> TableResult {
    guard try TableFormat(path: path) == .csv else {
      throw InputError("can hold integers only, not every field of a config", file: path, hint: "end it in .csv")
    }
    // How every value is written, with its place; a row begins with one of each axis.
    let places = grid.axes.map { axis in
      Dictionary((0..<axis.count).map { (csvField(axis[$0].written), $0) }) { first, _ in first }
    }
    let longest = places.reduce(0) { $0 + ($1.keys.map(\.utf8.count).max() ?? 0) + 1 }
    for (axis, texts) in zip(grid.axes, places) where texts.keys.contains(where: { $0.contains(where: \.isNewline) }) {
      throw InputError("has a value of several lines, which no table is merged by", field: "--vary \(axis.field)")
    }
    let columns = tableColumns
    return try TableMerge(
      format: .csv, columns: columns, longestRow: longest + 20 * columns.count, header: { _ in tableHeader },
      keyOfText: { text in
        var rest = text[...]
        return places.reduce([Int]?.some([])) { key, places in
          guard let key, let cell = csvCell(&rest), let place = places[cell] else { return nil }
          return key + [place]
        }
      }, keyOfIntegers: { $0 }
    ).join(paths, to: path)
  }

  private static let tableBlock = 512

  private func text(of indices: Range<Int>, _ rows: ConfigRows) throws -> (bytes: [UInt8], rows: Int) {
    var (text, count) = ("", 0)
    for index in indices {
      let places = rows.places(index)
      guard case .points(let points) = try grid.row(along: nil, from: places).row, let counts = points[0],
        try grid.constraints.allSatisfy({ try $0.holds(for: counts) })
      else { continue }
      var cells = grid.axes.indices.map { csvField(grid.axes[$0][places[$0]].written) }
      if !grid.axes.contains(where: { $0.field == ConfigAxis.sequenceLength }) {
        cells.append("\(grid.sequenceLength)")
      }
      cells += counts.cells
      text += cells.joined(separator: ",") + "\n"
      count += 1
    }
    return (Array(text.utf8), count)
  }

  /// The same for equal grids.
  private var fingerprint: String {
    let axes = grid.axes.map { "\($0.field)=\($0.values)" }.joined(separator: ";")
    let conditions = grid.constraints.map { "\($0)" }.joined(separator: ";")
    return fnv1a(
      "\(JSON.object(grid.base).text()) \(axes) \(conditions) \(grid.sequenceLength) \(grid.convention.name)")
  }
}

extension ConfigCounts {
  static let columns = [
    "M", "M_per_sequence", "parameters", "active_parameters", "non_embedding_parameters", "kv_elements_per_token",
  ]

  /// One text a column; empty for what is not known.
  var cells: [String] {
    [
      M.map { "\($0)" } ?? "", trainingPerSequence.map { "\($0)" } ?? "", "\(parameters)", "\(activeParameters)",
      "\(nonEmbeddingParameters)", "\(keyValueElements)",
    ]
  }
}

extension JSON {
  /// As it was given: texts without quotes.
  var written: String {
    switch self {
    case .string(let text): text
    default: text(indent: nil)
    }
  }
}

/// RFC 4180: in quotes where it must be.
private func csvField(_ text: String) -> String {
  guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
  return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}

/// Takes the first cell of a line as it is written, quotes and all; nil where the line ends first.
private func csvCell(_ rest: inout Substring) -> String? {
  var isQuoted = false
  let end = rest.firstIndex { character in
    if character == "\"" { isQuoted.toggle() }
    return character == "," && !isQuoted
  }
  guard let end else { return nil }
  defer { rest = rest[rest.index(after: end)...] }
  return String(rest[..<end])
}
