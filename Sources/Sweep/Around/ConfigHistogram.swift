import FLOPCount
import Input
import KernelDispatch
import Synchronization

extension ConfigSearch {
  /// How many models lie between equal steps of the logarithm of a quantity, `perDecade` to a factor of ten, from the least
  /// value to the greatest.
  ///
  /// - Returns: nil where no model meets the conditions.
  /// - Throws: `InputError` for a quantity that is not known of configs, or where no combination is a model;
  ///   `CancellationError` where it is stopped before the least and the greatest value are known.
  public func histogram(of quantity: Quantity = .M, perDecade: Int = 10) throws -> SweepHistogram? {
    try ConfigGrid.checkIsInteger(quantity, for: "counted")
    let clock = ContinuousClock()
    let start = clock.now
    // The edges are those of the whole, so that shards count by the same.
    var (whole, counting) = (self, self)
    whole.options.shard = nil
    // Two passes, each half of the work.
    if let report = options.progress {
      whole.options.progress = { report(SweepProgress(done: $0.done, total: 2 * $0.total, rate: $0.rate)) }
      counting.options.progress = {
        report(SweepProgress(done: $0.total + $0.done, total: 2 * $0.total, rate: $0.rate))
      }
    }
    let (span, first) = try whole.collect(quantity, SummarySink()) { $0.merge($1) }
    // Stopped before the edges are known: there is nothing to show.
    guard !first.wasCut else { throw CancellationError() }
    guard span.summary.count > 0 else { return nil }
    let edges = try GridSearch.logarithmicEdges(from: span.least, to: span.greatest, perDecade: perDecade)
    let (sink, tally) = try counting.collect(quantity, HistogramSink(edges: edges)) { $0.merge($1) }
    return SweepHistogram(
      quantity: quantity, edges: edges, counts: sink.inside,
      method: options.method == .reference ? .reference : .enumerate, implementation: tally.implementation,
      seconds: (clock.now - start).seconds, notes: tally.notes(of: quantity), isPartial: tally.wasCut)
  }

  /// Hands every model to a sink of its block, and makes one of them all.
  private func collect<Sink: RowSink>(
    _ quantity: Quantity, _ empty: Sink, merge: @escaping @Sendable (inout Sink, Sink) -> Void
  ) throws -> (sink: Sink, tally: ConfigTally) {
    let all = Mutex(empty)
    let tally = try walk({ ConfigSinkVisitor(asked: quantity, sink: empty) }) { visitor in
      all.withLock { merge(&$0, visitor.sink) }
    }
    return (all.withLock { $0 }, tally)
  }
}

/// Gives a sink the whole part of every value.
private struct ConfigSinkVisitor<Sink: RowSink>: ConfigVisitor {
  let asked: Quantity
  var sink: Sink

  var quantity: Quantity? { asked }

  mutating func visit(_ counts: ConfigCounts, index: Int) throws {
    guard let value = try counts.fraction(asked) else { return }
    sink.take(Affine(a: value.over / value.under, b: 0), 0..<1, .list([0]))
  }

  mutating func worthALook(_ rows: AffineRows, _ kernels: KernelImplementation) -> [Int] {
    sink.take(rows, kernels)
    return []
  }
}
