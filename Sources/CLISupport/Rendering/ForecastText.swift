import Isoflop

/// A forecast in words, and as a row.
enum ForecastText {
  static func text(_ forecast: Forecast, _ law: Law) -> String {
    let unit = law.lossUnit ?? "in the law's unit"
    var lines = [
      "\(law.name): size \(Numbers.significant(forecast.size, 4)) \(law.scale.words), "
        + "\(Numbers.count(forecast.tokens)) tokens, C = \(Numbers.scientific(forecast.compute))"
    ]
    let interval =
      forecast.interval.map {
        " [\(Numbers.fixed($0.lowerBound, 4)), \(Numbers.fixed($0.upperBound, 4))] with 95 %"
      } ?? " (the law states no uncertainty)"
    lines.append("loss \(Numbers.fixed(forecast.loss, 4))\(interval), \(unit)")
    switch forecast.decades {
    case nil: lines.append("the law states no range: how far this extrapolates is not known")
    case 0: lines.append("inside the budgets that the law was fitted on")
    case let decades?:
      lines.append("\(Numbers.fixed(decades, 1)) powers of ten of compute beyond what the law was fitted on")
    }
    return lines.joined(separator: "\n")
  }

  static func text(_ downstream: DownstreamFit, _ forecast: Forecast) -> String {
    let interval = downstream.interval(forecast)
      .map { " [\(Numbers.fixed($0.lowerBound, 3)), \(Numbers.fixed($0.upperBound, 3))] with 95 %" }
    return "score \(Numbers.fixed(downstream.score(loss: forecast.loss), 3))\(interval ?? ""), "
      + "\(downstream.form.rawValue) through \(Numbers.counted(downstream.points, "run"))"
  }

  /// The same as one row, the score behind it where there is one.
  static func table(_ forecast: Forecast, _ law: Law, _ downstream: DownstreamFit?) -> Table {
    func loss(_ key: String, _ digits: Int = 4) -> Table.Column { .number(key) { Numbers.fixed($0, digits) } }
    var columns: [Table.Column] = [
      .text("law"), .number("size") { Numbers.significant($0, 4) }, .text("size_unit", "unit"),
      .number("tokens") { Numbers.count($0) }, .number("compute", "C") { Numbers.scientific($0) }, loss("loss"),
      loss("low"), loss("high"), .text("loss_unit", "loss unit"),
      .number("extrapolation_decades", "decades beyond") { Numbers.fixed($0, 1) },
    ]
    let interval = forecast.interval
    func cell(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    var row: [JSON] = [
      .string(law.name), .number(forecast.size), .string(law.scale.rawValue), .number(forecast.tokens),
      .number(forecast.compute), .number(forecast.loss), cell(interval?.lowerBound), cell(interval?.upperBound),
      law.lossUnit.map { .string($0) } ?? .null, cell(forecast.decades),
    ]
    if let downstream {
      columns += [loss("score", 3), loss("score_low", 3), loss("score_high", 3)]
      let range = downstream.interval(forecast)
      row += [
        .number(downstream.score(loss: forecast.loss)), cell(range?.lowerBound), cell(range?.upperBound),
      ]
    }
    var table = Table(columns)
    table.add(row)
    return table
  }
}
