import ArgumentParser
import Foundation
import Isoflop
import TestSupport
import Testing

@testable import CLISupport

/// Every example that help shows is understood, and run.
@Suite struct ExampleTests {
  @Test func everyCommandAndTopicHasExamples() throws {
    for command in IsoflopCommand.configuration.subcommands {
      #expect(!Example.of(command).isEmpty, "\(command)")
    }
    for topic in HelpTopic.all where topic.name != "diagnostics" { #expect(!topic.examples.isEmpty, "\(topic.name)") }
    #expect(Example.all.count > 80)
  }

  @Test(arguments: Example.all)
  func anExampleIsUnderstood(_ example: Example) {
    guard example.line.hasPrefix("isoflop ") else { return }
    #expect(throws: Never.self) { try IsoflopCommand.parseAsRoot(Example.words(example.line).dropFirst().map { $0 }) }
  }

  /// The examples of a command follow each other in a folder of their own, in which the files that they name are.
  @Test(
    .enabled(if: executable != nil, "the executable is not beside the tests"),
    arguments: Set(Example.all.map(\.origin)).sorted())
  func examplesRun(_ origin: String) throws {
    try withTemporaryFolder { folder in
      try Example.writeFiles(into: folder)
      for example in Example.all where example.origin == origin && !example.isSlow {
        let line = example.line.split(separator: " ", omittingEmptySubsequences: false)
          .map { $0 == "isoflop" ? "\"$ISOFLOP\"" : String($0) }.joined(separator: " ")
        let result = try shell("cd \(folder) && \(line)")
        #expect(result.status == 0, "\(example.line): \(result.errors)")
        // What writes a page says so beside it.
        #expect(!result.output.isEmpty || result.errors.contains("note: report in"), "\(example.line)")
      }
    }
  }
}

/// A line under EXAMPLES, and whose help it is in.
struct Example: CustomTestStringConvertible {
  var origin: String
  var line: String
  var testDescription: String { line }

  static let all: [Example] =
    IsoflopCommand.configuration.subcommands.flatMap { of($0) }
    + HelpTopic.all.flatMap { topic in topic.examples.map { Example(origin: "help \(topic.name)", line: $0) } }
    + RootHelp.examples.map { Example(origin: "help", line: $0) }

  static func of(_ command: any ParsableCommand.Type) -> [Example] {
    let lines = command.configuration.discussion.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(where: { $0.contains("EXAMPLES") }) else { return [] }
    return lines[(start + 1)...].map { Example(origin: command._commandName, line: String($0.drop { $0 == " " })) }
      .filter { !$0.line.isEmpty }
  }

  /// What takes minutes without optimisation, or a program that is not here; `make check` runs all of them.
  var isSlow: Bool {
    if line.contains("taskset"), !shellHas("taskset") { return true }
    if line.contains("--plot") || line.hasPrefix("isoflop report"), !hasGnuplot { return true }
    #if DEBUG
      let slow = ["--optimise", "--simulate", "--against-6n", "--parametric", "demo"]
      if line.contains("report runs.csv") { return true }
      if line.contains("fit runs.csv"), !line.contains("--group"), !line.contains("--hyper") { return true }
      return slow.contains(where: line.contains)
    #else
      return false
    #endif
  }

  /// The files that examples name: what a user would have.
  static func writeFiles(into folder: String) throws {
    func write(_ name: String, _ text: String) throws { try writeFile("\(folder)/\(name)", Array(text.utf8)) }
    try write("config.json", KnownModel.named("gpt2")?.config ?? "")
    // As isoflop fit --save writes one, with the noise of a run.
    var law = try Law.named("besiroglu")
    law.logNoise = 0.01
    try write("my.law.json", law.json.text())
    try write("runs.csv", SyntheticRuns.csv)
    try write(
      "mmlu.csv", "loss,score\n" + (0..<12).map { "\(3.4 - 0.1 * Double($0)),\(0.25 + 0.03 * Double($0))\n" }.joined())
    // A run of 200,000 steps that is in its second stage: what the lower rate gains can be seen.
    try write(
      "loss.csv",
      "step,loss\n"
        + stride(from: 2500, through: 175_000, by: 2500).map { step in
          "\(step),\(2.0 + 14 * pow(Double(step), -0.35) - (step > 160_000 ? 0.05 : 0))\n"
        }.joined())
  }

  /// A line as a shell splits it, quotes included.
  static func words(_ line: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in line {
      switch character {
      case "\"", "'":
        if quote == nil {
          (quote, word) = (character, word ?? "")
        } else if quote == character {
          quote = nil
        } else {
          word = (word ?? "") + String(character)
        }
      case " " where quote == nil:
        if let done = word { words.append(done) }
        word = nil
      default: word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }
}

/// Runs of a world whose law is known: two data sets, five budgets, and a grid of learning rate and batch for each size.
enum SyntheticRuns {
  static let csv: String = {
    var lines = [
      "run_id,dataset,params_total,params_nonembedding,flops_per_token,tokens,compute_flops,loss,eval/loss,learning_rate,"
        + "batch_size_tokens"
    ]
    for (dataset, E) in [("c4", 1.7), ("web", 1.8)] {
      for budget in [1e18, 3e18, 1e19, 3e19, 1e20] {
        for step in -3...3 {
          let M = 0.1715 * pow(budget, 0.5243) * pow(1.6, Double(step))
          let tokens = budget / M
          let N = M / 6
          for rate in -1...1 {
            for batch in -1...1 {
              let off = 0.004 * Double(rate * rate) + 0.003 * Double(batch * batch)
              let loss = (E + 400 / pow(M, 0.28) + 600 / pow(tokens, 0.3)) * (1 + off)
              let best = (rate: 0.3118 * pow(budget, -0.125), batch: 0.292 * pow(budget, 0.3271))
              lines.append(
                "\(dataset)-\(budget)-\(step)-\(rate)-\(batch),\(dataset),\(1.1 * N),\(N),\(M),\(tokens),\(budget),\(loss),\(loss),"
                  + "\(best.rate * pow(2, Double(rate))),\(best.batch * pow(2, Double(batch)))")
            }
          }
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }()
}
