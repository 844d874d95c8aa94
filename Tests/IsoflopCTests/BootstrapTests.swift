import CIsoflop
import Foundation
import Isoflop
import Testing

/// A bootstrap in shards is the bootstrap of one call, bit for bit.
struct BootstrapTests {
  /// Runs about a law, each off by up to a percent.
  private static let runs = (0..<24).map { index -> JSON in
    let (N, D) = (1e8 * pow(2, Double(index % 6)), 2e9 * pow(2, Double(index / 6)))
    let loss = (1.8 + 480 / pow(N, 0.35) + 2000 / pow(D, 0.37)) * (1 + 0.01 * sin(Double(7 * index)))
    return ["params_total": .number(N), "tokens": .number(D), "loss": .number(loss)]
  }

  private static func request(_ more: [(String, JSON)] = [], seed: Int = 5) -> JSON {
    .object(
      JSONObject([("runs", .array(runs)), ("bootstrap", 203), ("starts", 8), ("seed", .integer(seed))] + more))
  }

  private static func parts(of count: Int, seed: Int = 5) throws -> [JSON] {
    try (1...count).map {
      try Library.call("bootstrap", request([("shard", .string("\($0)/\(count)"))], seed: seed))
    }
  }

  @Test(arguments: [1, 7, 300])
  func partsInAnyOrderAreTheWhole(count: Int) throws {
    let whole = try Library.call("fit", Self.request())
    let parts = try Self.parts(of: count).shuffled()
    #expect(try Library.call("fit", Self.request([("resamples", .array(parts))])) == whole)
    #expect(whole["parametric", "interval", "alpha"]?.array?.count == 2)
  }

  @Test func partsThatAreNotAllOfThisFitAreRefused() throws {
    let parts = try Self.parts(of: 3)
    func refusal(_ parts: [JSON]) throws -> String {
      try Library.failure(ISOFLOP_INPUT_WRONG) {
        _ = try Library.call("fit", Self.request([("resamples", .array(parts))]))
      }.message
    }
    #expect(try refusal([parts[0], parts[2]]).contains("missing"))
    #expect(try refusal([parts[0], parts[1]]).contains("missing"))
    #expect(try refusal([]).contains("missing"))
    #expect(try refusal(parts + [parts[1]]).contains("twice"))
    #expect(try refusal(Self.parts(of: 3, seed: 6)).contains("another fit"))
    #expect(try refusal([["first": 0, "origin": "", "laws": [[1, 2, 3]]]]).contains("pass them on"))
  }
}
