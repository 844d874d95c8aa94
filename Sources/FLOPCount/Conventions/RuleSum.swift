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
  /// Forward passes that the count is worth: one, two more for the backward pass, and one more where layers run twice.
  private var passes: Exact { whole + (rules.recompute ? 1 : 0) }
  /// The same where nothing runs twice.
  private var whole: Exact { rules.backward ? 3 : 1 }
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

  /// - Parameter experts: how many experts of these layers a token is counted through, where the rules have no one answer.
  mutating func add(_ block: Block, times: Int, lengths: Lengths, experts: Convention.Experts? = nil) {
    var context = BlockContext(block)
    context.experts = experts ?? rules.experts
    if !rules.mambaWidth, context.mambaInner != nil { context.assumedInner = 2 * width }
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
    if rules.vectors == .twoNorms { total = total.map { $0 + 2 * whole * norms } }
    let channels =
      Exact(architecture.layerCount) * Exact(rules.elementwise.layerChannel)
      + Exact(rules.elementwise.endChannel)
    total = total.map { $0 + Exact(tokens) * Exact(architecture.width) * channels }
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
      case .real, .withoutGate, .withGate: break
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
      return counts(vectorsOf: context) ? 2 * whole * Exact(lengths.sequence) * Exact(vector.count) : 0
    case .table(let table): return training(table, lengths: lengths)
    case .convolution(let convolution):
      if context.mambaInner != nil, !rules.stateMixing.countsMambaConvolution { return 0 }
      let bias = rules.vectors == .all && convolution.bias ? convolution.outputChannels : 0
      return passes(context) * convolution.forwardFLOPs(lengths) + 2 * whole * Exact(lengths.sequence) * Exact(bias)
    case .scan(let scan):
      if rules.attention == .none || !rules.fusedKernels { return 0 }
      return rules.stateMixing.forwardFLOPs(scan.form, lengths.sequence, inner: context.assumedInner)
        .map { passes(context) * $0 }
    case .product:
      if rules.attention == .none || !rules.indexer { return 0 }
      return part.forwardFLOPs(lengths, attention: .full).map { passes(context) * $0 }
    case .cache: return 0
    }
  }

  /// Passes over one block: a tool may have the forward pass alone of linear attention.
  private func passes(_ context: BlockContext) -> Exact {
    rules.linearBackward || !context.mixesStates ? passes : 1
  }

  private func counts(vectorsOf context: BlockContext) -> Bool {
    switch rules.vectors {
    case .all: true
    case .inModules: context.attention != nil || context.isHead
    case .inLatent: context.latent != nil || context.isPredictionEnd
    case .no, .twoNorms: false
    }
  }

  /// A table is looked up. Who counts parameters counts it as a product.
  private func training(_ table: Table, lengths: Lengths) -> Exact {
    let weights = 2 * whole * Exact(lengths.sequence) * Exact(table.columns)
    switch table.role {
    case .inputEmbedding where rules.inputEmbedding != .no:
      if rules.inputEmbedding == .whenUntied, rules.countsHead, isTied { return 0 }
      return weights * Exact(rules.vocabulary.rows(table.rows))
    case .positionEmbedding where rules.inputEmbedding == .no: return 0
    case .inputEmbedding: return 0
    // A table that is neither is one of the layers'.
    default: return rules.vectors == .all ? weights * Exact(table.rows) : 0
    }
  }

  private func training(_ linear: Linear, in context: BlockContext, lengths: Lengths) -> Exact? {
    var linear = linear
    var passes = passes(context)
    switch linear.role {
    case .router where !rules.router: return 0
    case .indexer where !rules.indexer: return 0
    case .sharedExpert where !rules.sharedExperts || !rules.sharedGate && linear.name == "shared_expert_gate": return 0
    case .head:
      linear.output = rules.vocabulary.rows(linear.output)
      switch rules.head {
      case .no: return 0
      case .untied where linear.stored == 0: return 0
      case .forward: passes = 1
      case .whole, .untied: passes = whole
      }
    case .mlp, .expert, .sharedExpert:
      switch rules.feedForward {
      case .plainFour, .gatedFour: return 0
      case .withoutGate where context.gated && linear.name.hasSuffix("gate_proj"): return 0
      case .withGate where !context.gated && linear.name.hasSuffix("up_proj"): passes = 2 * passes
      case .real, .withoutGate, .withGate: break
      }
      if linear.role == .expert {
        switch context.experts {
        case .chosen, .everySecondLayer: break
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
    if let real = context.mambaInner, let assumed = context.assumedInner {
      if linear.name == "in_proj" { linear.output += 2 * (assumed - real) }
      if linear.name == "out_proj" { linear.input = assumed }
    }
    let weights = Part.linear(linear).forwardFLOPs(lengths, attention: .full).map { passes * $0 }
    let countsBias = rules.vectors == .all || rules.vectors == .inModules && context.attention != nil
    let biases = countsBias ? Exact(linear.visited) * Exact(linear.bias) : 0
    let bias = 2 * whole * Exact(lengths.positions(linear.positions)) * biases
    return weights.map { $0 + bias + activation(linear, in: context, lengths: lengths) }
  }

  /// The activation function's FLOPs, for every hidden channel.
  private func activation(_ linear: Linear, in context: BlockContext, lengths: Lengths) -> Exact {
    guard [.mlp, .expert, .sharedExpert].contains(linear.role), linear.name.hasSuffix("up_proj") else { return 0 }
    let each = context.gated ? rules.elementwise.gatedChannel : rules.elementwise.plainChannel
    return Exact(each) * Exact(lengths.positions(linear.positions)) * Exact(linear.visited) * Exact(linear.output)
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
    case .linear: return queries
    case .exact: if window != nil { return 2 * scores.pairs(lengths) }
    case .withoutEnd:
      if case .sliding(let w) = scores.mask { return Exact(w) * Exact(w + 1) + 2 * (queries - Exact(w)) * Exact(w) }
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
    guard rules.fusedKernels else { return 0 }
    let pairs = doubledPairs(scores, lengths)
    var widths = Exact(scores.heads) * (Exact(scores.keyWidth) + Exact(scores.valueWidth))
    if context.latent != nil, rules.latent == .multiHead {
      widths = 2 * Exact(scores.heads) * Exact(scores.valueWidth)
    } else if rules.headWidth != .real, context.latent == nil || rules.latent == .squares {
      widths = 2 * Exact(width)
    }
    // 2 x pairs x widths a pass, with the pairs doubled.
    let products = passes(context) * Exact(scores.times) * widths * pairs
    let elementwise = rules.elementwise
    let counted =
      elementwise.allScores ? 2 * Exact(lengths.sequence) * Exact(scores.keyCount(lengths)) : pairs
    let softmax = (Exact(elementwise.score) * Exact(scores.heads) * counted).dividedExactly(by: 2)
    let rotated = Exact(elementwise.rotatedChannel) * Exact(lengths.sequence) * Exact(context.rotatedChannels)
    return softmax.map { products + $0 + rotated }
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
  /// Linear attention, a state space or a recurrence.
  let mixesStates: Bool
  /// Channels of a Mamba 2 layer.
  let mambaInner: Int?
  let isHead: Bool
  let isPredictionEnd: Bool
  /// Channels that a tool takes a Mamba layer to have.
  var assumedInner: Int?
  var experts = Convention.Experts.chosen

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
    let forms = block.scanForms
    mixesStates = !forms.isEmpty
    mambaInner =
      forms.lazy.compactMap { form -> Int? in
        guard case .stateSpaceDual(_, let heads, let headWidth, _) = form else { return nil }
        return heads * headWidth
      }.first
    isHead = linears.contains { $0.role == .head }
    isPredictionEnd = block.isPredictionEnd
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
    if name == "k_proj" || name == "v_proj" {
      switch rules.keyValueHeads {
      case .real: break
      case .asHeads: output = real
      case .asHeadsOrOne where output != attention.valueWidth: output = real
      case .asHeadsOrOne: break
      }
    }
    if !rules.outputGate, name == "q_proj", output == 2 * attention.heads * attention.keyWidth { output /= 2 }
  }
}
