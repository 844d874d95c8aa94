import Architectures
import Input

/// What attention costs one model: by length, and where it overtakes the rest.
public struct AttentionProfile: Sendable {
  public let model: Architecture
  public let costs: [AttentionCost]
  /// nil for models without softmax attention, and where a part of M has no closed formula.
  public let crossing: AttentionCrossing?
  /// Non-embedding parameters, all of them, and how many of them a token does not visit.
  public let N1, N2, idle: Int

  /// Powers of two from 512 to 1,048,576.
  public static let usualLengths = (9...20).map { 1 << $0 }

  /// - Throws: `InputError` for image encoders, whose length is fixed, and for lengths that cannot be counted.
  public init(_ model: Architecture, lengths: [Int] = AttentionProfile.usualLengths) throws {
    self.model = model
    costs = try lengths.map { try AttentionCost(model, sequenceLength: $0) }
    crossing = try AttentionCrossing(model)
    let count = try ModelCount(model, sequenceLength: 1)
    N1 = try count.nonEmbeddingParameters()
    N2 = try count.totalParameters()
    idle = N2 - (try count.activeParameters())
  }

  /// The object of `isoflop attention --json`.
  public var json: JSON {
    var object = JSONObject([
      ("name", .string(model.name)), ("n_layers", .integer(model.layerCount)), ("d_model", .integer(model.width)),
      ("parameters", ["total": .integer(N2), "active": .integer(N2 - idle), "non_embedding": .integer(N1)]),
    ])
    object["attention_overtakes"] = ["full": .value(crossing?.full), "causal": .value(crossing?.causal)]
    object["lengths"] = .array(
      costs.map { cost in
        var row = JSONObject([("sequence_length", .integer(cost.sequenceLength))])
        for (key, value) in cost.fields.members { row[key] = value }
        return .object(row)
      })
    return .object(object)
  }
}

extension AttentionCost {
  /// Every number of this length by its name; null where it is not known.
  public var fields: JSONObject {
    func both(_ key: String, _ value: (Share) -> Double?) -> [(String, JSON)] {
      [(key, .value(full.flatMap(value))), (key + "_causal", .value(causal.flatMap(value)))]
    }
    func M(_ share: Share?) -> JSON { share?.exactM.map { .integer($0) } ?? .value(share?.M) }
    return JSONObject(
      [("M_full", M(full)), ("M_causal", M(causal))] + both("attention_share") { $0.attention }
        + both("six_n1_over_M") { $0.sixN1 } + both("six_n2_over_M") { $0.sixN2 }
        + both("six_n1_active_over_M") { $0.sixN1Active } + both("six_n2_active_over_M") { $0.sixN2Active })
  }
}
