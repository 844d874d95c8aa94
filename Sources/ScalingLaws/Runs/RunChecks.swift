import Input

/// Reads losses, in nats per token or bits per byte, and refuses a mixture that nobody vouched for.
struct UnitReader {
  private let table: RunTable
  private let lossColumn: String?
  private let bitsColumn: String?
  private let unitColumn: String?
  private let bytesPerToken: Double?
  let unit: LossUnit
  let warnings: [FitWarning]

  init(table: RunTable, selection: RunSelection) throws {
    self.table = table
    func filled(_ name: String) -> String? {
      let column = selection.map[name] ?? name
      return table.isFilled(column) ? column : nil
    }
    lossColumn = filled("loss")
    bitsColumn = filled("bits_per_byte")
    unitColumn = filled("loss_unit")
    bytesPerToken = selection.bytesPerToken
    if let bytes = bytesPerToken, !(bytes > 0 && bytes.isFinite) {
      throw InputError("is not a positive number", field: "bytes-per-token", value: "\(bytes)")
    }
    guard lossColumn != nil || bitsColumn != nil else {
      let likely = LikelyColumns(table, mapped: selection.map).hint(for: ["loss", "bits_per_byte"])
      let named = selection.map["loss"] ?? selection.map["bits_per_byte"] ?? "loss"
      if likely == nil, table.has(named) {
        throw InputError(
          "is empty in \(Numbers.counted(table.rowCount, "row"))", field: "column \(named)",
          hint: "fill in what the runs came to, in nats per token")
      }
      throw InputError(
        "has no loss column that is filled", field: "header",
        hint: likely
          ?? "name it loss (nats per token) or bits_per_byte, or use --map loss=COLUMN; columns: "
          + table.columns.prefix(30).joined(separator: ", "))
    }
    var units: Set<LossUnit> = []
    var firstLine: [LossUnit: Int] = [:]
    for row in 0..<table.rowCount {
      guard let found = try UnitReader.unit(table, row, lossColumn, bitsColumn, unitColumn) else { continue }
      if units.insert(found).inserted { firstLine[found] = table.lines[row] }
    }
    let native = lossColumn != nil && units.contains(.natsPerToken) ? LossUnit.natsPerToken : .bitsPerByte
    if units.count > 1, bytesPerToken == nil, !selection.comparable.contains(.lossUnits) {
      throw InputError(
        "mix nats per token (line \(firstLine[.natsPerToken] ?? 0)) and bits per byte "
          + "(line \(firstLine[.bitsPerByte] ?? 0))", field: "losses",
        hint: "give --bytes-per-token to convert them, or select one kind with --where")
    }
    unit = selection.lossUnit ?? (units.count > 1 && bytesPerToken != nil ? .bitsPerByte : native)
    if unit != native || units.count > 1 {
      guard let bytes = bytesPerToken else {
        if selection.comparable.contains(.lossUnits) {
          warnings = []
          return
        }
        throw InputError(
          "needs the bytes of text per token", field: "conversion to \(unit.rawValue)", hint: "give --bytes-per-token")
      }
      warnings = [
        FitWarning(.convertedUnits, .note, "losses were converted to \(unit.rawValue) at \(bytes) bytes per token")
      ]
    } else {
      // With a unit, whoever names the bytes says what they want whatever the file has.
      if let bytes = bytesPerToken, selection.lossUnit == nil {
        throw InputError(
          "converts nothing: every loss is in \(native.rawValue)", field: "bytes-per-token", value: "\(bytes)",
          hint: "name the unit to convert to, or leave it out")
      }
      warnings = []
    }
  }

  private static func unit(
    _ table: RunTable, _ row: Int, _ loss: String?, _ bits: String?, _ unit: String?
  ) throws -> LossUnit? {
    if let unit, let name = table.text(unit, row: row) {
      guard let known = LossUnit(rawValue: name) else {
        throw InputError(
          "is no unit of loss", field: "line \(table.lines[row]), \(unit)", value: name,
          hint: suggestion(for: name, among: LossUnit.allCases.map(\.rawValue)))
      }
      return known
    }
    if let loss, table.text(loss, row: row) != nil { return .natsPerToken }
    if let bits, table.text(bits, row: row) != nil { return .bitsPerByte }
    return nil
  }

  /// The loss of a row in `unit`.
  func loss(row: Int) throws -> Double {
    let written = try UnitReader.unit(table, row, lossColumn, bitsColumn, unitColumn)
    let column = [lossColumn, bitsColumn].compactMap { $0 }.first { table.text($0, row: row) != nil }
    guard let written, let column else { throw Skip("\(lossColumn ?? bitsColumn ?? "loss") is empty") }
    let value: Double
    switch table.number(column, row: row) {
    case .missing: throw Skip("\(column) is empty")
    case .unusable(let text): throw Skip("\(column) is \(text), not a finite number")
    case .value(let number): value = number
    }
    guard value > 0 else { throw Skip("\(column) is \(value), not positive") }
    guard written != unit, let bytes = bytesPerToken else { return value }
    let bits = LossUnit.bitsPerByte(natsPerToken: 1, bytesPerToken: bytes)
    return unit == .bitsPerByte ? value * bits : value / bits
  }
}

/// Notices runs that do not belong into one fit: repeated data beside fresh, mixtures of experts beside dense models
/// on total parameters, different validation sets.
struct MixtureCheck {
  private let table: RunTable
  private let selection: RunSelection
  private let scale: String
  private var seen: [RunSelection.Mixture: [String: Int]] = [:]
  private var datasets: [String: Int] = [:]

  init(table: RunTable, selection: RunSelection, scale: String) {
    self.table = table
    self.selection = selection
    self.scale = scale
  }

  private func text(_ name: String, _ row: Int) -> String? { table.text(selection.map[name] ?? name, row: row) }

  mutating func note(_ run: Run) throws {
    if let unique = text("unique_tokens", run.row).flatMap(Double.init), unique > 0 {
      add(.repeatedData, run.tokens > 1.01 * unique ? "repeated data" : "fresh data", run)
    }
    if let total = text("params_total", run.row).flatMap(Double.init),
      let active = text("params_active", run.row).flatMap(Double.init),
      scale == "params_total"
    {
      add(.activeParameters, active < total ? "mixtures of experts" : "dense models", run)
    }
    if let set = text("validation_set", run.row) { add(.validationSets, "validation set \(set)", run) }
    if let dataset = text("dataset", run.row) { datasets[dataset] = datasets[dataset] ?? run.line }
  }

  private mutating func add(_ mixture: RunSelection.Mixture, _ kind: String, _ run: Run) {
    seen[mixture, default: [:]][kind] = seen[mixture]?[kind] ?? run.line
  }

  /// What the column of validation sets says, unless someone vouched for them.
  var validation: RunSet.Validation {
    guard let sets = seen[.validationSets] else {
      return selection.comparable.contains(.validationSets) ? .same : .unknown
    }
    if sets.count == 1 || selection.comparable.contains(.validationSets) { return .same }
    return .different(sets.sorted { $0.value < $1.value }.map { String($0.key.dropFirst("validation set ".count)) })
  }

  /// - Throws: `InputError` naming the two kinds and a line of each.
  func finish() throws -> [FitWarning] {
    for mixture in RunSelection.Mixture.allCases where !selection.comparable.contains(mixture) {
      guard let kinds = seen[mixture], kinds.count > 1 else { continue }
      // Groups on different validation sets are compared later, where that is refused or vouched for.
      if mixture == .validationSets, selection.group != nil { continue }
      let names = kinds.sorted { $0.value < $1.value }.prefix(2).map { "\($0.key) (line \($0.value))" }
      throw InputError(
        "mix \(names.joined(separator: " and "))", field: "runs",
        hint: mixture == .activeParameters
          ? "use --scale params_active or --scale flops_per_token, or select one kind with --where"
          : "select one kind with --where, or say that they are comparable: --comparable \(mixture.rawValue)")
    }
    guard datasets.count > 1, selection.group != "dataset" else { return [] }
    let names = datasets.sorted { $0.value < $1.value }.map(\.key)
    return [
      FitWarning(
        .mixedDatasets,
        "one law for \(names.count) datasets (\(names.prefix(4).joined(separator: ", "))): "
          + "fit them apart with --group dataset, or choose one with --where dataset=\(names[0])")
    ]
  }
}

/// Checks C, M, N and D against each other, and budgets against C.
struct RunChecks {
  let table: RunTable
  let selection: RunSelection
  let scale: String

  private func column(_ name: String) -> String { selection.map[name] ?? name }
  private func value(_ name: String, _ run: Run) -> Double? {
    if case .value(let value) = table.number(column(name), row: run.row), value > 0 { value } else { nil }
  }

  mutating func check(_ runs: [Run]) -> [FitWarning] {
    var warnings: [FitWarning] = []
    var product = Worst()
    var parameters = Worst()
    var label = Worst()
    for run in runs {
      if let M = value("flops_per_token", run) { product.note(run.compute / (M * run.tokens), run.line, within: 0.01) }
      // Attention and the vocabulary move C / 6ND between about 0.5 (small models, non-embedding) and 3.
      if value("flops_per_token", run) == nil, let N = value("params_total", run) {
        parameters.note(run.compute / (6 * N * run.tokens), run.line, within: 1)
      }
      if let budget = run.budget { label.note(run.compute / budget, run.line, within: 0.01) }
    }
    if product.count > 0 {
      warnings.append(
        FitWarning(
          .computeMismatch,
          "compute_flops is not flops_per_token x tokens in \(Numbers.grouped(product.count)) of \(Numbers.counted(runs.count, "run")): \(product.worst)"
        ))
    }
    if parameters.count > 0 {
      warnings.append(
        FitWarning(
          .computeMismatch,
          "compute_flops is far from 6 x params_total x tokens in \(Numbers.counted(parameters.count, "run")): \(parameters.worst)"
        ))
    }
    if label.count > 0 {
      warnings.append(
        FitWarning(
          .budgetLabelMismatch, .note,
          "the budget is a label, not compute_flops, in \(label.count) of \(Numbers.counted(runs.count, "run")): \(label.worst); "
            + (selection.budget == nil ? "the runs' own compute is used" : "the label is used, as asked")))
    }
    let isTakenAsNats =
      selection.lossUnit == nil && table.isFilled(column("loss")) && !table.isFilled(column("bits_per_byte"))
      && !table.isFilled(column("loss_unit"))
    if isTakenAsNats, LikelyColumns.meant(by: column("loss")) == "bits_per_byte" {
      warnings.append(
        FitWarning(
          .normalisedLoss,
          "\(column("loss")) is read as nats per token, but its name speaks of bits per byte: "
            + "--map bits_per_byte=\(column("loss")) reads it so"))
    } else if isTakenAsNats, let middle = quantile(runs.map(\.loss).sorted(), 0.5), middle < 1 {
      warnings.append(
        FitWarning(
          .normalisedLoss, .note,
          "half of the losses are below 1, which is not usual in nats per token: if they are normalised, "
            + "exponents stand but E and predictions are in their unit"))
    }
    return warnings
  }

  /// The ratio furthest from 1 and how many runs are out of tolerance.
  private struct Worst {
    var count = 0
    private var distance = 0.0
    private var line = 0
    private var ratio = 1.0
    mutating func note(_ ratio: Double, _ line: Int, within tolerance: Double) {
      let far = max(ratio, 1 / ratio) - 1
      guard far > tolerance else { return }
      count += 1
      if far > distance { (distance, self.line, self.ratio) = (far, line, ratio) }
    }
    var worst: String { "the worst is \(significant(ratio, 4)) times it, line \(line)" }
  }

  /// One row a run: where a run_id comes back with other tokens, the rows are checkpoints of one training.
  func lastCheckpoints(_ runs: [Run], _ warnings: inout [FitWarning]) throws -> [Run] {
    let id = column("run_id")
    guard table.has(id), !selection.keepCheckpoints else { return runs }
    var last: [String: Int] = [:]
    var dropped: Set<Int> = []
    for (index, run) in runs.enumerated() {
      guard let name = table.text(id, row: run.row) else { continue }
      guard let other = last[name] else {
        last[name] = index
        continue
      }
      // The same tokens again is a repeated run (its seed noise), not a checkpoint.
      if runs[other].tokens == run.tokens { continue }
      let earlier = runs[other].tokens < run.tokens ? other : index
      dropped.insert(earlier)
      if earlier == other { last[name] = index }
    }
    guard !dropped.isEmpty else { return runs }
    warnings.append(
      FitWarning(
        .checkpointsDropped, .note,
        "\(Numbers.counted(dropped.count, "row is a checkpoint", "rows are checkpoints")) in mid-schedule and \(dropped.count == 1 ? "is" : "are") no L(N, D) points: the last of each run is used "
          + "(--keep-checkpoints uses all)"))
    return runs.indices.filter { !dropped.contains($0) }.map { runs[$0] }
  }

  /// C / (scale D): 1 by definition on M, else what the runs say.
  func flopsPerScale(_ runs: [Run]) -> Double {
    if scale == "flops_per_token" { return 1 }
    return quantile(runs.map { $0.compute / ($0.scale * $0.tokens) }.sorted(), 0.5) ?? 6
  }
}
