import Architectures
import FLOPCount
import Input

extension Picture {
  /// What attention costs: its part of M against the sequence length, and what 6 N, which leaves it out, says of M
  /// against size and against length.
  ///
  /// - Throws: `InputError` where a model has a part without a closed formula, or is an image encoder.
  public static func attention(_ models: [CountedModel]) throws -> Picture {
    let shown = try Ratio.shown(models)
    let single = shown.count == 1
    let lengths = sequenceLengths(through: 20)
    var shares = Panel(
      "Attention's part of M" + (single ? "" : ": all pairs solid, as masked dashed"),
      x: Axis("S, tokens of a sequence", logarithmic: true, style: .binary, range: 256...1_048_576),
      y: Axis("Q K^T and A V, share of M", style: .percent, range: 0...1),
      marks: [.level(0.5, "as much as the rest", over: 256...1_048_576).labelled("half", nearX: 400, y: 0.5)])
    for (index, model) in shown.enumerated() {
      let name = model.architecture.name
      let costs = try lengths.map { try AttentionCost(model.architecture, sequenceLength: $0) }
      let full = costs.compactMap { cost in cost.full.map { [Double(cost.sequenceLength), $0.attention] } }
      let causal = costs.compactMap { cost in cost.causal.map { [Double(cost.sequenceLength), $0.attention] } }
      shares.marks += [
        Mark(.line, "part of \(name), all pairs", .series(index), full).labelled(single ? "all pairs" : name),
        Mark(.dashes, "part of \(name), pairs let through", .series(index), causal),
      ]
      if single { shares.marks[shares.marks.count - 1] = shares.marks[shares.marks.count - 1].labelled("as masked") }
    }
    let crossings = try shown.map { model -> String in
      let name = model.architecture.name
      guard let crossing = try AttentionCrossing(model.architecture) else { return "\(name) has no such length" }
      guard let full = crossing.full else { return "\(name) at none that was tried" }
      return "\(name) at S = \(Numbers.grouped(full))"
    }
    return Picture(
      "attention", title: "What attention costs\(single ? ": \(shown[0].architecture.name)" : "")",
      words: "Attention costs as much as the rest of M: \(crossings.joined(separator: ", ")), over all pairs. Dashed: "
        + "over the pairs that the masks let through. "
        + "What 6 N leaves out grows with the sequence and shrinks with the width of the model."
        + CountedModel.leftOut(models),
      panels: [shares, try Ratio.againstSize(shown), try Ratio.againstLength(shown)])
  }
}
