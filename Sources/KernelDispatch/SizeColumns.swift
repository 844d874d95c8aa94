import CKernels

/// The numbers of a column of sizes. A view: the memory belongs to the caller and must outlive its use.
public enum SizeColumn {
  case float64(UnsafePointer<Double>)
  case int32(UnsafePointer<Int32>)
  case int64(UnsafePointer<Int64>)
  /// The same size for every row.
  case one(Double)
}

/// Where the paper's form puts its results: 64-bit integers or doubles, 8 bytes a row; nil is not stored.
public struct PaperResults {
  /// M, training FLOPs per token.
  public var m: UnsafeMutableRawPointer?
  /// 6N1, or N1 where `n1IsTimesSix` is false.
  public var n1: UnsafeMutableRawPointer?
  /// 6N2, or N2 where `n2IsTimesSix` is false.
  public var n2: UnsafeMutableRawPointer?
  public var n1IsTimesSix = true
  public var n2IsTimesSix = true
  public var areIntegers: Bool
  public init(areIntegers: Bool) { self.areIntegers = areIntegers }
}

extension KernelImplementation {
  /// M = 72 L d^2 + 12 L d S, 6N1 = 72 L d^2 and 6N2 = 6N1 + 6 V d (the paper's section 3.1) from columns as callers have
  /// them to columns as they want them: sizes are checked and converted on the way.
  ///
  /// - Parameters:
  ///   - sizes: L, d and S.
  ///   - vocabulary: V.
  ///   - rows: those that are counted.
  ///   - results: where they go, whose elements 0 are those of row 0.
  ///   - streaming: store past the caches: right for tables larger than the last of them.
  /// - Returns: Whether all is exact: the sizes are integers from 1 to 2^40 (64-bit integers are below it), and the results
  ///   below 2^52. What the outputs hold is undefined where not.
  public func paperColumns(
    layers: SizeColumn, width: SizeColumn, sequence: SizeColumn, vocabulary: Double, rows: Range<Int>,
    into results: PaperResults, streaming: Bool = false
  ) -> Bool {
    var call = isoflop_paper_sizes()
    let first = rows.lowerBound
    func of(_ column: SizeColumn) -> (type: Int32, size: UnsafeRawPointer?, one: Double) {
      switch column {
      case .one(let size): (Int32(ISOFLOP_SIZES_ONE), nil, size)
      case .float64(let column): (Int32(ISOFLOP_SIZES_F64), UnsafeRawPointer(column + first), 0)
      case .int32(let column): (Int32(ISOFLOP_SIZES_I32), UnsafeRawPointer(column + first), 0)
      case .int64(let column): (Int32(ISOFLOP_SIZES_I64), UnsafeRawPointer(column + first), 0)
      }
    }
    let (l, d, s) = (of(layers), of(width), of(sequence))
    call.type = (l.type, d.type, s.type)
    call.size = (l.size, d.size, s.size)
    call.one = (l.one, d.one, s.one)
    call.vocabulary = vocabulary
    call.count = Int64(rows.count)
    call.m = results.m.map { $0 + 8 * first }
    call.n1 = results.n1.map { $0 + 8 * first }
    call.n2 = results.n2.map { $0 + 8 * first }
    call.n1_factor = results.n1IsTimesSix ? 6 : 1
    call.n2_factor = results.n2IsTimesSix ? 6 : 1
    call.integers = results.areIntegers
    call.streaming = streaming
    // SAFETY: the caller vouches for all of `rows` behind each column and output; the kernel touches no others.
    return table.pointer.pointee.paper_sizes(&call)
  }
}
