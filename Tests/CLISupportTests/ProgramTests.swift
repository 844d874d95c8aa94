import ArgumentParser
import Isoflop
import TestSupport
import Testing

@testable import CLISupport

/// Exit status, streams and help: what every command does alike.
@Suite struct ProgramTests {
  @Test func withoutArgumentsThereIsHelp() {
    let result = isoflop()
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    for command in ["count", "compare", "sweep", "laws", "machine"] { #expect(result.output.contains("  \(command) ")) }
  }

  @Test(arguments: [["--help"], ["-h"], ["help"], ["help", "count"], ["count", "--help"], ["--version"]])
  func helpIsDataAndSuccess(_ arguments: [String]) {
    let result = isoflop(arguments)
    #expect(result.status == 0)
    #expect(!result.output.isEmpty)
    #expect(result.errors.isEmpty)
  }

  @Test(arguments: [
    (["cuont"], "error: cuont is not a command of isoflop\nhint: did you mean isoflop count?\n"),
    (["frobnicate"], "error: frobnicate is not a command of isoflop\nhint: isoflop --help lists them\n"),
    (
      ["count", "--explan", "gpt2"],
      "error: unknown option '--explan'. Did you mean '--explain'?\nhint: isoflop count --help shows what is possible\n"
    ),
    (
      ["sweep", "--nearest"],
      "error: missing value for '--nearest <number>'\nhint: isoflop sweep --help shows what is possible\n"
    ),
    (
      ["machine", "extra"], "error: unexpected argument 'extra'\nhint: isoflop machine --help shows what is possible\n"
    ),
    (
      ["laws", "--json", "--csv"],
      "error: choose one of --json, --csv and --markdown\nhint: isoflop laws --help shows what is possible\n"
    ),
    (["--frobnicate"], "error: unknown option '--frobnicate'\nhint: isoflop --help shows what is possible\n"),
  ])
  func whatTheParserRefusesIsStatus2(_ arguments: [String], _ message: String) {
    #expect(isoflop(arguments) == Outcome(status: 2, output: "", errors: message))
  }

  @Test func everyCommandHasExamplesThatAreUnderstood() throws {
    for command in IsoflopCommand.configuration.subcommands {
      let examples = Examples.of(command)
      #expect(!examples.isEmpty, "\(command)")
      for example in examples where example.line.hasPrefix("isoflop ") {
        #expect(throws: Never.self, "\(example.line)") { try IsoflopCommand.parseAsRoot(example.arguments) }
      }
    }
  }

  /// In a folder of its own, because some write files. Those that read data which only a user has are not run.
  @Test(.enabled(if: executable != nil, "the executable is not beside the tests"))
  func examplesRun() throws {
    try withTemporaryFolder { folder in
      let config = try #require(KnownModel.named("gpt2")).config
      try writeFile(folder + "/config.json", Array(config.utf8))
      try writeFile(folder + "/my.law.json", Array(isoflop("laws", "besiroglu", "--json").output.utf8))
      // Chosen before any runs: what one writes is not the input that another means.
      let examples = IsoflopCommand.configuration.subcommands.flatMap(Examples.of).filter { $0.runs(in: folder) }
      #expect(examples.count > 30)
      for example in examples {
        let line = "cd \(folder) && \"$ISOFLOP\" " + example.line.dropFirst("isoflop ".count)
        let result = try shell(String(line))
        #expect(result.status == 0, "\(example.line): \(result.errors)")
        // What writes a page says so beside it.
        #expect(!result.output.isEmpty || result.errors.contains("note: report in"), "\(example.line)")
      }
    }
  }

  @Test func errorsHideNoControlCharacters() {
    let result = isoflop("count", "\u{1B}[2Jx")
    #expect(result.status == 2)
    #expect(!result.errors.contains("\u{1B}"))
  }
}

/// The lines under EXAMPLES in a command's help.
struct Examples {
  var line: String
  var arguments: [String]

  /// Examples with an environment or another program before them, and those that name a file which is not in the folder
  /// and which they do not write, are not run.
  func runs(in folder: String) -> Bool {
    guard line.hasPrefix("isoflop "), arguments.first != "demo" else { return false }
    if !hasGnuplot, arguments.contains("--plot") || arguments.first == "report" { return false }
    #if DEBUG
      // Simulations take minutes without optimisation; `make check` runs them.
      if ["--optimise", "--simulate", "--against-6n"].contains(where: arguments.contains) { return false }
    #endif
    let endings = [".csv", ".json", ".yaml", ".ledger", ".npy", ".txt"]
    return zip(arguments, arguments.dropFirst()).allSatisfy { before, word in
      !endings.contains { word.hasSuffix($0) } || before.hasPrefix("--write") || before.hasPrefix("--out")
        || before == "-o"
        || (try? readFile(folder + "/" + word)) != nil
    }
  }

  static func of(_ command: any ParsableCommand.Type) -> [Examples] {
    let lines = command.configuration.discussion.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(where: { $0.contains("EXAMPLES") }) else { return [] }
    return lines[(start + 1)...].map { line in
      let text = String(line.drop { $0 == " " })
      return Examples(line: text, arguments: Array(words(text).dropFirst()))
    }.filter { !$0.line.isEmpty }
  }

  /// A line as a shell splits it, double quotes included.
  static func words(_ line: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quoted = false
    for character in line {
      switch character {
      case "\"":
        quoted.toggle()
        word = word ?? ""
      case " " where !quoted:
        if let done = word { words.append(done) }
        word = nil
      default: word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }
}
