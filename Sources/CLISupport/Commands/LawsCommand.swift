import ArgumentParser
import Isoflop

/// `isoflop laws`
struct LawsCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "laws",
    abstract: "The published scaling laws that are built in, with units, ranges and sources.",
    discussion: """
      Without a name, all of them in a table. With one, everything that the law says and where it says so. A law file of
      your own (see isoflop laws deepseek --json for the form) is shown the same way.

      EXAMPLES
        isoflop laws
        isoflop laws deepseek
        isoflop laws deepseek --json
        isoflop laws --csv
      """)

  @Argument(help: ArgumentHelp("A law's name, or a law file (.json).", valueName: "law"), completion: Completions.laws)
  var names: [String] = []
  @OptionGroup(title: "Output") var output: OutputOptions

  func run(on terminal: Terminal) throws {
    let laws = try names.isEmpty ? Law.published : names.map { try Law.resolve($0) }
    switch output.form {
    case .json:
      let objects = laws.map(\.json)
      try terminal.writeLine((names.count == 1 ? objects[0] : .array(objects)).text())
    case .csv, .markdown: try terminal.write(Self.table(laws), as: output.form)
    case .text:
      if names.isEmpty {
        try terminal.write(Self.table(laws).text(width: terminal.width))
      } else {
        try terminal.write(laws.map { LawReport(law: $0).text }.joined(separator: "\n"))
      }
    }
  }

  static func table(_ laws: [Law]) -> Table {
    var table = Table([
      .text("law"), .text("title").extra(2), .text("size_in", "size in").extra(2), .text("gives"),
      .text("status").extra(1), .text("source").extra(2),
    ])
    for law in laws {
      table.add([
        .string(law.name), .string(law.title), .string(law.scale.rawValue), .string(LawReport(law: law).gives),
        .string(law.status.rawValue), .string(law.source),
      ])
    }
    return table
  }
}
