import ArgumentParser
import Isoflop

/// A grid of shapes: a file, flags, or a file with flags on top.
struct GridOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Layers: 30, 1:200, 1:200:2 or 8,16,32.", valueName: "values"))
  var nLayers: String?
  @Option(help: ArgumentHelp("Width, such as 64:32000:64.", valueName: "values"))
  var dModel: String?
  @Option(help: ArgumentHelp("Heads; without them and --head-dim, plain multi-head attention.", valueName: "values"))
  var nHeads: String?
  @Option(help: ArgumentHelp("Width of a head.", valueName: "values"))
  var headDim: String?
  @Option(help: ArgumentHelp("Key-value heads, also as ratios: \"1,1/4 of n_heads\".", valueName: "values"))
  var nKvHeads: String?
  @Option(help: ArgumentHelp("FFN width, also as ratios: \"8/3,4 multiple of 256\".", valueName: "values"))
  var dFf: String?
  @Option(help: ArgumentHelp("Routed experts of a layer; 0 is a dense layer.", valueName: "values"))
  var nExperts: String?
  @Option(help: ArgumentHelp("Routed experts that a token visits.", valueName: "values"))
  var expertsPerToken: String?
  @Option(help: ArgumentHelp("Width of a routed expert.", valueName: "values"))
  var dExpert: String?
  @Option(help: ArgumentHelp("Width of all shared experts together.", valueName: "values"))
  var dShared: String?
  @Option(help: ArgumentHelp("Vocabulary (default: 102400).", valueName: "values"))
  var vocabSize: String?
  @Option(help: ArgumentHelp("Tokens of a sequence (default: 4096).", valueName: "values"))
  var sequenceLength: String?

  @Option(
    name: .customLong("where"), parsing: .singleValue,
    help: ArgumentHelp(
      "A condition on an axis or on what follows from a shape: aspect_ratio=64...160, \"M<=1e10\", \"n_heads=multiple of 8\" (repeatable).",
      valueName: "quantity=range"))
  var conditions: [String] = []
  @Option(
    help: ArgumentHelp("gated (three matrices) or plain (two).", valueName: "kind"),
    completion: .list(["gated", "plain"]))
  var mlp: String?
  @Flag(help: "The output head is the embedding table.")
  var tieWordEmbeddings = false
  @Option(help: ArgumentHelp("The first layers of a mixture that are dense.", valueName: "n"))
  var firstKDenseReplace: String?

  private var axes: [(name: String, text: String)] {
    let all: [(Shape.Axis, String?)] = [
      (.layers, nLayers), (.width, dModel), (.heads, nHeads), (.headWidth, headDim), (.keyValueHeads, nKvHeads),
      (.mlpWidth, dFf), (.experts, nExperts), (.expertsPerToken, expertsPerToken), (.expertWidth, dExpert),
      (.sharedWidth, dShared), (.vocabulary, vocabSize), (.sequenceLength, sequenceLength),
    ]
    return all.compactMap { axis, text in
      text.map { (name: String(axis.rawValue.map { $0 == "_" ? "-" : $0 }), text: $0) }
    }
  }

  private var isEmpty: Bool {
    axes.isEmpty && conditions.isEmpty && mlp == nil && !tieWordEmbeddings && firstKDenseReplace == nil
  }

  /// Any of these that a sweep around a config has no use for.
  var firstAxisButLength: String? {
    if let axis = axes.first(where: { $0.name != "sequence-length" }) { return "--\(axis.name)" }
    if mlp != nil { return "--mlp" }
    if tieWordEmbeddings { return "--tie-word-embeddings" }
    return firstKDenseReplace == nil ? nil : "--first-k-dense-replace"
  }

  /// The conditions alone.
  func constraints() throws -> [Constraint] {
    try namedConditions().map { try Constraint(name: $0.name, text: $0.text) }
  }

  private func namedConditions() throws -> [(name: String, text: String)] {
    try conditions.map { text in
      let parts = text.split(separator: " ").split { $0 == "and" }.map { $0.joined(separator: " ") }
      if parts.count > 1 {
        throw InputError(
          "is several conditions", field: "--where", value: text,
          hint: "all have to hold: " + parts.map { "--where '\($0)'" }.joined(separator: " "))
      }
      let (name, comparison) = (text.prefix { !"<=>".contains($0) }, text.drop { !"<=>".contains($0) })
      // As conditions on runs are written: both ends of a range belong to it.
      let number = comparison.dropFirst(2).filter { !$0.isWhitespace }
      switch comparison.prefix(2) {
      case "<=": return (name.filter { !$0.isWhitespace }, "..." + number)
      case ">=": return (name.filter { !$0.isWhitespace }, number + "...")
      case _ where comparison.hasPrefix("="): return (String(name), String(comparison.dropFirst()))
      default:
        throw InputError(
          "is not a condition", field: "--where", value: text,
          hint: comparison.isEmpty
            ? "as in aspect_ratio=64...160, aspect_ratio=64... or aspect_ratio=...160"
            : "both ends of a range belong to it: as in aspect_ratio<=160 or aspect_ratio>=64")
      }
    }
  }

  /// The grid of a file with these flags on top, or of the flags alone; nil where there is neither.
  func grid(file: String?) throws -> Grid? {
    if file == nil, isEmpty { return nil }
    let base = try file.map { file in
      if KnownModel.named(file) != nil, !FileCheck.exists(file) {
        throw InputError(
          "is a model, not a grid", value: file,
          hint: "isoflop sweep --around \(file) --vary num_hidden_layers=24:40 varies it")
      }
      return try Grid(contentsOf: file)
    }
    if isEmpty { return base }
    let constraints = try namedConditions()
    let kind = try mlp.map { text in
      guard let kind = Shape.MLPKind(rawValue: text) else {
        throw InputError("is not an MLP", field: "--mlp", value: text, hint: "gated or plain")
      }
      return kind
    }
    return try Grid(
      base: base, axes: axes, constraints: constraints, mlp: kind, tied: tieWordEmbeddings ? true : nil,
      denseLayers: firstKDenseReplace.map { try Arguments.integer($0, "--first-k-dense-replace") })
  }
}
