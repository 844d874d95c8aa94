import Input

/// Reads the fields of a law file, each error with the path of its field.
struct LawFields {
  var object: JSONObject
  var path = ""

  func missing<T>(_ name: String, hint: String) throws -> T {
    throw InputError("is missing", field: path + name, hint: hint)
  }

  func refuseUnknown(_ known: [String]) throws {
    for name in object.names where !known.contains(name) {
      throw InputError("is not a field of a law", field: path + name, hint: suggestion(for: name, among: known))
    }
  }

  private func wrong(_ name: String, _ value: JSON, _ problem: String, hint: String? = nil) -> InputError {
    InputError(problem, field: path + name, value: value.text(indent: nil), hint: hint)
  }

  func text(_ name: String) throws -> String? {
    guard let value = object[name], value != .null else { return nil }
    guard let text = value.string, !text.isEmpty else { throw wrong(name, value, "is not a text") }
    return text
  }

  func texts(_ name: String) throws -> [String] {
    guard let value = object[name], value != .null else { return [] }
    guard let array = value.array else { throw wrong(name, value, "is not a list of texts") }
    return try array.map { item in
      guard let text = item.string else { throw wrong(name, item, "is not a text") }
      return text
    }
  }

  func number(_ name: String) throws -> Double? {
    guard let value = object[name], value != .null else { return nil }
    guard let number = value.double, number.isFinite else { throw wrong(name, value, "is not a finite number") }
    return number
  }

  func positive(_ name: String) throws -> Double? {
    guard let number = try number(name) else { return nil }
    guard number > 0 else { throw wrong(name, object[name] ?? .null, "is not a positive number") }
    return number
  }

  func needed(_ name: String, positive isPositive: Bool = true) throws -> Double {
    try (isPositive ? positive(name) : number(name)) ?? missing(name, hint: "a number")
  }

  private func inner(_ name: String, _ known: [String]) throws -> LawFields? {
    guard let value = object[name], value != .null else { return nil }
    guard let inner = value.object else {
      throw wrong(name, value, "is not an object", hint: "with " + known.joined(separator: ", "))
    }
    let fields = LawFields(object: inner, path: path + name + ".")
    try fields.refuseUnknown(known)
    return fields
  }

  func powerLaw(_ name: String) throws -> PowerLaw? {
    try inner(name, ["base", "exponent"]).map {
      try PowerLaw(base: $0.needed("base"), exponent: $0.needed("exponent", positive: false))
    }
  }

  func surface(_ name: String) throws -> LossSurface? {
    try inner(name, ["E", "A", "B", "alpha", "beta"]).map {
      let E = try $0.needed("E", positive: false)
      guard E >= 0 else { throw $0.wrong("E", $0.object["E"] ?? .null, "is negative: no loss is") }
      return try LossSurface(
        E: E, A: $0.needed("A"), B: $0.needed("B"), alpha: $0.needed("alpha"), beta: $0.needed("beta"))
    }
  }

  func lossCurve(_ name: String) throws -> OffsetPowerLaw? {
    try inner(name, ["E", "k", "gamma", "compute_unit"]).map {
      try OffsetPowerLaw(
        offset: $0.needed("E", positive: false), coefficient: $0.needed("k"), gamma: $0.needed("gamma"),
        unit: $0.positive("compute_unit") ?? 1)
    }
  }

  func hyperparameter(_ name: String) throws -> HyperparameterLaw? {
    try inner(name, ["coefficient", "compute", "scale", "tokens"]).map {
      try HyperparameterLaw(
        coefficient: $0.needed("coefficient"), compute: $0.number("compute") ?? 0, scale: $0.number("scale") ?? 0,
        tokens: $0.number("tokens") ?? 0)
    }
  }

  func repetition(_ name: String) throws -> RepeatedData? {
    try inner(name, ["R_D", "R_N"]).map {
      try RepeatedData(tokens: $0.needed("R_D"), parameters: $0.positive("R_N") ?? .infinity)
    }
  }

  func range(_ name: String) throws -> ClosedRange<Double>? {
    guard let value = object[name], value != .null else { return nil }
    guard let ends = value.array?.map(\.double), ends.count == 2, let low = ends[0], let high = ends[1], low > 0,
      low <= high, high.isFinite
    else { throw wrong(name, value, "is not a range", hint: "[lowest C, highest C] in FLOPs") }
    return low...high
  }

  func draws(_ name: String) throws -> [LossSurface] {
    guard let value = object[name], value != .null else { return [] }
    guard let rows = value.array else { throw wrong(name, value, "is not a list of [E, A, B, alpha, beta]") }
    return try rows.enumerated().map { index, row in
      guard let numbers = row.array?.compactMap(\.double), numbers.count == 5, row.array?.count == 5,
        numbers[0] >= 0, numbers.dropFirst().allSatisfy({ $0 > 0 && $0.isFinite })
      else { throw wrong("\(name)[\(index)]", row, "is not [E, A, B, alpha, beta] with positive numbers") }
      return LossSurface(E: numbers[0], A: numbers[1], B: numbers[2], alpha: numbers[3], beta: numbers[4])
    }
  }

  /// Resamples of a size law and a loss curve, [base, exponent, E, k, gamma].
  func curveDraws(_ name: String, unit: Double) throws -> [CurveDraw] {
    try rows(name, "[base, exponent, E, k, gamma]") { n in
      guard n.count == 5, n[0] > 0, n[2] >= 0, n[3] > 0, n[4] > 0 else { return nil }
      return CurveDraw(
        modelSize: PowerLaw(base: n[0], exponent: n[1]),
        lossCurve: OffsetPowerLaw(offset: n[2], coefficient: n[3], gamma: n[4], unit: unit))
    }
  }

  /// A list of rows of finite numbers, each made into a value; nil from `make` refuses the row.
  private func rows<Value>(_ name: String, _ form: String, _ make: ([Double]) -> Value?) throws -> [Value] {
    guard let value = object[name], value != .null else { return [] }
    guard let rows = value.array else { throw wrong(name, value, "is not a list of \(form)") }
    return try rows.enumerated().map { index, row in
      guard let cells = row.array, let made = make(cells.compactMap(\.double).filter(\.isFinite)) else {
        throw wrong("\(name)[\(index)]", row, "is not \(form)")
      }
      return made
    }
  }

  func timescale(_ name: String) throws -> AdamTimescale? {
    try inner(name, ["coefficient", "exponent"]).map {
      try AdamTimescale(coefficient: $0.needed("coefficient"), exponent: $0.needed("exponent", positive: false))
    }
  }

  func schedule(_ name: String) throws -> LearningRateSchedule? {
    guard let fields = try inner(name, ["kind", "warmup_steps", "drops", "final_rate"]) else { return nil }
    let word = try fields.text("kind") ?? fields.missing("kind", hint: LearningRateSchedule.Kind.words)
    guard let kind = LearningRateSchedule.Kind(rawValue: word) else {
      throw InputError(
        "is not a schedule", field: path + name + ".kind", value: word, hint: LearningRateSchedule.Kind.words)
    }
    let warmup = try fields.number("warmup_steps") ?? 0
    guard let steps = Int(exactly: warmup), steps >= 0 else {
      throw InputError("is not a number of steps", field: path + name + ".warmup_steps", value: "\(warmup)")
    }
    var schedule = LearningRateSchedule(kind: kind, warmupSteps: steps)
    schedule.drops = try fields.rows("drops", "[share of the tokens, rate]") { n in
      n.count == 2 && 0...1 ~= n[0] && 0...1 ~= n[1] ? LearningRateSchedule.Drop(from: n[0], rate: n[1]) : nil
    }
    if let last = try fields.number("final_rate") { schedule.finalRate = last }
    return schedule
  }

  /// Relations that are shown: name, formula, coefficients.
  func relations(_ name: String) throws -> [Relation] {
    guard let value = object[name], value != .null else { return [] }
    guard let items = value.array else { throw wrong(name, value, "is not a list of relations") }
    return try items.enumerated().map { index, item in
      guard let inner = item.object else { throw wrong("\(name)[\(index)]", item, "is not an object") }
      let fields = LawFields(object: inner, path: "\(path)\(name)[\(index)].")
      try fields.refuseUnknown(["name", "formula", "coefficients"])
      let coefficients = inner["coefficients"]?.object ?? JSONObject()
      let numbers = LawFields(object: coefficients, path: "\(fields.path)coefficients.")
      return Relation(
        try fields.text("name") ?? fields.missing("name", hint: "what the relation is of"),
        try fields.text("formula") ?? fields.missing("formula", hint: "as people write it"),
        try coefficients.names.map { ($0, try numbers.needed($0, positive: false)) })
    }
  }
}
