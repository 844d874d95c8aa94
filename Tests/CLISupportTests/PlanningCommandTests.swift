import Foundation
import Isoflop
import TestSupport
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

  /// Every config that a command writes counts to the very numbers that it prints: M and parameters.
  @Test(arguments: [
    ["size", "1B", "--style", "gpt", "--top", "3"], ["size", "3B", "--by", "active", "--style", "moe", "--top", "6"],
    ["size", "1B", "--style", "qwen", "--top", "2"], ["allocate", "--compute", "1e20", "--top", "3"],
    ["allocate", "--compute", "1e20", "--style", "gpt", "--top", "2"],
    ["plan", "--budgets", "1e18,1e19", "--shapes", "4", "--simulate", "0"],
    [
      "sweep", "--n-layers", "8:16", "--d-model", "512:1024:128", "--head-dim", "64", "--n-kv-heads",
      "1,1/2 of n_heads",
      "--d-ff", "8/3 multiple of 256", "--nearest", "1e9", "--top", "4",
    ],
  ])
  func configsCountToWhatIsPrinted(arguments: [String]) throws {
    let folder = try scratch()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = isoflop(arguments + ["--write-configs", folder + "/configs", "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let answer = try object(result.output)
    let shapes = try #require((answer["results"] ?? answer["architectures"] ?? answer["runs"])?.array).compactMap(
      \.object)
    #expect(shapes.count > 1)
    var printed = shapes.map { "\($0["M"]?.text() ?? "none") \($0["parameters"]?.text() ?? "none")" }
    for name in try FileManager.default.contentsOfDirectory(atPath: folder + "/configs") {
      let count = try object(
        isoflop("count", "\(folder)/configs/\(name)/config.json", "--sequence-length", "4096", "--json").output)
      let M = count["flops_per_token"]?.object?["M"]?.text() ?? "no M"
      let key = "\(M) \(count["parameters"]?.object?["total"]?.text() ?? "no total")"
      #expect(printed.contains(key), "\(name): \(key)")
      printed.removeAll { $0 == key }
    }
    #expect(printed.isEmpty)
  }

  @Test func aPlanAndItsFile() throws {
    let folder = try scratch()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = folder + "/runs.csv"
    let result = isoflop(
      "plan", "--budgets", "1e18...1e20", "--count", "3", "--shapes", "5", "--simulate", "20", "--accelerator", "h100",
      "--price", "2", "--write-runs", file)
    #expect(result.status == 0)
    #expect(result.output.contains("in 20 simulated worlds a comes out at 0.5"))
    #expect(result.output.contains("accelerator-hours"))
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

  /// Every answer of predict and watch as rows: the same numbers as in JSON, to the last digit.
  @Test func forecastsAsRows() throws {
    try withTemporaryFolder { folder in
      func cells(_ arguments: [String]) throws -> [[String: String]] {
        let result = isoflop(arguments + ["--csv"])
        #expect(result.status == 0, "\(result.errors)")
        let lines = result.output.split(separator: "\n")
          .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        #expect(isoflop(arguments + ["--markdown"]).output.hasPrefix("| "))
        return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
      }
      let forecast = ["predict", "--law", "deepseek_fig4a:surface", "deepseek-llm-67b", "--tokens", "2T"]
      let row = try #require(cells(forecast).first)
      let json = try object(isoflop(forecast + ["--json"]).output)
      let loss = try #require(json["loss"]?.object)
      #expect(row["size"] == json["size"]?.text() && row["compute"] == json["compute"]?.text())
      #expect(row["loss"] == loss["value"]?.text() && row["low"] == loss["low"]?.text())
      #expect(row["extrapolation_decades"] == json["extrapolation_decades"]?.text())

      let scores = folder + "/scores.csv"
      let pairs = (0..<8).map { "\(2 + 0.2 * Double($0)),\(0.25 + 0.6 / (1 + exp(3 * (0.2 * Double($0) - 0.7))))" }
      try writeFile(scores, Array(("loss,score\n" + pairs.joined(separator: "\n") + "\n").utf8))
      let scored = ["predict", "--law", "besiroglu", "llama-2-7b", "--tokens", "2T", "--noise", "0.003"]
      let score = try cells(scored + ["--scores", scores]).first?["score"].flatMap(Double.init)
      #expect(score.map { 0...1 ~= $0 } == true)

      #expect(try cells(["predict", "--law", "deepseek_fig4a", "--returns", "1e22"]).count == 8)
      let fusion = ["predict", "llama-2-7b", "--tokens", "1e9", "--images", "1e6", "--vision", "24,1024,576,2"]
      #expect(try cells(fusion).first?["image_tokens"].flatMap(Double.init) == 144e6)

      let ledger = folder + "/runs.ledger"
      #expect(isoflop(["watch", ledger, "--forecast", "a"] + Array(scored.dropFirst())).status == 0)
      let runs = try cells(["watch", ledger])
      #expect(runs.count == 1 && runs[0]["id"] == "a" && runs[0]["law"] == "besiroglu" && runs[0]["result"] == "")
    }
  }

  /// Shapes that the commands print meet what was asked of them, or nothing is printed and the constraint is named.
  @Test func noPrintedShapeViolatesAConstraint() throws {
    var random = RoundTripTests.Generator(7)
    func pick<T>(_ values: [T]) -> T { values[Int(random.uniform() * Double(values.count))] }
    for _ in 0..<(ProcessInfo.processInfo.environment["ISOFLOP_CHECK"] == "1" ? 150 : 6) {
      let (t, p, d, h) = (pick([1, 2, 4, 8]), pick([1, 2, 3, 4, 8]), pick([64, 128, 256, 512]), pick([1, 2, 4, 8]))
      let (most, cache) = (pick([1, 3, 10, 100]) * 1_000_000_000, pick([16, 64, 256, 1024]) * 1024)
      let options = [
        "--tensor-parallel", "\(t)", "--pipeline-parallel", "\(p)", "--d-model-multiple", "\(d)",
        "--n-heads-multiple", "\(h)", "--max-parameters", "\(most)", "--max-kv-bytes", "\(cache)", "--aspect-ratio",
        "60...130", "--style", pick(["deepseek", "llama", "qwen", "gpt", "moe"]), "--json",
      ]
      let command = pick([
        ["size", pick(["350M", "1B", "3B", "7B", "13B", "70B"])],
        ["allocate", "--compute", pick(["1e19", "1e20", "1e21", "1e22"])],
        ["plan", "--budgets", "1e19,1e20", "--shapes", "3", "--simulate", "0"],
      ])
      let result = isoflop(command + options)
      guard result.status == 0 else {
        #expect(result.status == 2 && result.output.isEmpty && result.errors.contains("hint: "), "\(result.errors)")
        continue
      }
      let answer = try object(result.output)
      let shapes = try #require((answer["results"] ?? answer["architectures"] ?? answer["runs"])?.array)
      for shape in shapes.compactMap(\.object) {
        func size(_ key: String) throws -> Int { Int(try #require(shape[key]?.double)) }
        let (layers, width) = (try size("n_layers"), try size("d_model"))
        #expect(try size("n_heads") % t == 0 && size("n_kv_heads") % t == 0 && size("d_ff") % t == 0)
        #expect(try layers % p == 0 && width % d == 0 && size("n_heads") % h == 0 && size("parameters") <= most)
        #expect(try 4 * layers * size("n_kv_heads") * size("head_dim") <= cache)
        #expect(60...130 ~= Double(width) / Double(layers))
      }
    }
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

  /// A refit does not mix sizes in M with sizes in parameters.
  @Test func aRefitKeepsItsUnit() throws {
    let folder = try scratch()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = folder + "/runs.ledger"
    let forecast = isoflop(
      "watch", file, "--forecast", "a", "--law", "besiroglu", "--noise", "0.003", "--size", "1e9", "--tokens", "20e9")
    #expect(forecast.status == 0)
    #expect(isoflop("watch", file, "--result", "a=2.5", "--json").status != 2)
    let runs = folder + "/runs.csv"
    try writeFile(runs, Array("flops_per_token,tokens,loss\n6e9,2e10,2.5\n6e8,2e10,2.9\n6e9,2e9,3.1\n".utf8))
    let refit = isoflop("watch", file, "--refit", folder + "/new.law.json", "--runs", runs)
    #expect(refit.status == 2)
    #expect(refit.errors.contains("counts sizes in N_total, the runs in flops_per_token"))
  }

  /// A run's end from its curve, with an interval, under a schedule of one's own; and bad schedules.
  @Test func theEndOfARun() throws {
    let folder = try scratch()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = folder + "/loss.csv"
    let schedule = LearningRateSchedule(kind: .cosine, warmupSteps: 100)
    let areas = LearningCurve.areas(steps: 4000) { schedule.rate(step: Double($0 + 1), of: 4000) }
    let truth = LearningCurve(L0: 2.1, A: 20, alpha: 0.5, C: 0.00012, rms: 0)
    func loss(_ step: Int) -> Double { truth.loss(S1: areas.S1[step - 1], S2: areas.S2[step - 1]) }
    var text = "step,loss\n"
    for step in stride(from: 500, through: 3000, by: 50) {
      text += "\(step),\(loss(step) + (step % 100 == 0 ? 1e-3 : -1e-3))\n"
    }
    try writeFile(file, Array(text.utf8))
    let curve = ["predict", "--curve", file, "--steps", "4000"]
    let result = isoflop(curve + ["--schedule", "cosine", "--warmup", "100", "--json"])
    let answer = try object(result.output)
    #expect(abs(try #require(answer["final_loss"]?.double) - loss(4000)) < 0.01)
    let (low, high) = (try #require(answer["low"]?.double), try #require(answer["high"]?.double))
    #expect(low < loss(4000) && loss(4000) < high && high - low < 0.1)
    #expect(isoflop(curve + ["--schedule", "cosine", "--drops", "0.8:0.1"]).status == 2)
    #expect(isoflop(curve + ["--schedule", "multi-step", "--final-rate", "0.1"]).status == 2)
    #expect(isoflop(curve + ["--schedule", "cosyne"]).errors.contains("did you mean cosine?"))
  }

  /// A published law of text has nothing to say about images; a law file in M has.
  @Test func aLossForTwoTowersNeedsALawOfTheirOwn() throws {
    let folder = try scratch()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let run = ["predict", "llama-2-7b", "--tokens", "1e9", "--images", "1e6", "--vision", "24,1024,576,2"]
    #expect(isoflop(run + ["--law", "besiroglu"]).errors.contains("is a law of text"))
    let file = folder + "/mine.law.json"
    let law =
      #"{"id": "mine", "scale": "M", "surface": {"E": 1, "A": 20, "B": 30, "alpha": 0.2, "beta": 0.2}, "log_noise": 0.01}"#
    try writeFile(file, Array(law.utf8))
    let answer = try object(isoflop(run + ["--law", file, "--json"]).output)
    #expect(answer["image_tokens"]?.double == 144e6)
    let loss = try #require(answer["loss"]?.object?["value"]?.double)
    let (size, tokens) = (try #require(answer["flops_per_token"]?.double), 1.144e9)
    #expect(abs(loss - (1 + 20 / pow(size, 0.2) + 30 / pow(tokens, 0.2))) < 1e-9)
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
