import Isoflop

/// Rows that are shown as text, CSV, JSON or Markdown. Values stay exact; only the text form rounds them for reading.
struct Table {
  struct Column {
    /// The name in CSV and JSON: `n_layers`.
    var key: String
    /// The heading for people.
    var title: String
    var alignment: Alignment = .right
    /// Where there is no room for all columns, those of the highest rank are left out of the text first; those of rank 0
    /// stay.
    var rank = 0
    /// How a number reads; exact forms ignore it.
    var show: (@Sendable (JSON) -> String)?
  }
  enum Alignment { case left, right }

  var columns: [Column]
  /// One value a column.
  private(set) var rows: [[JSON]] = []

  init(_ columns: [Column]) { self.columns = columns }

  mutating func add(_ values: [JSON]) {
    precondition(values.count == columns.count, "a row has one value a column")
    rows.append(values)
  }

  /// Adds the rows of a table with the same columns.
  mutating func add(rowsOf other: Table) { for row in other.rows { add(row) } }

  // MARK: Text

  /// Aligned columns under their headings, laid out for `width`; where that cannot be done, every value gets a line: a
  /// table that wraps cannot be read.
  func text(width: Int? = nil, indent: String = "", header: Bool = true) -> String {
    let cells = rows.map { row in zip(columns, row).map { $0.shown($1) } }
    let natural = TableLayout(columns, cells, indent: indent.count, header: header)
    guard let layout = width.map(natural.fitted(to:)) ?? natural else {
      return records(cells, indent: indent, header: header)
    }
    func line(_ texts: [[String]], fromBelow: Bool = false) -> String {
      let height = layout.shown.map { texts[$0].count }.max() ?? 1
      return (0..<height).map { row in
        var line = indent
        for (place, column) in layout.shown.enumerated() {
          if place > 0 { line += "  " }
          let row = fromBelow ? row - height + texts[column].count : row
          let text = texts[column].indices.contains(row) ? texts[column][row] : ""
          let space = String(repeating: " ", count: max(layout.widths[column] - text.count, 0))
          line += columns[column].alignment == .left ? text + space : space + text
        }
        while line.hasSuffix(" ") { line.removeLast() }
        return line + "\n"
      }.joined()
    }
    // No word is longer than its column, so that what is broken fits.
    let headings = columns.indices.map { TableLayout.broken(columns[$0].title, width: layout.widths[$0]) }
    let lines = cells.map { row in
      line(
        row.indices.map { column in
          row[column].count > layout.widths[column]
            ? Prose.wrapped(row[column], width: layout.widths[column]).split(separator: "\n").map(String.init)
            : [row[column]]
        })
    }
    let remarks = layout.remarks(natural: natural.total).map {
      Prose.wrapped(indent + $0, width: width ?? .max, indent: 2) + "\n"
    }
    return (header ? line(headings, fromBelow: true) : "") + lines.joined() + (remarks.isEmpty ? "" : "\n")
      + remarks.joined()
  }

  /// One record a row: what names it, and under that every value that there is.
  private func records(_ cells: [[String]], indent: String, header: Bool) -> String {
    // Without headings the second value belongs to the first, as in a list of names and values.
    guard header else {
      let widest = cells.map { $0[0].count }.max() ?? 0
      return cells.map { row in
        let name = row[0] + String(repeating: " ", count: widest - row[0].count)
        let head = indent + ([name] + row.dropFirst().prefix(1)).joined(separator: "  ") + "\n"
        return head + row.dropFirst(2).filter { !$0.isEmpty }.map { indent + "  " + $0 + "\n" }.joined()
      }.joined()
    }
    let isNamed = columns.first?.alignment == .left
    let widest = columns.dropFirst(isNamed ? 1 : 0).map(\.title.count).max() ?? 0
    return cells.map { row in
      zip(columns, row).enumerated().map { place, cell in
        let (column, text) = cell
        if isNamed, place == 0 { return indent + text + "\n" }
        if text.isEmpty { return "" }
        let title = column.title + String(repeating: " ", count: widest - column.title.count + 2)
        return indent + (isNamed ? "  " : "") + title + text + "\n"
      }.joined()
    }.joined(separator: "\n")
  }

  // MARK: Exact forms

  /// RFC 4180, with a line feed at the end of each line.
  var csv: String {
    func field(_ text: String) -> String {
      guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
      return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
    func line(_ texts: [String]) -> String { texts.map(field).joined(separator: ",") + "\n" }
    return line(columns.map(\.key)) + rows.map { line($0.map(\.plain)) }.joined()
  }

  var markdown: String {
    func line(_ texts: [String]) -> String { "| " + texts.joined(separator: " | ") + " |\n" }
    func cell(_ text: String) -> String {
      text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
    let ruler = "|" + columns.map { $0.alignment == .left ? "---|" : "---:|" }.joined() + "\n"
    return line(columns.map { cell($0.title) }) + ruler
      + rows.map { row in line(zip(columns, row).map { cell($0.shown($1)) }) }.joined()
  }

  var json: JSON {
    .array(rows.map { row in .object(JSONObject(zip(columns, row).map { ($0.key, $1) })) })
  }
}

extension Table.Column {
  func shown(_ value: JSON) -> String {
    switch value {
    case .null: "-"
    // A name from somebody's file keeps to its cell.
    case .string(let text): Terminal.visible(text).replacing("\n", with: "\\n")
    case .integer, .number: show?(value) ?? value.plain
    default: value.text(indent: nil)
    }
  }

  static func text(_ key: String, _ title: String? = nil) -> Self {
    Self(key: key, title: title ?? key, alignment: .left)
  }
  /// The same column, which gives way where there is no room.
  var extra: Self { extra(1) }
  /// ... and before those of a lower rank.
  func extra(_ rank: Int) -> Self {
    var copy = self
    copy.rank = rank
    return copy
  }
  /// An integer, digits grouped.
  static func integer(_ key: String, _ title: String? = nil) -> Self {
    Self(key: key, title: title ?? key) { if case .integer(let i) = $0 { Numbers.grouped(i) } else { $0.plain } }
  }
  /// An integer as it stands in a config, digits not grouped.
  static func size(_ key: String, _ title: String? = nil) -> Self { Self(key: key, title: title ?? key) }
  /// Numbers shown in a way of one's own.
  static func number(_ key: String, _ title: String? = nil, _ show: @escaping @Sendable (Double) -> String) -> Self {
    Self(key: key, title: title ?? key) { $0.double.map(show) ?? $0.plain }
  }
}

extension JSON {
  /// A value as CSV has it: text without quotes, nothing for null, digits that read back exactly.
  var plain: String {
    switch self {
    case .null: ""
    case .string(let text): text
    case .number(let value, _) where !value.isFinite: "\(value)"
    default: text(indent: nil)
    }
  }
}
