import Isoflop

/// Several models beside each other, one row a model; 6 N1 is of what a token visits, as N is usual for mixtures.
enum SideBySide {
  static func table(_ counts: [ModelCount]) throws -> Table {
    var table = Table([
      .text("name"), .text("family").extra(8), .number("parameters", "parameters") { Numbers.count($0) },
      .number("active") { Numbers.count($0) }.extra(5),
      .number("non_embedding", "non-embedding") { Numbers.count($0) }.extra(6),
      .integer("sequence_length", "S").extra(3),
      .number("M") { Numbers.si($0, 4) }, .number("six_n1", "6 N1") { Numbers.si($0, 4) }.extra(2),
      .number("six_n1_over_M", "6 N1 / M") { Numbers.fixed($0, 3) },
      .number("kv_bytes_per_token", "KV bytes/token (bf16)") { Numbers.si($0, 3) }.extra(7),
    ])
    for count in counts {
      let M = try count.trainingPerToken()
      let (total, active, N1) = try (
        count.totalParameters(), count.activeParameters(), count.nonEmbeddingParameters()
      )
      let sixN1 = 6 * Double(N1 - (total - active))
      table.add([
        .string(count.architecture.name), .string(count.architecture.family), .integer(total),
        .integer(active), .integer(N1), .integer(count.tokens),
        M.map { .number($0) } ?? .null, .number(sixN1), M.map { .number(sixN1 / $0) } ?? .null,
        .integer(try CacheMemory(count.architecture, length: count.lengths.sequence).bytesPerToken(.bf16)),
      ])
    }
    return table
  }
}
