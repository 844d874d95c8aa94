import Architectures
import Input
import Synchronization

/// How many feasible shapes a grid has, and what a quantity of theirs spans.
public struct SweepSummary: Sendable, Equatable {
  public var quantity: Quantity
  /// Shapes of the grid: the product of its axes.
  public var shapes: Int
  public var feasible: Int
  /// nil where no shape is feasible.
  public var minimum: Int?
  public var maximum: Int?
  /// Exact.
  public var sum: Int128
  public var method: SweepMethod
  public var implementation: String
  public var seconds: Double
  public var notes: [String] = []
  public var isPartial: Bool

  public var mean: Double? { feasible == 0 ? nil : Double(sum) / Double(feasible) }

  public var json: JSON {
    var object = JSONObject([
      ("quantity", .string(quantity.name)), ("shapes", .integer(shapes)), ("feasible", .integer(feasible)),
      ("minimum", minimum.map { .integer($0) } ?? .null), ("maximum", maximum.map { .integer($0) } ?? .null),
      ("mean", mean.map { .number($0) } ?? .null), ("method", .string(method.rawValue)),
      ("implementation", .string(implementation)), ("seconds", .number(seconds)),
    ])
    if isPartial { object["partial"] = true }
    if !notes.isEmpty { object["notes"] = .array(notes.map { .string($0) }) }
    return .object(object)
  }
}

extension GridSearch {
  /// What a quantity spans over all feasible shapes: always by looking at each (a sum has no bounds).
  ///
  /// - Throws: `InputError` for a quantity that is no integer, or counts beyond Int64.
  public func summary(of quantity: Quantity = .M) throws -> SweepSummary {
    try quantity.checkIsInteger(for: "searched for")
    let clock = ContinuousClock()
    let start = clock.now
    let total = Mutex(SummarySink())
    var run = Enumerated()
    if options.method == .reference {
      run.isPartial = try walkReference { shape, count in
        let value = quantity.value(of: shape, count)
        total.withLock { $0.take(Affine(a: value, b: 0), 0..<1, .list([0])) }
      }.isPartial
    } else {
      run = try enumerate(quantity, { SummarySink() }) { sink in total.withLock { $0.merge(sink) } }
    }
    if options.method == .bound { run.notes.append("a sum has no bounds: enumerated instead") }
    let all = total.withLock { $0 }
    let found = all.summary.count
    return SweepSummary(
      quantity: quantity, shapes: grid.shapes, feasible: found, minimum: found > 0 ? all.least : nil,
      maximum: found > 0 ? all.greatest : nil, sum: all.summary.sum,
      method: options.method == .reference ? .reference : .enumerate, implementation: run.implementation,
      seconds: (clock.now - start).seconds, notes: run.notes, isPartial: run.isPartial)
  }
}
