import Foundation
import Isoflop
import TestSupport
import Testing

@testable import CLISupport

/// Nothing in the documents can go stale: every console session runs and says what the document says, every Swift block
/// is part of code that is compiled and run (`GuideCode.swift`) or of a family, every grid and every law is read,
/// every make target and every test that is named is there.
@Suite struct DocumentTests {
  struct Document: CustomTestStringConvertible {
    var name: String
    var blocks: [Block] = []
    var testDescription: String { name }
  }
  struct Block {
    var language: String
    var lines: [String]
    var text: String { lines.joined(separator: "\n") }
  }
  struct Session {
    var line: String
    var expected: String
  }

  static let catalog = "Sources/Isoflop/Isoflop.docc"
  static let names =
    ["README.md", "CONTRIBUTING.md"]
    + ((try? TestSupport.names(in: "\(Golden.projectRoot)/\(catalog)")) ?? []).filter { $0.hasSuffix(".md") }
    .map { "\(catalog)/\($0)" }
  static let all: [Document] = names.compactMap { try? read($0) }

  private static func read(_ name: String) throws -> Document {
    var document = Document(name: name)
    var open: (indent: Int, block: Block)?
    let text = String(decoding: try readFile("\(Golden.projectRoot)/\(name)"), as: UTF8.self)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      let indent = line.prefix { $0 == " " }.count
      if line.dropFirst(indent).hasPrefix("```") {
        if let done = open {
          document.blocks.append(done.block)
          open = nil
        } else {
          open = (indent, Block(language: String(line.dropFirst(indent + 3)), lines: []))
        }
      } else if let depth = open?.indent {
        open?.block.lines.append(String(line.dropFirst(min(indent, depth))))
      }
    }
    return document
  }

  /// The `$ …` lines of console blocks, each with what stands under it.
  static func sessions(_ document: Document) -> [Session] {
    var sessions: [Session] = []
    for block in document.blocks where block.language == "console" {
      for line in block.lines {
        if line.hasPrefix("$ ") {
          sessions.append(Session(line: String(line.dropFirst(2)), expected: ""))
        } else if !sessions.isEmpty {
          sessions[sessions.count - 1].expected += line + "\n"
        }
      }
    }
    return sessions
  }

  @Test func thereAreDocuments() {
    #expect(Self.all.count == Self.names.count)
    #expect(Self.all.count >= 10)
    #expect(Self.all.map { Self.sessions($0).count }.reduce(0, +) >= 20)
    #expect(Self.all.flatMap(\.blocks).count { $0.language == "swift" } >= 5)
  }

  @Test(arguments: all)
  func everyBlockIsOfAKindThatIsTested(_ document: Document) {
    for block in document.blocks {
      // Python is run by the package's own tests, from this very page.
      #expect(["console", "swift", "yaml", "json", "python"].contains(block.language), "\(block.text)")
    }
  }

  /// In a folder with the data of the guides, one session after the other: later ones use what earlier ones wrote.
  @Test(.enabled(if: executable != nil, "the executable is not beside the tests"), arguments: all)
  func sessionsSayWhatTheDocumentSays(_ document: Document) throws {
    try withTemporaryFolder { folder in
      let resources = "\(Golden.projectRoot)/\(Self.catalog)/Resources"
      for name in try TestSupport.names(in: resources) where name.hasSuffix(".csv") {
        try writeFile("\(folder)/\(name)", readFile("\(resources)/\(name)"))
      }
      for session in Self.sessions(document) where session.line.hasPrefix("isoflop ") {
        if session.line.contains("--plot"), !hasGnuplot { continue }
        let result = try shell("cd \(folder) && \"$ISOFLOP\" \(session.line.dropFirst("isoflop ".count))")
        #expect(result.status == 0, "\(session.line): \(result.errors)")
        #expect(Self.trimmed(result.output) == Self.trimmed(session.expected), "\(session.line)")
      }
    }
  }

  /// A blank line before the next command is for the eye.
  private static func trimmed(_ text: String) -> Substring {
    var text = text[...]
    while text.last == "\n" { text = text.dropLast() }
    return text
  }

  /// What is no command of isoflop builds, installs or tests: what it names has to be there.
  @Test(arguments: all)
  func otherCommandsNameWhatThereIs(_ document: Document) throws {
    let makefile = String(decoding: try readFile(Golden.projectRoot + "/Makefile"), as: UTF8.self)
    for session in Self.sessions(document) where !session.line.hasPrefix("isoflop ") {
      let words = session.line.split(separator: " ").map(String.init)
      switch words.first {
      case "make": #expect(makefile.contains("\n\(words[1]):"), "\(session.line)")
      case "swift":
        #expect(words.dropFirst().prefix(2) == ["test", "--filter"], "\(session.line)")
        let tests = try Self.sources(below: "Tests/FLOPCountTests")
        #expect(
          tests.contains("struct \(words[3])")
            || FileManager.default.fileExists(atPath: "\(Golden.projectRoot)/Tests/\(words[3])"))
      default: Issue.record("nothing tests \(session.line)")
      }
    }
  }

  @Test(arguments: all)
  func swiftIsCompiled(_ document: Document) throws {
    let blocks = document.blocks.filter { $0.language == "swift" }
    guard !blocks.isEmpty else { return }
    let guides = String(
      decoding: try readFile(Golden.projectRoot + "/Tests/CLISupportTests/GuideCode.swift"), as: UTF8.self)
    let code = Self.normal(try guides + Self.sources(below: "Sources/Architectures/Families"))
    for block in blocks {
      let lines = block.lines.filter { !$0.hasPrefix("import ") }
      #expect(code.contains(Self.normal(lines.joined(separator: "\n"))), "\(block.text)")
    }
  }

  @Test(arguments: all)
  func gridsAndLawsAreRead(_ document: Document) throws {
    for block in document.blocks {
      switch block.language {
      case "yaml": #expect(try Grid(JSON(yaml: Array(block.text.utf8))).shapes > 1)
      case "json": _ = try Law(json: JSON(parsing: block.text))
      default: break
      }
    }
  }

  /// Lines without their indentation.
  private static func normal(_ text: String) -> String {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
      .joined(separator: "\n")
  }

  private static func sources(below folder: String) throws -> String {
    let root = "\(Golden.projectRoot)/\(folder)"
    let files = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return try files.filter { $0.hasSuffix(".swift") }.sorted()
      .map { String(decoding: try readFile("\(root)/\($0)"), as: UTF8.self) }.joined(separator: "\n")
  }
}
