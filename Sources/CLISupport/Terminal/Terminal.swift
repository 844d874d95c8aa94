#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import Isoflop
import Synchronization

/// Where a command writes: data to standard output, everything else to standard error. Commands get one instead of
/// printing, so that tests run them in the same process and read what they wrote.
public final class Terminal {
  private let out: Sink
  private let err: Sink
  /// `NO_COLOR`, `TERM`, `COLUMNS`… as the process got them.
  let environment: [String: String]
  /// What the command line asked for, for pages that say how to make them again.
  var arguments: [String] = []

  /// The process's own streams.
  public init() {
    out = .descriptor(1)
    err = .descriptor(2)
    environment = Terminal.processEnvironment(["NO_COLOR", "TERM", "TERM_PROGRAM", "COLUMNS", "PATH"])
  }

  /// Streams that keep what is written to them.
  init(environment: [String: String] = [:]) {
    out = .memory
    err = .memory
    self.environment = environment
  }

  // What was written and has not left yet (all of it, in memory).
  private(set) var output = ""
  private(set) var notes = ""

  /// Whether what is written is for reading: then lines that are wider than the terminal are broken at spaces.
  var wrapsOutput = false

  /// Data: what the command was asked for.
  func write(_ text: String) throws {
    if wrapsOutput, let width { output += Prose.wrapped(text, width: width, indent: 2) } else { output += text }
    if output.utf8.count > 1 << 16 { try flush() }
  }
  func writeLine(_ text: String = "") throws { try write(text + "\n") }

  /// Anything that is not data: a warning, a default that was chosen. Never fails: there is nobody to tell.
  func note(_ text: String) { say("", .bold, text) }
  func warning(_ text: String) { say("warning:", .yellow, text) }

  /// `error: …`, and under it what to do about it.
  func report(_ problem: String, hint: String?) {
    say("error:", .red, problem)
    if let hint { say("hint:", .cyan, hint) }
  }

  /// One remark, broken to the width of the error stream, its first word in colour.
  private func say(_ label: String, _ style: Style, _ message: String) {
    var text = (label.isEmpty ? "" : label + " ") + Terminal.visible(message)
    if let columns = columns(of: err) { text = Prose.wrapped(text, width: columns, indent: 2) }
    if !label.isEmpty { text = styled(label, style) + text.dropFirst(label.count) }
    guard case .descriptor(let descriptor) = err else {
      notes += text + "\n"
      return
    }
    // What was said before stands above, where both go to one terminal.
    if windowSize(of: out) != nil { try? flush() }
    statusLine?("")
    _ = Terminal.writeAll(text + "\n", to: descriptor)
  }

  /// Control characters made visible: names of files and fields come from others, and must not steer the terminal.
  static func visible(_ text: String) -> String {
    func isControl(_ scalar: Unicode.Scalar) -> Bool {
      (scalar.value < 0x20 && scalar != "\n") || 0x7F..<0xA0 ~= scalar.value
    }
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var out = ""
    for scalar in text.unicodeScalars {
      if isControl(scalar) {
        out += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// Replaces the line that the cursor of the error stream is on, from any thread; nil where no person looks at it.
  /// Whatever is written next takes its place.
  var statusLine: (@Sendable (String) -> Void)? {
    guard case .descriptor(let descriptor) = err, isInteractive else { return nil }
    let width = columns(of: err) ?? 80
    return { [status] text in
      status.isShown.withLock { isShown in
        guard isShown || !text.isEmpty else { return }
        // A line that wraps could not be taken away again.
        _ = Terminal.writeAll("\r\u{1B}[K" + text.prefix(width - 1), to: descriptor)
        isShown = !text.isEmpty
      }
    }
  }

  private final class Status: Sendable { let isShown = Mutex(false) }
  private let status = Status()

  /// - Throws: `BrokenPipe` when nobody reads any more, `WorkError` when the system refuses.
  func flush() throws {
    guard case .descriptor(let descriptor) = out, !output.isEmpty else { return }
    let text = output
    output = ""
    statusLine?("")
    switch Terminal.writeAll(text, to: descriptor) {
    case 0: return
    case EPIPE: throw BrokenPipe()
    case let code: throw WorkError("standard output cannot be written: \(String(cString: strerror(code)))")
    }
  }

  /// Is a person looking at the error stream? Then there are progress lines and, unless `NO_COLOR` is set, colour.
  var isInteractive: Bool {
    guard case .descriptor(let descriptor) = err else { return false }
    return isatty(descriptor) == 1 && environment["TERM"] != "dumb"
  }

  /// Columns of the terminal that standard output is; nil where it is none (a file, a pipe), which has no width.
  var width: Int? { columns(of: out) }

  /// Columns for help, which is written for 80 where nobody says otherwise and is hard to read where it is very wide.
  var helpWidth: Int { min(max(width ?? 80, 20), 100) }

  private func columns(of sink: Sink) -> Int? {
    if let set = environment["COLUMNS"].flatMap({ Int($0) }), set > 0 { return set }
    return windowSize(of: sink).map { Int($0.ws_col) }
  }
  /// Lines of the terminal that standard output is; nil where it is none.
  var height: Int? { windowSize(of: out).flatMap { $0.ws_row > 0 ? Int($0.ws_row) : nil } }

  private func windowSize(of sink: Sink) -> winsize? {
    guard case .descriptor(let descriptor) = sink, isatty(descriptor) == 1 else { return nil }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return size
  }

  /// Does standard output show colours, and may it?
  var showsColour: Bool {
    windowSize(of: out) != nil && environment["TERM"] != "dumb" && environment["NO_COLOR", default: ""].isEmpty
  }

  /// Does standard output show pixels? Only terminals that are known to: the others would print them as letters.
  var showsSixel: Bool {
    guard windowSize(of: out) != nil else { return false }
    let (term, program) = (environment["TERM"] ?? "", environment["TERM_PROGRAM"] ?? "")
    return term.hasPrefix("foot") || term.hasPrefix("mlterm") || term.contains("sixel")
      || ["WezTerm", "iTerm.app"].contains(program)
  }

  enum Style: Int { case bold = 1, red = 31, yellow = 33, cyan = 36 }

  /// Colour with meaning only, and only where a person looks.
  func styled(_ text: String, _ style: Style) -> String {
    guard isInteractive, environment["NO_COLOR", default: ""].isEmpty else { return text }
    return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
  }

  private enum Sink {
    case descriptor(Int32)
    case memory
  }

  /// Writes everything; returns 0 or errno.
  private static func writeAll(_ text: String, to descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      var at = 0
      while at < bytes.count, let base = bytes.baseAddress {
        // SAFETY: `at` is below the buffer's count, and at most the rest of it is read.
        let written = systemWrite(descriptor, base + at, bytes.count - at)
        if written < 0, errno != EINTR { return errno }
        at += max(written, 0)
      }
      return 0
    }
  }

  static func processEnvironment(_ names: [String]) -> [String: String] {
    var values: [String: String] = [:]
    // SAFETY: getenv's text is copied before anything could change the environment.
    for name in names { if let value = getenv(name) { values[name] = String(cString: value) } }
    return values
  }
}

/// `write` of the C library: inside `Terminal` the name is taken.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}

/// Nobody reads standard output any more (`isoflop … | head`): the work is done, with success.
struct BrokenPipe: Error {}
