import CIsoflop
import Isoflop
import IsoflopC
import TestSupport
import Testing

/// Columns in, columns out, against the closed form one row at a time.
struct ColumnTests {
  static let quantities: [(Int32, @Sendable (ShapeCount) -> Int)] = [
    (Int32(ISOFLOP_M), { $0.M }), (Int32(ISOFLOP_PARAMETERS), { $0.parameters }),
    (Int32(ISOFLOP_ACTIVE_PARAMETERS), { $0.activeParameters }),
    (Int32(ISOFLOP_NON_EMBEDDING_PARAMETERS), { $0.nonEmbeddingParameters }), (Int32(ISOFLOP_SIX_N1), { $0.sixN1 }),
    (Int32(ISOFLOP_SIX_N2), { $0.sixN2 }), (Int32(ISOFLOP_KV_ELEMENTS_PER_TOKEN), { $0.keyValueElementsPerToken }),
  ]

  /// Sizes by axis, one array each.
  typealias Sizes = [(axis: Int, values: [Int64])]

  struct Options {
    var gated = true
    var tied = false
    var denseLayers = 0
  }

  /// Counts through the ABI; `type` is that of the inputs.
  static func count(
    _ sizes: Sizes, rows: Int, type: Int32 = Int32(ISOFLOP_INT64), into: Int32 = Int32(ISOFLOP_INT64),
    _ form: Options = Options()
  ) throws -> (columns: [[Int64]], usedIntegers: Bool) {
    var inputs: [isoflop_column] = []
    defer { for input in inputs { input.values.deallocate() } }
    for (axis, values) in sizes {
      let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, values.count) * 8, alignment: 64)
      for (index, value) in values.enumerated() {
        switch Int(type) {
        case Int(ISOFLOP_FLOAT64): memory.storeBytes(of: Double(value), toByteOffset: 8 * index, as: Double.self)
        case Int(ISOFLOP_INT32): memory.storeBytes(of: Int32(value), toByteOffset: 4 * index, as: Int32.self)
        default: memory.storeBytes(of: value, toByteOffset: 8 * index, as: Int64.self)
        }
      }
      inputs.append(isoflop_column(what: Int32(axis), type: type, length: values.count, values: memory))
    }
    let outputs = quantities.map { quantity, _ in
      isoflop_column(
        what: quantity, type: into, length: rows,
        values: .allocate(byteCount: max(1, rows) * 8, alignment: 64))
    }
    defer { for output in outputs { output.values.deallocate() } }
    var options = isoflop_columns_options()
    options.size = MemoryLayout<isoflop_columns_options>.size
    options.gated = form.gated ? 1 : 0
    options.tied = form.tied ? 1 : 0
    options.dense_layers = Int64(form.denseLayers)
    options.pin = 1
    try Library.check(
      isoflop_count_columns(inputs, inputs.count, outputs, outputs.count, rows, &options, 0))
    let columns = outputs.map { output in
      (0..<rows).map { row in
        Int(into) == Int(ISOFLOP_INT64)
          ? output.values.load(fromByteOffset: 8 * row, as: Int64.self)
          : Int64(output.values.load(fromByteOffset: 8 * row, as: Double.self))
      }
    }
    return (columns, options.used_integers != 0)
  }

  /// A shape made of columns by the rules that the header states.
  static func shape(_ sizes: Sizes, _ row: Int, _ form: Options) -> Shape {
    var shape = Shape(
      layers: 0, width: 0, vocabulary: 102_400, sequenceLength: 4096, mlp: form.gated ? .gated : .plain,
      tied: form.tied, denseLayers: form.denseLayers)
    for (axis, values) in sizes { shape[Shape.Axis.allCases[axis]] = Int(values.count == 1 ? values[0] : values[row]) }
    let named = Set(sizes.map(\.axis))
    if named.contains(3), !named.contains(2) { shape.heads = shape.width / shape.headWidth }
    if named.contains(2), !named.contains(3) { shape.headWidth = shape.width / shape.heads }
    if !named.contains(4) { shape.keyValueHeads = shape.heads }
    if shape.experts == 0 { (shape.expertsPerToken, shape.expertWidth, shape.sharedWidth) = (0, 0, 0) }
    shape.form = named.isDisjoint(with: [3, 4, 5, 6]) ? .paper : .general
    return shape
  }

  static func random(_ axes: Set<Int>, rows: Int, _ random: inout SplitMix) -> Sizes {
    func numbers(_ range: ClosedRange<Int>, times factor: Int = 1) -> [Int64] {
      (0..<rows).map { _ in Int64(Int.random(in: range, using: &random) * factor) }
    }
    let heads = (0..<rows).map { _ in Int64(8 * Int.random(in: 1...12, using: &random)) }
    let headWidth = (0..<rows).map { _ in Int64(64 * Int.random(in: 1...2, using: &random)) }
    var sizes: Sizes = [(0, numbers(1...120)), (1, zip(heads, headWidth).map { $0 * $1 })]
    if axes.contains(2) { sizes.append((2, heads)) }
    if axes.contains(3) { sizes.append((3, headWidth)) }
    if axes.contains(4) { sizes.append((4, heads.map { $0 / [1, 2, 4, 8][Int.random(in: 0...3, using: &random)] })) }
    if axes.contains(5) { sizes.append((5, numbers(1...200, times: 128))) }
    if axes.contains(6) {
      let experts = (0..<rows).map { _ in [0, 8, 64][Int.random(in: 0...2, using: &random)] }
      sizes.append((6, experts.map { Int64($0) }))
      sizes.append((7, experts.map { $0 == 0 ? 3 : Int64(Int.random(in: 1...$0, using: &random)) }))
      sizes.append((8, numbers(1...40, times: 64)))
      if axes.contains(9) { sizes.append((9, numbers(0...40, times: 64))) }
    }
    if axes.contains(10) { sizes.append((10, numbers(1...200, times: 1000))) }
    if axes.contains(11) { sizes.append((11, numbers(1...500, times: 64))) }
    return sizes
  }

  @Test(
    arguments: [
      [], [10], [10, 11], [2], [3, 5], [2, 3, 4, 5, 10, 11], [3, 4, 5, 11], [5], [3], [3, 5, 6, 9], [3, 6, 9],
      [2, 3, 4, 5, 6, 10, 11],
    ] as [Set<Int>])
  func everyFormIsTheClosedForm(axes: Set<Int>) throws {
    var random = SplitMix(seed: 7)
    for rows in [1, 7, 8, 9, 511, 512, 513, 1300] {
      let sizes = Self.random(axes, rows: rows, &random)
      let form = Options(
        gated: rows % 2 == 0, tied: rows % 3 == 0, denseLayers: axes.contains(6) ? rows % 4 : 0)
      for type in [ISOFLOP_FLOAT64, ISOFLOP_INT32, ISOFLOP_INT64] {
        let into = Int32(type == ISOFLOP_INT32 ? ISOFLOP_FLOAT64 : ISOFLOP_INT64)
        let (columns, _) = try Self.count(sizes, rows: rows, type: Int32(type), into: into, form)
        for row in 0..<rows {
          let count = try ShapeCount(Self.shape(sizes, row, form))
          for (index, (_, of)) in Self.quantities.enumerated() where Int(columns[index][row]) != of(count) {
            Issue.record("\(axes) row \(row) of \(rows), quantity \(index): \(columns[index][row]) is not \(of(count))")
            return
          }
        }
      }
    }
  }

  @Test func numbersPastTwoToThe53AreExact() throws {
    let sizes: Sizes = [(0, [1, 100_000, 3]), (1, [64, 999_983, 128])]
    let (columns, usedIntegers) = try Self.count(sizes, rows: 3)
    #expect(usedIntegers)
    #expect(columns[0][1] == 72 * 100_000 * 999_983 * 999_983 + 12 * 100_000 * 999_983 * 4096)
    let failure = try Library.failure(ISOFLOP_INPUT_WRONG) {
      _ = try Self.count(sizes, rows: 3, into: Int32(ISOFLOP_FLOAT64))
    }
    #expect(failure.message.contains("2^53") && failure.message.contains("row 1"))
    let overflow = try Library.failure(ISOFLOP_INPUT_WRONG) {
      _ = try Self.count([(0, [1, 1 << 30]), (1, [64, 1 << 40])], rows: 2)
    }
    #expect(overflow.message.contains("row 1"), "\(overflow.message)")
  }

  @Test func threadsGiveTheSame() throws {
    var random = SplitMix(seed: 3)
    let sizes = Self.random([3, 4, 5], rows: 300_000, &random)
    let (columns, _) = try Self.count(sizes, rows: 300_000, type: Int32(ISOFLOP_INT32))
    for row in stride(from: 0, to: 300_000, by: 997) {
      #expect(Int(columns[0][row]) == (try ShapeCount(Self.shape(sizes, row, Options()))).M)
    }
  }

  @Test func rowsThatAreNoModelAreNamed() throws {
    func message(_ sizes: Sizes, rows: Int = 2) throws -> String {
      try Library.failure(ISOFLOP_INPUT_WRONG) { _ = try Self.count(sizes, rows: rows) }.message
    }
    #expect(try message([(0, [3, 0]), (1, [64, 64])]).contains("n_layers, row 1: 0"))
    #expect(try message([(0, [3, -5]), (1, [64, 64])]).contains("n_layers, row 1: -5"))
    #expect(try message([(0, [3]), (1, [64, 100]), (3, [64])]).contains("row 1"))
    #expect(
      try message([(0, [3]), (1, [64, 128]), (2, [4]), (3, [16]), (4, [4, 3])]).contains("n_kv_heads, row 1: 3"))
    #expect(try message([(0, [3, 3, 3]), (1, [64, 64])]).contains("n_layers: 3 is the length"))
    #expect(try message([(0, [3, 3])]).contains("d_model"))
    #expect(try message([(0, [3]), (0, [3]), (1, [64])]).contains("twice"))
    #expect(try message([(0, [3]), (1, [64]), (4, [2])]).contains("n_heads"))
    #expect(try message([(0, [3]), (1, [64]), (6, [8]), (7, [9]), (8, [64]), (5, [64])]).contains("row 0"))
    var options = isoflop_columns_options()
    options.size = MemoryLayout<isoflop_columns_options>.size
    for bad in [Double.nan, .infinity, 2.5, 1e300, -0.5] {
      var (layers, width, out) = ([3, bad], [64.0, 64.0], [Int64](repeating: -7, count: 2))
      let status = layers.withUnsafeMutableBytes { layers in
        width.withUnsafeMutableBytes { width in
          out.withUnsafeMutableBytes { out in
            isoflop_count_columns(
              [
                isoflop_column(what: 0, type: 0, length: 2, values: layers.baseAddress),
                isoflop_column(what: 1, type: 0, length: 2, values: width.baseAddress),
              ], 2, [isoflop_column(what: 0, type: 2, length: 2, values: out.baseAddress)], 1, 2, &options, 0)
          }
        }
      }
      #expect(status == ISOFLOP_INPUT_WRONG)
      #expect(Library.lastError()["field"]?.string == "n_layers, row 1")
    }
  }

  /// A result over sizes that are still to be read, or over another result, would be wrong and say nothing.
  @Test func resultsDoNotShareMemory() throws {
    var options = isoflop_columns_options()
    options.size = MemoryLayout<isoflop_columns_options>.size
    let memory = UnsafeMutablePointer<Int64>.allocate(capacity: 12)
    defer { memory.deallocate() }
    func count(width: (type: Int32, place: Int, length: Int), results: [(what: Int32, place: Int)]) -> isoflop_status {
      memory.initialize(repeating: 64, count: 12)
      var layers: Int32 = 1
      return withUnsafeMutablePointer(to: &layers) { layers in
        let inputs = [
          isoflop_column(what: 0, type: Int32(ISOFLOP_INT32), length: 1, values: layers),
          isoflop_column(what: 1, type: width.type, length: width.length, values: memory + width.place),
        ]
        let outputs = results.map {
          isoflop_column(what: $0.what, type: Int32(ISOFLOP_INT64), length: 4, values: memory + $0.place)
        }
        return isoflop_count_columns(inputs, 2, outputs, outputs.count, 4, &options, 0)
      }
    }
    let long = Int32(ISOFLOP_INT64)
    #expect(count(width: (long, 0, 4), results: [(0, 4), (1, 7)]) == ISOFLOP_INPUT_WRONG)
    let message = "parameters: shares memory with the column M (give it memory of its own)"
    #expect(Library.lastError()["message"]?.string == message)
    for (width, place) in [((long, 0, 4), 3), ((long, 4, 4), 1), ((long, 2, 1), 0), ((Int32(ISOFLOP_INT32), 0, 4), 0)] {
      #expect(count(width: width, results: [(0, place)]) == ISOFLOP_INPUT_WRONG)
      #expect(Library.lastError()["field"]?.string == "M")
    }
    // In the very place of the sizes, each result replaces a size that has been read.
    try Library.check(count(width: (long, 0, 4), results: [(1, 0), (0, 4)]))
    let (m, parameters): (Int64, Int64) = (3_440_640, 6_602_752)
    #expect((0..<4).allSatisfy { memory[$0] == parameters })
    #expect((4..<8).allSatisfy { memory[$0] == m })
    #expect(memory[8] == 64)
  }

  @Test func columnsThatAreNoneAreRefused() {
    var options = isoflop_columns_options()
    options.size = MemoryLayout<isoflop_columns_options>.size
    var values = [Int64](repeating: 64, count: 5)
    values.withUnsafeMutableBytes { values in
      func status(_ input: isoflop_column, _ output: isoflop_column, rows: Int = 4) -> isoflop_status {
        let layers = isoflop_column(what: 0, type: 2, length: 1, values: values.baseAddress)
        return isoflop_count_columns([layers, input], 2, [output], 1, rows, &options, 0)
      }
      let width = isoflop_column(what: 1, type: 2, length: 4, values: values.baseAddress)
      let out = isoflop_column(what: 0, type: 2, length: 4, values: values.baseAddress)
      var (bad, badOut) = (width, out)
      bad.what = 12
      #expect(status(bad, out) == ISOFLOP_MISUSED)
      bad = width
      bad.type = 3
      #expect(status(bad, out) == ISOFLOP_MISUSED)
      bad = width
      bad.values = nil
      #expect(status(bad, out) == ISOFLOP_MISUSED)
      bad = width
      bad.values = values.baseAddress.map { $0 + 4 }
      #expect(status(bad, out) == ISOFLOP_MISUSED)
      badOut.what = 7
      #expect(status(width, badOut) == ISOFLOP_MISUSED)
      badOut = out
      badOut.length = 3
      #expect(status(width, badOut) == ISOFLOP_MISUSED)
      badOut = out
      badOut.type = Int32(ISOFLOP_INT32)
      #expect(status(width, badOut) == ISOFLOP_MISUSED)
      #expect(status(width, out, rows: -1) == ISOFLOP_MISUSED)
    }
    options.size += 8
    #expect(isoflop_count_columns([], 0, [], 0, 0, &options, 0) == ISOFLOP_MISUSED)
  }

  @Test func rowsOfAGridAreThoseOfTheReference() throws {
    let text = """
      {"grid": {"axes": {"n_layers": {"from": 1, "to": 9}, "d_model": {"from": 64, "to": 1024, "step": 64},
      "head_dim": [64], "n_kv_heads": {"ratio_of": "n_heads", "values": ["1/2", 1]}, "d_ff": [256, 1024],
      "n_experts": [0, 8], "experts_per_token": [1, 2], "d_expert": [128]}, "constraints": {"aspect_ratio": "16...200"}}}
      """
    let json = try JSON(parsing: text)
    let grid = try Grid(json["grid"] ?? .null)
    var expected: [SweepRow] = []
    // The definition: one place of the grid after the other.
    let axes = Shape.Axis.allCases.filter { grid.axes[$0] != nil }
    var indices = [Int](repeating: 0, count: axes.count)
    walk: while true {
      if let shape = grid.shape(at: Dictionary(uniqueKeysWithValues: zip(axes, indices))) {
        let row = try SweepRow(shape)
        if grid.constraints.allSatisfy({ $0.holds(for: shape, row.count) }) { expected.append(row) }
      }
      var level = axes.count - 1
      while true {
        indices[level] += 1
        if indices[level] < (grid.axes[axes[level]]?.count ?? 1) { break }
        indices[level] = 0
        level -= 1
        if level < 0 { break walk }
      }
    }
    var rows: isoflop_handle = 0
    try Library.check(isoflop_rows_open(text, text.utf8.count, 0, &rows))
    defer { isoflop_free(rows) }
    var (count, length) = (Int64(0), 0)
    var info: UnsafePointer<CChar>?
    try Library.check(isoflop_rows_info(rows, &count, &info, &length))
    let infoText = String(cString: try #require(info))
    let names = (try JSON(parsing: infoText)["columns"]?.array ?? []).compactMap(\.string)
    #expect(Int(count) == expected.count)
    let columns = names.map { _ in UnsafeMutablePointer<Int64>.allocate(capacity: Int(count)) }
    defer { for column in columns { column.deallocate() } }
    try Library.check(isoflop_rows_fill(rows, columns.map { $0 }, names.count, Int(count), 0))
    for (index, name) in names.enumerated() {
      let quantity = try Quantity(named: name)
      #expect(
        (0..<Int(count)).allSatisfy {
          Int(columns[index][$0]) == quantity.value(of: expected[$0].shape, expected[$0].count)
        }, "\(name)")
    }
    #expect(isoflop_rows_fill(rows, columns.map { $0 }, names.count - 1, Int(count), 0) == ISOFLOP_MISUSED)
    #expect(isoflop_rows_fill(rows, columns.map { $0 }, names.count, Int(count) - 1, 0) == ISOFLOP_MISUSED)
  }
}
