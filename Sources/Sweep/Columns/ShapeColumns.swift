import Architectures
import FLOPCount
import Input
import KernelDispatch
import Topology

/// Shapes that are already there, as columns of sizes in the caller's memory, and what they cost as columns again.
///
/// Sizes that have no column take the paper's values, as in a `Grid`. Every result is the exact integer of `ShapeCount`:
/// the kernels compute it where a Double is exact, integers where it is not.
public struct ShapeColumns {
  /// The numbers of a column. A view: the memory belongs to the caller and must outlive the count.
  public enum Sizes {
    case float64(UnsafePointer<Double>)
    case int32(UnsafePointer<Int32>)
    case int64(UnsafePointer<Int64>)
  }

  public struct Input {
    public var axis: Shape.Axis
    public var sizes: Sizes
    /// The number of rows, or 1 for a size that all rows share.
    public var count: Int
    public init(_ axis: Shape.Axis, _ sizes: Sizes, count: Int) {
      self.axis = axis
      self.sizes = sizes
      self.count = count
    }
  }

  /// Where results go; doubles refuse what they cannot hold exactly.
  public enum Results {
    case float64(UnsafeMutablePointer<Double>)
    case int64(UnsafeMutablePointer<Int64>)
  }

  public struct Output {
    public var quantity: Quantity.Derived
    public var results: Results
    public init(_ quantity: Quantity.Derived, _ results: Results) {
      self.quantity = quantity
      self.results = results
    }
  }

  let rows: Int
  let inputs: [Input]
  let outputs: [Output]
  let mlp: Shape.MLPKind
  let tied: Bool
  let denseLayers: Int
  let named: Set<Shape.Axis>

  /// - Throws: `InputError` for a size given twice, one that is missing, or a column of another length.
  public init(
    rows: Int, inputs: [Input], outputs: [Output], mlp: Shape.MLPKind = .gated, tied: Bool = false,
    denseLayers: Int = 0
  ) throws {
    self.rows = rows
    self.inputs = inputs
    self.outputs = outputs
    self.mlp = mlp
    self.tied = tied
    self.denseLayers = denseLayers
    named = Set(inputs.map(\.axis))
    guard rows >= 0 else { throw InputError("is negative", field: "rows", value: "\(rows)") }
    var seen: Set<Shape.Axis> = []
    for input in inputs {
      guard seen.insert(input.axis).inserted else { throw InputError("is given twice", field: input.axis.rawValue) }
      guard input.count == rows || input.count == 1 else {
        throw InputError(
          "is the length of this column where others have \(rows)", field: input.axis.rawValue,
          value: "\(input.count)", hint: "one length for all, or a single number")
      }
    }
    for output in outputs where output.quantity.quotient != nil {
      throw InputError("is a ratio, not a count", field: "quantity", value: output.quantity.rawValue)
    }
    // The rules that a grid has for its axes hold for columns too.
    let one = AxisRule.values(.list([1]))
    _ = try Grid(
      axes: Dictionary(uniqueKeysWithValues: named.map { ($0, one) }), mlp: mlp, tied: tied, denseLayers: denseLayers)
  }

  var form: Shape.Form {
    let general: [Shape.Axis] = [.mlpWidth, .headWidth, .keyValueHeads, .experts]
    return general.contains(where: named.contains) ? .general : .paper
  }

  /// Whether the results would only push each other out of the caches.
  var isLargerThanCaches: Bool { rows * outputs.count >= Self.worthStreaming }
  /// Results of 32 MB.
  private static let worthStreaming = 1 << 22

  /// Rows that a worker takes at once.
  static let chunk = 1 << 15
  /// Fewer rows than this are done before threads would be awake.
  static let worthThreads = 1 << 18

  /// Counts every row.
  ///
  /// - Parameter options: implementation, team or threads and pinning, cancellation and progress; `method` and `shard` do
  ///   not matter.
  /// - Returns: how many rows were computed in integers; nil where it was cancelled.
  /// - Throws: `InputError` that names the first row found that is no model or does not fit.
  public func count(_ options: SweepOptions = SweepOptions()) throws -> Int? {
    let kernels =
      try options.implementation.map { try KernelImplementation.named($0) } ?? KernelImplementation.preferred()
    // SAFETY: the caller vouches for the columns while this runs; chunks write to rows of their own.
    nonisolated(unsafe) let (columns, direct) = (self, DirectColumns(self, kernels))
    let chunks = chunks(direct)
    let total = Tally()
    if rows < Self.worthThreads, options.team == nil {
      var block: ShapeBlock?
      for chunk in 0..<chunks {
        if options.cancellation?.isCancelled == true { return nil }
        try count(chunk, direct, kernels, &block)
      }
      return block?.inIntegers ?? 0
    }
    let clock = ContinuousClock()
    let start = clock.now
    let report = options.progress.map { progress in
      { (done: Int) in
        let seconds = (clock.now - start).seconds
        let rowsDone = min(rows, done * Self.chunk)
        progress(SweepProgress(done: rowsDone, total: rows, rate: seconds > 0 ? Double(rowsDone) / seconds : 0))
      }
    }
    let team = try options.team ?? WorkerTeam.forThisMachine(threads: options.threads, pin: options.pin)
    let run = try team.run(chunks: chunks, cancellation: options.cancellation, progress: report) { _, chunk in
      var block: ShapeBlock?
      try columns.count(chunk, direct, kernels, &block)
      total.add(block?.inIntegers ?? 0)
    }
    return run.wasCancelled ? nil : total.value
  }

  /// How many there are: all but the first begin with a cache line of the results.
  private func chunks(_ direct: DirectColumns?) -> Int {
    let rest = max(0, rows - (direct?.firstOfLine ?? 0))
    return max(rows > 0 ? 1 : 0, (rest + Self.chunk - 1) / Self.chunk)
  }

  /// Counts a chunk, in a block that is made when the first one needs it.
  private func count(
    _ chunk: Int, _ direct: DirectColumns?, _ kernels: KernelImplementation, _ block: inout ShapeBlock?
  ) throws {
    let first = direct?.firstOfLine ?? 0
    let rows = (chunk == 0 ? 0 : first + chunk * Self.chunk)..<min(rows, first + (chunk + 1) * Self.chunk)
    if direct?.count(rows: rows) == true { return }
    if block == nil { block = ShapeBlock(self, kernels) }
    try block?.count(rows: rows)
  }
}
