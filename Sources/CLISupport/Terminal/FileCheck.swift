#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Whether a file is there.
enum FileCheck {
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
