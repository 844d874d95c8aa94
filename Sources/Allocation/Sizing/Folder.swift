import Input

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Makes a folder, and those above it; one that is there already is fine.
///
/// - Throws: `WorkError` that names the folder and what the system said.
func makeFolder(_ path: String) throws {
  var partial = path.hasPrefix("/") ? "/" : ""
  for part in path.split(separator: "/") {
    partial += (partial.isEmpty || partial.hasSuffix("/") ? "" : "/") + part
    guard mkdir(partial, 0o777) == 0 || errno == EEXIST else {
      throw WorkError("\(path) cannot be made: \(systemError())")
    }
  }
}
