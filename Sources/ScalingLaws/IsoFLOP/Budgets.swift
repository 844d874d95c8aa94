import Input

/// The runs of one budget, in order of scale.
struct BudgetRuns: Sendable {
  /// FLOPs: the geometric mean of what its runs spent, or the label where that is asked for.
  var compute: Double
  /// The label in the file, where there is one.
  var label: Double?
  /// ln scale, ln tokens, the loss (or its log), indices into the set's runs.
  var x: [Double]
  var y: [Double]
  var loss: [Double]
  var runs: [Int]
  /// The largest compute of a run over the smallest; 1 where a label says that they are one budget.
  let spread: Double
  private(set) var scaleAxis: ProfileAxis
  private(set) var tokenAxis: ProfileAxis

  init(_ indices: [Int], of set: RunSet, logLoss: Bool) {
    let runs = set.runs
    let order = indices.sorted { (runs[$0].scale, $0) < (runs[$1].scale, $1) }
    self.runs = order
    x = order.map { logarithm(runs[$0].scale) }
    y = order.map { logarithm(runs[$0].tokens) }
    loss = order.map { logLoss ? logarithm(runs[$0].loss) : runs[$0].loss }
    label = order.first.flatMap { runs[$0].budget }
    let first = order.first.map { runs[$0].compute } ?? 0
    let same = order.allSatisfy { runs[$0].compute == first }
    let spent = same ? first : exponential(mean(order.map { logarithm(runs[$0].compute) }))
    let all = order.map { runs[$0].compute }
    spread = label == nil ? (all.max() ?? 1) / (all.min() ?? 1) : 1
    compute = set.labelIsCompute ? label ?? spent : spent
    scaleAxis = ProfileAxis(x)
    tokenAxis = ProfileAxis(y)
  }

  /// The runs of each budget: by label where every run has one, else by compute, a new budget wherever the next larger
  /// compute is more than 15 % away.
  static func indices(_ runs: [Run]) -> [[Int]] {
    if runs.allSatisfy({ $0.budget != nil }) {
      return Dictionary(grouping: runs.indices) { runs[$0].budget ?? 0 }.sorted { $0.key < $1.key }.map(\.value)
    }
    var groups: [[Int]] = []
    for index in runs.indices.sorted(by: { (runs[$0].compute, $0) < (runs[$1].compute, $1) }) {
      if let last = groups.last?.last, runs[index].compute <= 1.15 * runs[last].compute {
        groups[groups.count - 1].append(index)
      } else {
        groups.append([index])
      }
    }
    return groups
  }

  /// Runs without a label that no gap parts may run on from budget to budget.
  var isOneBudget: Bool { spread <= 2 }

  /// The budgets of a set.
  ///
  /// - Throws: `InputError` where that gives no budget with three runs: then these are not IsoFLOP runs.
  static func group(_ set: RunSet, logLoss: Bool) throws -> [BudgetRuns] {
    let runs = set.runs
    let groups = indices(runs)
    guard groups.contains(where: { group in Set(group.map { runs[$0].scale }).count >= 3 }) else {
      throw InputError(
        "form no IsoFLOP profile: no budget has three different scales (\(Numbers.counted(runs.count, "run")) at "
          + "\(Numbers.counted(groups.count, "budget")))", field: "runs",
        hint: "name the column of budgets with --budget, or use --parametric")
    }
    return groups.map { BudgetRuns($0, of: set, logLoss: logLoss) }
  }

  /// Only the points within `window` (in ln scale) of the lowest loss.
  func windowed(_ window: Double?) -> BudgetRuns {
    guard let window, let best = loss.indices.min(by: { loss[$0] < loss[$1] }) else { return self }
    let kept = loss.indices.filter { abs(x[$0] - x[best]) <= window }
    var copy = self
    copy.x = kept.map { x[$0] }
    copy.y = kept.map { y[$0] }
    copy.loss = kept.map { loss[$0] }
    copy.runs = kept.map { runs[$0] }
    copy.scaleAxis = ProfileAxis(copy.x)
    copy.tokenAxis = ProfileAxis(copy.y)
    return copy
  }

  /// The vertex in ln scale and, independently, in ln tokens, of other losses or weights where they are given.
  func vertices(
    _ method: ProfileMethod, weights: UnsafeBufferPointer<Double>? = nil, loss other: UnsafeBufferPointer<Double>? = nil
  ) -> (scale: ProfileVertex, tokens: ProfileVertex) {
    guard isOneBudget else { return (ProfileVertex(status: .severalBudgets), ProfileVertex(status: .severalBudgets)) }
    return loss.withUnsafeBufferPointer { own in
      let loss = other ?? own
      return (
        scaleAxis.vertex(loss, weights: weights, method: method),
        tokenAxis.vertex(loss, weights: weights, method: method)
      )
    }
  }
}
