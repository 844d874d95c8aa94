#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bytes of a file; `-` is standard input.
///
/// - Throws: `InputError` that names the file and what the system said.
public func readFile(_ path: String) throws -> [UInt8] {
  let descriptor = path == "-" ? 0 : open(path, O_RDONLY)
  guard descriptor >= 0 else { throw InputError("cannot be read: \(systemError())", file: path) }
  defer { if descriptor != 0 { close(descriptor) } }
  var status = stat()
  if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
    throw InputError("is a folder, not a file", file: path)
  }
  var bytes: [UInt8] = []
  if status.st_size > 0 { bytes.reserveCapacity(Int(status.st_size)) }
  while true {
    let chunk = 1 << 16
    let start = bytes.count
    var got = 0
    bytes.append(contentsOf: repeatElement(0, count: chunk))
    // SAFETY: the buffer has `chunk` bytes from `start` on; read writes at most that many.
    got = bytes.withUnsafeMutableBytes { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      return read(descriptor, base + start, chunk)
    }
    bytes.removeLast(chunk - max(got, 0))
    if got == 0 { return bytes }
    if got < 0, errno != EINTR { throw InputError("cannot be read: \(systemError())", file: path) }
  }
}

/// Writes a whole file or nothing: beside its final name first, then renamed over it, so that whatever was there
/// stays until the new text is complete.
///
/// - Throws: `WorkError` that names the file and what the system said.
public func writeFile(_ path: String, _ bytes: [UInt8]) throws {
  let aside = "\(path).partial-\(getpid())"
  guard let file = fopen(aside, "wb") else { throw WorkError("\(path) cannot be written: \(systemError())") }
  // SAFETY: the buffer is valid for the length given, for the duration of the call.
  let written = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
  let flushed = fflush(file) == 0
  guard written == bytes.count || bytes.isEmpty, flushed, fclose(file) == 0, rename(aside, path) == 0 else {
    let reason = systemError()
    unlink(aside)
    throw WorkError("\(path) cannot be written: \(reason)")
  }
}

/// What errno says, in words.
public func systemError() -> String { String(cString: strerror(errno)) }
