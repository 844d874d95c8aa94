import Architectures
import FLOPCount
import Input
import ScalingLaws

/// A model that is given, in every unit that a law may count sizes in: converted by its own counts, never by 6.
public struct GivenModel: Sendable, Equatable {
  public var name: String
  public var sequenceLength: Int
  /// Non-embedding training FLOPs per token, exact.
  public var M: Double
  /// 72 L d^2 + 12 L d S, where the form applies.
  public var paperM: Double?
  public var totalParameters: Double
  public var nonEmbeddingParameters: Double
  public var activeParameters: Double

  /// - Throws: `InputError` where a part of the model has no closed formula, or a length it cannot have.
  public init(_ model: Architecture, sequenceLength: Int) throws {
    let count = try ModelCount(model, sequenceLength: sequenceLength)
    guard let training = count.trainingPerSequence() else {
      throw InputError("has a part without a closed formula, so its M is not known", value: model.name)
    }
    name = model.name
    self.sequenceLength = sequenceLength
    M = training.count.double / Double(count.tokens)
    paperM = count.paper?.M.double
    totalParameters = Double(try count.totalParameters())
    nonEmbeddingParameters = Double(try count.nonEmbeddingParameters())
    activeParameters = Double(try count.activeParameters())
  }

  /// The size as a law means it: see `Law.size(of:)`.
  public func size(under law: Law) -> Double {
    let idle = law.countsDenseModels ? totalParameters - activeParameters : 0
    return switch law.scale {
    case .flopsPerToken: M
    case .totalParameters: totalParameters - idle
    case .nonEmbeddingParameters: nonEmbeddingParameters - idle
    case .activeParameters: activeParameters
    }
  }
}

/// What every published law says about one model after so many tokens: learning rate, batch, loss, and how far from its
/// optimum that is. Laws of one quantity differ by factors: the spread is the message.
public struct ModelUnderLaws: Sendable {
  public var name: String
  public var tokens: Double
  public var sequenceLength: Int
  public var rows: [Row]

  public struct Row: Sendable {
    public var law: Law
    /// What C is in the law's own account: `M D`, `M (paper) D`, `6 N D`.
    public var account: String
    public var compute: Double?
    public var learningRate: Double?
    public var batchTokens: Double?
    public var loss: Double?
    public var sizeOverOptimum: Double?
    public var tokensOverOptimum: Double?
  }

  /// - Throws: `InputError` where the tokens are no positive number.
  public init(_ model: GivenModel, tokens: Double, laws: [Law] = Law.published) throws {
    try requirePositive(tokens, "tokens", "such as 2T")
    name = model.name
    self.tokens = tokens
    sequenceLength = model.sequenceLength
    rows = []
    for law in laws where law.id != "aghajanyan_modal" || law.variant == nil {
      guard law.learningRate != nil || law.batchTokens != nil || law.allocates else { continue }
      rows.append(Row(law, size: model.size(under: law), tokens: tokens))
      // DeepSeek's own M is the paper's form, and its two models were planned with it.
      if law.id == Law.deepSeekID, let paperM = model.paperM {
        var row = Row(law, size: paperM, tokens: tokens)
        row.account = "M (paper) D"
        rows.append(row)
      }
    }
  }
}

extension ModelUnderLaws.Row {
  fileprivate init(_ law: Law, size: Double, tokens: Double) {
    self.law = law
    // A law of rate and batch alone may still have C in it: then it says what C is.
    let cost = law.cost
    let C = cost.map { $0.flopsPerToken(scale: size) * tokens }
    account = cost.map { String($0.formula(law.scale).dropFirst(4)) } ?? ""
    compute = C
    learningRate = law.learningRate.map { $0(compute: C ?? .nan, scale: size, tokens: tokens) }
    batchTokens = law.batchTokens.map { $0(compute: C ?? .nan, scale: size, tokens: tokens) }
    loss = (try? law.forecast(size: size, tokens: tokens))?.loss
    if let C, let best = try? law.optimum(compute: C) {
      sizeOverOptimum = size / best.scale
      tokensOverOptimum = tokens / best.tokens
    }
  }
}

extension ModelUnderLaws {
  /// The object of `isoflop compare MODEL --laws --json`.
  public var json: JSON {
    func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    return [
      "name": .string(name), "tokens": .number(tokens), "sequence_length": .integer(sequenceLength),
      "laws": .array(
        rows.map { row in
          [
            "law": .string(row.law.name), "C": .string(row.account), "compute": number(row.compute),
            "learning_rate": number(row.learningRate), "batch_tokens": number(row.batchTokens),
            "batch_sequences": number(row.batchTokens.map { $0 / Double(sequenceLength) }), "loss": number(row.loss),
            "loss_unit": .string(row.loss == nil ? "" : row.law.lossUnit ?? ""),
            "size_over_optimum": number(row.sizeOverOptimum), "tokens_over_optimum": number(row.tokensOverOptimum),
            "status": .string(row.law.status.rawValue),
          ]
        }),
    ]
  }
}
