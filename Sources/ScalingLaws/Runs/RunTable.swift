import Input

/// Runs as they were written: named columns of text, each row with the line it came from. Nothing is interpreted
/// here but the form of the file; what a column means is `RunSelection`'s business.
public struct RunTable: Sendable {
  /// The file it was read from, for messages.
  public let source: String
  /// The columns in the order of the file.
  public let columns: [String]
  /// The line of the file (from 1) on which each row begins.
  public let lines: [Int]
  /// Rows that are not rows: the wrong number of fields, a line that is no JSON object.
  public let malformed: [SkippedRow]

  private let bytes: [UInt8]
  private let cells: [CellRange]
  private let positions: [String: Int]

  /// Where a cell's text lies in `bytes`.
  struct CellRange: Sendable {
    var start: UInt32
    var count: UInt32
    static let empty = CellRange(start: 0, count: 0)
  }

  init(
    source: String, columns: [String], lines: [Int], cells: [CellRange], bytes: [UInt8], malformed: [SkippedRow]
  ) {
    self.source = source
    self.columns = columns
    self.lines = lines
    self.cells = cells
    self.bytes = bytes
    self.malformed = malformed
    positions = Dictionary(columns.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  public var rowCount: Int { lines.count }
  public func has(_ column: String) -> Bool { positions[column] != nil }

  /// The text of a cell without surrounding spaces; nil where the cell is empty or there is no such column.
  public func text(_ column: String, row: Int) -> String? {
    guard let position = positions[column] else { return nil }
    let cell = cells[row * columns.count + position]
    guard cell.count > 0 else { return nil }
    return String(decoding: bytes[Int(cell.start)..<Int(cell.start + cell.count)], as: UTF8.self)
  }

  /// A cell as a number.
  public enum Number: Equatable, Sendable {
    case missing
    case value(Double)
    /// Text that is no finite number: `NaN`, `inf`, `7B`, `1,000`.
    case unusable(String)
  }

  public func number(_ column: String, row: Int) -> Number {
    guard let text = text(column, row: row) else { return .missing }
    guard let value = Double(text), value.isFinite else { return .unusable(text) }
    return .value(value)
  }

  /// Whether any row has something in that column.
  public func isFilled(_ column: String) -> Bool {
    guard let position = positions[column] else { return false }
    return (0..<rowCount).contains { cells[$0 * columns.count + position].count > 0 }
  }
}

/// A row that was not used, and why.
public struct SkippedRow: Equatable, Sendable {
  public var line: Int
  public var reason: String

  public init(line: Int, reason: String) {
    self.line = line
    self.reason = reason
  }

  public var json: JSON { ["line": .integer(line), "reason": .string(reason)] }
}
