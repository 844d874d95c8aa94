import Architectures
import Input

extension Convention {
  /// - Throws: `InputError` where the tool cannot take such a model.
  func check(_ architecture: Architecture) throws {
    let blocks = architecture.groups.flatMap(\.layer.blocks)
    if let form = blocks.flatMap(\.scanForms).first(where: { !stateMixing.takes($0) }) {
      throw InputError("has no layers of this kind: \(form.words)", field: name, hint: "use exact")
    }
    for demand in demands { try demand.check(architecture, blocks, name) }
  }

  /// Those that can take this model and that say something of it beside M: all but M itself and the paper's form.
  public static func comparable(with architecture: Architecture) -> [Convention] {
    known.filter { convention in
      guard convention.name != deepseek.name, !convention.paperForm else { return false }
      return (try? convention.check(architecture)) != nil
    }
  }
}

extension Convention.Demand {
  fileprivate func check(_ architecture: Architecture, _ blocks: [Block], _ name: String) throws {
    let parts = blocks.flatMap(\.parts)
    let mixtures = blocks.filter(\.isMixture)
    func refuse(_ problem: String, _ hint: String) -> InputError { InputError(problem, field: name, hint: hint) }
    switch self {
    case .evenLayers:
      guard architecture.layerCount % 2 == 0 || !mixtures.isEmpty else {
        throw refuse("refuses an odd number of layers: \(architecture.layerCount)", "use eleuther-no-checkpoint")
      }
    case .wholeRatio:
      for case .linear(let linear) in parts where linear.role == .mlp {
        guard max(linear.input, linear.output) % architecture.width == 0 else {
          throw refuse(
            "refuses an MLP width that is no multiple of d_model: \(max(linear.input, linear.output))",
            "use llm-analysis")
        }
      }
    case .noExperts:
      guard mixtures.isEmpty else { throw refuse("knows no mixtures of experts", "use exact") }
    case .plainMixtures:
      let isShared = parts.contains { $0.role == .sharedExpert }
      guard mixtures.isEmpty || !isShared && !blocks.contains(where: \.isDenseMLP) else {
        throw refuse("knows neither shared experts nor dense layers among mixtures", "use exact")
      }
    case .noLatentAttention:
      let isLatent = parts.contains { if case .scores(let scores) = $0 { scores.absorbed != nil } else { false } }
      guard !isLatent else { throw refuse("knows no latent attention", "use exact") }
    }
  }
}

extension Scan.Form {
  /// What a layer with such products is called.
  fileprivate var words: String {
    switch self {
    case .selective: "Mamba"
    case .stateSpaceDual: "Mamba 2"
    case .gatedDelta: "gated DeltaNet"
    case .kimiDelta: "Kimi delta attention"
    case .lightning: "lightning attention"
    case .elementwise: "a recurrence"
    case .matrixMemory: "mLSTM"
    case .unknown(let what): what
    }
  }
}

extension Convention.Vocabulary {
  /// Rows of a matrix that has `real` of them.
  func rows(_ real: Int) -> Int {
    switch self {
    case .real: real
    case .padded(let multiple): (real + multiple - 1) / multiple * multiple
    case .fixed(let rows): rows
    }
  }

  var words: String {
    switch self {
    case .real: "its own"
    case .padded(let multiple): "padded to a multiple of \(multiple)"
    case .fixed(let rows): "\(rows)"
    }
  }
}
