import Architectures
import FLOPCount
import Input
import Sweep
import TestSupport
import Testing

/// Sweeps around configs, against each of their models counted by itself.
@Suite struct ConfigSearchTests {
  /// One small case of every family.
  static let cases: [MeasuredCase] = {
    var seen: Set<String> = []
    let small = MeasuredCase.all.sorted {
      ($0.integer("parameters", "total") ?? 0) < ($1.integer("parameters", "total") ?? 0)
    }
    return small.filter { seen.insert($0.family).inserted }.sorted { $0.name < $1.name }
  }()

  /// Fields of a family that a sweep would vary, some of which not every family has.
  private static func axes(_ config: JSONObject, _ length: Int) -> [ConfigAxis] {
    func size(_ names: [String]) -> (String, Int)? {
      for name in names { if case .integer(let value)? = config[name], value > 0 { return (name, value) } }
      return nil
    }
    var axes: [ConfigAxis] = []
    if let (name, layers) = size(["num_hidden_layers", "n_layer", "n_layers", "num_layers"]) {
      axes.append(ConfigAxis(name, .list([layers, layers + 1, 2 * layers])))
    }
    if let (name, width) = size(["intermediate_size", "d_ff", "ffn_dim", "n_inner", "moe_intermediate_size"]) {
      axes.append(ConfigAxis(name, .range(first: width, step: 12, count: 5)))
    }
    if let (name, size) = size(["vocab_size"]) { axes.append(ConfigAxis(name, .list([size, size + 64]))) }
    return axes
  }

  /// Every family, varied in depth, width, vocabulary and length: M and parameters as each config counted by itself
  /// has them, and the order of the nearest as their distances say.
  @Test(arguments: cases, [false, true])
  func everyFamily(_ measured: MeasuredCase, _ variesLength: Bool) throws {
    let config = try #require(measured.configs.first?.config)
    var axes = Self.axes(config, measured.sequenceLength)
    let length = measured.sequenceLength
    // An image is as long as it is.
    if variesLength, try Architecture(config: config).kind != .vision {
      axes = Array(axes.prefix(1)) + [ConfigAxis("sequence_length", .range(first: length, step: 64, count: 4))]
    }
    try #require(!axes.isEmpty, "\(measured.name) has no field that is varied here")
    for convention in [Convention.deepseek, .deepseek.with(attention: .causal)] {
      let grid = try ConfigGrid(
        config, name: measured.name, axes: axes, sequenceLength: length, convention: convention)
      try Self.compare(grid, axes)
    }
  }

  private struct Model {
    var index: Int
    var perSequence: Int
    var tokens: Int
    var parameters: Int
    var active: Int
  }

  private static func compare(_ grid: ConfigGrid, _ axes: [ConfigAxis]) throws {
    var truth: [Model] = []
    var unknown = 0
    for index in 0..<grid.models {
      var rest = index
      var length = grid.sequenceLength
      for axis in axes.reversed() {
        if axis.field == "sequence_length", case .integer(let value) = axis[rest % axis.count] { length = value }
        rest /= axis.count
      }
      guard let model = try? Architecture(config: grid.config(index)) else { continue }
      let count = try ModelCount(model, sequenceLength: length, convention: grid.convention)
      guard let training = try count.trainingPerSequence()?.count.int("M") else {
        unknown += 1
        continue
      }
      truth.append(
        Model(
          index: index, perSequence: training, tokens: count.tokens, parameters: try count.totalParameters(),
          active: try count.activeParameters()))
    }
    let byParameters = try ConfigSearch(grid).nearest(to: 1, of: .parameters, top: 10_000)
    #expect(byParameters.results.count == truth.count + unknown)
    #expect(byParameters.evaluated + byParameters.refused == grid.models)
    guard let some = truth.first else { return }
    let target = max(1, some.perSequence / some.tokens)
    let result = try ConfigSearch(grid).nearest(to: target, top: 10_000)
    // Distances over the product of the two numbers of tokens, in 128 bits.
    func away(_ one: Model) -> Int128 { Int128(abs(one.perSequence - target * one.tokens)) }
    let sorted: [Model] = truth.sorted { a, b in
      let (left, right) = (away(a) * Int128(b.tokens), away(b) * Int128(a.tokens))
      return left == right ? a.index < b.index : left < right
    }
    let order = sorted.map { $0.index }
    #expect(result.results.map { $0.index } == order, "\(grid.name)")
    for (found, one) in zip(result.results, sorted) {
      #expect(found.counts.trainingPerSequence == one.perSequence)
      #expect(found.counts.parameters == one.parameters)
      #expect(found.counts.activeParameters == one.active)
    }
    let few = try ConfigSearch(grid).nearest(to: target, top: 2)
    #expect(few.results.map { $0.index } == Array(order.prefix(2)))
    let near = try ConfigSearch(grid).count(in: 1...target)
    #expect(near.matches == truth.count { $0.perSequence <= target * $0.tokens && $0.perSequence >= $0.tokens })
  }

  private static let mistral: JSONObject = {
    let known = KnownModel.named("mistral-7b")
    let json = known.flatMap { try? JSON(parsing: Array($0.config.utf8)) }
    return json?.object ?? JSONObject()
  }()

  @Test func aWindowChangesWhatMasksLetThrough() throws {
    let axes = [try ConfigAxis("sliding_window=512,1024"), try ConfigAxis("num_hidden_layers=30:32")]
    let grid = try ConfigGrid(
      Self.mistral, name: "mistral", axes: axes, sequenceLength: 4096,
      convention: .deepseek.with(attention: .causal))
    let result = try ConfigSearch(grid).nearest(to: 40_000_000_000, top: 6)
    #expect(Set(result.results.map(\.counts.trainingPerSequence)).count == 6)
    #expect(result.implementation == "integers")
  }

  /// A long axis goes through the kernels, with the same answer as without.
  @Test(arguments: ["sequence_length=256:8192:256", "intermediate_size=4096:16384:128"])
  func rowsGoThroughKernels(_ axis: String) throws {
    let axes = [
      try ConfigAxis("num_hidden_layers=20:32:4"), try ConfigAxis(axis), try ConfigAxis("num_key_value_heads=4,5,8"),
    ]
    let constraints = [
      try Constraint(name: "parameters", text: "3e9...7e9"), try Constraint(name: "M", text: "1e10...5e10"),
    ]
    let grid = try ConfigGrid(
      Self.mistral, name: "mistral", axes: axes, sequenceLength: 4096, constraints: constraints)
    let result = try ConfigSearch(grid).nearest(to: 33_000_000_000, top: 40)
    let reference = try ConfigSearch(grid, SweepOptions(method: .reference)).nearest(to: 33_000_000_000, top: 40)
    #expect(result.implementation != "integers")
    #expect(reference.implementation == "integers")
    #expect(result.results.map(\.index) == reference.results.map(\.index))
    #expect(result.results.map(\.counts) == reference.results.map(\.counts))
    #expect(result.feasible == reference.feasible)
    // Five key-value heads do not divide 32 heads.
    #expect(result.refused == grid.models / 3)
    #expect(result.notes.contains { $0.contains("no model") && $0.contains("num_key_value_heads") })
    let range = 20_000_000_000...30_000_000_000
    let counted = try ConfigSearch(grid).count(in: range)
    #expect(try counted.matches == ConfigSearch(grid, SweepOptions(method: .reference)).count(in: range).matches)
    let front = try ConfigSearch(grid).pareto(.minimise(.M), .maximise(.parameters)).results.map(\.index)
    let slow = try ConfigSearch(grid, SweepOptions(method: .reference)).pareto(.minimise(.M), .maximise(.parameters))
    #expect(front == slow.results.map(\.index))
    #expect(!front.isEmpty)
  }

  @Test func tablesAreTheSameInShards() throws {
    let axes = [try ConfigAxis("num_hidden_layers=1:20"), try ConfigAxis("hidden_size=1024:4096:128")]
    let grid = try ConfigGrid(Self.mistral, name: "mistral", axes: axes, sequenceLength: 4096)
    try withTemporaryFolder { folder in
      let whole = try ConfigSearch(grid).writeTable(to: folder + "/whole.csv")
      let text = String(decoding: try readFile(whole.path), as: UTF8.self)
      #expect(text.split(separator: "\n").count == whole.rows + 1)
      #expect(text.hasPrefix("num_hidden_layers,hidden_size,sequence_length,M,"))
      var parts = ""
      for index in 1...3 {
        let shard = try Shard(index, of: 3)
        let part = try ConfigSearch(grid, SweepOptions(shard: shard)).writeTable(to: folder + "/\(index).csv")
        let lines = String(decoding: try readFile(part.path), as: UTF8.self).split(separator: "\n")
        parts += lines.dropFirst().map { $0 + "\n" }.joined()
      }
      #expect(text.drop { $0 != "\n" }.dropFirst() == parts)
      #expect(try names(in: folder) == ["1.csv", "2.csv", "3.csv", "whole.csv"])
    }
  }

  @Test(arguments: [
    ("hidden_size", "is not a field with values"), ("hidden_size=", "has an empty value"),
    ("hidden_size=4096,4096", "is given twice"), ("hidden_size=9:1", "starts above its end"),
    ("rope_theta=1,2", "is not a field that decides"), ("hiddn_size=64,128", "is not a field that decides"),
    ("text_config.hidden_size=64", "is inside an object"),
  ])
  func badAxes(_ text: String, _ part: String) {
    let error = #expect(throws: InputError.self) {
      try ConfigGrid(Self.mistral, name: "mistral", axes: [ConfigAxis(text)], sequenceLength: 4096)
    }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "no error")")
  }

  @Test func whatIsNoModelSaysWhy() throws {
    let grid = try ConfigGrid(
      Self.mistral, name: "mistral", axes: [ConfigAxis("num_key_value_heads=5,7")], sequenceLength: 4096)
    let error = #expect(throws: InputError.self) { try ConfigSearch(grid).nearest(to: 1_000_000_000) }
    #expect(error?.description.contains("num_key_value_heads") == true)
  }

  /// Past Int64 it is an error, not a model that is left out.
  @Test func overflowIsAnError() throws {
    let axes = [try ConfigAxis("num_hidden_layers=1,16000"), try ConfigAxis("intermediate_size=1000000000")]
    let grid = try ConfigGrid(Self.mistral, name: "mistral", axes: axes, sequenceLength: 1 << 29)
    let error = #expect(throws: InputError.self) { try ConfigSearch(grid).nearest(to: 1_000_000_000) }
    #expect(error?.description.contains("beyond Int64") == true)
  }
}
