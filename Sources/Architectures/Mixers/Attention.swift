/// Softmax attention with grouped key/value heads (multi-head: as many as heads; multi-query: one).
public struct Attention: Sendable {
  /// Norms over queries and keys.
  public enum QueryKeyNorm: Sendable {
    case none
    /// One vector of head width each, shared by all heads.
    case perHeadWidth
    /// A vector for every head.
    case perHead
    /// One vector over all heads together.
    case overAllHeads
  }
  /// A gate on the output, computed from the layer's input.
  public enum OutputGate: Sendable {
    case none
    /// One gate for every channel of every head.
    case perChannel
    /// One gate a head.
    case perHead
  }

  public var width: Int
  public var heads: Int
  public var keyValueHeads: Int
  public var headWidth: Int
  /// Width of a value head where it is not that of a key.
  public var valueWidth: Int
  public var mask: AttentionMask
  public var biasOnQueryKeyValue: Bool
  /// Whisper's keys have no bias where queries and values have one.
  public var biasOnKey: Bool
  public var biasOnOutput: Bool
  public var queryKeyNorm: QueryKeyNorm = .none
  /// The norms have a bias too.
  public var normBias: Bool = false
  public var outputGate: OutputGate = .none
  public var biasOnGate: Bool = false
  /// The query projection gives the output gate too: twice as wide.
  public var gateInQuery: Bool = false
  /// Keys and values come from the encoder's stream: cross-attention.
  public var crosses: Bool = false
  /// The keys and values are an earlier layer's: no projection, no weights, no cache.
  public var sharesKeyValue: Bool = false
  /// Values are the keys: no value projection.
  public var keysAreValues: Bool = false
  /// A learned sink a head.
  public var sinks: Bool = false
  /// Score matrices that run one after the other (2 in differential attention).
  public var times: Int = 1
  /// Input width of the projections where it is not d_model (zamba runs on two streams side by side).
  public var inputWidth: Int

  public init(
    width: Int, heads: Int, keyValueHeads: Int, headWidth: Int, valueWidth: Int? = nil, mask: AttentionMask = .causal,
    bias: Bool = false, biasOnOutput: Bool? = nil, queryKeyNorm: QueryKeyNorm = .none
  ) {
    self.width = width
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.headWidth = headWidth
    self.valueWidth = valueWidth ?? headWidth
    self.mask = mask
    biasOnQueryKeyValue = bias
    biasOnKey = bias
    self.biasOnOutput = biasOnOutput ?? bias
    self.queryKeyNorm = queryKeyNorm
    inputWidth = width
  }

  public init(
    _ d: Dimensions, mask: AttentionMask = .causal, bias: Bool = false, biasOnOutput: Bool? = nil,
    queryKeyNorm: QueryKeyNorm = .none
  ) {
    self.init(
      width: d.width, heads: d.heads, keyValueHeads: d.keyValueHeads, headWidth: d.headWidth, mask: mask, bias: bias,
      biasOnOutput: biasOnOutput, queryKeyNorm: queryKeyNorm)
  }

  /// - Parameters:
  ///   - name: the module's name.
  ///   - extra: further parts of the module, a norm before the output projection for example.
  ///   - sharesWeights: its weights are those of an earlier layer, and counted there.
  public func block(_ name: String = "self_attn", adding extra: [Part] = [], sharesWeights: Bool = false) -> Block {
    Block(name, parts + extra, sharesWeights: sharesWeights)
  }

  /// The same attention under another mask.
  public func masked(_ mask: AttentionMask) -> Attention {
    var attention = self
    attention.mask = mask
    return attention
  }

  public var parts: [Part] {
    let bias = biasOnQueryKeyValue
    var parts: [Part] = [
      .linear(Linear("q_proj", in: inputWidth, out: (gateInQuery ? 2 : 1) * heads * headWidth, bias: bias))
    ]
    if !sharesKeyValue {
      let stream: Positions = crosses ? .encoder : .sequence
      parts.append(
        .linear(Linear("k_proj", in: inputWidth, out: keyValueHeads * headWidth, bias: biasOnKey, on: stream)))
      if !keysAreValues {
        parts.append(.linear(Linear("v_proj", in: inputWidth, out: keyValueHeads * valueWidth, bias: bias, on: stream)))
      }
    }
    parts += norms
    parts.append(
      .scores(
        Scores(
          heads: heads, keyWidth: headWidth, valueWidth: valueWidth, mask: mask, keys: crosses ? .encoder : .sequence,
          times: times)))
    switch outputGate {
    case .none: break
    case .perChannel:
      parts.append(.linear(Linear("gate_proj", in: inputWidth, out: heads * valueWidth, bias: biasOnGate)))
    case .perHead: parts.append(.linear(Linear("gate_proj", in: inputWidth, out: heads, bias: biasOnGate)))
    }
    if sinks { parts.append(.vector(Vector("sinks", heads))) }
    parts.append(.linear(Linear("o_proj", in: heads * valueWidth, out: width, bias: biasOnOutput)))
    if !sharesKeyValue, mask.isCausal || crosses {
      let kept = keyValueHeads * (headWidth + valueWidth)
      parts.append(.cache(Cache(perPosition: kept, window: mask.cacheWindow, onEncoder: crosses)))
    }
    return parts
  }

  private var norms: [Part] {
    let keyNorm = !sharesKeyValue
    let (q, k): (Int, Int)
    switch queryKeyNorm {
    case .none: return []
    case .perHeadWidth: (q, k) = (headWidth, headWidth)
    case .perHead, .overAllHeads: (q, k) = (heads * headWidth, keyValueHeads * headWidth)
    }
    let copies = normBias ? 2 : 1
    return [.vector(Vector("q_norm", q * copies))] + (keyNorm ? [.vector(Vector("k_norm", k * copies))] : [])
  }
}

extension AttentionMask {
  /// Nothing sees the future, so that keys and values of the past can be kept.
  var isCausal: Bool {
    switch self {
    case .full, .band: false
    case .causal, .sliding, .chunked, .chosen, .chosenBlocks, .ownAndChosenBlocks: true
    }
  }

  /// Positions that a cache must keep under this mask; nil keeps all.
  var cacheWindow: Int? {
    switch self {
    case .sliding(let window): window
    case .chunked(let size): size
    case .full, .causal, .band, .chosen, .chosenBlocks, .ownAndChosenBlocks: nil
    }
  }
}
