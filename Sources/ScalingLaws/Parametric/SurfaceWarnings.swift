import Input

extension SurfaceDiagnosis {
  /// What a reader has to know before believing the numbers.
  func warnings(
    _ result: ParametricResult, onBound: [String], bootstrap: SurfaceBootstrap.Outcome
  ) -> [FitWarning] {
    searchWarnings(result, onBound) + resampleWarnings(result, bootstrap) + identification(result)
      + sensitivity(result) + design(result)
  }

  private func searchWarnings(_ result: ParametricResult, _ onBound: [String]) -> [FitWarning] {
    var warnings: [FitWarning] = []
    let starts = result.starts
    if starts.agree * 10 < starts.total {
      warnings.append(
        FitWarning(
          .startsDisagree,
          "only \(Numbers.grouped(starts.agree)) of \(Numbers.counted(starts.total, "start")) found the lowest minimum: there may be a lower one"
        ))
    }
    if let check = result.crossCheck, !check.agrees {
      warnings.append(
        FitWarning(
          .methodsDisagree,
          "variable projection ended at an objective of \(significant(check.objective, 8)), "
            + "not at \(significant(result.objective, 8))"))
    }
    for name in onBound where name != "E" {
      warnings.append(
        FitWarning(.onBound, "\(name) ran into the bound of the search: the runs do not determine it"))
    }
    return warnings
  }

  private func resampleWarnings(
    _ result: ParametricResult, _ bootstrap: SurfaceBootstrap.Outcome
  ) -> [FitWarning] {
    var warnings: [FitWarning] = []
    let asked = result.options.draws
    let failed = bootstrap.failures.values.reduce(0, +)
    if failed > 0 {
      let reasons = bootstrap.failures.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      warnings.append(
        FitWarning(
          .failedResamples, failed * 20 > asked ? .caution : .note,
          "\(Numbers.grouped(failed)) of \(Numbers.counted(asked, "resample")) \(failed == 1 ? "has" : "have") no fit: \(reasons.joined(separator: ", "))"
        ))
    }
    if let freedom = bootstrap.freedomOfScatter {
      warnings.append(
        FitWarning(
          .tooFewPoints,
          "\(Numbers.counted(search.points.count, "run")) for \(Numbers.counted(search.options.ties.free, "coefficient")) cannot be drawn anew: intervals come from "
            + "the scatter about the law, which has \(Numbers.counted(freedom, "degree")) of freedom, and those of "
            + "losses also from what the law is without each run"))
    }
    for (name, count) in bootstrap.onBound.sorted(by: { $0.key < $1.key })
    where name != "E" && count * 40 > asked {
      warnings.append(
        FitWarning(
          .onBound,
          "\(name) is on the bound of the search in \(Numbers.grouped(count)) of \(Numbers.counted(asked, "resample"))")
      )
    }
    return warnings
  }

  private func identification(_ result: ParametricResult) -> [FitWarning] {
    guard result.options.fixedE == nil else { return [] }
    if result.surface.E <= 0 {
      return [
        FitWarning(
          .unidentifiedE,
          "E is at its bound of 0: the runs do not show an irreducible loss, and what the law says beyond them rests on that"
        )
      ]
    }
    guard let profile = result.profileE else { return [] }
    let reducible = (search.losses.min() ?? 0) - result.surface.E
    if profile.reachesZero || profile.high - profile.low > 2 * max(reducible, 0) {
      return [
        FitWarning(
          .unidentifiedE,
          "E is not identified: any value from \(significant(profile.low, 3)) to \(significant(profile.high, 3)) "
            + "fits as well")
      ]
    }
    return []
  }

  private func sensitivity(_ result: ParametricResult) -> [FitWarning] {
    var warnings: [FitWarning] = []
    let spread = result.interval { $0.a }
    if let spread {
      let outside = result.alternatives.filter { !spread.contains($0.surface.a) }
      if !outside.isEmpty {
        let values = outside.map { "\(significant($0.surface.a, 4)) (\($0.loss.name), \($0.residual.rawValue))" }
        warnings.append(
          FitWarning(
            .lossChoice, .note,
            "a depends on the loss beyond its interval: \(significant(result.surface.a, 4)) here, "
              + values.joined(separator: ", ")))
      }
    }
    for influence in result.influence {
      let error = result.interval(Self.parameter(influence.parameter))?.standardError
      // The five most telling of sixty honest runs move an estimate by one standard error and more; of hundreds they
      // should not.
      let few = influence.lines.count * 40 <= result.n
      guard let error, abs(influence.to - influence.from) > (few ? 1 : 2) * error else { continue }
      let lines = influence.lines.map(String.init).joined(separator: ", ")
      warnings.append(
        FitWarning(
          .influentialRuns, .note,
          "without the \(Numbers.counted(influence.lines.count, "run of line", "runs of lines")) \(lines), \(influence.parameter) goes from "
            + "\(significant(influence.from, 4)) to \(significant(influence.to, 4))"))
    }
    let short = result.shortRuns.flatMap { shortRuns($0, result, spread) }
    let tested = result.shortRunTest?.warnings(
      "a", result.surface.a, hasIntervals: !result.samples.isEmpty)
    // What leaving the short runs out has shown needs no allowance to be spoken of.
    warnings += (tested ?? []).filter { $0.severity == .caution || short?.severity != .caution }
    if let short { warnings.append(short) }
    if result.residuals.patternF > 8 {
      warnings.append(
        FitWarning(
          .residualPattern,
          "the residuals have a shape: a quadratic in ln N and ln D explains \(significant(100 * result.residuals.pattern, 2)) % "
            + "of what the law leaves (F = \(significant(result.residuals.patternF, 3)))"))
    }
    if let seen = result.seedNoise, seen.freedom >= 5, result.options.residual == .log,
      result.residuals.robust > 2 * seen.relative
    {
      // Intervals made of seed noise alone leave out what else keeps the runs off the law.
      let onlyNoise = result.options.resampling.scheme.noise != nil && result.options.resampling.count > 0
      warnings.append(
        FitWarning(
          .residualPattern, onlyNoise ? .caution : .note,
          "the residuals are \(significant(result.residuals.robust / seen.relative, 2)) times the seed noise that "
            + "\(Numbers.counted(seen.settings, "repeated setting shows", "repeated settings show")) (\(significant(100 * seen.relative, 2)) %): most of what the law "
            + "leaves is not chance"))
    }
    return warnings
  }

  private func shortRuns(
    _ short: ParametricResult.ShortRuns, _ result: ParametricResult, _ spread: Interval?
  ) -> FitWarning? {
    let moved = abs(short.surface.a - result.surface.a)
    let matters =
      short.standardErrors.isEmpty || spread == nil
      ? moved > 0.02
      : moved > 0.1
        || Self.compared.contains { name, of in
          guard let own = result.interval(of)?.standardError, let error = short.standardErrors[name] else {
            return false
          }
          let shift = abs(of(short.surface) - of(result.surface))
          // More than what fewer runs make by chance: the variance of an estimate from a part exceeds that from the whole
          // by that of their difference (Hausman 1978). Less is what `ShortRunTest` and wider intervals are for.
          return shift > 3.2 * max(error * error - own * own, own * own / 4).squareRoot()
        }
    if short.assumedBatch, !matters { return nil }
    return FitWarning(
      .shortRuns, matters ? .caution : .note,
      "\(Numbers.counted(short.count, "run has", "runs have")) fewer than \(Numbers.grouped(Int(short.limit))) steps"
        + (short.assumedBatch ? " (with the batch of DeepSeek's equation 1, because the file has none)" : "")
        + ", which bends a surface: without them a is \(significant(short.surface.a, 4)), "
        + "with them \(significant(result.surface.a, 4))")
  }

  private static func parameter(_ name: String) -> (LossSurface) -> Double {
    ParametricResult.quantities.first { $0.name == name }?.of ?? { $0.a }
  }

  private func design(_ result: ParametricResult) -> [FitWarning] {
    var warnings: [FitWarning] = []
    let (x, y) = (search.points.x, search.points.y)
    let product = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
    let size = (x.reduce(0) { $0 + $1 * $1 } * y.reduce(0) { $0 + $1 * $1 }).squareRoot()
    if abs(product / size) > 0.97 {
      warnings.append(
        FitWarning(
          .correlatedDesign,
          "N and D go together in these runs (correlation of their logs \(significant(product / size, 3))): "
            + "what is due to which cannot be told"))
    }
    for (name, range) in [("scale", result.range.scale), ("tokens", result.range.tokens)]
    where range.upperBound < 8 * range.lowerBound {
      warnings.append(
        FitWarning(
          .narrowRange,
          "the \(name) spans a factor of only \(significant(range.upperBound / range.lowerBound, 2)): "
            + "exponents from so narrow a range do not carry far"))
    }
    return warnings
  }
}
