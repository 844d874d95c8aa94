import ArgumentParser
import Isoflop

/// `isoflop attention`
struct AttentionCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "attention",
    abstract: "What attention costs at each sequence length, and where it overtakes the rest.",
    discussion: """
      M at every length with full attention (all S x S pairs) and with the pairs that the masks let through, the share
      that attention has in it, and what 6 N1 and 6 N2 say instead. The last line is the length at which the scores
      cost as much as the rest of M.

      Several models stand side by side, the smallest first: 6 N1 / M and 6 N2 / M by length and model, and where
      attention overtakes the rest of each. N of a mixture is what a token visits. --csv has a row for every model and
      length, --json an object for every model; both have N with all experts too.

      EXAMPLES
        isoflop attention deepseek-llm-7b
        isoflop attention llama-3-8b --lengths 8192,131072,1048576
        isoflop attention gpt2 llama-3-8b deepseek-v3
        isoflop attention mistral-7b --csv
        isoflop attention gpt2 llama-3-8b --plot attention.svg
      """)

  @Argument(
    help: ArgumentHelp(
      "A config.json, a folder that holds one, - for standard input, or a known model's name.", valueName: "config"),
    completion: Completions.models)
  var configs: [String]
  @Option(
    help: ArgumentHelp(
      "Lengths, separated by commas (default: powers of two from 512 to 1,048,576).", valueName: "list"))
  var lengths: String?
  @OptionGroup(title: "Output") var plots: PlotOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func run(on terminal: Terminal) throws {
    let plotter = try plots.plotter(besides: output.form, on: terminal)
    let lengths = try lengths.map { text in
      try text.split(separator: ",", omittingEmptySubsequences: false).map {
        try Arguments.integer(String($0), "--lengths")
      }
    }
    let models = try configs.map { config in
      let model = try ModelArgument.architecture(config)
      do {
        return try AttentionProfile(model, lengths: lengths ?? AttentionProfile.usualLengths)
      } catch let error as InputError {
        throw error.from(file: model.name)
      }
    }
    let picture = try plotter.map { _ in
      try Picture.attention(models.map { CountedModel($0.model, sequenceLength: $0.model.usualLength.length) })
    }
    switch (output.form, models.count) {
    case (.json, _):
      try terminal.writeOneOrMore(models.map(\.json))
    case (.csv, _):
      try terminal.write(AttentionProfile.rows(models), as: .csv)
    case (.markdown, 1):
      try terminal.write(models[0].table, as: .markdown)
    case (.text, 1):
      try terminal.write(models[0].table, as: .text)
      if let sentence = models[0].sentence { try terminal.writeLine("\n" + sentence) }
    case (let form, _):
      for (at, section) in try AttentionProfile.sideBySide(models).enumerated() {
        try terminal.writeLine((at > 0 ? "\n" : "") + section.heading + (form == .markdown ? "\n" : ""))
        try terminal.write(section.table, as: form)
      }
    }
    if let picture { try plotter?.draw(picture, on: terminal) }
  }
}
