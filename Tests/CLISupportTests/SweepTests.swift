import Foundation
import Isoflop
import TestSupport
import Testing

@testable import CLISupport

/// `isoflop sweep` beyond the nearest shapes.
@Suite struct SweepCommandTests {
  static let axes = ["sweep", "--n-layers", "8:16", "--d-model", "512:1024:64", "--sequence-length", "1024,2048"]

  @Test func everyRowToAFile() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (whole, first, second) = ("\(folder.path)/all.csv", "\(folder.path)/1.csv", "\(folder.path)/2.csv")
    let outcome = isoflop(Self.axes + ["--rows", whole])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("162 rows of 10 columns"))
    let lines = String(decoding: try readFile(whole), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 163)
    #expect(
      lines[0]
        == "n_layers,d_model,vocab_size,sequence_length,M,parameters,non_embedding_parameters,six_n1,six_n2,kv_elements_per_token"
    )
    #expect(lines[1].hasPrefix("8,512,102400,1024,201326592,77594624,"))
    #expect(isoflop(Self.axes + ["--rows", first, "--shard", "1/2"]).status == 0)
    #expect(isoflop(Self.axes + ["--rows", second, "--shard", "2/2"]).status == 0)
    let merged = "\(folder.path)/merged.csv"
    #expect(isoflop(Self.axes + ["--rows", merged, "--merge", second, "--merge", first]).status == 0)
    #expect(try readFile(merged) == readFile(whole))
  }

  @Test func tablesAroundAConfigMerge() throws {
    let sweep = [
      "sweep", "--around", "mistral-7b", "--vary", "num_hidden_layers=24:32", "tie_word_embeddings=true,false",
    ]
    try withTemporaryFolder { folder in
      let whole = folder + "/all.csv"
      #expect(isoflop(sweep + ["--rows", whole]).status == 0)
      var parts: [String] = []
      for index in 1...5 {
        let part = "\(folder)/\(index).csv"
        #expect(isoflop(sweep + ["--rows", part, "--shard", "\(index)/5"]).status == 0)
        parts.insert(part, at: parts.count / 2)
      }
      let merged = folder + "/merged.csv"
      let merge = { (parts: [String]) in isoflop(sweep + ["--rows", merged] + parts.flatMap { ["--merge", $0] }) }
      #expect(merge(parts).output.contains("18 rows of 9 columns"))
      #expect(try readFile(merged) == readFile(whole))
      let twice = merge(parts + [parts[2]])
      #expect(twice.status == 2 && twice.errors.contains("holds too"))
      try writeFile(parts[0], readFile(parts[0]).dropLast())
      #expect(merge(parts).errors.contains("is cut short"))
      #expect(try readFile(merged) == readFile(whole))
    }
  }

  /// Where there is no room, what is the same in every row gives way first.
  @Test func whatVariesIsShown() {
    let sweep = [
      "sweep", "--n-layers", "8:48", "--d-model", "1024:8192:128", "--head-dim", "64,128", "--n-kv-heads", "1,1/4",
      "--nearest", "4.3e10",
    ]
    func header(_ width: Int) -> String {
      String(isoflop(sweep, environment: ["COLUMNS": "\(width)"]).output.prefix { !$0.isNewline })
    }
    #expect(header(140).contains("vocab_size  sequence_length"))
    #expect(header(90).contains("head_dim  n_kv_heads") && !header(90).contains("vocab_size"))
    let narrow = isoflop(sweep, environment: ["COLUMNS": "80"]).output
    #expect(narrow.contains("in every row: vocab_size 102400, sequence_length 4096"), "\(narrow)")
  }

  @Test func countsFrontsAndHistograms() throws {
    let count = isoflop(Self.axes + ["--count", "1e8...1e10", "--json"])
    #expect(try JSON(parsing: count.output).object?["matches"] == 162)
    let front = isoflop(Self.axes + ["--pareto", "min M, max parameters", "--json"])
    let shapes = try #require(try JSON(parsing: front.output).object?["results"]?.array)
    #expect(shapes.first?.object?["n_layers"] == 8)
    #expect(shapes.last?.object?["d_model"] == 1024)
    let histogram = isoflop(Self.axes + ["--histogram", "2", "--json"])
    let counts = try #require(try JSON(parsing: histogram.output).object?["counts"]?.array)
    #expect(counts.compactMap { if case .integer(let n) = $0 { n } else { nil } }.reduce(0, +) == 162)
    let within = isoflop(Self.axes + ["--nearest", "1e9", "--within", "1e8", "--top", "3", "--json"])
    let object = try #require(try JSON(parsing: within.output).object)
    #expect(object["results"]?.array?.count == 3)
    guard case .integer(let matches)? = object["matches"] else {
      Issue.record("no number of matches")
      return
    }
    #expect(matches >= 3)
  }

  @Test(arguments: [
    ["--rows", "x.txt"], ["--rows", "x.csv", "--shard", "3/2"], ["--resume", "--nearest", "1e9"],
    ["--merge", "x.csv", "--nearest", "1e9"], ["--count", "5"], ["--count", "9...5"], ["--count", "a...5"],
    ["--pareto", "M"], ["--pareto", "min M, big parameters"], ["--pareto", "min M, max parametres"],
    ["--histogram", "0"], ["--histogram", "2", "--nearest", "1e9"], ["--nearest", "1e9", "--within", "-1"],
  ])
  func badRequests(_ arguments: [String]) {
    let outcome = isoflop(Self.axes + arguments)
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains("error:"))
  }
}
