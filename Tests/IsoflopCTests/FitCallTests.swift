import CIsoflop
import Foundation
import Isoflop
import IsoflopC
import Testing

/// Fits, forecasts and ledgers through the ABI say what the library says.
struct FitCallTests {
  private static let runs = JSON.array(LongCallTests.runs())
  private static let profiles = JSON.array(LongCallTests.profiles(budgets: 6))

  private static func object(_ members: [(String, JSON)]) -> JSON { .object(JSONObject(members)) }

  private static func table(_ runs: JSON) throws -> RunTable {
    try RunTable.parse(Array(runs.text(indent: nil).utf8), source: "runs")
  }

  @Test func predictionsHaveIntervals() throws {
    let answer = try Library.call(
      "fit", ["runs": Self.runs, "bootstrap": 50, "starts": 8, "at": 1e21, "predict": [[7e9, 2e12]]])
    var selection = RunSelection()
    selection.scale = "params_total"
    var options = ParametricOptions()
    (options.starts, options.resampling.count) = (8, 50)
    let fit = try ParametricFit.fit(Self.table(Self.runs).select(selection), options: options)
    #expect(
      answer["predictions"]
        == .array([try fit.optimum(compute: 1e21).json, fit.predict(scale: 7e9, tokens: 2e12).json]))
    #expect(answer["predictions"]?.array?.allSatisfy { $0["interval"]?.array?.count == 2 } == true)
    let isoflop = try Library.call(
      "fit", ["runs": Self.profiles, "method": "isoflop", "bootstrap": 50, "at": [1e20, 1e21]])
    #expect(isoflop["predictions"]?.array?.count == 2)
    #expect(isoflop["predictions"]?.array?[0]["scale_interval"]?.array?.count == 2)
  }

  @Test func groupsAreCompared() throws {
    let answer = try Library.call(
      "fit", ["runs": Self.runs, "bootstrap": 20, "starts": 8, "group": "dataset", "comparable": "validation-sets"])
    #expect(answer["groups", "groups"]?.array?.map { $0["name"] } == ["one", "other"])
    #expect(answer["groups", "pairs"]?.array?.count == 1)
    #expect(answer["parametric"] == nil)
    // Where a group means nothing, it is not passed over.
    for method in ["hyperparameters", "envelope", "accounts"] {
      let refused = try Library.failure(ISOFLOP_INPUT_WRONG) {
        _ = try Library.call("fit", ["runs": Self.profiles, "method": .string(method), "group": "dataset"])
      }
      #expect(refused.json["field"]?.string == "group")
    }
    _ = try Library.failure(ISOFLOP_INPUT_WRONG) {
      _ = try Library.call("bootstrap", ["runs": Self.runs, "group": "dataset"])
    }
  }

  @Test func accountsStandSideBySide() throws {
    let answer = try Library.call(
      "fit", ["runs": Self.profiles, "method": "accounts", "bootstrap": 20, "at": 1e22])
    let rows = answer["accounts", "accounts"]?.array ?? []
    #expect(rows.map { $0["account"] } == ["M", "6N1", "6N2"])
    #expect(rows.allSatisfy { $0["prediction", "loss"]?.double != nil })
  }

  @Test func theEnvelopeOfCurves() throws {
    let curves = (0..<6).flatMap { model -> [JSON] in
      let N = 1e8 * pow(2, Double(model))
      return (1...30).map { step -> JSON in
        let D = 1e9 * pow(1.25, Double(step))
        return [
          "run_id": .string("m\(model)"), "params_total": .number(N), "tokens": .number(D),
          "loss": .number(1.8 + 480 / pow(N, 0.35) + 2000 / pow(D, 0.37)),
        ]
      }
    }
    let answer = try Library.call("fit", ["runs": .array(curves), "method": "envelope", "bootstrap": 50])
    let exponent = try #require(answer["envelope", "model", "exponent"]?.double)
    #expect(abs(exponent - 0.37 / 0.72) < 0.08)
    #expect(answer["envelope", "curves"]?.integer == 6)
    #expect(answer["law"] == .null)
  }

  @Test func schemesOfResampling() throws {
    for scheme in ["runs", "pooled-runs", "residuals", "noise=0.002"] {
      let answer = try Library.call(
        "fit", ["runs": Self.profiles, "method": "isoflop", "bootstrap": 20, "scheme": .string(scheme)])
      let told = answer["isoflop", "resampling", "scheme"]?.string
      #expect(told == scheme || told == "noise", "\(String(describing: told))")
    }
    // The noise is measured where a setting was run twice, and not made up where none was.
    let twice = (Self.runs.array ?? []).flatMap { run -> [JSON] in
      guard var object = run.object, let loss = object["loss"]?.double else { return [] }
      object["loss"] = .number(loss * 1.001)
      return [run, .object(object)]
    }
    let measured = try Library.call(
      "fit", ["runs": .array(twice), "bootstrap": 20, "starts": 8, "scheme": "noise"])
    let noise = try #require(measured["parametric", "seed_noise", "relative"]?.double)
    #expect(abs(noise - log(1.001) / 2.squareRoot()) < 1e-9)
    for (scheme, method) in [("noise", "parametric"), ("pooled-runs", "parametric"), ("residuals", "hyperparameters")] {
      _ = try Library.failure(ISOFLOP_INPUT_WRONG) {
        _ = try Library.call(
          "fit", ["runs": Self.runs, "method": .string(method), "starts": 8, "scheme": .string(scheme)])
      }
    }
    let together = try Library.failure(ISOFLOP_INPUT_WRONG) {
      _ = try Library.call(
        "fit",
        ["runs": Self.profiles, "method": "isoflop", "scheme": "residuals", "resample": "budget"])
    }
    #expect(together.json["field"]?.string == "scheme")
  }

  @Test func theExponentOfTheProfiles() throws {
    let answer = try Library.call(
      "fit",
      [
        "runs": Self.profiles, "scale": "params_nonembedding", "exponent": "isoflop", "bootstrap": 0, "starts": 8,
      ])
    let profiles = try Library.call(
      "fit", ["runs": Self.profiles, "method": "isoflop", "scale": "params_nonembedding", "bootstrap": 0])
    let (a, b) = (answer["parametric", "a"]?.double ?? 0, profiles["isoflop", "model", "exponent"]?.double ?? 1)
    #expect(abs(a - b) < 1e-9)
  }

  // MARK: Forecasts

  @Test func theEndOfARun() throws {
    let steps = (1...80).map { 100 * $0 }
    let curve: JSON = [
      "step": .array(steps.map { .integer($0) }),
      "loss": .array(steps.map { .number(2 + 8 * pow(Double($0), -0.4)) }),
    ]
    let answer = try Library.call(
      "predict", ["curve": curve, "steps": 20_000, "schedule": "constant", "warmup": 0])
    let final = try #require(answer["final_loss"]?.double)
    #expect(abs(final - (2 + 8 * pow(20_000, -0.4))) < 0.01)
    #expect(answer["schedule", "kind"]?.string == "constant")
    for (name, value) in [("drops", JSON.array([])), ("final_rate", 0.1), ("steps", 50), ("law", "besiroglu")] {
      var members = [("curve", curve), ("steps", JSON.integer(20_000)), ("schedule", "constant"), ("warmup", 0)]
      members.removeAll { $0.0 == name }
      _ = try Library.failure(ISOFLOP_INPUT_WRONG) {
        _ = try Library.call("predict", Self.object(members + [(name, value)]))
      }
    }
  }

  @Test func fusionCountsBothTowers() throws {
    let run: JSON = ["config": "llama-2-7b", "tokens": 1e11, "images": 1e8, "vision": [24, 1024, 576, 2]]
    let answer = try Library.call("predict", run)
    let tower = try LateFusion(layers: 24, width: 1024, patches: 576, merge: 2)
    #expect(answer["image_tokens"]?.double == 1e8 * 144)
    #expect(answer["vision_compute"]?.double == Double(try tower.flopsPerPatch()) * 576 * 1e8)
    let refused = try Library.failure(ISOFLOP_INPUT_WRONG) {
      _ = try Library.call(
        "predict", Self.object((run.object?.members ?? []).map { ($0.name, $0.value) } + [("law", "besiroglu")]))
    }
    #expect(refused.json["field"]?.string == "law")
  }

  @Test func backTests() throws {
    let answer = try Library.call("predict", ["backtest": .array(LongCallTests.profiles(budgets: 12))])
    #expect(answer["backtest"]?.array?.count == 9)
    #expect(answer["evidence"]?.double != nil)
  }

  @Test func returnsGoTogether() throws {
    let answer = try Library.call(
      "predict", ["law": "besiroglu", "returns": 1e22, "target": 2, "value": 1e6, "price": 1e-3])
    #expect(answer["uneconomic_from"]?.double != nil && answer["compute_to_target"]?.double != nil)
    for half in [["value": 1], ["price": 1]] as [[String: JSON]] {
      _ = try Library.failure(ISOFLOP_INPUT_WRONG) {
        _ = try Library.call(
          "predict", Self.object([("law", "besiroglu"), ("returns", 1e22)] + half.map { ($0.key, $0.value) }))
      }
    }
    _ = try Library.failure(ISOFLOP_INPUT_WRONG) {
      _ = try Library.call("predict", ["law": "besiroglu", "returns": 1e22, "backtest": []])
    }
  }

  @Test func aLedgerGrows() throws {
    let law: JSON = "besiroglu"
    var events: [JSON] = []
    for index in 0..<8 {
      let forecast = try Library.call(
        "watch",
        [
          "ledger": .array(events), "id": .string("r\(index)"), "law": law, "size": 1e9, "tokens": 2e10, "noise": 0.003,
        ])
      events.append(try #require(forecast["event"]))
      let loss = try #require(forecast["runs"]?.array?.last?["forecast"]?.double)
      let result = try Library.call(
        "watch", ["ledger": .array(events), "id": .string("r\(index)"), "result": .number(1.002 * loss)])
      events.append(try #require(result["event"]))
      #expect(result["score", "results"]?.integer == index + 1)
      // Seven in a row on one side.
      #expect(result["score", "alarms"]?.array?.isEmpty == (index < 6))
    }
    let again = try Library.failure(ISOFLOP_INPUT_WRONG) {
      _ = try Library.call(
        "watch", ["ledger": .array(events), "id": "r0", "law": law, "size": 1e9, "tokens": 2e10, "noise": 0.003])
    }
    #expect(again.message.contains("not rewritten"))
  }
}
