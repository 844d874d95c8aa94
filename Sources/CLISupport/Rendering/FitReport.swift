import Isoflop

/// What `isoflop fit` found: as JSON, as rows, and in plain words what to believe and what not.
struct FitReport {
  /// Budgets and points that were asked about.
  let at: [Double]
  let points: [(scale: Double, tokens: Double)]
  var parametric: ParametricResult?
  var isoFLOP: IsoFLOPResult?
  var hyperparameters: HyperparameterResult?
  var envelope: EnvelopeResult?
  var accounts: ScaleComparison?
  var groups: GroupComparison?
  /// The runs that each fit was made of, for its pictures.
  var isoFLOPRuns: RunSet?
  var parametricRuns: RunSet?
  var hyperparameterRuns: RunSet?
  var skipped: [SkippedRow] = []
  var notes: [String] = []

  init(at: [Double], points: [(scale: Double, tokens: Double)]) {
    self.at = at
    self.points = points
  }

  var warnings: [FitWarning] {
    (isoFLOP?.warnings ?? []) + (parametric?.warnings ?? []) + (hyperparameters?.warnings ?? [])
      + (envelope?.warnings ?? []) + (groups?.warnings ?? [])
  }

  // MARK: JSON

  var json: JSON {
    get throws {
      var out = JSONObject()
      out["parametric"] = parametric?.json
      out["isoflop"] = isoFLOP?.json
      out["hyperparameters"] = hyperparameters?.json
      out["envelope"] = envelope?.json
      out["accounts"] = accounts?.json
      out["groups"] = groups?.json
      let predicted = try predictions()
      if !predicted.isEmpty {
        out["predictions"] = .array(
          predicted.map { by, scale, prediction in
            var object = JSONObject([("by", .string(by)), ("scale_name", .string(scale))])
            for (name, value) in prediction.json.object?.members ?? [] { object[name] = value }
            return .object(object)
          })
      }
      out["skipped"] = .array(skipped.map(\.json))
      if !notes.isEmpty { out["notes"] = .array(notes.map { .string($0) }) }
      return .object(out)
    }
  }

  /// By which fit, in which size, and what it says. Two fits of the same runs may measure a model differently.
  func predictions() throws -> [(by: String, scale: String, Prediction)] {
    var out: [(String, String, Prediction)] = []
    for C in at {
      if let parametric {
        out.append(("parametric", parametric.scale, try parametric.optimum(compute: C)))
      }
      if let isoFLOP { out.append(("isoflop", isoFLOP.scale, isoFLOP.optimum(compute: C))) }
    }
    for point in points {
      guard let parametric else {
        throw InputError("needs a loss surface", field: "--predict", hint: "add --parametric")
      }
      out.append(("parametric", parametric.scale, parametric.predict(scale: point.scale, tokens: point.tokens)))
    }
    return out
  }

  // MARK: Rows

  /// The rows of the fit that was asked for, for CSV and Markdown.
  var rows: Table {
    get throws {
      let predicted = try predictions()
      if !predicted.isEmpty { return Self.table(predicted) }
      if let groups { return Self.table(groups) }
      if let accounts { return Self.table(accounts) }
      if let isoFLOP { return Self.table(isoFLOP) }
      if let parametric { return Self.table(parametric) }
      if let hyperparameters { return Self.table(hyperparameters) }
      throw InputError("has no rows", field: "--csv", hint: "use --json")
    }
  }

  // MARK: Text

  func text(width: Int?) throws -> String {
    var sections: [String] = []
    if let isoFLOP { sections.append(section(isoFLOP, width)) }
    if let parametric { sections.append(section(parametric, width)) }
    if let both = disagreement { sections.append(both) }
    if let hyperparameters { sections.append(section(hyperparameters, width)) }
    if let envelope { sections.append(section(envelope)) }
    if let accounts { sections.append(section(accounts, width)) }
    if let groups { sections.append(section(groups, width)) }
    let predicted = try predictions()
    if !predicted.isEmpty {
      sections.append("What that gives\n" + Self.table(predicted).text(width: width, indent: "  "))
    }
    sections += notes.map { $0 + "\n" }
    return sections.joined(separator: "\n")
  }

  /// Two methods on the same runs say the same, or the reader has to know.
  var disagreement: String? {
    guard let parametric, let isoFLOP, parametric.scale == isoFLOP.scale,
      let surface = parametric.interval({ $0.a }), let line = isoFLOP.model.exponent
    else { return nil }
    let (a, b) = (Numbers.significant(isoFLOP.model.law.exponent, 4), Numbers.significant(parametric.surface.a, 4))
    if surface.low <= line.high, line.low <= surface.high {
      return
        "The two methods agree on the exponent of \(parametric.scale), as far as their intervals can tell: \(a) (IsoFLOP) "
        + "and \(b) (parametric).\n"
    }
    return
      "The two methods disagree on the exponent of \(parametric.scale): \(a) (IsoFLOP), \(b) (parametric), and their "
      + "intervals do not meet. Believe neither before the reason is found.\n"
  }

  /// What to believe: cautions first, in full sentences, notes after.
  private func judgement(_ warnings: [FitWarning]) -> String {
    let cautions = warnings.filter { $0.severity == .caution }
    var lines: [String] = []
    if cautions.isEmpty {
      lines.append("Nothing found that speaks against these numbers and their intervals.")
    } else {
      lines.append("Before you believe this:")
      lines += cautions.map { "  ! \(Self.sentence($0.message))" }
    }
    lines += warnings.filter { $0.severity == .note }.map { "  - \(Self.sentence($0.message))" }
    return lines.joined(separator: "\n") + "\n"
  }

  static func sentence(_ text: String) -> String {
    let first = text.prefix { $0 != " " }
    // A word with an underscore, a digit or a single letter is a name and keeps its case.
    let name = first.count < 2 || first.contains { $0 == "_" || $0.isNumber }
    return (name ? String(text.prefix(1)) : text.prefix(1).uppercased()) + text.dropFirst() + "."
  }

  private func section(_ result: ParametricResult, _ width: Int?) -> String {
    let delta = result.options.loss.delta.map { ", delta \(Numbers.significant($0, 1))" } ?? ""
    let law = result.surface
    func digits(_ value: Double) -> String { Numbers.significant(value, 6) }
    var out = "L = E + A/N^alpha + B/D^beta, N = \(result.scale), loss in \(result.lossUnit.rawValue)\n\n"
    out += "  L = \(digits(law.E)) + \(digits(law.A))/N^\(digits(law.alpha)) + \(digits(law.B))/D^\(digits(law.beta))\n"
    out += "  N_opt ~ C^\(Numbers.significant(law.a, 4)), D_opt ~ C^\(Numbers.significant(law.b, 4))"
    out +=
      (result.interval { $0.a }).map {
        " (\(Numbers.significant(100 * result.options.resampling.level, 2)) % of a: "
          + "\(Numbers.significant($0.low, 4)) to \(Numbers.significant($0.high, 4)))\n\n"
      } ?? "\n\n"
    out +=
      "  \(Numbers.counted(result.n, "run")), \(result.options.loss.name) on \(result.options.residual.rawValue) residuals\(delta), "
    out += "objective \(Numbers.significant(result.objective, 9))\n"
    out += "  \(Numbers.grouped(result.starts.agree)) of \(Numbers.counted(result.starts.total, "start")) agree"
    if let check = result.crossCheck {
      out += "; variable projection \(check.agrees ? "finds the same minimum" : "does not find the same minimum")"
    }
    out += "; \(Numbers.counted(result.samples.count, "refit")) of resamples\n\n"
    out += Self.table(result).text(width: width, indent: "  ")
    out += "\n" + judgement(result.warnings)
    return out
  }

  private func section(_ result: IsoFLOPResult, _ width: Int?) -> String {
    var out =
      "IsoFLOP profiles (\(result.options.method.rawValue)) in ln \(result.scale), loss in \(result.lossUnit.rawValue)\n\n"
    func line(_ name: String, _ line: IsoFLOPResult.Line) -> String {
      let level = Numbers.significant(100 * result.options.resampling.level, 2)
      let band = line.exponent.map {
        " (\(level) %: \(Numbers.significant($0.low, 4)) to \(Numbers.significant($0.high, 4)))"
      }
      return
        "  \(name) = \(Numbers.significant(line.law.base, 6)) C^\(Numbers.significant(line.law.exponent, 6))\(band ?? "")\n"
    }
    out += line("\(result.scale)_opt", result.model) + line("tokens_opt", result.data)
    if let curve = result.lossCurve {
      out +=
        "  loss_opt = \(Numbers.significant(curve.law.offset, 6)) + \(Numbers.significant(curve.law.coefficient, 6)) "
      out += "(C/\(Numbers.significant(curve.law.unit, 1)))^-\(Numbers.significant(curve.law.gamma, 6)), "
      out += "rms \(Numbers.significant(curve.rms, 2))\n"
    }
    let pure = result.pureCurve
    out += "  without offset: \(Numbers.significant(pure.law(1), 6)) C^-\(Numbers.significant(pure.law.gamma, 6)), "
    out += "rms \(Numbers.significant(pure.rms, 2))\n\n"
    out += Self.table(result).text(width: width, indent: "  ") + "\n"
    return out + judgement(result.warnings)
  }

  private func section(_ result: HyperparameterResult, _ width: Int?) -> String {
    let refused = result.settings.count { $0.refused != nil }
    var out = "Learning rate and batch by \(result.options.method.rawValue), N = \(result.scale): "
    out += "\(Numbers.counted(result.settings.count, "setting")), \(Numbers.grouped(refused)) without an optimum\n\n"
    func law(_ name: String, _ law: HyperparameterResult.Law?) {
      guard let law else { return }
      out += "  \(name) = \(Numbers.significant(law.coefficient, 6))"
      for exponent in law.exponents {
        out += " \(exponent.predictor.rawValue)^\(Numbers.significant(exponent.value, 4))"
        out += " (SE \(Numbers.significant(exponent.standardError, 2)))"
      }
      out += ", R^2 \(Numbers.fixed(law.r2, 2))\n"
    }
    law("learning_rate", result.learningRate)
    law("batch_tokens", result.batchTokens)
    var table = Table([
      .text("quantity"), .text("predictors"), .text("exponents"), .number("r2", "R^2") { Numbers.fixed($0, 2) },
    ])
    for candidate in result.candidates {
      table.add([
        .string(candidate.quantity), .string(candidate.predictors.map(\.rawValue).joined(separator: ",")),
        .string(candidate.exponents.map { Numbers.significant($0, 3) }.joined(separator: ", ")), .number(candidate.r2),
      ])
    }
    return out + "\n" + table.text(width: width, indent: "  ") + "\n" + judgement(result.warnings)
  }

  private func section(_ result: EnvelopeResult) -> String {
    func line(_ name: String, _ law: PowerLaw, _ band: Interval?) -> String {
      let band = band.map { " (\(Numbers.significant($0.low, 4)) to \(Numbers.significant($0.high, 4)))" } ?? ""
      return "  \(name) = \(Numbers.significant(law.base, 6)) C^\(Numbers.significant(law.exponent, 6))\(band)\n"
    }
    return
      "Envelope of \(Numbers.counted(result.curves, "training curve")), \(Numbers.grouped(result.used)) of \(Numbers.counted(result.budgets, "budget")) used\n\n"
      + line("scale_opt", result.model, result.modelInterval) + line("tokens_opt", result.data, result.dataInterval)
      + "\n" + judgement(result.warnings)
  }

  private func section(_ result: ScaleComparison, _ width: Int?) -> String {
    var out =
      "The same runs by three accounts of compute\n\n" + Self.table(result).text(width: width, indent: "  ") + "\n"
    for row in result.rows where abs(row.exponentSum - 1) > 0.02 {
      out += "  ! By \(row.account) the exponents sum to \(Numbers.fixed(row.exponentSum, 3)), not to 1.\n"
    }
    return out
  }

  private func section(_ result: GroupComparison, _ width: Int?) -> String {
    var out = "By group, multipliers at C = \(Numbers.significant(result.compute, 3))\n\n"
    out += Self.table(result).text(width: width, indent: "  ") + "\n"
    // Of many groups each against the first one.
    let isMany = result.groups.count > GroupComparison.few
    let pairs = isMany ? Array(result.pairs.prefix(result.groups.count - 1)) : result.pairs
    for pair in pairs {
      var parts: [String] = []
      if let p = pair.probabilityLarger { parts.append("a is larger with probability \(Numbers.fixed(p, 3))") }
      func words(_ name: String, _ multiplier: GroupComparison.Multiplier?) {
        guard let multiplier else { return }
        guard multiplier.value.isFinite else { return parts.append("no amount of \(name) makes up for it") }
        let band = multiplier.interval.map {
          " (\(Numbers.significant($0.low, 3)) to \($0.high.isFinite ? Numbers.significant($0.high, 3) : "infinity"))"
        }
        parts.append("\(Numbers.significant(multiplier.value, 3)) times the \(name)\(band ?? "")")
      }
      words("tokens", pair.tokens)
      words("compute", pair.compute)
      if !parts.isEmpty { out += "  \(pair.first) against \(pair.second): \(parts.joined(separator: ", "))\n" }
    }
    if pairs.count < result.pairs.count { out += "  all \(Numbers.grouped(result.pairs.count)) pairs: --json\n" }
    return out + "\n" + judgement(result.warnings)
  }
}
