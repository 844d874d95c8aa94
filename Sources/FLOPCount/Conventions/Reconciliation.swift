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
    var now = theirs.changed { $0.demand = nil }
    var value = from
    for aspect in Aspect.all where aspect.answer(now) != aspect.answer(ours) {
      let before = aspect.answer(now)
      now = now.changed { aspect.copy(ours, &$0) }
      let next = try count(now)
      let difference = next.trainingPerSequence.count.double - value.trainingPerSequence.count.double
      if difference != 0 {
        steps.append(
          Step(
            change: "\(aspect.name): \(before) -> \(aspect.answer(ours))",
            nature: aspect.nature(theirs), difference: difference))
      }
      value = next
    }
    self.steps = steps
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

  /// In the order in which they are settled: what the model is first, then what is counted of it.
  static let all: [Aspect] = [
    flag("four sizes instead of the architecture", \.paperForm),
    word("latent attention", \.latent) { $0.latent == .real },
    flag("dense layers before the mixtures", \.denseLayers, errorWhen: false),
    word("the MLP's matrices", \.feedForward) { $0.feedForward == .real },
    flag("shared experts", \.sharedExperts, errorWhen: false),
    flag("fewer key/value heads than heads", \.groupedQuery, errorWhen: false),
    word("head width", \.headWidth) { $0.headWidth == .real },
    flag("experts that a token visits only", \.activeExperts, errorWhen: false),
    flag("router", \.router),
    word("extra prediction modules", \.prediction) { $0.prediction == .whole },
    word("windows", \.windows) { $0.windows != .bandEverywhere && ($0.attention == .full || $0.windows == .asMasked) },
    word("attention", \.attention),
    word("elementwise", \.elementwise),
    word("norms and biases at 6", \.vectors),
    word("input embedding", \.inputEmbedding) { $0.inputEmbedding != .always },
    flag("every layer's forward pass twice", \.recompute),
    word("head", \.head) { $0.head == .no || $0.head == .whole },
  ]
}
