import Architectures
import Input

/// One model's training FLOPs per token by every account.
public struct Comparison: Sendable {
  public let model: Architecture
  public let sequenceLength: Int
  public let budget: Double?
  /// Non-embedding training FLOPs per token, exact: what all others are measured against.
  public let M: Double
  public let rows: [Row]
  /// The way from each convention to M, term by term.
  public let ways: [Reconciliation]

  public struct Row: Sendable {
    public var name: String
    /// FLOPs per token; exact where it is an integer.
    public var flops: Double
    public var exact: Int?
    public var meaning: String
  }

  /// - Parameters:
  ///   - model: the model to count.
  ///   - sequenceLength: S.
  ///   - conventions: those to set beside M and 6 N.
  ///   - budget: C in FLOPs, for the tokens that it buys.
  ///   - extraPrediction: the extra prediction modules (MTP) too.
  /// - Throws: `InputError` where a part of the model has no closed formula, or a count is beyond Int64.
  public init(
    _ model: Architecture, sequenceLength: Int, conventions: [Convention], budget: Double?,
    extraPrediction: Bool = false
  ) throws {
    self.model = model
    self.sequenceLength = sequenceLength
    self.budget = budget
    let count = try ModelCount(model, sequenceLength: sequenceLength, extraPrediction: extraPrediction)
    guard let M = try count.trainingPerToken() else {
      throw InputError("cannot be compared: a part of it has no closed formula", field: model.family)
    }
    self.M = M
    var rows: [Row] = []
    func add(_ name: String, _ value: Exact?, _ meaning: String) {
      guard let value else { return }
      rows.append(Row(name: name, flops: value.double, exact: try? value.int(name), meaning: meaning))
    }
    rows.append(Row(name: "M", flops: M, exact: try count.M(), meaning: "exact, full attention, no vocabulary"))
    let causal = try ModelCount(
      model, sequenceLength: sequenceLength, convention: Convention.deepseek.with(attention: .causal),
      extraPrediction: extraPrediction)
    if let flops = try causal.trainingPerToken() {
      rows.append(
        Row(
          name: "M causal", flops: flops, exact: try causal.M(),
          meaning: "exact pairs that the masks let through"))
    }
    add("M (paper)", count.paper?.M, "72 L d^2 + 12 L d S")
    let (n1, n2) = (Exact(try count.nonEmbeddingParameters()), Exact(try count.totalParameters()))
    add("6 N1", 6 * n1, "from its non-embedding parameters")
    add("6 N2", 6 * n2, "from all its parameters")
    if count.isMixture {
      let active = Exact(try count.activeParameters())
      add("6 N1 active", 6 * (n1 - (n2 - active)), "from those that a token visits")
      add("6 N2 active", 6 * active, "the same, with the vocabulary")
    }
    add("6 N1 (paper)", count.paper?.sixN1, "72 L d^2")
    add("6 N2 (paper)", count.paper?.sixN2, "72 L d^2 + 6 V d")
    for convention in conventions {
      let other = try ConventionCount(
        model, sequenceLength: sequenceLength, convention: convention, extraPrediction: extraPrediction)
      let exact = other.flopsPerSequence.dividedExactly(by: Exact(other.tokens))
      rows.append(
        Row(
          name: convention.name, flops: other.perToken, exact: exact.flatMap { try? $0.int(convention.name) },
          meaning: convention.source))
    }
    self.rows = rows
    ways = try conventions.map {
      try Reconciliation(model, sequenceLength: sequenceLength, from: $0, extraPrediction: extraPrediction)
    }
  }

  /// The object of `isoflop compare --json`.
  public var json: JSON {
    var object = JSONObject([
      ("name", .string(model.name)), ("family", .string(model.family)), ("sequence_length", .integer(sequenceLength)),
    ])
    object["compute"] = budget.map { .number($0) }
    object["accounts"] = .array(
      rows.map { row in
        var cells = JSONObject([
          ("account", .string(row.name)), ("flops_per_token", row.exact.map { .integer($0) } ?? .number(row.flops)),
          ("over_M", .number(row.flops / M)),
        ])
        if let budget {
          cells["tokens"] = .number(budget / row.flops)
          cells["true_compute"] = .number(M / row.flops)
        }
        cells["meaning"] = .string(row.meaning)
        return .object(cells)
      })
    if !ways.isEmpty {
      object["reconciliation"] = .object(JSONObject(ways.map { ($0.from.convention.name, $0.json) }))
    }
    return .object(object)
  }
}

extension Reconciliation {
  /// From, to and the terms between, in training FLOPs per token.
  fileprivate var json: JSON {
    [
      "from": .number(from.perToken), "to": .number(to.perToken),
      "steps": .array(
        steps.map { step in
          [
            "step": .string(step.change), "flops": .number(step.difference / Double(from.tokens)),
            "nature": .string(step.nature.rawValue),
          ]
        }),
    ]
  }
}
