import Architectures
import Input

/// What a convention says of a model.
public struct ConventionCount: Sendable, Equatable {
  public let convention: Convention
  /// Training FLOPs of one sequence.
  public let trainingPerSequence: TrainingFLOPs
  /// Tokens of one sequence.
  public let tokens: Int

  /// Training FLOPs per token: exact as a quotient, here the nearest Double.
  public var perToken: Double { trainingPerSequence.count.double / Double(tokens) }

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
      trainingPerSequence = TrainingFLOPs(paper.M * Exact(sequenceLength))
      return
    }
    try convention.demand?.check(architecture, convention.name)
    var sum = RuleSum(rules: convention, architecture)
    sum.add(architecture.embedding, times: 1, lengths: count.lengths)
    let mixture = architecture.groups.flatMap(\.layer.blocks).first { $0.isMixture }
    for group in architecture.groups {
      let lengths = group.onEncoder ? count.lengths.insideEncoder : count.lengths
      for var block in group.layer.blocks {
        if !convention.denseLayers, let mixture, block.isDenseMLP { block = mixture }
        sum.add(block, times: group.count, lengths: lengths)
      }
    }
    for group in extraPrediction && convention.prediction != .no ? architecture.extraPrediction : [] {
      for block in group.layer.blocks where convention.prediction == .whole || !block.isPredictionEnd {
        sum.add(block, times: group.count, lengths: count.lengths)
      }
    }
    sum.add(architecture.head, times: 1, lengths: count.lengths)
    sum.addWhatEveryLayerHas(architecture, tokens: count.tokens)
    guard let total = sum.total else {
      throw InputError(
        "cannot be counted for \(architecture.family): a part of it has no closed formula", field: convention.name)
    }
    _ = try total.int("training FLOPs per sequence")
    trainingPerSequence = TrainingFLOPs(total)
  }
}

extension Convention.Demand {
  fileprivate func check(_ architecture: Architecture, _ name: String) throws {
    let parts = architecture.groups.flatMap(\.layer.blocks).flatMap(\.parts)
    switch self {
    case .evenLayers:
      guard architecture.layerCount % 2 == 0 || parts.contains(where: { $0.role == .expert }) else {
        throw InputError(
          "refuses an odd number of layers: \(architecture.layerCount)", field: name, hint: "use eleuther-no-checkpoint"
        )
      }
    case .wholeRatio:
      for case .linear(let linear) in parts where linear.role == .mlp {
        guard max(linear.input, linear.output) % architecture.width == 0 else {
          throw InputError(
            "refuses an MLP width that is no multiple of d_model: \(max(linear.input, linear.output))", field: name,
            hint: "use llm-analysis")
        }
      }
    }
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
  /// What stands before and after the layer of an extra prediction module: its projection and its head.
  var isPredictionEnd: Bool { name == "entry" || name == "exit" }
}
