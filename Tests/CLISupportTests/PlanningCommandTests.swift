import Foundation
import Isoflop
import Testing

@testable import CLISupport

/// `isoflop size`, `plan`, `predict` and `watch` as they are typed.
@Suite struct PlanningCommandTests {
  private func scratch() throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("isoflop-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder.path
  }

  private func object(_ text: String) throws -> JSONObject { try #require(JSON(parsing: text).object) }

  @Test func sizesWithTheirConfigs() throws {
    let folder = try scratch()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = isoflop(
      "size", "1B", "--style", "llama", "--top", "2", "--write-configs", folder + "/shapes", "--json")
    #expect(result.status == 0)
    let answer = try object(result.output)
    let shapes = try #require(answer["results"]?.array)
    #expect(shapes.count == 2)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/shapes").sorted()
    #expect(names.count == 2)
    for name in names {
      let count = isoflop("count", "\(folder)/shapes/\(name)/config.json", "--sequence-length", "4096", "--json")
      let total = try object(count.output)["parameters"]?.object?["total"]
      #expect(shapes.contains { $0.object?["parameters"] == total })
    }
  }

  @Test func aPlanAndItsFile() throws {
    let folder = try scratch()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = folder + "/runs.csv"
    let result = isoflop("plan", "--budgets", "1e18...1e20", "--count", "3", "--shapes", "5", "--write-runs", file)
    #expect(result.status == 0)
    #expect(result.output.contains("15 runs"))
    let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 16)
    #expect(lines[0].hasSuffix(",learning_rate,loss"))
    #expect(lines.dropFirst().allSatisfy { $0.hasSuffix(",") })
  }

  @Test func aForecastWithItsDistance() throws {
    let result = isoflop("predict", "--law", "deepseek_fig4a:surface", "deepseek-llm-67b", "--tokens", "2T", "--json")
    #expect(result.status == 0)
    let answer = try object(result.output)
    #expect(answer["size"]?.double == 432_726_343_680)
    let loss = try #require(answer["loss"]?.object)
    let value = try #require(loss["value"]?.double)
    #expect(try #require(loss["low"]?.double) < value && value < #require(loss["high"]?.double))
    #expect(try #require(answer["extrapolation_decades"]?.double) > 3)
  }

  @Test func whatIsNotReachable() {
    let result = isoflop("predict", "--law", "deepseek_fig4a", "--returns", "1e22", "--target", "0.4")
    #expect(result.status == 0)
    #expect(result.output.contains("loss 0.4 is not reachable: the irreducible loss is 0.474"))
  }

  /// Forecast, good result, bad result: 0, 0, 1, and the forecast is still what it was.
  @Test func aLedgerRaisesTheAlarm() throws {
    let folder = try scratch()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = folder + "/runs.ledger"
    func forecast(_ id: String) -> Int32 {
      isoflop(
        "watch", file, "--forecast", id, "--law", "besiroglu", "--noise", "0.003", "--size", "1e9", "--tokens", "20e9"
      ).status
    }
    #expect(forecast("a") == 0)
    #expect(forecast("b") == 0)
    #expect(forecast("a") == 2)
    let value = 1.8172 + 482.01 / pow(1e9, 0.3478) + 2085.43 / pow(20e9, 0.3658)
    #expect(isoflop("watch", file, "--result", "a=\(value * 1.001)").status == 0)
    let alarm = isoflop("watch", file, "--result", "b=\(value * 1.02)")
    #expect(alarm.status == 1)
    #expect(alarm.errors.contains("alarm: 1 of 2 results"))
    #expect(isoflop("watch", file).status == 1)
    #expect(try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").count == 4)
  }

  @Test func twoTowers() throws {
    let result = isoflop(
      "predict", "llama-2-7b", "--tokens", "1e9", "--images", "1e6", "--vision", "24,1024,576,2", "--json")
    #expect(result.status == 0)
    #expect(try object(result.output)["image_tokens"]?.double == 144e6)
  }

  @Test(arguments: [
    ["size", "0"], ["size", "7X"], ["size", "7B", "--style", "lama"], ["size", "7B", "--by", "weight"],
    ["size", "7B", "--tensor-parallel", "0"], ["plan", "--budgets", "1e20...1e17"], ["plan", "--budgets", "..."],
    ["plan", "--budgets", "1e17...1e19", "--shapes", "2"], ["plan", "--budgets", "nan"],
    ["predict", "llama-2-7b", "--tokens", "2T"], ["predict", "--law", "deepseek", "llama-2-7b", "--tokens", "2T"],
    ["predict", "--law", "besiroglu", "--tokens", "2T"], ["predict", "--law", "besiroglu", "llama-2-7b"],
    ["predict", "--curve", "nowhere.csv", "--steps", "10"], ["watch", "nowhere.ledger"],
    ["watch", "nowhere.ledger", "--forecast", "a"],
  ])
  func badRequests(arguments: [String]) {
    let result = isoflop(arguments)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("error: "))
  }
}
