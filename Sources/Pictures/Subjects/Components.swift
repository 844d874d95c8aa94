import Architectures
import FLOPCount
import Input

extension Picture {
  /// Where the FLOPs of a forward pass go, against the sequence length.
  ///
  /// - Throws: `InputError` where a model has a part without a closed formula, or is an image encoder.
  public static func components(_ models: [CountedModel]) throws -> Picture {
    let panels = try models.prefix(Palette.series.count).map { try panel($0, alone: models.count == 1) }
    let names = models.prefix(Palette.series.count).map(\.architecture.name).joined(separator: ", ")
    return Picture(
      "components", title: models.count == 1 ? "Where the FLOPs of \(names) go" : "Where the FLOPs go",
      words: "Shares of the FLOPs of a forward pass by component, against the sequence length: products with weights "
        + "cost the same for every token, attention scores grow with the sequence. \(names), counted exactly."
        + CountedModel.leftOut(models), panels: Array(panels))
  }

  private static func panel(_ model: CountedModel, alone: Bool) throws -> Panel {
    guard model.architecture.kind != .vision else {
      throw InputError(
        "is an image encoder, whose length is fixed: no picture against the length", value: model.architecture.name)
    }
    let lengths = sequenceLengths(through: 17)
    let shares = try lengths.map { try Shares(model, sequenceLength: $0) }
    // What is small everywhere has no place for its name.
    let kinds = ComponentKind.allCases.filter { kind in shares.contains { $0[kind] > 0 } }
    let large = kinds.filter { kind in kind != .rest && shares.contains { $0[kind] >= 0.03 } }
    let small = kinds.filter { !large.contains($0) }
    func share(_ kinds: [ComponentKind], _ at: Int) -> Double { kinds.reduce(0) { $0 + shares[at][$1] } }
    var panel = Panel(
      alone ? "" : model.architecture.name,
      x: Axis("S, tokens of a sequence", logarithmic: true, style: .binary, range: 256...131_072),
      y: Axis("share of the forward pass", style: .percent, range: 0...1))
    var below = [Double](repeating: 0, count: lengths.count)
    var stack = large.map { (name: $0.rawValue, kinds: [$0]) }
    if !small.isEmpty { stack.append((small.count == 1 ? small[0].rawValue : "everything else", small)) }
    for (name, kinds) in stack {
      let rows = lengths.indices.map { [Double(lengths[$0]), below[$0], min(1, below[$0] + share(kinds, $0))] }
      let colour = kinds.count == 1 ? kinds[0].colour : .faint
      panel.marks.append(Mark(.area, name, colour, rows).labelled(name))
      below = rows.map { $0[2] }
    }
    let S = Double(model.sequenceLength)
    if (256...131_072).contains(S) {
      panel.marks.append(
        Mark(.dashes, "S = \(model.sequenceLength)", .ink, [[S, 0], [S, 1]])
          .labelled("S = \(Numbers.grouped(model.sequenceLength))", nearX: S, y: 0.08))
    }
    return panel
  }
}

/// What components are summed by, from the bottom of the picture to its top.
private enum ComponentKind: String, CaseIterable {
  case mlp = "MLP"
  case experts = "routed experts"
  case shared = "shared experts"
  case projections
  case scores = "attention scores"
  case stateMixing = "state mixing"
  case head = "output head"
  case rest = "everything else"

  /// The same in every picture.
  var colour: Mark.Colour {
    switch self {
    case .mlp: .series(0)
    case .experts: .series(5)
    case .shared: .series(4)
    case .projections: .series(1)
    case .scores: .series(2)
    case .stateMixing: .pale
    case .head: .series(3)
    case .rest: .faint
    }
  }

  init(_ component: Component) {
    self =
      switch (component.group, component.role) {
      case (.attentionScores, _): .scores
      case (.outputHead, _): .head
      case (.stateMixing, _): .stateMixing
      case (.weights, .mlp): .mlp
      case (.weights, .expert): .experts
      case (.weights, .sharedExpert): .shared
      case (.weights, .projection): .projections
      default: .rest
      }
  }
}

/// The shares of one count.
private struct Shares {
  private var parts: [ComponentKind: Double] = [:]

  init(_ model: CountedModel, sequenceLength: Int) throws {
    let count = try ModelCount(
      model.architecture, sequenceLength: sequenceLength, convention: model.convention,
      extraPrediction: model.extraPrediction)
    guard let total = count.forwardTotal()?.count.double, total > 0 else {
      throw InputError(
        "has a part without a closed formula, so its FLOPs are not known", value: model.architecture.name)
    }
    for component in count.components where component.group != nil {
      parts[ComponentKind(component), default: 0] += (component.forward?.count.double ?? 0) / total
    }
  }

  subscript(kind: ComponentKind) -> Double { parts[kind] ?? 0 }
}
