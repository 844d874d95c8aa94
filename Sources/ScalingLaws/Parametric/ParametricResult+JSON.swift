import Input

extension ParametricResult {
  /// The object under `parametric` in the output of `isoflop fit --json`.
  public var json: JSON {
    var out = JSONObject([
      ("E", .number(surface.E)), ("A", .number(surface.A)), ("B", .number(surface.B)),
      ("alpha", .number(surface.alpha)), ("beta", .number(surface.beta)), ("a", .number(surface.a)),
      ("b", .number(surface.b)), ("objective", .number(objective)), ("n", .integer(n)),
      ("scale", .string(scale)), ("flops_per_scale_and_token", .number(flopsPerScale)),
      ("loss_unit", .string(lossUnit.rawValue)), ("loss", .string(options.loss.name)),
      ("residual", .string(options.residual.rawValue)), ("delta", options.loss.delta.map { .number($0) } ?? .null),
      ("convergence", .string(convergence.rawValue)),
      (
        "starts",
        ["total": .integer(starts.total), "converged": .integer(starts.converged), "agree": .integer(starts.agree)]
      ),
      (
        "cross_check",
        crossCheck.map { ["objective": .number($0.objective), "agrees": .bool($0.agrees)] } ?? .null
      ),
    ])
    out["interval"] = intervalJSON
    out["standard_error"] = .object(
      JSONObject(
        Self.quantities.compactMap { name, of in interval(of).map { (name, .number($0.standardError)) } }))
    out["resampling"] = options.resampling.json(done: samples.count, failures: failedResamples)
    out["profile_E"] =
      profileE.map { ["low": .number($0.low), "high": .number($0.high), "reaches_zero": .bool($0.reachesZero)] }
      ?? .null
    out["influence"] = .array(
      influence.map {
        [
          "parameter": .string($0.parameter), "without_lines": .array($0.lines.map { .integer($0) }),
          "from": .number($0.from), "to": .number($0.to),
        ]
      })
    out["residuals"] = [
      "rms": .number(residuals.rms), "robust": .number(residuals.robust),
      "pattern_explains": .number(residuals.pattern), "pattern_F": .number(residuals.patternF),
    ]
    out["seed_noise"] = seedNoise?.json ?? .null
    out["other_losses"] = .array(
      alternatives.map { other in
        var object = JSONObject([("loss", .string(other.loss.name)), ("residual", .string(other.residual.rawValue))])
        for (name, of) in Self.quantities { object[name] = .number(of(other.surface)) }
        return .object(object)
      })
    out["without_short_runs"] =
      shortRuns.map { short in
        var object = JSONObject([
          ("steps_below", .number(short.limit)), ("left_out", .integer(short.count)), ("n", .integer(short.n)),
          ("batch_assumed", .bool(short.assumedBatch)), ("objective", .number(short.objective)),
        ])
        for (name, of) in Self.quantities { object[name] = .number(of(short.surface)) }
        object["standard_error"] = .object(
          JSONObject(short.standardErrors.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) }))
        return .object(object)
      } ?? .null
    out["short_run_test"] = shortRunTest?.json ?? .null
    out["warnings"] = .array(warnings.map(\.json))
    return .object(out)
  }

  private var intervalJSON: JSON {
    guard samples.count > 1 else { return .null }
    var object = JSONObject([("level", .number(options.resampling.level))])
    for (name, of) in Self.quantities {
      if let interval = interval(of) { object[name] = [.number(interval.low), .number(interval.high)] }
    }
    return .object(object)
  }
}

extension Resampling {
  func json(done: Int, failures: [String: Int]) -> JSON {
    [
      "scheme": .string(scheme.name), "noise": scheme.noise.map { .number($0) } ?? .null, "asked": .integer(count),
      "done": .integer(done),
      "failed": .object(JSONObject(failures.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })),
      "seed": Int(exactly: seed).map { .integer($0) } ?? .string("\(seed)"),
    ]
  }
}
