import ArgumentParser
import Isoflop
import Testing

@testable import CLISupport

/// Help: of the program, of commands, of topics; in wide and in narrow terminals.
@Suite struct HelpTests {
  static let commands = IsoflopCommand.configuration.subcommands.map { $0._commandName }
  static let listed = IsoflopCommand.configuration.subcommands.filter { $0.configuration.shouldDisplay }
    .map { $0._commandName }
  static let topics = HelpTopic.all.map(\.name)

  /// Lines that are wider than the terminal; examples are to be copied and stay in one piece.
  static func tooWide(_ text: String, _ width: Int) -> [String] {
    text.split(separator: "\n").map(String.init).filter { line in
      line.count > width && !line.contains("isoflop ") && line.contains(" ")
        // A single word can be longer than a line.
        && line.drop { $0 == " " }.contains(" ")
    }
  }

  @Test(arguments: [[], ["help"], ["--help"], ["-h"]])
  func withoutACommandThereIsAMap(_ arguments: [String]) {
    let result = isoflop(arguments)
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    for command in Self.listed { #expect(result.output.contains("\n  \(command) "), "\(command)") }
    for topic in Self.topics { #expect(result.output.contains("\n  \(topic) "), "\(topic)") }
    #expect(result.output.contains("\nEXAMPLES\n  isoflop count "))
    #expect(!result.output.contains("manual "))
  }

  @Test(arguments: [20, 40, 80, 200])
  func theMapFits(_ width: Int) {
    let result = isoflop([], environment: ["COLUMNS": "\(width)"])
    #expect(Self.tooWide(result.output, min(max(width, 20), 100)) == [])
  }

  @Test(arguments: commands)
  func helpOfACommandFits(_ command: String) throws {
    let reference = try #require(try CommandReference.isoflop(command))
    for width in [40, 80] {
      let result = isoflop([command, "--help"], environment: ["COLUMNS": "\(width)"])
      #expect(result.status == 0)
      // Of a topic that is called the same there is more to say.
      let other = isoflop(["help", command], environment: ["COLUMNS": "\(width)"])
      #expect((result == other) == !Self.topics.contains(command))
      #expect(Self.tooWide(result.output, min(width, 100)) == [])
      for argument in reference.arguments {
        for name in argument.names { #expect(result.output.contains(name), "\(name)") }
      }
      for example in Example.of(
        try #require(IsoflopCommand.configuration.subcommands.first { $0._commandName == command }))
      {
        #expect(result.output.contains("\n  \(example.line)\n"))
      }
    }
  }

  @Test(arguments: topics)
  func aTopicAnswers(_ topic: String) throws {
    for width in [40, 80] {
      let result = isoflop(["help", topic], environment: ["COLUMNS": "\(width)"])
      #expect(result.status == 0)
      #expect(result.errors.isEmpty)
      #expect(Self.tooWide(result.output, width).filter { !$0.hasPrefix("  ") || width == 80 } == [])
    }
    // A topic that is called as a command is says where that one's options are.
    let points = isoflop("help", topic).output.contains("isoflop \(topic) --help")
    #expect(points == Self.commands.contains(topic))
  }

  @Test func everyConventionLawScaleAndDiagnosticIsExplained() {
    let conventions = isoflop("help", "conventions").output
    for convention in Convention.known { #expect(conventions.contains("\n  \(convention.name) ")) }
    let laws = isoflop("help", "laws").output
    for scale in ModelScale.allCases { #expect(laws.contains(scale.rawValue)) }
    let diagnostics = isoflop("help", "diagnostics").output
    for code in FitWarning.Code.allCases {
      #expect(diagnostics.contains("\n  \(code.rawValue)"))
      #expect(code.meaning.hasSuffix(".") && code.remedy.hasSuffix("."), "\(code)")
    }
    let grids = isoflop("help", "grids").output.split(separator: "\n").joined(separator: " ")
    for name in Quantity.names { #expect(grids.contains(name), "\(name)") }
  }

  /// The grid and the law that the pages show are read as they stand.
  @Test func whatThePagesShowIsReadable() throws {
    func literal(_ topic: HelpTopic) -> String? {
      topic.blocks.lazy.compactMap { if case .literal(let lines) = $0 { lines.joined(separator: "\n") } else { nil } }
        .first
    }
    let grid = try Grid(JSON(yaml: Array(#require(literal(.grids)).utf8)))
    #expect(grid.shapes == 41 * 57 * 2 * 2 * 2)
    let law = try Law(json: JSON(parsing: #require(literal(.laws))))
    #expect(law.allocates)
  }

  /// A section is begun once, and what an option is for is a sentence that names its default once.
  @Test(arguments: commands)
  func optionsAreSaidOnce(_ command: String) throws {
    let reference = try #require(try CommandReference.isoflop(command))
    let titles = reference.sections.map(\.title)
    #expect(Set(titles).count == titles.count)
    let names = reference.sections.flatMap { $0.arguments.flatMap(\.names) }
    #expect(names.sorted() == reference.arguments.flatMap(\.names).sorted())
    for argument in reference.sections.flatMap(\.arguments) {
      let what = "\(command) \(argument.names.first ?? argument.value): \(argument.text)"
      #expect(argument.text.hasSuffix(".") || argument.text == "Show help information.", "\(what)")
      #expect(argument.text.count { $0 == "(" } == argument.text.count { $0 == ")" }, "\(what)")
      #expect(argument.text.lowercased().split(separator: " ").count { $0.contains("default") } <= 1, "\(what)")
    }
    let texts = reference.sections.flatMap(\.arguments).filter { $0.kind == .flag }.map(\.text)
    #expect(Set(texts).count == texts.count, "two flags of \(command) say the same")
  }

  @Test func sectionsAreOfOptionsThatThereAre() throws {
    for (command, sections) in HelpSections.all {
      let reference = try #require(try CommandReference.isoflop(command), "\(command)")
      let names = Set(reference.arguments.flatMap(\.names))
      for option in sections.flatMap(\.options) { #expect(names.contains(option), "\(command) has no \(option)") }
      let listed = sections.flatMap(\.options)
      #expect(Set(listed).count == listed.count, "\(command)")
    }
  }

  @Test func usageNamesTheArguments() {
    #expect(isoflop("count", "--help").output.contains("\nUSAGE: isoflop count [CONFIG...] [OPTIONS]\n"))
    #expect(isoflop("size", "--help").output.contains("\nUSAGE: isoflop size SIZE [OPTIONS]\n"))
  }
}

@Suite struct ProseTests {
  @Test func longLinesAreBrokenAtSpaces() {
    #expect(Prose.wrapped("one two three four", width: 9) == "one two\nthree\nfour")
    #expect(Prose.wrapped("  one two three four", width: 16, indent: 2) == "  one two three\n    four")
    #expect(Prose.wrapped("short\n\nlines", width: 9) == "short\n\nlines")
    #expect(Prose.wrapped("incomprehensibilities", width: 9) == "incomprehensibilities")
    #expect(Prose.wrapped("", width: 9).isEmpty)
  }

  @Test(arguments: 1...60)
  func noWordIsLost(_ width: Int) {
    let text = "Alignment and  spaces: a long-ish sentence, 1,234,567 things, and a word thatislongerthanmostlines."
    let wrapped = Prose.wrapped(text, width: width)
    #expect(wrapped.split(whereSeparator: \.isWhitespace) == text.split(whereSeparator: \.isWhitespace))
    for line in wrapped.split(separator: "\n") { #expect(line.count <= width || !line.contains(" ")) }
  }

  @Test func aListGoesBelowItsTermsWhereThereIsNoRoom() {
    let items = [(term: "a", meaning: "one two"), (term: "bb", meaning: "three four five six seven eight")]
    #expect(Prose.list(items, width: 40) == "  a   one two\n  bb  three four five six seven eight")
    #expect(
      Prose.list(items, width: 20) == "  a\n      one two\n  bb\n      three four\n      five six seven\n      eight")
  }

  @Test func linesForReadingAreBrokenAndDataIsNot() throws {
    let narrow = isoflop("attention", "gpt2", environment: ["COLUMNS": "40"])
    #expect(narrow.output.split(separator: "\n").allSatisfy { $0.count <= 40 })
    let data = isoflop("attention", "gpt2", "--csv", environment: ["COLUMNS": "40"])
    #expect(data.output == isoflop("attention", "gpt2", "--csv").output)
    let error = isoflop(
      "compare", "gpt2", "--as", "a-very-long-name-that-nobody-knows", environment: ["COLUMNS": "40"])
    #expect(error.errors.split(separator: "\n").allSatisfy { $0.count <= 40 })
  }
}
