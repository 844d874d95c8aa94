import Architectures
import Input

/// FLOPs of generating: reading a prompt, and writing one more token after it. Multiply-add = 2.
///
/// Attention counts the pairs that the masks let through. The head runs on the last position only.
public struct GenerationCount: Sendable {
  /// Reading `context` tokens at once.
  public let prefill: ForwardFLOPs
  /// Writing one token that sees `context` tokens, itself included, with everything before it cached. Latent attention
  /// works on the compressed cache (absorbed form); recurrent mixers take one step of their recurrence.
  public let decode: ForwardFLOPs

  /// - Parameters:
  ///   - architecture: the model that generates.
  ///   - context: tokens.
  /// - Throws: `InputError` where a part has no closed formula.
  public init(_ architecture: Architecture, context: Int) throws {
    let count = try ModelCount(
      architecture, sequenceLength: context, convention: .deepseek.with(attention: .causal))
    guard let whole = count.forwardTotal(), let head = count.forward(.outputHead) else {
      throw InputError("has a part without a closed formula", field: architecture.family)
    }
    guard let lastHead = head.count.dividedExactly(by: Exact(count.lengths.sequence)) else {
      throw InputError("does not run on every position alike", field: "head")
    }
    prefill = ForwardFLOPs(whole.count - head.count + lastHead)
    var sum: Exact? = 0
    func add(_ block: Block, times: Int) {
      for part in block.parts {
        let step = part.stepFLOPs(context: context, encoder: count.lengths.encoder)
        sum = sum.flatMap { total in step.map { total + Exact(times) * $0 } }
      }
    }
    add(architecture.embedding, times: 1)
    for group in architecture.groups where !group.onEncoder {
      for block in group.layer.blocks { add(block, times: group.count) }
    }
    add(architecture.head, times: 1)
    guard let sum else { throw InputError("has a part without a closed formula", field: architecture.family) }
    decode = ForwardFLOPs(sum)
  }
}

extension Part {
  /// Forward FLOPs of one new position after `context - 1` others.
  fileprivate func stepFLOPs(context: Int, encoder: Int) -> Exact? {
    let one = Lengths(sequence: 1)
    switch self {
    case .linear(var linear):
      // Keys and values of the encoder are cached.
      if linear.positions == .encoder { return 0 }
      linear.positions = .sequence
      return Part.linear(linear).forwardFLOPs(one, attention: .full)
    case .scores(let scores):
      let widths = scores.absorbed.map { $0.keyWidth + $0.valueWidth } ?? scores.keyWidth + scores.valueWidth
      let keys = scores.keys == .encoder ? encoder : scores.visible(context)
      return 2 * Exact(scores.times) * Exact(scores.heads) * Exact(widths) * Exact(keys)
    case .convolution(var convolution):
      if case .fixed = convolution.positions { return 0 }
      convolution.positions = .sequence
      return convolution.forwardFLOPs(one)
    case .scan(let scan): return scan.form.stepFLOPs
    case .product(let product):
      switch product.form {
      case .perPair(let width): return 2 * Exact(product.times) * Exact(context) * Exact(width)
      case .perFinishedBlock(let width, let block):
        return 2 * Exact(product.times) * Exact(context / block) * Exact(width)
      case .perCompressedPair(let width, let rate):
        return 2 * Exact(product.times) * Exact(context / rate) * Exact(width)
      case .perPosition(let width): return 2 * Exact(product.times) * Exact(width)
      case .unknown: return nil
      }
    case .vector, .table, .cache: return 0
    }
  }
}

extension Scores {
  /// Keys that the last of `context` positions sees.
  fileprivate func visible(_ context: Int) -> Int {
    let own: Int
    switch mask {
    case .full, .causal: own = context
    case .sliding(let window), .chosen(let window): own = min(window, context)
    case .chosenBlocks(let keys, let block):
      own = context < (keys / block + 1) * block ? context : keys + context % block
    case .ownAndChosenBlocks(let blocks, let size):
      own = min((context - 1) / size, blocks - 1) * size + (context - 1) % size + 1
    case .chunked(let size): own = (context - 1) % size + 1
    case .band(let reach): own = min(reach + 1, context)
    }
    if case .sequenceAndCompressed(let rate, let chosen) = keys {
      return own + min(context / rate, chosen ?? context)
    }
    return own
  }
}

extension Scan.Form {
  /// Matrix products of one step of the recurrence; nil where none is known.
  fileprivate var stepFLOPs: Exact? {
    switch self {
    case .selective(let width, let state): 2 * Exact(width) * Exact(state)
    case .stateSpaceDual(_, let heads, let headWidth, let state): 2 * Exact(heads) * Exact(headWidth) * Exact(state)
    // Read the state with the key, correct it by an outer product, read it with the query.
    case .gatedDelta(let heads, let keyWidth, let valueWidth): 6 * Exact(heads) * Exact(keyWidth) * Exact(valueWidth)
    case .kimiDelta(let heads, let width): 6 * Exact(heads) * Exact(width) * Exact(width)
    // Add an outer product, read the state with the query.
    case .lightning(_, let heads, let width): 4 * Exact(heads) * Exact(width) * Exact(width)
    // Add an outer product to memory and normaliser, read both.
    case .matrixMemory(_, let heads, let keyWidth, let valueWidth):
      4 * Exact(heads) * Exact(keyWidth) * (Exact(valueWidth) + 1)
    case .elementwise: 0
    case .unknown: nil
    }
  }
}
