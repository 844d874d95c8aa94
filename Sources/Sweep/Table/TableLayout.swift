import Architectures
import Input

/// How the rows of a grid are written.
public enum TableFormat: String, CaseIterable, Sendable {
  /// RFC 4180 text with a line of names.
  case csv
  /// A NumPy array with one named 64-bit integer field a column: `numpy.load(path, mmap_mode="r")["M"]`.
  case npy

  /// From the end of a file name.
  public init(path: String) throws {
    guard let format = TableFormat.allCases.first(where: { path.hasSuffix("." + $0.rawValue) }) else {
      throw InputError(
        "is not a name that says how to write a table", file: path,
        hint: "end it in " + TableFormat.allCases.map { "." + $0.rawValue }.joined(separator: " or "))
    }
    self = format
  }
}

/// The columns of a grid's table: the axes that its shapes have a value for, then what they cost.
struct TableLayout: Sendable {
  let axes: [Shape.Axis]
  let counts: [Quantity.Derived]
  let format: TableFormat

  init(_ grid: Grid, _ format: TableFormat) {
    self.format = format
    let hasExperts = grid.axes[.experts] != nil
    axes = Shape.Axis.allCases.filter { !grid.leavesOpen($0) && (hasExperts || !$0.isOfExperts) }
    counts =
      [.M, .parameters] + (hasExperts ? [.activeParameters] : [])
      + [.nonEmbeddingParameters, .sixN1, .sixN2, .keyValueElements]
  }

  var names: [String] { axes.map(\.rawValue) + counts.map(\.rawValue) }
  var columns: Int { axes.count + counts.count }

  /// What comes before the rows. Of the same length whatever the number of rows, so that it can be filled in last.
  func header(rows: Int) -> [UInt8] {
    switch format {
    case .csv: return Array((names.joined(separator: ",") + "\n").utf8)
    case .npy: return Self.npyHeader(names, rows: rows)
    }
  }

  /// NumPy format version 1.0 (numpy.lib.format): magic, header length, a Python dictionary padded with spaces to a
  /// multiple of 64 bytes. Room is left for the longest number of rows.
  private static func npyHeader(_ names: [String], rows: Int) -> [UInt8] {
    let fields = names.map { "('\($0)', '<i8')" }.joined(separator: ", ")
    let text = "{'descr': [\(fields)], 'fortran_order': False, 'shape': (\(rows),), }"
    let longest = text.utf8.count - "\(rows)".utf8.count + 19
    let length = (10 + longest + 1 + 63) / 64 * 64 - 10
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
    bytes += Array(text.utf8)
    bytes += [UInt8](repeating: 0x20, count: length - text.utf8.count - 1) + [0x0A]
    return bytes
  }

  /// No row has more bytes.
  var longestRow: Int { columns * (format == .npy ? 8 : 20) }
}
