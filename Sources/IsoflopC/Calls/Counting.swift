import CIsoflop
import Isoflop

extension Request {
  /// The model of the member `config`: a name or a path, or the object of a config.json.
  func architecture(part: Architecture.Modality = .language) throws -> Architecture {
    guard let config = self["config"] else {
      throw missing("config", hint: "a known model's name, a path, or the object of a config.json")
    }
    if let text = config.string {
      var model = try Architecture.resolve(text, part: part)
      if let name = try self.text("name") { model.name = name }
      return model
    }
    guard let object = config.object else {
      throw InputError(
        "is \(config.kind)", field: "config", hint: "a known model's name, a path, or the object of a config.json")
    }
    let name = try self.text("name") ?? "config"
    do {
      var model = try part == .language ? Architecture(config: object) : Architecture(visionOf: object)
      model.name = name
      return model
    } catch let error as InputError {
      throw error.from(file: name)
    }
  }

  /// Errors that a count throws name the model.
  func named<Result>(_ model: Architecture, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as InputError { throw error.from(file: model.name) }
  }

  func count() throws -> JSON {
    try allow(
      [
        "config", "name", "sequence_length", "decoder_length", "attention", "documents", "as", "mtp", "vision",
        "explain",
      ] + Self.trainingOptions)
    let model = try architecture(part: flag("vision") == true ? .vision : .language)
    let documents = try integers("documents") ?? []
    let packed = documents.isEmpty ? nil : try documents.reduce(Exact(0)) { $0 + Exact($1) }.int("documents")
    let length = try size("sequence_length") ?? packed ?? model.usualLength.length
    let attention = try choice("attention", [Convention.Attention.full, .causal]) ?? .full
    let others = try (texts("as") ?? []).map { try Convention.named($0) }
    let mtp = try flag("mtp") ?? false
    return try named(model) {
      let count = try ModelCount(
        model, sequenceLength: length, decoderLength: size("decoder_length"),
        convention: Convention.deepseek.with(attention: attention), extraPrediction: mtp,
        documents: documents)
      guard var object = try count.json().object else { return .null }
      if try flag("explain") == true { object["components"] = try count.componentsJSON() }
      if asksForTraining { object["training"] = try trainingRun(count).json() }
      if !others.isEmpty {
        object["as"] = .object(
          JSONObject(
            try others.map {
              let said = try ConventionCount(
                model, sequenceLength: length, convention: $0, extraPrediction: mtp)
              return ($0.name, .number(said.perToken))
            }))
      }
      if !model.notes.isEmpty { object["notes"] = .array(model.notes.map { .string($0) }) }
      if !model.unknownFields.isEmpty {
        object["unused_fields"] = .array(model.unknownFields.map { .string($0) })
      }
      return .object(object)
    }
  }

  /// What attention costs at each length, and where it overtakes the rest.
  func attention() throws -> JSON {
    try allow(["config", "name", "lengths"])
    let model = try architecture()
    let lengths = try integers("lengths") ?? AttentionProfile.usualLengths
    return try named(model) { try AttentionProfile(model, lengths: lengths).json }
  }

  func compare() throws -> JSON {
    if try flag("laws") == true { return try compareLaws() }
    if has("runs") { return try compareAccounts() }
    try allow(["config", "name", "sequence_length", "as", "compute", "mtp", "laws"])
    let model = try architecture()
    let names = try texts("as") ?? []
    let others =
      try names.contains("all")
      ? Convention.comparable(with: model)
      : names.map { try Convention.named($0) }
    let length = try size("sequence_length") ?? model.usualLength.length
    return try named(model) {
      try Comparison(
        model, sequenceLength: length, conventions: others, budget: positive("compute", hint: "FLOPs, such as 1e20"),
        extraPrediction: flag("mtp") ?? false
      ).json
    }
  }

  /// Every published law side by side: for a budget, or for a model after so many tokens.
  private func compareLaws() throws -> JSON {
    try allow(["laws", "config", "name", "sequence_length", "compute", "tokens", "style"])
    let compute = try positive("compute", hint: "FLOPs, such as 1e20")
    guard let given = try givenModel() else {
      if has("tokens") { throw InputError("is for a model", field: "tokens", hint: "give config, or leave it out") }
      guard let compute else { throw missing("compute", hint: "a budget, or config and tokens") }
      var request = AllocationRequest(budget: try Budget(compute: compute), law: try Law.named("deepseek"))
      if let style = try text("style") { request.style = try ModelStyle.named(style) }
      if let length = try size("sequence_length") { request.sequenceLength = length }
      return try LawComparison(request).json
    }
    if has("style") { throw InputError("is for shapes, and config is given", field: "style", hint: "leave it out") }
    switch (try people("tokens"), compute) {
    case (let tokens?, nil): return try ModelUnderLaws(given, tokens: tokens).json
    case (nil, let compute?): return try ModelUnderLaws(given, tokens: compute / given.M).json
    case (_?, _?): throw InputError("is given beside tokens", field: "compute", hint: "keep one of the two")
    case (nil, nil): throw missing("tokens", hint: "such as 2e12, or compute for D = C / M")
    }
  }

  /// What counting by M, 6N1 and 6N2 would have trained, from IsoFLOP runs that were made.
  private func compareAccounts() throws -> JSON {
    try allow(["runs", "compute", "style", "sequence_length"])
    guard let compute = try positive("compute", hint: "FLOPs") else {
      throw missing("compute", hint: "the budget to decide about, in FLOPs")
    }
    let style = try text("style").map { try ModelStyle.named($0) } ?? .deepSeek
    let choices = try CountingChoice.decide(
      runs(), target: compute, shapes: ShapeTable(style: style, sequenceLength: size("sequence_length") ?? 4096))
    return .array(choices.map(\.json))
  }

  func models() throws -> JSON {
    try allow([])
    return .array(
      try KnownModel.all.map { known in
        let model = try known.architecture()
        let count = try ModelCount(model, sequenceLength: model.usualLength.length)
        return [
          "name": .string(known.name), "family": .string(model.family),
          "parameters": .integer(try count.totalParameters()),
          "training_length": known.trainingLength.map { .integer($0) } ?? .null,
        ]
      })
  }

  func families() throws -> JSON {
    try allow([])
    return .array(Family.modelTypes.map { .string($0) })
  }

  func conventions() throws -> JSON {
    try allow([])
    return .array(Convention.known.map { ["name": .string($0.name), "source": .string($0.source)] })
  }

  func version() throws -> JSON {
    try allow([])
    return ["abi": .integer(Int(ISOFLOP_ABI_VERSION))]
  }
}
