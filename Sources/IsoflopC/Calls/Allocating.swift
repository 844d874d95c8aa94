import Isoflop

extension Request {
  /// A law of the member `name`: its own object, a name, or the path of a file.
  func law(_ name: String = "law") throws -> Law? {
    guard let value = self[name] else { return nil }
    if let text = value.string { return try Law.resolve(text) }
    do { return try Law(json: value) } catch let error as InputError { throw error.from(file: name) }
  }

  private static let budgetOptions = [
    "compute", "accelerators", "hours", "accelerator", "peak", "mfu", "price", "pue", "carbon",
  ]

  private func budgetMachine() throws -> Budget.Machine? {
    guard has("accelerators") || has("accelerator") || has("peak") else { return nil }
    let known = try text("accelerator").map { try Accelerator.named($0) }
    guard let peak = try positive("peak", hint: "such as 989e12") ?? known?.bf16 else {
      throw missing("peak", hint: "name the accelerator, or give its peak: 989e12")
    }
    return try Budget.Machine(
      accelerators: positive("accelerators") ?? 1, peak: peak, utilisation: positive("mfu") ?? 0.4, accelerator: known)
  }

  func budget() throws -> Budget {
    let machine = try budgetMachine()
    guard let hours = try positive("hours", hint: "such as 720") else {
      guard let compute = try positive("compute", hint: "such as 1e20") else {
        throw missing("compute", hint: "FLOPs such as 1e20, or accelerators, accelerator and hours")
      }
      return try Budget(compute: compute, machine: machine)
    }
    guard !has("compute") else {
      throw InputError("is given beside compute", field: "hours", hint: "keep one of the two")
    }
    guard let machine else {
      throw InputError("needs accelerators", field: "hours", hint: "add accelerators and accelerator")
    }
    return try Budget(machine: machine, hours: hours)
  }

  private func economics() throws -> Economics? {
    guard let machine = try budgetMachine() else {
      for name in ["price", "pue", "carbon", "mfu"] where has(name) {
        throw InputError("needs an accelerator", field: name, hint: "such as accelerator \"h100\"")
      }
      return nil
    }
    return try Economics(
      machine: machine, powerUsageEffectiveness: positive("pue") ?? 1, gridIntensity: positive("carbon"),
      pricePerHour: positive("price"))
  }

  private static let constraintOptions = ["tensor_parallel", "pipeline_parallel", "max_parameters", "max_kv_bytes"]

  func constraints() throws -> ShapeConstraints {
    var constraints = ShapeConstraints()
    constraints.tensorParallel = try size("tensor_parallel")
    constraints.pipelineParallel = try size("pipeline_parallel")
    constraints.maximumParameters = try people("max_parameters")
    constraints.maximumKeyValueBytesPerToken = try positive("max_kv_bytes")
    return constraints
  }

  func allocate(_ control: Control?) throws -> JSON {
    try allow(
      [
        "law", "hyperparameter_law", "all_laws", "style", "top", "tokens", "size", "unique_tokens", "inference_tokens",
        "grid", "sequence_length", "vocab_size", "band",
      ] + Self.budgetOptions + Self.constraintOptions + Self.searchOptions.filter { $0 != "shard" })
    var request = AllocationRequest(budget: try budget(), law: try law() ?? Law.named("deepseek"))
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
    if let length = try size("sequence_length") { request.sequenceLength = length }
    if let vocabulary = try size("vocab_size") { request.style = request.style.with(vocabulary: vocabulary) }
    request.architectures = try size("top") ?? 5
    switch (try people("size"), try people("tokens")) {
    case (let size?, nil): request.fixed = .size(size)
    case (nil, let tokens?): request.fixed = .tokens(tokens)
    case (_?, _?): throw InputError("is given beside size", field: "tokens", hint: "keep one of the two")
    case (nil, nil): break
    }
    request.uniqueTokens = try people("unique_tokens")
    request.inferenceTokens = try people("inference_tokens")
    request.constraints = try constraints()
    if let band = try positive("band") { request.bandTolerance = band }
    return try flag("all_laws") == true ? LawComparison(request).json : request.solve().json
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

  func plan(_ control: Control?) throws -> JSON {
    try allow(
      [
        "budgets", "count", "shapes", "span", "law", "style", "sequence_length", "simulate", "optimise", "against_6n",
        "worlds", "world", "noise", "seed",
      ] + Self.constraintOptions)
    var request = PlanRequest(budgets: try budgets(), law: try law() ?? Law.named("deepseek"))
    if let shapes = try size("shapes") { request.shapesPerBudget = shapes }
    if let span = try positive("span") { request.span = span }
    if let style = try text("style") { request.style = try ModelStyle.named(style) }
    if let length = try size("sequence_length") { request.sequenceLength = length }
    request.constraints = try constraints()
    let seed = UInt64(try size("seed") ?? 1)
    return try watched(by: control) {
      var quality: PlanQuality?
      let plan: Plan
      if try flag("optimise") == true {
        let better = try request.optimised(in: world(), seed: seed)
        (request, plan, quality) = (better.request, better.plan, better.quality)
      } else {
        plan = try request.solve()
      }
      if let worlds = try size("simulate") { quality = try plan.quality(in: world(), worlds: worlds, seed: seed) }
      let decision = try positive("against_6n").map {
        try CountingDecision.simulate(
          request, about: world(), target: $0, worlds: size("worlds") ?? 200, resamples: 200, seed: seed)
      }
      guard var object = plan.json.object else { return .null }
      object["simulation"] = quality.map(\.json)
      object["counting"] = decision.map(\.json)
      object["csv"] = .string(plan.csv)
      return .object(object)
    }
  }

  /// A list of budgets, or `{"from", "to"}` with `count`.
  private func budgets() throws -> [Double] {
    guard let value = self["budgets"] else {
      throw missing("budgets", hint: "a list, or {\"from\": 1e17, \"to\": 3e20}")
    }
    guard value.object != nil else { return try (numbers("budgets") ?? []).sorted() }
    let range = try Request("budgets", value)
    try range.allow(["from", "to"])
    guard let low = try range.positive("from"), let high = try range.positive("to") else {
      throw InputError("needs from and to", field: "budgets", hint: "such as {\"from\": 1e17, \"to\": 3e20}")
    }
    return try PlanRequest.budgets(from: low, to: high, count: size("count") ?? 8)
  }

  private func world() throws -> World {
    let law = try law("world") ?? Law.named("deepseek_fig4a:surface")
    guard let surface = law.surface, law.scale == .flopsPerToken else {
      throw InputError(
        "is not a law with a loss surface in M", field: "world", value: law.name,
        hint: "deepseek_fig4a:surface is one")
    }
    return World(surface: surface, noise: try positive("noise") ?? 0.002)
  }
}
