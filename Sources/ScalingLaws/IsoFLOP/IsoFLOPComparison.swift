/// The same profiles fitted in other ways, each with a few resamples, so that a difference can be told from noise.
struct IsoFLOPComparison {
  let set: RunSet
  let atOptimum: Bool
  /// Few resamples and no comparisons of their own.
  private let options: IsoFLOPOptions
  private let asked: IsoFLOPOptions

  private static let resamples = 200

  init(set: RunSet, options: IsoFLOPOptions, atOptimum: Bool) {
    self.set = set
    self.atOptimum = atOptimum
    asked = options
    var options = options
    options.alternatives = false
    options.resampling.count = min(options.resampling.count, Self.resamples)
    self.options = options
  }

  /// Other methods and windows, of those that have three budgets.
  func alternatives() -> [IsoFLOPResult.Alternative] {
    ProfileMethod.allCases.flatMap { method in
      [nil, 1.2].compactMap { window -> IsoFLOPResult.Alternative? in
        guard method != .akima || window == nil, method != asked.method || window != asked.window else { return nil }
        var options = self.options
        options.method = method
        options.window = window
        options.logLoss = method == .akima || asked.logLoss
        guard let result = fit(set, options) else { return nil }
        return .init(
          method: method, window: window, exponent: result.exponent, standardError: result.error,
          budgets: result.budgets)
      }
    }
  }

  /// The exponent without short runs; nil where no run is short.
  func withoutShortRuns() -> IsoFLOPResult.ShortRuns? {
    let short = ShortRunRule(set.runs)
    let count = set.runs.count { short.contains($0) }
    guard count > 0 else { return nil }
    // A profile that lost one of its sides is worse than none, so whole budgets go first.
    var whole = set
    whole.runs = BudgetRuns.indices(set.runs).map { $0.map { set.runs[$0] } }
      .filter { !$0.contains { short.contains($0) } }.flatMap { $0 }
    let rest = fit(whole, options) ?? fit(centred(set.filter { !short.contains($0) }), options)
    return .init(
      limit: ShortRunRule.steps, count: count, assumedBatch: short.assumesBatch, exponent: rest?.exponent,
      standardError: rest?.error, budgets: rest?.budgets ?? 0)
  }

  /// The budgets that kept both sides of their optimum.
  private func centred(_ part: RunSet) -> RunSet {
    guard let profiles = try? BudgetRuns.group(part, logLoss: options.logLoss) else { return part }
    var copy = part
    copy.runs = profiles.filter { profile in
      guard let low = profile.x.first, let high = profile.x.last else { return false }
      let vertex = profile.vertices(options.method).scale
      return vertex.status == .fitted && abs(vertex.x - (low + high) / 2) <= (high - low) / 4
    }.flatMap { profile in profile.runs.map { part.runs[$0] } }
    return copy
  }

  private func fit(_ set: RunSet, _ options: IsoFLOPOptions) -> (exponent: Double, error: Double?, budgets: Int)? {
    guard let result = try? IsoFLOPFit.fit(set, options: options, atOptimum: atOptimum) else { return nil }
    let budgets = result.budgets.count { $0.status == .fitted }
    guard budgets >= 3 else { return nil }
    return (result.model.law.exponent, result.model.exponent?.standardError, budgets)
  }
}
