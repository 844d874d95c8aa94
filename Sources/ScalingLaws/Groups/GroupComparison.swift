import Input

/// The same fit for each group of runs (data sets, usually), and what one group's data is worth in another's.
///
/// DeepSeek LLM (arXiv 2401.02954, section 3.3, table 4) reads the quality of data off the exponent a. In an additive
/// surface better data that merely acts like more data moves B and leaves a alone, so three things are reported, each
/// with its interval: the exponents, how many tokens of the other data one token replaces, and how much compute.
public struct GroupComparison: Sendable {
  public var groups: [Group]
  public var pairs: [Pair]
  /// The budget at which multipliers are stated.
  public var compute: Double
  public var warnings: [FitWarning]

  /// Of more groups than these, what is said in words of each, or of each pair, is more than anyone reads.
  public static let few = 4

  public struct Group: Sendable {
    public var name: String
    public var runs: Int
    public var fit: Fit
  }

  /// What was fitted to a group, or why nothing was.
  public enum Fit: Sendable {
    case parametric(ParametricResult)
    case isoFLOP(IsoFLOPResult)
    case refused(String)

    var warnings: [FitWarning] {
      switch self {
      case .parametric(let result): result.warnings
      case .isoFLOP(let result): result.warnings
      case .refused: []
      }
    }
    /// The exponent of the scale, with its resamples.
    var exponent: (value: Double, samples: [Double], interval: Interval?)? {
      switch self {
      case .parametric(let result): (result.surface.a, result.samples.map(\.a), result.interval { $0.a })
      case .isoFLOP(let result):
        (result.model.law.exponent, result.samples.map(\.model.exponent), result.model.exponent)
      case .refused: nil
      }
    }
    /// The exponent of the tokens.
    var tokenExponent: (value: Double, interval: Interval?)? {
      switch self {
      case .parametric(let result): (result.surface.b, result.interval { $0.b })
      case .isoFLOP(let result): (result.data.law.exponent, result.data.exponent)
      case .refused: nil
      }
    }
  }

  public struct Pair: Equatable, Sendable {
    public var first: String
    public var second: String
    /// The share of pairs of resamples in which a of the first is larger.
    public var probabilityLarger: Double?
    /// Tokens of the second that one token of the first is worth at the stated budget, and compute likewise; nil where
    /// losses may not be compared or the fit has no loss.
    public var tokens: Multiplier?
    public var compute: Multiplier?
  }

  /// A ratio with its interval; infinite where the other data cannot reach that loss at all.
  public struct Multiplier: Equatable, Sendable {
    public var value: Double
    public var interval: Interval?
    /// The share of resamples in which the other data cannot reach it.
    public var unreachable: Double
  }

  /// Which fit is made.
  public enum Method: Sendable {
    case parametric(ParametricOptions)
    case isoFLOP(IsoFLOPOptions)
  }

  /// - Parameters:
  ///   - set: runs of two or more groups.
  ///   - method: the fit that each group gets.
  ///   - compute: the budget for multipliers; nil takes the geometric middle of what the groups share.
  /// - Throws: `InputError` for a single group, or where no group can be fitted.
  public static func compare(_ set: RunSet, method: Method, compute: Double? = nil) throws -> GroupComparison {
    guard set.groups.count > 1 else {
      throw InputError(
        "is a single group, so there is nothing to compare", field: "group", value: set.groups.first ?? "",
        hint: "name a column with two or more values: --group dataset")
    }
    let groups = try set.groups.indices.map { index -> Group in
      var part = set.group(index)
      // Seeds differ, so that the resamples of two groups of the same size are not drawn alike.
      let shift = UInt64(index) &* 0x9E37_79B9_7F4A_7C15
      part.warnings = []
      let fit: Fit
      do {
        switch method {
        case .parametric(var options):
          options.resampling.seed &+= shift
          fit = .parametric(try ParametricFit.fit(part, options: options))
        case .isoFLOP(var options):
          options.resampling.seed &+= shift
          fit = .isoFLOP(try IsoFLOPFit.fit(part, options: options))
        }
      } catch let error as CancellationError {
        throw error
      } catch {
        fit = .refused("\(error)")
      }
      return Group(name: set.groups[index], runs: part.runs.count, fit: fit)
    }
    guard groups.contains(where: { $0.fit.exponent != nil }) else {
      let reasons = groups.map { group in
        if case .refused(let why) = group.fit { "\(group.name): \(why)" } else { group.name }
      }
      throw InputError("can be fitted in no group: \(reasons.joined(separator: "; "))", field: "runs")
    }
    let low = set.groups.indices.compactMap { set.group($0).runs.map(\.compute).min() }.max() ?? 1
    let high = set.groups.indices.compactMap { set.group($0).runs.map(\.compute).max() }.min() ?? 1
    let C = compute ?? (low * high).squareRoot()
    var comparison = GroupComparison(groups: groups, pairs: [], compute: C, warnings: set.warnings)
    comparison.warnings += lossWarnings(set) + cautions(groups)
    let comparable = !comparison.warnings.contains { $0.code == .differentValidation && $0.severity == .caution }
    for i in groups.indices {
      for j in groups.indices where j > i {
        comparison.pairs.append(pair(groups[i], groups[j], C, losses: comparable))
      }
    }
    return comparison
  }

  /// What speaks against the fits themselves: of a few groups in full, of many by kind.
  private static func cautions(_ groups: [Group]) -> [FitWarning] {
    let found = groups.flatMap { group in
      group.fit.warnings.filter { $0.severity == .caution }.map { (group: group.name, warning: $0) }
    }
    if groups.count <= few {
      return found.map { FitWarning($0.warning.code, "\($0.warning.message) (in \($0.group))") }
    }
    var codes: [FitWarning.Code] = []
    for (_, warning) in found where !codes.contains(warning.code) { codes.append(warning.code) }
    return codes.map { code in
      var names: [String] = []
      for (group, warning) in found where warning.code == code && names.last != group { names.append(group) }
      let places = names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
      return FitWarning(code, "\(code.meaning.dropLast()) (in \(places) of \(Numbers.counted(groups.count, "group")))")
    }
  }

  private static func lossWarnings(_ set: RunSet) -> [FitWarning] {
    switch set.validation {
    case .same: []
    case .unknown:
      [
        FitWarning(
          .differentValidation, .note,
          "the file does not say on which validation set the losses are (a column validation_set): multipliers hold only "
            + "if it is one and the same, with the same tokenizer")
      ]
    case .different(let names):
      [
        FitWarning(
          .differentValidation,
          "losses on different validation sets (\(names.prefix(3).joined(separator: ", "))) are not compared; exponents are "
            + "(--comparable validation-sets compares them all the same)")
      ]
    }
  }

  private static func pair(_ a: Group, _ b: Group, _ C: Double, losses: Bool) -> Pair {
    var pair = Pair(first: a.name, second: b.name)
    if let x = a.fit.exponent?.samples, let y = b.fit.exponent?.samples, !x.isEmpty, !y.isEmpty {
      pair.probabilityLarger = shareLarger(x, y)
    }
    guard losses else { return pair }
    switch (a.fit, b.fit) {
    case (.parametric(let a), .parametric(let b)):
      let k = a.flopsPerScale
      pair.tokens = multiplier(a.surface, b.surface, a.samples, b.samples, a.options.resampling.level) {
        tokensWorth($0, $1, C, k)
      }
      pair.compute = multiplier(a.surface, b.surface, a.samples, b.samples, a.options.resampling.level) {
        computeWorth($0.lossCurve(flopsPerScale: k, unit: C), $1.lossCurve(flopsPerScale: k, unit: C), C)
      }
    case (.isoFLOP(let a), .isoFLOP(let b)):
      if let first = a.lossCurve?.law, let second = b.lossCurve?.law {
        pair.compute = multiplier(
          first, second, a.samples.compactMap(\.loss), b.samples.compactMap(\.loss), a.options.resampling.level
        ) { computeWorth($0, $1, C) }
      }
    default: break
    }
    return pair
  }

  /// The share of pairs (x, y) with x > y, ties counting half: by merging sorted values.
  private static func shareLarger(_ x: [Double], _ y: [Double]) -> Double {
    let (x, y) = (x.sorted(), y.sorted())
    var (below, upTo, sum) = (0, 0, 0.0)
    for value in x {
      while below < y.count, y[below] < value { below += 1 }
      upTo = max(upTo, below)
      while upTo < y.count, y[upTo] <= value { upTo += 1 }
      sum += (Double(below) + Double(upTo)) / 2
    }
    return sum / Double(x.count) / Double(y.count)
  }

  /// D2 / D1 with D1 the first law's optimum at C and D2 what the second law needs for the same loss at that scale.
  private static func tokensWorth(_ first: LossSurface, _ second: LossSurface, _ C: Double, _ k: Double) -> Double {
    guard let best = try? first.optimum(compute: C, flopsPerScale: k) else { return .nan }
    let rest = best.loss - second.loss(scale: best.scale, tokens: .infinity)
    guard rest > 0, second.B > 0, second.beta > 0 else { return .infinity }
    return exponential((logarithm(second.B) - logarithm(rest)) / second.beta) / best.tokens
  }

  /// C2 / C with C2 what the second curve needs for the loss of the first at C.
  private static func computeWorth(_ first: OffsetPowerLaw, _ second: OffsetPowerLaw, _ C: Double) -> Double {
    second.inverse(first(C)).map { $0 / C } ?? .infinity
  }

  private static func multiplier<Law>(
    _ first: Law, _ second: Law, _ x: [Law], _ y: [Law], _ level: Double, _ ratio: (Law, Law) -> Double
  ) -> Multiplier {
    let drawn = zip(x, y).map { ratio($0, $1) }.filter { !$0.isNaN }
    let reachable = drawn.filter { $0.isFinite }
    var interval = Interval(percentiles: reachable, level: level)
    let unreachable = drawn.isEmpty ? 0 : Double(drawn.count - reachable.count) / Double(drawn.count)
    if unreachable > 0, let known = interval {
      let low = quantile(drawn.sorted(), (1 - level) / 2) ?? known.low
      let high = unreachable > (1 - level) / 2 ? .infinity : known.high
      interval = Interval(low: low, high: high, standardError: known.standardError)
    }
    return Multiplier(value: ratio(first, second), interval: interval, unreachable: unreachable)
  }
}

extension GroupComparison {
  /// The object under `groups` in the output of `isoflop fit --group --json`.
  public var json: JSON {
    [
      "compute": .number(compute),
      "groups": .array(
        groups.map { group in
          var out = JSONObject([("name", .string(group.name)), ("runs", .integer(group.runs))])
          if case .refused(let why) = group.fit { out["refused"] = .string(why) }
          if let a = group.fit.exponent {
            out["a"] = .number(a.value)
            out["a_interval"] = a.interval?.json ?? .null
          }
          if let b = group.fit.tokenExponent {
            out["b"] = .number(b.value)
            out["b_interval"] = b.interval?.json ?? .null
          }
          switch group.fit {
          case .parametric(let result): out["parametric"] = result.json
          case .isoFLOP(let result): out["isoflop"] = result.json
          case .refused: break
          }
          return .object(out)
        }),
      "pairs": .array(
        pairs.map {
          [
            "first": .string($0.first), "second": .string($0.second),
            "probability_a_larger": $0.probabilityLarger.map { .number($0) } ?? .null,
            "token_multiplier": $0.tokens?.json ?? .null, "compute_multiplier": $0.compute?.json ?? .null,
          ]
        }),
      "warnings": .array(warnings.map(\.json)),
    ]
  }
}

extension GroupComparison.Multiplier {
  /// An infinite value or end (not reachable) is null.
  var json: JSON {
    ["value": .number(value), "interval": interval?.json ?? .null, "unreachable_share": .number(unreachable)]
  }
}
