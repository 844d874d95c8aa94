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
          "only \(starts.agree) of \(starts.total) starts found the lowest minimum: there may be a lower one"))
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
    let asked = result.options.resampling.count
    let failed = bootstrap.failures.values.reduce(0, +)
    if failed > 0 {
      let reasons = bootstrap.failures.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      warnings.append(
        FitWarning(
          .failedResamples, failed * 20 > asked ? .caution : .note,
          "\(failed) of \(asked) resamples have no fit: \(reasons.joined(separator: ", "))"))
    }
    for (name, count) in bootstrap.onBound.sorted(by: { $0.key < $1.key })
    where name != "E" && count * 40 > asked {
      warnings.append(
        FitWarning(.onBound, "\(name) is on the bound of the search in \(count) of \(asked) resamples"))
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
      guard let error, abs(influence.to - influence.from) > error else { continue }
      let lines = influence.lines.map(String.init).joined(separator: ", ")
      warnings.append(
        FitWarning(
          .influentialRuns, .note,
          "without the \(influence.lines.count) runs of lines \(lines), \(influence.parameter) goes from "
            + "\(significant(influence.from, 4)) to \(significant(influence.to, 4))"))
    }
    if let short = result.shortRuns {
      let moved = abs(short.surface.a - result.surface.a)
      // Steps that follow from an assumed batch have to make more of a difference before they are believed; those that
      // the file gives, any coefficient that they move by half its standard error.
      let matters =
        short.assumedBatch
        ? moved > max(0.02, min(2 * (spread?.standardError ?? 0), 0.05))
        : ParametricResult.quantities.contains { quantity in
          let shift = abs(quantity.of(short.surface) - quantity.of(result.surface))
          return result.interval(quantity.of).map { shift > 0.5 * $0.standardError } ?? (moved > 0.02)
        }
      warnings.append(
        FitWarning(
          .shortRuns, matters ? .caution : .note,
          "\(short.count) runs have fewer than \(Int(short.limit)) steps"
            + (short.assumedBatch ? " (with the batch of DeepSeek's equation 1, because the file has none)" : "")
            + ", which bends a surface: without them a is \(significant(short.surface.a, 4)), "
            + "with them \(significant(result.surface.a, 4))"))
    }
    if result.residuals.patternF > 8 {
      warnings.append(
        FitWarning(
          .residualPattern,
          "the residuals have a shape: a quadratic in ln N and ln D explains \(significant(100 * result.residuals.pattern, 2)) % "
            + "of what the law leaves (F = \(significant(result.residuals.patternF, 3)))"))
    }
    return warnings
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
