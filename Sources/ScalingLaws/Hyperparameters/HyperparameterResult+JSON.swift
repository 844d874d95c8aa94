import Input

extension HyperparameterResult {
  /// The object under `hyperparameters` in the output of `isoflop fit --json`.
  public var json: JSON {
    [
      "method": .string(options.method.rawValue), "scale": .string(scale),
      "learning_rate": learningRate?.json ?? .null, "batch_tokens": batchTokens?.json ?? .null,
      "settings": .array(
        settings.map {
          [
            "scale": .number($0.scale), "tokens": .number($0.tokens), "compute": .number($0.compute),
            "runs": .integer($0.runs), "used": .integer($0.used),
            "learning_rate": $0.learningRate.map { .number($0) } ?? .null,
            "batch_tokens": $0.batchTokens.map { .number($0) } ?? .null,
            "at_edge": .bool($0.atEdge), "refused": $0.refused.map { .string($0) } ?? .null,
          ]
        }),
      "candidates": .array(
        candidates.map { candidate in
          [
            "quantity": .string(candidate.quantity),
            "exponents": .object(
              JSONObject(zip(candidate.predictors, candidate.exponents).map { ($0.rawValue, .number($1)) })),
            "r2": .number(candidate.r2),
          ]
        }),
      "warnings": .array(warnings.map(\.json)),
    ]
  }
}

extension HyperparameterResult.Law {
  var json: JSON {
    var errors = JSONObject(exponents.map { ($0.predictor.rawValue, .number($0.standardError)) })
    errors["ln_coefficient"] = .number(coefficientError)
    return [
      "coefficient": .number(coefficient), "coefficient_interval": coefficientInterval?.json ?? .null,
      "exponents": .object(JSONObject(exponents.map { ($0.predictor.rawValue, .number($0.value)) })),
      "standard_error": .object(errors),
      "interval": .object(JSONObject(exponents.map { ($0.predictor.rawValue, $0.interval?.json ?? .null) })),
      "r2": .number(r2), "settings": .integer(settings),
      "failed_resamples": .integer(failedResamples),
    ]
  }
}
