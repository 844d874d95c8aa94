import Input

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file that is written aside, bit by bit, and gets its name only when complete. Beside it a journal says how far it
/// is, so that a run that was killed can go on from there.
final class TableFile {
  /// How far the file is.
  struct Mark: Equatable {
    var unit = 0
    var rows = 0
    var bytes = 0
  }

  let path: String
  private let aside: String
  private let journal: String
  /// What makes the file what it is: grid, format, shard. A journal of something else is not gone on with.
  private let identity: String
  private let descriptor: Int32
  private(set) var mark: Mark
  /// What the disk was told to begin with.
  private var started = 0

  /// - Throws: `WorkError` where the path cannot be written to, `InputError` where nothing there fits to go on with.
  init(_ path: String, identity: String, header: [UInt8], resume: Bool) throws {
    self.path = path
    self.identity = identity
    aside = path + ".partial"
    journal = path + ".partial.json"
    // Without a file aside the run was killed after its file had got its name: there is nothing to go on with.
    let resumed =
      resume && access(aside, F_OK) == 0 ? try Self.readJournal(journal, identity: identity, of: path) : nil
    descriptor = open(aside, O_RDWR | O_CREAT, 0o644)
    guard descriptor >= 0 else { throw WorkError("\(path) cannot be written: \(systemError())") }
    // From here on `deinit` closes the file, when this throws too.
    mark = resumed ?? Mark()
    if let resumed {
      // What was written after the last mark is written again.
      var status = stat()
      guard fstat(descriptor, &status) == 0, Int(status.st_size) >= resumed.bytes,
        ftruncate(descriptor, off_t(resumed.bytes)) == 0, lseek(descriptor, 0, SEEK_END) >= 0
      else { throw InputError("is shorter than its journal says", file: aside, hint: "start again without --resume") }
    } else {
      // The journal first: one that says more than there is would be in the way of going on after the next kill.
      unlink(journal)
      guard ftruncate(descriptor, 0) == 0 else { throw WorkError("\(path) cannot be written: \(systemError())") }
      try write(header)
    }
  }

  deinit { close(descriptor) }

  func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var from = 0
    while from < bytes.count, let base = bytes.baseAddress {
      // SAFETY: the buffer is valid for the call, from `from` to its end.
      let written = systemWrite(descriptor, base + from, bytes.count - from)
      if written < 0 {
        if errno == EINTR { continue }
        throw failure()
      }
      from += written
    }
    mark.bytes += bytes.count
  }

  /// Has the disk begin with what was written since the last time, so that it is not idle until someone waits for it.
  func startWriting() {
    #if os(Linux)
      // Advice: where it is not taken, the disk begins later. 2 is SYNC_FILE_RANGE_WRITE.
      _ = syncFileRange?(descriptor, Int64(started), Int64(mark.bytes - started), 2)
    #endif
    started = mark.bytes
  }

  /// Says in the journal that everything before `unit` is written.
  func record(unit: Int, rows: Int) throws {
    mark.unit = unit
    mark.rows = rows
    guard fsync(descriptor) == 0 else { throw failure() }
    let state: JSON = [
      "identity": .string(identity), "unit": .integer(unit), "rows": .integer(rows), "bytes": .integer(mark.bytes),
    ]
    try writeFile(journal, Array(state.text().utf8))
  }

  /// Fills in the header and gives the file its name.
  func finish(header: [UInt8]) throws {
    let written = header.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    guard written == header.count, fsync(descriptor) == 0, rename(aside, path) == 0 else { throw failure() }
    unlink(journal)
  }

  private func failure() -> WorkError {
    WorkError(
      "\(path) cannot be written: \(systemError())",
      hint: "what is written so far is in \(aside); make room and go on with --resume")
  }

  private static func readJournal(_ journal: String, identity: String, of path: String) throws -> Mark? {
    guard access(journal, F_OK) == 0 else { return nil }
    let object = try JSON(parsing: readFile(journal)).object
    guard let object, case .string(identity)? = object["identity"], case .integer(let unit)? = object["unit"],
      case .integer(let rows)? = object["rows"], case .integer(let bytes)? = object["bytes"], unit >= 0, rows >= 0,
      bytes >= 0
    else {
      throw InputError(
        "is of another grid, format or shard", file: journal, hint: "start \(path) again without --resume")
    }
    return Mark(unit: unit, rows: rows, bytes: bytes)
  }
}

#if os(Linux)
  /// sync_file_range, which the module of the C library leaves out; nil where the library does not have it.
  private let syncFileRange: (@Sendable @convention(c) (Int32, Int64, Int64, UInt32) -> Int32)? = {
    // SAFETY: the C library's function by that name has this type (man 2 sync_file_range, 64-bit offsets).
    dlsym(nil, "sync_file_range").map {
      unsafeBitCast($0, to: (@Sendable @convention(c) (Int32, Int64, Int64, UInt32) -> Int32).self)
    }
  }()
#endif

/// The system's write, under a name that does not hide behind a method's.
private func systemWrite(_ descriptor: Int32, _ from: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, from, count)
}
