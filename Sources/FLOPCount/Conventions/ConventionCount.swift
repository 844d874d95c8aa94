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
  /// - Throws: `InputError` where the convention's form does not apply to this model, or a part has no closed formula.
  public init(_ architecture: Architecture, sequenceLength: Int, convention: Convention) throws {
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
    var sum = RuleSum(
      rules: convention, lengths: count.lengths, width: architecture.width, isTied: architecture.isTied)
    sum.add(architecture.embedding, times: 1, lengths: count.lengths)
    let mixture = architecture.groups.flatMap(\.layer.blocks).first { $0.isMixture }
    for group in architecture.groups {
      let lengths = group.onEncoder ? count.lengths.insideEncoder : count.lengths
      for var block in group.layer.blocks {
        if !convention.denseLayers, let mixture, block.isDenseMLP { block = mixture }
        sum.add(block, times: group.count, lengths: lengths)
      }
    }
    sum.add(architecture.head, times: 1, lengths: count.lengths)
    if convention.vectors == .twoNorms {
      let norms = (2 * Exact(architecture.layerCount) + 1) * Exact(architecture.width)
      sum.total = sum.total.map { $0 + 6 * Exact(count.tokens) * norms }
    }
    guard let total = sum.total else {
      throw InputError(
        "cannot be counted for \(architecture.family): a part of it has no closed formula", field: convention.name)
    }
    _ = try total.int("training FLOPs per sequence")
    trainingPerSequence = TrainingFLOPs(total)
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
}

/// Sums training FLOPs of one sequence under a convention's rules.
private struct RuleSum {
  let rules: Convention
  let lengths: Lengths
  /// d_model.
  let width: Int
  /// The head's weights are those of the input table.
  let isTied: Bool
  /// nil once a part has no closed formula.
  var total: Exact? = 0

  mutating func add(_ block: Block, times: Int, lengths: Lengths) {
    let attention = block.parts.lazy.compactMap { if case .scores(let s) = $0 { s } else { nil } }.first
    let gates = block.parts.count { $0.name.hasSuffix("gate_proj") } > 0
    for part in block.parts {
      let count = training(part, attention: attention, gated: gates, lengths: lengths)
      total = total.flatMap { sum in count.map { sum + Exact(times) * $0 } }
    }
    if let attention, !rules.latentAttention, attention.keyWidth != attention.valueWidth {
      // Counted as multi-head attention of d_model in and d_model out.
      total = total.map { $0 + 6 * Exact(times) * Exact(lengths.sequence) * 4 * Exact(width) * Exact(width) }
    }
  }

  private func training(_ part: Part, attention: Scores?, gated: Bool, lengths: Lengths) -> Exact? {
    switch part {
    case .linear(let linear): return training(linear, attention: attention, gated: gated, lengths: lengths)
    case .scores(let scores): return training(scores, lengths: lengths)
    case .vector(let vector):
      return rules.vectors == .all ? 6 * Exact(lengths.sequence) * Exact(vector.count) : 0
    case .table(let table):
      guard table.role == .inputEmbedding, rules.inputEmbedding != .no else { return 0 }
      if rules.inputEmbedding == .whenUntied, rules.countsHead, isTied { return 0 }
      return 6 * Exact(lengths.sequence) * Exact(table.rows) * Exact(table.columns)
    case .convolution, .scan, .product:
      return part.forwardFLOPs(lengths, attention: .full).map { 3 * $0 }
    case .cache: return 0
    }
  }

  private func training(_ linear: Linear, attention: Scores?, gated: Bool, lengths: Lengths) -> Exact? {
    var linear = linear
    switch linear.role {
    case .router where !rules.router: return 0
    case .head where !rules.countsHead || (rules.headOnlyUntied && linear.stored == 0): return 0
    case .expert where !rules.activeExperts: linear.visited = linear.stored
    case .mlp, .expert, .sharedExpert:
      if !rules.gatedMLP, gated, linear.name.hasSuffix("gate_proj") { return 0 }
    default: break
    }
    if let attention, linear.role == .projection {
      if !rules.latentAttention, attention.keyWidth != attention.valueWidth { return 0 }
      linear.rescale(attention, rules: rules, width: width)
    }
    let weights = Part.linear(linear).forwardFLOPs(lengths, attention: .full).map { 3 * $0 }
    let bias = rules.vectors == .all ? 6 * Exact(lengths.positions(linear.positions)) * Exact(linear.bias) : 0
    return weights.map { $0 + bias }
  }

  /// Twice the pairs, so that half of an odd number stays an integer.
  private func doubledPairs(_ scores: Scores, _ lengths: Lengths) -> Exact? {
    let (queries, keys) = (Exact(lengths.positions(scores.positions)), Exact(scores.keyCount(lengths)))
    var window: Int?
    switch scores.mask {
    case .sliding(let w): window = min(w, lengths.sequence)
    case .chunked(let c): window = min(c, lengths.sequence)
    case .full, .causal, .band, .chosen, .chosenBlocks, .ownAndChosenBlocks: break
    }
    if rules.windows == .ignored { window = nil }
    switch rules.attention {
    case .none: return 0
    case .causal:
      return 2
        * (window == nil && scores.mask != .full ? AttentionMask.causal : scores.mask).pairs(
          queries: lengths.positions(scores.positions), keys: scores.keyCount(lengths))
    case .full: return 2 * (window.map { queries * Exact($0) } ?? queries * keys)
    case .half:
      if scores.mask == .full { return 2 * queries * keys }
      guard let window else { return queries * keys }
      if rules.windows == .band { return queries * Exact(window) }
      if case .chunked = scores.mask { return queries * Exact(window) }
      return 2 * queries * Exact(window) - Exact(window) * Exact(window)
    }
  }

  private func training(_ scores: Scores, lengths: Lengths) -> Exact? {
    guard let pairs = doubledPairs(scores, lengths) else { return nil }
    var widths = Exact(scores.heads) * (Exact(scores.keyWidth) + Exact(scores.valueWidth))
    let isLatent = scores.keyWidth != scores.valueWidth
    if rules.headWidth != .real, !isLatent || !rules.latentAttention { widths = 2 * Exact(width) }
    // 3 x 2 x pairs x widths, with the pairs doubled; 3 x 3 FLOPs a score for mask and softmax.
    let softmax =
      rules.softmax ? 9 * Exact(lengths.sequence) * Exact(scores.keyCount(lengths)) * Exact(scores.heads) : 0
    return 3 * Exact(scores.times) * widths * pairs + softmax
  }
}

extension Linear {
  /// The projection as a tool sees it that takes the head width for d_model / heads, or every head for its own
  /// key/value head.
  fileprivate mutating func rescale(_ attention: Scores, rules: Convention, width: Int) {
    let real = attention.heads * attention.valueWidth
    if rules.headWidth == .derived, attention.keyWidth == attention.valueWidth {
      // Heads' side of the projection: heads x head width becomes heads x (d_model / heads).
      if name.hasPrefix("o_proj") || name == "c_proj" || name == "dense" {
        input = width
      } else if real > 0 {
        output = output * width / real
      }
    }
    if !rules.groupedQuery, name == "k_proj" || name == "v_proj" { output = real }
  }
}
