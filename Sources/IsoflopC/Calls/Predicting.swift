import Isoflop

extension Request {
  static let runOptions = [
    "law", "config", "name", "size", "tokens", "sequence_length", "noise", "inflation",
  ]

  /// What is asked about decides which other options there are.
  func predict() throws -> JSON {
    let asked = ["curve", "backtest", "images", "returns"].filter { has($0) }
    guard asked.count < 2 else {
      throw InputError("cannot be asked at once", field: asked.joined(separator: " and "), hint: "one call each")
    }
    switch asked.first {
    case "curve": return try endOfRun()
    case "backtest": return try backtest()
    case "images": return try fusion()
    case "returns":
      try allow(["law", "noise", "returns", "target", "value", "price"])
      return try returns(forecastLaw())
    default:
      try allow(Self.runOptions + ["scores", "form", "chance"])
      return try forecastOfRun()
    }
  }

  /// The law, with the noise of a run where that is given.
  private func forecastLaw() throws -> Law {
    guard var law = try law() else {
      throw missing("law", hint: "a law with a loss: its name, a file, or what a fit's law() gave")
    }
    if let noise = try positive("noise") { law.logNoise = noise }
    return law
  }

  private func trainingTokens() throws -> Double {
    guard let tokens = try people("tokens") else { throw missing("tokens", hint: "such as 2e12") }
    return tokens
  }

  func lawAndForecast() throws -> (Law, Forecast) {
    let (law, tokens) = (try forecastLaw(), try trainingTokens())
    return (law, try law.forecast(size: runSize(law), tokens: tokens, inflation: positive("inflation") ?? 0))
  }

  private func forecastOfRun() throws -> JSON {
    let (law, forecast) = try lawAndForecast()
    var object = forecast.json(law)
    if let fit = try downstream() { object["score"] = fit.json(forecast) }
    return .object(object)
  }

  /// The run's size in the unit of the law: given, or that of a model.
  private func runSize(_ law: Law) throws -> Double {
    switch (has("config"), try people("size")) {
    case (true, nil):
      let model = try architecture()
      let length = try size("sequence_length") ?? model.usualLength.length
      do {
        return try law.size(of: ModelCount(model, sequenceLength: length)).size
      } catch let error as InputError { throw error.from(file: model.name) }
    case (false, let size?):
      guard !has("sequence_length") else {
        throw InputError("is for a config", field: "sequence_length", hint: "size is what it is at any length")
      }
      return size
    case (true, _?): throw InputError("is given beside config", field: "size", hint: "keep one of the two")
    case (false, nil): throw missing("config", hint: "a model, or size in \(law.scale.words)")
    }
  }

  /// `{"loss": […], "score": […]}` of runs that have both, or a file with these columns.
  private func downstream() throws -> DownstreamFit? {
    guard let columns = try columns("scores", ["loss", "score"]) else {
      for name in ["form", "chance"] where has(name) { throw InputError("goes with scores", field: name) }
      return nil
    }
    return try DownstreamFit.fit(
      losses: columns[0], scores: columns[1],
      form: choice("form", [DownstreamFit.Form.sigmoid, .exponential]) ?? .sigmoid,
      chance: positive("chance") ?? 0.25)
  }

  /// What more compute brings.
  private func returns(_ law: Law) throws -> JSON {
    let compute = try positive("returns") ?? 0
    let returns = try Returns(law)
    let reach = try positive("target", hint: "a loss").map { try returns.compute(toReach: $0) }
    let undetectable = try law.logNoise.map { try returns.undetectable(noise: $0 * returns.curve(compute)) }
    var uneconomic: Double?
    switch (try positive("value"), try positive("price")) {
    case (let value?, let price?): uneconomic = try returns.uneconomic(value: value, price: price / 1e18)
    case (nil, nil): break
    case (nil, _): throw InputError("goes with value", field: "price", hint: "what a unit of loss is worth")
    case (_, nil): throw InputError("goes with price", field: "value", hint: "what 1e18 FLOPs cost")
    }
    return returns.json(
      law: law.name, from: compute, reach: reach, undetectable: undetectable, uneconomic: uneconomic)
  }

  /// The loss of a late-fusion run by a law of the caller's own in M; tokens and FLOPs of both towers without one.
  private func fusion() throws -> JSON {
    try allow(Self.runOptions.filter { $0 != "size" } + ["images", "vision", "frozen_vision"])
    guard let images = try people("images") else { throw missing("images", hint: "such as 1e8") }
    guard let sizes = try integers("vision"), sizes.count == 3 || sizes.count == 4 else {
      throw InputError(
        "is not [layers, width, patches] or [layers, width, patches, merge]", field: "vision",
        value: self["vision"]?.text(indent: nil), hint: "such as [24, 1024, 576, 2]")
    }
    let tower = try LateFusion(
      layers: sizes[0], width: sizes[1], patches: sizes[2], merge: sizes.count == 4 ? sizes[3] : 1,
      isFrozen: flag("frozen_vision") ?? false)
    let model = try architecture()
    let given = try GivenModel(model, sequenceLength: size("sequence_length") ?? model.usualLength.length)
    let run = try tower.run(images: images, textTokens: trainingTokens(), flopsPerToken: given.M)
    guard has("law") else {
      for name in ["noise", "inflation"] where has(name) {
        throw InputError("goes with law", field: name, hint: "add a law of runs of this kind")
      }
      return run.json(nil)
    }
    let law = try forecastLaw()
    return try run.json((law, run.forecast(law, inflation: positive("inflation") ?? 0)))
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
