import Architectures

/// The lengths that a count is made for.
public struct Lengths: Sendable, Equatable {
  /// Positions of the stream itself: the sequence, or the decoder's length in an encoder-decoder model.
  public var sequence: Int
  /// Positions of the encoder's stream; 0 where there is none.
  public var encoder: Int
  /// Lengths of the documents that are packed into the sequence, none of which sees another; empty: one document.
  public var documents: [Int]

  public init(sequence: Int, encoder: Int = 0, documents: [Int] = []) {
    self.sequence = sequence
    self.encoder = encoder
    self.documents = documents
  }

  /// Pairs of positions that may see each other but for masks: S^2, or the sum of s^2 over packed documents.
  var allPairs: Exact {
    documents.isEmpty ? Exact(sequence) * Exact(sequence) : documents.map { Exact($0) * Exact($0) }.sum()
  }

  /// The same lengths seen from inside the encoder.
  var insideEncoder: Lengths { Lengths(sequence: encoder, encoder: encoder) }

  func positions(_ positions: Positions) -> Int {
    switch positions {
    case .sequence: sequence
    case .sequencePlus(let more): sequence + more
    case .sequenceTimes(let factor): sequence * factor
    case .encoder: encoder
    case .fixed(let count): count
    }
  }
}

/// Where FLOPs are summed: the keys of `forward_flops_per_sequence` in the JSON promise.
public enum FLOPGroup: String, Sendable, CaseIterable {
  /// Every product with a weight matrix but the head.
  case weights
  case attentionScores = "attention_scores"
  case outputHead = "output_head"
  case convolution
  /// Scans of recurrent and linear-attention mixers.
  case stateMixing = "state_mixing"
  /// Other products of activations.
  case other
}

extension Part {
  /// Parameters of the part as stored.
  var parameters: Exact {
    switch self {
    case .linear(let p): Exact(p.stored) * (Exact(p.input) * Exact(p.output)) + Exact(max(p.stored, 1)) * Exact(p.bias)
    case .vector(let p): Exact(p.count)
    case .table(let p): Exact(p.rows) * Exact(p.columns)
    case .convolution(let p):
      Exact(p.outputChannels) * Exact(p.inputChannels / p.groups) * Exact(p.kernel)
        + Exact(p.bias ? p.outputChannels : 0)
    case .scores, .scan, .product, .cache: 0
    }
  }

  /// Parameters of routed experts that a token does not visit.
  var idleParameters: Exact {
    guard case .linear(let p) = self, p.role == .expert, p.stored > p.visited else { return 0 }
    return Exact(p.stored - p.visited) * (Exact(p.input) * Exact(p.output) + Exact(p.bias))
  }

  var role: Role? {
    switch self {
    case .linear(let p): p.role
    case .vector(let p): p.role
    case .table(let p): p.role
    case .convolution: .projection
    case .scores, .scan, .product, .cache: nil
    }
  }

  var name: String {
    switch self {
    case .linear(let p): p.name
    case .vector(let p): p.name
    case .table(let p): p.name
    case .scores(let p): p.name
    case .convolution(let p): p.name
    case .scan(let p): p.name
    case .product(let p): p.name
    case .cache: "cache"
    }
  }

  /// Where the FLOPs belong, nil for parts without any.
  var group: FLOPGroup? {
    switch self {
    case .linear(let p): p.role == .head ? .outputHead : .weights
    case .scores: .attentionScores
    case .convolution: .convolution
    case .scan: .stateMixing
    case .product: .other
    case .vector, .table, .cache: nil
    }
  }

  /// Forward FLOPs of one run over a sequence, multiply-add = 2; nil where no closed formula is known.
  func forwardFLOPs(_ lengths: Lengths, attention: Convention.Attention) -> Exact? {
    switch self {
    case .linear(let p):
      let all =
        2 * Exact(lengths.positions(p.positions)) * Exact(p.visited) * Exact(p.input) * Exact(p.output)
        * Exact(p.chance.numerator)
      return all.dividedExactly(by: Exact(p.chance.denominator))
    case .scores(let p): return p.forwardFLOPs(lengths, attention: attention)
    case .convolution(let p): return p.forwardFLOPs(lengths)
    case .scan(let p): return p.form.forwardFLOPs(lengths.sequence)
    case .product(let p):
      let S = Exact(lengths.sequence)
      switch p.form {
      case .perPair(let width): return 2 * Exact(p.times) * lengths.allPairs * Exact(width)
      case .perFinishedBlock(let width, let block):
        return 2 * Exact(p.times) * finishedBlocks(lengths.sequence, block) * Exact(width)
      case .perCompressedPair(let width, let rate):
        return 2 * Exact(p.times) * S * Exact(lengths.sequence / rate) * Exact(width)
      case .perPosition(let width): return 2 * Exact(p.times) * S * Exact(width)
      case .unknown: return nil
      }
    case .vector, .table, .cache: return 0
    }
  }
}

/// The sum over positions 1...n of floor(position / block).
func finishedBlocks(_ n: Int, _ block: Int) -> Exact {
  let whole = n / block
  return Exact(block) * (Exact(whole) * Exact(max(whole - 1, 0))).dividedRoundingUp(by: 2)
    + Exact(whole) * Exact(n - whole * block + 1)
}

extension Scores {
  func keyCount(_ lengths: Lengths) -> Int {
    switch keys {
    case .sequence: lengths.positions(positions)
    case .encoder: lengths.encoder
    case .sequenceAndCompressed(let rate, _): lengths.sequence + lengths.sequence / rate
    }
  }

  /// Packed documents matter to attention over the sequence itself.
  private func isPacked(_ lengths: Lengths) -> Bool {
    !lengths.documents.isEmpty && keys != .encoder && positions == .sequence
  }

  /// Pairs of one head that the mask lets through.
  func pairs(_ lengths: Lengths) -> Exact {
    if isPacked(lengths) { return lengths.documents.map { pairs(queries: $0, keys: $0) }.sum() }
    return pairs(queries: lengths.positions(positions), keys: keyCount(lengths))
  }

  private func pairs(queries: Int, keys count: Int) -> Exact {
    guard case .sequenceAndCompressed(let rate, let chosen) = keys else {
      return mask.pairs(queries: queries, keys: count)
    }
    // Position i (from 1) sees floor(i / rate) compressed keys, or as many of them as are chosen.
    let compressed: Exact
    if let chosen, chosen < queries / rate {
      let ramp = (chosen + 1) * rate - 1
      compressed = finishedBlocks(ramp, rate) + Exact(queries - ramp) * Exact(chosen)
    } else {
      compressed = finishedBlocks(queries, rate)
    }
    return mask.pairs(queries: queries, keys: queries) + compressed
  }

  /// Every pair of a query and a key.
  private func allPairs(_ lengths: Lengths) -> Exact {
    guard isPacked(lengths) else { return Exact(lengths.positions(positions)) * Exact(keyCount(lengths)) }
    guard case .sequenceAndCompressed(let rate, _) = keys else { return lengths.allPairs }
    return lengths.documents.map { Exact($0) * Exact($0 + $0 / rate) }.sum()
  }

  /// 2 x pairs x heads x (key width + value width), over all pairs or those let through.
  func forwardFLOPs(_ lengths: Lengths, attention: Convention.Attention) -> Exact? {
    let perPair = 2 * Exact(times) * Exact(heads) * (Exact(keyWidth) + Exact(valueWidth))
    let all = allPairs(lengths)
    switch attention {
    case .full: return perPair * all
    case .causal: return perPair * pairs(lengths)
    case .half: return (perPair * all).dividedExactly(by: 2)
    case .none: return 0
    }
  }
}

extension Convolution {
  /// 2 x outputs x (input channels a group) x kernel. Along the sequence the left padding (kernel - 1 positions) is
  /// cut off again and not counted.
  func forwardFLOPs(_ lengths: Lengths) -> Exact {
    let outputs = (lengths.positions(positions) + stride - 1) / stride
    return 2 * Exact(outputs) * Exact(outputChannels) * Exact(inputChannels / groups) * Exact(kernel)
  }
}

extension Scan.Form {
  /// Forward FLOPs over a sequence, as the plain chunked form computes them (families.md, section 5; verified there
  /// against measured runs). A fused kernel may do less.
  func forwardFLOPs(_ length: Int) -> Exact? {
    let S = Exact(length)
    func chunks(_ size: Int) -> Exact { Exact((length + size - 1) / size) }
    switch self {
    case .selective(let width, let state): return 2 * S * Exact(width) * Exact(state)
    case .stateSpaceDual(let chunk, let heads, let headWidth, let state):
      let (C, h, P, N, n) = (Exact(chunk), Exact(heads), Exact(headWidth), Exact(state), chunks(chunk))
      return n * h * (2 * C * C * N + 2 * C * C * P + 4 * C * P * N) + 2 * h * (n + 1) * (n + 1) * P * N
    case .gatedDelta(let heads, let keyWidth, let valueWidth):
      let (C, h, K, V): (Exact, Exact, Exact, Exact) = (64, Exact(heads), Exact(keyWidth), Exact(valueWidth))
      return chunks(64) * h * (4 * C * C * K + 2 * C * C * V + 6 * C * K * V)
    case .kimiDelta(let heads, let width):
      let (C, h, D): (Exact, Exact, Exact) = (64, Exact(heads), Exact(width))
      return chunks(64) * h * (6 * C * C * D + 6 * C * D * D)
    case .lightning(let block, let heads, let width):
      // The last block is as short as it is: it is not filled up.
      func one(_ B: Exact) -> Exact { 4 * Exact(heads) * Exact(width) * B * (B + Exact(width)) }
      return Exact(length / block) * one(Exact(block)) + one(Exact(length % block))
    case .matrixMemory(let chunk, let heads, let keyWidth, let valueWidth):
      // Measured for whole chunks only.
      guard length % chunk == 0 else { return nil }
      let (C, h, K, V) = (Exact(chunk), Exact(heads), Exact(keyWidth), Exact(valueWidth))
      return chunks(chunk) * h * (2 * C * C * (K + V) + 4 * C * K * V + 2 * C * K)
    case .elementwise: return 0
    case .unknown: return nil
    }
  }
}
