import ArgumentParser
import Isoflop

/// `isoflop size`
struct SizeCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "size",
    abstract: "Real shapes of a size and style, best first.",
    discussion: """
      Every shape within 5 % of the size, ranked by one score, a sum of penalties: closeness (0.3 at 5 %), aspect ratio
      outside 84...137 (1 for each factor of e), widths, heads, layers and d_ff that do not divide by powers of two
      (0.1, 0.05, 0.03, 0.02 for each power lacking), key-value heads over 8 (0.05 for each doubling). 0 is a shape
      without a fault. The list comes from rules, not from published models.

      EXAMPLES
        isoflop size 7B
        isoflop size 67B --style deepseek
        isoflop size 3B --by active --style moe
        isoflop size 13B --tensor-parallel 8 --pipeline-parallel 4 --json
        isoflop size 1B --top 3 --write-configs shapes
      """)

  @Argument(help: ArgumentHelp("The size: 7B, 350M, 4.3e10.", valueName: "size"))
  var size: String
  @Option(
    help: ArgumentHelp("What the size is of: total, active, non-embedding, M.", valueName: "measure"),
    completion: .list(SizeMeasure.allCases.map(\.rawValue)))
  var by = "total"
  @Option(
    help: ArgumentHelp("One of deepseek, llama, qwen, gpt, moe.", valueName: "style"),
    completion: Completions.styles)
  var style = "llama"
  @Option(help: ArgumentHelp("The vocabulary, instead of the style's own.", valueName: "n"))
  var vocabSize: String?
  @Option(help: ArgumentHelp("The sequence length that M is for (default: 4096).", valueName: "n"))
  var sequenceLength: String?
  @Option(help: ArgumentHelp("How many shapes (default: 10).", valueName: "n"))
  var top: String?
  @OptionGroup(title: "Constraints") var constraints: ShapeConstraintOptions
  @OptionGroup(title: "Output") var folder: ConfigFolderOption
  @OptionGroup(title: "Output") var output: OutputOptions

  func run(on terminal: Terminal) throws {
    guard let measure = SizeMeasure(rawValue: by) else {
      throw InputError(
        "is not a measure of size", field: "--by", value: by,
        hint: suggestion(for: by, among: SizeMeasure.allCases.map(\.rawValue)))
    }
    let vocabulary = try vocabSize.map { try Arguments.integer($0, "--vocab-size") }
    var request = SizeRequest(
      size: try SizeRequest.parse(size), measure: measure,
      style: try ModelStyle.named(style).with(vocabulary: vocabulary))
    if let sequenceLength { request.sequenceLength = try Arguments.integer(sequenceLength, "--sequence-length") }
    request.constraints = try constraints.constraints()
    let count = try top.map { try Arguments.integer($0, "--top") } ?? 10
    let all = try request.ranked()
    let ranked = Array(all.prefix(count))
    if let folder = folder.writeConfigs {
      try ConfigFolder.write(ranked.map(\.counted.shape), to: folder, on: terminal)
    }
    switch output.form {
    case .json:
      let object: JSON = [
        "size": .number(request.size), "measure": .string(measure.rawValue), "style": .string(request.style.name),
        "candidates": .integer(all.count), "results": .array(ranked.map(\.json)),
      ]
      try terminal.writeLine(object.text())
    case .csv, .markdown: try terminal.write(Self.table(ranked), as: output.form)
    case .text:
      try terminal.write(Self.table(ranked).text(width: terminal.width))
      try terminal.writeLine()
      try terminal.writeLine(
        "\(Numbers.counted(all.count, "shape")) of style \(request.style.name) \(all.count == 1 ? "is" : "are") within 5 % of \(size) \(measure.words); "
          + "a lower score is better")
    }
  }

  static func table(_ ranked: [SizeRequest.Ranked]) -> Table {
    let mixture = ranked.contains { $0.counted.shape.experts > 0 }
    var columns: [Table.Column] = [
      .integer("rank").extra(3), .size("n_layers", "layers"), .size("d_model"), .size("n_heads", "heads").extra(2),
      .size("n_kv_heads", "kv"), .size("d_ff"),
    ]
    if mixture {
      columns += [.size("n_experts", "experts"), .size("experts_per_token", "top-k"), .size("d_expert")]
    }
    columns += [
      .size("vocab_size", "vocab").extra(5), .number("parameters") { Numbers.count($0) },
      .number("active_parameters", "active") { Numbers.count($0) }.extra(6), .number("M") { Numbers.si($0) }.extra(1),
      .number("aspect_ratio", "d/L") { Numbers.significant($0) }.extra(7),
      .number("kv_bytes_per_token", "KV bytes/token") { Numbers.si($0) }.extra(8),
      .number("score") { Numbers.fixed($0, 3) }.extra(4),
    ]
    var table = Table(columns)
    for (place, item) in ranked.enumerated() {
      let shape = item.counted.shape
      let count = item.counted.count
      var row: [JSON] = [
        .integer(place + 1), .integer(shape.layers), .integer(shape.width), .integer(shape.heads),
        .integer(shape.keyValueHeads), .integer(shape.mlpWidth),
      ]
      if mixture { row += [.integer(shape.experts), .integer(shape.expertsPerToken), .integer(shape.expertWidth)] }
      row += [
        .integer(shape.vocabulary), .integer(count.parameters), .integer(count.activeParameters), .integer(count.M),
        .number(item.counted.aspectRatio), .integer(2 * count.keyValueElementsPerToken), .number(item.score.sum),
      ]
      table.add(row)
    }
    return table
  }
}
