import Isoflop

/// The rows of each kind of fit.
extension FitReport {
  static func table(_ predictions: [(by: String, scale: String, Prediction)]) -> Table {
    var table = Table([
      .text("by"), .number("compute", "C") { Numbers.significant($0, 4) },
      .text("scale_name", "size in"), .number("scale", "size") { Numbers.significant($0, 5) },
      .number("tokens") { Numbers.significant($0, 5) }, .number("loss") { Numbers.significant($0, 5) },
      .number("low") { Numbers.significant($0, 5) },
      .number("high") { Numbers.significant($0, 5) },
      .number("decades_beyond", "decades beyond") { Numbers.fixed($0, 1) },
    ])
    for (by, scale, prediction) in predictions {
      table.add([
        .string(by), .number(prediction.compute), .string(scale), .number(prediction.scale), .number(prediction.tokens),
        .number(prediction.loss), prediction.interval.map { .number($0.low) } ?? .null,
        prediction.interval.map { .number($0.high) } ?? .null, .number(prediction.decades),
      ])
    }
    return table
  }

  static func table(_ result: ParametricResult) -> Table {
    var table = Table([
      .text("quantity"), .number("value") { Numbers.significant($0, 6) }, .number("low") { Numbers.significant($0, 4) },
      .number("high") { Numbers.significant($0, 4) }, .number("standard_error", "SE") { Numbers.significant($0, 3) },
    ])
    let quantities: [(String, (LossSurface) -> Double)] = [
      ("E", { $0.E }), ("A", { $0.A }), ("B", { $0.B }), ("alpha", { $0.alpha }), ("beta", { $0.beta }),
      ("a", { $0.a }), ("b", { $0.b }),
    ]
    for (name, of) in quantities {
      let band = result.interval(of)
      table.add([
        .string(name), .number(of(result.surface)), band.map { .number($0.low) } ?? .null,
        band.map { .number($0.high) } ?? .null, band.map { .number($0.standardError) } ?? .null,
      ])
    }
    return table
  }

  static func table(_ result: IsoFLOPResult) -> Table {
    var table = Table([
      .number("compute", "C") { Numbers.significant($0, 4) }, .integer("n", "runs"),
      .number("optimum") { Numbers.significant($0, 5) }, .number("low") { Numbers.significant($0, 3) },
      .number("high") { Numbers.significant($0, 3) }, .number("tokens") { Numbers.significant($0, 5) },
      .number("loss") { Numbers.significant($0, 6) }, .text("status"),
    ])
    for budget in result.budgets {
      func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
      table.add([
        .number(budget.compute), .integer(budget.n), number(budget.optimum), number(budget.interval?.low),
        number(budget.interval?.high), number(budget.tokens), number(budget.loss), .string(budget.status.rawValue),
      ])
    }
    return table
  }

  static func table(_ result: HyperparameterResult) -> Table {
    var table = Table([
      .number("scale", "size") { Numbers.significant($0, 4) }, .number("tokens") { Numbers.significant($0, 4) },
      .number("compute", "C") { Numbers.significant($0, 4) }, .integer("runs"), .integer("used"),
      .number("learning_rate", "learning rate") { Numbers.significant($0, 4) },
      .number("batch_tokens", "batch (tokens)") { Numbers.significant($0, 4) }, .text("refused"),
    ])
    for setting in result.settings {
      table.add([
        .number(setting.scale), .number(setting.tokens), .number(setting.compute), .integer(setting.runs),
        .integer(setting.used), setting.learningRate.map { .number($0) } ?? .null,
        setting.batchTokens.map { .number($0) } ?? .null, setting.refused.map { .string($0) } ?? .null,
      ])
    }
    return table
  }

  static func table(_ comparison: ScaleComparison) -> Table {
    var table = Table([
      .text("account"), .text("column"), .number("model_exponent", "exponent of size") { Numbers.fixed($0, 4) },
      .number("data_exponent", "of tokens") { Numbers.fixed($0, 4) }, .number("sum") { Numbers.fixed($0, 4) },
      .number("compute", "C, so counted") { Numbers.significant($0, 4) },
      .number("tokens") { Numbers.significant($0, 4) }, .number("loss") { Numbers.significant($0, 5) },
    ])
    for row in comparison.rows {
      table.add([
        .string(row.account), .string(row.column), .number(row.result.model.law.exponent),
        .number(row.result.data.law.exponent), .number(row.exponentSum),
        row.prediction.map { .number($0.compute) } ?? .null, row.prediction.map { .number($0.tokens) } ?? .null,
        row.prediction.map { .number($0.loss) } ?? .null,
      ])
    }
    return table
  }

  static func table(_ comparison: GroupComparison) -> Table {
    var table = Table([
      .text("group"), .integer("runs"), .number("a") { Numbers.fixed($0, 4) },
      .number("a_low", "low") { Numbers.fixed($0, 4) }, .number("a_high", "high") { Numbers.fixed($0, 4) },
      .number("b") { Numbers.fixed($0, 4) }, .text("refused"),
    ])
    for group in comparison.groups {
      var row: [JSON] = [.string(group.name), .integer(group.runs)]
      switch group.fit {
      case .parametric(let result):
        let band = result.interval { $0.a }
        row += [
          .number(result.surface.a), band.map { .number($0.low) } ?? .null, band.map { .number($0.high) } ?? .null,
        ]
        row += [.number(result.surface.b), .null]
      case .isoFLOP(let result):
        let band = result.model.exponent
        row += [.number(result.model.law.exponent), band.map { .number($0.low) } ?? .null]
        row += [band.map { .number($0.high) } ?? .null, .number(result.data.law.exponent), .null]
      case .refused(let why): row += [.null, .null, .null, .null, .string(why)]
      }
      table.add(row)
    }
    return table
  }
}
