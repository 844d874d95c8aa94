/// A dense feed-forward network: gated (gate, up, down: 3 d f) or plain (up, down: 2 d f).
public struct MLP: Sendable {
  public var width: Int
  public var hidden: Int
  public var gated: Bool
  public var bias: Bool
  public var role: Role

  public init(width: Int, hidden: Int, gated: Bool = true, bias: Bool = false, role: Role = .mlp) {
    self.width = width
    self.hidden = hidden
    self.gated = gated
    self.bias = bias
    self.role = role
  }

  public func block(_ name: String = "mlp", adding extra: [Part] = []) -> Block { Block(name, parts + extra) }

  public var parts: [Part] {
    (gated ? [.linear(Linear("gate_proj", role, in: width, out: hidden, bias: bias))] : []) + [
      .linear(Linear("up_proj", role, in: width, out: hidden, bias: bias)),
      .linear(Linear("down_proj", role, in: hidden, out: width, bias: bias)),
    ]
  }
}

extension Config {
  /// The dense MLP that nearly every decoder has: intermediate_size wide, with the activation under hidden_act.
  public func mlp(width: Int, gated: Bool = true, bias: Bool = false) throws -> MLP {
    try activation("hidden_act")
    return MLP(width: width, hidden: try size("intermediate_size"), gated: gated, bias: bias)
  }
}

/// A mixture of experts: a router over `experts`, `active` of which a token visits, and a shared MLP beside them.
public struct MixtureOfExperts: Sendable {
  public var width: Int
  public var experts: Int
  public var active: Int
  /// Width of one routed expert.
  public var hidden: Int
  public var gated: Bool
  public var routerBias: Bool
  public var expertBias: Bool
  /// Width of the shared MLP (0: none), however many shared experts it stands for.
  public var shared: Int
  public var sharedBias: Bool
  /// Where there are no shared experts, the biases of their MLP are stored all the same.
  public var storesEmptyShared: Bool = false
  /// A d x 1 gate on the shared MLP.
  public var sharedGate: Bool
  /// Router rows where they are not one an expert (zero experts).
  public var routerOutputs: Int
  /// Input and output width of the experts where it is not d_model (a latent width).
  public var expertWidth: Int
  /// A correction bias of the router that is a parameter (in most families it is a buffer).
  public var correctionBias: Bool = false
  /// The share of chosen experts that are real.
  public var chance: Chance = .certain

  public init(
    width: Int, experts: Int, active: Int, hidden: Int, gated: Bool = true, routerBias: Bool = false,
    expertBias: Bool = false, shared: Int = 0, sharedBias: Bool = false, sharedGate: Bool = false
  ) {
    self.width = width
    self.experts = experts
    self.active = active
    self.hidden = hidden
    self.gated = gated
    self.routerBias = routerBias
    self.expertBias = expertBias
    self.shared = shared
    self.sharedBias = sharedBias
    self.sharedGate = sharedGate
    routerOutputs = experts
    expertWidth = width
  }

  public func block(_ name: String = "mlp") -> Block { Block(name, parts) }

  public var parts: [Part] {
    var parts: [Part] = [.linear(Linear("router", .router, in: width, out: routerOutputs, bias: routerBias))]
    if correctionBias { parts.append(.vector(Vector("e_score_correction_bias", experts, role: .router))) }
    return parts + expertParts
  }

  /// Everything but the router.
  public var expertParts: [Part] {
    var parts: [Part] = []
    let matrices = (gated ? [("gate_proj", true), ("up_proj", true)] : [("up_proj", true)]) + [("down_proj", false)]
    for (name, isUp) in matrices {
      parts.append(
        .linear(
          Linear(
            "experts.\(name)", .expert, in: isUp ? expertWidth : hidden, out: isUp ? hidden : expertWidth,
            bias: expertBias, stored: experts, visited: active, chance: chance)))
    }
    if shared > 0 || storesEmptyShared && sharedBias {
      parts += MLP(width: width, hidden: shared, gated: gated, bias: sharedBias, role: .sharedExpert).parts.map {
        $0.renamed("shared_expert.")
      }
    }
    if sharedGate { parts.append(.linear(Linear("shared_expert_gate", .sharedExpert, in: width, out: 1))) }
    return parts
  }
}

extension Part {
  /// The same part with a prefix to its name.
  func renamed(_ prefix: String) -> Part {
    guard case .linear(var linear) = self else { return self }
    linear.name = prefix + linear.name
    return .linear(linear)
  }
}
