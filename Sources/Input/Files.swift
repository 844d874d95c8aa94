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
  guard descriptor >= 0 else {
    let isMissing = errno == ENOENT
    throw InputError(
      "cannot be read: \(systemError())", file: path,
      hint: isMissing ? nearbyFile(path).map { "did you mean \($0)?" } : nil)
  }
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

/// The names of what a folder holds, sorted; none where it cannot be read. The empty path is the current folder.
public func fileNames(in folder: String) -> [String] {
  guard let directory = opendir(folder.isEmpty ? "." : folder) else { return [] }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    // SAFETY: d_name is a NUL-terminated text within the entry, which lives until the next readdir.
    let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
      pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
        String(cString: $0)
      }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// The file that was probably meant by a path that leads nowhere: one in the same folder with nearly that name.
public func nearbyFile(_ path: String) -> String? {
  let slash = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
  let folder = String(path[..<slash])
  let names = fileNames(in: folder).filter { !$0.hasPrefix(".") }
  return closest(to: String(path[slash...]), among: names).map { folder + $0 }
}

/// Writes a whole file or nothing: beside its final name first, then renamed over it, so that whatever was there
/// stays until the new text is complete. Through a symbolic link it is the file at its end that is replaced; what is no
/// file (a pipe, `/dev/null`) is written to in place.
///
/// - Throws: `WorkError` that names the file and what the system said.
public func writeFile(_ path: String, _ bytes: [UInt8]) throws {
  var status = stat()
  let exists = stat(path, &status) == 0
  let inPlace = exists && status.st_mode & S_IFMT != S_IFREG
  let target = exists && !inPlace ? resolved(path) : path
  let aside = inPlace ? path : "\(target).partial-\(getpid())"
  guard let file = fopen(aside, "wb") else { throw cannotWrite(path) }
  // SAFETY: the buffer is valid for the length given, for the duration of the call.
  let written = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
  var failure = written == bytes.count && fflush(file) == 0 ? nil : systemError()
  if fclose(file) != 0, failure == nil { failure = systemError() }
  if !inPlace {
    if failure == nil, rename(aside, target) != 0 { failure = systemError() }
    if failure != nil { unlink(aside) }
  }
  if let failure { throw WorkError("\(path) cannot be written: \(failure)") }
}

/// What the system said when a file could not be opened for writing, and what to do about it.
private func cannotWrite(_ path: String) -> WorkError {
  let hint: String? =
    switch errno {
    case EACCES, EPERM, EROFS: "name a folder that you may write to"
    case ENOENT, ENOTDIR: "make the folder first, or name another"
    default: nil
    }
  return WorkError("\(path) cannot be written: \(systemError())", hint: hint)
}

/// The file that a path leads to, symbolic links followed.
private func resolved(_ path: String) -> String {
  // SAFETY: with no buffer given realpath allocates one, which is copied and freed here.
  guard let name = realpath(path, nil) else { return path }
  defer { free(name) }
  return String(cString: name)
}

/// What errno says, in words.
public func systemError() -> String { String(cString: strerror(errno)) }
