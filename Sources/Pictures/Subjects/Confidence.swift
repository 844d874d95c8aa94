import Input
import ScalingLaws

extension Picture {
  /// How sure a parametric fit is: what irreducible losses the runs allow, and the exponents of the resampled laws.
  ///
  /// - Parameters:
  ///   - result: the fit.
  ///   - set: the runs that were fitted.
  public static func confidence(_ result: ParametricResult, of set: RunSet) throws -> Picture {
    let level = percent(result.options.resampling.level)
    var panels: [Panel] = []
    if let profile = try result.profileOfE(of: set), let range = result.profileE {
      let top = 2.5 * profile.allowance
      let xs = (profile.points.first?.E ?? 0)...(profile.points.last?.E ?? 1)
      panels.append(
        Panel(
          "Irreducible loss: \(Numbers.significant(result.surface.E, 4))\(span(range.low, range.high, 4))",
          x: Axis("E, \(unit(result.lossUnit))", range: xs),
          y: Axis("rise of the objective / what \(level) allow", range: 0...2.5),
          marks: [
            Mark(.band, "not ruled out", .series(0), [[range.low, 0, 1], [range.high, 0, 1]]),
            Mark.level(1, "what \(level) allow", over: xs),
            Mark(
              .line, "objective above its minimum", .series(0),
              profile.points.filter { $0.rise <= top }.map { [$0.E, $0.rise / profile.allowance] }),
            Mark(.stars, "the fit", .ink, [[result.surface.E, 0]]),
          ]))
    }
    if result.samples.count > 1 {
      let step = max(1, result.samples.count / 800)
      let shown = stride(from: 0, to: result.samples.count, by: step).map { result.samples[$0] }
      panels.append(
        Panel(
          "Exponents of the resampled laws; diamond: the fit", x: Axis("alpha, of \(symbol(result.scale))"),
          y: Axis("beta, of tokens"),
          marks: [
            Mark(.points, "resamples", .faint, within(shown.map { [$0.alpha, $0.beta] })),
            Mark(.stars, "the fit", .series(1), [[result.surface.alpha, result.surface.beta]]),
          ]))
      panels.append(
        distribution(
          result.samples.map(\.a), of: "a, exponent of \(symbol(result.scale))_opt in C", at: result.surface.a,
          result.interval { $0.a }, "Allocation"))
    }
    return Picture(
      "confidence", title: "How sure the parametric fit is",
      words:
        "How much worse the runs are fitted with E held elsewhere, and the interval that this gives (resamples, which draw "
        + "other runs, may give another); the exponents of \(Numbers.counted(result.samples.count, "resampled law")); and what they make of the "
        + "allocation, with its \(level) interval.",
      panels: panels)
  }

  /// How sure an IsoFLOP fit is: the exponents of the resampled laws, and what other methods and windows give.
  public static func confidence(_ result: IsoFLOPResult) -> Picture {
    var panels: [Panel] = []
    if result.samples.count > 1 {
      panels.append(
        distribution(
          result.samples.map(\.model.exponent), of: "exponent of \(symbol(result.scale))_opt in C",
          at: result.model.law.exponent, result.model.exponent, "Resamples"))
    }
    if !result.alternatives.isEmpty {
      func name(_ method: ProfileMethod, _ window: Double?) -> String {
        method.rawValue + (window.map { ", within \(Numbers.significant(exponential($0), 2))x" } ?? "")
      }
      let names = result.alternatives.map { name($0.method, $0.window) }
      let places = result.alternatives.indices.map { Double($0 + 1) }
      let rows = zip(result.alternatives, places).map { [$0.exponent, $1] }
      let ends = 0.5...Double(places.count) + 0.5
      let exponent = result.model.law.exponent
      var marks = [
        Mark(
          .line, "the fit", .series(0), [[exponent, ends.lowerBound], [exponent, ends.upperBound]]
        ).labelled("this fit", nearX: exponent, y: ends.upperBound - 0.3),
        Mark(.points, "exponent", .series(1), rows),
      ]
      if let band = result.model.exponent {
        marks.insert(
          Mark(
            .band, "interval of the fit", .series(0),
            [band.low, band.high].map { [$0, ends.lowerBound, ends.upperBound] }), at: 0)
      }
      panels.append(
        Panel(
          "By other methods and windows", x: Axis("exponent of \(symbol(result.scale))_opt in C"),
          y: Axis("method; this fit: \(result.options.method.rawValue)", style: .names(names), range: ends),
          marks: marks))
    }
    return Picture(
      "confidence", title: "How sure the IsoFLOP fit is",
      words: "The exponent of the allocation in \(Numbers.counted(result.samples.count, "resample")) with its "
        + "\(percent(result.options.resampling.level)) interval, and what the same runs give by other methods and of "
        + "runs within so many times the size at the minimum, or a part of it. Points outside the shaded interval say that the choice of method matters.",
      panels: panels)
  }

  /// A histogram with its estimate and interval.
  private static func distribution(
    _ values: [Double], of label: String, at estimate: Double, _ interval: Interval?, _ title: String
  ) -> Panel {
    let sorted = values.filter(\.isFinite).sorted()
    // A few resamples far out must not squeeze the rest into one bar.
    var low = min(quantile(sorted, 0.002) ?? estimate, estimate)
    var high = max(quantile(sorted, 0.998) ?? estimate, estimate)
    if high - low <= 1e-6 * abs(estimate) {
      // All the same but for the last digits: one bar.
      let around = PlacedAxis.around(estimate)
      (low, high) = (around.lowerBound, around.upperBound)
    }
    // Few resamples make few bars, or there would be gaps that mean nothing.
    let bins = Int(Double(sorted.count).squareRoot()).clamped(to: 9...33)
    let width = (high - low) / Double(bins)
    var counts = [Int](repeating: 0, count: bins)
    for value in sorted where value >= low && value <= high {
      counts[min(bins - 1, Int((value - low) / width))] += 1
    }
    let rows = counts.enumerated().map { index, count in
      [
        low + Double(index) * width, low + Double(index + 1) * width, 0,
        100 * Double(count) / Double(max(1, sorted.count)),
      ]
    }
    let top = rows.map { $0[3] }.max() ?? 1
    var marks = [Mark(.bars, "resamples", .series(0), rows)]
    if let interval {
      marks.append(Mark(.dashes, "low end of the interval", .ink, [[interval.low, 0], [interval.low, top]]))
      marks.append(Mark(.dashes, "high end of the interval", .ink, [[interval.high, 0], [interval.high, top]]))
    }
    marks.append(
      Mark(.line, "the fit", .ink, [[estimate, 0], [estimate, 1.08 * top]])
        .labelled("\(Numbers.significant(estimate))\(Picture.interval(interval))", nearX: estimate, y: 1.2 * top))
    return Panel(
      title, x: Axis(label), y: Axis("% of the resamples", range: 0...max(1.4 * top, 1e-9)), marks: marks)
  }

  /// Without the few that are so far out that the rest could not be seen.
  private static func within(_ rows: [[Double]]) -> [[Double]] {
    func range(_ column: Int) -> ClosedRange<Double> {
      let sorted = rows.map { $0[column] }.sorted()
      let (low, high) = (quantile(sorted, 0.01) ?? 0, quantile(sorted, 0.99) ?? 1)
      let middle = (high - low) / 2
      return low - middle...high + middle
    }
    let (x, y) = (range(0), range(1))
    return rows.filter { x.contains($0[0]) && y.contains($0[1]) }
  }
}
