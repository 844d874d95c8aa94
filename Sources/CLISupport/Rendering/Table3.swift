import Isoflop

/// Table 3 of DeepSeek LLM (arXiv 2401.02954), as printed and as computed.
struct Table3 {
  /// A row as the paper prints it; n_vocab = 102400, l_seq = 4096.
  struct Row {
    let layers: Int
    let width: Int
    /// N1, N2, M, 6N1/M, 6N2/M.
    let printed: [String]

    var form: PaperForm { PaperForm(layers: layers, width: width, vocabulary: 102_400, sequenceLength: 4096) }
    var ratioN1: Double { form.sixN1.double / form.M.double }
    var ratioN2: Double { form.sixN2.double / form.M.double }

    /// What isoflop computes, in the paper's own rounding: three digits, two decimals.
    var computed: [String] {
      [
        Numbers.count(form.N1.double), Numbers.count(form.N2.double), Numbers.count(form.M.double),
        Numbers.fixed(ratioN1, 2), Numbers.fixed(ratioN2, 2),
      ]
    }
  }

  static let rows = [
    Row(layers: 8, width: 512, printed: ["25.2M", "77.6M", "352M", "0.43", "1.32"]),
    Row(layers: 12, width: 768, printed: ["84.9M", "164M", "963M", "0.53", "1.02"]),
    Row(layers: 24, width: 1024, printed: ["302M", "407M", "3.02B", "0.60", "0.81"]),
    Row(layers: 24, width: 2048, printed: ["1.21B", "1.42B", "9.66B", "0.75", "0.88"]),
    Row(layers: 32, width: 4096, printed: ["6.44B", "6.86B", "45.1B", "0.85", "0.91"]),
    Row(layers: 40, width: 5120, printed: ["12.6B", "13.1B", "85.6B", "0.88", "0.92"]),
    Row(layers: 80, width: 8192, printed: ["64.4B", "65.3B", "419B", "0.92", "0.94"]),
  ]

  /// Numbers that agree as printed, of how many.
  var agreement: (equal: Int, of: Int) {
    let pairs = Self.rows.flatMap { Array(zip($0.printed, $0.computed)) }
    return (pairs.count { $0 == $1 }, pairs.count)
  }

  func text(width: Int?) -> String {
    let names = ["N1", "N2", "M", "6N1/M", "6N2/M"]
    var table = Table(
      [.integer("n_layer"), .integer("d_model")]
        + names.map { name in
          var column = Table.Column.text(name)
          column.alignment = .right
          return column
        } + [.number("exact6N1", "6N1/M exact") { Numbers.fixed($0, 4) }.extra, .integer("exactM", "M exact").extra])
    for row in Self.rows {
      let cells = zip(row.printed, row.computed).map { printed, computed in
        JSON.string(printed == computed ? "\(printed) =" : "\(printed) -> \(computed)")
      }
      table.add(
        [.integer(row.layers), .integer(row.width)] + cells
          + [.number(row.ratioN1), (try? row.form.M.int("M")).map { .integer($0) } ?? .null])
    }
    return table.text(width: width)
  }
}
