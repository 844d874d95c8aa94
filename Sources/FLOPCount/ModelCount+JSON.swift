import Architectures
import Input

extension ModelCount {
  /// The count as `isoflop count --json` promises it. Integers are exact; null stands for what is not known or does
  /// not apply.
  public func json() throws -> JSON {
    var object = JSONObject([
      ("name", .string(architecture.name)),
      ("family", .string(architecture.family)),
      ("sequence_length", .integer(architecture.kind == .encoderDecoder ? lengths.encoder : lengths.sequence)),
    ])
    if architecture.kind == .encoderDecoder { object["decoder_length"] = .integer(lengths.sequence) }
    object["parameters"] = [
      "total": .integer(try totalParameters()),
      "active": .integer(try activeParameters()),
      "embedding": .integer(try embeddingParameters()),
      "output_head": .integer(try headParameters()),
      "position_embedding": .integer(try positionParameters()),
      "non_embedding": .integer(try nonEmbeddingParameters()),
    ]
    var forward = JSONObject([("total", try JSON(forwardTotal()))])
    for group in FLOPGroup.allCases { forward[group.rawValue] = try JSON(self.forward(group)) }
    object["forward_flops_per_sequence"] = .object(forward)
    object["attention_pairs"] = ["per_layer": .array(try attentionPairs().map { .integer($0) })]
    object["flops_per_token"] = .object(try perTokenJSON())
    object["layers"] = try layersJSON()
    if !architecture.notes.isEmpty { object["notes"] = .array(architecture.notes.map { .string($0) }) }
    return .object(object)
  }

  private func perTokenJSON() throws -> JSONObject {
    let M = try M()
    let (n1, n2) = (Exact(try nonEmbeddingParameters()), Exact(try totalParameters()))
    var object = JSONObject([("M", M.map { .integer($0) } ?? .null)])
    if M == nil, let training = trainingPerSequence() {
      object["M_per_sequence"] = .integer(try training.count.int("M_per_sequence"))
    }
    object["six_n1"] = .integer(try (6 * n1).int("six_n1"))
    object["six_n2"] = .integer(try (6 * n2).int("six_n2"))
    if isMixture {
      let idle = Exact(try idleParameters())
      object["six_n1_active"] = .integer(try (6 * (n1 - idle)).int("six_n1_active"))
      object["six_n2_active"] = .integer(try (6 * (n2 - idle)).int("six_n2_active"))
    }
    let paper = paper
    object["M_paper"] = try paper.map { .integer(try $0.M.int("M_paper")) } ?? .null
    object["six_n1_paper"] = try paper.map { .integer(try $0.sixN1.int("six_n1_paper")) } ?? .null
    object["six_n2_paper"] = try paper.map { .integer(try $0.sixN2.int("six_n2_paper")) } ?? .null
    object["convention"] = .string(convention.name)
    if architecture.kind == .encoderDecoder {
      object["per"] = "encoder and decoder token together"
    }
    return object
  }

  /// One object a group of equal layers: what one of them holds and does, block by block.
  private func layersJSON() throws -> JSON {
    .array(
      try architecture.groups.map { group in
        let inside = group.onEncoder ? lengths.insideEncoder : lengths
        let blocks = try group.layer.blocks.map { block in
          try block.json(inside, attention: convention.attention, isStored: !group.sharesWeights)
        }
        func sum(_ key: String) throws -> JSON {
          var total: Exact = 0
          for block in blocks {
            guard case .integer(let count)? = block[key] else { return .null }
            total += Exact(count)
          }
          return .integer(try total.int(key))
        }
        return [
          "stack": .string(group.name), "count": .integer(group.count), "parameters": try sum("parameters"),
          "forward_flops": try sum("forward_flops"), "blocks": .array(blocks.map { .object($0) }),
        ]
      })
  }
}

extension Block {
  /// Name, stored parameters, forward FLOPs of one run over a sequence, and the shape of its attention.
  fileprivate func json(
    _ lengths: Lengths, attention: Convention.Attention, isStored: Bool
  ) throws -> JSONObject {
    var flops: Exact? = 0
    for part in parts {
      let count = part.forwardFLOPs(lengths, attention: attention)
      flops = flops.flatMap { sum in count.map { sum + $0 } }
    }
    let stored = isStored && !sharesWeights ? parts : []
    var object = JSONObject([
      ("name", .string(name)), ("parameters", .integer(try stored.map(\.parameters).sum().int("parameters"))),
      ("forward_flops", try JSON(flops.map { ForwardFLOPs($0) })),
    ])
    for case .scores(let scores) in parts {
      object["attention"] = [
        "heads": .integer(scores.heads), "key_width": .integer(scores.keyWidth),
        "value_width": .integer(scores.valueWidth), "mask": .string(scores.mask.words),
        "pairs": .integer(try scores.pairs(lengths).int("attention_pairs")),
      ]
    }
    return object
  }
}

extension JSON {
  init(_ flops: ForwardFLOPs?) throws {
    self = try flops.map { .integer(try $0.count.int("forward FLOPs")) } ?? .null
  }
}
