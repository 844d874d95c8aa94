import ArgumentParser
import Isoflop

/// Which runs are fitted, and what their columns mean.
struct FitRunOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Our column = yours: tokens=my_column (repeatable).", valueName: "ours=theirs"))
  var map: [String] = []
  @Option(
    help: ArgumentHelp(
      "The column that is the scale: flops_per_token (M), params_total, params_nonembedding or another."))
  var scale: String?
  @Option(help: ArgumentHelp("The column that holds each run's budget, or auto.", valueName: "column|auto"))
  var budget = "auto"
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Only runs like this: dataset=c4, compute_flops<=1e19, 'a=1 or b>2' (repeatable: all must hold).",
      valueName: "condition"))
  var conditions: [String] = []
  @Option(help: ArgumentHelp("Only the best run of each combination: params_total,tokens.", valueName: "columns"))
  var bestPer: String?
  @Option(help: ArgumentHelp("Leave out the k highest losses.", valueName: "k"))
  var dropHighest: String?
  @Option(help: ArgumentHelp("Fit each value of this column apart, and compare them.", valueName: "column"))
  var group: String?
  @Option(
    help: ArgumentHelp("What a resample draws: run, model, budget or a column.", valueName: "what"),
    completion: .list(["run", "model", "budget"]))
  var resample = "run"
  @Option(help: ArgumentHelp("Bytes of text per token: converts nats per token and bits per byte.", valueName: "x"))
  var bytesPerToken: String?
  @Option(
    help: ArgumentHelp("Convert losses to nats-per-token or bits-per-byte.", valueName: "unit"),
    completion: .list(LossUnit.allCases.map(\.rawValue)))
  var unit: String?
  @Flag(help: "Use every checkpoint of a run, not only its last.")
  var keepCheckpoints = false
  @Option(
    help: ArgumentHelp(
      "Mix these all the same: repeated-data, active-parameters, validation-sets, loss-units (repeatable).",
      valueName: "kind"), completion: .list(RunSelection.Mixture.allCases.map(\.rawValue)))
  var comparable: [String] = []

  func selection(preferring scales: [String]) throws -> RunSelection {
    var selection = RunSelection()
    for text in map {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw InputError("is no pair of columns", field: "--map", value: text, hint: "--map tokens=my_column")
      }
      selection.map[parts[0]] = parts[1]
    }
    selection.scale = scale
    selection.scalePreference = scales
    selection.budget = budget == "auto" ? nil : budget
    selection.filters = try conditions.map { try RunSelection.Filter(parsing: $0) }
    selection.bestPer = (bestPer ?? "").split(separator: ",").map(String.init)
    selection.dropHighest = try dropHighest.map { $0 == "0" ? 0 : try Arguments.integer($0, "--drop-highest") } ?? 0
    selection.group = group
    selection.resample = RunSelection.Resample(resample)
    selection.bytesPerToken = try bytesPerToken.map { try Arguments.positive($0, "--bytes-per-token", hint: "about 4") }
    selection.lossUnit = try unit.map { try Choice.of($0, "--unit", LossUnit.allCases) }
    selection.keepCheckpoints = keepCheckpoints
    selection.comparable = Set(try comparable.map { try Choice.of($0, "--comparable", RunSelection.Mixture.allCases) })
    return selection
  }
}

/// How a fit is made and how sure it is to be.
struct FitMethodOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("huber, lad or squared (parametric).", valueName: "name"),
    completion: .list(["huber", "lad", "squared"]))
  var loss = "huber"
  @Option(
    help: ArgumentHelp("log or linear: residuals of ln L or of L (parametric).", valueName: "kind"),
    completion: .list(["log", "linear"]))
  var residual = "log"
  @Option(help: ArgumentHelp("Where Huber's loss turns from square to absolute.", valueName: "x"))
  var delta: String?
  @Option(help: ArgumentHelp("From how many places the search starts (parametric).", valueName: "n"))
  var starts: String?
  @Flag(help: "One exponent for both terms (parametric).")
  var tieExponents = false
  @Option(name: .customLong("fix-E"), help: ArgumentHelp("Hold the irreducible loss at this value.", valueName: "loss"))
  var fixedE: String?
  @Option(
    help: ArgumentHelp(
      "Hold a = beta/(alpha+beta) at this value, or at what the IsoFLOP profiles give (parametric).",
      valueName: "a|isoflop"))
  var exponent: String?
  @Option(
    help: ArgumentHelp(
      "parabola, cubic, akima (IsoFLOP); quadratic, near-optimal, best (hyper-parameters).", valueName: "name"),
    completion: .list(ProfileMethod.allCases.map(\.rawValue) + HyperparameterMethod.allCases.map(\.rawValue)))
  var method: String?
  @Option(help: ArgumentHelp("Only runs within this of the best, in ln scale (IsoFLOP).", valueName: "x"))
  var window: String?
  @Flag(help: "Fit ln L rather than L (IsoFLOP; akima always does).")
  var logLoss = false
  @Flag(help: "Weigh each budget's optimum by how sure it is (IsoFLOP).")
  var weighted = false
  @Option(
    help: ArgumentHelp("What laws of rate and batch are of: C, N, D or N,D (hyper-parameters).", valueName: "names"),
    completion: .list(["C", "N", "D", "N,D"]))
  var predictors: String?
  @Option(help: ArgumentHelp("How many resamples for intervals; 0 for none.", valueName: "n"))
  var bootstrap: String?
  @Option(
    help: ArgumentHelp(
      "runs (IsoFLOP: of each budget), pooled-runs (over all budgets), residuals, noise (as repeated runs show it) or "
        + "noise=x (relative) (default: runs; residuals for IsoFLOP).", valueName: "kind"),
    completion: .list(["runs", "pooled-runs", "residuals", "noise"]))
  var scheme: String?
  @Option(help: ArgumentHelp("The seed of the resamples.", valueName: "n"))
  var seed = "1"
  @Option(help: ArgumentHelp("The level of the intervals.", valueName: "x"))
  var level = "0.95"

  func resampling(_ usual: Resampling) throws -> Resampling {
    var settings = usual
    if let bootstrap { settings.count = bootstrap == "0" ? 0 : try Arguments.integer(bootstrap, "--bootstrap") }
    guard let number = UInt64(seed) else {
      throw InputError("is not a whole number from 0 to 2^64 - 1", field: "--seed", value: seed)
    }
    settings.seed = number
    settings.level = try Arguments.positive(level, "--level", hint: "0.95 is usual")
    if let scheme {
      if scheme == "runs" || scheme == "pooled-runs" {
        settings.scheme = .runs
      } else if scheme == "residuals" {
        settings.scheme = .residuals
      } else if scheme == "noise" {
        settings.scheme = .noise(relative: nil)
      } else if scheme.hasPrefix("noise=") {
        settings.scheme = .noise(
          relative: try Arguments.positive(String(scheme.dropFirst(6)), "--scheme noise", hint: "noise=0.002"))
      } else {
        throw InputError(
          "is no scheme of resampling", field: "--scheme", value: scheme,
          hint: suggestion(for: scheme, among: ["runs", "pooled-runs", "residuals", "noise", "noise=0.002"]))
      }
    }
    return settings
  }

  /// Options that none of the fits that are made reads are refused rather than passed over.
  func refuseUnread(parametric: Bool, isoFLOP: Bool, hyperparameters: Bool) throws {
    let profiles = isoFLOP || (parametric && exponent == "isoflop")
    func unless(_ isRead: Bool, _ options: KeyValuePairs<String, String?>, _ fit: String) throws {
      if !isRead { try Arguments.refuse(options, "is for \(fit)", hint: "leave it out") }
    }
    try unless(
      parametric,
      [
        "--loss": loss == "huber" ? nil : loss, "--residual": residual == "log" ? nil : residual, "--delta": delta,
        "--starts": starts, "--tie-exponents": Arguments.flag(tieExponents), "--fix-E": fixedE, "--exponent": exponent,
      ], "the parametric fit")
    try unless(profiles, ["--window": window, "--log-loss": Arguments.flag(logLoss)], "IsoFLOP profiles")
    try unless(isoFLOP, ["--weighted": Arguments.flag(weighted)], "IsoFLOP profiles")
    try unless(profiles || hyperparameters, ["--method": method], "IsoFLOP profiles and hyper-parameters")
    try unless(hyperparameters, ["--predictors": predictors], "laws of hyper-parameters")
  }

  /// - Parameter set: the runs, whose IsoFLOP profiles may give the exponent.
  func parametric(_ together: RunSelection.Resample, on set: RunSet) throws -> ParametricOptions {
    var options = try parametric(together)
    if exponent == "isoflop" {
      options.allocationExponent = try IsoFLOPFit.exponent(of: set, options: isoFLOP(together))
    }
    return options
  }

  private func parametric(_ together: RunSelection.Resample) throws -> ParametricOptions {
    var options = ParametricOptions()
    switch loss {
    case "huber":
      options.loss = .huber(delta: try delta.map { try Arguments.positive($0, "--delta", hint: "1e-3") } ?? 1e-3)
    case "lad": options.loss = .leastAbsolute
    case "squared": options.loss = .squared
    default:
      throw InputError(
        "is no loss", field: "--loss", value: loss, hint: suggestion(for: loss, among: ["huber", "lad", "squared"]))
    }
    if delta != nil, loss != "huber" {
      throw InputError("belongs to Huber's loss", field: "--delta", hint: "leave it out, or use --loss huber")
    }
    guard let kind = ResidualKind(rawValue: residual) else {
      throw InputError("is no kind of residual", field: "--residual", value: residual, hint: "one of: log, linear")
    }
    options.residual = kind
    options.starts = try starts.map { try Arguments.integer($0, "--starts") } ?? options.starts
    options.tiedExponents = tieExponents
    options.fixedE = try fixedE.map { $0 == "0" ? 0 : try Arguments.positive($0, "--fix-E", hint: "1.7") }
    if let exponent, exponent != "isoflop" {
      options.allocationExponent = try Arguments.positive(exponent, "--exponent", hint: "0.52, or isoflop")
    }
    options.resampling = try resampling(options.resampling)
    if scheme == "pooled-runs" {
      throw InputError("is for budgets (IsoFLOP)", field: "--scheme", value: "pooled-runs", hint: "--scheme runs")
    }
    try check(options.resampling, together)
    return options
  }

  func isoFLOP(_ together: RunSelection.Resample) throws -> IsoFLOPOptions {
    var options = IsoFLOPOptions()
    if let method { options.method = try Choice.of(method, "--method", ProfileMethod.allCases) }
    options.logLoss = logLoss || options.method == .akima
    options.window = try window.map { try Arguments.positive($0, "--window", hint: "1.2") }
    options.weighted = weighted
    // Models and budgets are drawn as they are; residuals know nothing of them.
    if together != .run { options.resampling.scheme = .runs }
    options.resampling = try resampling(options.resampling)
    options.withinBudgets = scheme != "pooled-runs"
    try check(options.resampling, together)
    return options
  }

  /// - Throws: `InputError` where runs are to be drawn together but the scheme draws none.
  private func check(_ resampling: Resampling, _ together: RunSelection.Resample) throws {
    guard together == .run || resampling.scheme == .runs else {
      throw InputError(
        "draws no runs, so it cannot draw them by \(together.name)", field: "--scheme", value: scheme ?? "",
        hint: "leave out --scheme or --resample")
    }
  }

  func hyperparameters() throws -> HyperparameterOptions {
    var options = HyperparameterOptions()
    if let method { options.method = try Choice.of(method, "--method", HyperparameterMethod.allCases) }
    if let predictors {
      let chosen = try predictors.split(separator: ",").map {
        try Choice.of(String($0), "--predictors", Predictor.allCases)
      }
      options.learningRatePredictors = chosen
      options.batchPredictors = chosen
    }
    if scheme == "pooled-runs" { throw HyperparameterOptions.drawsSettings(not: "pooled-runs", field: "--scheme") }
    options.resampling = try resampling(options.resampling)
    return options
  }
}

/// A value of an enumeration by its name.
enum Choice {
  static func of<Value: RawRepresentable>(_ text: String, _ option: String, _ all: [Value]) throws -> Value
  where Value.RawValue == String {
    guard let value = Value(rawValue: text) else {
      throw InputError(
        "is not possible here", field: option, value: text, hint: suggestion(for: text, among: all.map(\.rawValue)))
    }
    return value
  }
}
