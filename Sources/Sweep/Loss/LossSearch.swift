import Architectures
import FLOPCount
import Input
import KernelDispatch
import Synchronization
import Topology

/// Shapes with the loss that each is predicted to reach.
public struct LossResult: Sendable {
  public var objective: LossObjective
  public var sweep: SweepResult
  /// One a result, ascending.
  public var losses: [Double]

  /// Tokens that the budget buys of a result.
  public func tokens(_ index: Int) -> Double { objective.compute / Double(sweep.results[index].count.M) }

  /// The keys of a sweep, with `tokens` and `predicted_loss` in every result.
  public var json: JSON {
    guard var object = sweep.json.object else { return sweep.json }
    object["results"] = .array(
      sweep.results.indices.map { index in
        guard var row = sweep.results[index].json.object else { return .null }
        row["tokens"] = .number(tokens(index))
        row["predicted_loss"] = .number(losses[index])
        return .object(row)
      })
    object["compute"] = .number(objective.compute)
    object["scale"] = .string(objective.scale.name)
    object["loss_relative_error"] = .number(LossObjective.relativeError)
    return .object(object)
  }
}

extension GridSearch {
  /// The `top` feasible shapes with the lowest predicted loss at a budget; ties in lexicographic order of the axes.
  ///
  /// - Throws: `InputError` for a number of results that makes no sense, or counts beyond Int64.
  public func lowest(_ objective: LossObjective, top: Int = 10) throws -> LossResult {
    guard (1...Self.mostResults).contains(top) else {
      throw InputError(
        "is not a number of results from 1 to \(Numbers.grouped(Self.mostResults))", field: "top", value: "\(top)",
        hint: "write every row to a file instead")
    }
    let clock = ContinuousClock()
    let start = clock.now
    let kernels = try kernels()
    let totals = Mutex((list: NearestList(limit: top), feasible: 0))
    var isComplete = true
    if options.method == .reference {
      isComplete = try !walkReference { shape, count in
        totals.withLock {
          $0.feasible += 1
          $0.list.offer(Candidate(distance: objective.loss(of: count, shape, kernels).rank, shape: shape))
        }
      }.isPartial
    } else {
      let plan = try planned(rowAxes: 1)
      let cancellation = options.cancellation
      isComplete = try forEachPart(plan) { parts in
        var visitor = LossVisitor(
          plan, objective, top: top, cutoff: totals.withLock { $0.list.worstDistance }, kernels: kernels,
          cancellation: cancellation)
        var walk = GridWalk(plan)
        walk.run(parts, &visitor)
        totals.withLock {
          $0.list.merge(visitor.list)
          $0.feasible += visitor.feasible
        }
      }
    }
    let found = totals.withLock { $0 }
    let sorted = found.list.sorted
    let notes =
      options.method == .bound
      ? ["at a fixed budget the loss falls and rises with the size, so it has no bounds: enumerated instead"] : []
    return LossResult(
      objective: objective,
      sweep: SweepResult(
        shapes: grid.shapes, evaluated: found.feasible, feasible: found.feasible,
        results: try sorted.map { try SweepRow($0.shape) },
        method: options.method == .reference ? .reference : .enumerate, implementation: kernels.name,
        seconds: (clock.now - start).seconds, notes: notes, isPartial: !isComplete),
      losses: sorted.map { Double(bitPattern: UInt64($0.distance)) })
  }
}

extension Double {
  /// Of numbers that are not negative, an integer that orders as they do.
  fileprivate var rank: Int { Int(bitPattern) }
}

/// Predicts the loss of every feasible shape, a block of a row at a time, and keeps the lowest.
private struct LossVisitor: RowVisitor {
  let plan: GridPlan
  let objective: LossObjective
  let cutoff: Int
  var list: NearestList
  var feasible = 0
  var isFinished = false
  private let kernels: KernelImplementation
  private let cancellation: CancellationFlag?
  private let cost = Form(.M)
  private let size: Form
  private var N = [Double](repeating: 0, count: block)
  private var M = [Double](repeating: 0, count: block)
  private var losses = [Double](repeating: 0, count: block)

  private static let block = 1024

  init(
    _ plan: GridPlan, _ objective: LossObjective, top: Int, cutoff: Int, kernels: KernelImplementation,
    cancellation: CancellationFlag?
  ) {
    self.plan = plan
    self.objective = objective
    self.cutoff = cutoff
    self.kernels = kernels
    self.cancellation = cancellation
    size = Form(objective.scale)
    list = NearestList(limit: top)
  }

  var window: (form: Form, low: Int, high: Int)? { nil }

  mutating func visit(_ walk: inout GridWalk) {
    let places = walk.rowPlaces()
    guard !places.isEmpty else { return }
    feasible += places.count
    let (n, m) = (walk.affine(size), walk.affine(cost))
    let values = plan.inner.first?.values ?? .list([0])
    var from = places.lowerBound
    while from < places.upperBound {
      let to = min(from + Self.block, places.upperBound)
      for place in from..<to {
        let x = values[place]
        N[place - from] = Double(n.a + n.b * x)
        M[place - from] = Double(m.a + m.b * x)
      }
      objective.evaluate(&N, &M, count: to - from, loss: &losses, kernels)
      let reach = Double(bitPattern: UInt64(min(cutoff, list.worstDistance, Int(Double.infinity.bitPattern))))
      for place in from..<to where losses[place - from] <= reach {
        let rank = losses[place - from].rank
        guard rank <= list.worstDistance else { continue }
        list.offer(Candidate(distance: rank, shape: plan.shape(walk.sizes, inner: values[place])))
      }
      from = to
    }
    if cancellation?.isCancelled == true { isFinished = true }
  }
}
