import Isoflop

/// The options of a fit: those of `isoflop fit`, with _ for -.
extension Request {
  static let fitOptions = [
    "runs", "method", "map", "scale", "budget", "where", "best_per", "drop_highest", "group", "resample",
    "bytes_per_token", "unit", "keep_checkpoints", "comparable", "loss", "residual", "delta", "starts",
    "tie_exponents", "fix_E", "exponent", "profile", "window", "log_loss", "weighted", "predictors", "bootstrap",
    "scheme", "seed", "level",
  ]

  /// `runs`: the path of a file, or the file's own objects as an array.
  func runs(_ member: String = "runs") throws -> RunTable {
    guard let value = self[member] else { throw missing(member, hint: "a path, or a list of runs as objects") }
    if let path = value.string { return try RunTable.read(path) }
    guard let runs = value.array else {
      throw InputError("is \(value.kind)", field: member, hint: "a path, or a list of runs as objects")
    }
    return try RunTable.of(runs, source: member)
  }

  func selection(_ scales: [String]) throws -> RunSelection {
    var selection = RunSelection()
    if let map = self["map"] {
      guard let object = map.object else { throw InputError("is no object", field: "map", hint: "ours to theirs") }
      for (ours, theirs) in object.members {
        guard let theirs = theirs.string else { throw InputError("is no column", field: "map.\(ours)") }
        selection.map[ours] = theirs
      }
    }
    selection.scale = try text("scale")
    selection.scalePreference = scales
    selection.budget = try text("budget").flatMap { $0 == "auto" ? nil : $0 }
    selection.filters = try (texts("where") ?? []).map { try RunSelection.Filter(parsing: $0) }
    selection.bestPer = try texts("best_per") ?? []
    selection.dropHighest = try integer("drop_highest") ?? 0
    guard selection.dropHighest >= 0 else { throw InputError("is negative", field: "drop_highest") }
    selection.group = try text("group")
    selection.resample = try together
    selection.bytesPerToken = try positive("bytes_per_token", hint: "about 4")
    selection.lossUnit = try choice("unit", LossUnit.allCases)
    selection.keepCheckpoints = try flag("keep_checkpoints") ?? false
    selection.comparable = Set(
      try (texts("comparable") ?? []).map { text in
        guard let kind = RunSelection.Mixture(rawValue: text) else {
          throw InputError(
            "is not possible here", field: "comparable", value: text,
            hint: suggestion(for: text, among: RunSelection.Mixture.allCases.map(\.rawValue)))
        }
        return kind
      })
    return selection
  }

  /// What a resample draws together.
  private var together: RunSelection.Resample {
    get throws { RunSelection.Resample(try text("resample") ?? "run") }
  }

  func resampling(_ usual: Resampling) throws -> Resampling {
    var settings = usual
    if let count = try integer("bootstrap") { settings.count = count }
    if let seed = try integer("seed") {
      guard let seed = UInt64(exactly: seed) else { throw InputError("is negative", field: "seed", value: "\(seed)") }
      settings.seed = seed
    }
    if let level = try positive("level", hint: "0.95 is usual") { settings.level = level }
    switch try text("scheme") {
    case nil: break
    case "runs"?, "pooled-runs"?: settings.scheme = .runs
    case "residuals"?: settings.scheme = .residuals
    case "noise"?: settings.scheme = .noise(relative: nil)
    case let text? where text.hasPrefix("noise="):
      guard let noise = Double(text.dropFirst(6)), noise > 0, noise.isFinite else {
        throw InputError("is no relative noise", field: "scheme", value: text, hint: "noise=0.002")
      }
      settings.scheme = .noise(relative: noise)
    case let text?:
      throw InputError(
        "is no scheme of resampling", field: "scheme", value: text,
        hint: suggestion(for: text, among: ["runs", "pooled-runs", "residuals", "noise", "noise=0.002"]))
    }
    return settings
  }

  /// - Throws: `InputError` where runs are to be drawn together but the scheme draws none.
  private func check(_ resampling: Resampling) throws {
    guard try together == .run || resampling.scheme == .runs else {
      throw InputError(
        "draws no runs, so it cannot draw them by \(try together.name)", field: "scheme", value: try text("scheme"),
        hint: "leave out scheme or resample")
    }
  }

  /// - Parameter set: the runs, whose IsoFLOP profiles may give the exponent.
  func parametric(on set: RunSet) throws -> ParametricOptions {
    var options = ParametricOptions()
    let delta = try positive("delta", hint: "1e-3")
    switch try text("loss") ?? "huber" {
    case "huber": options.loss = .huber(delta: delta ?? 1e-3)
    case "lad": options.loss = .leastAbsolute
    case "squared": options.loss = .squared
    case let text:
      throw InputError(
        "is no loss", field: "loss", value: text, hint: suggestion(for: text, among: ["huber", "lad", "squared"]))
    }
    if delta != nil, options.loss.delta == nil {
      throw InputError("belongs to Huber's loss", field: "delta", hint: "leave it out, or use loss \"huber\"")
    }
    if let kind = try text("residual") {
      guard let kind = ResidualKind(rawValue: kind) else {
        throw InputError("is no kind of residual", field: "residual", value: kind, hint: "one of: log, linear")
      }
      options.residual = kind
    }
    options.starts = try size("starts") ?? options.starts
    options.tiedExponents = try flag("tie_exponents") ?? false
    options.fixedE = try number("fix_E")
    if self["exponent"]?.string == "isoflop" {
      options.allocationExponent = try IsoFLOPFit.exponent(of: set, options: isoFLOP())
    } else {
      options.allocationExponent = try positive("exponent", hint: "such as 0.52, or \"isoflop\"")
    }
    options.resampling = try resampling(options.resampling)
    guard try text("scheme") != "pooled-runs" else {
      throw InputError("is for budgets (isoflop)", field: "scheme", value: "pooled-runs", hint: "scheme \"runs\"")
    }
    try check(options.resampling)
    return options
  }

  func isoFLOP() throws -> IsoFLOPOptions {
    var options = IsoFLOPOptions()
    if let method = try choice("profile", ProfileMethod.allCases) { options.method = method }
    options.logLoss = try flag("log_loss") ?? (options.method == .akima)
    options.window = try positive("window", hint: "1.2")
    options.weighted = try flag("weighted") ?? false
    // Models and budgets are drawn as they are; residuals know nothing of them.
    if try together != .run { options.resampling.scheme = .runs }
    options.resampling = try resampling(options.resampling)
    options.withinBudgets = try text("scheme") != "pooled-runs"
    try check(options.resampling)
    return options
  }

  func hyperparameters() throws -> HyperparameterOptions {
    var options = HyperparameterOptions()
    if let method = try choice("profile", HyperparameterMethod.allCases) { options.method = method }
    if let names = try texts("predictors") {
      let chosen = try names.map { name in
        guard let predictor = Predictor(rawValue: name) else {
          throw InputError(
            "is not possible here", field: "predictors", value: name,
            hint: suggestion(for: name, among: Predictor.allCases.map(\.rawValue)))
        }
        return predictor
      }
      (options.learningRatePredictors, options.batchPredictors) = (chosen, chosen)
    }
    options.resampling = try resampling(options.resampling)
    if try text("scheme") == "pooled-runs" {
      throw HyperparameterOptions.drawsSettings(not: "pooled-runs", field: "scheme")
    }
    guard try together == .run else {
      throw HyperparameterOptions.drawsSettings(not: try together.name, field: "resample")
    }
    return options
  }
}
