import Architectures
import FLOPCount
import Input
import TestSupport
import Testing
import Topology

@testable import Sweep

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite struct TableTests {
  /// A folder of its own that goes away with the value.
  final class Folder {
    let path: String
    init() throws {
      path = FileManager.default.temporaryDirectory.path + "/isoflop-table-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
    func file(_ name: String) -> String { path + "/" + name }
    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? [] }
  }

  static func grid() throws -> Grid {
    try Grid(
      axes: [
        ("n_layers", "1:10"), ("d_model", "64:1024:64"), ("head_dim", "32,64"), ("d_ff", "8/3,4, multiple of 64"),
        ("n_kv_heads", "1,1/2"), ("sequence_length", "128:512:128"),
      ],
      constraints: [("aspect_ratio", "8...64"), ("parameters", "1e6...1e9")])
  }

  /// The rows by the search one shape at a time.
  static func truth(_ grid: Grid) throws -> [String] {
    let places = try GridSearch(grid, SweepOptions(method: .reference)).nearest(to: 1, top: 200_000)
    // n_heads follows from head_dim, so the order is that of the axes which the grid names.
    let named = Shape.Axis.allCases.filter { grid.axes[$0] != nil }
    func key(_ row: SweepRow) -> [Int] { named.map { row.shape[$0] } }
    return places.results.sorted { key($0).lexicographicallyPrecedes(key($1)) }.map { row in
      let (shape, count) = (row.shape, row.count)
      let sizes = [
        shape.layers, shape.width, shape.heads, shape.headWidth, shape.keyValueHeads, shape.mlpWidth, shape.vocabulary,
        shape.sequenceLength,
      ]
      let costs = [
        count.M, count.parameters, count.nonEmbeddingParameters, count.sixN1, count.sixN2,
        count.keyValueElementsPerToken,
      ]
      return (sizes + costs).map(String.init).joined(separator: ",")
    }
  }

  @Test func csvHasEveryFeasibleShapeInOrder() throws {
    let folder = try Folder()
    let grid = try Self.grid()
    let result = try GridSearch(grid).writeTable(to: folder.file("all.csv"))
    let lines = String(decoding: try readFile(folder.file("all.csv")), as: UTF8.self).split(separator: "\n")
    let truth = try Self.truth(grid)
    #expect(result.rows == truth.count)
    #expect(lines.first.map(String.init) == result.columns.joined(separator: ","))
    #expect(lines.dropFirst().map(String.init) == truth)
    #expect(folder.names == ["all.csv"])
  }

  @Test func npyIsWhatNumPyReads() throws {
    let folder = try Folder()
    let result = try GridSearch(Self.grid()).writeTable(to: folder.file("all.npy"))
    let bytes = try readFile(folder.file("all.npy"))
    #expect(Array(bytes[..<8]) == [0x93] + Array("NUMPY".utf8) + [1, 0])
    let length = Int(bytes[8]) | Int(bytes[9]) << 8
    #expect((10 + length) % 64 == 0)
    let header = String(decoding: bytes[10..<10 + length], as: UTF8.self)
    #expect(header.hasPrefix("{'descr': [('n_layers', '<i8'), ('d_model', '<i8')"))
    #expect(header.contains("'fortran_order': False, 'shape': (\(result.rows),), }"))
    #expect(header.hasSuffix("\n"))
    #expect(bytes.count == 10 + length + 8 * result.columns.count * result.rows)
    // The first number of the second row, little-endian.
    let second = 10 + length + 8 * result.columns.count
    #expect(bytes[second] == 1 && bytes[second + 1..<second + 8].allSatisfy { $0 == 0 })
  }

  @Test(arguments: ["csv", "npy"])
  func aCutRunGoesOnToTheSameBytes(_ format: String) throws {
    let folder = try Folder()
    let grid = try Self.grid()
    let whole = folder.file("whole." + format)
    _ = try GridSearch(grid).writeTable(to: whole)
    let path = folder.file("cut." + format)
    let flag = CancellationFlag()
    flag.cancel()
    let cut = try GridSearch(grid, SweepOptions(cancellation: flag)).writeTable(to: path)
    #expect(cut.isPartial)
    #expect(!FileManager.default.fileExists(atPath: path))
    // As after a kill: bytes behind the last mark, and a journal that knows nothing of them.
    let aside = path + ".partial"
    try writeFile(aside, readFile(aside) + Array("half a row".utf8))
    let result = try GridSearch(grid).writeTable(to: path, resume: true)
    #expect(!result.isPartial)
    #expect(try readFile(path) == readFile(whole))
    #expect(folder.names == ["cut." + format, "whole." + format])
  }

  /// A kill may come after the file has got its name and before its journal is gone.
  @Test(arguments: ["csv", "npy"])
  func aJournalThatOutlivedItsRunIsNotInTheWay(_ format: String) throws {
    let folder = try Folder()
    let search = GridSearch(try Self.grid())
    let (whole, path) = (folder.file("whole." + format), folder.file("cut." + format))
    _ = try search.writeTable(to: whole)
    let (aside, journal) = (path + ".partial", path + ".partial.json")
    let flag = CancellationFlag()
    flag.cancel()
    _ = try GridSearch(Self.grid(), SweepOptions(cancellation: flag)).writeTable(to: path)
    let left = try readFile(journal)
    try FileManager.default.moveItem(atPath: aside, toPath: path)
    _ = try search.writeTable(to: path, resume: true)
    #expect(try readFile(path) == readFile(whole))
    #expect(folder.names == ["cut." + format, "whole." + format])

    // Nor is one of a run that was begun again without --resume, and killed before it wrote its own.
    try writeFile(journal, left)
    try writeFile(aside, Array(readFile(whole).prefix(200)))
    do {
      _ = try TableFile(path, identity: "another", header: [], resume: false)
      #expect(!FileManager.default.fileExists(atPath: journal))
      #expect(try readFile(aside) == [])
    }
    _ = try search.writeTable(to: path, resume: true)
    #expect(try readFile(path) == readFile(whole))

    // What was cut off behind the run's back is an error that says the way out.
    _ = try GridSearch(Self.grid(), SweepOptions(cancellation: flag)).writeTable(to: path)
    try writeFile(aside, [])
    #expect {
      try search.writeTable(to: path, resume: true)
    } throws: {
      "\($0)".contains("is shorter than its journal says") && "\($0)".contains("without --resume")
    }
  }

  /// Grids of many blocks of work, in which the first levels are long, short, or all there is: the same bytes by one worker
  /// and by several, after a run that was cut in the middle too.
  @Test(arguments: zip(["csv", "npy", "csv", "npy"], 0..<4))
  func manyBlocksAreTheSameFileByAnyNumberOfWorkers(_ format: String, _ kind: Int) throws {
    let folder = try Folder()
    let axes: [[(String, String)]] = [
      [("n_layers", "1:20"), ("d_model", "64:2048:64"), ("d_ff", "256:4096:256"), ("sequence_length", "512:4096:512")],
      [("n_layers", "1:70000"), ("d_model", "64")],
      [("n_layers", "2,3"), ("d_model", "64,128"), ("d_ff", "64:3200:64"), ("sequence_length", "1:400")],
      [
        ("n_layers", "1:3"), ("d_model", "512:2048:512"), ("d_ff", "1024:1280:64"), ("n_experts", "0,8"),
        ("experts_per_token", "1:8"), ("d_expert", "64:1024:64"), ("sequence_length", "512:4096:512"),
      ],
    ]
    let grid = try Grid(axes: axes[kind], constraints: kind == 0 ? [("aspect_ratio", "16...128")] : [])
    let whole = folder.file("whole." + format)
    let one = try GridSearch(grid, SweepOptions(team: .forThisMachine(threads: 1))).writeTable(to: whole)
    #expect(one.rows > 1 << 15)
    let summary = try GridSearch(grid).summary(of: .M)
    #expect(summary.feasible == one.rows)
    let three = folder.file("three." + format)
    let result = try GridSearch(grid, SweepOptions(team: .forThisMachine(threads: 3))).writeTable(to: three)
    #expect(result.rows == one.rows && result.bytes == one.bytes)
    #expect(try readFile(three) == readFile(whole))

    // Cut once a report says that something is done; on a fast machine it may be all.
    let flag = CancellationFlag()
    let options = SweepOptions(threads: 2, cancellation: flag, progress: { _ in flag.cancel() })
    let cut = try GridSearch(grid, options).writeTable(to: folder.file("cut." + format))
    if cut.isPartial {
      #expect(!FileManager.default.fileExists(atPath: cut.path))
      _ = try GridSearch(grid).writeTable(to: cut.path, resume: true)
    }
    #expect(try readFile(cut.path) == readFile(whole))
    #expect(folder.names == ["cut.", "three.", "whole."].map { $0 + format })
  }

  @Test func digitsOfEveryLength() throws {
    let folder = try Folder()
    // Sizes and counts of 1 to 19 digits.
    let grid = try Grid(axes: [
      ("n_layers", "1,9,10,99,100,999,1000"), ("d_model", "1,10,100,101,1000,9999,10000,100000,1000000"),
      ("sequence_length", "1,12,123,1234,12345,123456,1234567"),
    ])
    _ = try GridSearch(grid).writeTable(to: folder.file("t.csv"))
    let lines = String(decoding: try readFile(folder.file("t.csv")), as: UTF8.self).split(separator: "\n").dropFirst()
    #expect(lines.count == 7 * 9 * 7)
    for line in lines {
      let numbers = line.split(separator: ",").compactMap { Int($0) }
      try #require(numbers.count == 10)
      let (L, d, V, S) = (numbers[0], numbers[1], numbers[2], numbers[3])
      let n1 = 12 * L * d * d
      #expect(
        Array(numbers[4...])
          == [6 * n1 + 12 * L * d * S, n1 + V * d, n1, 6 * n1, 6 * (n1 + V * d), 2 * L * d], "\(line)")
      #expect(line.split(separator: ",").allSatisfy { $0 == "0" || $0.first != "0" })
    }
  }

  @Test func aJournalOfSomethingElseIsRefused() throws {
    let folder = try Folder()
    let path = folder.file("t.csv")
    let flag = CancellationFlag()
    flag.cancel()
    _ = try GridSearch(Self.grid(), SweepOptions(cancellation: flag)).writeTable(to: path)
    let other = try Grid(axes: [("n_layers", "1:4"), ("d_model", "64,128")])
    #expect(throws: InputError.self) { try GridSearch(other).writeTable(to: path, resume: true) }
    #expect(throws: InputError.self) {
      try GridSearch(Self.grid()).writeTable(to: path, shard: Shard(1, of: 2), resume: true)
    }
  }

  @Test(arguments: ["csv", "npy"], [1, 3, 7])
  func shardsInAnyOrderMakeTheSameFile(_ format: String, _ count: Int) throws {
    let folder = try Folder()
    let search = GridSearch(try Self.grid())
    let whole = folder.file("whole." + format)
    let rows = try search.writeTable(to: whole).rows
    var paths: [String] = []
    for index in 1...count {
      let path = folder.file("\(index)." + format)
      _ = try search.writeTable(to: path, shard: Shard(index, of: count))
      paths.append(path)
    }
    var random = SplitMix(seed: UInt64(count))
    let merged = try search.mergeTables(paths.shuffled(using: &random), to: folder.file("merged." + format))
    #expect(merged.rows == rows)
    #expect(try readFile(whole) == readFile(folder.file("merged." + format)))
    if count > 1 {
      #expect(throws: InputError.self) {
        try search.mergeTables(paths + [paths[0]], to: folder.file("twice." + format))
      }
    }
  }

  @Test func badPathsAndShards() throws {
    let search = GridSearch(try Self.grid())
    #expect(throws: InputError.self) { try search.writeTable(to: "table.txt") }
    #expect(throws: WorkError.self) { try search.writeTable(to: "/nowhere/at/all/table.csv") }
    for text in ["0/2", "3/2", "1", "a/b", "1/0", "-1/2", "1/2/3"] {
      #expect(throws: InputError.self) { try Shard(text) }
    }
    #expect(throws: InputError.self) { try search.mergeTables(["/nowhere.csv"], to: "/tmp/x.csv") }
  }
}
