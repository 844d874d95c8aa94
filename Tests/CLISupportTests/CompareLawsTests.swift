import Foundation
import Isoflop
import TestSupport
import Testing

@testable import CLISupport

/// `isoflop compare --laws` and `--runs`.
@Suite struct CompareLawsTests {
  private func rows(_ arguments: [String], _ key: String) throws -> [String: JSONObject] {
    let result = isoflop(["compare"] + arguments + ["--json"])
    #expect(result.status == 0, "\(result.errors)")
    var rows: [String: JSONObject] = [:]
    for row in try #require(object(result.output)[key]?.array).compactMap(\.object) {
      let law = try #require(row["law"]?.string)
      rows[rows[law] == nil ? law : law + " again"] = row
    }
    return rows
  }

  @Test func oneBudgetUnderAllLaws() throws {
    let laws = try rows(["--laws", "--compute", "5.76e23"], "laws")
    #expect(Set(laws.keys).isSuperset(of: ["deepseek", "hoffmann_a3", "hoffmann_a3:rounded", "besiroglu", "llama3"]))
    for (law, size, tokens) in [
      ("hoffmann_a3", 40.4e9, 2.38e12), ("hoffmann_a3:rounded", 32.2e9, 2.98e12), ("besiroglu", 72.2e9, 1.33e12),
    ] {
      #expect(laws[law]?["size"]?.double.map { abs($0 / size - 1) < 0.002 } == true)
      #expect(laws[law]?["D_opt"]?.double.map { abs($0 / tokens - 1) < 0.004 } == true)
    }
    #expect(laws["moonlight"]?["status"] == "second-hand")
    let later = try rows(["--laws", "--compute", "3.8e25"], "laws")
    #expect(later["llama3"]?["D_opt"]?.double.map { abs($0 / 16.1e12 - 1) < 0.005 } == true)
    #expect(later["llama3:rounded"]?["D_opt"]?.double.map { abs($0 / 10.5e12 - 1) < 0.005 } == true)
    #expect(isoflop("compare", "--laws", "--compute", "1e24").output.contains("second-hand"))
  }

  /// Learning rates and batches of all laws at the paper's two models after 2T tokens.
  @Test(arguments: [
    (
      "deepseek-llm-7b",
      [
        ("deepseek again", 4.246e-4, 9.22e6), ("moonlight:rounded", 6.32e-4, 18.8e6), ("step_law", 1.132e-3, 6.13e6),
        ("porian", 1.11e-3, 5.7e6),
      ]
    ),
    (
      "deepseek-llm-67b",
      [
        ("deepseek again", 3.120e-4, 20.65e6), ("moonlight:rounded", 5.52e-4, 50.3e6), ("step_law", 2.07e-4, 6.13e6),
        ("porian", 4.72e-4, 30.5e6),
      ]
    ),
  ])
  func ratesAndBatches(model: String, expected: [(String, Double, Double)]) throws {
    let laws = try rows(["--laws", model, "--tokens", "2T"], "laws")
    #expect(laws["deepseek again"]?["C"] == "M (paper) D")
    for (law, rate, batch) in expected {
      #expect(laws[law]?["learning_rate"]?.double.map { abs($0 / rate - 1) < 0.004 } == true, "\(law)")
      #expect(laws[law]?["batch_tokens"]?.double.map { abs($0 / batch - 1) < 0.006 } == true, "\(law)")
    }
  }

  @Test(arguments: [
    ["--laws"], ["--laws", "llama-2-7b"], ["--laws", "llama-2-7b", "--tokens", "2T", "--compute", "1e22"],
    ["--laws", "--compute", "0"], ["llama-2-7b", "--tokens", "2T"], ["--runs", "nowhere.csv", "--compute", "1e20"],
    ["--runs", "nowhere.csv"],
  ])
  func badRequests(arguments: [String]) {
    let result = isoflop(["compare"] + arguments)
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(result.errors.contains("error: "))
  }

  /// From real runs: each account chooses its own shape, and M, which judges, loses nothing.
  @Test(.enabled(if: OutsideData.path("llama-dclm-ctx2048.csv") != nil)) func aDecisionFromRuns() throws {
    let file = try #require(OutsideData.path("llama-dclm-ctx2048.csv"))
    let result = isoflop("compare", "--runs", file, "--compute", "1e22", "--csv")
    #expect(result.status == 0)
    let lines = result.output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(lines.count == 4)
    #expect(lines.dropFirst().map { String($0[0]) } == ["M", "6N1", "6N2"])
    let penalties = lines.dropFirst().compactMap { Double($0[7]) }
    #expect(penalties.count == 3 && penalties[0] < 1e-6 && penalties[1] > penalties[0])
  }
}
