import Input

/// A law as a JSON file, one object:
///
///     {"id": "mine", "title": "…", "source": "…", "where": "…",
///      "scale": "M" | "N_total" | "N_nonembedding" | "N_active",
///      "flops_per_scale": 1 (C = M D) | 6 (C = 6 N D), "flops_constant": 0,
///      "model": {"base", "exponent"}, "data": {"base", "exponent"},        size and tokens from C
///      "surface": {"E", "A", "B", "alpha", "beta"},                        L = E + A/N^alpha + B/D^beta
///      "loss_curve": {"E", "k", "gamma", "compute_unit"},                  L = E + k (C/unit)^-gamma
///      "curvature": {"base", "exponent"},                                  loss per (ln size/optimum)^2 from C
///      "learning_rate": {"coefficient", "compute", "scale", "tokens"},     exponents; those left out are 0
///      "batch_tokens": {"coefficient", "compute", "scale", "tokens"},
///      "schedule": {"kind", "warmup_steps", "drops": [[share of the tokens, rate], …]},
///      "timescale": {"coefficient", "exponent"},                           AdamW's B/(eta lambda D) from D/N
///      "repetition": {"R_D", "R_N"},
///      "range_allocation": [lowest C, highest C], "range_hyperparameters": [lowest C, highest C],
///      "loss_unit": "nats/token", "log_noise": 0.002, "draws": [[E, A, B, alpha, beta], …],
///      "curve_draws": [[base, exponent, E, k, gamma], …],                  of model and loss_curve, in its unit
///      "left_out": [[E, A, B, alpha, beta], …],                            the law without each of few runs in turn
///      "relations": [{"name", "formula", "coefficients": {…}}, …], "notes": ["…"]}
///
/// `id` and `scale` are needed, and at least one of model, data, surface, loss_curve, learning_rate, batch_tokens,
/// timescale, relations. What `Law.json` writes reads back as the same law.
extension Law {
  static let fileFields = [
    "id", "variant", "title", "source", "where", "status", "scale", "flops_per_scale", "flops_constant", "model",
    "data", "surface", "loss_curve", "curvature", "learning_rate", "batch_tokens", "schedule", "timescale",
    "repetition", "range_allocation", "range_hyperparameters", "loss_unit", "log_noise", "draws", "curve_draws",
    "left_out", "relations", "notes",
  ]

  /// Reads a law from a file.
  ///
  /// - Throws: `InputError` with the file, the field and the value.
  public init(file: String) throws {
    do {
      try self.init(json: JSON(parsing: readFile(file)))
    } catch let error as InputError {
      throw error.from(file: file)
    }
  }

  /// Reads a law from its JSON object.
  public init(json: JSON) throws {
    guard let object = json.object else {
      throw InputError("is not an object", value: json.kind, hint: "a law file holds one JSON object")
    }
    let fields = LawFields(object: object)
    try fields.refuseUnknown(Law.fileFields)
    let id = try fields.text("id") ?? fields.missing("id", hint: "a short name for the law")
    let scaleText = try fields.text("scale") ?? fields.missing("scale", hint: Law.scales)
    guard let scale = ModelScale(rawValue: scaleText) else {
      throw InputError("is not a scale", field: "scale", value: scaleText, hint: Law.scales)
    }
    let usual = scale == .flopsPerToken ? TokenCost.modelFLOPs : .sixPerParameter
    let cost = TokenCost(
      perScale: try fields.positive("flops_per_scale") ?? usual.perScale,
      constant: try fields.number("flops_constant") ?? 0)
    guard cost.constant >= 0 else {
      throw InputError("is negative", field: "flops_constant", value: "\(cost.constant)")
    }
    let spends = ["model", "data", "surface", "loss_curve", "flops_per_scale"].contains { object[$0] != nil }
    self.init(
      id: id, variant: try fields.text("variant"), title: try fields.text("title") ?? id,
      source: try fields.text("source") ?? "not stated", location: try fields.text("where") ?? "not stated",
      status: .fitted, scale: scale, cost: spends ? cost : nil)
    if let word = try fields.text("status") {
      guard let status = Status(rawValue: word) else {
        throw InputError(
          "is not a status", field: "status", value: word,
          hint: "one of: " + Status.allCases.map(\.rawValue).joined(separator: ", "))
      }
      self.status = status
    }
    modelSize = try fields.powerLaw("model")
    tokens = try fields.powerLaw("data")
    surface = try fields.surface("surface")
    lossCurve = try fields.lossCurve("loss_curve")
    curvature = try fields.powerLaw("curvature")
    learningRate = try fields.hyperparameter("learning_rate")
    batchTokens = try fields.hyperparameter("batch_tokens")
    schedule = try fields.schedule("schedule")
    timescale = try fields.timescale("timescale")
    repetition = try fields.repetition("repetition")
    allocationRange = try fields.range("range_allocation")
    hyperparameterRange = try fields.range("range_hyperparameters")
    lossUnit = try fields.text("loss_unit")
    logNoise = try fields.positive("log_noise")
    draws = try fields.draws("draws")
    curveDraws = try fields.curveDraws("curve_draws", unit: lossCurve?.unit ?? 1)
    leftOut = try fields.draws("left_out")
    relations = try fields.relations("relations")
    notes = try fields.texts("notes")
    guard
      modelSize != nil || tokens != nil || surface != nil || lossCurve != nil || learningRate != nil
        || batchTokens != nil || timescale != nil || !relations.isEmpty
    else {
      throw InputError(
        "has no relation to use", hint: "give one of model, data, surface, loss_curve, learning_rate, batch_tokens")
    }
  }

  private static let scales = "one of: " + ModelScale.allCases.map(\.rawValue).joined(separator: ", ")

  /// A law by name, or from a file where the text ends in `.json` or holds a slash.
  public static func resolve(_ text: String) throws -> Law {
    text.hasSuffix(".json") || text.contains("/") ? try Law(file: text) : try named(text)
  }

  /// The law as the object that reads back as itself, with the relations that are only shown.
  public var json: JSON {
    var object = JSONObject([("id", .string(id))])
    object["variant"] = variant.map { .string($0) }
    object["title"] = .string(title)
    object["source"] = .string(source)
    object["where"] = .string(location)
    object["status"] = .string(status.rawValue)
    object["scale"] = .string(scale.rawValue)
    if let cost {
      object["flops_per_scale"] = .number(cost.perScale)
      if cost.constant != 0 { object["flops_constant"] = .number(cost.constant) }
    }
    object["model"] = modelSize.map { ["base": .number($0.base), "exponent": .number($0.exponent)] }
    object["data"] = tokens.map { ["base": .number($0.base), "exponent": .number($0.exponent)] }
    object["surface"] = surface.map { surface in
      [
        "E": .number(surface.E), "A": .number(surface.A), "B": .number(surface.B), "alpha": .number(surface.alpha),
        "beta": .number(surface.beta),
      ]
    }
    object["loss_curve"] = lossCurve.map { curve in
      [
        "E": .number(curve.offset), "k": .number(curve.coefficient), "gamma": .number(curve.gamma),
        "compute_unit": .number(curve.unit),
      ]
    }
    object["curvature"] = curvature.map { ["base": .number($0.base), "exponent": .number($0.exponent)] }
    object["learning_rate"] = learningRate.map(Law.json)
    object["batch_tokens"] = batchTokens.map(Law.json)
    object["schedule"] = schedule.map(\.json)
    object["timescale"] = timescale.map { ["coefficient": .number($0.coefficient), "exponent": .number($0.exponent)] }
    object["repetition"] = repetition.map { ["R_D": .number($0.tokens), "R_N": .number($0.parameters)] }
    object["range_allocation"] = allocationRange.map { [.number($0.lowerBound), .number($0.upperBound)] }
    object["range_hyperparameters"] = hyperparameterRange.map { [.number($0.lowerBound), .number($0.upperBound)] }
    object["loss_unit"] = lossUnit.map { .string($0) }
    object["log_noise"] = logNoise.map { .number($0) }
    for (name, surfaces) in [("draws", draws), ("left_out", leftOut)] where !surfaces.isEmpty {
      object[name] = .array(
        surfaces.map { law in .array([law.E, law.A, law.B, law.alpha, law.beta].map { .number($0) }) })
    }
    if !curveDraws.isEmpty {
      object["curve_draws"] = .array(
        curveDraws.map { draw in
          let (size, loss) = (draw.modelSize, draw.lossCurve)
          return .array([size.base, size.exponent, loss.offset, loss.coefficient, loss.gamma].map { .number($0) })
        })
    }
    if !relations.isEmpty {
      object["relations"] = .array(
        relations.map { relation in
          [
            "name": .string(relation.name), "formula": .string(relation.formula),
            "coefficients": .object(JSONObject(relation.coefficients.map { ($0.name, .number($0.value)) })),
          ]
        })
    }
    if !notes.isEmpty { object["notes"] = .array(notes.map { .string($0) }) }
    return .object(object)
  }

  private static func json(_ law: HyperparameterLaw) -> JSON {
    var object = JSONObject([("coefficient", .number(law.coefficient))])
    for (name, exponent) in [("compute", law.compute), ("scale", law.scale), ("tokens", law.tokens)]
    where exponent != 0 { object[name] = .number(exponent) }
    return .object(object)
  }
}
