import Architectures
import Input

/// The sums of a `ModelCount` without its components: what a sweep asks of each of many models. The same integers.
public struct ModelTotals: Sendable, Equatable {
  public let parameters: Exact
  /// Input table, position table and head together.
  public let embedding: Exact
  /// Routed experts' parameters that a token does not visit.
  public let idle: Exact
  /// Training FLOPs per sequence that M stands for; nil where a part has no closed formula.
  public let training: TrainingFLOPs?
  /// Tokens of a sequence: for an encoder-decoder model, encoder's and decoder's together.
  public let tokens: Int

  /// - Parameters:
  ///   - architecture: the model to count.
  ///   - sequenceLength: S, of encoder and decoder both where there are two.
  ///   - convention: what is counted, and how.
  public init(_ architecture: Architecture, sequenceLength: Int, convention: Convention = .deepseek) throws {
    guard sequenceLength > 0, sequenceLength <= Config.largestSize else {
      throw InputError(
        "is not a sequence length from 1 to \(Numbers.grouped(Config.largestSize))", field: "sequence_length",
        value: "\(sequenceLength)"
      )
    }
    if architecture.kind == .vision, let positions = architecture.maxPositions, positions != sequenceLength {
      throw InputError(
        "is not the number of positions of an image, \(Numbers.grouped(positions))", field: "sequence_length",
        value: "\(sequenceLength)"
      )
    }
    let lengths = Lengths(
      sequence: sequenceLength, encoder: architecture.kind == .encoderDecoder ? sequenceLength : 0)
    var sum = Sum(lengths: lengths, convention: convention)
    sum.add(architecture.embedding)
    for group in architecture.groups {
      for block in group.layer.blocks {
        sum.add(block, runs: group.count, onEncoder: group.onEncoder, stored: !group.sharesWeights)
      }
    }
    sum.add(architecture.head)
    (parameters, embedding, idle) = (sum.parameters, sum.embedding, sum.idle)
    training = sum.forward.map { ForwardFLOPs($0).training }
    tokens = lengths.sequence + lengths.encoder
  }

  private struct Sum {
    let lengths: Lengths
    let convention: Convention
    var parameters: Exact = 0
    var embedding: Exact = 0
    var idle: Exact = 0
    var forward: Exact? = 0

    mutating func add(_ block: Block, runs: Int = 1, onEncoder: Bool = false, stored: Bool = true) {
      let inside = onEncoder ? lengths.insideEncoder : lengths
      for part in block.parts {
        if stored, !block.sharesWeights {
          let weights = Exact(runs) * part.parameters
          parameters += weights
          if let role = part.role, [.inputEmbedding, .positionEmbedding, .head].contains(role) { embedding += weights }
          idle += Exact(runs) * part.idleParameters
        }
        if part.group == .outputHead, !convention.countsHead { continue }
        let once = part.forwardFLOPs(inside, attention: convention.attention)
        forward = forward.flatMap { sum in once.map { sum + Exact(runs) * $0 } }
      }
    }
  }
}

extension Architecture {
  /// Whether M is a + b S, with two integers a and b, for every sequence length S: each part's FLOPs are then S times
  /// a constant, or S^2 times one. Windows (where masks count), chunked scans and compressed keys round, so they are
  /// not of this form.
  public func isAffineInLength(_ convention: Convention) -> Bool {
    guard kind == .decoder || kind == .encoder else { return false }
    let blocks = [embedding, head] + groups.flatMap(\.layer.blocks)
    return blocks.allSatisfy { $0.parts.allSatisfy { $0.isAffineInLength(convention.attention) } }
  }
}

extension Part {
  fileprivate func isAffineInLength(_ attention: Convention.Attention) -> Bool {
    switch self {
    case .vector, .table, .cache: return true
    case .linear(let p):
      switch p.positions {
      case .sequence, .sequenceTimes: return p.chance == .certain
      case .sequencePlus, .encoder, .fixed: return false
      }
    case .scores(let p):
      if attention == .none { return true }
      return p.positions == .sequence && p.keys == .sequence && (attention != .causal || p.mask == .full)
    case .convolution(let p): return p.positions == .sequence && p.stride == 1
    case .scan(let p):
      switch p.form {
      case .selective, .elementwise: return true
      default: return false
      }
    case .product(let p):
      switch p.form {
      case .perPair, .perPosition: return true
      default: return false
      }
    }
  }
}
