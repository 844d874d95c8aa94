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
}
