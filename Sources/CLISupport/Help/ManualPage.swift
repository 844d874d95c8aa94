import Isoflop

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The manual page isoflop(1), in mdoc: the commands as the parser knows them, and the help topics.
struct ManualPage {
  private var lines: [String] = []

  /// - Parameter date: as `November 25, 2026`.
  static func text(_ program: CommandReference, date: String) -> String {
    var page = ManualPage()
    page.write(program, date: date)
    return page.lines.joined(separator: "\n") + "\n"
  }

  private mutating func write(_ program: CommandReference, date: String) {
    lines += [".Dd \(date)", ".Dt ISOFLOP 1", ".Os", ".Sh NAME", ".Nm isoflop"]
    lines.append(".Nd " + Self.escaped(Self.asTitle(program.abstract)))
    lines += [".Sh SYNOPSIS", ".Nm", ".Ar command", ".Op Ar argument ...", ".Nm", ".Cm help", ".Ar topic"]
    lines.append(".Sh DESCRIPTION")
    for paragraph in program.discussion { text(paragraph, first: paragraph == program.discussion.first) }
    lines.append(".Sh COMMANDS")
    for command in program.commands where command.isListed { write(command) }
    lines.append(".Sh HELP TOPICS")
    for topic in HelpTopic.all { write(topic) }
    lines += [".Sh EXIT STATUS", ".Bl -tag -width Ds"]
    for (code, meaning) in ExitStatus.meanings {
      lines.append(".It \(code)")
      text(meaning)
    }
    lines.append(".El")
    examples(program.examples, title: ".Sh EXAMPLES")
  }

  // MARK: Commands

  private mutating func write(_ command: CommandReference) {
    lines.append(".Ss " + Self.escaped("isoflop \(command.name)"))
    text(command.abstract)
    lines.append(".Pp")
    lines.append(".Nm Cm " + Self.word(command.name))
    for argument in command.arguments where argument.kind == .positional {
      let more = argument.isRepeating ? " ..." : ""
      lines.append((argument.isOptional ? ".Op Ar " : ".Ar ") + Self.word(argument.value) + more)
    }
    lines.append(".Op Ar options")
    for paragraph in command.discussion { text(paragraph, first: false) }
    for (title, arguments) in command.sections {
      lines += [".Pp", Self.escaped(title) + ":", ".Bl -tag -width Ds"]
      for argument in arguments {
        lines.append(item(argument))
        if !argument.text.isEmpty { text(argument.text) }
      }
      lines.append(".El")
    }
    examples(command.examples, title: nil)
  }

  private func item(_ argument: CommandReference.Argument) -> String {
    guard argument.kind != .positional else { return ".It Ar " + Self.word(argument.value) }
    let names = argument.names.map { name in
      "Fl " + Self.word(String(name.dropFirst())) + (argument.kind == .option ? " Ar " + Self.word(argument.value) : "")
    }
    return ".It " + names.joined(separator: " , ")
  }

  // MARK: Topics

  private mutating func write(_ topic: HelpTopic) {
    lines.append(".Ss " + Self.escaped(topic.name))
    text(topic.summary)
    for block in topic.blocks {
      switch block {
      case .heading(let title):
        lines += [".Pp", ".Sy " + Self.word(title.prefix(1).uppercased() + title.dropFirst()) + " :"]
      case .text(let paragraph): text(paragraph, first: false)
      case .list(let items):
        lines.append(".Bl -tag -width Ds")
        for (term, meaning) in items {
          lines.append(".It Sy " + Self.word(term))
          text(meaning)
        }
        lines.append(".El")
      case .literal(let literal): display(literal)
      case .examples(let commands): examples(commands, title: nil)
      }
    }
  }

  private mutating func examples(_ commands: [String], title: String?) {
    guard !commands.isEmpty else { return }
    if let title { lines.append(title) } else { lines += [".Pp", "Examples:"] }
    display(commands)
  }

  private mutating func display(_ literal: [String]) {
    lines.append(".Bd -literal -offset indent")
    lines += literal.map { Self.escaped($0) }
    lines.append(".Ed")
  }

  // MARK: Text

  /// A paragraph, each sentence on lines of its own, as mdoc wants it.
  private mutating func text(_ paragraph: String, first: Bool = true) {
    if !first { lines.append(".Pp") }
    for sentence in Self.sentences(paragraph) {
      lines += Self.lines(sentence)
    }
  }

  /// A sentence in lines of at most 80 bytes, as they stand in the file: what is escaped takes more.
  private static func lines(_ sentence: String) -> [String] {
    var width = 78
    while true {
      let lines = Prose.wrapped(sentence, width: width).split(separator: "\n").map { escaped(String($0)) }
      if width <= 20 || lines.allSatisfy({ $0.utf8.count <= 80 }) { return lines }
      width -= 6
    }
  }

  private static func sentences(_ text: String) -> [String] {
    var sentences: [String] = []
    var current = ""
    for word in text.split(separator: " ") {
      current += (current.isEmpty ? "" : " ") + word
      if let last = word.last, ".?!".contains(last), word != "..." {
        sentences.append(current)
        current = ""
      }
    }
    return current.isEmpty ? sentences : sentences + [current]
  }

  /// Text that is no markup, whatever is in it.
  private static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": out += "\\e"
      case "-": out += "\\-"
      case "'": out += "\\(aq"
      case "`": out += "\\(ga"
      case "^": out += "\\(ha"
      case "~": out += "\\(ti"
      // A name with empty brackets is no function of the C library.
      case ")" where out.hasSuffix("("): out += "\\&)"
      case _ where scalar.isASCII: out.unicodeScalars.append(scalar)
      default: out += "\\[u\(hexadecimal(scalar))]"
      }
    }
    return out.hasPrefix(".") ? "\\&" + out : out
  }

  private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// One argument of a macro: quoted where it has spaces, and never taken for a macro or a mark of punctuation.
  private static func word(_ text: String) -> String {
    let safe = "\\&" + escaped(text)
    guard safe.contains(where: { $0 == " " || $0 == "\"" }) else { return safe }
    return "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// A sentence as the subject line of a page: no capital, no full stop.
  private static func asTitle(_ text: String) -> String {
    let text = text.hasSuffix(".") ? text.dropLast() : text[...]
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  /// Today, or the day of SOURCE_DATE_EPOCH, as mdoc writes it.
  static func today(_ environment: [String: String]) -> String {
    var seconds = environment["SOURCE_DATE_EPOCH"].flatMap { time_t($0) } ?? time(nil)
    var day = tm()
    gmtime_r(&seconds, &day)
    let months = [
      "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
      "December",
    ]
    return "\(months[Int(day.tm_mon)]) \(day.tm_mday), \(1900 + Int(day.tm_year))"
  }
}
