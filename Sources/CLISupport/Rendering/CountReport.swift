import Isoflop

/// A count as people read it: M first, the estimates beside it, then where the parameters and FLOPs are.
struct CountReport {
  let count: ModelCount
  private var model: Architecture { count.architecture }

  init(_ count: ModelCount) { self.count = count }

  func text(explain: Bool, width: Int?) throws -> String {
    var out = "\(heading)\n\n"
    out += try perToken.text(width: width)
    out += "\n" + (try parameters.text(width: width))
    out += "\n" + components(explain: explain).text(width: width)
    return out
  }

  var heading: String {
    let lengths =
      model.kind == .encoderDecoder
      ? "\(Numbers.grouped(count.lengths.encoder)) encoder and \(Numbers.counted(count.lengths.sequence, "decoder token"))"
      : "sequence length \(Numbers.grouped(count.lengths.sequence))"
    return
      "\(model.name): \(model.family), \(Numbers.counted(model.layerCount, "layer")), d_model \(Numbers.grouped(model.width)), "
      + "vocabulary \(Numbers.grouped(model.vocabulary)), \(lengths)"
  }

  /// M and what is said instead of it.
  var perToken: Table {
    get throws {
      var table = Table([
        .text("", "training FLOPs/token"), .number("rounded", "") { Numbers.si($0, 4) },
        .integer("exact", "").extra(2), Table.Column(key: "against", title: "against M"),
        .text("meaning", "").extra(3),
      ])
      let M = try count.trainingPerToken()
      func add(_ name: String, _ value: Exact?, _ meaning: String) throws {
        guard let value else { return }
        let against = M.map { Numbers.difference(value.double, from: $0) } ?? ""
        table.add([
          .string(name), .number(value.double), .integer(try value.int(name)), .string(against), .string(meaning),
        ])
      }
      let attention = count.convention.attention == .causal ? "causal attention, exact pairs" : "full attention"
      if let exact = try count.M() {
        table.add([
          .string("M"), .number(Double(exact)), .integer(exact), .string(""),
          .string("\(attention), no vocabulary: \(count.convention.name)"),
        ])
      } else if let M {
        table.add([
          .string("M"), .number(M), .string("no integer"), .string(""),
          .string("\(attention), no vocabulary: \(count.convention.name)"),
        ])
      } else {
        table.add([.string("M"), .null, .null, .string(""), .string("a part of this model has no closed formula")])
      }
      let (n1, n2) = (Exact(try count.nonEmbeddingParameters()), Exact(try count.totalParameters()))
      try add("6 N1", 6 * n1, "from its non-embedding parameters")
      try add("6 N2", 6 * n2, "from all its parameters")
      if count.isMixture {
        let idle = n2 - Exact(try count.activeParameters())
        try add("6 N1 active", 6 * (n1 - idle), "less the experts that a token does not visit")
        try add("6 N2 active", 6 * (n2 - idle), "the same, with the vocabulary")
      }
      try add("M (paper)", count.paper?.M, "72 L d^2 + 12 L d S")
      try add("6 N1 (paper)", count.paper?.sixN1, "72 L d^2")
      try add("6 N2 (paper)", count.paper?.sixN2, "72 L d^2 + 6 V d")
      return table
    }
  }

  var parameters: Table {
    get throws {
      var table = Table([
        .text("", "parameters"), .number("rounded", "") { Numbers.count($0, 4) }, .integer("exact", "").extra,
      ])
      func add(_ name: String, _ value: Int) {
        table.add([.string(name), .integer(value), .integer(value)])
      }
      let total = try count.totalParameters()
      let active = try count.activeParameters()
      add("total", total)
      if active != total { add("active", active) }
      add("non-embedding", try count.nonEmbeddingParameters())
      add("embedding", try count.embeddingParameters())
      let positions = try count.positionParameters()
      if positions > 0 { add("positions", positions) }
      let head = try count.headParameters()
      if head > 0 || !model.isTied { add("output head", head) }
      return table
    }
  }

  /// Where the FLOPs of a forward pass go. Norms and the like, which have parameters alone, share a line.
  func components(explain: Bool) -> Table {
    var columns: [Table.Column] = [
      .text("component", "forward pass"), .integer("calls").extra(3),
      .number("parameters") { Numbers.count($0, 4) }.extra(2),
      .number("flops", "FLOPs/token") { Numbers.si($0, 4) }.extra(1), .text("share"),
    ]
    columns[4].alignment = .right
    if explain { columns.append(.text("formula", "FLOPs of one call")) }
    var table = Table(columns)
    let tokens = Double(count.tokens)
    let total = count.forwardTotal()?.count.double
    for component in count.components where component.group != nil {
      let share = component.forward.flatMap { flops in
        total.map { Numbers.fixed(100 * flops.count.double / $0, 1) + " %" }
      }
      var row: [JSON] = [
        .string(component.name), .integer(component.calls), .number(component.parameters.double),
        component.forward.map { .number($0.count.double / tokens) } ?? .null, share.map { .string($0) } ?? .null,
      ]
      if explain { row.append(.string(component.formula(count.lengths, attention: count.convention.attention))) }
      table.add(row)
    }
    var rest: Exact = 0
    for component in count.components where component.group == nil { rest += component.parameters }
    var row: [JSON] = [
      .string("tables, norms, single weights"), .null, .number(rest.double), .integer(0), .string("0.0 %"),
    ]
    if explain { row.append(.string("looked up or elementwise: 0 by this count")) }
    table.add(row)
    if let total {
      var all: Exact = 0
      for component in count.components { all += component.parameters }
      var row: [JSON] = [.string("all"), .null, .number(all.double), .number(total / tokens), .string("100.0 %")]
      if explain { row.append(.string("")) }
      table.add(row)
    }
    return table
  }
}
