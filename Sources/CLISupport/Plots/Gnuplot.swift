import Isoflop

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The program gnuplot, where it is installed.
///
/// swift-subprocess would do this too, but it is asynchronous and a command is not: one would block a thread of the very
/// pool that has to finish the work, which on two cores stops for good as soon as two tests draw at once.
struct Gnuplot {
  let path: String

  /// The first gnuplot on the path.
  ///
  /// - Throws: `WorkError` that says how to install it.
  init(environment: [String: String] = [:]) throws {
    let path = environment["PATH"] ?? Terminal.processEnvironment(["PATH"])["PATH"] ?? ""
    let folders = path.split(separator: ":").map(String.init)
    guard let found = folders.map({ $0 + "/gnuplot" }).first(where: { access($0, X_OK) == 0 }) else {
      throw WorkError(
        "gnuplot, which draws the pictures, is not installed",
        hint: "apt-get install gnuplot-nox, or brew install gnuplot; everything but pictures works without it")
    }
    self.path = found
  }

  /// What gnuplot writes to standard output when it runs a script.
  ///
  /// - Throws: `WorkError` with gnuplot's own words where it fails.
  func run(_ script: String) throws -> [UInt8] {
    // Files without a name instead of pipes: none of the three can fill up and block.
    guard let input = tmpfile(), let output = tmpfile(), let errors = tmpfile() else {
      throw WorkError("a temporary file cannot be made: \(systemError())")
    }
    defer { for file in [input, output, errors] { fclose(file) } }
    let bytes = Array(script.utf8)
    // SAFETY: the buffer is valid for the length given, for the duration of the call.
    let written = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, input) }
    guard written == bytes.count, fflush(input) == 0, lseek(fileno(input), 0, SEEK_SET) == 0 else {
      throw WorkError("a temporary file cannot be written: \(systemError())")
    }
    let status = try spawn([fileno(input), fileno(output), fileno(errors)])
    let said = String(decoding: try Gnuplot.contents(errors), as: UTF8.self)
    let picture = try Gnuplot.contents(output)
    guard status == 0, !picture.isEmpty else {
      let reason = said.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.last {
        !$0.isEmpty && $0 != "^"
      }
      throw WorkError(
        "gnuplot drew nothing\(status == 0 ? "" : " (status \(status))"): \(reason ?? "it gives no reason")",
        hint: said.contains("terminal") ? "this gnuplot lacks a format; --plot FILE.svg needs none but its own" : nil)
    }
    return picture
  }

  /// Runs gnuplot with the three standard streams given; returns its exit status.
  private func spawn(_ streams: [Int32]) throws -> Int32 {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, stream) in streams.enumerated() { posix_spawn_file_actions_adddup2(&actions, stream, Int32(number)) }
    var process: pid_t = 0
    // SAFETY: both strings are copied, freed below, and the list ends with nil, as posix_spawn wants it.
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(path), strdup("-"), nil]
    defer { for argument in arguments { free(argument) } }
    let code = posix_spawn(&process, path, &actions, nil, &arguments, environ)
    guard code == 0 else { throw WorkError("\(path) cannot be run: \(String(cString: strerror(code)))") }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { throw WorkError("gnuplot cannot be waited for: \(systemError())") }
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
