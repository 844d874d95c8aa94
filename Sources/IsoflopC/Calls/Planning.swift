import Isoflop

/// IsoFLOP experiments to be made.
extension Request {
  func plan(_ control: Control?) throws -> JSON {
    try allow(
      [
        "budgets", "count", "shapes", "span", "law", "hyperparameter_law", "batch_multiple", "style", "sequence_length",
        "simulate", "optimise", "against_6n", "worlds", "world", "noise", "seed",
      ] + Self.constraintOptions + Self.machineOptions)
    if !has("against_6n"), has("worlds") {
      throw InputError("goes with against_6n", field: "worlds", hint: "simulate has the worlds of a plan")
    }
    if !has("simulate"), !has("against_6n"), try flag("optimise") != true {
      for name in ["world", "noise", "seed"] where has(name) {
        throw InputError("is for simulated worlds, and there are none", field: name, hint: "give simulate, such as 100")
      }
    }
    var request = PlanRequest(budgets: try budgets(), law: try law() ?? Law.named("deepseek"))
    if let shapes = try size("shapes") { request.shapesPerBudget = shapes }
    if let span = try positive("span") { request.span = span }
    if let style = try text("style") { request.style = try ModelStyle.named(style) }
    if let length = try size("sequence_length") { request.sequenceLength = length }
    request.hyperparameterLaw = try law("hyperparameter_law")
    if let multiple = try size("batch_multiple") { request.batchMultiple = multiple }
    request.constraints = try constraints(accelerators: budgetMachine()?.accelerators)
    let economics = try economics()
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
      object["economics"] = economics?.bill(compute: plan.compute).json
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
    guard value.object != nil else {
      if has("count") { throw InputError("goes with a range", field: "count", hint: "budgets: {\"from\", \"to\"}") }
      return try (numbers("budgets") ?? []).sorted()
    }
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
