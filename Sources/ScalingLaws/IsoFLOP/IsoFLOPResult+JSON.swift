import Input

extension Interval {
  var json: JSON { [.number(low), .number(high)] }
}

extension IsoFLOPResult {
  /// The object under `isoflop` in the output of `isoflop fit --json`.
  public var json: JSON {
    var out = JSONObject([
      ("scale", .string(scale)), ("flops_per_scale_and_token", .number(flopsPerScale)),
      ("method", .string(options.method.rawValue)), ("loss_axis", .string(options.logLoss ? "log" : "linear")),
      ("window", options.window.map { .number($0) } ?? .null), ("weighted", .bool(options.weighted)),
      ("loss_unit", .string(lossUnit.rawValue)), ("level", .number(options.resampling.level)),
    ])
    out["budgets"] = .array(budgets.map(\.json))
    out["model"] = model.json
    out["data"] = data.json
    out["exponent_sum"] = .number(model.law.exponent + data.law.exponent)
    out["loss_curve"] = lossCurve?.json ?? .null
    out["loss_curve_without_offset"] = pureCurve.json
    var resampling = options.resampling.json(done: samples.count, failures: failedResamples).object
    if options.resampling.scheme == .runs, !options.withinBudgets { resampling?["scheme"] = "pooled-runs" }
    out["resampling"] = resampling.map { .object($0) }
    out["seed_noise"] = seedNoise?.json ?? .null
    out["alternatives"] = .array(
      alternatives.map {
        [
          "method": .string($0.method.rawValue), "window": $0.window.map { .number($0) } ?? .null,
          "exponent": .number($0.exponent),
          "standard_error": $0.standardError.map { .number($0) } ?? .null, "budgets": .integer($0.budgets),
        ]
      })
    out["without_short_runs"] =
      shortRuns.map {
        [
          "steps_below": .number($0.limit), "short": .integer($0.count), "batch_assumed": .bool($0.assumedBatch),
          "exponent": $0.exponent.map { .number($0) } ?? .null,
          "standard_error": $0.standardError.map { .number($0) } ?? .null, "budgets": .integer($0.budgets),
        ]
      } ?? .null
    out["short_run_test"] = shortRunTest?.json ?? .null
    out["warnings"] = .array(warnings.map(\.json))
    return .object(out)
  }
}

extension IsoFLOPResult.Budget {
  var json: JSON {
    func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    return [
      "compute": .number(compute), "label": number(label), "n": .integer(n), "optimum": number(optimum),
      "tokens": number(tokens), "loss": number(loss), "curvature": number(curvature),
      "status": .string(status.rawValue), "interval": interval?.json ?? .null,
      "tokens_interval": tokensInterval?.json ?? .null, "loss_interval": lossInterval?.json ?? .null,
      "position": number(position),
      "noise": number(noise),
      "lost_in_resamples": .object(JSONObject(lost.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })),
    ]
  }
}

extension IsoFLOPResult.Line {
  var json: JSON {
    [
      "base": .number(law.base), "exponent": .number(law.exponent), "interval": exponent?.json ?? .null,
      "standard_error": exponent.map { .number($0.standardError) } ?? .null, "base_interval": base?.json ?? .null,
      "interval_from_scatter": scatter?.json ?? .null,
    ]
  }
}

extension IsoFLOPResult.Curve {
  var json: JSON {
    [
      "E": .number(law.offset), "k": .number(law.coefficient), "gamma": .number(law.gamma),
      "compute_unit": .number(law.unit), "rms": .number(rms),
      "interval": gamma == nil
        ? .null : ["E": E?.json ?? .null, "k": k?.json ?? .null, "gamma": gamma?.json ?? .null],
      "profile_E": profileE.map { [.number($0.lowerBound), .number($0.upperBound)] } ?? .null,
      "E_over_subsets": subsetsE.map { [.number($0.lowerBound), .number($0.upperBound)] } ?? .null,
    ]
  }
}
