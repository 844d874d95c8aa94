import Input

/// Forecasts made before their runs, results as they came, and what the two say about the law.
///
/// A ledger is a file of JSON lines that only ever grows: a forecast is never rewritten, a refit stands beside the old
/// law. Events: `forecast` (id, law, size, size_unit, tokens, compute, loss, deviation), `result` (id, loss), `refit`
/// (law, results).
public struct Ledger: Sendable, Equatable {
  public private(set) var entries: [Entry] = []
  public private(set) var refits: [Refit] = []

  /// A run: what was forecast, and what came.
  public struct Entry: Sendable, Equatable {
    public var id: String
    public var law: String
    public var forecast: Forecast
    /// What the forecast's size counts; nil in a ledger that does not say.
    public var unit: ModelScale?
    public var result: Double?

    /// Standard deviations that the result is above the forecast, in ln loss; nil before the result.
    public var z: Double? {
      guard let result, let deviation = forecast.deviation else { return nil }
      return (logarithm(result) - logarithm(forecast.loss)) / deviation
    }

    /// The run, its forecast with the interval, and where it ended the result.
    public var fields: JSONObject {
      let interval = forecast.interval
      return JSONObject([
        ("id", .string(id)), ("law", .string(law)), ("forecast", .number(forecast.loss)),
        ("low", .value(interval?.lowerBound)), ("high", .value(interval?.upperBound)), ("result", .value(result)),
        ("z", .value(z)),
      ])
    }
  }

  /// A law fitted again, after how many results.
  public struct Refit: Sendable, Equatable {
    public var law: String
    public var results: Int
  }

  public init() {}

  /// Reads the lines of a file.
  ///
  /// - Throws: `InputError` with the line, where one is no event or contradicts those before it.
  public init(parsing bytes: [UInt8], file: String) throws {
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() where !line.isEmpty
    {
      guard let json = try? JSON(parsing: Array(line)) else {
        throw InputError(
          "is not JSON, so this is no ledger", file: file, field: "line \(index + 1)",
          hint: "isoflop watch FILE --forecast ID begins one")
      }
      do { try add(json) } catch var error as InputError {
        error.problem += ", at line \(index + 1)"
        throw error.from(file: file)
      }
    }
  }

  private mutating func add(_ json: JSON) throws {
    guard let object = json.object else { throw InputError("is not an object", value: json.kind) }
    let fields = LawFields(object: object)
    switch try fields.text("event") {
    case "forecast":
      let forecast = Forecast(
        size: try fields.needed("size"), tokens: try fields.needed("tokens"), compute: try fields.needed("compute"),
        loss: try fields.needed("loss"), deviation: try fields.needed("deviation"),
        decades: try fields.number("decades"))
      let unit = try fields.text("size_unit").map { word in
        guard let unit = ModelScale(rawValue: word) else {
          throw InputError(
            "is not a scale", field: "size_unit", value: word,
            hint: "one of: " + ModelScale.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return unit
      }
      try record(
        forecast, id: try fields.text("id") ?? fields.missing("id", hint: "a name for the run"),
        law: try fields.text("law") ?? "not stated", unit: unit)
    case "result":
      try record(
        result: try fields.needed("loss"), id: try fields.text("id") ?? fields.missing("id", hint: "a name for the run")
      )
    case "refit":
      refits.append(
        Refit(
          law: try fields.text("law") ?? "not stated", results: Int(exactly: try fields.number("results") ?? 0) ?? 0))
    case let other:
      throw InputError(
        "is not an event", field: "event", value: other ?? "nothing", hint: "one of: forecast, result, refit")
    }
  }

  /// Records a forecast, before its run.
  ///
  /// - Throws: `InputError` where the run has one already (forecasts are not rewritten), or the law gives no interval.
  /// - Returns: the line for the file.
  @discardableResult
  public mutating func record(
    _ forecast: Forecast, id: String, law: String, unit: ModelScale? = nil
  ) throws -> JSON {
    guard !entries.contains(where: { $0.id == id }) else {
      throw InputError("has a forecast already, and forecasts are not rewritten", field: "id", value: id)
    }
    guard let deviation = forecast.deviation, deviation > 0 else {
      throw InputError(
        "gives no interval, so nothing could be scored", field: "law", value: law,
        hint: "a law of isoflop fit --save has one; or state the noise of a run with --noise")
    }
    entries.append(Entry(id: id, law: law, forecast: forecast, unit: unit))
    var object = JSONObject([
      ("event", "forecast"), ("id", .string(id)), ("law", .string(law)), ("size", .number(forecast.size)),
      ("tokens", .number(forecast.tokens)), ("compute", .number(forecast.compute)), ("loss", .number(forecast.loss)),
      ("deviation", .number(deviation)),
    ])
    object["size_unit"] = unit.map { .string($0.rawValue) }
    object["decades"] = forecast.decades.map { .number($0) }
    return .object(object)
  }

  /// Records what a run came to.
  ///
  /// - Throws: `InputError` where there is no forecast for it, or a result already.
  @discardableResult
  public mutating func record(result: Double, id: String) throws -> JSON {
    guard let at = entries.firstIndex(where: { $0.id == id }) else {
      throw InputError(
        "has no forecast: record one before the run", field: "id", value: id,
        hint: suggestion(for: id, among: entries.map(\.id)))
    }
    guard entries[at].result == nil else {
      throw InputError("has a result already", field: "id", value: id, hint: "give a second run a name of its own")
    }
    guard result > 0, result.isFinite else {
      throw InputError("is not a loss", field: "result", value: "\(result)", hint: "a positive number")
    }
    entries[at].result = result
    return ["event": "result", "id": .string(id), "loss": .number(result)]
  }

  /// Records that a law was fitted again. Old forecasts stay as they were.
  public mutating func recordRefit(law: String) -> JSON {
    let results = entries.count { $0.result != nil }
    refits.append(Refit(law: law, results: results))
    return ["event": "refit", "law": .string(law), "results": .integer(results)]
  }

  /// Scores of all runs with a result, in the order of their forecasts.
  public var score: LedgerScore { LedgerScore(entries.compactMap(\.z)) }
}

/// What the results say about the forecasts.
public struct LedgerScore: Sendable, Equatable {
  public var z: [Double]
  /// The share of results inside their 95 % interval.
  public var coverage: Double?
  /// Mean of z: above 0 the runs come out worse than forecast.
  public var bias: Double?
  /// The longest row of results on one side.
  public var longestRun: Int
  /// The largest one-sided cumulative sum of z beyond half a standard deviation (Page 1954).
  public var cumulative: Double
  public var alarms: [String]

  /// |z| beyond this is an alarm: 1 in 370 if the forecasts are right.
  static let largestZ = 3.0
  /// So many results on one side in a row is an alarm: 1 in 64.
  static let longestFair = 7
  /// Page's limit for a shift of one standard deviation.
  static let cumulativeLimit = 5.0

  init(_ z: [Double]) {
    self.z = z
    alarms = []
    coverage = z.isEmpty ? nil : Double(z.count { abs($0) <= 1.959963984540054 }) / Double(z.count)
    bias = z.isEmpty ? nil : mean(z)
    var run = 0
    longestRun = 0
    for (index, value) in z.enumerated() {
      run = index > 0 && (value > 0) == (z[index - 1] > 0) ? run + 1 : 1
      longestRun = max(longestRun, run)
    }
    var (above, below) = (0.0, 0.0)
    cumulative = 0
    for value in z {
      above = max(0, above + value - 0.5)
      below = max(0, below - value - 0.5)
      cumulative = max(cumulative, above, below)
    }
    let far = z.count { abs($0) > LedgerScore.largestZ }
    if far > 0 {
      alarms.append(
        "\(Numbers.grouped(far)) of \(Numbers.counted(z.count, "result")) \(far == 1 ? "is" : "are") more than 3 standard deviations from \(far == 1 ? "its" : "their") forecast"
      )
    }
    if longestRun >= LedgerScore.longestFair {
      alarms.append("\(Numbers.grouped(longestRun)) results in a row are on the same side of their forecast")
    }
    if cumulative > LedgerScore.cumulativeLimit {
      alarms.append("the cumulative sum of deviations is \(significant(cumulative, 3)), beyond 5: the law drifts")
    }
  }

  /// `5 results: 80 % inside their interval, mean z 0.12`; nil before the first result.
  public var words: String? {
    guard let coverage, let bias else { return nil }
    let interval = z.count == 1 ? "its interval" : "their interval"
    return "\(Numbers.counted(z.count, "result")): \(Numbers.fixed(100 * coverage, 0)) % inside \(interval), mean z "
      + Numbers.fixed(bias, 2)
  }

  public var json: JSON {
    [
      "results": .integer(z.count), "coverage": coverage.map { .number($0) } ?? .null,
      "bias": bias.map { .number($0) } ?? .null, "longest_run": .integer(longestRun), "cumulative": .number(cumulative),
      "alarms": .array(alarms.map { .string($0) }),
    ]
  }
}
