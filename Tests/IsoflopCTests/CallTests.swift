import CIsoflop
import Isoflop
import IsoflopC
import TestSupport
import Testing

/// JSON in, JSON out: the numbers of the library, errors with field and way out.
struct CallTests {
  @Test func countsAreThoseOfTheLibrary() throws {
    let answer = try Library.call("count", ["config": "deepseek-llm-67b"])
    let model = try #require(KnownModel.named("deepseek-llm-67b")).architecture()
    #expect(answer == (try ModelCount(model, sequenceLength: 4096).json()))
    #expect(answer["flops_per_token", "M"]?.integer == 432_726_343_680)
  }

  @Test func configsMayBeObjects() throws {
    let known = try #require(KnownModel.named("llama-2-7b"))
    let config = try JSON(parsing: known.config)
    let answer = try Library.call("count", ["config": config, "sequence_length": 4096, "name": "mine", "as": ["palm"]])
    #expect(answer["name"]?.string == "mine")
    #expect(answer["parameters", "total"]?.integer == 6_738_415_616)
    #expect(answer["as", "palm"]?.double != nil)
  }

  @Test(arguments: [
    ("count", "{}", "config"), ("count", "{\"config\": 5}", "config"), ("count", "[1]", "request"),
    ("count", "{\"config\": \"llama-2-7b\", \"sequence_length\": 0}", "sequence_length"),
    ("count", "{\"config\": \"llama-2-7b\", \"sequence_lenght\": 5}", "sequence_lenght"),
    ("sweep", "{\"grid\": {\"axes\": {}}, \"nearest\": 5}", "axes.n_layers"),
    ("sweep", "{\"grid\": {\"axes\": {\"n_layers\": [1], \"d_model\": [64]}}}", "nearest"),
    ("allocate", "{\"compute\": -1}", "compute"), ("allocate", "{\"compute\": NaN}", "compute"),
    ("fit", "{\"runs\": []}", "runs"), ("fit", "{\"runs\": 7}", "runs"),
    ("predict", "{\"law\": \"deepseek\"}", "tokens"), ("laws", "{\"names\": [\"deepsek\"]}", "law"),
    ("plan", "{\"budgets\": {\"from\": 1e20, \"to\": 1e17}}", "budgets"),
    ("merge", "{\"parts\": [{}]}", "parts"),
  ])
  func badRequestsNameTheirField(function: String, request: String, field: String) throws {
    let failure = try Library.failure(ISOFLOP_INPUT_WRONG) { _ = try Library.call(function, text: request) }
    #expect(failure.message.contains(field), "\(failure.message)")
  }

  @Test func textThatIsNoJSON() throws {
    for text in ["{", "nonsense", "{\"config\": \"\u{1}\"}", String(repeating: "[", count: 100_000)] {
      _ = try Library.failure(ISOFLOP_INPUT_WRONG) { _ = try Library.call("count", text: text) }
    }
  }

  @Test func everyFunctionAnswers() throws {
    #expect(try Library.call("compare", ["config": "llama-2-7b", "compute": 1e20])["accounts"]?.array?.count == 7)
    #expect(try Library.call("memory", ["config": "llama-2-7b"])["weights"]?.integer == 2 * 6_738_415_616)
    #expect(try Library.call("size", ["size": "7B", "top": 2])["results"]?.array?.count == 2)
    let allocation = try Library.call("allocate", ["compute": 1e20, "top": 1])
    #expect(allocation["architectures"]?.array?.count == 1)
    #expect(try Library.call("allocate", ["compute": 1e20, "all_laws": true])["laws"]?.array?.isEmpty == false)
    let plan = try Library.call("plan", ["budgets": ["from": 1e17, "to": 1e19], "count": 3, "shapes": 3])
    #expect(plan["runs"]?.array?.count == 9)
    let forecast = try Library.call(
      "predict", ["law": "besiroglu", "config": "llama-2-7b", "tokens": "2T"])
    #expect((forecast["loss", "value"]?.double ?? 0) > 1.5)
    #expect(try Library.call("predict", ["law": "besiroglu", "returns": 1e22])["doublings"]?.array?.count == 8)
    #expect(try Library.call("laws").array?.count == Law.published.count)
    #expect(try Library.call("machine")["implementations"]?.array?.isEmpty == false)
    #expect(try Library.call("models").array?.count == KnownModel.all.count)
    #expect(try Library.call("families").array?.count == Family.modelTypes.count)
    #expect(try Library.call("conventions").array?.count == Convention.known.count)
  }

  /// Shards, merged in any order, say what one search says.
  @Test(arguments: [
    "\"nearest\": 4.3e10, \"top\": 25", "\"nearest\": 4.3e10, \"within\": 1e9, \"top\": 7",
    "\"pareto\": [{\"min\": \"M\"}, {\"max\": \"parameters\"}]", "\"count\": [1000000000, 9000000000]",
    "\"histogram\": {\"per_decade\": 4}",
  ])
  func shardsMerge(job: String) throws {
    let grid = """
      "grid": {"axes": {"n_layers": {"from": 1, "to": 60}, "d_model": {"from": 64, "to": 4096, "step": 64},
      "sequence_length": [2048, 4096, 8192]}, "constraints": {"aspect_ratio": "20...200"}}
      """
    let whole = try Library.call("sweep", text: "{\(grid), \(job)}")
    let parts = try (1...7).shuffled().map {
      try Library.call("sweep", text: "{\(grid), \(job), \"shard\": \"\($0)/7\"}")
    }
    let request = try JSON(parsing: "{\(grid), \(job)}")
    let merged = try Library.call("merge", ["request": request, "parts": .array(parts)])
    for member in ["results", "matches", "counts", "edges", "shapes"] {
      #expect(merged[member] == whole[member], "\(member)")
    }
    let missing = try Library.failure(ISOFLOP_INPUT_WRONG) {
      _ = try Library.call("merge", ["request": request, "parts": .array(Array(parts.dropFirst()))])
    }
    #expect(missing.message.contains("missing"))
    let twice = try Library.failure(ISOFLOP_INPUT_WRONG) {
      _ = try Library.call("merge", ["request": request, "parts": .array(parts + [parts[0]])])
    }
    #expect(twice.message.contains("twice"))
  }

  @Test func cancelledSweepsEnd() throws {
    var control: isoflop_handle = 0
    try Library.check(isoflop_control_new(&control))
    defer { isoflop_free(control) }
    try Library.check(isoflop_control_cancel(control))
    let grid = """
      "grid": {"axes": {"n_layers": {"from": 1, "to": 200}, "d_model": {"from": 64, "to": 32000, "step": 64},
      "sequence_length": {"from": 64, "to": 32000, "step": 64}}}
      """
    let answer = try Library.call(
      "sweep", text: "{\(grid), \"nearest\": 4.3e10, \"method\": \"enumerate\"}", control: control)
    #expect(answer["partial"] == true)
    let failure = try Library.failure(ISOFLOP_CANCELLED) {
      var rows: isoflop_handle = 0
      let request = "{\(grid)}"
      try Library.check(isoflop_rows_open(request, request.utf8.count, control, &rows))
    }
    #expect(failure.message == "cancelled")
  }
}
