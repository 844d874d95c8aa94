import Isoflop

extension Request {
  /// Runs `body`; who holds the control sees how far it is.
  func watched(by control: Control?, _ body: () throws -> JSON) throws -> JSON {
    if control?.flag.isCancelled == true { throw Cancelled() }
    return try body()
  }

  private static let fitOptions = [
    "runs", "method", "map", "scale", "budget", "where", "best_per", "drop_highest", "group", "resample",
    "bytes_per_token", "unit", "keep_checkpoints", "comparable", "loss", "residual", "delta", "starts",
    "tie_exponents", "fix_E", "exponent", "profile", "window", "log_loss", "weighted", "predictors", "bootstrap",
    "scheme", "seed", "level",
  ]

  func fit(_ control: Control?) throws -> JSON {
    try allow(Self.fitOptions + ["at", "predict", "resamples"])
    let table = try runs()
    let kind = try text("method") ?? "parametric"
    let resamples = try resamples(kind)
    return try watched(by: control) {
      var object = JSONObject()
      switch kind {
      case "parametric":
        let set = try table.select(selection(Self.parametricScales))
        let result = try ParametricFit.fit(set, options: parametric(), resamples: resamples)
        object["parametric"] = result.json
        object["law"] = try result.law(id: "fit", source: table.source).json
        object["predictions"] = try predictions(result)
        object["skipped"] = .array(set.skipped.map(\.json))
      case "isoflop":
        let set = try table.select(selection(["flops_per_token", "params_total", "params_nonembedding"]))
        let result = try IsoFLOPFit.fit(set, options: isoFLOP())
        object["isoflop"] = result.json
        object["law"] = try result.law(id: "fit", source: table.source).json
        object["skipped"] = .array(set.skipped.map(\.json))
      case "hyperparameters":
        let set = try table.select(selection(["params_nonembedding", "params_total", "flops_per_token"]))
        let result = try HyperparameterFit.fit(set, options: hyperparameters())
        object["hyperparameters"] = result.json
        object["law"] = try result.law(id: "fit", source: table.source).json
        object["skipped"] = .array(set.skipped.map(\.json))
      default:
        throw InputError(
          "is no method of fitting", field: "method", value: kind,
          hint: suggestion(for: kind, among: ["parametric", "isoflop", "hyperparameters"]))
      }
      return .object(object)
    }
  }

  private static let parametricScales = ["params_total", "flops_per_token", "params_nonembedding"]

  /// The resamples of a shard, of those that `fit` with the same options would make.
  func bootstrap(_ control: Control?) throws -> JSON {
    try allow(Self.fitOptions + ["shard"])
    let kind = try text("method") ?? "parametric"
    guard kind == "parametric" else {
      throw InputError("has no shards", field: "method", value: kind, hint: "parametric: the others take no time")
    }
    let set = try runs().select(selection(Self.parametricScales))
    let options = try parametric()
    let shard = try Shard(text("shard") ?? "1/1")
    return try watched(by: control) {
      try ParametricFit.resamples(shard.part(of: options.resampling.count), of: set, options: options).json
    }
  }

  /// `resamples`: what `bootstrap` answered for all shards.
  private func resamples(_ method: String) throws -> [Resamples]? {
    guard let value = self["resamples"] else { return nil }
    guard let parts = value.array else {
      throw InputError("is \(value.kind)", field: "resamples", hint: "a list of what bootstrap answered")
    }
    guard method == "parametric" else {
      throw InputError("are for the parametric method", field: "resamples", hint: "leave them out")
    }
    return try parts.map { try Resamples($0) }
  }

  /// `runs`: the path of a file, or the file's own objects as an array.
  private func runs() throws -> RunTable {
    guard let value = self["runs"] else { throw missing("runs", hint: "a path, or a list of runs as objects") }
    if let path = value.string { return try RunTable.read(path) }
    guard value.array != nil else {
      throw InputError("is \(value.kind)", field: "runs", hint: "a path, or a list of runs as objects")
    }
    return try RunTable.parse(Array(value.text(indent: nil).utf8), source: "runs")
  }

  private func selection(_ scales: [String]) throws -> RunSelection {
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
    selection.resample = RunSelection.Resample(try text("resample") ?? "run")
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

  private func resampling(_ usual: Resampling) throws -> Resampling {
    var settings = usual
    if let count = try integer("bootstrap") { settings.count = count }
    if let seed = try integer("seed") {
      guard let seed = UInt64(exactly: seed) else { throw InputError("is negative", field: "seed", value: "\(seed)") }
      settings.seed = seed
    }
    if let level = try positive("level", hint: "0.95 is usual") { settings.level = level }
    switch try text("scheme") {
    case nil: break
    case "runs"?: settings.scheme = .runs
    case "residuals"?: settings.scheme = .residuals
    case let text? where text.hasPrefix("noise="):
      guard let noise = Double(text.dropFirst(6)), noise > 0, noise.isFinite else {
        throw InputError("is no relative noise", field: "scheme", value: text, hint: "noise=0.002")
      }
      settings.scheme = .noise(relative: noise)
    case let text?:
      throw InputError(
        "is no scheme of resampling", field: "scheme", value: text,
        hint: suggestion(for: text, among: ["runs", "residuals", "noise=0.002"]))
    }
    return settings
  }

  private func parametric() throws -> ParametricOptions {
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
    options.allocationExponent = try positive("exponent")
    options.resampling = try resampling(options.resampling)
    return options
  }

  private func isoFLOP() throws -> IsoFLOPOptions {
    var options = IsoFLOPOptions()
    if let method = try choice("profile", ProfileMethod.allCases) { options.method = method }
    options.logLoss = try flag("log_loss") ?? (options.method == .akima)
    options.window = try positive("window", hint: "1.2")
    options.weighted = try flag("weighted") ?? false
    options.resampling = try resampling(options.resampling)
    return options
  }

  private func hyperparameters() throws -> HyperparameterOptions {
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
    return options
  }

  /// What the surface says at budgets (`at`) and at points (`predict`: [[scale, tokens], …]).
  private func predictions(_ result: ParametricResult) throws -> JSON {
    func json(_ prediction: Prediction) -> JSON {
      [
        "compute": .number(prediction.compute), "scale": .number(prediction.scale),
        "tokens": .number(prediction.tokens), "loss": .number(prediction.loss),
        "interval": prediction.interval.map { [.number($0.low), .number($0.high)] } ?? .null,
        "decades_beyond": .number(prediction.decades),
      ]
    }
    var out: [JSON] = []
    for C in try numbers("at") ?? [] {
      let best = try result.surface.optimum(compute: C, flopsPerScale: result.flopsPerScale)
      out.append(json(result.predict(scale: best.scale, tokens: best.tokens)))
    }
    for (index, point) in (self["predict"]?.array ?? []).enumerated() {
      guard let pair = point.array, pair.count == 2 else {
        throw InputError("is no scale and tokens", field: "predict[\(index)]", hint: "[[7e9, 2e12]]")
      }
      let name = "predict[\(index)]"
      out.append(json(result.predict(scale: try positive(pair[0], name), tokens: try positive(pair[1], name))))
    }
    return .array(out)
  }
}
