import Isoflop

extension Request {
  /// A law of the member `name`: its own object, a name, or the path of a file.
  func law(_ name: String = "law") throws -> Law? {
    guard let value = self[name] else { return nil }
    if let text = value.string { return try Law.resolve(text) }
    do { return try Law(json: value) } catch let error as InputError { throw error.from(file: name) }
  }

  func allocate(_ control: Control?) throws -> JSON {
    try allow(
      [
        "law", "hyperparameter_law", "all_laws", "style", "top", "tokens", "size", "config", "name", "unique_tokens",
        "inference_tokens", "grid", "sequence_length", "vocab_size", "band", "length_schedule", "batch_multiple",
      ] + Self.budgetOptions + Self.constraintOptions + Self.searchOptions.filter { $0 != "shard" })
    let given = try givenModel()
    try refuseUnread(given)
    var request = AllocationRequest(budget: try budget(for: given), law: try law() ?? Law.named("deepseek"))
    request.hyperparameterLaw = try law("hyperparameter_law")
    request.economics = try economics()
    if let style = try text("style") { request.style = try ModelStyle.named(style) }
    if has("grid") {
      for name in ["sequence_length", "vocab_size"] where has(name) {
        throw InputError("belongs into the grid where there is one", field: name)
      }
      request.grid = try grid()
    }
    request.sweep = try searchOptions(control)
    if let length = try given?.sequenceLength ?? size("sequence_length") { request.sequenceLength = length }
    if let vocabulary = try size("vocab_size") { request.style = request.style.with(vocabulary: vocabulary) }
    // With a model there is nothing to choose.
    request.architectures = try size("top") ?? (given == nil ? 5 : 0)
    request.fixed = try fixed(given)
    request.uniqueTokens = try people("unique_tokens")
    request.inferenceTokens = try people("inference_tokens")
    let accelerators = try budgetMachine()?.accelerators
    request.constraints = try constraints(accelerators: accelerators)
    request.batchMultiple = try size("batch_multiple") ?? request.constraints.replicas(of: accelerators) ?? 8
    if has("length_schedule") { request.lengthSchedule = try phases() }
    if let band = try positive("band") { request.bandTolerance = band }
    return try watched(by: control) {
      try flag("all_laws") == true ? LawComparison(request).json : request.solve().json
    }
  }

  /// What this request would not read is refused rather than passed over.
  private func refuseUnread(_ given: GivenModel?) throws {
    func refuse(_ names: [String], _ problem: String, hint: String = "leave it out") throws {
      for name in names where has(name) { throw InputError(problem, field: name, hint: hint) }
    }
    if has("grid") {
      try refuse(["style"] + Self.constraintOptions, "is given beside a grid", hint: "a grid has its own where")
    } else {
      try refuse(Self.searchOptions, "is for a grid, and there is none")
    }
    if given != nil { try refuse(["length_schedule"], "is not read with config") }
    if given != nil, !has("top") {
      try refuse(
        ["style", "vocab_size", "grid"] + Self.constraintOptions, "is for shapes, and config leaves none to choose",
        hint: "give top, such as 5")
    }
    guard try flag("all_laws") == true else { return }
    try refuse(
      [
        "law", "hyperparameter_law", "band", "batch_multiple", "top", "length_schedule", "watts", "node_overhead",
        "pue", "carbon",
      ] + (has("money") ? [] : ["price"])
        + (has("compute") || given != nil ? ["accelerators", "accelerator", "peak", "mfu"] : []),
      "is not read with all_laws")
  }

  /// The model to train, where one is given.
  func givenModel() throws -> GivenModel? {
    guard has("config") else { return nil }
    let model = try architecture()
    return try GivenModel(model, sequenceLength: size("sequence_length") ?? model.usualLength.length)
  }

  /// What was given, or what a given model costs on given tokens.
  private func budget(for given: GivenModel?) throws -> Budget {
    switch (try budget(), given, try people("tokens")) {
    case (let budget?, nil, _), (let budget?, _?, nil): return budget
    case (nil, let given?, let tokens?): return try Budget(compute: given.M * tokens, machine: budgetMachine())
    case (_?, _?, _?):
      throw InputError("is given beside a budget and config", field: "tokens", hint: "C = M D: keep two of the three")
    case (nil, _, _): throw missing("compute", hint: "FLOPs such as 1e20, or accelerators, accelerator and hours")
    }
  }

  private func fixed(_ given: GivenModel?) throws -> AllocationRequest.Fixed? {
    let size = try people("size")
    if let given {
      guard size == nil else {
        throw InputError("is given beside config", field: "size", hint: "keep one of the two")
      }
      return .model(given)
    }
    switch (size, try people("tokens")) {
    case (let size?, nil): return .size(size)
    case (nil, let tokens?): return .tokens(tokens)
    case (_?, _?): throw InputError("is given beside size", field: "tokens", hint: "keep one of the two")
    case (nil, nil): return nil
    }
  }

  /// `length_schedule`: `[[share, length], …]`.
  private func phases() throws -> [AllocationRequest.LengthPhase] {
    let hint = "shares of the tokens with their lengths: [[0.9, 4096], [0.1, 32768]]"
    guard let items = self["length_schedule"]?.array else {
      throw InputError("is no list", field: "length_schedule", hint: hint)
    }
    return try items.enumerated().map { index, item in
      let name = "length_schedule[\(index)]"
      guard let pair = item.array, pair.count == 2 else {
        throw InputError("is no share and length", field: name, value: item.text(indent: nil), hint: hint)
      }
      return AllocationRequest.LengthPhase(
        share: try positive(pair[0], name, hint: hint), sequenceLength: try whole(pair[1], name))
    }
  }

  func rankShapes() throws -> JSON {
    try allow(["size", "by", "style", "vocab_size", "sequence_length", "top"] + Self.constraintOptions)
    guard let size = try people("size") else { throw missing("size", hint: "such as 7B") }
    let style = try ModelStyle.named(text("style") ?? "llama").with(vocabulary: self.size("vocab_size"))
    var request = SizeRequest(
      size: size, measure: try choice("by", SizeMeasure.allCases) ?? .total, style: style)
    if let length = try self.size("sequence_length") { request.sequenceLength = length }
    request.constraints = try constraints()
    let all = try request.ranked()
    return [
      "size": .number(request.size), "measure": .string(request.measure.rawValue), "style": .string(style.name),
      "candidates": .integer(all.count), "results": .array(all.prefix(try self.size("top") ?? 10).map(\.json)),
    ]
  }
}
