import Architectures
import FLOPCount
import Input
import KernelDispatch
import Synchronization
import Topology

/// Searches over the models around one config.json.
///
/// The models along one axis are a row. Where every count is a + b x along it, rows go to the kernels; where not, each
/// model is counted in integers. Both in parallel, and the result says how many went which way.
public struct ConfigSearch: Sendable {
  public let grid: ConfigGrid
  public var options: SweepOptions

  public init(_ grid: ConfigGrid, _ options: SweepOptions = SweepOptions()) {
    self.grid = grid
    self.options = options
  }

  /// Below this, threads would cost more than they save.
  private static let worthThreads = 256

  /// Walks all rows, or those of the shard, with a visitor for each block of neighbouring ones.
  ///
  /// - Parameters:
  ///   - visitor: makes a visitor for a block.
  ///   - merge: takes a visitor that is done; called by one thread at a time.
  /// - Returns: what the walk has seen.
  func walk<Visitor: ConfigVisitor>(
    _ visitor: @escaping @Sendable () -> Visitor, merge: @escaping @Sendable (Visitor) -> Void
  ) throws -> ConfigTally {
    let inner = options.method == .reference ? nil : try grid.innerAxis()
    let kernels =
      try options.implementation.map { try KernelImplementation.named($0) } ?? KernelImplementation.preferred()
    let rows = ConfigRows(grid, inner)
    let part = options.shard?.part(of: rows.count) ?? 0..<rows.count
    let block = rows.block
    let blocks = (part.count + block - 1) / block
    let total = Mutex(ConfigTally())
    let lock = Mutex(())
    let cancellation = options.cancellation
    let body: @Sendable (Int) throws -> Void = { index in
      var visitor = visitor()
      var tally = ConfigTally()
      let from = part.lowerBound + index * block
      var batch = ConfigBatch(rows, kernels)
      for row in from..<min(from + block, part.upperBound) {
        if cancellation?.isCancelled == true {
          tally.wasCut = true
          break
        }
        let places = rows.places(row)
        let (found, refusal) = try grid.row(along: inner, from: places)
        tally.add(found, length: rows.length, refusal, at: row)
        try batch.add(found, places, &visitor, &tally)
      }
      try batch.flush(&visitor, &tally)
      total.withLock { $0.merge(tally) }
      lock.withLock { _ in merge(visitor) }
    }
    let progress = reporter(rows.length * block, of: rows.length * part.count)
    if grid.models >= Self.worthThreads || options.team != nil {
      let team = try options.team ?? WorkerTeam.forThisMachine(threads: options.threads, pin: options.pin)
      let run = try team.run(chunks: blocks, cancellation: cancellation, progress: progress) { _, chunk in
        try body(chunk)
      }
      if run.wasCancelled { total.withLock { $0.wasCut = true } }
    } else {
      for index in 0..<blocks {
        try body(index)
        progress?(index + 1)
      }
    }
    var tally = total.withLock { $0 }
    tally.kernels = kernels.name
    // Of a shard, the others may have models.
    if tally.models == 0, !tally.wasCut, options.shard == nil, let reason = tally.refusal { throw reason }
    return tally
  }

  private func reporter(_ perBlock: Int, of total: Int) -> ((Int) -> Void)? {
    let clock = ContinuousClock()
    let start = clock.now
    return options.progress.map { progress in
      { blocks in
        let seconds = (clock.now - start).seconds
        let done = min(blocks * perBlock, total)
        progress(SweepProgress(done: done, total: total, rate: seconds > 0 ? Double(done) / seconds : 0))
      }
    }
  }
}

/// What takes the models that meet the conditions.
protocol ConfigVisitor: Sendable {
  /// One model, counted in integers. `index` is its place in the order of the axes.
  mutating func visit(_ counts: ConfigCounts, index: Int) throws
  /// Rows that are a + b x of `quantity` in the kernels' own numbers; which of them need a closer look, one model after
  /// the other.
  mutating func worthALook(_ rows: AffineRows, _ kernels: KernelImplementation) -> [Int]
  /// What rows are wanted of; nil: every model by itself.
  var quantity: Quantity? { get }
}

/// What a walk has seen.
struct ConfigTally: Sendable {
  /// Combinations that are a model of the family, those of them that went through kernels, and those that are none.
  var models = 0
  var byKernels = 0
  var refused = 0
  /// Models that meet the conditions.
  var feasible = 0
  /// Models without a known M, where it was asked for.
  var unknown = 0
  var refusal: InputError?
  private var refusalAt = Int.max
  var wasCut = false
  var kernels = ""

  mutating func add(_ row: ConfigRow, length: Int, _ reason: InputError?, at place: Int) {
    switch row {
    case .affine: models += length
    case .points(let points):
      let missing = points.count { $0 == nil }
      models += points.count - missing
      refused += missing
    }
    if let reason, place < refusalAt { (refusal, refusalAt) = (reason, place) }
  }

  mutating func merge(_ other: ConfigTally) {
    models += other.models
    byKernels += other.byKernels
    refused += other.refused
    feasible += other.feasible
    unknown += other.unknown
    if other.refusalAt < refusalAt { (refusal, refusalAt) = (other.refusal, other.refusalAt) }
    wasCut = wasCut || other.wasCut
  }

  /// What computed the counts.
  var implementation: String {
    if byKernels == 0 { return "integers" }
    return byKernels == models ? kernels : "\(kernels) and integers"
  }

  func notes(of quantity: Quantity) -> [String] {
    var notes: [String] = []
    if byKernels > 0, byKernels < models {
      notes.append(
        "\(Numbers.counted(byKernels, "model")) went through the kernels, \(Numbers.counted(models - byKernels, "was", "were")) counted in integers"
      )
    }
    if refused > 0 {
      notes.append(
        "\(Numbers.counted(refused, "combination is", "combinations are")) no model"
          + (refusal.map { "; the first: \($0.description)" } ?? ""))
    }
    if unknown > 0 {
      notes.append(
        "\(Numbers.counted(unknown, "model has", "models have")) no known \(quantity.name): a part of \(unknown == 1 ? "it" : "them") has no closed formula"
      )
    }
    return notes
  }
}
