import ArgumentParser
import Isoflop

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Exit status: 0 done, 1 the work failed, 2 the request or the input is wrong.
public enum ExitStatus: Int32 {
  case done = 0
  case failed = 1
  case wrongRequest = 2
}

/// A command of isoflop: what ArgumentParser parsed, run with the streams it may write to.
protocol Command: ParsableCommand {
  func run(on terminal: Terminal) throws
}

/// The whole program, from arguments to exit status.
public enum Program {
  /// Runs the process's own arguments, and exits.
  public static func main() -> Never {
    signal(SIGPIPE, SIG_IGN)
    let status = run(Array(CommandLine.arguments.dropFirst()), on: Terminal())
    exit(status.rawValue)
  }

  /// Runs one command line; everything it says goes to `terminal`.
  public static func run(_ arguments: [String], on terminal: Terminal) -> ExitStatus {
    terminal.arguments = arguments
    do {
      try checkCommandName(arguments)
      let command = try IsoflopCommand.parseAsRoot(arguments)
      if let command = command as? any Command {
        try command.run(on: terminal)
      } else {
        // Help, version and completion scripts: what they print, ArgumentParser says by throwing.
        var command = command
        try command.run()
      }
      try terminal.flush()
      return .done
    } catch is BrokenPipe {
      return .done
    } catch let error as InputError {
      flushOutput(terminal)
      terminal.report(error.withoutHint, hint: error.hint)
      return .wrongRequest
    } catch let error as WorkError {
      flushOutput(terminal)
      terminal.report(error.problem, hint: error.hint)
      return .failed
    } catch {
      return reportParserMessage(error, on: terminal)
    }
  }

  /// What was found before an error is still data; whether it can be written no longer changes the outcome.
  private static func flushOutput(_ terminal: Terminal) { try? terminal.flush() }

  /// A misspelt command is more likely than a stray argument, which is what the parser would call it.
  private static func checkCommandName(_ arguments: [String]) throws {
    guard let name = arguments.first, !name.hasPrefix("-") else { return }
    let known = IsoflopCommand.commandNames
    guard !known.contains(name) else { return }
    throw InputError(
      "is not a command of isoflop", value: name,
      hint: closest(to: name, among: known).map { "did you mean isoflop \($0)?" } ?? "isoflop --help lists them")
  }

  /// Help and the like go to standard output; what the parser refuses becomes status 2 (it would be 64) with the
  /// place where help is.
  private static func reportParserMessage(_ error: any Error, on terminal: Terminal) -> ExitStatus {
    if IsoflopCommand.exitCode(for: error) == .success {
      do {
        try terminal.writeLine(IsoflopCommand.fullMessage(for: error, columns: terminal.width.map { min($0, 100) }))
        try terminal.flush()
        return .done
      } catch is BrokenPipe {
        return .done
      } catch {
        terminal.report("\(error)", hint: nil)
        return .failed
      }
    }
    // The full message ends in "See 'isoflop count --help' for more information.": the only place that names the
    // command the arguments were for.
    let full = IsoflopCommand.fullMessage(for: error)
    let place = full.split(separator: "'").last { $0.hasPrefix("isoflop") && $0.hasSuffix("--help") }
    terminal.report(
      asHalfSentence(IsoflopCommand.message(for: error)), hint: place.map { "\($0) shows what is possible" })
    return .wrongRequest
  }

  /// The parser's sentences begin with a capital letter and may end in a full stop; ours do not.
  private static func asHalfSentence(_ text: String) -> String {
    var text = text
    if text.hasSuffix(".") { text.removeLast() }
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}

extension InputError {
  /// The sentence without the hint, which stands on a line of its own.
  var withoutHint: String {
    var copy = self
    copy.hint = nil
    return copy.description
  }
}
