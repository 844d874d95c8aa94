import ArgumentParser
import Isoflop

/// Which run a forecast is for: a law, a model, tokens.
struct ForecastOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The law: a name or a law file (isoflop fit --save).", valueName: "law"),
    completion: Completions.laws)
  var law: String?
  @Option(help: ArgumentHelp("The size in the law's own unit, instead of a CONFIG.", valueName: "size"))
  var size: String?
  @Option(help: ArgumentHelp("Training tokens.", valueName: "D"))
  var tokens: String?
  @Option(help: ArgumentHelp("The length that M is counted at.", valueName: "n"))
  var sequenceLength: String?
  @Option(help: ArgumentHelp("Noise of a run as a share of its loss, where the law states none.", valueName: "share"))
  var noise: String?
  @Option(
    help: ArgumentHelp(
      "What a power of ten of extrapolation adds to it, from a back-test (default: 0).", valueName: "share"))
  var inflation: String?

  func lawValue() throws -> Law {
    guard let law else {
      throw InputError("is missing", field: "--law", hint: "a law with a loss, such as my.law.json or besiroglu")
    }
    var value = try Law.resolve(law)
    if let noise { value.logNoise = try Arguments.positive(noise, "--noise", hint: "such as 0.003") }
    return value
  }

  func inflationValue() throws -> Double {
    try inflation.map { try Arguments.positive($0, "--inflation", hint: "such as 0.003") } ?? 0
  }

  func tokenCount() throws -> Double {
    guard let tokens else { throw InputError("is missing", field: "--tokens", hint: "such as --tokens 2e12") }
    return try SizeRequest.parse(tokens, field: "--tokens")
  }

  func forecast(_ law: Law, config: String?, on terminal: Terminal) throws -> Forecast {
    let size: Double
    switch (config, self.size) {
    case (let config?, nil): size = try measured(ModelArgument.architecture(config), law, on: terminal)
    case (nil, let text?):
      try Arguments.refuse(
        ["--sequence-length": sequenceLength], "is for a CONFIG", hint: "--size is what it is at any length")
      size = try Arguments.size(text, "--size", in: law, on: terminal)
    case (_?, let text?):
      throw InputError("is given beside a CONFIG", field: "--size", value: text, hint: "keep one of the two")
    case (nil, nil):
      throw InputError(
        "names no model", field: "CONFIG", hint: "give a config.json, a known model, or --size in \(law.scale.words)")
    }
    return try law.forecast(size: size, tokens: tokenCount(), inflation: inflationValue())
  }

  /// The model in the unit of the law, counted from its config and never by a factor of 6.
  private func measured(_ model: Architecture, _ law: Law, on terminal: Terminal) throws -> Double {
    let asked = try sequenceLength.map { try Arguments.integer($0, "--sequence-length") }
    let length =
      law.scale == .flopsPerToken
      ? ModelArgument.sequenceLength(asked, for: model, on: terminal) : asked ?? model.trainingLength ?? 4096
    let (size, idle) = try law.size(of: ModelCount(model, sequenceLength: length))
    if idle > 0 {
      terminal.warning(
        "\(law.name) was fitted to dense models: of \(model.name)'s \(Numbers.count(size + idle)) parameters "
          + "the \(Numbers.count(size)) that are active are taken")
    }
    return size
  }
}
