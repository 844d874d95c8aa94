import CIsoflop
import Isoflop
import IsoflopC
import TestSupport
import Testing

/// Sweeps around a config, and the options that the command line has.
struct AroundTests {
  private static let request: [(String, JSON)] = [
    ("around", "mistral-7b"), ("attention", "causal"),
    ("vary", ["sliding_window": [1024, 2048, 4096], "num_hidden_layers": ["from": 24, "to": 32]]),
  ]

  private static func sweep(_ more: [(String, JSON)]) throws -> JSON {
    try Library.call("sweep", .object(JSONObject(request + more)))
  }

  @Test func everyModelIsThatOfACount() throws {
    let all = try Self.sweep([])
    let rows = all["results"]?.array ?? []
    #expect(rows.count == 27 && all["refused"]?.integer == 0)
    #expect(rows[1]["num_hidden_layers"]?.integer == 25)
    let config = try JSON(parsing: try #require(KnownModel.named("mistral-7b")).config)
    for row in rows {
      guard var object = config.object else { return }
      for name in ["sliding_window", "num_hidden_layers"] { object[name] = row[name] }
      let count = try Library.call(
        "count", ["config": .object(object), "sequence_length": row["sequence_length"] ?? .null, "attention": "causal"])
      #expect(row["M"] == count["flops_per_token", "M"])
      #expect(row["parameters"] == count["parameters", "total"])
    }
  }

  @Test func searchesAreOfTheSameModels() throws {
    let rows = try Self.sweep([])["results"]?.array ?? []
    let values = rows.compactMap { $0["M"]?.integer }
    let nearest = try Self.sweep([("nearest", 4e10), ("top", 3)])
    let sorted = values.sorted { abs($0 - 40_000_000_000) < abs($1 - 40_000_000_000) }
    #expect(nearest["results"]?.array?.compactMap { $0["M"]?.integer } == Array(sorted.prefix(3)))
    let count = try Self.sweep([("count", [30_000_000_000, 40_000_000_000])])
    #expect(count["matches"]?.integer == values.count { 30_000_000_000...40_000_000_000 ~= $0 })
    let front = try Self.sweep([("pareto", [["min": "M"], ["max": "parameters"]])])
    #expect(front["results"]?.array?.count == 9)
    let bounded = try Self.sweep([("constraints", ["parameters": "6e9...7e9"])])
    #expect(
      bounded["results"]?.array == rows.filter { 6_000_000_000...7_000_000_000 ~= ($0["parameters"]?.integer ?? 0) })
  }

  /// Shards, merged in any order, say what one search says: of seven, some have no model at all.
  @Test(arguments: [
    "\"nearest\": 4e10, \"top\": 9", "\"nearest\": 4e10, \"within\": 1e9, \"top\": 4",
    "\"pareto\": [{\"min\": \"M\"}, {\"max\": \"parameters\"}]", "\"count\": [30000000000, 40000000000]",
    "\"constraints\": {\"parameters\": \"6e9...8e9\"}",
  ])
  func shardsMerge(_ job: String) throws {
    let request = """
      {"around": "mistral-7b", "vary": {"num_key_value_heads": [5, 4, 8], "num_hidden_layers": {"from": 24, "to": 32},
      "sliding_window": [1024, null]}, \(job)}
      """
    let asked = try #require(try JSON(parsing: request).object)
    let whole = try Library.call("sweep", .object(asked))
    let parts = try (1...7).map { index in
      var shard = asked
      shard["shard"] = .string("\(index)/7")
      return try Library.call("sweep", .object(shard))
    }
    for order in [Array(parts), Array(parts.reversed()), parts.shuffled()] {
      let merged = try Library.call("merge", ["request": .object(asked), "parts": .array(order)])
      for member in ["results", "matches", "shapes", "evaluated", "feasible", "refused", "implementation", "around"] {
        #expect(merged[member] == whole[member], "\(member)")
      }
    }
    let twice = try Library.failure(ISOFLOP_INPUT_WRONG) {
      _ = try Library.call("merge", ["request": .object(asked), "parts": .array(parts + [parts[0]])])
    }
    #expect(twice.message.contains("twice"))
    var other = asked
    other["around"] = "llama-2-7b"
    let strange = try Library.failure(ISOFLOP_INPUT_WRONG) {
      _ = try Library.call("merge", ["request": .object(other), "parts": .array(parts)])
    }
    #expect(!strange.message.isEmpty)
  }

  @Test func flagsAndTextsAreVaried() throws {
    let answer = try Library.call(
      "sweep",
      [
        "around": "llama-2-7b", "vary": ["tie_word_embeddings": [true, false], "hidden_size": "2048:4096:2048"],
        "sequence_length": [1024, 2048],
      ])
    let rows = answer["results"]?.array ?? []
    #expect(rows.count == 8)
    #expect(rows[0]["tie_word_embeddings"] == true && rows[0]["sequence_length"]?.integer == 1024)
    let (tied, untied) = (rows[0]["parameters"]?.integer ?? 0, rows[4]["parameters"]?.integer ?? 0)
    #expect(untied - tied == 32_000 * 2048)
  }

  @Test(arguments: [
    ("{\"around\": \"llama-2-7b\"}", "vary"), ("{\"around\": 5, \"vary\": {}}", "around"),
    ("{\"around\": \"llama-2-7b\", \"vary\": {\"hidden_size\": []}}", "hidden_size"),
    ("{\"around\": \"llama-2-7b\", \"vary\": {\"hiden_size\": [2048]}}", "hiden_size"),
    ("{\"around\": \"llama-2-7b\", \"vary\": {\"hidden_size\": [2048, 2048]}}", "hidden_size"),
    ("{\"around\": \"llama-2-7b\", \"vary\": {\"hidden_size\": {\"from\": 1}}}", "hidden_size"),
    ("{\"around\": \"llama-2-7b\", \"vary\": {\"hidden_size\": {\"from\": 2, \"to\": 1}}}", "hidden_size"),
    ("{\"around\": \"llama-2-7b\", \"vary\": {\"hidden_size\": {\"from\": 1, \"till\": 9}}}", "till"),
    ("{\"around\": \"llama-2-7b\", \"vary\": {\"hidden_size\": [2048]}, \"histogram\": {}}", "histogram"),
    ("{\"around\": \"llama-2-7b\", \"vary\": {\"hidden_size\": [2048]}, \"grid\": {}}", "grid"),
  ])
  func badRequestsNameTheirField(request: String, field: String) throws {
    let failure = try Library.failure(ISOFLOP_INPUT_WRONG) { _ = try Library.call("sweep", text: request) }
    #expect(failure.message.contains(field), "\(failure.message)")
  }

  /// What the command line calls `--vary` is the member `vary` here.
  @Test func optionsAreCalledAsMembers() throws {
    let failure = try Library.failure(ISOFLOP_INPUT_WRONG) {
      _ = try Library.call("sweep", ["around": "gpt2", "vary": ["depth": [6]]])
    }
    #expect(failure.json["field"]?.string == "vary" && !failure.message.contains("--"))
    let twice = try Library.failure(ISOFLOP_INPUT_WRONG) {
      _ = try Library.call("sweep", ["around": "gpt2", "vary": ["n_layer.x": [6]]])
    }
    #expect(twice.json["field"]?.string == "vary n_layer.x")
  }

  @Test func kernelsAreKnownByName() throws {
    let text = "{\"grid\": {\"axes\": {\"n_layers\": [1], \"d_model\": [64]}}, \"kernel\": \"best\"}"
    var rows: isoflop_handle = 0
    #expect(isoflop_rows_open(text, text.utf8.count, 0, &rows) == ISOFLOP_INPUT_WRONG)
    #expect(Library.lastError()["value"]?.string == "best")
  }

  @Test func theLowestLossAndTheSummary() throws {
    let grid: JSON = ["axes": ["n_layers": "8:40", "d_model": "512:6144:64"]]
    let lowest = try Library.call("sweep", ["grid": grid, "loss": "besiroglu", "compute": 1e20, "top": 3])
    #expect(lowest["results"]?.array?.count == 3)
    #expect(lowest["results"]?.array?[0]["predicted_loss"]?.double != nil)
    let summary = try Library.call("sweep", ["grid": grid, "summary": true])
    #expect(summary["feasible"]?.integer == 33 * 89)
  }

  @Test func trainingRunsAreCounted() throws {
    let answer = try Library.call("count", ["config": "llama-3-8b", "lora_rank": 16, "recompute": "full"])
    #expect((answer["training", "trainable_parameters"]?.integer ?? 0) > 0)
    let use = try Library.call(
      "mfu", ["config": "llama-3-8b", "tokens_per_second": 12_000, "accelerators": 1, "peak": "h100"])
    #expect(abs((use["mfu"]?.double ?? 0) - 0.62) < 0.1)
    #expect(try Library.call("memory", ["config": "llama-3-8b", "micro_batch": 4])["activations"] != nil)
    #expect(
      try Library.call("compare", ["config": "llama-3-8b", "laws": true, "tokens": "2T"])["name"]?.string
        == "llama-3-8b")
    #expect(
      try Library.call("allocate", ["config": "llama-3-8b", "tokens": "2T", "money": .null])["compute"]?.double != nil)
  }
}
