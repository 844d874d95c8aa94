import Input

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The memory of one table: columns of 8-byte elements in one mapping, on huge pages where the system has them.
///
/// Columns that begin at the same offset within 2 MiB compete for the same sets of every cache, and stores past the
/// caches are then slower than plain ones; so column k begins k x (4096 + 256) bytes later. Every column is aligned to
/// a cache line. Fresh memory lies on the NUMA node of the thread that first writes to it: let the worker that will
/// fill a range of rows call `firstTouch` on it.
public final class ColumnArena: @unchecked Sendable {
  // SAFETY: the stored properties are constants; what the columns hold is shared memory, and who writes where is the
  // caller's business, as with any unsafe pointer.
  public let columns: Int
  public let rows: Int
  private let mapping: UnsafeMutableRawPointer
  private let mapped: Int
  private let base: UnsafeMutableRawPointer
  private let pitch: Int

  static let hugePage = 2 << 20
  static let stagger = 4096 + 256

  /// - Throws: `WorkError` when there is no such amount of memory.
  public init(columns: Int, rows: Int) throws(WorkError) {
    precondition(columns > 0 && rows >= 0)
    let huge = ColumnArena.hugePage
    let (bytes, tooLong) = rows.multipliedReportingOverflow(by: 8)
    let (padded, pastEnd) = bytes.addingReportingOverflow(ColumnArena.stagger + 2 * huge)
    let (total, tooMany) = (padded / huge * huge).multipliedReportingOverflow(by: columns)
    let (all, tooLarge) = total.addingReportingOverflow(2 * huge)
    guard !tooLong, !pastEnd, !tooMany, !tooLarge else {
      throw WorkError(
        "a table of \(Numbers.grouped(columns)) columns of \(Numbers.grouped(rows)) rows is more than memory can hold")
    }
    let pointer = mmap(nil, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
    guard let pointer, pointer != MAP_FAILED else {
      throw WorkError(
        "no memory for a table of \(Numbers.grouped(columns)) columns of \(Numbers.grouped(rows)) rows (\(all >> 20) MiB)",
        hint: "ask for fewer rows, or stream them to a file")
    }
    self.columns = columns
    self.rows = rows
    mapping = pointer
    mapped = all
    base = pointer.alignedUp(toMultipleOf: huge)
    pitch = padded / huge * huge
    #if os(Linux)
      // A wish: without huge pages all works the same, with more address translation.
      _ = madvise(base, all - huge, 14 /* MADV_HUGEPAGE */)
    #endif
  }

  deinit { munmap(mapping, mapped) }

  /// The column's first element; `rows` of them follow.
  public func column(_ index: Int) -> UnsafeMutablePointer<Double> { column(index, as: Double.self) }

  /// A column of other elements of at most 8 bytes.
  public func column<Element: BitwiseCopyable>(_ index: Int, as type: Element.Type) -> UnsafeMutablePointer<Element> {
    precondition((0..<columns).contains(index) && MemoryLayout<Element>.stride <= 8)
    // SAFETY: the column lies inside the mapping: its pitch has room for 8 bytes a row after the stagger.
    return (base + index * pitch + index % 256 * ColumnArena.stagger).bindMemory(to: type, capacity: rows)
  }

  /// Writes zero to the memory of these rows in every column, so that it lies near the calling thread.
  public func firstTouch(rows range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    for index in 0..<columns {
      (column(index) + range.lowerBound).update(repeating: 0, count: range.count)
    }
  }
}
