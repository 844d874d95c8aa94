import Isoflop

extension Request {
  func predict() throws -> JSON {
    try allow([
      "law", "config", "name", "size", "tokens", "sequence_length", "noise", "inflation", "scores", "form", "chance",
      "returns", "target", "value", "price",
    ])
    guard var law = try law() else {
      throw missing("law", hint: "a law with a loss: its name, a file, or what a fit's law() gave")
    }
    if let noise = try positive("noise") { law.logNoise = noise }
    if let compute = try positive("returns") { return try returns(law, from: compute) }
    guard let tokens = try people("tokens") else { throw missing("tokens", hint: "such as 2e12") }
    let forecast = try law.forecast(
      size: runSize(law), tokens: tokens, inflation: positive("inflation") ?? 0)
    var object = forecast.json(law)
    if let fit = try downstream() {
      let interval = fit.interval(forecast)
      object["score"] = [
        "value": .number(fit.score(loss: forecast.loss)), "low": interval.map { .number($0.lowerBound) } ?? .null,
        "high": interval.map { .number($0.upperBound) } ?? .null, "form": .string(fit.form.rawValue),
        "runs": .integer(fit.points),
      ]
    }
    return .object(object)
  }

  /// The run's size in the unit of the law: given, or that of a model.
  private func runSize(_ law: Law) throws -> Double {
    switch (has("config"), try people("size")) {
    case (true, nil):
      let model = try architecture()
      let length = try size("sequence_length") ?? model.usualLength.length
      do {
        return try law.scale.of(ModelCount(model, sequenceLength: length))
      } catch let error as InputError { throw error.from(file: model.name) }
    case (false, let size?): return size
    case (true, _?): throw InputError("is given beside config", field: "size", hint: "keep one of the two")
    case (false, nil): throw missing("config", hint: "a model, or size in \(law.scale.words)")
    }
  }

  /// `{"loss": […], "score": […]}` of runs that have both.
  private func downstream() throws -> DownstreamFit? {
    guard let value = self["scores"] else { return nil }
    let columns = try Request("scores", value)
    try columns.allow(["loss", "score"])
    guard let losses = try columns.numbers("loss"), let scores = try columns.numbers("score") else {
      throw InputError("needs loss and score", field: "scores", hint: "two lists of equal length")
    }
    return try DownstreamFit.fit(
      losses: losses, scores: scores, form: choice("form", [DownstreamFit.Form.sigmoid, .exponential]) ?? .sigmoid,
      chance: positive("chance") ?? 0.25)
  }

  /// What more compute brings.
  private func returns(_ law: Law, from compute: Double) throws -> JSON {
    let returns = try Returns(law)
    var budgets = [compute]
    for _ in 1..<8 { budgets.append(2 * budgets[budgets.count - 1]) }
    var object = JSONObject([
      ("law", .string(law.name)), ("irreducible", .number(returns.curve.offset)),
      ("factor_to_halve", .number(returns.factorToHalve)),
      (
        "doublings",
        .array(
          budgets.map {
            [
              "compute": .number($0), "loss": .number(returns.curve($0)),
              "gain": .number(returns.curve.gainPerDoubling(at: $0)),
            ]
          })
      ),
    ])
    if let target = try positive("target", hint: "a loss") {
      let reach = try returns.compute(toReach: target)
      switch reach.best {
      case .compute(let C): object["compute_to_target"] = .number(C)
      case .never: object["compute_to_target"] = "not reachable"
      }
      object["compute_to_target_interval"] =
        reach.interval.map { [.number($0.lowerBound), .number($0.upperBound)] } ?? .null
    }
    object["undetectable_from"] =
      try law.logNoise.map { .number(try returns.undetectable(noise: $0 * returns.curve(compute))) } ?? .null
    if let value = try positive("value"), let price = try positive("price") {
      object["uneconomic_from"] = .number(try returns.uneconomic(value: value, price: price / 1e18))
    }
    return .object(object)
  }

  func laws() throws -> JSON {
    try allow(["names"])
    let names = try texts("names") ?? []
    return .array(try names.isEmpty ? Law.published.map(\.json) : names.map { try Law.resolve($0).json })
  }

  func machine() throws -> JSON {
    try allow(["workers", "smt"])
    let machine = try Machine()
    let options = PlacementPlan.Options(workers: try size("workers"), smt: try flag("smt") ?? false)
    let plan = try PlacementPlan(machine.topology, options)
    return MachineReport(machine: machine, plan: plan, chosen: try KernelImplementation.preferred()).json
  }
}
