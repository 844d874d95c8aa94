import Input

/// Mamba 1: a selective scan over `inner` channels, each with its own state.
public struct Mamba1: Sendable {
  public var width: Int
  /// Channels inside: expand x d_model.
  public var inner: Int
  public var state: Int
  /// Rank of the time step's projection.
  public var rank: Int
  public var kernel: Int
  /// Bias on the projections in and out.
  public var bias: Bool
  public var convolutionBias: Bool
  /// Norms with weights over the time step, B and C (jamba).
  public var innerNorms: Bool = false

  public func block(_ name: String) -> Block { Block(name, parts) }

  public var parts: [Part] {
    var parts: [Part] = [
      .linear(Linear("in_proj", in: width, out: 2 * inner, bias: bias)),
      .convolution(.depthwise("conv1d", channels: inner, kernel: kernel, bias: convolutionBias)),
      .linear(Linear("x_proj", in: inner, out: rank + 2 * state)),
      .linear(Linear("dt_proj", in: rank, out: inner, bias: true)),
      .vector(Vector("A_log", inner * state)), .vector(Vector("D", inner)),
    ]
    if innerNorms { parts.append(.vector(Vector("layernorms", rank + 2 * state))) }
    return parts + [
      .scan(Scan("scan", .selective(width: inner, state: state))),
      .linear(Linear("out_proj", in: inner, out: width, bias: bias)),
      .cache(Cache(state: inner * (state + kernel))),
    ]
  }
}

/// Mamba 2 (SSD): heads that share a decay each, B and C shared by groups of heads.
public struct Mamba2: Sendable {
  public var width: Int
  public var heads: Int
  public var headWidth: Int
  public var state: Int
  public var groups: Int
  public var kernel: Int
  public var chunk: Int
  public var bias: Bool
  public var biasOnOutput: Bool
  public var convolutionBias: Bool
  /// A gated norm over the inner channels before the projection out.
  public var norm: Bool = true

  var inner: Int { heads * headWidth }

  public func block(_ name: String) -> Block { Block(name, parts) }

  public var parts: [Part] {
    let channels = inner + 2 * groups * state
    return [
      .linear(Linear("in_proj", in: width, out: inner + channels + heads, bias: bias)),
      .convolution(.depthwise("conv1d", channels: channels, kernel: kernel, bias: convolutionBias)),
      .vector(Vector("dt_bias", heads)), .vector(Vector("A_log", heads)), .vector(Vector("D", heads)),
      .scan(Scan("scan", .stateSpaceDual(chunk: chunk, heads: heads, headWidth: headWidth, state: state))),
    ] + (norm ? [.vector(Vector("norm", inner))] : []) + [
      .linear(Linear("out_proj", in: inner, out: width, bias: biasOnOutput)),
      .cache(Cache(state: heads * headWidth * state + channels * kernel)),
    ]
  }
}

extension Config {
  /// The rank of the time step's projection: a number, or "auto" (d_model / 16, rounded up).
  func timeStepRank(_ name: String, width: Int) throws -> Int {
    let auto = (width + 15) / 16
    guard let found = try value(name) else { return auto }
    if let word = found.value.string {
      guard word == "auto" else { throw error(name, found.value, "is neither a number nor \"auto\"") }
      return auto
    }
    return try size(name, default: auto)
  }

  /// The Mamba 2 mixer of hybrids, whose fields start with mamba_ (bamba, granitemoehybrid, falcon_h1).
  ///
  /// - Parameter inner: inner channels where they are not mamba_expand x d_model.
  func hybridMamba2(width: Int, inner given: Int? = nil) throws -> Mamba2 {
    let expand = try size("mamba_expand", default: 2)
    let heads = try size("mamba_n_heads", default: 128)
    let inner = given ?? expand * width
    guard inner % heads == 0 else {
      throw error("mamba_n_heads", .integer(heads), "does not divide the \(inner) inner channels")
    }
    var headWidth = inner / heads
    if let found = try value("mamba_d_head"), found.value.string != "auto" {
      headWidth = try size("mamba_d_head")
      guard headWidth * heads == inner else {
        throw error(
          "mamba_d_head", found.value, "x mamba_n_heads is not the \(inner) inner channels",
          hint: "\(inner / heads), or \"auto\"")
      }
    }
    let bias = try flag("mamba_proj_bias", default: false)
    return Mamba2(
      width: width, heads: heads, headWidth: headWidth, state: try size("mamba_d_state", default: 256),
      groups: try groups("mamba_n_groups", of: heads, default: 1), kernel: try size("mamba_d_conv", default: 4),
      chunk: try size("mamba_chunk_size", default: 256), bias: bias, biasOnOutput: bias,
      convolutionBias: try flag("mamba_conv_bias", default: true))
  }

  /// The Mamba 1 mixer of hybrids (jamba, zamba).
  func hybridMamba1(width: Int) throws -> Mamba1 {
    Mamba1(
      width: width, inner: try size("mamba_expand", default: 2) * width, state: try size("mamba_d_state", default: 16),
      rank: try timeStepRank("mamba_dt_rank", width: width), kernel: try size("mamba_d_conv", default: 4),
      bias: try flag("mamba_proj_bias", default: false), convolutionBias: try flag("mamba_conv_bias", default: true))
  }
}
