import Foundation
import Isoflop
import TestSupport

/// What requests of every kind are about, as JSON.
enum RequestData {
  /// By the names of files.
  static let files: [String: String] = [
    "RUNS": json(LongCallTests.runs()), "PROFILES": json(LongCallTests.profiles(budgets: 4)),
    "CHECKPOINTS": checkpoints,
    "SETTINGS": settings, "PLANNED": planned,
  ]

  /// As it stands in a request.
  static let inline: [String: String] = [
    "CURVE": curve, "SCORES": scores, "LEDGER": ledger,
    "GOLDEN": JSON.string(Golden.path("runs/deepseek-fig4a.csv")).text(indent: nil),
  ]

  private static func json(_ runs: [JSON]) -> String { JSON.array(runs).text(indent: nil) }

  /// Training curves of several models.
  private static let checkpoints = json(
    (0..<8).flatMap { model in
      (0..<12).map { step -> JSON in
        let (N, D) = (exp(16 + 0.6 * Double(model)), exp(18 + 0.6 * Double(step)))
        return [
          "run_id": .string("run\(model)"), "params_total": .number(N), "tokens": .number(D),
          "loss": .number(SyntheticLoss.of(N, D)),
        ]
      }
    })

  private static let settings = json(
    SyntheticLoss.settings(side: 3).map { run in
      [
        "params_total": .number(run.N), "tokens": .number(run.D), "loss": .number(run.loss),
        "learning_rate": .number(run.rate), "batch_size_tokens": .number(run.batch),
      ]
    })

  private static let curve: String = {
    let steps = (1...40).map { 200 * $0 }
    return "{\"step\": \(steps), \"loss\": \(steps.map { 2 + 3 / Double($0).squareRoot() })}"
  }()

  private static let scores: String = {
    let losses = (0..<8).map { 0.7 + 0.05 * Double($0) }
    return "{\"loss\": \(losses), \"score\": \((0..<8).map { 0.9 - 0.06 * Double($0) })}"
  }()

  private static let ledger: String = {
    let event = try? Library.call("watch", ["id": "a", "law": "deepseek_fig4a:surface", "size": 1e9, "tokens": 1e10])
    return "[\(event?["event"]?.text(indent: nil) ?? "")]"
  }()

  /// A planned experiment in every account's columns, with the losses of a known surface.
  private static let planned: String = {
    let plan = try? Library.call("plan", ["budgets": ["from": 1e18, "to": 1e20], "count": 4, "shapes": 7])
    let rows = (plan?["csv"]?.string ?? "").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    guard let names = rows.first, let M = names.firstIndex(of: "flops_per_token"),
      let D = names.firstIndex(of: "tokens")
    else { return "[]" }
    return json(
      rows.dropFirst().map { row in
        var run = JSONObject()
        for (name, cell) in zip(names, row) where name != "loss" && !cell.isEmpty {
          run[name] = Double(cell).map { .number($0) } ?? .string(cell)
        }
        run["loss"] = .number(SyntheticLoss.of((Double(row[M]) ?? 1) / 6, Double(row[D]) ?? 1))
        return .object(run)
      })
  }()
}
