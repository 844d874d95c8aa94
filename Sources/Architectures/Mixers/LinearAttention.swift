/// Gated DeltaNet: linear attention whose state is corrected by an outer product (Yang et al. 2024).
public struct GatedDeltaNet: Sendable {
  public var width: Int
  public var keyHeads: Int
  public var keyWidth: Int
  public var valueHeads: Int
  public var valueWidth: Int
  public var kernel: Int

  public func block(_ name: String = "linear_attn") -> Block { Block(name, parts) }

  public var parts: [Part] {
    let (keys, values) = (keyHeads * keyWidth, valueHeads * valueWidth)
    let channels = 2 * keys + values
    return [
      .linear(Linear("in_proj_qkv", in: width, out: channels)),
      .linear(Linear("in_proj_z", in: width, out: values)),
      .linear(Linear("in_proj_ba", in: width, out: 2 * valueHeads)),
      .convolution(.depthwise("conv1d", channels: channels, kernel: kernel, bias: false)),
      .vector(Vector("A_log", valueHeads)), .vector(Vector("dt_bias", valueHeads)),
      .scan(Scan("delta_rule", .gatedDelta(heads: valueHeads, keyWidth: keyWidth, valueWidth: valueWidth))),
      .vector(Vector("norm", valueWidth)), .linear(Linear("out_proj", in: values, out: width)),
      .cache(Cache(state: valueHeads * keyWidth * valueWidth + channels * kernel)),
    ]
  }
}

/// Kimi delta attention: a delta rule with a gate for every channel (Kimi Linear, 2025).
public struct KimiDeltaAttention: Sendable {
  /// How forget and output gates are projected.
  public enum Gates: Sendable {
    /// d -> head width -> all channels.
    case lowRank
    /// d -> all channels.
    case direct
  }
  public var width: Int
  public var heads: Int
  public var headWidth: Int
  public var kernel: Int
  public var gates: Gates

  public func block(_ name: String = "self_attn") -> Block { Block(name, parts) }

  public var parts: [Part] {
    let channels = heads * headWidth
    var parts: [Part] = ["q_proj", "k_proj", "v_proj"].map { .linear(Linear($0, in: width, out: channels)) }
    parts.append(.convolution(.depthwise("conv1d", channels: 3 * channels, kernel: kernel, bias: false)))
    for gate in ["f", "g"] {
      switch gates {
      case .lowRank:
        parts.append(.linear(Linear("\(gate)_a_proj", in: width, out: headWidth)))
        parts.append(.linear(Linear("\(gate)_b_proj", in: headWidth, out: channels)))
      case .direct: parts.append(.linear(Linear("\(gate)_proj", in: width, out: channels)))
      }
    }
    return parts + [
      .linear(Linear("b_proj", in: width, out: heads)), .vector(Vector("A_log", heads)),
      .vector(Vector("dt_bias", channels)),
      .scan(Scan("delta_rule", .kimiDelta(heads: heads, width: headWidth))), .vector(Vector("o_norm", headWidth)),
      .linear(Linear("o_proj", in: channels, out: width)),
      .cache(Cache(state: heads * headWidth * headWidth + 3 * channels * kernel)),
    ]
  }
}

/// Lightning attention: linear attention in blocks, with an output gate (MiniMax-01).
public struct LightningAttention: Sendable {
  public var width: Int
  public var heads: Int
  public var headWidth: Int
  public var block: Int

  public var parts: [Part] {
    let channels = heads * headWidth
    return [
      .linear(Linear("qkv_proj", in: width, out: 3 * channels)),
      .scan(Scan("lightning", .lightning(block: block, heads: heads, width: headWidth))),
      .vector(Vector("norm", channels)), .linear(Linear("output_gate", in: width, out: channels)),
      .linear(Linear("out_proj", in: channels, out: width)), .cache(Cache(state: heads * headWidth * headWidth)),
    ]
  }
}

/// A short gated convolution between two projections (LFM2).
public struct ShortConvolution: Sendable {
  public var width: Int
  public var kernel: Int
  public var bias: Bool

  public func block(_ name: String = "conv") -> Block {
    Block(
      name,
      [
        .linear(Linear("in_proj", in: width, out: 3 * width, bias: bias)),
        .convolution(.depthwise("conv", channels: width, kernel: kernel, bias: bias)),
        .linear(Linear("out_proj", in: width, out: width, bias: bias)), .cache(Cache(state: width * kernel)),
      ])
  }
}
