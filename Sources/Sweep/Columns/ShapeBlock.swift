import Architectures
import FLOPCount
import Input
import KernelDispatch

/// Room to count a few hundred rows at a time, so that all between the caller's columns stays in the first caches.
struct ShapeBlock {
  /// How many rows were computed in integers.
  private(set) var inIntegers = 0

  private let columns: ShapeColumns
  private let kernels: KernelImplementation
  private let general: GeneralForm
  /// Whether the kernels can take this form at all.
  private let fitsKernel: Bool
  private let room: Room

  private static let mostRows = 512
  private let capacity: Int

  init(_ columns: ShapeColumns, _ kernels: KernelImplementation) {
    self.columns = columns
    self.kernels = kernels
    let named = columns.named
    let opensMLP = !named.contains(.mlpWidth)
    // 8 d^2 weights of an open MLP are two matrices of d x 4 d; a gated mixture beside it has three.
    fitsKernel = !opensMLP || !named.contains(.experts)
    let gated = !opensMLP && columns.mlp == .gated
    general = GeneralForm(gated: gated, denseLayers: columns.denseLayers, tied: columns.form == .paper || columns.tied)
    capacity = min(Self.mostRows, max(1, columns.rows))
    room = Room(columns: 12 + 4 + 1, rows: capacity)
    for axis in 0..<12 { prepare(axis) }
  }

  /// What an axis without a column holds.
  private func prepare(_ axis: AxisIndex) {
    let size: Double
    switch Shape.Axis.allCases[axis] {
    case .vocabulary: size = Double(Grid.paperVocabulary)
    case .sequenceLength: size = Double(Grid.paperSequenceLength)
    case .heads, .headWidth, .keyValueHeads: size = 1
    default: size = 0
    }
    room[axis].update(repeating: size, count: capacity)
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
  private func byKernel(_ rows: Range<Int>) -> Bool {
    let n = rows.count
    for input in columns.inputs {
      guard load(input, rows, into: room[input.axis.index]) else { return false }
    }
    guard derive(n) else { return false }
    var axes: [GeneralInput] = []
    axes.reserveCapacity(12)
    for axis in 0..<12 { axes.append(.column(room[axis])) }
    let largest = kernels.generalColumns(
      axes, form: general, count: n,
      into: GeneralOutputs(m: room[12], parameters: room[13], activeParameters: room[14], kvElements: room[15]))
    // Six times the parameters is stored too, and `store` wants what is below 2^52.
    guard largest * 12 < KernelImplementation.exactLimit else { return false }
    for output in columns.outputs { store(output, rows) }
    return true
  }

  /// The heads, their width and the MLP where they follow from other sizes.
  private func derive(_ n: Int) -> Bool {
    let (d, H, w, K, f) = (room[1], room[2], room[3], room[4], room[5])
    let named = columns.named
    switch (named.contains(.heads), named.contains(.headWidth)) {
    case (false, false): H.update(from: d, count: n)
    case (false, true): guard quotient(d, w, into: H, n) else { return false }
    case (true, false): guard quotient(d, H, into: w, n) else { return false }
    case (true, true): break
    }
    if !named.contains(.keyValueHeads) {
      K.update(from: H, count: n)
    } else if !quotient(H, K, into: room[16], n) {
      return false
    }
    if !named.contains(.mlpWidth) { for row in 0..<n { f[row] = 4 * d[row] } }
    if named.contains(.experts) { return dropUnused(n) }
    return true
  }

  /// Where there are no experts their sizes do not matter; where there are, some are visited, at most all.
  private func dropUnused(_ n: Int) -> Bool {
    let (E, k, m, s) = (room[6], room[7], room[8], room[9])
    var fits = true
    for row in 0..<n {
      if E[row] == 0 {
        (k[row], m[row], s[row]) = (0, 0, 0)
      } else {
        fits = fits && k[row] >= 1 && k[row] <= E[row] && m[row] >= 1
      }
    }
    return fits
  }

  /// a / b, which must be an integer.
  private func quotient(
    _ a: UnsafeMutablePointer<Double>, _ b: UnsafeMutablePointer<Double>, into out: UnsafeMutablePointer<Double>,
    _ n: Int
  ) -> Bool {
    var fits = true
    for row in 0..<n {
      let value = a[row] / b[row]
      fits = fits && (value + 0x1p52) - 0x1p52 == value
      out[row] = value
    }
    return fits
  }

  /// A column as doubles; false where one is no integer from the axis's smallest to 2^40.
  private func load(
    _ input: ShapeColumns.Input, _ rows: Range<Int>, into out: UnsafeMutablePointer<Double>
  ) -> Bool {
    let n = rows.count
    // SAFETY: the caller vouches for `count` elements, and rows lie within them.
    if input.count == 1 {
      guard let size = input.sizes.exact(0).value else { return false }
      out.update(repeating: Double(size), count: n)
    } else {
      switch input.sizes {
      case .float64(let column): out.update(from: column + rows.lowerBound, count: n)
      case .int32(let column):
        let column = column + rows.lowerBound
        for row in 0..<n { out[row] = Double(column[row]) }
      case .int64(let column):
        let column = column + rows.lowerBound
        var bits: Int64 = 0
        for row in 0..<n {
          bits |= column[row]
          // Integers below 2^52 are the low bits of 2^52 + value.
          out[row] = Double(bitPattern: UInt64(bitPattern: column[row]) | 0x4330_0000_0000_0000) - 0x1p52
        }
        guard UInt64(bitPattern: bits) < 1 << 52 else { return false }
      }
    }
    let smallest = Double(input.axis.smallest)
    let largest = Double(Shape.Axis.largest)
    var fits = SIMD8<Int64>(repeating: -1)
    var row = 0
    while row + 8 <= n {
      // SAFETY: eight elements from `row` on lie below n.
      let x = UnsafeRawPointer(out + row).loadUnaligned(as: SIMD8<Double>.self)
      let whole = (x + 0x1p52) - 0x1p52
      let good = (whole .== x) .& (x .>= smallest) .& (x .<= largest)
      fits.replace(with: 0, where: .!good)
      row += 8
    }
    var tail = true
    while row < n {
      let x = out[row]
      tail = tail && (x + 0x1p52) - 0x1p52 == x && x >= smallest && x <= largest
      row += 1
    }
    return tail && fits == SIMD8<Int64>(repeating: -1)
  }

  private func store(_ output: ShapeColumns.Output, _ rows: Range<Int>) {
    let n = rows.count
    let out = room[16]
    let (L, d, V) = (room[0], room[1], room[10])
    let parameters = room[13]
    let isPaper = columns.form == .paper
    let tables: Double = general.tied ? 1 : 2
    // The kernel's parameters have the norms in them, the paper's have none.
    func norms(_ row: Int) -> Double { isPaper ? d[row] * (2 * L[row] + 1) : 0 }
    let from: UnsafeMutablePointer<Double>
    switch output.quantity {
    case .M: from = room[12]
    case .parameters where !isPaper: from = parameters
    case .activeParameters where !isPaper: from = room[14]
    case .keyValueElements: from = room[15]
    case .keyValueBytes:
      for row in 0..<n { out[row] = 2 * room[15][row] }
      from = out
    case .parameters, .activeParameters:
      for row in 0..<n { out[row] = parameters[row] - norms(row) }
      from = out
    case .nonEmbeddingParameters:
      for row in 0..<n { out[row] = parameters[row] - norms(row) - tables * V[row] * d[row] }
      from = out
    case .sixN1:
      for row in 0..<n { out[row] = 6 * (parameters[row] - norms(row) - tables * V[row] * d[row]) }
      from = out
    case .sixN2:
      for row in 0..<n { out[row] = 6 * (parameters[row] - norms(row)) }
      from = out
    case .aspectRatio, .mlpRatio: preconditionFailure("refused when the columns were made")
    }
    // SAFETY: the caller vouches for room for all rows behind the output.
    switch output.results {
    case .float64(let column): (column + rows.lowerBound).update(from: from, count: n)
    case .int64(let column):
      let column = column + rows.lowerBound
      for row in 0..<n {
        // Integers below 2^52 are the low bits of 2^52 + value.
        column[row] = Int64(bitPattern: (from[row] + 0x1p52).bitPattern & 0xF_FFFF_FFFF_FFFF)
      }
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
  fileprivate func exact(_ index: Int) -> (value: Int?, written: String) {
    // SAFETY: the caller vouches for the element.
    switch self {
    case .float64(let column): (Int(exactly: column[index]), "\(column[index])")
    case .int32(let column): (Int(column[index]), "\(column[index])")
    case .int64(let column): (Int(column[index]), "\(column[index])")
    }
  }
}
