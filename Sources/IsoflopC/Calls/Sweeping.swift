import Isoflop

extension SweepOptions {
  /// The same with the flag and the ear of a control.
  func watched(by control: Control?) -> SweepOptions {
    guard let control else { return self }
    var options = self
    options.cancellation = control.flag
    options.progress = { control.report($0) }
    return options
  }
}

extension Request {
  static let searchOptions = ["method", "kernel", "threads", "pin", "shard"]

  func searchOptions(_ control: Control?) throws -> SweepOptions {
    let kernel = try text("kernel")
    // What needs no kernel does not ask for it.
    if let kernel { _ = try KernelImplementation.named(kernel) }
    return try SweepOptions(
      method: choice("method", SweepMethod.allCases) ?? .auto, implementation: kernel,
      threads: size("threads"), pin: flag("pin") ?? true, shard: text("shard").map { try Shard($0) }
    ).watched(by: control)
  }

  /// The grid of the member `grid`: an object, or the path of a file.
  func grid() throws -> Grid {
    guard let grid = self["grid"] else { throw missing("grid", hint: "axes by name, or the path of a grid file") }
    if let path = grid.string { return try Grid(contentsOf: path) }
    return try Grid(grid)
  }

  func openRows(_ control: Control?) throws -> OpenRows {
    try allow(["grid", "threads", "pin", "shard", "kernel"])
    let grid = try grid()
    let options = try searchOptions(control)
    guard let rows = try GridRows(GridSearch(grid, options)) else { throw Cancelled() }
    return OpenRows(rows, shapes: grid.shapes, options: options)
  }

  private static let jobs = ["nearest", "count", "pareto", "histogram", "summary", "loss", "rows"]

  private static let gridOptions = ["grid", "of", "top", "within", "compute", "resume"] + jobs + searchOptions

  /// What the sweep is to answer: the one of `jobs` that is given.
  func job(of jobs: [String]) throws -> String? {
    let given = try jobs.filter { try has($0) && ($0 != "summary" || flag($0) == true) }
    guard given.count < 2 else {
      throw InputError("cannot be done in one sweep", field: given.joined(separator: " and "), hint: "run one each")
    }
    return given.first
  }

  /// What a shard answers names the shard.
  func sweep(_ control: Control?) throws -> JSON {
    let answer = try has("around") ? sweepAround(control) : answerSweep(control)
    guard let shard = try text("shard"), var object = answer.object else { return answer }
    object["shard"] = .string(shard)
    return .object(object)
  }

  private func answerSweep(_ control: Control?) throws -> JSON {
    try allow(Self.gridOptions)
    guard let job = try job(of: Self.jobs) else {
      throw missing("nearest", hint: "a target, or one of " + Self.jobs.joined(separator: ", "))
    }
    let options = try searchOptions(control)
    let search = GridSearch(try grid(), options)
    switch job {
    case "nearest": return try nearest(search, quantity()).json
    case "count": return try search.count(of: quantity(), in: range()).json
    case "summary": return try search.summary(of: quantity()).json
    case "loss":
      guard let law = try law("loss"), let compute = try positive("compute", hint: "FLOPs, such as 1e20") else {
        throw missing("compute", hint: "the budget in FLOPs, such as 1e21")
      }
      return try search.lowest(law.objective(compute: compute), top: size("top") ?? 10).json
    case "pareto":
      let (first, second) = try objectives()
      return try search.pareto(first, second).json
    case "histogram": return try histogram(search, quantity())
    default:
      let (path, resume) = (try text("rows") ?? "", try flag("resume") ?? false)
      // Before a file is written.
      try refuseUnread()
      return try search.writeTable(to: path, shard: options.shard, resume: resume).json
    }
  }

  /// `of`: what is searched for, M where nothing else is asked.
  func quantity() throws -> Quantity { try text("of").map { try Quantity(named: $0, field: "of") } ?? .M }

  /// `count`: `[low, high]`.
  func range() throws -> ClosedRange<Int> {
    guard let ends = try integers("count"), ends.count == 2, ends[0] <= ends[1] else {
      throw InputError("is not a range", field: "count", value: self["count"]?.text(indent: nil), hint: "[low, high]")
    }
    return ends[0]...ends[1]
  }

  func target() throws -> (target: Int, top: Int) {
    guard let target = try integer("nearest") else { throw missing("nearest", hint: "a target such as 4.3e10") }
    return (target, try size("top") ?? 10)
  }

  private func nearest(_ search: GridSearch, _ quantity: Quantity) throws -> SweepResult {
    let (target, top) = try target()
    if let tolerance = try integer("within") {
      return try search.within(tolerance, of: target, quantity: quantity, top: top)
    }
    return try search.nearest(to: target, of: quantity, top: top)
  }

  /// `[{"min": "M"}, {"max": "parameters"}]`.
  func objectives() throws -> (Objective, Objective) {
    func wrong() -> InputError {
      InputError(
        "is not two quantities", field: "pareto", value: self["pareto"]?.text(indent: nil),
        hint: "such as [{\"min\": \"M\"}, {\"max\": \"parameters\"}]")
    }
    guard let items = self["pareto"]?.array, items.count == 2 else { throw wrong() }
    let all = try items.map { item in
      guard let member = item.object?.members.first, item.object?.members.count == 1, let name = member.value.string,
        ["min", "max"].contains(member.name)
      else { throw wrong() }
      let quantity = try Quantity(named: name, field: "pareto")
      return member.name == "max" ? Objective.maximise(quantity) : .minimise(quantity)
    }
    return (all[0], all[1])
  }

  /// Edges that are given, or so many to a factor of ten: then of the whole grid, so that shards have the same.
  private func histogram(_ search: GridSearch, _ quantity: Quantity) throws -> JSON {
    guard let value = self["histogram"], let object = value.object else {
      throw InputError("is no object", field: "histogram", hint: "{\"per_decade\": 10} or {\"edges\": […]}")
    }
    let inner = try Request("histogram", value)
    try inner.allow(["per_decade", "edges"])
    if let edges = try inner.integers("edges") {
      guard object.members.count == 1 else {
        throw InputError("is given beside edges", field: "histogram.per_decade", hint: "keep one of the two")
      }
      return try search.histogram(of: quantity, edges: edges).json
    }
    let perDecade = try inner.size("per_decade") ?? 10
    if search.options.shard == nil {
      return try search.histogram(of: quantity, perDecade: perDecade)?.json ?? .null
    }
    var whole = search
    whole.options.shard = nil
    guard let edges = try whole.histogramEdges(of: quantity, perDecade: perDecade) else { return .null }
    return try search.histogram(of: quantity, edges: edges).json
  }

  /// Joins the answers of `sweep` for all shards of one request.
  func merge() throws -> JSON {
    try allow(["request", "parts"])
    guard let parts = self["parts"]?.array, !parts.isEmpty else { throw missing("parts", hint: "the shards' answers") }
    let sorted = try inOrder(parts)
    let request = try Request("sweep", self["request"] ?? [:])
    if request.has("around") { return try request.mergeAround(sorted) }
    try request.allow(Self.gridOptions)
    for part in ["summary", "loss"] where request.has(part) {
      throw InputError("cannot be merged", field: "request.\(part)", hint: "sweep in one")
    }
    let quantity = try request.quantity()
    if request.has("histogram") {
      return try SweepHistogram.merged(sorted.map { try SweepHistogram($0) }).json
    }
    let search = GridSearch(try request.grid())
    let results = try sorted.map { try SweepResult($0, grid: search.grid) }
    if request.has("pareto") {
      let (first, second) = try request.objectives()
      return try SweepResult.merged(results, front: first, second).json
    }
    if request.has("count") { return try SweepResult.merged(results).json }
    let (target, top) = try request.target()
    guard let whole = SweepResult.merged(results, nearestTo: target, of: quantity, top: top) else { return .null }
    return whole.json
  }

  /// Every shard once, in the order of shards: one that is missing or there twice would go unnoticed in the sum.
  func inOrder(_ parts: [JSON]) throws -> [JSON] {
    let shards = try parts.map { part in
      guard let text = part.object?["shard"]?.string else {
        throw InputError("names no shard", field: "parts", hint: "give the answers of shards as they came")
      }
      return try Shard(text)
    }
    let count = shards[0].count
    guard shards.allSatisfy({ $0.count == count }) else {
      throw InputError(
        "are shards of different cuts", field: "parts",
        value: shards.map { "\($0.index)/\($0.count)" }.joined(separator: ", "))
    }
    let indices = shards.map(\.index).sorted()
    for (place, index) in indices.enumerated() where place > 0 && indices[place - 1] == index {
      throw InputError("is given twice", field: "parts", value: "\(index)/\(count)")
    }
    guard indices.count == count else {
      let missing = Set(1...count).subtracting(indices).sorted().prefix(5).map { "\($0)/\(count)" }
      throw InputError("are not all shards", field: "parts", hint: "missing: " + missing.joined(separator: ", "))
    }
    return zip(shards, parts).sorted { $0.0.index < $1.0.index }.map(\.1)
  }
}
