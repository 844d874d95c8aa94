import Foundation
import Isoflop
import TestSupport
import Testing

@testable import CLISupport

/// What goes wrong for people, and what they are then told: files of the wrong kind, folders that cannot be written,
/// narrow terminals, no colour.
@Suite struct RobustnessTests {
  /// Files that are something else than what was asked for.
  static let wrongFiles: [(name: String, bytes: [UInt8])] = [
    ("text.md", Array("# A title\n\nSome *text*, with commas: and colons.\n\n- a list\n".utf8)),
    ("binary", [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0, 0, 0xFF, 0xFE, 0x0A, 0x22, 0, 0x80, 0x0A]),
    ("other.json", Array("{\"name\": \"something else\", \"items\": [1, 2, 3]}".utf8)),
    ("list.json", Array("[1, 2, 3]".utf8)),
    ("empty", []),
    ("blank", Array("\n\n".utf8)),
    ("page.html", Array("<!DOCTYPE html>\n<html><body>Not found</body></html>\n".utf8)),
    ("numbers.csv", Array("a,b\n1,2\n3,4\n".utf8)),
    ("latin1.csv", [0x61, 0x2C, 0xE9, 0x0A, 0x31, 0x2C, 0x32, 0x0A]),
  ]

  static let readers: [[String]] = [
    ["count", "FILE"], ["compare", "FILE"], ["attention", "FILE"], ["memory", "FILE"],
    ["mfu", "FILE", "--tokens-per-second", "1e5", "--accelerators", "8", "--peak", "h100"],
    ["count", "gpt2", "--documents", "FILE"], ["sweep", "FILE", "--nearest", "1e9"],
    ["allocate", "--compute", "1e20", "--law", "FILE"], ["allocate", "--compute", "1e20", "--grid", "FILE"],
    ["laws", "FILE"], ["fit", "FILE"], ["fit", "FILE", "--isoflop"],
    ["plan", "--budgets", "1e18,1e19", "--law", "FILE"],
    ["predict", "--law", "FILE", "gpt2", "--tokens", "1e9"],
    ["predict", "--law", "besiroglu", "FILE", "--tokens", "1e9"],
    ["predict", "--curve", "FILE", "--steps", "1000"], ["watch", "FILE", "--result", "a=2"],
  ]

  @Test(arguments: readers)
  func aFileOfTheWrongKindIsNamed(_ arguments: [String]) throws {
    try withTemporaryFolder { folder in
      for (name, bytes) in Self.wrongFiles { try writeFile("\(folder)/\(name)", bytes) }
      for name in Self.wrongFiles.map(\.name) + ["nothing-there", ""] {
        // A new ledger may be empty.
        if arguments[0] == "watch", name == "empty" || name == "blank" { continue }
        let path = "\(folder)/\(name)"
        let result = isoflop(arguments.map { $0 == "FILE" ? path : $0 })
        let line = "\(arguments) \(name)"
        #expect(result.status == 2, "\(line): \(result.output)\(result.errors)")
        #expect(result.output.isEmpty, "\(line)")
        let error = result.errors.split(separator: "\n").first { $0.hasPrefix("error: ") } ?? ""
        #expect(error.contains(path), "\(line): \(result.errors)")
        for (kept, bytes) in Self.wrongFiles { #expect(try readFile("\(folder)/\(kept)") == bytes, "\(line)") }
      }
    }
  }

  static let writers: [[String]] = [
    ["sweep", "--n-layers", "8:9", "--d-model", "512:1024:64", "--rows", "closed/out.csv"],
    [
      "sweep", "--n-layers", "8:9", "--d-model", "512:1024:64", "--head-dim", "64", "--d-ff", "4", "--nearest", "1e9",
      "--write-configs", "closed/out",
    ],
    ["allocate", "--compute", "1e20", "--write-configs", "closed/out"],
    ["size", "1B", "--write-configs", "closed/out"],
    ["plan", "--budgets", "1e18,1e19", "--write-runs", "closed/out.csv"],
    ["plan", "--budgets", "1e18,1e19", "--write-configs", "closed/out"],
    ["fit", "runs.csv", "--isoflop", "--bootstrap", "0", "--save", "closed/out.json"],
    [
      "watch", "closed/ledger", "--forecast", "a", "--law", "besiroglu", "--noise", "0.01", "--size", "1e9", "--tokens",
      "1e10",
    ],
    [
      "watch", "closed/old", "--forecast", "a", "--law", "besiroglu", "--noise", "0.01", "--size", "1e9", "--tokens",
      "1e10",
    ],
  ]

  /// A folder in which nothing may be written: said, with what it was for; what was there stays.
  @Test(.enabled(if: executable != nil && canDropRights, "needs a user without all rights"), arguments: writers)
  func withoutPermissionToWrite(_ arguments: [String]) throws {
    try withTemporaryFolder { folder in
      try writeFile("\(folder)/runs.csv", Array(SyntheticRuns.csv.utf8))
      #expect(try shell("cd \(folder) && mkdir closed && : >closed/old && chmod 755 . && chmod 555 closed").status == 0)
      let words = arguments.map { "'\($0)'" }.joined(separator: " ")
      let result = try shell("cd \(folder) && \(Self.asNobody) \"$ISOFLOP\" \(words)")
      #expect(result.status == 1, "\(result.output)\(result.errors)")
      #expect(result.errors.contains("error: closed/"), "\(result.errors)")
      #expect(result.errors.contains("Permission denied"), "\(result.errors)")
      #expect(try names(in: folder + "/closed") == ["old"])
      #expect(try shell("chmod 755 \(folder)/closed").status == 0)
    }
  }

  static let asNobody = getuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups" : ""
  /// Root may write anywhere, so tests that run as root become somebody else first.
  static let canDropRights: Bool = {
    guard getuid() == 0 else { return true }
    return (try? shell("\(asNobody) test -x \"$ISOFLOP\"").status) == 0
  }()

  // MARK: Terminals

  static let shown: [[String]] = [
    ["count", "deepseek-llm-7b"], ["count", "gpt2", "gpt2-xl"], ["compare", "deepseek-llm-67b", "--compute", "1e24"],
    ["compare", "gpt2", "--as", "megatron"], ["attention", "gpt2"], ["memory", "llama-3-8b"],
    ["mfu", "llama-3-8b", "--tokens-per-second", "1e6", "--accelerators", "64", "--peak", "h100"], ["size", "7B"],
    ["sweep", "--n-layers", "8:40", "--d-model", "512:6144:64", "--head-dim", "128", "--nearest", "4.3e10"],
    ["sweep", "--n-layers", "8:40", "--d-model", "512:6144:64", "--pareto", "min M, max parameters"],
    ["sweep", "--n-layers", "8:40", "--d-model", "512:6144:64", "--count", "1e9...2e9"],
    ["allocate", "--compute", "1e20"], ["allocate", "--compute", "1e20", "--all-laws"],
    ["plan", "--budgets", "1e18,1e19,1e20"], ["laws"], ["laws", "deepseek"], ["machine"], ["count", "--models"],
    ["compare", "--conventions"], ["predict", "--law", "besiroglu", "gpt2", "--tokens", "1e10"],
  ]

  @Test(arguments: shown)
  func fortyColumnsAreEnough(_ arguments: [String]) {
    for width in [40, 60, 80] {
      let result = isoflop(arguments, environment: ["COLUMNS": "\(width)"])
      #expect(result.status == 0)
      let lines = (result.output + result.errors).split(separator: "\n").map(String.init)
      #expect(lines.filter { $0.count > width } == [], "\(width)")
    }
  }

  /// In a pseudo terminal, because colour is for people only.
  @Test(.enabled(if: executable != nil && shellHas("script"), "script is not here"))
  func colourUnlessSomebodySaysNo() throws {
    func errors(_ environment: String) throws -> String {
      try shell("env \(environment) script -qec '\"$ISOFLOP\" cuont' /dev/null", environment: ["TERM": "xterm"]).output
    }
    #expect(try errors("-u NO_COLOR").contains("\u{1B}[31merror:\u{1B}[0m cuont is not a command"))
    for quiet in ["NO_COLOR=1", "-u NO_COLOR TERM=dumb"] {
      let text = try errors(quiet)
      #expect(text.contains("error: cuont is not a command of isoflop"))
      #expect(!text.contains("\u{1B}"))
    }
  }

  @Test(.enabled(if: executable != nil && shellHas("script"), "script is not here"))
  func aTerminalOfFortyColumnsIsMeasured() throws {
    let result = try shell("env -u COLUMNS script -qec 'stty cols 40; \"$ISOFLOP\" attention gpt2' /dev/null")
    let lines = result.output.split(whereSeparator: \.isNewline).map(String.init)
    #expect(lines.count > 10)
    #expect(lines.filter { $0.count > 40 } == [])
  }

  /// A fit that takes longer than half a second says how far it is, and takes the line away again.
  @Test(.enabled(if: executable != nil && shellHas("script"), "script is not here"))
  func longWorkShowsHowFarItIs() throws {
    try withTemporaryFolder { folder in
      try writeFile("\(folder)/runs.csv", Array(SyntheticRuns.csv.utf8))
      #if DEBUG
        let resamples = (asked: 2000, said: "2,000")
      #else
        let resamples = (asked: 200_000, said: "200 k")
      #endif
      let line = "\"$ISOFLOP\" fit \(folder)/runs.csv --isoflop --bootstrap \(resamples.asked) --json"
      let result = try shell("script -qec '\(line)' /dev/null", environment: ["TERM": "xterm", "COLUMNS": "80"])
      #expect(result.status == 0)
      #expect(result.output.contains(" % of \(resamples.said) resamples, "))
      #expect(result.output.contains("/s, "))
      #expect(result.output.contains(" left"))
      // Without a terminal there is nothing but the answer.
      let quiet = try shell("\(line) 2>&1")
      #expect(!quiet.output.contains("resamples, "))
      _ = try object(quiet.output)
    }
  }
}
