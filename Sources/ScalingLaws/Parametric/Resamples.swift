import Input

/// Some of the resamples of a parametric fit, fitted by themselves. Resample number k has random numbers of its own, so
/// it is the same wherever it is fitted, and a bootstrap can be spread over machines.
public struct Resamples: Equatable, Sendable {
  /// Which of the fit's resamples these are, from 0.
  public let numbers: Range<Int>
  let origin: String
  /// As many for each as the options' `drawsPerResample`.
  let refits: [SurfaceBootstrap.Refit]
}

extension ParametricFit {
  /// Fits the resamples with these numbers, of those that `fit` with the same set and options would make.
  ///
  /// - Throws: as `fit` does.
  public static func resamples(
    _ numbers: Range<Int>, of set: RunSet, options: ParametricOptions = ParametricOptions()
  ) throws -> Resamples {
    try options.check()
    var options = options
    if options.resampling.count > 0 { options.resampling = try options.resampling.measured(on: set.runs) }
    guard numbers.lowerBound >= 0, numbers.upperBound <= options.resampling.count else {
      throw InputError(
        "are not among the \(Numbers.grouped(options.resampling.count)) of the fit", field: "resamples",
        value: "\(numbers)")
    }
    let search = try SurfaceSearch(set.runs, options: options)
    let best = try search.minimum().best
    let draws = SurfaceBootstrap(
      search: search, minimum: best, runs: set.runs, shortRuns: search.shortRunTest(best, set.runs))
    return Resamples(numbers: numbers, origin: draws.origin, refits: try draws.refits(numbers))
  }
}

extension SurfaceBootstrap {
  /// All resamples in order, from parts in any order.
  ///
  /// - Throws: `InputError` where one is missing or there twice, or comes from another fit.
  func joined(_ parts: [Resamples]) throws -> [Refit] {
    var refits: [Refit] = []
    refits.reserveCapacity(search.options.draws)
    let each = search.options.drawsPerResample
    var next = 0
    // An empty part comes before the one that begins where it does.
    func place(_ part: Resamples) -> (Int, Int) { (part.numbers.lowerBound, part.numbers.count) }
    for part in parts.sorted(by: { place($0) < place($1) }) {
      guard part.origin == origin else {
        throw InputError(
          "are of another fit", field: "resamples", value: part.origin, hint: "the same runs and options: \(origin)")
      }
      guard part.numbers.lowerBound == next, part.numbers.count * each == part.refits.count else {
        throw InputError(
          part.numbers.lowerBound < next ? "are given twice" : "are missing", field: "resamples",
          value: "\(min(part.numbers.lowerBound, next))", hint: "every part once")
      }
      refits += part.refits
      next = part.numbers.upperBound
    }
    guard next == search.options.resampling.count else {
      throw InputError(
        "are missing", field: "resamples", value: "\(next)",
        hint: "all \(Numbers.grouped(search.options.resampling.count)), every part once")
    }
    return refits
  }
}

// MARK: As JSON, in which every number keeps all its bits

extension Resamples {
  /// `laws`: E, A, B, alpha, beta and the names of those on a bound; or why there is none.
  public var json: JSON {
    [
      "first": .integer(numbers.lowerBound), "count": .integer(numbers.count), "origin": .string(origin),
      "laws": .array(
        refits.map { refit in
          switch refit {
          case .failed(let why): .string(why)
          case .law(let law, let bounds):
            .array([law.E, law.A, law.B, law.alpha, law.beta].map(Self.number) + bounds.map { .string($0) })
          }
        }),
    ]
  }

  /// Reads back what `json` wrote.
  public init(_ json: JSON) throws {
    guard let object = json.object, case .integer(let first)? = object["first"], first >= 0,
      let origin = object["origin"]?.string, let laws = object["laws"]?.array,
      case .integer(let count)? = object["count"], count >= 0, first <= Int.max - count
    else { throw Self.unreadable }
    numbers = first..<first + count
    self.origin = origin
    refits = try laws.map { law in
      if let why = law.string { return .failed(why) }
      guard let items = law.array, items.count >= 5 else { throw Self.unreadable }
      let values = try items.prefix(5).map(Self.double)
      let names = try items.dropFirst(5).map { item in
        guard let name = item.string else { throw Self.unreadable }
        return name
      }
      return .law(
        LossSurface(E: values[0], A: values[1], B: values[2], alpha: values[3], beta: values[4]), onBound: names)
    }
  }

  /// JSON has no infinity: what is not finite goes as text.
  private static func number(_ value: Double) -> JSON { value.isFinite ? .number(value) : .string("\(value)") }

  private static func double(_ value: JSON) throws -> Double {
    guard let double = value.double ?? value.string.flatMap(Double.init) else { throw unreadable }
    return double
  }

  private static var unreadable: InputError {
    InputError("are not what a part of a bootstrap answers", field: "resamples", hint: "pass them on as they came")
  }
}
