import CIsoflop
import Foundation
import Isoflop
import IsoflopC
import Synchronization
import TestSupport
import Testing

/// Sixty-four threads that call everything at once: for a second or two here, for a minute in the longer checks and under
/// ThreadSanitizer (`make sanitize`).
struct StressTests {
  static let seconds = ProcessInfo.processInfo.environment["ISOFLOP_CHECK"] == nil ? 2.0 : 60.0

  @Test func everythingAtOnce() throws {
    let end = Date(timeIntervalSinceNow: Self.seconds)
    let expected = try Library.call("count", ["config": "llama-2-7b"])
    let calls = Atomic(0)
    let wrong = Atomic(0)
    let group = DispatchGroup()
    for index in 0..<64 {
      group.enter()
      Thread.detachNewThread {
        var random = SplitMix(seed: UInt64(index))
        while Date() < end {
          do {
            if try !Self.callOne(random.upTo(13), expected, &random) { wrong.add(1, ordering: .relaxed) }
          } catch {
            Issue.record("\(error)")
            wrong.add(1, ordering: .relaxed)
          }
          calls.add(1, ordering: .relaxed)
        }
        group.leave()
      }
    }
    group.wait()
    #expect(wrong.load(ordering: .relaxed) == 0)
    #expect(calls.load(ordering: .relaxed) >= 64)
  }

  private static let grid = """
    "grid": {"axes": {"n_layers": {"from": 1, "to": 20}, "d_model": {"from": 64, "to": 1024, "step": 64}}}
    """

  /// One call of a kind; false where it answers something else than it should.
  private static func callOne(_ kind: Int, _ expected: JSON, _ random: inout SplitMix) throws -> Bool {
    switch kind {
    case 1: return try Library.call("count", ["config": "llama-2-7b"]) == expected
    case 2:
      let answer = try Library.call("sweep", text: "{\(grid), \"nearest\": 1e9, \"top\": 3}")
      return answer["results"]?.array?.count == 3
    case 3: return try Library.call("allocate", ["compute": 1e20, "top": 1])["M_opt"]?.double != nil
    case 4: return isoflop_free(.max) == ISOFLOP_MISUSED && Library.lastError()["status"]?.integer == 3
    case 5:
      let rows = random.upTo(40)
      let sizes = ColumnTests.random([3, 5], rows: rows, &random)
      let (columns, _) = try ColumnTests.count(sizes, rows: rows)
      let shape = ColumnTests.shape(sizes, 0, ColumnTests.Options())
      return Int(columns[0][0]) == (try ShapeCount(shape)).M
    case 6:
      var rows: isoflop_handle = 0
      let request = "{\(grid)}"
      try Library.check(isoflop_rows_open(request, request.utf8.count, 0, &rows))
      defer { isoflop_free(rows) }
      var (count, length) = (Int64(0), 0)
      var info: UnsafePointer<CChar>?
      try Library.check(isoflop_rows_info(rows, &count, &info, &length))
      return count == 320
    case 7:
      var control: isoflop_handle = 0
      try Library.check(isoflop_control_new(&control))
      try Library.check(isoflop_control_cancel(control))
      let answer = try Library.call(
        "sweep", text: "{\(grid), \"nearest\": 1e9, \"method\": \"enumerate\"}", control: control)
      try Library.check(isoflop_free(control))
      return answer["partial"] == true
    case 8:
      let runs = (0..<12).map { index -> JSON in
        let (N, D) = (1e8 * pow(2, Double(index % 4)), 2e9 * pow(2, Double(index / 4)))
        return [
          "params_total": .number(N), "tokens": .number(D),
          "loss": .number(1.8 + 480 / pow(N, 0.35) + 2000 / pow(D, 0.37)),
        ]
      }
      let fit = try Library.call("fit", ["runs": .array(runs), "bootstrap": 0, "starts": 4])
      return (fit["parametric", "alpha"]?.double ?? 0) > 0
    case 9:
      let rows = try Library.call(
        "sweep", ["around": "mistral-7b", "vary": ["num_hidden_layers": [24, 32]], "attention": "causal"])
      return rows["results"]?.array?.count == 2
    case 10:
      let plan = try Library.call(
        "plan", ["budgets": ["from": 1e17, "to": 1e19], "count": 3, "shapes": 3, "simulate": 2])
      return plan["runs"]?.array?.count == 9
    case 11:
      let forecast = try Library.call(
        "watch", ["id": "a", "law": "besiroglu", "size": 1e9, "tokens": 2e10, "noise": 0.003])
      let memory = try Library.call("memory", ["config": "llama-2-7b"])
      let comparison = try Library.call("compare", ["config": "llama-2-7b"])
      return forecast["event", "loss"]?.double != nil && memory["weights"]?.integer == 13_476_831_232
        && comparison["accounts"]?.array?.count == 7
    case 12: return try stopped()
    default:
      let failure = try Library.failure(ISOFLOP_INPUT_WRONG) { _ = try Library.call("size", ["size": "7 dwarfs"]) }
      return failure.json["field"]?.string == "size"
    }
  }

  /// A bootstrap that another thread stops and watches; it may be done before.
  private static func stopped() throws -> Bool {
    var control: isoflop_handle = 0
    try Library.check(isoflop_control_new(&control))
    let own = control
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      var progress = isoflop_progress()
      progress.size = MemoryLayout<isoflop_progress>.size
      for _ in 0..<5 {
        isoflop_control_progress(own, &progress)
        usleep(500)
      }
      isoflop_control_cancel(own)
      done.signal()
    }
    defer { done.wait() }
    do {
      let fit = try Library.call(
        "fit", ["runs": .array(LongCallTests.runs()), "bootstrap": 2000, "starts": 4], control: control)
      return (fit["parametric", "alpha"]?.double ?? 0) > 0
    } catch let failure as Library.Failure {
      return failure.status == ISOFLOP_CANCELLED
    }
  }
}
