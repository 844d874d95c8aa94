import ArgumentParser
import Isoflop

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Exit status: 0 done, 1 the work failed, 2 the request or the input is wrong, 130 stopped by Ctrl-C.
public enum ExitStatus: Int32 {
  case done = 0
  case failed = 1
  case wrongRequest = 2
  /// What shells give a program that Ctrl-C ends.
  case interrupted = 130

  /// Each with what it means, for help.
  static let meanings: [(code: String, meaning: String)] = [
    ("0", "Done. A reader that closes its pipe early is no error."),
    ("1", "The work failed: a full disk, a fit that found nothing, nothing to draw for --plot, an alarm of watch."),
    ("2", "The request or its input is wrong. The message names the file, the field, the value and the way out."),
    ("130", "Stopped by Ctrl-C: a sweep shows what it has found so far, all else leaves no file."),
  ]
}

/// A command of isoflop: what ArgumentParser parsed, run with the streams it may write to.
protocol Command: ParsableCommand {
  associatedtype Output: OutputChoice
  /// In which form the answer was asked for.
  var output: Output { get }
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
      if try writeHelp(arguments, on: terminal) { return .done }
      try checkCommandName(arguments)
      let command = try IsoflopCommand.parseAsRoot(arguments)
      if let command = command as? any Command {
        terminal.wrapsOutput = command.output.isForReading
        let progress = ProgressLine(on: terminal)
        defer { progress.clear() }
        try WorkProgress.watch({ progress.show($0) }, cancelledBy: { Interrupt.isRaised }) {
          try command.run(on: terminal)
        }
      } else {
        // Help, version and completion scripts: what they print, ArgumentParser says by throwing.
        var command = command
        try command.run()
      }
      try terminal.flush()
      return Interrupt.flag.isCancelled ? .interrupted : .done
    } catch is BrokenPipe {
      return .done
    } catch let error where error is CancellationError || Interrupt.flag.isCancelled {
      terminal.warning("stopped by Ctrl-C before there was a result")
      return .interrupted
    } catch let error as InputError {
      flushOutput(terminal)
      let error = TypedOptions(arguments).spelling(error)
      terminal.report(error.withoutHint, hint: error.hint)
      return .wrongRequest
    } catch let error as WorkError {
      flushOutput(terminal)
      terminal.report(error.problem, hint: error.hint)
      return .failed
    } catch {
      return reportParserMessage(error, for: arguments, on: terminal)
    }
  }

  /// The help of the whole program and of topics, which the parser knows nothing of.
  ///
  /// - Returns: whether that was what was asked for.
  private static func writeHelp(_ arguments: [String], on terminal: Terminal) throws -> Bool {
    if RootHelp.isAsked(arguments) {
      try terminal.write(RootHelp.text(width: terminal.helpWidth))
    } else if arguments.count == 2, arguments[0] == "help", !arguments[1].hasPrefix("-") {
      let name = arguments[1]
      let isCommand = IsoflopCommand.commandNames.contains(name)
      guard let topic = HelpTopic.named(name) else {
        if isCommand { return false }
        let topics = HelpTopic.all.map(\.name)
        throw InputError(
          "is neither a command nor a help topic", value: name,
          hint: closest(to: name, among: IsoflopCommand.commandNames + topics).map {
            "did you mean isoflop help \($0)?"
          }
            ?? "isoflop help lists them")
      }
      try terminal.write(topic.text(width: terminal.helpWidth))
      if isCommand { try terminal.write("\nisoflop \(name) --help shows the options of the command.\n") }
    } else {
      return false
    }
    try terminal.flush()
    return true
  }

  /// What was found before an error is still data; whether it can be written no longer changes the outcome.
  private static func flushOutput(_ terminal: Terminal) { try? terminal.flush() }

  /// A misspelt command is more likely than a stray argument, which is what the parser would call it.
  private static func checkCommandName(_ arguments: [String]) throws {
    guard let name = arguments.first, !name.hasPrefix("-") else { return }
    let known = IsoflopCommand.commandNames
    guard !known.contains(name) else { return }
    let hint: String
    if let near = closest(to: name, among: known) {
      hint = "did you mean isoflop \(near)?"
    } else if HelpTopic.named(name) != nil {
      hint = "isoflop help \(name) is about that"
    } else if KnownModel.named(name) != nil || FileCheck.exists(name) {
      hint = "isoflop count \(name) counts it; isoflop --help lists the commands"
    } else {
      hint = "isoflop --help lists them"
    }
    throw InputError("is not a command of isoflop", value: name, hint: hint)
  }

  /// Help and the like go to standard output; what the parser refuses becomes status 2 (it would be 64) with the
  /// place where help is.
  private static func reportParserMessage(
    _ error: any Error, for arguments: [String], on terminal: Terminal
  ) -> ExitStatus {
    if IsoflopCommand.exitCode(for: error) == .success {
      do {
        let message = IsoflopCommand.fullMessage(for: error)
        // The parser knows best when help is meant; how it looks is one thing with the rest of the help.
        if message.hasPrefix("OVERVIEW:"), let name = arguments.first(where: { $0 != "help" }),
          let command = try CommandReference.isoflop(name)
        {
          try terminal.write(command.text(width: terminal.helpWidth))
        } else {
          try terminal.writeLine(CompletionScript.completed(message) ?? message)
        }
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
    let message = asHalfSentence(IsoflopCommand.message(for: error))
    let hints = ParserHints(arguments)
    terminal.report(
      hints.corrected(message), hint: hints.hint(for: message) ?? place.map { "\($0) shows what is possible" })
    return .wrongRequest
  }

  /// The parser's sentences begin with a capital letter and may end in a full stop; ours do not.
  private static func asHalfSentence(_ text: String) -> String {
    var text = text
    if text.hasSuffix(".") { text.removeLast() }
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}
