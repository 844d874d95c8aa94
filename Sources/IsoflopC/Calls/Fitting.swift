import Isoflop

extension Request {
  private static let methods = ["parametric", "isoflop", "hyperparameters", "envelope", "accounts"]

  func fit(_ control: Control?) throws -> JSON {
    try allow(Self.fitOptions + ["at", "predict", "resamples"])
    let table = try runs()
    let method = try text("method") ?? "parametric"
    guard Self.methods.contains(method) else {
      throw InputError(
        "is no method of fitting", field: "method", value: method, hint: suggestion(for: method, among: Self.methods))
    }
    let resamples = try resamples(method)
    let points = try points(method)
    return try watched(by: control) {
      if has("group") { return try groups(table, method) }
      switch method {
      case "parametric":
        let set = try table.select(selection(RunSelection.parametricScales))
        let (options, budgets) = (try parametric(on: set), try budgets())
        try refuseUnread()
        let result = try ParametricFit.fit(set, options: options, resamples: resamples)
        let predictions = try budgets.map { try result.optimum(compute: $0) } + points.map(result.predict)
        return try answer(method, result.json, of: set, result.law(id: "fit", source: table.source), predictions)
      case "isoflop":
        let set = try table.select(selection(RunSelection.isoFLOPScales))
        let (options, budgets) = (try isoFLOP(), try budgets())
        try refuseUnread()
        let result = try IsoFLOPFit.fit(set, options: options)
        let predictions = budgets.map { result.optimum(compute: $0) }
        return try answer(method, result.json, of: set, result.law(id: "fit", source: table.source), predictions)
      case "hyperparameters":
        let set = try table.select(selection(RunSelection.hyperparameterScales))
        let options = try hyperparameters()
        try refuseUnread()
        let result = try HyperparameterFit.fit(set, options: options)
        return try answer(method, result.json, of: set, result.law(id: "fit", source: table.source))
      case "envelope":
        var selection = try selection(RunSelection.isoFLOPScales)
        if selection.keepCheckpoints {
          throw InputError("is what the envelope does", field: "keep_checkpoints", hint: "leave it out")
        }
        selection.keepCheckpoints = true
        let set = try table.select(selection)
        let resampling = try resampling(Resampling(count: 1000))
        try refuseUnread()
        let result = try EnvelopeFit.fit(set, resampling: resampling)
        return try answer(method, result.json, of: set)
      default:
        let result = try ScaleComparison.compare(
          table, selection: selection(RunSelection.isoFLOPScales), options: isoFLOP(), compute: budgets().first)
        return .object(JSONObject([(method, result.json)]))
      }
    }
  }

  private func answer(
    _ method: String, _ result: JSON, of set: RunSet, _ law: Law? = nil, _ predictions: [Prediction] = []
  ) throws -> JSON {
    var object = JSONObject([(method, result)])
    object["law"] = law?.json ?? .null
    object["predictions"] = .array(predictions.map(\.json))
    object["skipped"] = .array(set.skipped.map(\.json))
    return .object(object)
  }

  /// Each group by itself, and what one's data is worth in another's.
  private func groups(_ table: RunTable, _ method: String) throws -> JSON {
    let set: RunSet
    let kind: GroupComparison.Method
    switch method {
    case "parametric":
      set = try table.select(selection(RunSelection.parametricScales))
      kind = .parametric(try parametric(on: set))
    case "isoflop":
      set = try table.select(selection(RunSelection.isoFLOPScales))
      kind = .isoFLOP(try isoFLOP())
    default:
      throw InputError(
        "goes with the methods parametric and isoflop", field: "group", value: try text("group"),
        hint: "fit one group: where \"column=value\"")
    }
    guard !has("resamples") else {
      throw InputError("are of one fit", field: "resamples", hint: "leave out group, or resamples")
    }
    let result = try GroupComparison.compare(set, method: kind, compute: budgets().first)
    return ["groups": result.json, "skipped": .array(set.skipped.map(\.json))]
  }

  // MARK: Shards of a bootstrap

  /// The resamples of a shard, of those that `fit` with the same options would make.
  func bootstrap(_ control: Control?) throws -> JSON {
    try allow(Self.fitOptions + ["shard"])
    let method = try text("method") ?? "parametric"
    guard method == "parametric" else {
      throw InputError("has no shards", field: "method", value: method, hint: "parametric: the others take no time")
    }
    guard !has("group") else {
      throw InputError("has no shards", field: "group", hint: "fit one group: where \"column=value\"")
    }
    let set = try runs().select(selection(RunSelection.parametricScales))
    let options = try parametric(on: set)
    let shard = try Shard(text("shard") ?? "1/1")
    try refuseUnread()
    return try watched(by: control) {
      try ParametricFit.resamples(shard.part(of: options.resampling.count), of: set, options: options).json
    }
  }

  /// `resamples`: what `bootstrap` answered for all shards.
  private func resamples(_ method: String) throws -> [Resamples]? {
    guard let value = self["resamples"] else { return nil }
    guard let parts = value.array else {
      throw InputError("is \(value.kind)", field: "resamples", hint: "a list of what bootstrap answered")
    }
    guard method == "parametric" else {
      throw InputError("are for the parametric method", field: "resamples", hint: "leave them out")
    }
    return try parts.map { try Resamples($0) }
  }

  // MARK: What to say of the fit

  /// `at`: budgets in FLOPs.
  private func budgets() throws -> [Double] { try numbers("at") ?? [] }

  /// `predict`: `[[scale, tokens], …]`, which only a surface knows.
  private func points(_ method: String) throws -> [(scale: Double, tokens: Double)] {
    guard let value = self["predict"] else { return [] }
    guard let points = value.array else {
      throw InputError("is \(value.kind)", field: "predict", hint: "scales and tokens: [[7e9, 2e12]]")
    }
    guard method == "parametric", !has("group") else {
      throw InputError("needs one loss surface", field: "predict", hint: "method \"parametric\" without group")
    }
    return try points.enumerated().map { index, point in
      let name = "predict[\(index)]"
      guard let pair = point.array, pair.count == 2 else {
        throw InputError("is no scale and tokens", field: name, hint: "[[7e9, 2e12]]")
      }
      return (try positive(pair[0], name), try positive(pair[1], name))
    }
  }
}
