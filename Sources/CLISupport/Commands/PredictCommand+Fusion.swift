import Isoflop

/// `isoflop predict --images`: tokens and FLOPs of both towers.
extension PredictCommand {
  func sayFusion(_ images: String, on terminal: Terminal) throws {
    guard let config else { throw InputError("is missing", field: "config", hint: "the language model of the run") }
    let example = "layers,width,patches[,merge], such as 24,1024,576,2"
    guard let vision else { throw InputError("is missing", field: "--vision", hint: example) }
    let sizes = try vision.split(separator: ",").map { try Arguments.integer(String($0), "--vision") }
    guard sizes.count == 3 || sizes.count == 4 else {
      throw InputError("is not the sizes of an encoder", field: "--vision", value: vision, hint: example)
    }
    let tower = try LateFusion(
      layers: sizes[0], width: sizes[1], patches: sizes[2], merge: sizes.count == 4 ? sizes[3] : 1,
      isFrozen: frozenVision)
    let model = try ModelArgument.architecture(config)
    let asked = try request.sequenceLength.map { try Arguments.integer($0, "--sequence-length") }
    let given = try GivenModel(
      model, sequenceLength: ModelArgument.sequenceLength(asked, for: model, on: terminal))
    let run = try tower.run(
      images: Arguments.positive(images, "--images", hint: "such as 1e8"), textTokens: request.tokenCount(),
      flopsPerToken: given.M)
    let forecast = try fusionForecast(run)
    switch output.form {
    case .json: try terminal.writeLine(run.json(forecast).text())
    case .csv, .markdown: try terminal.write(Self.table(run, forecast?.loss), as: output.form)
    case .text:
      try terminal.writeLine(
        "D = \(Numbers.count(run.tokens)) tokens, \(Numbers.count(run.imageTokens)) of them from images "
          + "(\(Numbers.grouped(tower.tokensPerImage)) each)")
      try terminal.writeLine(
        "C = \(Numbers.scientific(run.compute, 4)) FLOPs: \(Numbers.scientific(run.visionCompute)) in the encoder, "
          + "\(Numbers.scientific(run.languageCompute)) in the language model; "
          + "\(Numbers.si(run.flopsPerToken)) a token")
      if let (law, forecast) = forecast { try terminal.writeLine(ForecastText.text(forecast, law)) }
    }
  }

  private static func table(_ run: LateFusion.Run, _ forecast: Forecast?) -> Table {
    func compute(_ key: String, _ title: String) -> Table.Column { .number(key, title) { Numbers.scientific($0) } }
    func loss(_ key: String) -> Table.Column { .number(key) { Numbers.fixed($0, 4) } }
    var table = Table([
      .number("image_tokens", "image tokens") { Numbers.count($0) }, .number("tokens") { Numbers.count($0) },
      compute("vision_compute", "C of the encoder"), compute("language_compute", "C of the language model"),
      compute("compute", "C"), .number("flops_per_token", "FLOPs/token") { Numbers.si($0) }, loss("loss"), loss("low"),
      loss("high"),
    ])
    let interval = forecast?.interval
    table.add(
      [
        run.imageTokens, run.tokens, run.visionCompute, run.languageCompute, run.compute, run.flopsPerToken,
        forecast?.loss, interval?.lowerBound, interval?.upperBound,
      ].map { $0.map { .number($0) } ?? .null })
    return table
  }

  /// The loss by a law of the user's own in M; none without a law.
  private func fusionForecast(_ run: LateFusion.Run) throws -> (law: Law, loss: Forecast)? {
    guard request.law != nil else {
      try Arguments.refuse(
        ["--noise": request.noise, "--inflation": request.inflation], "goes with --law",
        hint: "add a law file fitted to runs of this kind")
      return nil
    }
    let law = try request.lawValue()
    return (law, try run.forecast(law, inflation: request.inflationValue()))
  }
}
