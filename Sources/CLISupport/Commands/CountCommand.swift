import ArgumentParser
import Isoflop

/// `isoflop count`
struct CountCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "count",
    abstract: "Parameters and FLOPs per token of a model, by component, exactly.",
    discussion: """
      Reads a config.json as the hub has it and counts every product with a weight matrix and every attention score of
      one forward pass, multiply-add = 2. M is the non-embedding training FLOPs per token (three times the forward
      pass), attention included and vocabulary left out: the model scale of DeepSeek LLM (arXiv 2401.02954). 6 N1 and
      6 N2 are the usual estimates from non-embedding and from all parameters.

      EXAMPLES
        isoflop count deepseek-llm-67b
        isoflop count deepseek-llm-7b llama-2-7b --sequence-length 4096
        isoflop count deepseek-llm-7b --attention causal
        isoflop count deepseek-llm-7b --explain
        isoflop count deepseek-llm-67b --as megatron --as torchtitan
        isoflop count llama-3-8b --lora-rank 16 --lora-targets q_proj,v_proj
        isoflop count deepseek-llm-7b --json
        isoflop count deepseek-llm-7b --plot flops.svg
        isoflop count --models
      """)

  @Argument(
    help: ArgumentHelp(
      "A config.json, a folder that holds one, - for standard input, or a known model's name.", valueName: "config"),
    completion: Completions.models)
  var configs: [String] = []
  @Option(
    name: [.customShort("s"), .long],
    help: ArgumentHelp("Tokens of a sequence; isoflop help models says which without it.", valueName: "n"))
  var sequenceLength: String?
  @Option(help: ArgumentHelp("The decoder's tokens, for encoder-decoder models.", valueName: "n"))
  var decoderLength: String?
  @Option(
    help: ArgumentHelp(
      "Pairs to count: full (S x S; the default) or causal (those the masks let through).", valueName: "kind"),
    completion: .list(["full", "causal"]))
  var attention: String?
  @Option(
    help: ArgumentHelp(
      "Lengths of the documents packed into a sequence, one a line; their sum is S.", valueName: "file"),
    completion: .file())
  var documents: String?
  @Option(
    name: .customLong("as"), help: ArgumentHelp("Also what this convention says (repeatable).", valueName: "name"),
    completion: Completions.conventions)
  var conventions: [String] = []
  @Flag(name: [.customLong("mtp")], help: "Count extra prediction modules (MTP) too.")
  var extraPrediction = false
  @Flag(help: "Count the image encoder of a multimodal config instead of its language model: per image and per patch.")
  var vision = false
  @OptionGroup(title: "What training runs") var training: TrainingOptions
  @Flag(help: "Show each component's formula with its numbers.")
  var explain = false
  @Flag(help: "List the models known by name.")
  var models = false
  @Flag(help: "List the model types that can be counted.")
  var families = false
  @OptionGroup(title: "Output") var plots: PlotOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func run(on terminal: Terminal) throws {
    for (list, isAsked) in [("--models", models), ("--families", families)] where isAsked {
      try Arguments.refuseAll(beside: list, in: terminal.arguments)
    }
    if models { return try Self.listModels(output.form, on: terminal) }
    if families { return try Self.listFamilies(output.form, on: terminal) }
    guard !configs.isEmpty else {
      throw InputError(
        "names no model", field: "count", hint: "give a config.json or a name: isoflop count deepseek-llm-7b")
    }
    let packed = try documents.map(Self.readDocuments) ?? []
    let length = try sequenceLength.map { try Arguments.integer($0, "--sequence-length") } ?? Self.sum(packed)
    let others = try conventions.map { try Convention.named($0) }
    let decoder = try decoderLength.map { try Arguments.integer($0, "--decoder-length") }
    let convention = Convention.deepseek.with(attention: try Self.attentionKind(attention))
    let plotter = try plots.plotter(besides: output.form, on: terminal)
    if plotter != nil, documents != nil || decoderLength != nil {
      throw InputError(
        "has no picture", field: documents != nil ? "--documents" : "--decoder-length",
        hint: "a picture is against one length, the sequence's: leave out --plot")
    }
    // All are counted before anything is written: a bad one among several leaves no half an answer.
    let architectures = try configs.map { try ModelArgument.architecture($0, part: vision ? .vision : .language) }
    let lengths = ModelArgument.sequenceLengths(length, for: architectures, on: terminal)
    let counts = try zip(architectures, lengths).map { model, chosen in
      do {
        return try ModelCount(
          model, sequenceLength: chosen, decoderLength: decoder, convention: convention,
          extraPrediction: extraPrediction, documents: packed)
      } catch let error as InputError {
        throw error.from(file: model.name)
      }
    }
    let picture = try plotter.map { _ in
      try Picture.components(
        counts.map {
          CountedModel(
            $0.architecture, sequenceLength: $0.lengths.sequence, convention: convention,
            extraPrediction: extraPrediction)
        })
    }
    for count in counts {
      for note in count.architecture.notes { terminal.note("note: \(count.architecture.name): \(note)") }
      if !count.architecture.unknownFields.isEmpty {
        terminal.note(
          "note: \(count.architecture.name): fields not used: \(count.architecture.unknownFields.joined(separator: ", "))"
        )
      }
    }
    switch output.form {
    case .json:
      let objects = try counts.map { try Self.named($0) { try json($0, others) } }
      try terminal.writeLine((objects.count == 1 ? objects[0] : .array(objects)).text())
    case .csv, .markdown: try terminal.write(rows(counts), as: output.form)
    case .text where counts.count > 1 && !explain && others.isEmpty && !training.isGiven:
      try terminal.write(SideBySide.table(counts).text(width: terminal.width))
    case .text:
      let texts = try counts.map { count in
        var text = try Self.named(count) { try CountReport($0).text(explain: explain, width: terminal.width) }
        if training.isGiven { text += try Self.named(count, training.text) }
        for (name, perToken) in try Self.named(count, { try asOthers($0, others) }) {
          text += "as \(name): \(Numbers.si(perToken, 5))FLOPs per token\n"
        }
        return text
      }
      try terminal.write(texts.joined(separator: "\n"))
    }
    if let picture { try plotter?.draw(picture, on: terminal) }
  }

  /// Errors that a count throws name the model.
  private static func named<Result>(_ count: ModelCount, _ body: (ModelCount) throws -> Result) throws -> Result {
    do {
      return try body(count)
    } catch let error as InputError {
      throw error.from(file: count.architecture.name)
    }
  }

  /// What other conventions say, training FLOPs per token.
  private func asOthers(_ count: ModelCount, _ others: [Convention]) throws -> [(String, Double)] {
    try others.map {
      let said = try ConventionCount(
        count.architecture, sequenceLength: count.lengths.sequence, convention: $0, extraPrediction: extraPrediction)
      return ($0.name, said.perToken)
    }
  }

  private func json(_ count: ModelCount, _ others: [Convention]) throws -> JSON {
    let json = try count.json()
    guard var object = json.object else { return json }
    if explain { object["components"] = try count.componentsJSON() }
    if training.isGiven { object["training"] = try training.run(count).json() }
    if !others.isEmpty { object["as"] = .object(JSONObject(try asOthers(count, others).map { ($0, .number($1)) })) }
    return .object(object)
  }

  /// One length a line; empty lines are passed over.
  private static func readDocuments(_ path: String) throws -> [Int] {
    let text = String(decoding: try readFile(path), as: UTF8.self)
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    let lengths = try lines.enumerated().compactMap { at, line -> Int? in
      let word = line.filter { !$0.isWhitespace }
      if word.isEmpty { return nil }
      guard let length = Int(word), length > 0 else {
        throw InputError(
          "is not a document's length", file: path, field: "line \(at + 1)", value: word, hint: "one integer a line")
      }
      return length
    }
    guard !lengths.isEmpty else { throw InputError("holds no lengths", file: path, hint: "one integer a line") }
    return lengths
  }

  private static func sum(_ lengths: [Int]) throws -> Int? {
    lengths.isEmpty ? nil : try lengths.reduce(Exact(0)) { $0 + Exact($1) }.int("documents")
  }

  static func attentionKind(_ text: String?) throws -> Convention.Attention {
    guard let text else { return .full }
    let kinds: [Convention.Attention] = [.full, .causal]
    guard let kind = kinds.first(where: { $0.rawValue == text }) else {
      throw InputError(
        "is not a way to count attention", field: "--attention", value: text,
        hint: suggestion(for: text, among: kinds.map(\.rawValue)))
    }
    return kind
  }

  /// One row a component.
  private func rows(_ counts: [ModelCount]) throws -> Table {
    let keys =
      ["component", "role", "calls", "parameters", "forward_flops_per_sequence"] + (explain ? ["formula"] : [])
    let texts = ["component", "role", "formula"]
    var table = Table([.text("name")] + keys.map { texts.contains($0) ? .text($0) : .integer($0) })
    for count in counts {
      for component in try count.componentsJSON().array ?? [] {
        table.add([.string(count.architecture.name)] + keys.map { component.object?[$0] ?? .null })
      }
    }
    return table
  }

  private static func listModels(_ form: OutputForm, on terminal: Terminal) throws {
    var table = Table([
      .text("name"), .text("family"), .number("parameters") { Numbers.count($0) },
      .integer("training_length", "training length"),
    ])
    for model in KnownModel.all {
      let architecture = try model.architecture()
      let count = try ModelCount(architecture, sequenceLength: architecture.usualLength.length)
      table.add([
        .string(model.name), .string(architecture.family), .integer(try count.totalParameters()),
        model.trainingLength.map { .integer($0) } ?? .null,
      ])
    }
    try terminal.write(table, as: form)
  }

  private static func listFamilies(_ form: OutputForm, on terminal: Terminal) throws {
    var table = Table([.text("model_type")])
    for type in Family.modelTypes { table.add([.string(type)]) }
    try terminal.write(table, as: form)
  }
}

extension Terminal {
  func write(_ table: Table, as form: OutputForm) throws {
    switch form {
    case .text: try write(table.text(width: width))
    case .json: try writeLine(table.json.text())
    case .csv: try write(table.csv)
    case .markdown: try write(table.markdown)
    }
  }
}
