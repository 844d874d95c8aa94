import Input
import ScalingLaws

extension Picture {
  /// Loss against compute: the runs, the curve through the minima of their budgets with its interval, and what it says
  /// of larger budgets. The form of DeepSeek LLM's Figure 5 (arXiv 2401.02954).
  ///
  /// - Parameters:
  ///   - result: the fit.
  ///   - set: the runs that were fitted.
  ///   - budgets: FLOPs of runs to come.
  public static func lossCurve(_ result: IsoFLOPResult, of set: RunSet, at budgets: [Double]) -> Picture {
    let fitted = result.budgets.filter { $0.status == .fitted }
    let compute = fitted.map(\.compute)
    let (low, high) = (compute.min() ?? 1, compute.max() ?? 1)
    let far = max(budgets.max() ?? 0, high * 10)
    let curve = (result.lossCurve ?? result.pureCurve).law
    let places = logarithmic(low / 2...far * 1.5, count: 41)
    var marks = [Mark(.points, "runs", .faint, set.runs.map { [$0.compute, $0.loss] })]
    marks.append(
      Mark(
        .band, "\(percent(result.options.resampling.level)) of the resamples", .series(0),
        places.compactMap { C in result.interval { $0.loss?(C) }.map { [C, $0.low, $0.high] } }))
    marks.append(
      Mark(.line, "loss at the best size", .series(0), places.map { [$0, curve($0)] })
        .labelled(formula(curve), nearX: places[14], y: curve(places[14])))
    if result.lossCurve != nil {
      let pure = result.pureCurve.law
      marks.append(
        Mark(.dashes, "the same without an irreducible loss", .series(3), places.map { [$0, pure($0)] })
          .labelled("no irreducible loss", nearX: places[32], y: pure(places[32])))
    }
    marks.append(
      Mark(.stars, "minima", .ink, fitted.compactMap { budget in budget.loss.map { [budget.compute, $0] } }))
    let predictions = budgets.map { result.optimum(compute: $0) }
    marks += predictions.map { prediction($0.compute, $0.loss, $0.interval.map { $0.low...$0.high }) }
    return Picture(
      "loss", title: "Loss against compute, and what to expect of larger runs",
      words:
        "Grey: every run. Diamonds: the minimum of each budget. The curve through them is \(formula(curve)), with the \(percent(result.options.resampling.level)) band of "
        + "\(Numbers.counted(result.samples.count, "resample"))"
        + (predictions.isEmpty
          ? "."
          : "; predicted: "
            + predictions.map {
              "\(Numbers.significant($0.loss, 4))\(interval($0.interval, digits: 4)) at C = \(budgetText($0.compute))"
            }
            .joined(separator: ", ") + "."),
      panels: [
        Panel(
          x: Axis("C, training FLOPs", logarithmic: true, style: .power),
          y: lossAxis(unit(result.lossUnit), set.runs.map(\.loss) + [curve(far)]), marks: marks)
      ])
  }

  /// The same for a law: its curve, its range, and a run that it was asked about.
  ///
  /// - Throws: `InputError` where the law predicts no loss from compute alone.
  public static func lossCurve(_ law: Law, forecasts: [Forecast]) throws -> Picture {
    let returns = try Returns(law)
    let range = law.allocationRange ?? 1e18...1e21
    let low = min(range.lowerBound, forecasts.map(\.compute).min() ?? range.lowerBound)
    let high = max(range.upperBound, forecasts.map(\.compute).max() ?? range.upperBound)
    let places = logarithmic(low / 3...high * 3, count: 41)
    var marks: [Mark] = []
    let bands = places.compactMap { C -> [Double]? in
      Interval(percentiles: returns.draws.map { $0(C) }, level: 0.95).map { [C, $0.low, $0.high] }
    }
    marks.append(Mark(.band, "95 % of the law's resamples", .series(0), bands))
    marks.append(
      Mark(.line, "loss at the best size", .series(0), places.map { [$0, returns.curve($0)] })
        .labelled(formula(returns.curve), nearX: places[14], y: returns.curve(places[14])))
    if let range = law.allocationRange {
      let inside = logarithmic(range, count: 2).map { [$0, returns.curve($0)] }
      marks.append(
        Mark(.stars, "ends of what the law was fitted on", .faint, inside)
          .labelled("fitted up to here", nearX: inside[1][0], y: inside[1][1]))
    }
    marks += forecasts.map { prediction($0.compute, $0.loss, $0.interval) }
    return Picture(
      "loss", title: "Loss against compute by \(law.name)",
      words: "The loss at the best size of each budget by \(law.name) (\(law.source))"
        + (forecasts.isEmpty
          ? "."
          : ", and the runs that it was asked about with the interval of each: a run off the best size lies above the curve."),
      panels: [
        Panel(
          x: Axis("C, training FLOPs", logarithmic: true, style: .power),
          y: lossAxis(
            law.lossUnit?.replacing("/", with: " per "),
            [low / 3, high * 3].map { returns.curve($0) } + forecasts.map(\.loss)), marks: marks)
      ])
  }

  private static func prediction(_ compute: Double, _ loss: Double, _ interval: ClosedRange<Double>?) -> Mark {
    let budget = budgetText(compute)
    let row = [compute, loss, interval?.lowerBound ?? loss, interval?.upperBound ?? loss]
    return Mark(.intervals, "predicted at C = \(budget)", .series(1), [row])
      .labelled("\(budget): \(Numbers.significant(loss))", nearX: compute, y: loss)
  }

  private static func formula(_ curve: OffsetPowerLaw) -> String {
    let offset = curve.offset == 0 ? "" : "\(Numbers.significant(curve.offset)) + "
    let C = curve.unit == 1 ? "C" : "(C/\(budgetText(curve.unit)))"
    return "\(offset)\(coefficient(curve.coefficient)) \(C)^-\(Numbers.significant(curve.gamma))"
  }
}
