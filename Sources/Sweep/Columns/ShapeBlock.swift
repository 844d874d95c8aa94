import Architectures
import FLOPCount
import Input
import KernelDispatch

/// Room to count a few hundred rows at a time, so that all between the caller's columns stays in the first cache.
struct ShapeBlock {
  /// How many rows were computed in integers.
  private(set) var inIntegers = 0

  private let columns: ShapeColumns
  private let kernels: KernelImplementation
  private let general: GeneralForm
  /// Whether the kernels can take this form at all.
  private let fitsKernel: Bool
  /// For each axis whether it has a value for every row: the caller's column, or what follows from others.
  private let hasColumn: [Bool]
  private let room: Room
  /// Where each axis is read: in the room, or where the caller has it.
  private var at: [UnsafePointer<Double>]

  private static let mostRows = 512
  private let capacity: Int
  /// Columns of the room behind those of the axes: four results, and one for what is made of them.
  private static let M = 12
  private static let parameters = 13
  private static let active = 14
  private static let cache = 15
  private static let scratch = 16

  init(_ columns: ShapeColumns, _ kernels: KernelImplementation) {
    self.columns = columns
    self.kernels = kernels
    let named = columns.named
    let opensMLP = !named.contains(.mlpWidth)
    // 8 d^2 weights of an open MLP are two matrices of d x 4 d; a gated mixture beside it has three.
    fitsKernel = !opensMLP || !named.contains(.experts)
    let gated = !opensMLP && columns.mlp == .gated
    general = GeneralForm(gated: gated, denseLayers: columns.denseLayers, tied: columns.form == .paper || columns.tied)
    let derived: Set<Shape.Axis> = [named.contains(.heads) ? .headWidth : .heads, .keyValueHeads, .mlpWidth]
    hasColumn = Shape.Axis.allCases.map { named.contains($0) || derived.contains($0) }
    capacity = min(Self.mostRows, max(1, columns.rows))
    room = Room(columns: Self.scratch + 1, rows: capacity)
    at = (0..<12).map { [room] in UnsafePointer(room[$0]) }
    // What the paper's form gives axes without a column.
    room[Shape.Axis.sequenceLength.index].update(repeating: Double(Grid.paperSequenceLength), count: capacity)
  }

  mutating func count(rows: Range<Int>) throws {
    var at = rows.lowerBound
    while at < rows.upperBound {
      let end = min(rows.upperBound, at + capacity)
      if !(fitsKernel && byKernel(at..<end)) { try byIntegers(at..<end) }
      at = end
    }
  }

  // MARK: Kernels

  /// False where a size is none, a row is no model, or a result may not be exact: then nothing counts.
  private mutating func byKernel(_ rows: Range<Int>) -> Bool {
    for input in columns.inputs {
      guard let column = load(input, rows, into: room[input.axis.index]) else { return false }
      at[input.axis.index] = column
    }
    return byGeneral(rows)
  }

  /// `store` wants what is below 2^52.
  private static let limit = KernelImplementation.exactLimit / 2

  private mutating func byGeneral(_ rows: Range<Int>) -> Bool {
    let n = rows.count
    guard derive(n) else { return false }
    let axes = Shape.Axis.allCases.map { axis -> GeneralInput in
      if hasColumn[axis.index] { return .column(at[axis.index]) }
      switch axis {
      case .vocabulary: return .value(Double(Grid.paperVocabulary))
      case .sequenceLength: return .value(Double(Grid.paperSequenceLength))
      case .headWidth: return .value(1)
      default: return .value(0)
      }
    }
    let largest = kernels.generalColumns(
      axes, form: general, count: n,
      into: GeneralOutputs(
        m: room[Self.M], parameters: room[Self.parameters], activeParameters: room[Self.active],
        kvElements: room[Self.cache]))
    // Six times the parameters is stored too.
    guard largest * 6 < Self.limit else { return false }
    for output in columns.outputs { store(output, rows) }
    return true
  }

  /// The heads, their width and the MLP where they follow from other sizes.
  private mutating func derive(_ n: Int) -> Bool {
    let (d, H, w) = (1, 2, 3)
    let named = columns.named
    switch (named.contains(.heads), named.contains(.headWidth)) {
    case (false, false): at[H] = at[d]
    case (false, true): guard quotient(d, w, into: H, n) else { return false }
    case (true, false): guard quotient(d, H, into: w, n) else { return false }
    case (true, true): break
    }
    if !named.contains(.keyValueHeads) {
      at[4] = at[H]
    } else if !quotient(H, 4, into: Self.scratch, n) {
      return false
    }
    if !named.contains(.mlpWidth) {
      let (width, mlp) = (at[d], room[5])
      for row in 0..<n { mlp[row] = 4 * width[row] }
    }
    if named.contains(.experts) { return dropUnused(n) }
    return true
  }

  /// Where there are no experts their sizes do not matter; where there are, some are visited, at most all.
  private mutating func dropUnused(_ n: Int) -> Bool {
    let E = at[6]
    var fits = true
    // Not in the caller's memory.
    for axis in 7...9 {
      let own = room[axis]
      if at[axis] != UnsafePointer(own) { own.update(from: at[axis], count: n) }
      at[axis] = UnsafePointer(own)
    }
    let (k, m, s) = (room[7], room[8], room[9])
    for row in 0..<n {
      if E[row] == 0 {
        (k[row], m[row], s[row]) = (0, 0, 0)
      } else {
        fits = fits && k[row] >= 1 && k[row] <= E[row] && m[row] >= 1
      }
    }
    return fits
  }

  /// One axis over another, which must be an integer.
  private mutating func quotient(_ a: AxisIndex, _ b: AxisIndex, into axis: Int, _ n: Int) -> Bool {
    let (a, b, out) = (at[a], at[b], room[axis])
    var fits = true
    for row in 0..<n {
      let value = a[row] / b[row]
      fits = fits && (value + 0x1p52) - 0x1p52 == value
      out[row] = value
    }
    if axis < at.count { at[axis] = UnsafePointer(out) }
    return fits
  }

  /// A column as doubles, in `room` or where it is; nil where one is no integer from the axis's smallest to 2^40.
  private func load(
    _ input: ShapeColumns.Input, _ rows: Range<Int>, into room: UnsafeMutablePointer<Double>
  ) -> UnsafePointer<Double>? {
    let n = rows.count
    let smallest = input.axis.smallest
    // SAFETY: the caller vouches for `count` elements, and rows lie within them.
    if input.count == 1 {
      guard let size = input.sizes.exact(0).value, size >= smallest, size <= Shape.Axis.largest else { return nil }
      room.update(repeating: Double(size), count: n)
      return UnsafePointer(room)
    }
    // Negative where one is too small, and at least as large as the largest.
    var bits: Int64 = 0
    switch input.sizes {
    case .float64(let column):
      let column = column + rows.lowerBound
      return Self.areSizes(column, n, from: Double(smallest)) ? column : nil
    case .int32(let column):
      let column = column + rows.lowerBound
      let smallest = Int32(truncatingIfNeeded: smallest)
      var narrow: Int32 = 0
      for row in 0..<n {
        narrow |= column[row] | (column[row] &- smallest)
        room[row] = Double(column[row])
      }
      bits = Int64(narrow)
    case .int64(let column):
      bits = kernels.doubles(of: column + rows.lowerBound, count: n, from: Int64(smallest), into: room)
    }
    // 2^40 itself is left to the integers.
    return bits >= 0 && bits < Int64(Shape.Axis.largest) ? UnsafePointer(room) : nil
  }

  private static func areSizes(_ column: UnsafePointer<Double>, _ n: Int, from smallest: Double) -> Bool {
    let largest = Double(Shape.Axis.largest)
    var fits = SIMD8<Int64>(repeating: -1)
    var row = 0
    while row + 8 <= n {
      // SAFETY: eight elements from `row` on lie below n.
      let x = UnsafeRawPointer(column + row).loadUnaligned(as: SIMD8<Double>.self)
      let whole = (x + 0x1p52) - 0x1p52
      let good = (whole .== x) .& (x .>= smallest) .& (x .<= largest)
      fits.replace(with: 0, where: .!good)
      row += 8
    }
    var tail = true
    while row < n {
      let x = column[row]
      tail = tail && (x + 0x1p52) - 0x1p52 == x && x >= smallest && x <= largest
      row += 1
    }
    return tail && fits == SIMD8<Int64>(repeating: -1)
  }

  /// A result of the general form.
  private func store(_ output: ShapeColumns.Output, _ rows: Range<Int>) {
    let n = rows.count
    let out = room[Self.scratch]
    let (L, d) = (at[0], at[1])
    let parameters = room[Self.parameters]
    let isPaper = columns.form == .paper
    let tables: Double = general.tied ? 1 : 2
    let vocabulary = columns.named.contains(.vocabulary) ? at[10] : nil
    // The kernel's parameters have the norms in them, the paper's have none.
    func norms(_ row: Int) -> Double { isPaper ? d[row] * (2 * L[row] + 1) : 0 }
    func embedding(_ row: Int) -> Double { tables * (vocabulary?[row] ?? Double(Grid.paperVocabulary)) * d[row] }
    switch output.quantity {
    case .M: store(output, rows, room[Self.M])
    case .parameters where !isPaper: store(output, rows, parameters)
    case .activeParameters where !isPaper: store(output, rows, room[Self.active])
    case .keyValueElements: store(output, rows, room[Self.cache])
    case .keyValueBytes:
      for row in 0..<n { out[row] = 2 * room[Self.cache][row] }
      store(output, rows, out)
    case .parameters, .activeParameters:
      for row in 0..<n { out[row] = parameters[row] - norms(row) }
      store(output, rows, out)
    case .nonEmbeddingParameters:
      for row in 0..<n { out[row] = parameters[row] - norms(row) - embedding(row) }
      store(output, rows, out)
    case .sixN1:
      for row in 0..<n { out[row] = 6 * (parameters[row] - norms(row) - embedding(row)) }
      store(output, rows, out)
    case .sixN2:
      for row in 0..<n { out[row] = 6 * (parameters[row] - norms(row)) }
      store(output, rows, out)
    case .aspectRatio, .mlpRatio: preconditionFailure("refused when the columns were made")
    }
  }

  /// Results where the caller wants them.
  private func store(_ output: ShapeColumns.Output, _ rows: Range<Int>, _ from: UnsafeMutablePointer<Double>) {
    let streaming = columns.isLargerThanCaches
    // SAFETY: the caller vouches for room for all rows behind the output.
    switch output.results {
    case .float64(let column):
      kernels.copy(from, count: rows.count, to: column + rows.lowerBound, streaming: streaming)
    case .int64(let column):
      kernels.integers(of: from, count: rows.count, into: column + rows.lowerBound, streaming: streaming)
    }
  }

  // MARK: Integers

  private mutating func byIntegers(_ rows: Range<Int>) throws {
    for row in rows {
      let counted = try named(row) { try SweepRow(shape(row)) }
      for output in columns.outputs {
        let value = Quantity.derived(output.quantity).value(of: counted.shape, counted.count)
        switch output.results {
        case .int64(let column): column[row] = Int64(value)
        case .float64(let column):
          guard value < 1 << 53 else {
            throw InputError(
              "is beyond 2^53, where a Double is not exact", field: "\(output.quantity.rawValue), row \(row)",
              value: "\(value)", hint: "ask for 64-bit integers")
          }
          column[row] = Double(value)
        }
      }
    }
    inIntegers += rows.count
  }

  /// Errors name the row, which people count from 0 in arrays.
  private func named<Result>(_ row: Int, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch var error as InputError {
      error.field = error.field.map { "\($0), row \(row)" } ?? "row \(row)"
      throw error
    }
  }

  private func shape(_ row: Int) throws -> Shape {
    var shape = Shape(
      layers: 0, width: 0, vocabulary: Grid.paperVocabulary, sequenceLength: Grid.paperSequenceLength, mlp: columns.mlp,
      tied: columns.tied, denseLayers: columns.denseLayers, form: columns.form)
    for input in columns.inputs { shape[input.axis] = try size(input, row) }
    let named = columns.named
    func divided(_ what: Shape.Axis, by other: Shape.Axis) throws -> Int {
      guard shape[what] % shape[other] == 0 else {
        throw InputError(
          "does not divide \(what.rawValue) \(shape[what])", field: other.rawValue, value: "\(shape[other])",
          hint: "leave the row out, or give both n_heads and head_dim")
      }
      return shape[what] / shape[other]
    }
    switch (named.contains(.heads), named.contains(.headWidth)) {
    case (false, true): shape.heads = try divided(.width, by: .headWidth)
    case (true, false): shape.headWidth = try divided(.width, by: .heads)
    default: break
    }
    if named.contains(.keyValueHeads) {
      _ = try divided(.heads, by: .keyValueHeads)
    } else {
      shape.keyValueHeads = shape.heads
    }
    if shape.experts == 0 { (shape.expertsPerToken, shape.expertWidth, shape.sharedWidth) = (0, 0, 0) }
    return shape
  }

  private func size(_ input: ShapeColumns.Input, _ row: Int) throws -> Int {
    let (value, written) = input.sizes.exact(input.count == 1 ? 0 : row)
    guard let value, value >= input.axis.smallest, value <= Shape.Axis.largest else {
      throw InputError(
        "is not an integer from \(input.axis.smallest) to 2^40", field: input.axis.rawValue, value: written,
        hint: "sizes are whole numbers")
    }
    return value
  }

  /// Columns of doubles, one behind the other.
  private final class Room {
    private let memory: UnsafeMutablePointer<Double>
    private let rows: Int
    init(columns: Int, rows: Int) {
      self.rows = rows
      memory = .allocate(capacity: columns * rows)
      memory.initialize(repeating: 0, count: columns * rows)
    }
    deinit { memory.deallocate() }
    // SAFETY: indices are below the number of columns, written out above.
    subscript(column: Int) -> UnsafeMutablePointer<Double> { memory + column * rows }
  }
}

extension ShapeColumns.Sizes {
  /// An element as an integer, nil where it is none, and as it is written.
  func exact(_ index: Int) -> (value: Int?, written: String) {
    // SAFETY: the caller vouches for the element.
    switch self {
    case .float64(let column): (Int(exactly: column[index]), "\(column[index])")
    case .int32(let column): (Int(column[index]), "\(column[index])")
    case .int64(let column): (Int(column[index]), "\(column[index])")
    }
  }
}
