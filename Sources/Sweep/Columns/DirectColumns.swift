import Architectures
import FLOPCount
import KernelDispatch

/// The paper's form from the caller's columns to the caller's columns, with nothing between: what a row costs then is the
/// memory that is read and written.
struct DirectColumns {
  private let kernels: KernelImplementation
  private let layers: SizeColumn
  private let width: SizeColumn
  private let sequence: SizeColumn
  /// What the kernel stores at once: each of its three results in one place, all of one type.
  private var passes: [PaperResults] = []
  private let streaming: Bool
  /// The first row whose result begins a cache line: a chunk that begins there stores whole lines.
  private(set) var firstOfLine = 0

  /// nil where more than the paper's form is asked for, a size that all rows share is none, or results would overwrite
  /// sizes that are still wanted where a row is not exact.
  init?(_ columns: ShapeColumns, _ kernels: KernelImplementation) {
    var sizes: [Shape.Axis: SizeColumn] = [.sequenceLength: .one(Double(Grid.paperSequenceLength))]
    for input in columns.inputs {
      guard let column = input.whole else { return nil }
      sizes[input.axis] = column
    }
    guard sizes.count == 3, let layers = sizes[.layers], let width = sizes[.width],
      let sequence = sizes[.sequenceLength], !columns.overlaps
    else { return nil }
    self.kernels = kernels
    (self.layers, self.width, self.sequence) = (layers, width, sequence)
    streaming = columns.isLargerThanCaches
    for output in columns.outputs where !add(output) { return nil }
    if let output = columns.outputs.first {
      firstOfLine = Int((64 - UInt(bitPattern: output.results.raw.memory) % 64) % 64 / 8)
    }
  }

  /// Counts rows; false where one is no model or a result may not be exact: then nothing counts.
  func count(rows: Range<Int>) -> Bool {
    passes.allSatisfy { results in
      kernels.paperColumns(
        layers: layers, width: width, sequence: sequence, vocabulary: Double(Grid.paperVocabulary), rows: rows,
        into: results, streaming: streaming)
    }
  }

  /// In the first pass that has the place free; false where the quantity is none of the paper's form.
  private mutating func add(_ output: ShapeColumns.Output) -> Bool {
    let (areIntegers, memory) = output.results.raw
    for pass in 0...passes.count {
      if pass == passes.count { passes.append(PaperResults(areIntegers: areIntegers)) }
      guard passes[pass].areIntegers == areIntegers else { continue }
      switch output.quantity {
      case .M where passes[pass].m == nil: passes[pass].m = memory
      case .sixN1 where passes[pass].n1 == nil: passes[pass].n1 = memory
      case .sixN2 where passes[pass].n2 == nil: passes[pass].n2 = memory
      case .nonEmbeddingParameters where passes[pass].n1 == nil:
        (passes[pass].n1, passes[pass].n1IsTimesSix) = (memory, false)
      case .parameters where passes[pass].n2 == nil, .activeParameters where passes[pass].n2 == nil:
        (passes[pass].n2, passes[pass].n2IsTimesSix) = (memory, false)
      default: continue
      }
      return true
    }
    return false
  }
}

extension ShapeColumns.Input {
  /// The column, or the one size for all rows; nil where that is no size.
  fileprivate var whole: SizeColumn? {
    if count == 1 {
      guard let size = sizes.exact(0).value, size >= axis.smallest, size <= Shape.Axis.largest else { return nil }
      return .one(Double(size))
    }
    return switch sizes {
    case .float64(let column): .float64(column)
    case .int32(let column): .int32(column)
    case .int64(let column): .int64(column)
    }
  }

  fileprivate var memory: Range<UInt> {
    switch sizes {
    case .float64(let column): Range(column, count)
    case .int32(let column): Range(column, count)
    case .int64(let column): Range(column, count)
    }
  }
}

extension ShapeColumns.Results {
  fileprivate var raw: (areIntegers: Bool, memory: UnsafeMutableRawPointer) {
    switch self {
    case .float64(let column): (false, UnsafeMutableRawPointer(column))
    case .int64(let column): (true, UnsafeMutableRawPointer(column))
    }
  }
}

extension ShapeColumns {
  /// Whether a result lies where a size does.
  fileprivate var overlaps: Bool {
    outputs.contains { output in
      let memory = output.results.raw.memory
      let results = Range(memory.assumingMemoryBound(to: Int64.self), rows)
      return inputs.contains { $0.memory.overlaps(results) }
    }
  }
}

extension Range<UInt> {
  /// The addresses of `count` elements.
  fileprivate init<Element>(_ column: UnsafePointer<Element>, _ count: Int) {
    let first = UInt(bitPattern: column)
    self = first..<first + UInt(count * MemoryLayout<Element>.stride)
  }
}
