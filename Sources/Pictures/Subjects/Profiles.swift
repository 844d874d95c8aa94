import Input
import ScalingLaws

extension Picture {
  /// IsoFLOP profiles with their minima, and the laws through the minima: the form of DeepSeek LLM's Figure 4 (arXiv
  /// 2401.02954).
  ///
  /// - Parameters:
  ///   - result: the fit.
  ///   - set: the runs that were fitted.
  public static func profiles(_ result: IsoFLOPResult, of set: RunSet) -> Picture {
    let fitted = result.budgets.filter { $0.status == .fitted }
    var losses = Panel(
      "Loss by size, one curve a budget in FLOPs",
      x: Axis(scaleLabel(result.scale), logarithmic: true, style: scaleStyle(result.scale)),
      y: lossAxis(unit(result.lossUnit), result.budgets.compactMap(\.loss) + set.runs.map(\.loss)))
    let compute = result.budgets.map(\.compute)
    let span = (low: compute.min() ?? 1, high: compute.max() ?? 1)
    func shade(_ C: Double) -> Double {
      span.high > span.low ? logarithm(C / span.low) / logarithm(span.high / span.low) : 0.5
    }
    let byLine = Dictionary(set.runs.map { ($0.line, $0) }) { first, _ in first }
    var ranks = fromTheEnds(fitted.count).makeIterator()
    var isHollowNamed = false
    for budget in result.budgets {
      let runs = budget.lines.compactMap { byLine[$0] }.sorted { $0.scale < $1.scale }
      let (name, colour) = (budgetText(budget.compute), Mark.Colour.shade(shade(budget.compute)))
      losses.marks.append(
        Mark(
          budget.status == .fitted ? .points : .rings, "runs at C = \(name)", colour, runs.map { [$0.scale, $0.loss] }))
      if budget.status != .fitted, !isHollowNamed, let highest = runs.max(by: { $0.loss < $1.loss }) {
        isHollowNamed = true
        losses.marks[losses.marks.count - 1] = losses.marks[losses.marks.count - 1]
          .labelled("no minimum inside", nearX: highest.scale, y: highest.loss).ranked(fitted.count)
      }
      let rank = budget.status == .fitted ? ranks.next() ?? 0 : 0
      guard let curve = parabola(budget, result.options, runs) else { continue }
      let last = curve[curve.count - 1]
      losses.marks.append(
        Mark(.line, "\(result.options.method.rawValue) at C = \(name)", colour, curve)
          .labelled(name, nearX: last[0], y: last[1]).ranked(rank))
    }
    let minima = fitted.compactMap { budget in
      budget.optimum.flatMap { optimum in budget.loss.map { [optimum, $0] } }
    }
    losses.marks.append(Mark(.stars, "minima", .ink, minima))
    let laws = [
      line(
        result.model, "Size with the lowest loss", scaleLabel(result.scale), scaleStyle(result.scale), fitted, result,
        at: \.optimum, of: \.model),
      line(result.data, "Tokens with the lowest loss", "D, tokens", .count, fitted, result, at: \.tokens, of: \.data),
    ]
    let refused = result.budgets.count - fitted.count
    return Picture(
      "profiles", title: "IsoFLOP profiles and the laws through their minima",
      words: "Each curve holds the runs of one budget C in FLOPs; its minimum is the size to train there. "
        + "\(symbol(result.scale))_opt grows as C^\(Numbers.significant(result.model.law.exponent))\(interval(result.model.exponent)), "
        + "D_opt as C^\(Numbers.significant(result.data.law.exponent))\(interval(result.data.exponent))."
        + (refused > 0
          ? " Hollow points belong to \(Numbers.counted(refused, "budget that has", "budgets that have")) no minimum inside \(refused == 1 ? "its" : "their") runs."
          : ""),
      panels: [losses] + laws)
  }

  /// In which order things in a row are named where not all can be: the ends first (0), then the middle of what is
  /// between those that are (1, 2, 3…).
  static func fromTheEnds(_ count: Int) -> [Int] {
    var ranks = [Int](repeating: 0, count: count)
    var gaps = [(first: 0, last: count - 1)]
    var rank = 0
    while rank < gaps.count {
      let (first, last) = gaps[rank]
      rank += 1
      guard last - first > 1 else { continue }
      let middle = (first + last) / 2
      ranks[middle] = rank
      gaps += [(first, middle), (middle, last)]
    }
    return ranks
  }

  /// The curve of a budget as it was fitted; for what is no parabola, its curvature near the minimum.
  private static func parabola(
    _ budget: IsoFLOPResult.Budget, _ options: IsoFLOPOptions, _ runs: [Run]
  ) -> [[Double]]? {
    guard budget.status == .fitted, let optimum = budget.optimum, let loss = budget.loss,
      let curvature = budget.curvature, let low = runs.first?.scale, let high = runs.last?.scale, low < high
    else { return nil }
    let range =
      options.method == .parabola ? low...high : max(low, optimum / 1.6)...min(high, optimum * 1.6)
    guard range.lowerBound < range.upperBound else { return nil }
    return logarithmic(range, count: 41).map { scale in
      let away = logarithm(scale / optimum)
      let bend = curvature / 2 * away * away
      return [scale, options.logLoss ? loss * exponential(bend) : loss + bend]
    }
  }

  private static func line(
    _ line: IsoFLOPResult.Line, _ title: String, _ label: String, _ style: Axis.Style,
    _ fitted: [IsoFLOPResult.Budget], _ result: IsoFLOPResult, at value: KeyPath<IsoFLOPResult.Budget, Double?>,
    of law: KeyPath<IsoFLOPResult.Sample, PowerLaw>
  ) -> Panel {
    let compute = fitted.map(\.compute)
    let budgets = logarithmic((compute.min() ?? 1) / 2...(compute.max() ?? 1) * 2, count: 25)
    var panel = Panel(
      title, x: Axis("C, FLOPs", logarithmic: true, style: .power), y: Axis(label, logarithmic: true, style: style))
    panel.marks.append(
      Mark(
        .band, "\(percent(result.options.resampling.level)) of the resamples", .series(0),
        budgets.compactMap { C in
          result.interval { $0[keyPath: law](C) }.map { [C, $0.low, $0.high] }
        }))
    let middle = budgets[10]
    panel.marks.append(
      Mark(.line, "the law", .series(0), budgets.map { [$0, line.law($0)] })
        .labelled(
          "\(coefficient(line.law.base)) C^\(Numbers.significant(line.law.exponent))", nearX: middle,
          y: line.law(middle)))
    panel.marks.append(
      Mark(
        .points, "minima", .series(1),
        fitted.compactMap { budget in budget[keyPath: value].map { [budget.compute, $0] } }))
    return panel
  }

  // MARK: Words of fits

  /// A budget in FLOPs: `1e18`, `3.5e23`.
  static func budgetText(_ C: Double) -> String {
    let text = Numbers.scientific(C, 2)
    return text.contains(".0e") ? Numbers.scientific(C, 1) : text
  }

  /// The coefficient of a power law, which may be of any size: `0.132`, `3.11e5`.
  static func coefficient(_ value: Double) -> String {
    abs(value) < 1e4 ? Numbers.significant(value) : Numbers.scientific(value)
  }

  /// Losses, which lie on a logarithmic axis where the largest would leave no room for the others.
  static func lossAxis(_ unit: String?, _ losses: [Double]) -> Axis {
    let (low, high) = (losses.min() ?? 1, losses.max() ?? 1)
    return Axis("loss" + (unit.map { ", \($0)" } ?? ""), logarithmic: low > 0 && high > 12 * low)
  }

  static func scaleLabel(_ column: String) -> String {
    switch column {
    case "flops_per_token": "M, training FLOPs per token"
    case "params_total": "N, total parameters"
    case "params_nonembedding": "N1, non-embedding parameters"
    case "params_active": "active parameters"
    default: column
    }
  }
  static func symbol(_ column: String) -> String { column == "flops_per_token" ? "M" : "N" }
  static func scaleStyle(_ column: String) -> Axis.Style { column == "flops_per_token" ? .si : .count }
  public static func unit(_ unit: LossUnit) -> String { unit == .natsPerToken ? "nats per token" : "bits per byte" }
  static func percent(_ level: Double) -> String { Numbers.significant(100 * level, 2) + " %" }
  /// An interval after the number that it belongs to; nothing where there is none.
  public static func interval(_ interval: Interval?, digits: Int = 3) -> String {
    interval.map { span($0.low, $0.high, digits) } ?? ""
  }
  static func span(_ low: Double, _ high: Double, _ digits: Int) -> String {
    " [\(Numbers.significant(low, digits)), \(Numbers.significant(high, digits))]"
  }
}
