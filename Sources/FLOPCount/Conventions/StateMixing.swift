import Architectures

extension Convention {
  /// Products of activations in linear-attention and state-space layers, for every position. K and V are the widths of a
  /// key and a value of DeltaNet, N is the state of a Mamba channel.
  public enum StateMixing: String, Sendable {
    /// As the plain chunked form computes them.
    case chunked = "chunked form"
    case uncounted = "not counted"
    /// The recurrence of DeltaNet: four products of K V.
    case deltaStep = "8 K V a head"
    /// Megatron-LM's: of V^2, and 7 N a channel of Mamba 2.
    case squareStep = "8 V^2 a head, 7 N a channel"
    /// verl's: 15 K V in training.
    case lightStep = "5 K V a head"
    /// NeMo's Mamba 2.
    case channelStep = "2 N a channel"
    /// The tool has no such layers.
    case refused = "no such layers"

    /// The convolution before a Mamba layer's scan is counted.
    var countsMambaConvolution: Bool { self != .squareStep && self != .channelStep }

    /// Whether the tool counts a mixer of this form.
    func takes(_ form: Scan.Form) -> Bool {
      switch (self, form) {
      case (.chunked, _), (.uncounted, _): true
      case (.deltaStep, .gatedDelta), (.squareStep, .gatedDelta), (.lightStep, .gatedDelta): true
      case (.squareStep, .stateSpaceDual), (.channelStep, .stateSpaceDual): true
      default: false
      }
    }

    /// Forward FLOPs over a sequence; nil where no closed formula is known.
    ///
    /// - Parameter inner: the channels of a Mamba layer, where they are not its own.
    func forwardFLOPs(_ form: Scan.Form, _ length: Int, inner: Int?) -> Exact? {
      let S = Exact(length)
      switch (self, form) {
      case (.deltaStep, .gatedDelta(let h, let K, let V)): return 8 * S * Exact(h) * Exact(K) * Exact(V)
      case (.lightStep, .gatedDelta(let h, let K, let V)): return 5 * S * Exact(h) * Exact(K) * Exact(V)
      case (.squareStep, .gatedDelta(let h, _, let V)): return 8 * S * Exact(h) * Exact(V) * Exact(V)
      case (.squareStep, .stateSpaceDual(_, let h, let P, let N)): return 7 * S * Exact(inner ?? h * P) * Exact(N)
      case (.channelStep, .stateSpaceDual(_, let h, let P, let N)): return 2 * S * Exact(h) * Exact(P) * Exact(N)
      case (.uncounted, _): return 0
      default: return form.forwardFLOPs(length)
      }
    }
  }
}
