import ArgumentParser
import Isoflop

/// `isoflop attention`
struct AttentionCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "attention",
    abstract: "What attention costs at each sequence length, and where it overtakes the rest.",
    discussion: """
      M at every length with full attention (all S x S pairs) and with the pairs that the masks let through, the share
      that attention has in it, and what 6 N1 says instead. The last line is the length at which the scores cost as
      much as every product with a weight.

      EXAMPLES
        isoflop attention deepseek-llm-7b
        isoflop attention llama-3-8b --lengths 8192,131072,1048576
        isoflop attention mistral-7b --csv
      """)

  @Argument(
    help: ArgumentHelp(
      "A config.json, a folder that holds one, - for standard input, or a known model's name.", valueName: "config"),
    completion: Completions.models)
  var config: String
  @Option(help: ArgumentHelp("Lengths, separated by commas.", valueName: "list"))
  var lengths: String?
  @OptionGroup var output: OutputOptions

  func run(on terminal: Terminal) throws {
    let model = try ModelArgument.architecture(config)
    let list = try lengths.map { text in
      try text.split(separator: ",", omittingEmptySubsequences: false).map {
        try Arguments.integer(String($0), "--lengths")
      }
    }
    var table = Table([
      .integer("sequence_length", "S"), .number("M_full", "M full") { Numbers.si($0, 4) },
      .number("M_causal", "M causal") { Numbers.si($0, 4) }.extra(2),
      .number("attention_share", "attention") { Numbers.fixed(100 * $0, 1) + " %" }.extra(1),
      .number("attention_share_causal", "of causal") { Numbers.fixed(100 * $0, 1) + " %" }.extra(3),
      .number("six_n1_over_M", "6 N1 / M") { Numbers.fixed($0, 3) },
      .number("six_n1_over_M_causal", "6 N1 / M causal") { Numbers.fixed($0, 3) }.extra(4),
    ])
    for length in list ?? (9...20).map({ 1 << $0 }) { table.add(try Self.row(model, length)) }
    try terminal.write(table, as: output.form)
    if output.form == .text, let crossing = try AttentionCrossing(model) {
      try terminal.writeLine()
      try terminal.writeLine(
        "Attention costs as much as all weights at S = \(Numbers.grouped(crossing.full)) (all pairs)"
          + (crossing.causal.map { " and S = \(Numbers.grouped($0)) (pairs let through)" } ?? "")
          + (crossing.causal == nil ? "; with the masks' pairs it never does" : "") + ".")
    }
  }

  private static func row(_ model: Architecture, _ length: Int) throws -> [JSON] {
    let full = try ModelCount(model, sequenceLength: length)
    let causal = try ModelCount(model, sequenceLength: length, convention: .deepseek.with(attention: .causal))
    let sixN1 = 6 * Double(try full.nonEmbeddingParameters())
    func values(_ count: ModelCount) -> (M: Double, share: Double)? {
      guard let training = count.trainingPerSequence(), let scores = count.forward(.attentionScores) else { return nil }
      return (training.count.double / Double(count.tokens), 3 * scores.count.double / training.count.double)
    }
    let (f, c) = (values(full), values(causal))
    func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    return [
      .integer(length), number(f?.M), number(c?.M), number(f?.share), number(c?.share), number(f.map { sixN1 / $0.M }),
      number(c.map { sixN1 / $0.M }),
    ]
  }
}

/// The shortest length at which the attention scores cost at least as much as all products with weights but the head.
struct AttentionCrossing {
  let full: Int
  /// nil where windows keep the masks' pairs below the weights at any length.
  let causal: Int?

  /// nil for models without softmax attention, or where a part has no closed formula.
  init?(_ model: Architecture) throws {
    func overtakes(_ length: Int, _ convention: Convention) throws -> Bool? {
      let count = try ModelCount(model, sequenceLength: length, convention: convention)
      guard let scores = count.forward(.attentionScores), let weights = count.forward(.weights) else { return nil }
      return scores.count.double >= weights.count.double
    }
    /// Attention grows faster than the weights, so the first length is found by halving.
    func first(_ convention: Convention) throws -> Int? {
      var (low, high) = (1, 1 << 24)
      guard try overtakes(high, convention) == true else { return nil }
      while low < high {
        let middle = (low + high) / 2
        if try overtakes(middle, convention) == true { high = middle } else { low = middle + 1 }
      }
      return low
    }
    guard let full = try first(.deepseek) else { return nil }
    self.full = full
    causal = try first(.deepseek.with(attention: .causal))
  }
}
