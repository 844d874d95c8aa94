import Input

/// Whether the shortest runs lie off a law as runs do whose warm-up or decay shaped their loss.
///
/// Between `innocent` and `suspicious` the losses neither show it nor rule it out, and then intervals allow for it: every
/// other resample is of a law with such a term beside it.
public struct ShortRunTest: Equatable, Sendable {
  /// How many standard errors the term that short runs would add is away from none (`ShortRunTerm`).
  public var t: Double
  /// F of two terms of other steepness, with two degrees of freedom; nil where it cannot be told.
  public var bend: Double?
  /// The exponent of the allocation with such a term beside the law; nil where that gives none.
  public var exponent: Double?
  /// Whether the file says how many steps each run took, or what its batch was.
  public var stepsKnown: Bool

  /// Beyond this, one in seventy laws without short runs is suspected.
  static let suspicious = 2.2
  /// Runs that show so little of it are believed to be long enough.
  static let innocent = -1.0
  /// Short runs do not lie below the law; what does has another reason.
  static let below = -3.0
  /// Exceeded by chance in one of a hundred and fifty.
  static let bent = 5.6

  var isOpen: Bool { t > Self.innocent && t < Self.suspicious }

  func warnings(_ what: String, _ found: Double, hasIntervals: Bool) -> [FitWarning] {
    let shortest = stepsKnown ? "the runs of the fewest steps" : "the runs on the fewest tokens"
    let unknown = stepsKnown ? "" : ", and the file has neither steps nor batch_size_tokens to tell"
    let without = exponent.flatMap { exponent -> String? in
      let (with, own) = (significant(exponent, 4), significant(found, 4))
      return with == own ? nil : ": with a term for it \(what) is \(with), not \(own)"
    }
    if t >= Self.suspicious {
      return [
        FitWarning(
          .shortRuns,
          "\(shortest) lie above the law as short runs do (t = \(significant(t, 2)))\(unknown)\(without ?? "")")
      ]
    }
    if t <= Self.below {
      return [
        FitWarning(.residualPattern, "\(shortest) lie below the law (t = \(significant(t, 2)))\(without ?? "")")
      ]
    }
    if let bend, bend > Self.bent {
      return [
        FitWarning(
          .shortRuns, "the law bends at \(shortest) (F = \(significant(bend, 2)))\(unknown)")
      ]
    }
    guard isOpen, hasIntervals else { return [] }
    return [
      FitWarning(
        .shortRuns, .note,
        "the intervals allow for runs that were too short, which these losses do not rule out\(unknown)")
    ]
  }

  var json: JSON {
    [
      "t": .number(t), "bend_F": .value(bend), "exponent": .value(exponent), "steps_known": .bool(stepsKnown),
    ]
  }
}
