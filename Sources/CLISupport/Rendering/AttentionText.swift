import Isoflop

/// What attention costs, as text and rows.
extension AttentionProfile {
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

  // MARK: Several models

  /// A row a model and length: what a script reads.
  static func rows(_ profiles: [AttentionProfile]) -> Table {
    let keys = profiles.first?.costs.first?.fields.names ?? []
    var table = Table(
      [.text("name"), .size("non_embedding"), .size("total"), .size("sequence_length")]
        + keys.map { key in .number(key) { Numbers.significant($0) } })
    for profile in profiles {
      for cost in profile.costs {
        table.add(
          [.string(profile.model.name), .integer(profile.N1), .integer(profile.N2), .integer(cost.sequenceLength)]
            + cost.fields.members.map(\.value))
      }
    }
    return table
  }

  /// The ratios with a row a length and a column a model, and where attention overtakes the rest of each. The smallest
  /// model comes first, so that a row shows how 6 N / M runs with size.
  static func sideBySide(_ profiles: [AttentionProfile]) throws -> [(heading: String, table: Table)] {
    let sorted = profiles.enumerated().sorted { a, b in
      (a.element.N1 - a.element.idle, a.offset) < (b.element.N1 - b.element.idle, b.offset)
    }.map(\.element)
    func ratios(_ value: (AttentionCost.Share) -> Double) -> Table {
      var table = Table(
        [.integer("sequence_length", "S")]
          + sorted.map { profile in .number(profile.model.name) { Numbers.fixed($0, 3) } })
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
    for profile in sorted {
      sizes.add([
        .string(profile.model.name), .integer(profile.N1 - profile.idle), .integer(profile.N2 - profile.idle),
        .integer(profile.model.layerCount), .integer(profile.model.width), .value(profile.crossing?.full),
        .value(profile.crossing?.causal),
      ])
    }
    return [
      ("6 N1 / M, all pairs", ratios(\.usualSixN1)), ("6 N2 / M, all pairs", ratios(\.usualSixN2)),
      ("Attention costs as much as the rest of M at S =", sizes),
    ]
  }
}
