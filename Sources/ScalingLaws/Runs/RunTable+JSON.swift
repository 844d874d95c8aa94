import Input

extension RunTable {
  /// Runs as the objects that a program has. NaN is a value that is missing, as it is in frames.
  ///
  /// - Throws: `InputError` where they are too many to be held.
  public static func of(_ runs: [JSON], source: String) throws -> RunTable {
    var table = JSONTable()
    table.isMissing = \.isNaN
    for (index, run) in runs.enumerated() {
      table.add(run, line: index + 1)
      guard table.size < Int(UInt32.max) / 2 else {
        throw InputError("are larger than 2 GB", file: source, hint: "keep the columns that the fit needs")
      }
    }
    return table.finished(source: source)
  }

  /// JSON lines (one object a line) or an array of objects. Members of nested objects become columns with dots in
  /// their names, as experiment trackers export them: `summary.loss`.
  static func parseJSON(_ bytes: [UInt8], source: String) throws -> RunTable {
    var table = JSONTable()
    if bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "[") {
      for (index, value) in (try JSON(parsing: bytes).array ?? []).enumerated() {
        table.add(value, line: index + 1)
      }
    } else {
      for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
        guard line.contains(where: { ![0x20, 0x09, 0x0D].contains($0) }) else { continue }
        do {
          table.add(try JSON(parsing: Array(line)), line: index + 1)
        } catch let error as InputError {
          table.malformed.append(SkippedRow(line: index + 1, reason: error.problem))
        }
      }
      // One object over many lines is no table, and one on a line none where it is known to be something else.
      if table.count < 2, let object = try? JSON(parsing: bytes).object {
        let known = table.hasLoss ? nil : Self.known(object)
        if table.count == 0 || known != nil {
          throw InputError(
            "is one JSON object, not a table of runs", file: source,
            hint: (known ?? "one object a line, or an array of them") + "; isoflop help runs shows the columns")
        }
      }
    }
    return table.finished(source: source)
  }

  /// What else the object is; nil where it may be a run.
  private static func known(_ object: JSONObject) -> String? {
    func isConfig(_ object: JSONObject) -> Bool { object["model_type"] != nil || object["hidden_size"] != nil }
    if isConfig(object) { return "it is a model's config, which isoflop count reads" }
    if let member = object.members.first(where: { $0.value.object.map(isConfig) ?? false })?.name {
      return "its member \(member) is a model's config, which isoflop count reads from a file of its own"
    }
    if object["id"] != nil, let scale = object["scale"]?.string, ModelScale(rawValue: scale) != nil {
      return "it is a law, which isoflop laws shows"
    }
    return nil
  }
}

/// Collects objects into columns; a column begins with the first object that has it.
private struct JSONTable {
  var malformed: [SkippedRow] = []
  var count: Int { rows.count }
  var hasLoss: Bool { columns.contains { $0.contains("loss") || $0.contains("bits_per_byte") } }
  /// Which numbers stand for none.
  var isMissing: (Double) -> Bool = { _ in false }
  private var columns: [String] = []
  private var positions: [String: Int] = [:]
  private var rows: [(line: Int, cells: [(column: Int, cell: RunTable.CellRange)])] = []
  private var bytes: [UInt8] = []
  var size: Int { bytes.count }

  mutating func add(_ value: JSON, line: Int) {
    guard let object = value.object else {
      malformed.append(SkippedRow(line: line, reason: "is \(value.kind), not an object"))
      return
    }
    var cells: [(Int, RunTable.CellRange)] = []
    flatten(object, prefix: "", into: &cells)
    rows.append((line, cells))
  }

  private mutating func flatten(
    _ object: JSONObject, prefix: String, into cells: inout [(Int, RunTable.CellRange)]
  ) {
    for (name, value) in object.members {
      let text: String
      switch value {
      case .null: continue
      case .number(let number, _) where isMissing(number): continue
      case .object(let inner):
        flatten(inner, prefix: prefix + name + ".", into: &cells)
        continue
      case .string(let string): text = string
      case .integer(let integer): text = String(integer)
      case .number(_, let written): text = written
      case .bool(let flag): text = flag ? "true" : "false"
      case .array: text = value.text(indent: nil)
      }
      cells.append((position(of: prefix + name), place(text)))
    }
  }

  private mutating func position(of column: String) -> Int {
    if let known = positions[column] { return known }
    positions[column] = columns.count
    columns.append(column)
    return columns.count - 1
  }

  private mutating func place(_ text: String) -> RunTable.CellRange {
    let start = bytes.count
    bytes.append(contentsOf: text.utf8)
    return RunTable.CellRange(start: UInt32(start), count: UInt32(bytes.count - start))
  }

  func finished(source: String) -> RunTable {
    var cells = [RunTable.CellRange](repeating: .empty, count: rows.count * columns.count)
    for (index, row) in rows.enumerated() {
      for (column, cell) in row.cells { cells[index * columns.count + column] = cell }
    }
    return RunTable(
      source: source, columns: columns, lines: rows.map(\.line), cells: cells, bytes: bytes, malformed: malformed)
  }
}
