import Architectures
import Input

/// What attention costs one model at one length, and what 6 N says instead of M.
public struct AttentionCost: Sendable {
  /// By one way to count pairs.
  public struct Share: Sendable {
    /// Training FLOPs per token, vocabulary left out.
    public let M: Double
    /// The same where it is an integer.
    public let exactM: Int?
    /// The part of M that is Q K^T and A V.
    public let attention: Double
    /// 6 N1 / M and 6 N2 / M: N1 non-embedding parameters, N2 all.
    public let sixN1, sixN2: Double
    /// The same with the experts that a token does not visit left out of N; nil where there are none.
    public let sixN1Active, sixN2Active: Double?

    /// nil where a part of M has no closed formula.
    init?(_ count: ModelCount) throws {
      guard let M = try count.trainingPerToken(), let scores = count.forward(.attentionScores) else { return nil }
      self.M = M
      exactM = try count.M()
      attention = scores.training.count.double / (M * Double(count.tokens))
      let (N1, N2) = (Double(try count.nonEmbeddingParameters()), Double(try count.totalParameters()))
      (sixN1, sixN2) = (6 * N1 / M, 6 * N2 / M)
      let idle = count.isMixture ? Double(try count.idleParameters()) : nil
      sixN1Active = idle.map { 6 * (N1 - $0) / M }
      sixN2Active = idle.map { 6 * (N2 - $0) / M }
    }

    /// 6 N1 / M with N as it is usual: for mixtures, what a token visits.
    public var usualSixN1: Double { sixN1Active ?? sixN1 }
    public var usualSixN2: Double { sixN2Active ?? sixN2 }
  }

  public let sequenceLength: Int
  /// Over all S x S pairs; nil where a part of M has no closed formula.
  public let full: Share?
  /// Over the pairs that the masks let through.
  public let causal: Share?

  /// - Throws: `InputError` for image encoders, whose length is fixed, and for lengths that cannot be counted.
  public init(_ model: Architecture, sequenceLength: Int) throws {
    guard model.kind != .vision else {
      throw InputError("is an image encoder, whose length is fixed", value: model.name)
    }
    self.sequenceLength = sequenceLength
    full = try Share(ModelCount(model, sequenceLength: sequenceLength))
    causal = try Share(
      ModelCount(model, sequenceLength: sequenceLength, convention: .deepseek.with(attention: .causal)))
  }
}

/// The shortest length at which the attention scores cost at least as much as the rest of M.
public struct AttentionCrossing: Sendable {
  /// The longest length that is tried.
  public static let longest = 1 << 24

  /// Over all S x S pairs; nil where the rest is more at `longest` still.
  public let full: Int?
  /// Over the pairs that the masks let through: windows may keep them below the rest at any length.
  public let causal: Int?

  /// nil for models without softmax attention, and where a part of M has no closed formula.
  public init?(_ model: Architecture) throws {
    func overtakes(_ length: Int, _ convention: Convention) throws -> Bool? {
      let count = try ModelCount(model, sequenceLength: length, convention: convention)
      guard let scores = count.forward(.attentionScores), let M = count.trainingPerSequence() else { return nil }
      guard let margin = (2 * scores.training.count - M.count).value else {
        throw InputError("is beyond what can be counted", field: "M", value: model.name, hint: "reduce the sizes")
      }
      return margin >= 0
    }
    /// Attention grows faster than the rest, so the first length is found by halving.
    func first(_ convention: Convention) throws -> Int? {
      var (low, high) = (1, Self.longest)
      guard try overtakes(high, convention) == true else { return nil }
      while low < high {
        let middle = (low + high) / 2
        if try overtakes(middle, convention) == true { high = middle } else { low = middle + 1 }
      }
      return low
    }
    guard model.kind != .vision, try !ModelCount(model, sequenceLength: 1).attentionPairs().isEmpty,
      try overtakes(Self.longest, .deepseek) != nil
    else { return nil }
    full = try first(.deepseek)
    causal = try first(.deepseek.with(attention: .causal))
  }
}
