import Isoflop
import TestSupport
import Testing

@testable import CLISupport

/// The manual page: complete, and without a warning from the programs that show it.
@Suite struct ManualTests {
  private static let page = isoflop("manual").output

  @Test func theParserDescribesItself() throws {
    let program = try CommandReference.isoflop()
    #expect(program.name == "isoflop")
    #expect(program.commands.map(\.name) == IsoflopCommand.configuration.subcommands.map { $0._commandName })
    let count = try #require(program.commands.first { $0.name == "count" })
    #expect(count.arguments.first.map { [$0.value, $0.kind.rawValue] } == ["config", "positional"])
    let length = try #require(count.arguments.first { $0.names.contains("--sequence-length") })
    #expect(length.names == ["-s", "--sequence-length"])
    #expect(length.value == "n")
    #expect(length.isOptional && !length.isRepeating)
    #expect(count.examples.contains("isoflop count deepseek-llm-67b"))
    #expect(!count.discussion.joined().contains("EXAMPLES"))
  }

  @Test func everyCommandOptionAndTopicIsInIt() throws {
    for command in try CommandReference.isoflop().commands where command.isListed {
      #expect(Self.page.contains(".Ss isoflop \(command.name)\n"), "\(command.name)")
      for argument in command.arguments {
        for name in argument.names {
          let written = name.dropFirst().split(separator: "-", omittingEmptySubsequences: false).joined(
            separator: "\\-")
          #expect(Self.page.contains("Fl \\&\(written)"), "\(command.name) \(name)")
        }
      }
    }
    for topic in HelpTopic.all { #expect(Self.page.contains("\n.Ss \(topic.name)\n")) }
  }

  @Test func itsDateCanBeSet() {
    #expect(ManualPage.today(["SOURCE_DATE_EPOCH": "0"]) == "January 1, 1970")
    #expect(ManualPage.today(["SOURCE_DATE_EPOCH": "1764028800"]) == "November 25, 2025")
  }

  private func written(_ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try writeFile(folder + "/isoflop.1", Array(Self.page.utf8))
      try body(folder + "/isoflop.1")
    }
  }

  @Test(.enabled(if: shellHas("mandoc"), "mandoc is not here"))
  func mandocHasNothingToSay() throws {
    try written { file in
      let result = try shell("mandoc -Tlint -Wstyle \(file)")
      #expect(result == Outcome(status: 0, output: "", errors: ""))
    }
  }

  @Test(.enabled(if: shellHas("groff"), "groff is not here"))
  func groffHasNothingToSay() throws {
    try written { file in
      let result = try shell("groff -mandoc -Tutf8 -ww -P-c \(file) >/dev/null")
      #expect(result == Outcome(status: 0, output: "", errors: ""))
    }
  }

  @Test(.enabled(if: shellHas("man"), "man is not here"))
  func manShowsIt() throws {
    try written { file in
      let result = try shell("man --warnings -l \(file) | cat", environment: ["MANWIDTH": "80", "LC_ALL": "C.UTF-8"])
      #expect(result.status == 0)
      #expect(result.errors.isEmpty)
      #expect(result.output.contains("--sequence-length n"))
      #expect(result.output.contains("isoflop count deepseek-llm-67b\n"))
    }
  }
}
