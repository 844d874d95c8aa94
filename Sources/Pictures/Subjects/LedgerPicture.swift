import Input
import ScalingLaws

extension Picture {
  /// Forecasts and results in the order in which they were recorded, and how far each result was from its forecast.
  ///
  /// - Throws: `InputError` where nothing is recorded.
  public static func ledger(_ ledger: Ledger) throws -> Picture {
    guard !ledger.entries.isEmpty else {
      throw InputError(
        "has no forecast to draw", field: "ledger", hint: "record one first: --forecast ID --law LAW CONFIG --tokens D")
    }
    let names = ledger.entries.map(\.id)
    let ends = 0.5...Double(max(1, names.count)) + 0.5
    let places = names.indices.map { Double($0 + 1) }
    let axis = Axis("run, in the order of the forecasts", style: .names(names), range: ends)
    let forecasts = zip(ledger.entries, places).map { entry, place in
      [
        place, entry.forecast.loss, entry.forecast.interval?.lowerBound ?? entry.forecast.loss,
        entry.forecast.interval?.upperBound ?? entry.forecast.loss,
      ]
    }
    let results = zip(ledger.entries, places).compactMap { entry, place in entry.result.map { [place, $0] } }
    let z = zip(ledger.entries, places).compactMap { entry, place in entry.z.map { [place, $0] } }
    let far = max(3.5, (z.map { abs($0[1]) }.max() ?? 0) * 1.1)
    var deviations = Panel(
      "Deviations", x: axis, y: Axis("z, standard deviations above the forecast", range: -far...far),
      marks: [
        Mark(.band, "within 2", .series(2), [[ends.lowerBound, -2, 2], [ends.upperBound, -2, 2]]),
        .level(0, "as forecast", over: ends),
        Mark(.dashes, "alarm above", .ink, [[ends.lowerBound, 3], [ends.upperBound, 3]])
          .labelled("alarm", nearX: ends.upperBound, y: 3),
        Mark(.dashes, "alarm below", .ink, [[ends.lowerBound, -3], [ends.upperBound, -3]]),
        Mark(.line, "deviations in order", .faint, z), Mark(.points, "deviations", .series(1), z),
      ])
    for refit in ledger.refits {
      let at = Double(refit.results) + 0.5
      deviations.marks.append(
        Mark(.dashes, "refit after \(Numbers.counted(refit.results, "result"))", .series(0), [[at, -far], [at, far]])
          .labelled("refit", nearX: at, y: -0.9 * far))
    }
    let score = ledger.score
    let said = score.words.map { $0 + ". " } ?? "No result yet. "
    let alarms = score.alarms.isEmpty ? "No alarm." : "Alarm: " + score.alarms.joined(separator: "; ") + "."
    return Picture(
      "ledger", title: "Forecasts, and what came",
      words: "Bars: the loss forecast for each run with its 95 % interval, recorded before the run. Orange: what came. "
        + said + alarms
        + (z.isEmpty
          ? "" : " Shaded: within 2 standard deviations of the forecast; a result beyond 3 raises an alarm."),
      panels: [
        Panel(
          "Losses", x: axis,
          y: lossAxis("in the law's unit", forecasts.map { $0[1] } + results.map { $0[1] }),
          marks: [
            Mark(.intervals, "forecast", .series(0), forecasts).labelled("forecast", at: forecasts.last),
            Mark(.points, "result", .series(1), results).labelled("result", at: results.last),
          ])
      ] + (z.isEmpty ? [] : [deviations]))
  }
}
