import CIsoflop
import Foundation
import Isoflop
import TestSupport
import Testing

@testable import IsoflopC

/// No member of a request is passed over in silence: added to a request that answers, it changes what is answered, or it is
/// refused by its name; and of the wrong type it is refused everywhere.
@Suite struct UnreadMemberTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var function: String
    var request: String
    var testDescription: String { "\(function) \(request)" }
    init(_ function: String, _ request: String = "{}") { (self.function, self.request) = (function, request) }
  }

  private static let grid = "\"grid\": {\"axes\": {\"n_layers\": [8, 16, 24], \"d_model\": [512, 1024, 2048]}}"
  private static let around = "\"around\": \"gpt2\", \"vary\": {\"n_layer\": [6, 12], \"n_embd\": [384, 768]}"
  private static let runs = "\"runs\": RUNS"
  private static let profiles = "\"runs\": PROFILES"

  /// One for each way a function works.
  static let quick = [
    Case("count", "{\"config\": \"gpt2\"}"), Case("attention", "{\"config\": \"gpt2\", \"lengths\": [512]}"),
    Case("compare", "{\"config\": \"gpt2\"}"), Case("compare", "{\"laws\": true, \"compute\": 1e20}"),
    Case("compare", "{\"laws\": true, \"config\": \"gpt2\", \"tokens\": 1e10}"),
    Case("memory", "{\"config\": \"gpt2\"}"),
    Case("memory", "{\"config\": \"gpt2\", \"zero\": 3, \"devices\": 8}"),
    Case("mfu", "{\"config\": \"gpt2\", \"tokens_per_second\": 1e5, \"accelerators\": 8, \"peak\": \"h100\"}"),
    Case("mfu", "{\"config\": \"gpt2\", \"tokens\": 1e10, \"accelerator_hours\": 100, \"peak\": 1e15}"),
    Case("sweep", "{\(grid), \"nearest\": 1000000000, \"top\": 2}"),
    Case("sweep", "{\(grid), \"nearest\": 1000000000, \"within\": 900000000}"),
    Case("sweep", "{\(grid), \"count\": [0, 5000000000]}"),
    Case("sweep", "{\(grid), \"pareto\": [{\"min\": \"M\"}, {\"max\": \"parameters\"}]}"),
    Case("sweep", "{\(grid), \"histogram\": {\"per_decade\": 2}}"), Case("sweep", "{\(grid), \"summary\": true}"),
    Case("sweep", "{\(grid), \"loss\": \"deepseek_fig4a:surface\", \"compute\": 1e19}"),
    Case("sweep", "{\(grid), \"rows\": \"FOLDER/rows.csv\"}"), Case("sweep", "{\(around)}"),
    Case("sweep", "{\(around), \"nearest\": 300000000, \"top\": 1}"),
    Case("sweep", "{\(around), \"count\": [0, 311000000]}"),
    Case("sweep", "{\(around), \"pareto\": [{\"min\": \"M\"}, {\"max\": \"parameters\"}]}"),
    Case("sweep", "{\(around), \"rows\": \"FOLDER/rows.csv\"}"),
    Case("fit", "{\(runs), \"bootstrap\": 3, \"starts\": 2}"),
    Case("fit", "{\(profiles), \"method\": \"isoflop\", \"bootstrap\": 3}"),
    Case("fit", "{\(profiles), \"method\": \"accounts\", \"bootstrap\": 3}"),
    Case("fit", "{\"runs\": CHECKPOINTS, \"method\": \"envelope\", \"bootstrap\": 3}"),
    Case("fit", "{\"runs\": SETTINGS, \"method\": \"hyperparameters\", \"bootstrap\": 3}"),
    Case(
      "fit", "{\(runs), \"bootstrap\": 3, \"starts\": 2, \"group\": \"dataset\", \"comparable\": \"validation-sets\"}"),
    Case("bootstrap", "{\(runs), \"bootstrap\": 3, \"starts\": 2}"),
    Case("predict", "{\"law\": \"deepseek_fig4a:surface\", \"config\": \"llama-2-7b\", \"tokens\": 1e13}"),
    Case("predict", "{\"law\": \"deepseek_fig4a:surface\", \"size\": 1e11, \"tokens\": 1e12}"),
    Case("predict", "{\"law\": \"deepseek_fig4a:surface\", \"returns\": 1e20}"),
    Case("predict", "{\"backtest\": GOLDEN}"),
    Case("predict", "{\"curve\": CURVE, \"steps\": 20000, \"annealing\": 1e-4}"),
    Case("predict", "{\"config\": \"gpt2\", \"tokens\": 1e10, \"images\": 1e8, \"vision\": [12, 768, 256]}"),
    Case("watch"), Case("watch", "{\"ledger\": LEDGER}"),
    Case("watch", "{\"ledger\": LEDGER, \"id\": \"a\", \"result\": 2.5}"),
    Case("watch", "{\"id\": \"b\", \"law\": \"deepseek_fig4a:surface\", \"size\": 1e11, \"tokens\": 1e12}"),
    Case("watch", "{\"ledger\": LEDGER, \"refit\": \"besiroglu\"}"), Case("laws"),
    Case("laws", "{\"names\": [\"besiroglu\"]}"), Case("models"), Case("families"), Case("conventions"),
    Case("version"),
  ]
  /// Those that choose among shapes take their time in a debug build, as fits do.
  static let slow = [
    Case("allocate", "{\"compute\": 1e20, \"top\": 2}"),
    Case("allocate", "{\"accelerators\": 8, \"accelerator\": \"h100\", \"hours\": 72, \"top\": 2}"),
    Case("allocate", "{\"compute\": 1e20, \"size\": 5e9, \"top\": 2}"),
    Case("allocate", "{\"config\": \"gpt2\", \"tokens\": 1e10}"),
    Case("allocate", "{\"config\": \"gpt2\", \"compute\": 1e19, \"top\": 2}"),
    Case("allocate", "{\"compute\": 1e20, \(grid), \"top\": 2}"),
    Case("allocate", "{\"compute\": 1e20, \"all_laws\": true}"), Case("size", "{\"size\": \"1B\"}"),
    Case("plan", "{\"budgets\": [1e18, 1e19], \"shapes\": 3}"),
    Case("plan", "{\"budgets\": {\"from\": 1e18, \"to\": 1e19}, \"count\": 2, \"shapes\": 4, \"simulate\": 3}"),
    Case("compare", "{\"runs\": PLANNED, \"compute\": 1e21}"),
  ]
  static let cases =
    ProcessInfo.processInfo.environment["ISOFLOP_CHECK"] == "1"
    ? quick + slow
    : quick.filter { !["fit", "bootstrap"].contains($0.function) && !$0.request.contains("curve") } + [slow[3]]

  /// A value for every member that any function knows.
  static let values = """
    {"config": "llama-2-7b", "name": "mine", "sequence_length": 512, "decoder_length": 64, "attention": "causal",
    "documents": [100, 200], "as": ["palm"], "mtp": true, "vision": true, "explain": true, "recompute": "full",
    "lora_rank": 8, "lora_targets": ["c_attn"], "frozen_layers": 2, "lengths": [256], "compute": 3e20, "laws": true,
    "context": 512, "cache": "fp8", "recipe": "fp32-adam", "zero": 1, "devices": 4, "micro_batch": 2,
    "tensor_parallel": 8, "tokens_per_second": 2e5, "accelerators": 16, "tokens": 3e13, "accelerator_hours": 123,
    "peak": 5e14, "precision": "fp8", "grid": {"axes": {"n_layers": [4], "d_model": [256]}}, "around": "llama-2-7b",
    "vary": {"n_layer": [3]}, "constraints": {"aspect_ratio": "60...70"}, "nearest": 2000000000, "of": "parameters",
    "top": 3, "within": 5, "count": [1, 5], "pareto": [{"min": "M"}, {"max": "six_n1"}],
    "histogram": {"per_decade": 3}, "summary": true, "loss": "squared", "rows": "FOLDER/other.csv", "resume": true,
    "shard": "1/2", "parts": [{}], "request": {}, "runs": SETTINGS, "method": "isoflop", "at": [1e22],
    "predict": [[7e9, 2e12]], "resamples": [], "map": {"loss": "flops"}, "scale": "tokens", "budget": "auto",
    "where": ["budget=1e18"], "best_per": ["budget"], "drop_highest": 1, "group": "budget", "resample": "budget",
    "bytes_per_token": 4, "unit": "bits-per-byte", "keep_checkpoints": true, "comparable": ["losses"],
    "residual": "linear", "delta": 1e-2, "starts": 3, "tie_exponents": true, "fix_E": 1.0, "exponent": 0.55,
    "profile": "akima", "window": 3, "log_loss": true, "weighted": true, "predictors": ["tokens"], "bootstrap": 5,
    "scheme": "noise", "seed": 7, "level": 0.8, "hours": 10, "money": 1000, "accelerator": "a100", "mfu": 0.3,
    "price": 3, "watts": 500, "node_overhead": 1.5, "pue": 1.2, "carbon": 0.4, "law": "besiroglu",
    "hyperparameter_law": "step_law", "all_laws": true, "style": "gpt", "size": 2e10, "unique_tokens": 1e9,
    "inference_tokens": 1e12, "vocab_size": 50304, "band": 0.01, "length_schedule": [[0.5, 4096], [0.5, 32768]],
    "batch_multiple": 512, "pipeline_parallel": 7, "max_parameters": 1e6, "max_kv_bytes": 20,
    "aspect_ratio": [60, 70], "d_model_multiple": 512, "n_heads_multiple": 8, "memory": 0.01, "by": "non-embedding",
    "budgets": [1e17], "shapes": 5, "span": 3, "simulate": 2, "optimise": true, "against_6n": 1e21, "worlds": 3,
    "world": "besiroglu", "noise": 0.01, "inflation": 0.01, "scores": SCORES, "form": "exponential", "chance": 0.1,
    "returns": 1e21, "target": 2.5, "value": 1e6, "backtest": GOLDEN, "curve": CURVE, "steps": 30000,
    "schedule": "cosine", "drops": [[0.5, 0.5]], "final_rate": 0.2, "warmup": 100, "annealing": 2e-4, "images": 1e7,
    "frozen_vision": true, "ledger": LEDGER, "id": "c", "result": 2.4, "refit": "besiroglu", "names": ["deepseek"],
    "workers": 1, "smt": true, "kernel": "baseline", "threads": 1, "pin": false}
    """

  /// What is read and leaves the answers of requests with these words as they are, and why.
  static let alike: [(function: String, words: String, members: Set<String>, why: String)] = [
    ("sweep", "", ["threads", "pin", "kernel", "method"], "every way to compute answers the same"),
    ("allocate", "", ["threads", "pin", "kernel", "method"], "every way to compute answers the same"),
    ("compare", "", ["mtp"], "a model without extra prediction modules costs the same with them"),
    ("count", "", ["mtp"], "a model without extra prediction modules costs the same with them"),
    ("memory", "\"gpt2\"}", ["zero", "devices"], "a stage on one device, or devices without a stage, divide nothing"),
    ("sweep", "rows.csv", ["resume"], "there is no file to go on with"),
    ("sweep", "rows.csv", ["name"], "is what errors call the config"),
    ("predict", "config", ["name"], "is what errors call the config"),
    ("fit", "", ["budget"], "says again what the runs say"),
    ("bootstrap", "", ["budget"], "says again what the runs say"),
    ("bootstrap", "", ["level"], "is of the fit that the resamples are for, whose options it takes"),
    ("fit", "runs", ["keep_checkpoints"], "each run has one row"),
    ("bootstrap", "runs", ["keep_checkpoints"], "each run has one row"),
  ]

  @Test(arguments: cases)
  func everyMemberIsReadOrRefused(_ one: Case) throws {
    try withTemporaryFolder { folder in
      for (name, text) in RequestData.files { try writeFile("\(folder)/\(name)", Array(text.utf8)) }
      let request = try parsed(one.request, folder)
      let base = try answer(one.function, request)
      let given = Set(request.names)
      for (name, value) in try parsed(Self.values, folder).members where !given.contains(name) {
        guard
          !Self.alike.contains(where: {
            $0.function == one.function && ($0.words.isEmpty || one.request.contains($0.words))
              && $0.members.contains(name)
          })
        else { continue }
        do {
          let other = try answer(one.function, with(request, name, value))
          if other == base { Issue.record("\(name) is passed over in silence") }
        } catch let failure as Library.Failure {
          #expect(
            [ISOFLOP_INPUT_WRONG, ISOFLOP_WORK_FAILED].map(Int32.init).contains(failure.status), "\(failure.message)")
          #expect(failure.message.isEmpty == false)
        }
      }
      // Whatever it is, an object of this kind is none of its values.
      for name in given.union(try parsed(Self.values, folder).names).union(["nothing_at_all"]) {
        let failure = try Library.failure(ISOFLOP_INPUT_WRONG) {
          _ = try answer(one.function, with(request, name, ["no": ["such": "thing"]]))
        }
        #expect(failure.status != 0, "\(one.function) takes an object as \(name)")
      }
    }
  }

  @Test func everyFunctionHasACase() {
    let known = Set(Call.all.keys).subtracting(["merge", "machine"])
    #expect(Set((Self.quick + Self.slow).map(\.function)) == known)
  }

  private func with(_ request: JSONObject, _ name: String, _ value: JSON) -> JSONObject {
    var copy = request
    copy[name] = value
    return copy
  }

  /// With what it wrote, without what differs from one time to the next.
  private func answer(_ function: String, _ request: JSONObject) throws -> JSON {
    let answer = try Library.call(function, .object(request))
    guard var object = answer.object else { return answer }
    for name in ["seconds", "implementation", "rate"] { object[name] = nil }
    if let path = request["rows"]?.string {
      object["file"] = .string(String(decoding: try readFile(path), as: UTF8.self))
      try FileManager.default.removeItem(atPath: path)
    }
    return .object(object)
  }

  private func parsed(_ text: String, _ folder: String) throws -> JSONObject {
    var text = text
    for (name, json) in RequestData.inline { text = text.replacing(" \(name)", with: " " + json) }
    for name in RequestData.files.keys { text = text.replacing(" \(name)", with: " \"FOLDER/\(name)\"") }
    return try #require(try JSON(parsing: text.replacing("FOLDER", with: folder)).object)
  }
}
