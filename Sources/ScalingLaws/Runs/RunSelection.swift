import Input

/// Which rows of a table are fitted, and what its columns mean.
public struct RunSelection: Sendable {
  /// Our name of a column to theirs: `tokens` to `my_column`.
  public var map: [String: String] = [:]
  /// The column that is the scale; nil takes the first of `scalePreference` that is filled.
  public var scale: String?
  public var scalePreference = Self.parametricScales
  /// What each kind of fit takes as the scale where nobody chose one, best first.
  public static let parametricScales = ["params_total", "flops_per_token", "params_nonembedding"]
  public static let isoFLOPScales = ["flops_per_token", "params_total", "params_nonembedding"]
  public static let hyperparameterScales = ["params_nonembedding", "params_total", "flops_per_token"]
  /// The column that holds each run's budget, which is then C; nil groups by `budget` where there is such a column, else
  /// by equal compute, and C is what the runs spent.
  public var budget: String?
  public var filters: [Filter] = []
  /// One run is kept of those that agree in all these columns: the one with the lowest loss.
  public var bestPer: [String] = []
  /// This many of the highest losses are left out, after the filters.
  public var dropHighest = 0
  /// The column whose values are fitted separately and compared.
  public var group: String?
  /// What is drawn together when resampling.
  public var resample = Resample.run
  /// Bytes of text per token: converts nats per token to bits per byte where a file has both.
  public var bytesPerToken: Double?
  /// The unit all losses are converted to (needs `bytesPerToken` where that changes them).
  public var lossUnit: LossUnit?
  /// Every row of a run is a point; otherwise only its last checkpoint is (a checkpoint in mid-schedule is not L(N, D)).
  public var keepCheckpoints = false
  /// Mixtures that would be refused but that the caller vouches for.
  public var comparable: Set<Mixture> = []

  public init() {}

  /// What a resample draws.
  public enum Resample: Equatable, Sendable {
    case run
    /// Runs of one shape (the scale and the architecture columns) go together.
    case model
    case budget
    case column(String)

    public init(_ name: String) {
      switch name {
      case "run": self = .run
      case "model": self = .model
      case "budget": self = .budget
      default: self = .column(name)
      }
    }
    public var name: String {
      switch self {
      case .run: "run"
      case .model: "model"
      case .budget: "budget"
      case .column(let name): name
      }
    }
  }

  /// What must not be mixed in one fit unless someone says that it may be.
  public enum Mixture: String, Sendable, CaseIterable {
    case repeatedData = "repeated-data"
    case activeParameters = "active-parameters"
    case validationSets = "validation-sets"
    case lossUnits = "loss-units"
  }

  /// `column=value`, `column!=value`, or a comparison of numbers: `compute_flops<=1e19`; any of several of them:
  /// `dataset=c4 or dataset=pile`.
  public struct Filter: Equatable, Sendable {
    public enum Relation: String, Sendable, CaseIterable {
      case notEqual = "!="
      case atMost = "<="
      case atLeast = ">="
      case equal = "="
      case less = "<"
      case greater = ">"
    }
    public var column: String
    public var relation: Relation
    public var value: String
    /// Conditions of which one is enough where this one does not hold.
    public var alternatives: [Filter] = []

    public init(column: String, _ relation: Relation, _ value: String) {
      self.column = column
      self.relation = relation
      self.value = value
    }

    /// - Throws: `InputError` where the text has no relation, no column or, for an order, no number.
    public init(parsing text: String) throws {
      // What follows an "or" without being a condition belongs to the value.
      var parts: [String] = []
      for part in text.split(separator: " or ", omittingEmptySubsequences: false).map(String.init) {
        if let last = parts.last, !part.contains(where: { "!<>=".contains($0) }) {
          parts[parts.count - 1] = last + " or " + part
        } else {
          parts.append(part)
        }
      }
      try self.init(one: parts.first ?? text)
      alternatives = try parts.dropFirst().map { try Filter(one: $0.trimmed) }
    }

    private init(one text: String) throws {
      guard let at = text.firstIndex(where: { "!<>=".contains($0) }), at != text.startIndex,
        let relation = Relation.allCases.first(where: { text[at...].hasPrefix($0.rawValue) })
      else {
        throw InputError("is no condition", field: "where", value: text, hint: "write column=value or column<=number")
      }
      column = String(text[..<at])
      self.relation = relation
      value = String(text[at...].dropFirst(relation.rawValue.count))
      if ![.equal, .notEqual].contains(relation), Double(value) == nil {
        throw InputError("compares with something that is no number", value: text)
      }
    }

    /// The condition as it is written.
    public var text: String {
      ([column + relation.rawValue + value] + alternatives.map(\.text)).joined(separator: " or ")
    }

    /// This condition and those that may hold instead.
    var all: [Filter] { [self] + alternatives }

    /// - Parameter cell: what the row has in a column.
    func holds(_ cell: (String) -> String?) -> Bool { all.contains { $0.holds(cell($0.column)) } }

    private func holds(_ cell: String?) -> Bool {
      let left = cell.flatMap(Double.init)
      let right = Double(value)
      let same = cell == value || (left != nil && left == right)
      switch relation {
      case .equal: return same
      case .notEqual: return !same
      default:
        guard let left, let right else { return false }
        switch relation {
        case .less: return left < right
        case .atMost: return left <= right
        case .greater: return left > right
        default: return left >= right
        }
      }
    }
  }
}

/// What a loss is measured in.
public enum LossUnit: String, Sendable, CaseIterable {
  case natsPerToken = "nats-per-token"
  case bitsPerByte = "bits-per-byte"

  /// One nat per token in bits per byte: 1 / (ln 2 x bytes per token).
  static func bitsPerByte(natsPerToken nats: Double, bytesPerToken: Double) -> Double {
    nats / (logarithm(2) * bytesPerToken)
  }
}

/// One usable run.
public struct Run: Equatable, Sendable {
  /// Its row in the table and its line in the file.
  public var row: Int
  public var line: Int
  /// N or M, whatever the scale is.
  public var scale: Double
  public var tokens: Double
  public var compute: Double
  /// In the unit of the `RunSet`.
  public var loss: Double
  /// The label of its budget, where the file has one.
  public var budget: Double?
  /// Which group it belongs to: an index into `RunSet.groups`.
  public var group = 0
  /// Runs of one cluster are drawn together by a resample.
  public var cluster = 0
  public var batchTokens: Double?
  public var learningRate: Double?
  /// Optimiser steps, where the file has them or the batch size.
  public var steps: Double?

  public init(
    row: Int = 0, line: Int = 0, scale: Double, tokens: Double, compute: Double, loss: Double, budget: Double? = nil
  ) {
    self.row = row
    self.line = line
    self.scale = scale
    self.tokens = tokens
    self.compute = compute
    self.loss = loss
    self.budget = budget
  }
}

/// The runs that a fit gets: positive finite numbers in one unit, with everything that was left out and why.
public struct RunSet: Sendable {
  public var runs: [Run]
  /// The column that is the scale.
  public var scale: String
  /// FLOPs per unit of scale and token, C = k scale D: 1 for M, 6 for parameters; the median over the runs where the
  /// file has the compute.
  public var flopsPerScale: Double
  public var lossUnit: LossUnit
  /// Whether the losses were measured on one validation set.
  public var validation = Validation.unknown
  /// C of an IsoFLOP profile is its label, not what its runs spent.
  public var labelIsCompute = false
  /// The names of the groups, in order of appearance; one nameless group where none were asked for.
  public var groups: [String]
  public var skipped: [SkippedRow]
  public var warnings: [FitWarning]

  public init(
    runs: [Run], scale: String, flopsPerScale: Double, lossUnit: LossUnit = .natsPerToken, groups: [String] = [""],
    skipped: [SkippedRow] = [], warnings: [FitWarning] = []
  ) {
    self.runs = runs
    self.scale = scale
    self.flopsPerScale = flopsPerScale
    self.lossUnit = lossUnit
    self.groups = groups
    self.skipped = skipped
    self.warnings = warnings
  }

  public enum Validation: Equatable, Sendable {
    case same
    case unknown
    case different([String])
  }

  /// The runs of one group, as a set of its own.
  public func group(_ index: Int) -> RunSet {
    var copy = self
    copy.runs = runs.filter { $0.group == index }
    copy.groups = [groups[index]]
    for at in copy.runs.indices { copy.runs[at].group = 0 }
    return copy
  }

  /// The same with only the runs that satisfy a condition.
  public func filter(_ keep: (Run) -> Bool) -> RunSet {
    var copy = self
    copy.runs = runs.filter(keep)
    return copy
  }
}
