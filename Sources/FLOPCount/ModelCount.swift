import Architectures
import Input

/// One line of a count: a named part, everywhere it occurs in a stack.
public struct Component: Sendable, Equatable {
  /// The dotted path, layer numbers left out: `layers.self_attn.q_proj`.
  public var name: String
  public var role: Role?
  public var group: FLOPGroup?
  /// Runs in one forward pass.
  public var calls: Int
  public var parameters: Exact
  /// Routed experts' parameters that a token does not visit.
  public var idleParameters: Exact
  /// nil where no closed formula is known.
  public var forward: ForwardFLOPs?
  /// One run with its numbers filled in, for `--explain`.
  public var part: Part
}

/// The exact count of one architecture at one length.
///
/// FLOPs are per sequence (batch 1), multiply-add = 2: matmul-like products of one forward pass, as
/// `torch.utils.flop_counter` counts them. Norms, softmax, activations, rotary and look-ups are 0.
public struct ModelCount: Sendable {
  public let architecture: Architecture
  public let lengths: Lengths
  public let convention: Convention
  public let components: [Component]

  /// - Parameters:
  ///   - architecture: the model to count.
  ///   - sequenceLength: S; the encoder's length for encoder-decoder models.
  ///   - decoderLength: the decoder's length of an encoder-decoder model.
  ///   - convention: what is counted, and how.
  ///   - extraPrediction: count the extra prediction modules (MTP) too.
  ///   - documents: lengths of the documents packed into the sequence, none of which sees another; they must add up to
  ///     it.
  public init(
    _ architecture: Architecture, sequenceLength: Int, decoderLength: Int? = nil, convention: Convention = .deepseek,
    extraPrediction: Bool = false, documents: [Int] = []
  ) throws {
    guard sequenceLength > 0, sequenceLength <= Config.largestSize else {
      throw InputError(
        "is not a sequence length from 1 to \(Numbers.grouped(Config.largestSize))", field: "sequence_length",
        value: "\(sequenceLength)"
      )
    }
    if let decoderLength, decoderLength <= 0 || decoderLength > Config.largestSize {
      throw InputError(
        "is not a sequence length from 1 to \(Numbers.grouped(Config.largestSize))", field: "decoder_length",
        value: "\(decoderLength)")
    }
    if let decoderLength, architecture.kind != .encoderDecoder {
      throw InputError(
        "is for an encoder-decoder model, and this is none", field: "decoder_length", value: "\(decoderLength)",
        hint: "leave it out")
    }
    if architecture.kind == .encoderDecoder, let first = documents.first {
      throw InputError(
        "is a document's length, and no packing of an encoder-decoder model is known", field: "documents",
        value: "\(first)", hint: "leave them out")
    }
    try checkDocuments(documents, sequenceLength: sequenceLength)
    if architecture.kind == .vision, let positions = architecture.maxPositions, positions != sequenceLength {
      throw InputError(
        "is not the number of positions of an image, \(Numbers.grouped(positions))", field: "sequence_length",
        value: "\(sequenceLength)"
      )
    }
    self.architecture = architecture
    lengths =
      architecture.kind == .encoderDecoder
      ? Lengths(sequence: decoderLength ?? sequenceLength, encoder: sequenceLength)
      : Lengths(sequence: sequenceLength, documents: documents)
    self.convention = convention
    var list = ComponentList(lengths: lengths, attention: convention.attention)
    list.add(architecture.embedding, path: "")
    for group in architecture.groups { list.add(group) }
    if extraPrediction { for group in architecture.extraPrediction { list.add(group) } }
    list.add(architecture.head, path: "")
    components = list.components
  }

  // MARK: Parameters

  private func parameters(where included: (Component) -> Bool) throws -> Int {
    try components.lazy.filter(included).map(\.parameters).sum().int("parameters")
  }
  public func totalParameters() throws -> Int { try parameters { _ in true } }
  public func embeddingParameters() throws -> Int { try parameters { $0.role == .inputEmbedding } }
  /// 0 weights when tied; a head bias stays.
  public func headParameters() throws -> Int { try parameters { $0.role == .head } }
  public func positionParameters() throws -> Int { try parameters { $0.role == .positionEmbedding } }
  public func nonEmbeddingParameters() throws -> Int {
    try parameters { ![.inputEmbedding, .head, .positionEmbedding].contains($0.role) }
  }
  /// Total less the routed experts that a token does not visit.
  public func activeParameters() throws -> Int {
    try totalParameters() - idleParameters()
  }
  func idleParameters() throws -> Int { try components.map(\.idleParameters).sum().int("parameters") }

  // MARK: FLOPs

  /// Forward FLOPs per sequence of one group, nil where a part of it has no closed formula.
  public func forward(_ group: FLOPGroup) -> ForwardFLOPs? {
    var sum: Exact = 0
    for component in components where component.group == group {
      guard let forward = component.forward else { return nil }
      sum += forward.count
    }
    return ForwardFLOPs(sum)
  }

  /// Forward FLOPs per sequence of everything, head included; nil where a part has no closed formula.
  public func forwardTotal() -> ForwardFLOPs? {
    var sum = ForwardFLOPs(0)
    for group in FLOPGroup.allCases {
      guard let part = forward(group) else { return nil }
      sum = sum + part
    }
    return sum
  }

  /// Training FLOPs per sequence that M stands for: all but the vocabulary, unless the convention counts the head.
  public func trainingPerSequence() -> TrainingFLOPs? {
    guard let total = forwardTotal(), let head = forward(.outputHead) else { return nil }
    return ForwardFLOPs(convention.countsHead ? total.count : total.count - head.count).training
  }

  /// The same per token, as a number for ratios and for people; nil where a part has no closed formula.
  ///
  /// - Throws: `InputError` where the sequence costs more than 128 bits hold.
  public func trainingPerToken() throws -> Double? {
    guard let training = trainingPerSequence() else { return nil }
    guard training.count.double.isFinite else {
      throw InputError("is beyond what can be counted", field: "M", hint: "shorten the sequence or reduce the sizes")
    }
    return training.count.double / Double(tokens)
  }

  /// Tokens of a sequence: for an encoder-decoder model, encoder's and decoder's together.
  public var tokens: Int { lengths.sequence + lengths.encoder }

  /// M where it is an integer: non-embedding training FLOPs per token.
  public func M() throws -> Int? {
    try trainingPerSequence()?.count.dividedExactly(by: Exact(tokens))?.int("M")
  }

  /// Pairs of one head that the masks let through: one number per softmax attention, in the order in which they run.
  public func attentionPairs() throws -> [Int] {
    var pairs: [Int] = []
    for group in architecture.groups {
      let inside = group.onEncoder ? lengths.insideEncoder : lengths
      let once = try group.layer.blocks.flatMap(\.parts).compactMap { part -> Int? in
        guard case .scores(let scores) = part else { return nil }
        return try scores.pairs(inside).int("attention_pairs")
      }
      for _ in 0..<group.count { pairs += once }
    }
    return pairs
  }

  // MARK: The paper's form

  /// The paper's estimates from the four sizes, nil where its form does not apply: mixtures of experts, latent
  /// attention, layers without attention, anything but a decoder.
  public var paper: PaperForm? {
    guard architecture.kind == .decoder, architecture.groups.allSatisfy({ $0.layer.hasPaperForm }) else { return nil }
    return PaperForm(
      layers: architecture.layerCount, width: architecture.width, vocabulary: architecture.vocabulary,
      sequenceLength: lengths.sequence)
  }

  public var isMixture: Bool { components.contains { $0.role == .expert } }
}

private func checkDocuments(_ documents: [Int], sequenceLength: Int) throws {
  guard !documents.isEmpty else { return }
  for (at, length) in documents.enumerated() where length <= 0 || length > sequenceLength {
    throw InputError(
      "is not a length from 1 to the sequence's \(Numbers.grouped(sequenceLength))", field: "documents[\(at)]",
      value: "\(length)")
  }
  let sum = documents.map { Exact($0) }.sum()
  guard sum == Exact(sequenceLength) else {
    throw InputError(
      "add up to \(Numbers.grouped(try sum.int("documents")))", field: "documents",
      hint: "the sequence has \(Numbers.grouped(sequenceLength)) tokens")
  }
}

extension Layer {
  /// One softmax attention with one width of keys and values, and no experts.
  fileprivate var hasPaperForm: Bool {
    var attentions = 0
    for part in blocks.flatMap(\.parts) {
      switch part {
      case .scores(let scores):
        attentions += 1
        if scores.keyWidth != scores.valueWidth { return false }
      case .linear(let linear) where [.expert, .router, .indexer].contains(linear.role): return false
      case .scan: return false
      default: break
      }
    }
    return attentions == 1
  }
}

/// Sums parts by name as they are met.
private struct ComponentList {
  let lengths: Lengths
  let attention: Convention.Attention
  var components: [Component] = []
  private var positions: [String: Int] = [:]

  init(lengths: Lengths, attention: Convention.Attention) {
    self.lengths = lengths
    self.attention = attention
  }

  mutating func add(_ group: LayerGroup) {
    for block in group.layer.blocks {
      add(
        block, path: group.name + ".", runs: group.count, onEncoder: group.onEncoder,
        stored: !group.sharesWeights && !block.sharesWeights)
    }
  }

  mutating func add(_ block: Block, path: String, runs: Int = 1, onEncoder: Bool = false, stored: Bool = true) {
    let inside = onEncoder ? lengths.insideEncoder : lengths
    for part in block.parts {
      if case .cache = part { continue }
      let name = "\(path)\(block.name).\(part.name)"
      let times = Exact(runs)
      let parameters = stored && !block.sharesWeights ? times * part.parameters : 0
      let idle = stored && !block.sharesWeights ? times * part.idleParameters : 0
      let forward = part.forwardFLOPs(inside, attention: attention).map { ForwardFLOPs(times * $0) }
      if let at = positions[name] {
        components[at].calls += runs
        components[at].parameters += parameters
        components[at].idleParameters += idle
        components[at].forward = components[at].forward.flatMap { sum in forward.map { sum + $0 } }
      } else {
        positions[name] = components.count
        components.append(
          Component(
            name: name, role: part.role, group: part.group, calls: runs, parameters: parameters, idleParameters: idle,
            forward: forward, part: part))
      }
    }
  }
}
