import ArgumentParser
import Isoflop

/// What the parser knows of a command: its words, arguments and options, for the manual. Read from the description
/// that ArgumentParser gives of itself (`--experimental-dump-help`), so that nothing is written down twice.
struct CommandReference {
  var name: String
  var abstract: String
  /// Paragraphs without the examples.
  var discussion: [String]
  var examples: [String]
  var arguments: [Argument]
  var commands: [CommandReference]
  var isListed: Bool

  struct Argument {
    enum Kind: String { case positional, option, flag }
    var kind: Kind
    /// `-s`, `--sequence-length`; none for positional arguments.
    var names: [String]
    var value: String
    var section: String?
    var isOptional: Bool
    var isRepeating: Bool
    var text: String
  }

  /// The whole program.
  static func isoflop() throws -> CommandReference { try described.get() }

  private static let described = Result { try read() }

  private static func read() throws -> CommandReference {
    var text: String?
    do {
      _ = try IsoflopCommand.parseAsRoot(["--experimental-dump-help"])
    } catch {
      text = IsoflopCommand.fullMessage(for: error)
    }
    guard let text, let command = try JSON(parsing: text).object?["command"]?.object else {
      throw WorkError("the parser did not describe itself")
    }
    return try CommandReference(command)
  }

  private init(_ object: JSONObject) throws {
    name = object["commandName"]?.string ?? ""
    isListed = object["shouldDisplay"] != false
    abstract = object["abstract"]?.string ?? ""
    let lines = (object["discussion"]?.string ?? "").split(separator: "\n", omittingEmptySubsequences: false)
    let head = lines.firstIndex(of: "EXAMPLES") ?? lines.endIndex
    discussion = lines[..<head].split(separator: "").map { $0.joined(separator: " ") }
    examples = lines[head...].dropFirst().map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty }
    arguments = (object["arguments"]?.array ?? []).compactMap { $0.object.flatMap(Argument.init) }
    commands = try (object["subcommands"]?.array ?? []).compactMap { child in
      // The parser's own help command is part of ours.
      guard let child = child.object, child["commandName"] != "help" else { return nil }
      return try CommandReference(child)
    }
  }
}

extension CommandReference.Argument {
  /// Nil for what is not shown.
  fileprivate init?(_ object: JSONObject) {
    guard object["shouldDisplay"] != false, let kind = object["kind"]?.string.flatMap(Kind.init) else { return nil }
    self.kind = kind
    names = (object["names"]?.array ?? []).compactMap(\.object).map { name in
      (name["kind"] == "long" ? "--" : "-") + (name["name"]?.string ?? "")
    }.sorted { ($0.count, $0) < ($1.count, $1) }
    value = object["valueName"]?.string ?? ""
    section = object["sectionTitle"]?.string
    isOptional = object["isOptional"] == true
    isRepeating = object["isRepeating"] == true
    text = [object["abstract"]?.string, object["discussion"]?.string].compactMap { $0 }.joined(separator: " ")
    // Where a text names no default itself, the parser knows it.
    if let usual = object["defaultValue"]?.string, kind != .flag, !text.contains("default:") {
      text = (text.hasSuffix(".") ? String(text.dropLast()) : text) + " (default: \(usual))."
    }
  }
}

extension CommandReference {
  /// The arguments by what they are about, in the order in which each section begins.
  var sections: [(title: String, arguments: [Argument])] {
    var sections: [(title: String, arguments: [Argument])] = []
    for argument in arguments {
      let title = argument.kind == .positional ? "Arguments" : title(of: argument)
      if let at = sections.firstIndex(where: { $0.title == title }) {
        sections[at].arguments.append(argument)
      } else {
        sections.append((title, [argument]))
      }
    }
    return sections.map { ($0.title, CommandReference.paired($0.arguments)) }
  }

  private func title(of argument: Argument) -> String {
    argument.section ?? HelpSections.title(of: argument.names, in: name) ?? "Options"
  }

  /// `--pin, --no-pin` as one: the parser has them one by one.
  private static func paired(_ arguments: [Argument]) -> [Argument] {
    var paired: [Argument] = []
    for argument in arguments {
      if argument.kind == .flag, let last = paired.last, last.kind == .flag, last.text == argument.text {
        paired[paired.count - 1].names += argument.names
      } else {
        paired.append(argument)
      }
    }
    return paired
  }
}
