import Isoflop

/// How a table fits a width: what is shown of it, how wide, and what is said below it instead.
///
/// Nothing is lost as long as there is another way: long headings and texts go on a line below, and a column that says
/// the same in every row is said once. Only then do columns give way by their rank, and the table says which.
struct TableLayout {
  /// Columns that are shown, from left to right.
  private(set) var shown: [Int]
  /// Of every column, shown or not.
  private(set) var widths: [Int]
  /// Columns that say the same in every row, and columns for which there is no room.
  private(set) var constant: [Int] = []
  private(set) var leftOut: [Int] = []

  private let columns: [Table.Column]
  private let cells: [[String]]
  private let indent: Int
  private let header: Bool

  /// As wide as it comes.
  init(_ columns: [Table.Column], _ cells: [[String]], indent: Int, header: Bool) {
    (self.columns, self.cells, self.indent, self.header) = (columns, cells, indent, header)
    shown = Array(columns.indices)
    widths = columns.indices.map { column in
      cells.reduce(header ? columns[column].title.count : 0) { max($0, $1[column].count) }
    }
  }

  var total: Int { shown.reduce(indent) { $0 + widths[$1] } + 2 * max(shown.count - 1, 0) }

  /// The layout for a width; nil where only a line for every value is readable.
  func fitted(to width: Int) -> Self? {
    var layout = self
    let repeated = header && cells.count > 1 ? repeated() : []
    func said(_ columns: some Sequence<Int>, breaking: Bool) -> Self? {
      for column in columns {
        layout.shown.removeAll { $0 == column }
        layout.constant.append(column)
        if let fits = layout.narrowed(to: width, headings: breaking) { return fits }
      }
      return nil
    }
    let (extra, needed) = (repeated.filter { columns[$0].rank > 0 }, repeated.filter { columns[$0].rank == 0 })
    if let fits = narrowed(to: width, headings: false) ?? said(extra, breaking: false) { return fits }
    if let fits = layout.narrowed(to: width, headings: header) ?? said(needed, breaking: header) { return fits }
    // A single row is readable whole, as a list.
    guard !header || cells.count > 1 else { return nil }
    // The last of equals first.
    while let next = layout.shown.reversed().max(by: { columns[$0].rank < columns[$1].rank }), columns[next].rank > 0 {
      layout.shown.removeAll { $0 == next }
      layout.leftOut.append(next)
      // What there is room for again comes back.
      var roomy = layout
      roomy.constant = []
      roomy.shown = columns.indices.filter { !layout.leftOut.contains($0) }
      for candidate in [roomy, layout] {
        if let fits = candidate.narrowed(to: width, headings: header) { return fits }
      }
    }
    return nil
  }

  /// Columns that say the same in every row, those of the highest rank first; what names a row stays.
  private func repeated() -> [Int] {
    shown.dropFirst().filter { column in cells.allSatisfy { $0[column] == cells[0][column] } }
      .sorted { (columns[$1].rank, $0) < (columns[$0].rank, $1) }
  }

  /// The same columns, with texts, and headings if they may, on several lines if need be.
  private func narrowed(to width: Int, headings: Bool) -> Self? {
    if total <= width { return self }
    if let texts = textsBroken(to: width) { return texts }
    guard headings else { return nil }
    for lines in 2...3 {
      let headings = headingsBroken(in: lines, to: width)
      if headings.total <= width { return headings }
      if let texts = headings.textsBroken(to: width) { return texts }
    }
    return nil
  }

  /// Headings in so many lines, those first with which most is gained, until there is room.
  private func headingsBroken(in lines: Int, to width: Int) -> Self {
    var layout = self
    let narrow = columns.indices.map { column in
      cells.reduce(Self.narrowest(columns[column].title, in: lines)) { max($0, $1[column].count) }
    }
    while layout.total > width {
      let gains = layout.shown.map { (column: $0, gain: layout.widths[$0] - narrow[$0]) }
      guard let best = gains.max(by: { $0.gain < $1.gain }), best.gain > 0 else { break }
      layout.widths[best.column] = narrow[best.column]
    }
    return layout
  }

  /// One column of words broken within it: the last, or the widest.
  private func textsBroken(to width: Int) -> Self? {
    guard shown.count > 1 else { return nil }
    let words = shown.filter { columns[$0].alignment == .left }
    let order = words.suffix(1).filter { $0 == shown.last } + words.sorted { widths[$1] < widths[$0] }
    for column in order {
      let room = width - (total - widths[column])
      let least = Prose.leastRoom(for: cells.map { $0[column] } + [header ? columns[column].title : ""])
      guard room >= least, room < widths[column] else { continue }
      var layout = self
      // No wider than its lines turn out.
      layout.widths[column] = cells.reduce(header ? min(columns[column].title.count, room) : 0) { widest, row in
        Prose.wrapped(row[column], width: room).split(separator: "\n").reduce(widest) { max($0, $1.count) }
      }
      return layout
    }
    return nil
  }

  // MARK: Headings

  /// A heading in lines of at most so many columns, broken at spaces and after underscores.
  static func broken(_ title: String, width: Int) -> [String] {
    var lines: [String] = []
    for part in parts(of: title) {
      if let last = lines.last, (last + part).trimmed.count <= width {
        lines[lines.count - 1] = last + part
      } else {
        lines.append(part)
      }
    }
    return lines.isEmpty ? [""] : lines.map { String($0.trimmed) }
  }

  /// The least width in which a heading takes at most so many lines.
  private static func narrowest(_ title: String, in lines: Int) -> Int {
    let least = parts(of: title).map(\.trimmed.count).max() ?? 0
    return (least...max(title.count, least)).first { broken(title, width: $0).count <= lines } ?? title.count
  }

  private static func parts(of title: String) -> [String] {
    var parts: [String] = []
    var part = ""
    for character in title {
      part.append(character)
      if character == " " || character == "_" {
        parts.append(part)
        part = ""
      }
    }
    return part.isEmpty ? parts : parts + [part]
  }

  // MARK: Below the table

  /// What is the same everywhere, and what there was no room for.
  func remarks(natural: Int) -> [String] {
    func name(_ column: Int) -> String { columns[column].title.isEmpty ? columns[column].key : columns[column].title }
    var remarks: [String] = []
    // Nothing in every row is not worth a word.
    let same = constant.filter { !["", "-"].contains(cells[0][$0]) }.sorted().map { "\(name($0)) \(cells[0][$0])" }
    if !same.isEmpty {
      remarks.append("in every row: " + same.joined(separator: ", "))
    }
    if !leftOut.isEmpty {
      let names = leftOut.sorted().map(name).joined(separator: ", ")
      remarks.append("no room for \(names) (it takes a width of \(natural))")
    }
    return remarks
  }
}
