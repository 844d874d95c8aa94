import Architectures

/// Sums training FLOPs of one sequence under a convention's rules.
struct RuleSum {
  private let rules: Convention
  /// d_model.
  private let width: Int
  /// The head's weights are those of the input table.
  private let isTied: Bool
  /// The window of the layers that have one, for tools that see it in every layer.
  private let window: Int?
  /// Forward passes that training is worth: one and two more backward, and one more where layers run twice.
  private var passes: Exact { rules.recompute ? 4 : 3 }
  /// nil once a part has no closed formula.
  private(set) var total: Exact? = 0

  init(rules: Convention, _ architecture: Architecture) {
    self.rules = rules
    width = architecture.width
    isTied = architecture.isTied
    window =
      architecture.groups.flatMap(\.layer.blocks).flatMap(\.parts).lazy.compactMap { part -> Int? in
        guard case .scores(let scores) = part, case .sliding(let window) = scores.mask else { return nil }
        return window
      }.first
  }

  mutating func add(_ block: Block, times: Int, lengths: Lengths) {
    let context = BlockContext(block)
    for part in block.parts {
      let count = training(part, in: context, lengths: lengths)
      total = total.flatMap { sum in count.map { sum + Exact(times) * $0 } }
    }
    let more = replacements(context, lengths: lengths)
    total = total.map { $0 + Exact(times) * more }
  }

  /// Norms that a tool takes every layer to have, two and one at the end.
  mutating func addWhatEveryLayerHas(_ architecture: Architecture, tokens: Int) {
    let norms = Exact(tokens) * (2 * Exact(architecture.layerCount) + 1) * Exact(architecture.width)
    if rules.vectors == .twoNorms { total = total.map { $0 + 6 * norms } }
    if rules.elementwise == .all { total = total.map { $0 + 3 * 4 * norms } }
  }

  /// What stands for the products that a rule replaced as a whole.
  private func replacements(_ context: BlockContext, lengths: Lengths) -> Exact {
    let square = 2 * Exact(lengths.sequence) * Exact(width) * Exact(width)
    var more: Exact = 0
    if let attention = context.latent {
      switch rules.latent {
      case .real: break
      case .squares: more += passes * 4 * square
      case .multiHead:
        more += passes * 4 * 2 * Exact(lengths.sequence) * Exact(width) * Exact(attention.heads * attention.valueWidth)
      }
    }
    if let visited = context.feedForwards {
      switch rules.feedForward {
      case .real, .withoutGate: break
      case .plainFour: more += passes * Exact(visited) * 8 * square
      case .gatedFour: more += passes * Exact(visited) * 12 * square
      }
    }
    return more
  }

  private func training(_ part: Part, in context: BlockContext, lengths: Lengths) -> Exact? {
    switch part {
    case .linear(let linear): return training(linear, in: context, lengths: lengths)
    case .scores(let scores): return training(scores, in: context, lengths: lengths)
    case .vector(let vector):
      return rules.vectors == .all ? 6 * Exact(lengths.sequence) * Exact(vector.count) : 0
    case .table(let table):
      guard table.role == .inputEmbedding, rules.inputEmbedding != .no else { return 0 }
      if rules.inputEmbedding == .whenUntied, rules.countsHead, isTied { return 0 }
      return 6 * Exact(lengths.sequence) * Exact(table.rows) * Exact(table.columns)
    case .convolution, .scan, .product:
      return part.forwardFLOPs(lengths, attention: .full).map { passes * $0 }
    case .cache: return 0
    }
  }

  private func training(_ linear: Linear, in context: BlockContext, lengths: Lengths) -> Exact? {
    var linear = linear
    var passes = passes
    switch linear.role {
    case .router where !rules.router: return 0
    case .sharedExpert where !rules.sharedExperts: return 0
    case .head:
      switch rules.head {
      case .no: return 0
      case .untied where linear.stored == 0: return 0
      case .forward: passes = 1
      case .whole, .untied: passes = 3
      }
    case .mlp, .expert, .sharedExpert:
      switch rules.feedForward {
      case .plainFour, .gatedFour: return 0
      case .withoutGate where context.gated && linear.name.hasSuffix("gate_proj"): return 0
      case .real, .withoutGate: break
      }
      if linear.role == .expert {
        switch rules.experts {
        case .chosen: break
        case .all: linear.visited = linear.stored
        case .one: linear.visited = 1
        }
      }
    default: break
    }
    if let attention = context.attention, linear.role == .projection {
      if context.latent != nil, rules.latent != .real { return 0 }
      linear.rescale(attention, rules: rules, width: width)
    }
    let weights = Part.linear(linear).forwardFLOPs(lengths, attention: .full).map { passes * $0 }
    let bias = rules.vectors == .all ? 6 * Exact(lengths.positions(linear.positions)) * Exact(linear.bias) : 0
    return weights.map { $0 + bias + activation(linear, in: context, lengths: lengths) }
  }

  /// 8 FLOPs for every hidden channel behind a gate, 2 without one, three times for training.
  private func activation(_ linear: Linear, in context: BlockContext, lengths: Lengths) -> Exact {
    guard rules.elementwise == .all, [.mlp, .expert, .sharedExpert].contains(linear.role),
      linear.name.hasSuffix("up_proj")
    else { return 0 }
    return 3 * (context.gated ? 8 : 2) * Exact(lengths.positions(linear.positions)) * Exact(linear.visited)
      * Exact(linear.output)
  }

  /// Twice the pairs, so that half of an odd number stays an integer.
  private func doubledPairs(_ scores: Scores, _ lengths: Lengths) -> Exact {
    let (queries, keys) = (Exact(lengths.positions(scores.positions)), Exact(scores.keyCount(lengths)))
    var window: Int?
    switch scores.mask {
    case .sliding(let w): window = min(w, lengths.sequence)
    case .chunked(let c): window = min(c, lengths.sequence)
    case .full, .causal, .band, .chosen, .chosenBlocks, .ownAndChosenBlocks: break
    }
    switch rules.windows {
    case .ignored: window = nil
    case .bandEverywhere: window = self.window.map { min($0, lengths.sequence) }
    case .asMasked, .band: break
    }
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
      if rules.windows != .asMasked { return queries * Exact(window) }
      if case .chunked = scores.mask { return queries * Exact(window) }
      return 2 * queries * Exact(window) - Exact(window) * Exact(window)
    }
  }

  private func training(_ scores: Scores, in context: BlockContext, lengths: Lengths) -> Exact? {
    let pairs = doubledPairs(scores, lengths)
    var widths = Exact(scores.heads) * (Exact(scores.keyWidth) + Exact(scores.valueWidth))
    if context.latent != nil, rules.latent == .multiHead {
      widths = 2 * Exact(scores.heads) * Exact(scores.valueWidth)
    } else if rules.headWidth != .real, context.latent == nil || rules.latent == .squares {
      widths = 2 * Exact(width)
    }
    // 2 x pairs x widths a pass, with the pairs doubled.
    let products = passes * Exact(scores.times) * widths * pairs
    switch rules.elementwise {
    case .no: return products
    case .softmax:
      return products + 9 * Exact(lengths.sequence) * Exact(scores.keyCount(lengths)) * Exact(scores.heads)
    case .all:
      let softmax = (3 * 5 * Exact(scores.heads) * pairs).dividedExactly(by: 2)
      let rotated = 3 * 6 * Exact(lengths.sequence) * Exact(context.rotatedChannels)
      return softmax.map { products + $0 + rotated }
    }
  }
}

/// What a rule must know of the block that a part stands in.
private struct BlockContext {
  let attention: Scores?
  /// The attention where it is latent.
  let latent: Scores?
  let gated: Bool
  /// Feed-forward networks that a position goes through; nil where there is none.
  let feedForwards: Int?
  /// Channels of queries and keys, which a rotation runs over.
  let rotatedChannels: Int

  init(_ block: Block) {
    let attention = block.parts.lazy.compactMap { if case .scores(let scores) = $0 { scores } else { nil } }.first
    self.attention = attention
    latent = attention.flatMap { $0.absorbed == nil ? nil : $0 }
    gated = block.parts.contains { $0.name.hasSuffix("gate_proj") }
    let linears = block.parts.compactMap { if case .linear(let linear) = $0 { linear } else { nil } }
    feedForwards =
      linears.first { $0.role == .expert }?.visited ?? linears.first { $0.role == .mlp }.map { _ in 1 }
    let keys = linears.first { $0.name == "k_proj" }?.output ?? attention.map { $0.heads * $0.valueWidth } ?? 0
    let queries = attention.map { $0.heads * ($0.absorbed == nil ? $0.keyWidth : $0.valueWidth) } ?? 0
    rotatedChannels = queries + keys
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
