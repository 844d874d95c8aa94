import CIsoflop
import Dispatch
import Foundation
import Isoflop
import IsoflopC
import Synchronization
import Testing

/// Fits and simulations say how far they are, and end when they are told to.
struct LongCallTests {
  /// Requests that would take minutes, were they not stopped.
  static let requests: [(function: String, request: JSON, stages: Set<String>)] = [
    (
      "fit", ["runs": .array(runs()), "bootstrap": 4_000_000, "starts": 8],
      ["starts", "resamples", "single runs left out"]
    ),
    ("fit", ["runs": .array(profiles()), "method": "isoflop", "bootstrap": 9_000_000], ["resamples"]),
    ("bootstrap", ["runs": .array(runs()), "bootstrap": 4_000_000, "starts": 8], ["starts", "resamples"]),
    (
      "plan", ["budgets": ["from": 1e17, "to": 1e19], "count": 3, "shapes": 5, "simulate": 10_000_000], ["worlds"]
    ),
    (
      "plan",
      ["budgets": ["from": 1e17, "to": 1e19], "count": 3, "shapes": 5, "against_6n": 1e21, "worlds": 1_000_000],
      ["worlds"]
    ),
  ]

  @Test(arguments: requests.indices)
  func cancelledInTheMiddle(index: Int) throws {
    let (function, request, stages) = Self.requests[index]
    var control: isoflop_handle = 0
    try Library.check(isoflop_control_new(&control))
    defer { isoflop_free(control) }
    let own = control
    let seen = Mutex((stages: Set<String>(), done: Int64(0)))
    let watching = Atomic(true)
    let watched = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      var progress = isoflop_progress()
      progress.size = MemoryLayout<isoflop_progress>.size
      while watching.load(ordering: .relaxed) {
        if isoflop_control_progress(own, &progress) == ISOFLOP_OK, progress.total > 0, let stage = progress.stage {
          let name = String(cString: stage)
          seen.withLock {
            $0.stages.insert(name)
            $0.done = max($0.done, progress.done)
          }
          // Once the last stage has begun.
          if name == "resamples" || name == "worlds" { isoflop_control_cancel(own) }
        }
        usleep(1000)
      }
      watched.signal()
    }
    let failure = try Library.failure(ISOFLOP_CANCELLED) { _ = try Library.call(function, request, control: own) }
    watching.store(false, ordering: .relaxed)
    watched.wait()
    #expect(failure.message == "cancelled")
    let (told, done) = seen.withLock { $0 }
    #expect(!told.isEmpty && told.isSubset(of: stages), "\(told)")
    #expect(done > 0)
  }

  @Test func cancelledBefore() throws {
    var control: isoflop_handle = 0
    try Library.check(isoflop_control_new(&control))
    defer { isoflop_free(control) }
    try Library.check(isoflop_control_cancel(control))
    for (function, request, _) in Self.requests {
      _ = try Library.failure(ISOFLOP_CANCELLED) { _ = try Library.call(function, request, control: control) }
    }
  }

  @Test func watchingChangesNothing() throws {
    let request: JSON = ["runs": .array(Self.runs()), "bootstrap": 200, "starts": 8]
    var control: isoflop_handle = 0
    try Library.check(isoflop_control_new(&control))
    defer { isoflop_free(control) }
    #expect(try Library.call("fit", request, control: control) == Library.call("fit", request))
  }

  /// Runs about a law, each off by up to a percent.
  static func runs() -> [JSON] {
    (0..<24).map { index in
      let (N, D) = (1e8 * pow(2, Double(index % 6)), 2e9 * pow(2, Double(index / 6)))
      let loss = (1.8 + 480 / pow(N, 0.35) + 2000 / pow(D, 0.37)) * (1 + 0.01 * sin(Double(7 * index)))
      return [
        "params_total": .number(N), "tokens": .number(D), "loss": .number(loss),
        "dataset": .string(index % 2 == 0 ? "one" : "other"),
      ]
    }
  }

  /// IsoFLOP profiles of the same law, with M and both parameter counts; budgets are those of 6 N D.
  static func profiles(budgets: Int = 4) -> [JSON] {
    (0..<budgets).flatMap { budget -> [JSON] in
      let C = 1e18 * pow(4, Double(budget))
      let best = 0.09 * pow(C, 0.51)
      return (-3...3).map { place -> JSON in
        let N = best * pow(1.5, Double(place))
        let D = C / (6 * N)
        let loss = 1.8 + 480 / pow(N, 0.35) + 2000 / pow(D, 0.37)
        return [
          "params_total": .number(1.1 * N), "params_nonembedding": .number(N), "flops_per_token": .number(6.6 * N),
          "tokens": .number(D), "budget": .number(C),
          "loss": .number(loss * (1 + 0.001 * sin(Double(11 * place + 5 * budget)))),
        ]
      }
    }
  }
}
