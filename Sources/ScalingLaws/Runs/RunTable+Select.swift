import Input

extension RunTable {
  /// The usable runs of the table.
  ///
  /// - Throws: `InputError` where a column that is needed is missing, things are mixed that must not be, or no row
  ///   can be used (naming the first rows and their reasons).
  public func select(_ selection: RunSelection = RunSelection()) throws -> RunSet {
    do {
      return try RunSelector(table: self, selection: selection).select()
    } catch let error as InputError {
      throw error.from(file: source)
    }
  }
}

/// Does the work of `RunTable.select`: resolves columns, reads rows, checks, filters, groups.
private struct RunSelector {
  let table: RunTable
  let selection: RunSelection

  private func column(_ name: String) -> String { selection.map[name] ?? name }

  func select() throws -> RunSet {
    guard table.rowCount > 0 else { throw nothingUsable(table.malformed) }
    try checkNames()
    let scale = try scaleName()
    let units = try UnitReader(table: table, selection: selection)
    var skipped = table.malformed
    var runs: [Run] = []
    var mixtures = MixtureCheck(table: table, selection: selection, scale: scale)
    var derivedCompute = 0
    for row in 0..<table.rowCount {
      guard selection.filters.allSatisfy({ $0.holds { table.text(column($0), row: row) } }) else { continue }
      do {
        let (run, derived) = try self.run(row: row, scale: scale, units: units)
        derivedCompute += derived ? 1 : 0
        try mixtures.note(run)
        runs.append(run)
      } catch let skip as Skip {
        skipped.append(SkippedRow(line: table.lines[row], reason: skip.reason))
      }
    }
    skipped.sort { $0.line < $1.line }
    guard !runs.isEmpty else { throw nothingUsable(skipped) }
    var warnings = try mixtures.finish()
    warnings += units.warnings
    if derivedCompute > 0 {
      warnings.append(
        FitWarning(
          .computeMismatch, .note,
          "compute_flops is missing in \(Numbers.counted(derivedCompute, "row")) and was taken as M x tokens, or 6 x N x tokens"
        ))
    }
    var checks = RunChecks(table: table, selection: selection, scale: scale)
    warnings += checks.check(runs)
    runs = try checks.lastCheckpoints(runs, &warnings)
    runs = try bestPer(runs)
    runs = try dropHighest(runs)
    let groups = try assignGroups(&runs)
    try assignClusters(&runs)
    if selection.scale == nil, scale != selection.scalePreference.first {
      warnings.append(FitWarning(.scaleChosen, .note, "the scale is \(scale), because the file has no other one"))
    }
    if !skipped.isEmpty {
      let first = skipped[0]
      warnings.append(
        FitWarning(
          .skippedRows, .note,
          "\(Numbers.counted(skipped.count, "row was", "rows were")) skipped, \(skipped.count == 1 ? "" : "the first is ")line \(first.line): \(first.reason)"
        ))
    }
    var set = RunSet(
      runs: runs, scale: scale, flopsPerScale: checks.flopsPerScale(runs), lossUnit: units.unit, groups: groups,
      skipped: skipped, warnings: warnings)
    set.labelIsCompute = selection.budget != nil
    set.validation = mixtures.validation
    return set
  }

  // MARK: Columns

  private func checkNames() throws {
    let named =
      selection.map.map { ("map \($0.key)", $0.value) }
      + selection.filters.flatMap(\.all).map { ("where", column($0.column)) }
      + selection.bestPer.map { ("best-per", column($0)) } + [("group", selection.group.map(column))].compactMap(named)
      + [("budget", selection.budget.map(column))].compactMap(named)
    for (role, name) in named where !table.has(name) {
      throw InputError(
        "is no column of this file", field: role, value: name, hint: suggestion(for: name, among: table.columns))
    }
    // All runs agree in a column of nothing: one run would be left of all.
    for name in selection.bestPer.map(column) where !table.isFilled(name) {
      throw InputError(
        "is empty in every row", field: "best-per", value: name,
        hint: "filled are " + table.columns.filter { table.isFilled($0) }.prefix(12).joined(separator: ", "))
    }
    guard selection.dropHighest >= 0 else {
      throw InputError("is negative", field: "drop-highest", value: "\(selection.dropHighest)")
    }
  }

  private func named(_ pair: (String, String?)) -> (String, String)? { pair.1.map { (pair.0, $0) } }

  /// The scale by our name, whatever the file calls its column: by that name a law is saved and pictures are labelled.
  private func scaleName() throws -> String {
    if let asked = selection.scale {
      let name = Self.alias(asked)
      guard table.has(column(name)) else {
        throw InputError(
          "is no column of this file", field: "scale", value: asked,
          hint: LikelyColumns(table, mapped: selection.map).hint(for: [name])
            ?? suggestion(for: asked, among: table.columns))
      }
      return ModelScale.columns.first { selection.map[$0] == name } ?? name
    }
    for name in selection.scalePreference where table.isFilled(column(name)) { return name }
    let usual = selection.scalePreference.first ?? "params_total"
    throw InputError(
      "has no scale column that is filled", field: "header",
      hint: "\(selection.scalePreference.joined(separator: ", ")) are read; "
        + (LikelyColumns(table, mapped: selection.map).hint(for: selection.scalePreference)
          ?? "this file has \(table.columns.prefix(12).joined(separator: ", "))\(table.columns.count > 12 ? "…" : ""): "
          + "--map \(usual)=COLUMN says which it is"))
  }

  /// Short names for the usual scales.
  private static func alias(_ name: String) -> String {
    switch name {
    case "M": "flops_per_token"
    case "N", "N-total": "params_total"
    case "N-nonembedding": "params_nonembedding"
    default: name
    }
  }

  // MARK: Rows

  private func positive(_ name: String, row: Int) throws -> Double? {
    switch table.number(column(name), row: row) {
    case .missing: return nil
    case .unusable(let text): throw Skip("\(column(name)) is \(text), not a finite number")
    case .value(let value):
      guard value > 0 else { throw Skip("\(column(name)) is \(value), not positive") }
      return value
    }
  }

  private func run(row: Int, scale: String, units: UnitReader) throws -> (Run, derivedCompute: Bool) {
    let loss = try units.loss(row: row)
    guard let size = try positive(scale, row: row) else { throw Skip("\(column(scale)) is empty") }
    let givenCompute = try positive("compute_flops", row: row)
    let M = try positive("flops_per_token", row: row)
    var tokens = try positive("tokens", row: row)
    if tokens == nil, let C = givenCompute, let M { tokens = C / M }
    guard let tokens else {
      throw Skip("\(column("tokens")) is empty, and compute_flops with flops_per_token is not there to replace it")
    }
    var compute = givenCompute
    if compute == nil, let M { compute = M * tokens }
    if compute == nil, let N = try positive("params_total", row: row) { compute = 6 * N * tokens }
    guard let compute = compute ?? (scale == "flops_per_token" ? size * tokens : nil) else {
      throw Skip("compute_flops is empty, and flops_per_token or params_total is not there to replace it")
    }
    guard compute.isFinite, compute > 0, tokens.isFinite else { throw Skip("compute_flops is not finite") }
    var run = Run(row: row, line: table.lines[row], scale: size, tokens: tokens, compute: compute, loss: loss)
    if let budget = selection.budget.map(column) ?? (table.has("budget") ? "budget" : nil) {
      run.budget = try positive(budget, row: row)
    }
    run.batchTokens = try positive("batch_size_tokens", row: row)
    run.learningRate = try positive("learning_rate", row: row)
    run.steps = try positive("steps", row: row) ?? positive("iters", row: row)
    if run.steps == nil, let batch = run.batchTokens { run.steps = tokens / batch }
    return (run, givenCompute == nil)
  }

  private func nothingUsable(_ skipped: [SkippedRow]) -> InputError {
    if !skipped.isEmpty {
      let reasons = skipped.prefix(3).map { "line \($0.line) \($0.reason)" }.joined(separator: "; ")
      let isThere = table.isFilled(column("tokens"))
      return InputError(
        "holds no run that can be used, of \(Numbers.grouped(skipped.count)): \(reasons)",
        hint: isThere ? nil : LikelyColumns(table, mapped: selection.map).hint(for: ["tokens"]))
    }
    if table.rowCount == 0 { return InputError("has no runs", hint: "one line a run below the header") }
    return InputError(
      "leave no run of \(Numbers.grouped(table.rowCount))", field: "where",
      value: selection.filters.map(\.text).joined(separator: ", "))
  }

  // MARK: Choosing and grouping

  private func bestPer(_ runs: [Run]) throws -> [Run] {
    guard !selection.bestPer.isEmpty else { return runs }
    var best: [String: Int] = [:]
    for (index, run) in runs.enumerated() {
      let key = selection.bestPer.map { table.text(column($0), row: run.row) ?? "" }.joined(separator: "\u{1F}")
      if let other = best[key], runs[other].loss <= run.loss { continue }
      best[key] = index
    }
    return best.values.sorted().map { runs[$0] }
  }

  private func dropHighest(_ runs: [Run]) throws -> [Run] {
    guard selection.dropHighest > 0 else { return runs }
    guard selection.dropHighest < runs.count else {
      throw InputError(
        "leaves no run of \(Numbers.grouped(runs.count))", field: "drop-highest", value: "\(selection.dropHighest)")
    }
    let order = runs.indices.sorted { (runs[$0].loss, $1) > (runs[$1].loss, $0) }
    let dropped = Set(order.prefix(selection.dropHighest))
    return runs.indices.filter { !dropped.contains($0) }.map { runs[$0] }
  }

  private func assignGroups(_ runs: inout [Run]) throws -> [String] {
    guard let group = selection.group.map(column) else { return [""] }
    var interner = Interner()
    for at in runs.indices { runs[at].group = interner.index(of: table.text(group, row: runs[at].row) ?? "") }
    return interner.names
  }

  private func assignClusters(_ runs: inout [Run]) throws {
    if selection.resample == .budget {
      for (budget, indices) in BudgetRuns.indices(runs).enumerated() {
        for at in indices { runs[at].cluster = budget }
      }
      return
    }
    var interner = Interner()
    for at in runs.indices {
      let run = runs[at]
      switch selection.resample {
      case .run:
        // The checkpoints of one training are one run.
        let training = selection.keepCheckpoints ? table.text(column("run_id"), row: run.row) : nil
        runs[at].cluster = interner.index(of: training ?? "row \(run.row)")
      case .budget: break
      case .model:
        let shape = ["n_layers", "d_model", "n_heads", "d_ff"].map { table.text(column($0), row: run.row) ?? "" }
        runs[at].cluster = interner.index(of: "\(run.scale) " + shape.joined(separator: " "))
      case .column(let name):
        guard table.has(column(name)) else {
          throw InputError(
            "is no column of this file", field: "resample", value: name,
            hint: suggestion(for: name, among: ["run", "model", "budget"] + table.columns))
        }
        runs[at].cluster = interner.index(of: table.text(column(name), row: run.row) ?? "")
      }
    }
  }
}

/// Why a row is not used; caught where rows are read.
struct Skip: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

/// Names to small integers, in order of appearance.
private struct Interner {
  private(set) var names: [String] = []
  private var indices: [String: Int] = [:]
  mutating func index(of name: String) -> Int {
    if let known = indices[name] { return known }
    indices[name] = names.count
    names.append(name)
    return names.count - 1
  }
}
