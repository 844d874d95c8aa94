import Isoflop

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A program of the system's, run to its end.
///
/// swift-subprocess would do this too, but it is asynchronous and a command is not: one would block a thread of the very
/// pool that has to finish the work, which on two cores stops for good as soon as two tests draw at once.
struct OtherProgram {
  let path: String

  init(_ path: String) { self.path = path }

  /// The first of this name on the path.
  static func find(_ name: String, _ environment: [String: String]) -> String? {
    let path = environment["PATH"] ?? Terminal.processEnvironment(["PATH"])["PATH"] ?? ""
    return path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  /// Its exit status and what it writes to standard output and error.
  func run(_ arguments: [String], input bytes: [UInt8] = []) throws -> (
    status: Int32, output: [UInt8], errors: [UInt8]
  ) {
    // Files without a name instead of pipes: none of the three can fill up and block.
    guard let input = tmpfile(), let output = tmpfile(), let errors = tmpfile() else {
      throw WorkError("a temporary file cannot be made: \(systemError())")
    }
    defer { for file in [input, output, errors] { fclose(file) } }
    // SAFETY: the buffer is valid for the length given, for the duration of the call.
    let written = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, input) }
    guard written == bytes.count, fflush(input) == 0, lseek(fileno(input), 0, SEEK_SET) == 0 else {
      throw WorkError("a temporary file cannot be written: \(systemError())")
    }
    let status = try spawn(arguments, [fileno(input), fileno(output), fileno(errors)])
    return (status, try Self.contents(output), try Self.contents(errors))
  }

  /// Runs it with the three standard streams given; returns its exit status.
  private func spawn(_ arguments: [String], _ streams: [Int32]) throws -> Int32 {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, stream) in streams.enumerated() { posix_spawn_file_actions_adddup2(&actions, stream, Int32(number)) }
    var process: pid_t = 0
    // SAFETY: the strings are copied, freed below, and the list ends with nil, as posix_spawn wants it.
    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    let code = posix_spawn(&process, path, &actions, nil, &words, environ)
    guard code == 0 else { throw WorkError("\(path) cannot be run: \(String(cString: strerror(code)))") }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { throw WorkError("\(path) cannot be waited for: \(systemError())") }
    }
    // A signal is in the low seven bits, the exit status in the next eight.
    return status & 0x7F != 0 ? 128 + status & 0x7F : (status >> 8) & 0xFF
  }

  private static func contents(_ file: UnsafeMutablePointer<FILE>) throws -> [UInt8] {
    rewind(file)
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      // SAFETY: at most the buffer's length is read into it.
      let got = chunk.withUnsafeMutableBytes { fread($0.baseAddress, 1, $0.count, file) }
      if got == 0 { break }
      bytes += chunk[..<got]
    }
    guard ferror(file) == 0 else { throw WorkError("a temporary file cannot be read: \(systemError())") }
    return bytes
  }
}
