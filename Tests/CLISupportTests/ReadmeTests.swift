import Isoflop
import TestSupport
import Testing

@testable import CLISupport

/// Every console session of the documents runs, and says what the document says.
@Suite struct ReadmeTests {
  struct Session: CustomTestStringConvertible {
    var line: String
    var expected: String
    var testDescription: String { line }
  }

  /// The `$ isoflop …` lines inside ```console blocks, each with what stands under it.
  static func sessions(_ text: String) -> [Session] {
    var sessions: [Session] = []
    var inside = false
    var current: Session?
    func close() {
      if let done = current { sessions.append(done) }
      current = nil
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map({ String($0) }) {
      if line.hasPrefix("```") {
        close()
        inside = line == "```console"
      } else if inside, line.hasPrefix("$ ") {
        close()
        if line.hasPrefix("$ isoflop ") { current = Session(line: String(line.dropFirst(2)), expected: "") }
      } else if inside {
        current?.expected += line + "\n"
      }
    }
    close()
    return sessions
  }

  static let all: [Session] = {
    guard let bytes = try? readFile(Golden.projectRoot + "/README.md") else { return [] }
    return sessions(String(decoding: bytes, as: UTF8.self))
  }()

  @Test func thereAreSessions() { #expect(Self.all.count >= 4) }

  @Test(arguments: all)
  func aSessionSaysWhatTheReadmeSays(_ session: Session) {
    let result = isoflop(Array(Example.words(session.line).dropFirst()))
    #expect(result.status == 0, "\(result.errors)")
    // A blank line before the next command is for the eye.
    func trimmed(_ text: String) -> Substring {
      var text = text[...]
      while text.last == "\n" { text = text.dropLast() }
      return text
    }
    #expect(trimmed(result.output) == trimmed(session.expected))
  }
}
