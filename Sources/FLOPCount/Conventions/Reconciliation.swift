import Architectures
import Input

/// The way from one convention's number to another's, one answer at a time: what each difference is worth for this
/// model, and whether it is a choice or an error.
public struct Reconciliation: Sendable {
  public enum Nature: String, Sendable {
    /// Both answers are meant: which to use is a choice.
    case convention
    /// The model does not do what is counted.
    case error
  }
  public struct Step: Sendable {
    /// What changes: "attention: half -> full".
    public let change: String
    public let nature: Nature
    /// Training FLOPs per sequence that the change adds (negative: takes away).
    public let difference: Double
  }
  public let from: ConventionCount
  public let to: ConventionCount
  /// Only the changes that are worth something for this model.
  public let steps: [Step]

  /// - Throws: what counting throws.
  public init(
    _ architecture: Architecture, sequenceLength: Int, from theirs: Convention, to ours: Convention = .deepseek,
    extraPrediction: Bool = false
  ) throws {
    func count(_ convention: Convention) throws -> ConventionCount {
      try ConventionCount(
        architecture, sequenceLength: sequenceLength, convention: convention, extraPrediction: extraPrediction)
    }
    from = try count(theirs)
    to = try count(ours)
    var steps: [Step] = []
    var now = theirs.changed { $0.demands = [] }
    var value = from
    func settle(_ aspect: Aspect, as other: Convention, _ nature: Nature) throws {
      let before = aspect.answer(now)
      guard before != aspect.answer(other) else { return }
      now = now.changed { aspect.copy(other, &$0) }
      let next = try count(now)
      let difference = next.flopsPerSequence.double - value.flopsPerSequence.double
      if difference != 0 {
        steps.append(
          Step(change: "\(aspect.name): \(before) -> \(aspect.answer(other))", nature: nature, difference: difference))
      }
      value = next
    }
    for aspect in Aspect.all {
      let nature = aspect.nature(theirs)
      // An error is mended first: what the model does may be another answer than ours.
      if nature == .error { try settle(aspect, as: .mended, .error) }
      try settle(aspect, as: ours, .convention)
    }
    self.steps = steps
  }
}

extension Convention {
  /// What the model does, wherever a tool's answer can be an error.
  fileprivate static let mended = Convention(name: "mended", attention: .causal, countsHead: true).changed {
    $0.prediction = .whole
  }
}

/// One question on which conventions differ.
private struct Aspect: Sendable {
  let name: String
  let answer: @Sendable (Convention) -> String
  let copy: @Sendable (Convention, inout Convention) -> Void
  /// Whether the tool's answer is a choice or says something that the model does not do.
  let nature: @Sendable (Convention) -> Reconciliation.Nature

  static func flag(
    _ name: String, _ path: any WritableKeyPath<Convention, Bool> & Sendable,
    errorWhen: Bool? = nil
  ) -> Aspect {
    Aspect(
      name: name, answer: { $0[keyPath: path] ? "yes" : "no" }, copy: { $1[keyPath: path] = $0[keyPath: path] },
      nature: { $0[keyPath: path] == errorWhen ? .error : .convention })
  }

  static func word<Answer: RawRepresentable & Equatable & Sendable>(
    _ name: String, _ path: any WritableKeyPath<Convention, Answer> & Sendable,
    errorUnless isRight: @escaping @Sendable (Convention) -> Bool = { _ in true }
  ) -> Aspect where Answer.RawValue == String {
    Aspect(
      name: name, answer: { $0[keyPath: path].rawValue }, copy: { $1[keyPath: path] = $0[keyPath: path] },
      nature: { isRight($0) ? .convention : .error })
  }

  /// An answer that has no word of its own.
  static func described<Answer: Equatable & Sendable>(
    _ name: String, _ path: any WritableKeyPath<Convention, Answer> & Sendable,
    errorUnless isRight: @escaping @Sendable (Convention) -> Bool = { _ in true },
    words: @escaping @Sendable (Answer) -> String
  ) -> Aspect {
    Aspect(
      name: name, answer: { words($0[keyPath: path]) }, copy: { $1[keyPath: path] = $0[keyPath: path] },
      nature: { isRight($0) ? .convention : .error })
  }

  /// In the order in which they are settled: what the model is first, then what is counted of it.
  static let all: [Aspect] = [
    flag("four sizes instead of the architecture", \.paperForm),
    flag("products inside fused kernels", \.fusedKernels, errorWhen: false),
    flag("backward pass of linear attention", \.linearBackward, errorWhen: false),
    flag("Mamba's own width", \.mambaWidth, errorWhen: false),
    word("linear attention and state spaces", \.stateMixing),
    word("latent attention", \.latent) { $0.latent == .real },
    flag("indexer of sparse attention", \.indexer, errorWhen: false),
    flag("dense layers before the mixtures", \.denseLayers, errorWhen: false),
    word("the MLP's matrices", \.feedForward) { $0.feedForward == .real },
    flag("shared experts", \.sharedExperts, errorWhen: false),
    word("key/value heads", \.keyValueHeads) { $0.keyValueHeads == .real },
    flag("gate on attention's output", \.outputGate, errorWhen: false),
    word("head width", \.headWidth) { $0.headWidth == .real },
    word("experts of a token", \.experts) { $0.experts == .chosen },
    flag("router", \.router),
    flag("gate of shared experts", \.sharedGate),
    word("extra prediction modules", \.prediction) { $0.prediction == .whole },
    word("windows", \.windows) { convention in
      switch convention.windows {
      case .asMasked, .exact: true
      case .band, .ignored: convention.attention == .full || convention.attention == .none
      case .bandEverywhere, .withoutEnd, .linear: false
      }
    },
    word("attention", \.attention),
    described("elementwise", \.elementwise) { $0.name },
    word("norms and biases", \.vectors),
    // 6 FLOPs for every parameter is a way to count; a tool that counts products has none with the input table.
    word("input embedding", \.inputEmbedding) { $0.inputEmbedding == .no || $0.vectors == .all },
    flag("every layer's forward pass twice", \.recompute),
    described(
      "vocabulary", \.vocabulary,
      errorUnless: { if case .fixed = $0.vocabulary { false } else { true } }, words: \.words),
    word("head", \.head) { $0.head == .no || $0.head == .whole },
    flag("backward pass", \.backward),
  ]
}
