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
  private func named<Result>(_ model: Architecture, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as InputError { throw error.from(file: model.name) }
  }

  func count() throws -> JSON {
    try allow([
      "config", "name", "sequence_length", "decoder_length", "attention", "documents", "as", "mtp", "vision",
    ])
    let model = try architecture(part: flag("vision") == true ? .vision : .language)
    let documents = try integers("documents") ?? []
    let packed = documents.isEmpty ? nil : try documents.reduce(Exact(0)) { $0 + Exact($1) }.int("documents")
    let length = try size("sequence_length") ?? packed ?? model.usualLength.length
    let attention = try choice("attention", [Convention.Attention.full, .causal]) ?? .full
    let others = try (texts("as") ?? []).map { try Convention.named($0) }
    return try named(model) {
      let count = try ModelCount(
        model, sequenceLength: length, decoderLength: size("decoder_length"),
        convention: Convention.deepseek.with(attention: attention), extraPrediction: flag("mtp") ?? false,
        documents: documents)
      guard var object = try count.json().object else { return .null }
      if !others.isEmpty {
        object["as"] = .object(
          JSONObject(
            try others.map {
              ($0.name, .number(try ConventionCount(model, sequenceLength: length, convention: $0).perToken))
            }))
      }
      if !model.unknownFields.isEmpty {
        object["unused_fields"] = .array(model.unknownFields.map { .string($0) })
      }
      return .object(object)
    }
  }

  func compare() throws -> JSON {
    try allow(["config", "name", "sequence_length", "as", "compute"])
    let model = try architecture()
    let names = try texts("as") ?? []
    let others =
      try names.contains("all")
      ? Convention.comparable
      : names.map { try Convention.named($0) }
    let length = try size("sequence_length") ?? model.usualLength.length
    return try named(model) {
      try Comparison(
        model, sequenceLength: length, conventions: others, budget: positive("compute", hint: "FLOPs, such as 1e20")
      ).json
    }
  }

  /// Bytes of the cache, and of weights, gradients and optimizer.
  func memory() throws -> JSON {
    try allow(["config", "name", "context", "cache", "recipe", "zero", "devices"])
    let model = try architecture()
    let length = try size("context") ?? model.usualLength.length
    let type = try ElementType.named(text("cache") ?? "bf16")
    return try named(model) {
      let kept = try CacheMemory(model, length: length)
      let state = try StateMemory(
        parameters: ModelCount(model, sequenceLength: length).totalParameters(),
        recipe: .named(text("recipe") ?? "bf16-adam-fp32"), stage: integer("zero") ?? 0, devices: size("devices") ?? 1)
      return [
        "name": .string(model.name), "context": .integer(length), "cache_type": .string(type.rawValue),
        "cache_bytes_per_token": .integer(try kept.bytesPerToken(type)), "cache_bytes": .integer(try kept.bytes(type)),
        "weights": .integer(state.weights), "gradients": .integer(state.gradients),
        "optimizer": .integer(state.optimizer), "training_state": .integer(state.total),
      ]
    }
  }

  func models() throws -> JSON {
    try allow([])
    return .array(
      try KnownModel.all.map { known in
        let model = try known.architecture()
        let count = try ModelCount(model, sequenceLength: known.trainingLength)
        return [
          "name": .string(known.name), "family": .string(model.family),
          "parameters": .integer(try count.totalParameters()), "training_length": .integer(known.trainingLength),
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
