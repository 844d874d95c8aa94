import Input

/// What the design of an IsoFLOP experiment does to its result.
struct IsoFLOPDiagnosis {
  let set: RunSet
  let profiles: [BudgetRuns]
  let usable: [Int]

  func warnings(_ result: IsoFLOPResult) -> [FitWarning] {
    refused(result) + design(result) + choice(result) + laws(result) + resamples(result)
  }

  private func name(_ budget: IsoFLOPResult.Budget) -> String { significant(budget.label ?? budget.compute, 3) }

  private func refused(_ result: IsoFLOPResult) -> [FitWarning] {
    var warnings: [FitWarning] = []
    let reasons: [(ProfileStatus, FitWarning.Code)] = [
      (.edge, .edgeOptimum), (.wrongCurvature, .wrongCurvature), (.tooFewPoints, .tooFewPoints),
    ]
    for (status, code) in reasons {
      let budgets = result.budgets.filter { $0.status == status }
      guard !budgets.isEmpty else { continue }
      warnings.append(
        FitWarning(code, "no optimum at \(budgets.map(name).joined(separator: ", ")): \(status.words); not used"))
    }
    warnings += Self.unequal(profiles.filter { !$0.isOneBudget } + usable.map { profiles[$0] })
    let thin = result.budgets.filter { $0.status == .fitted && $0.n < 5 }
    if !thin.isEmpty {
      warnings.append(
        FitWarning(
          .tooFewPoints,
          "fewer than 5 runs at \(thin.map(name).joined(separator: ", ")): a parabola through 3 points fits anything"))
    }
    if case .residuals = result.options.resampling.scheme, result.options.resampling.count > 0, result.samples.isEmpty {
      warnings.append(
        FitWarning(
          .tooFewPoints,
          "every curve goes through all its points, which leaves no residual to resample: there are no intervals"))
    }
    return warnings
  }

  /// Budgets without a label whose runs did not spend the same.
  static func unequal(_ budgets: [BudgetRuns]) -> [FitWarning] {
    func list(_ chosen: [BudgetRuns]) -> String {
      chosen.map { "\(significant($0.compute, 3)) (a factor of \(significant($0.spread, 3)))" }.joined(separator: ", ")
    }
    let merged = budgets.filter { !$0.isOneBudget }
    let uneven = budgets.filter { $0.isOneBudget && $0.spread > 1.1 }
    var warnings: [FitWarning] = []
    if !merged.isEmpty {
      warnings.append(
        FitWarning(
          .unequalBudgets,
          "the compute of runs has no gap by which to part budgets around \(list(merged)); not used"))
    }
    if !uneven.isEmpty {
      warnings.append(
        FitWarning(
          .unequalBudgets,
          "the runs of a budget did not spend the same at \(list(uneven)): what compute gains passes for an effect of "
            + "the size"))
    }
    return warnings
  }

  private func design(_ result: IsoFLOPResult) -> [FitWarning] {
    var warnings: [FitWarning] = []
    let fitted = result.budgets.filter { $0.status == .fitted }
    let off = fitted.filter { abs($0.position ?? 0) > 0.5 }
    if off.count * 4 >= fitted.count, !off.isEmpty {
      warnings.append(
        FitWarning(
          .offCentre,
          "the optimum is far from the middle of the runs at \(off.map(name).joined(separator: ", ")): "
            + "a parabola is biased there"))
    }
    warnings += asymmetry(result)
    if fitted.count < 3 {
      warnings.append(
        FitWarning(
          .tooFewPoints,
          "a line through \(Numbers.counted(fitted.count, "budget")) goes through anything: no scatter to judge it by"))
    }
    let budgets = fitted.map(\.compute)
    if let low = budgets.min(), let high = budgets.max(), high < 10 * low {
      warnings.append(
        FitWarning(
          .narrowRange,
          "the budgets span a factor of only \(significant(high / low, 2)): an exponent from less than a factor of 10 "
            + "does not carry far"))
    }
    warnings += shortRuns(result)
    return warnings
  }

  // MARK: What would come out otherwise

  /// Whether another way to the exponent says something else: by more than chance, which an estimate from a part of the
  /// data (or a more flexible curve) adds to that of the whole, and by enough to endanger the interval.
  private func differs(
    _ exponent: Double, _ error: Double?, from result: IsoFLOPResult, by errors: Double
  ) -> Bool {
    let shift = abs(exponent - result.model.law.exponent)
    guard let interval = result.model.exponent, let error else { return shift > 0.01 }
    // An interval that is wide for another reason, and still leaves it out.
    if !interval.contains(exponent), shift > errors * error { return true }
    let own = interval.standardError
    let chance = max(error * error - own * own, own * own / 4).squareRoot()
    return shift > max(errors * chance, interval.width / 4)
  }

  /// A skewed profile moves every vertex; what that does to the exponent is what a cubic says differently.
  private func asymmetry(_ result: IsoFLOPResult) -> [FitWarning] {
    guard result.options.method == .parabola, let t = thirdOrder(), abs(t) > 4 else { return [] }
    let cubic = result.alternatives.first { $0.method == .cubic && $0.window == result.options.window }
    let moves = cubic.map { differs($0.exponent, $0.standardError, from: result, by: 3) } ?? true
    return [
      FitWarning(
        .asymmetric, moves ? .caution : .note,
        "the profiles are not symmetric (third-order term, t = \(significant(t, 2)) over all budgets): "
          + "a parabola puts the optimum too far to the \(t > 0 ? "left" : "right")"
          + (cubic.map {
            moves
              ? "; a cubic gives an exponent of \(significant($0.exponent, 4)), not \(significant(result.model.law.exponent, 4))"
              : " at all budgets alike: a cubic gives the same exponent within its error (\(significant($0.exponent, 4)))"
          } ?? ""))
    ]
  }

  private func shortRuns(_ result: IsoFLOPResult) -> [FitWarning] {
    let test = result.shortRunTest?.warnings(
      "the exponent", result.model.law.exponent, hasIntervals: !result.samples.isEmpty)
    return (test ?? []) + withoutShortRuns(result)
  }

  private func withoutShortRuns(_ result: IsoFLOPResult) -> [FitWarning] {
    guard let short = result.shortRuns else { return [] }
    let matters = short.exponent.map { differs($0, short.standardError, from: result, by: 5) }
    // Of steps that follow from an assumed batch only what they do is worth a word.
    if short.assumedBatch, matters != true { return [] }
    // Where profiles cannot tell, a surface through the runs may.
    let seen = matters ?? (result.shortRunTest == nil)
    return [
      FitWarning(
        .shortRuns, seen ? .caution : .note,
        "\(Numbers.counted(short.count, "run has", "runs have")) fewer than \(Numbers.grouped(Int(short.limit))) steps"
          + (short.assumedBatch ? " (with the batch of DeepSeek's equation 1, because the file has none)" : "")
          + (short.exponent.map {
            ", which bends profiles: without them the exponent is \(significant($0, 4)) (\(Numbers.counted(short.budgets, "budget"))), "
              + "with them \(significant(result.model.law.exponent, 4))"
          } ?? ", and without them there is no law: that they do not bend it cannot be checked"))
    ]
  }

  /// The t statistic of a third-order term that all budgets share, in ln scale about their own minima.
  private func thirdOrder() -> Double? {
    var (estimate, weight) = (0.0, 0.0)
    for index in usable {
      let profile = profiles[index]
      guard profile.x.count >= 6 else { continue }
      let centre = mean(profile.x)
      let t = profile.x.map { $0 - centre }
      let one = [Double](repeating: 1, count: t.count)
      guard let fit = leastSquares([one, t, t.map { $0 * $0 }, t.map { $0 * $0 * $0 }], profile.loss) else { continue }
      let error = fit.standardError(3)
      guard error > 0 else { continue }
      estimate += fit.coefficients[3] / (error * error)
      weight += 1 / (error * error)
    }
    return weight > 0 ? estimate / weight.squareRoot() : nil
  }

  private func choice(_ result: IsoFLOPResult) -> [FitWarning] {
    guard let interval = result.model.exponent else { return [] }
    let far = result.alternatives.filter {
      let chance = ($0.standardError ?? 0) * ($0.standardError ?? 0) + interval.standardError * interval.standardError
      return abs($0.exponent - result.model.law.exponent) > max(2 * chance.squareRoot(), interval.width / 2)
    }
    guard !far.isEmpty else { return [] }
    let values = far.map {
      "\(significant($0.exponent, 4)) (\($0.method.rawValue)"
        + ($0.window.map { ", within \(significant($0, 2)) in ln" } ?? "") + ")"
    }
    return [
      FitWarning(
        .windowSensitive, .note,
        "the exponent depends on how the minimum is found beyond its interval: "
          + "\(significant(result.model.law.exponent, 4)) here, \(values.joined(separator: ", "))")
    ]
  }

  private func laws(_ result: IsoFLOPResult) -> [FitWarning] {
    var warnings: [FitWarning] = []
    let sum = result.model.law.exponent + result.data.law.exponent
    if abs(sum - 1) > 0.02 {
      warnings.append(
        FitWarning(
          .exponentSum,
          "the exponents of \(result.scale) and of tokens sum to \(significant(sum, 4)), not to 1: "
            + (result.scale == "flops_per_token"
              ? "compute is not flops_per_token x tokens in these runs"
              : "compute is not proportional to \(result.scale) x tokens; on M (--scale flops_per_token) they must")))
    }
    if let curve = result.lossCurve, let subsets = curve.subsetsE, let profile = curve.profileE {
      let lowest = result.budgets.compactMap(\.loss).min() ?? 0
      let widest = max(subsets.upperBound, profile.upperBound) - min(subsets.lowerBound, profile.lowerBound)
      let reducible = lowest - curve.law.offset
      // Four budgets leave one degree of freedom, whose t quantile rules out next to nothing: what the noise of the
      // losses themselves rules out decides, where it was resampled.
      let wide = curve.E.map { $0.low <= 0 || $0.width > reducible } ?? true
      if widest > 0.5 * reducible || profile.lowerBound <= 0 {
        warnings.append(
          FitWarning(
            .unidentifiedE, wide && (widest > 1.5 * reducible || profile.lowerBound <= 0) ? .caution : .note,
            "the irreducible loss is not identified: \(significant(min(subsets.lowerBound, profile.lowerBound), 3)) to "
              + "\(significant(max(subsets.upperBound, profile.upperBound), 3)) according to the budgets kept"))
      }
    }
    return warnings
  }

  private func resamples(_ result: IsoFLOPResult) -> [FitWarning] {
    let asked = result.options.resampling.count
    guard asked > 0 else { return [] }
    var parts: [String] = []
    var worst = 0
    for budget in result.budgets where !budget.lost.isEmpty {
      let lost = budget.lost.values.reduce(0, +)
      worst = max(worst, lost)
      parts.append("\(name(budget)) in \(Numbers.grouped(lost))")
    }
    let failed = result.failedResamples.values.reduce(0, +)
    worst = max(worst, failed)
    guard worst > 0 else { return [] }
    if failed > 0 { parts.append("\(Numbers.counted(failed, "resample has", "resamples have")) no law") }
    return [
      FitWarning(
        .failedResamples, worst * 20 > asked ? .caution : .note,
        "the minimum left the runs of its budget, or there was none, in some of \(Numbers.counted(asked, "resample")): \(parts.joined(separator: ", "))"
      )
    ]
  }
}
