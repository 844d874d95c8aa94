import Isoflop

/// What attention costs one model: by length, and where it overtakes the rest.
struct AttentionReport {
  let model: Architecture
  let costs: [AttentionCost]
  let crossing: AttentionCrossing?
  /// Non-embedding parameters, all of them, and how many of them a token does not visit.
  let N1, N2, idle: Int

  init(_ model: Architecture, lengths: [Int]) throws {
    self.model = model
    costs = try lengths.map { try AttentionCost(model, sequenceLength: $0) }
    crossing = try AttentionCrossing(model)
    let count = try ModelCount(model, sequenceLength: 1)
    N1 = try count.nonEmbeddingParameters()
    N2 = try count.totalParameters()
    idle = N2 - (try count.activeParameters())
  }

  // MARK: One model

  /// For people: a row a length.
  var table: Table {
    var table = Table([
      .integer("sequence_length", "S"), .number("M_full", "M full") { Numbers.si($0, 4) },
      .number("M_causal", "M causal") { Numbers.si($0, 4) }.extra(2),
      .number("attention_share", "attention") { Numbers.fixed(100 * $0, 1) + " %" }.extra(1),
      .number("attention_share_causal", "of causal") { Numbers.fixed(100 * $0, 1) + " %" }.extra(4),
      .number("six_n1_over_M", "6 N1 / M") { Numbers.fixed($0, 3) },
      .number("six_n2_over_M", "6 N2 / M") { Numbers.fixed($0, 3) }.extra(3),
      .number("six_n1_over_M_causal", "6 N1 / M causal") { Numbers.fixed($0, 3) }.extra(5),
      .number("six_n2_over_M_causal", "6 N2 / M causal") { Numbers.fixed($0, 3) }.extra(6),
    ])
    for cost in costs {
      table.add([
        .integer(cost.sequenceLength), .value(cost.full?.M), .value(cost.causal?.M), .value(cost.full?.attention),
        .value(cost.causal?.attention), .value(cost.full?.usualSixN1), .value(cost.full?.usualSixN2),
        .value(cost.causal?.usualSixN1), .value(cost.causal?.usualSixN2),
      ])
    }
    return table
  }

  /// Where attention costs as much as the rest; nil where there is no softmax attention or no M.
  var sentence: String? {
    guard let crossing else { return nil }
    guard let full = crossing.full else {
      return "Attention never costs as much as the rest of M, up to S = \(Numbers.grouped(AttentionCrossing.longest))."
    }
    return "Attention costs as much as the rest of M at S = \(Numbers.grouped(full)) (all pairs)"
      + (crossing.causal.map { " and S = \(Numbers.grouped($0)) (pairs let through)" }
        ?? "; with the masks' pairs it never does") + "."
  }

  var json: JSON {
    var object = JSONObject([
      ("name", .string(model.name)), ("n_layers", .integer(model.layerCount)), ("d_model", .integer(model.width)),
      ("parameters", ["total": .integer(N2), "active": .integer(N2 - idle), "non_embedding": .integer(N1)]),
    ])
    object["attention_overtakes"] = ["full": .value(crossing?.full), "causal": .value(crossing?.causal)]
    object["lengths"] = .array(
      costs.map { cost in
        var row = JSONObject([("sequence_length", .integer(cost.sequenceLength))])
        for (key, value) in Self.values(of: cost) { row[key] = value }
        return .object(row)
      })
    return .object(object)
  }

  // MARK: Several models

  /// Every number of one length by its key in JSON and CSV.
  private static func values(of cost: AttentionCost) -> [(key: String, value: JSON)] {
    func both(_ key: String, _ value: (AttentionCost.Share) -> Double?) -> [(key: String, value: JSON)] {
      [(key, .value(cost.full.flatMap(value))), (key + "_causal", .value(cost.causal.flatMap(value)))]
    }
    func M(_ share: AttentionCost.Share?) -> JSON { share?.exactM.map { .integer($0) } ?? .value(share?.M) }
    return [("M_full", M(cost.full)), ("M_causal", M(cost.causal))] + both("attention_share") { $0.attention }
      + both("six_n1_over_M") { $0.sixN1 } + both("six_n2_over_M") { $0.sixN2 }
      + both("six_n1_active_over_M") { $0.sixN1Active } + both("six_n2_active_over_M") { $0.sixN2Active }
  }

  /// A row a model and length: what a script reads.
  static func rows(_ reports: [AttentionReport]) -> Table {
    let keys = reports.first?.costs.first.map { values(of: $0).map(\.key) } ?? []
    var table = Table(
      [.text("name"), .size("non_embedding"), .size("total"), .size("sequence_length")]
        + keys.map { key in .number(key) { Numbers.significant($0) } })
    for report in reports {
      for cost in report.costs {
        table.add(
          [.string(report.model.name), .integer(report.N1), .integer(report.N2), .integer(cost.sequenceLength)]
            + values(of: cost).map(\.value))
      }
    }
    return table
  }

  /// The ratios with a row a length and a column a model, and where attention overtakes the rest of each. The smallest
  /// model comes first, so that a row shows how 6 N / M runs with size.
  static func sideBySide(_ reports: [AttentionReport]) throws -> [(heading: String, table: Table)] {
    let sorted = reports.enumerated().sorted { a, b in
      (a.element.N1 - a.element.idle, a.offset) < (b.element.N1 - b.element.idle, b.offset)
    }.map(\.element)
    func ratios(_ value: (AttentionCost.Share) -> Double) -> Table {
      var table = Table(
        [.integer("sequence_length", "S")]
          + sorted.map { report in .number(report.model.name) { Numbers.fixed($0, 3) } })
      for (at, cost) in (sorted.first?.costs ?? []).enumerated() {
        table.add([.integer(cost.sequenceLength)] + sorted.map { .value($0.costs[at].full.map(value)) })
      }
      return table
    }
    var sizes = Table([
      .text("name"), .number("non_embedding", "N1") { Numbers.count($0) },
      .number("total", "N2") { Numbers.count($0) }.extra(1), .integer("n_layers", "layers").extra(3),
      .integer("d_model").extra(2), .integer("full", "all pairs"), .integer("causal", "pairs let through"),
    ])
    for report in sorted {
      sizes.add([
        .string(report.model.name), .integer(report.N1 - report.idle), .integer(report.N2 - report.idle),
        .integer(report.model.layerCount), .integer(report.model.width), .value(report.crossing?.full),
        .value(report.crossing?.causal),
      ])
    }
    return [
      ("6 N1 / M, all pairs", ratios(\.usualSixN1)), ("6 N2 / M, all pairs", ratios(\.usualSixN2)),
      ("Attention costs as much as the rest of M at S =", sizes),
    ]
  }
}

extension JSON {
  static func value(_ number: Double?) -> JSON { number.map { .number($0) } ?? .null }
  static func value(_ integer: Int?) -> JSON { integer.map { .integer($0) } ?? .null }
}
