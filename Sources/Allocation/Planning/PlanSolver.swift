import Input
import ScalingLaws

extension PlanRequest {
  /// Finds the shapes and works out what each run trains.
  ///
  /// - Throws: `InputError` where a number cannot be used or no shapes bracket an optimum.
  public func solve() throws -> Plan {
    try validate()
    let table = ShapeTable(style: style, sequenceLength: sequenceLength)
    return try solve(ShapeSearch(table: table, measure: SizeMeasure(law.scale), constraints: constraints))
  }

  func solve(_ search: ShapeSearch) throws -> Plan {
    var plan = Plan(law: law, runs: [], warnings: [])
    for (index, budget) in budgets.enumerated() {
      let optimum = try law.optimum(compute: budget).scale
      let shapes = try bracket(optimum, search)
      if shapes.count < shapesPerBudget {
        plan.warnings.append(
          "C = \(digits(budget)): only \(Numbers.counted(shapes.count, "different shape")) between 1/\(digits(span, 2)) and \(digits(span, 2))"
            + " times the optimum")
      }
      let below = shapes.filter { Double(search.measure.of($0.count)) < optimum }.count
      if abs(2 * below - shapes.count) > 1 {
        plan.warnings.append(
          "C = \(digits(budget)): \(Numbers.counted(below, "shape")) below the optimum and \(Numbers.grouped(shapes.count - below)) above: a parabola is biased"
        )
      }
      for (place, counted) in shapes.enumerated() {
        plan.runs.append(
          run("c\(index + 1)-s\(place + 1)", budget, counted, Double(search.measure.of(counted.count)) / optimum))
      }
      if let range = law.allocationRange, let text = extrapolation(budget, range) {
        plan.warnings.append("optimum of \(law.name): \(text)")
      }
    }
    addStepWarnings(to: &plan)
    return plan
  }

  /// Different shapes, log-spaced and symmetric about the optimum.
  private func bracket(_ optimum: Double, _ search: ShapeSearch) throws -> [CountedShape] {
    let width = logarithm(span)
    var chosen: [CountedShape] = []
    for place in 0..<shapesPerBudget {
      let share = 2 * Double(place) / Double(shapesPerBudget - 1) - 1
      let target = optimum * exponential(width * share)
      // Nearest first; one that was taken for a neighbouring place is not taken again.
      let nearest: [CountedShape]
      do {
        nearest = try search.nearest(to: target, count: 4)
      } catch let error as InputError where error.field == "style" {
        continue
      }
      let fresh = nearest.first { candidate in !chosen.contains { $0.shape == candidate.shape } }
      if let fresh { chosen.append(fresh) }
    }
    guard chosen.count >= 3 else {
      throw InputError(
        "ask for sizes that style \(style.name) has fewer than three shapes of: the optimum of one is \(digits(optimum))",
        field: "budgets", hint: "larger budgets, or another style")
    }
    return chosen.sorted { search.measure.of($0.count) < search.measure.of($1.count) }
  }

  private func run(_ name: String, _ budget: Double, _ counted: CountedShape, _ relative: Double) -> PlannedRun {
    let cost = account.of(counted.count)
    let tokens = budget / cost
    let source = hyperparameterLaw ?? (law.learningRate == nil && law.batchTokens == nil ? .default : law)
    let scale = Double(SizeMeasure(source.scale).of(counted.count))
    let compute = source.cost.map { $0.flopsPerToken(scale: scale) * tokens } ?? budget
    let batch = source.batchTokens.flatMap { law -> AllocationReport.RunnableBatch? in
      let wanted = law(compute: compute, scale: scale, tokens: tokens)
      return AllocationReport.RunnableBatch(
        near: wanted, tokens: tokens, sequenceLength: sequenceLength, multiple: batchMultiple)
    }
    return PlannedRun(
      name: name, budget: budget, counted: counted, flopsPerToken: cost, tokens: tokens,
      learningRate: source.learningRate.map { $0(compute: compute, scale: scale, tokens: tokens) }, batch: batch,
      relativeSize: relative)
  }

  private func addStepWarnings(to plan: inout Plan) {
    let short = plan.runs.filter { run in run.batch.map { Double($0.steps) < fewestSteps } ?? false }
    guard !short.isEmpty else { return }
    let fewest = short.compactMap { $0.batch?.steps }.min() ?? 0
    plan.warnings.append(
      "\(Numbers.grouped(short.count)) of \(Numbers.counted(plan.runs.count, "run")) \(short.count == 1 ? "has" : "have") fewer than \(Numbers.grouped(fewestSteps)) steps (the shortest \(Numbers.grouped(fewest))): short"
        + " runs bend a loss surface; a smaller batch or larger budgets avoid it")
  }
}

extension AllocationReport.RunnableBatch {
  /// The batch of whole multiples of sequences nearest to `wanted` tokens, at least one multiple; nil beyond Int64.
  init?(near wanted: Double, tokens: Double, sequenceLength: Int, multiple: Int) {
    let unit = Double(multiple) * Double(sequenceLength)
    let multiples = max(1, (wanted / unit).rounded())
    let steps = (tokens / (multiples * unit)).rounded(.up)
    guard multiples * unit < 9e18, steps < 9e18 else { return nil }
    self.init(sequences: Int(multiples) * multiple, tokens: Int(multiples * unit), steps: max(1, Int(steps)))
  }
}

extension Plan {
  /// The columns of runs.csv, those that `isoflop fit` reads, with an empty loss.
  public static let columns = [
    "run_id", "budget", "n_layers", "d_model", "n_heads", "n_kv_heads", "head_dim", "d_ff", "vocab", "seq_len",
    "params_total", "params_nonembedding", "flops_per_token", "tokens", "compute_flops", "batch_size_tokens",
    "batch_size_sequences", "steps", "learning_rate", "loss",
  ]

  public var csv: String {
    var text = Plan.columns.joined(separator: ",") + "\n"
    for run in runs {
      let shape = run.counted.shape
      let count = run.counted.count
      var cells = [run.name, "\(run.budget)"]
      cells += [
        shape.layers, shape.width, shape.heads, shape.keyValueHeads, shape.headWidth, shape.mlpWidth, shape.vocabulary,
        shape.sequenceLength, count.parameters, count.nonEmbeddingParameters, count.M,
      ].map(String.init)
      cells += ["\(run.tokens)", "\(run.trueCompute)"]
      cells += [run.batch?.tokens, run.batch?.sequences, run.batch?.steps].map { $0.map(String.init) ?? "" }
      cells += [run.learningRate.map { "\($0)" } ?? "", ""]
      text += cells.joined(separator: ",") + "\n"
    }
    return text
  }

  public var json: JSON {
    [
      "law": .string(law.name), "compute": .number(compute),
      "runs": .array(
        runs.map { run in
          var object = JSONObject([("run_id", .string(run.name)), ("budget", .number(run.budget))])
          for (name, value) in run.counted.jsonObject.members { object[name] = value }
          object["tokens"] = .number(run.tokens)
          object["compute"] = .number(run.trueCompute)
          object["size_over_optimum"] = .number(run.relativeSize)
          object["learning_rate"] = run.learningRate.map { .number($0) } ?? .null
          object["batch_tokens"] = run.batch.map { .integer($0.tokens) } ?? .null
          object["batch_sequences"] = run.batch.map { .integer($0.sequences) } ?? .null
          object["steps"] = run.batch.map { .integer($0.steps) } ?? .null
          return .object(object)
        }), "warnings": .array(warnings.map { .string($0) }),
    ]
  }
}
