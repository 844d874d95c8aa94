import Architectures
import Input

/// What a convention says of a model.
public struct ConventionCount: Sendable, Equatable {
  public let convention: Convention
  /// FLOPs of one sequence: of training, or of the forward pass where that is what the convention is of.
  public let flopsPerSequence: Exact
  /// Tokens of one sequence.
  public let tokens: Int

  /// FLOPs per token: exact as a quotient, here the nearest Double.
  public var perToken: Double { flopsPerSequence.double / Double(tokens) }

  /// Counts `architecture` at a sequence length as `convention` does.
  ///
  /// - Parameters:
  ///   - architecture: the model to count.
  ///   - sequenceLength: S.
  ///   - convention: what is counted, and how.
  ///   - extraPrediction: the extra prediction modules (MTP) too, as far as the convention counts them.
  /// - Throws: `InputError` where the convention's form does not apply to this model, or a part has no closed formula.
  public init(
    _ architecture: Architecture, sequenceLength: Int, convention: Convention, extraPrediction: Bool = false
  ) throws {
    let count = try ModelCount(architecture, sequenceLength: sequenceLength)
    self.convention = convention
    tokens = count.tokens
    if convention.paperForm {
      guard let paper = count.paper else {
        throw InputError(
          "does not apply to \(architecture.family): the paper's form has one plain attention and one dense MLP a layer",
          field: convention.name, hint: "use deepseek, which counts the real products")
      }
      flopsPerSequence = paper.M * Exact(sequenceLength)
      return
    }
    try convention.check(architecture)
    var sum = RuleSum(rules: convention, architecture)
    sum.add(architecture.embedding, times: 1, lengths: count.lengths)
    let mixture = architecture.groups.flatMap(\.layer.blocks).first { $0.isMixture }
    // Layers whose experts a token is counted through, where that is not all of them.
    var mixtures = architecture.layerCount / 2
    for group in architecture.groups {
      let lengths = group.onEncoder ? count.lengths.insideEncoder : count.lengths
      for var block in group.layer.blocks {
        if !convention.denseLayers, let mixture, block.isDenseMLP { block = mixture }
        var times = group.count
        if convention.experts == .everySecondLayer, block.isMixture {
          times = min(mixtures, group.count)
          mixtures -= times
          sum.add(block, times: group.count - times, lengths: lengths, experts: .one)
        }
        sum.add(block, times: times, lengths: lengths)
      }
    }
    for group in extraPrediction ? architecture.extraPrediction : [] {
      for block in convention.prediction.counted(of: group.layer.blocks) {
        sum.add(block, times: group.count, lengths: count.lengths)
      }
    }
    sum.add(architecture.head, times: 1, lengths: count.lengths)
    sum.addWhatEveryLayerHas(architecture, tokens: count.tokens)
    guard let total = sum.total else {
      throw InputError(
        "cannot be counted for \(architecture.family): a part of it has no closed formula", field: convention.name)
    }
    _ = try total.int("FLOPs per sequence")
    flopsPerSequence = total
  }
}

extension Architecture {
  /// The head's weights are those of the input table.
  public var isTied: Bool {
    head.parts.contains { if case .linear(let l) = $0 { l.role == .head && l.stored == 0 } else { false } }
  }
}

extension Block {
  var isMixture: Bool { parts.contains { $0.role == .expert } }
  var isDenseMLP: Bool { !isMixture && parts.contains { $0.role == .mlp } }
  var scanForms: [Scan.Form] { parts.compactMap { if case .scan(let scan) = $0 { scan.form } else { nil } } }
  /// What stands before and after the layer of an extra prediction module: its projection and its head.
  var isPredictionEnd: Bool { name == "entry" || name == "exit" }
}

extension Convention.Prediction {
  fileprivate func counted(of blocks: [Block]) -> [Block] {
    switch self {
    case .no: []
    case .whole: blocks
    case .layer: blocks.filter { !$0.isPredictionEnd }
    case .head: blocks.compactMap { $0.name == "exit" ? $0 : nil }
    }
  }
}
