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

  /// Writes one row, and returns how many bytes it has.
  ///
  /// - Parameter out: room for the longest row.
  @inline(__always)
  func write(_ box: Box, _ sizes: [Int], _ conventions: Conventions, to out: UnsafeMutablePointer<UInt8>) -> Int {
    var end = out
    for axis in axes { put(box.E == 0 && axis.isOfExperts ? 0 : sizes[axis.index], &end) }
    let parameters = conventions.integer(.parameters, box)
    let nonEmbedding = conventions.integer(.nonEmbeddingParameters, box)
    for count in counts {
      switch count {
      case .parameters: put(parameters, &end)
      case .nonEmbeddingParameters: put(nonEmbedding, &end)
      case .sixN1: put(6 * nonEmbedding, &end)
      case .sixN2: put(6 * parameters, &end)
      default: put(conventions.integer(count, box), &end)
      }
    }
    if format == .csv { end[-1] = 0x0A }
    return end - out
  }

  /// Writes one number: eight bytes, or digits (numbers of a table are not negative) and a comma.
  @inline(__always)
  private func put(_ value: Int, _ end: inout UnsafeMutablePointer<UInt8>) {
    if format == .npy {
      UnsafeMutableRawPointer(end).storeBytes(of: value.littleEndian, as: Int.self)
      end += 8
      return
    }
    end += Decimal.write(UInt(bitPattern: value), to: end)
    end[0] = UInt8(ascii: ",")
    end += 1
  }
}

/// Decimal digits, two at a time.
enum Decimal {
  // SAFETY: written once, here, and never freed.
  nonisolated(unsafe) private static let pairs: UnsafePointer<UInt8> = {
    let digits = UnsafeMutablePointer<UInt8>.allocate(capacity: 200)
    for number in 0..<100 {
      digits[2 * number] = UInt8(ascii: "0") + UInt8(number / 10)
      digits[2 * number + 1] = UInt8(ascii: "0") + UInt8(number % 10)
    }
    return UnsafePointer(digits)
  }()

  // SAFETY: the same.
  nonisolated(unsafe) private static let powers: UnsafePointer<UInt> = {
    let powers = UnsafeMutablePointer<UInt>.allocate(capacity: 20)
    powers[0] = 1
    for place in 1..<20 { powers[place] = 10 * powers[place - 1] }
    return UnsafePointer(powers)
  }()

  /// Writes the digits of a number of at most 19 of them, and returns how many there are.
  ///
  /// - Parameter out: room for as many.
  static func write(_ value: UInt, to out: UnsafeMutablePointer<UInt8>) -> Int {
    // 1233 / 4096 is the logarithm of 2 to five digits: the guess is right, or one too few.
    let guess = ((UInt.bitWidth - (value | 1).leadingZeroBitCount) * 1233) >> 12
    let length = guess + (value | 1 >= powers[guess] ? 1 : 0)
    var (rest, at) = (value, length)
    while at >= 2 {
      let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
      at -= 2
      out[at] = pairs[2 * Int(pair)]
      out[at + 1] = pairs[2 * Int(pair) + 1]
      rest = quotient
    }
    if at == 1 { out[0] = UInt8(ascii: "0") + UInt8(rest) }
    return length
  }
}
