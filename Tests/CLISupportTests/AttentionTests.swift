import Foundation
import Isoflop
import TestSupport
import Testing

@testable import CLISupport

/// `isoflop attention`: against the paper's closed forms, and the forms of its answer.
@Suite struct AttentionTests {
  /// GPT-2 has 12 d^2 weights a layer, so that the paper's form is exact: 6 N1 / M = 6 d / (6 d + S) but for norms and
  /// biases, and attention costs as much as the rest at S = 6 d.
  @Test func gpt2IsThePapersForm() throws {
    let report = try object(isoflop("attention", "gpt2", "--json", "--lengths", "256,4608,1048576").output)
    #expect(report["attention_overtakes"] == ["full": 4608, "causal": 9215])
    let rows = report["lengths"]?.array ?? []
    #expect(rows.count == 3)
    for row in rows {
      let (S, d) = (row.object?["sequence_length"]?.double ?? 0, 768.0)
      let values = try ["M_full", "attention_share", "six_n1_over_M", "six_n2_over_M"].map {
        try #require(row.object?[$0]?.double)
      }
      #expect(values[0] == 72 * 12 * d * d + 12 * 12 * d * S)
      #expect(abs(values[1] - S / (6 * d + S)) < 1e-12)
      #expect(abs(values[2] / (6 * d / (6 * d + S)) - 85_056_000 / (144 * d * d)) < 1e-12)
      #expect(abs(values[3] - 6 * 124_439_808 / values[0]) < 1e-12)
    }
  }

  /// The crossing is the first: one token less, and the rest is more.
  @Test(arguments: ["gpt2", "llama-3-8b", "deepseek-v3", "gemma-2-27b", "qwen3-235b-a22b"])
  func theCrossingIsTheFirstLength(_ name: String) throws {
    let model = try Architecture.resolve(name)
    let crossing = try #require(try AttentionCrossing(model))
    for (length, convention) in [
      (crossing.full, Convention.deepseek), (crossing.causal, Convention.deepseek.with(attention: .causal)),
    ] {
      guard let length else { continue }
      for (S, overtakes) in [(length, true), (length - 1, false)] {
        let count = try ModelCount(model, sequenceLength: S, convention: convention)
        let (scores, all) = (try #require(count.forward(.attentionScores)), try #require(count.trainingPerSequence()))
        #expect((try 6 * scores.count.int("scores") >= all.count.int("M")) == overtakes, "\(name) at \(S)")
      }
    }
  }

  /// Windows hold attention below the rest for good; without softmax attention there is no such length.
  @Test func attentionMayNeverOvertake() throws {
    #expect(isoflop("attention", "mistral-7b").output.contains("with the masks' pairs it never does"))
    try withTemporaryFolder { folder in
      let file = folder + "/config.json"
      let config =
        #"{"model_type": "mamba", "hidden_size": 64, "num_hidden_layers": 2, "vocab_size": 100, "state_size": 16}"#
      try writeFile(file, Array(config.utf8))
      let report = try object(isoflop("attention", file, "--json", "--lengths", "64").output)
      #expect(report["attention_overtakes"] == ["full": JSON.null, "causal": JSON.null])
    }
  }

  /// M per token fits where the sequence's sum is beyond Int64: DeepSeek-V3 at a million tokens.
  @Test func aMillionTokensOfALargeModel() throws {
    let report = try object(isoflop("attention", "deepseek-v3", "--json", "--lengths", "1048576").output)
    // 12 L H (192 + 128)/2 S of scores beside what a short sequence costs without them.
    let short = try #require(try ModelCount(Architecture.resolve("deepseek-v3"), sequenceLength: 1).M())
    let scores = 3 * 2 * 61 * 128 * (192 + 128)
    #expect(report["lengths"]?.array?.first?.object?["M_full"] == .integer(short + scores * (1_048_576 - 1)))
    let table = isoflop("count", "deepseek-v3", "gpt2", "-s", "1048576").output
    #expect(!table.contains("inf") && !table.contains("nan"))
  }

  @Test func severalModelsStandBySize() throws {
    let text = isoflop("attention", "llama-3-8b", "gpt2", "--lengths", "1024").output
    let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines.contains(["S", "gpt2", "llama-3-8b"]) && lines.contains(["1,024", "0.819", "0.963"]))
    #expect(lines.contains(["1,024", "1.199", "1.108"]))
    let csv = isoflop("attention", "llama-3-8b", "gpt2", "--lengths", "1024,2048", "--csv").output.split(
      separator: "\n")
    #expect(csv.count == 5 && csv[0].hasPrefix("name,non_embedding,total,sequence_length,M_full,M_causal,"))
    let both = try JSON(parsing: isoflop("attention", "gpt2", "llama-3-8b", "--json").output)
    #expect(both.array?.count == 2)
    let markdown = isoflop("attention", "gpt2", "llama-3-8b", "--markdown").output
    #expect(markdown.contains("| S | gpt2 | llama-3-8b |"))
  }

  @Test func itNamesTheModelThatCannotBeCounted() {
    let result = isoflop("attention", "gpt2", "no-such-model")
    #expect(result.status == 2 && result.errors.contains("no-such-model"))
    #expect(isoflop("attention").status == 2)
  }
}
