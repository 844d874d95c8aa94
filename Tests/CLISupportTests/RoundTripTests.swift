import Foundation
import Isoflop
import TestSupport
import Testing

@testable import CLISupport

/// From a budget to a model and back, by the commands as they are typed: plan, runs.csv, losses, fit --save, allocate,
/// predict. The losses come from worlds that know nothing of the solver: their FLOPs are counted here, from the columns
/// of runs.csv, and their noise is of a generator of the tests.
@Suite struct RoundTripTests {
  /// L = E + R (beta s^-alpha + alpha t^-beta) / (alpha + beta), s and t being M and D over the optimum at C = 1e19:
  /// there the loss above E is R, whatever the exponents.
  struct World {
    let E, R, alpha, beta, M0: Double
    static let C0 = 1e19
    /// Of ln L, from run to run.
    static let noise = 0.002

    /// Exponents apart by up to a third, optimum up to 1.5 times off the plan's law, irreducible loss of 0.4 to 0.6.
    init(_ random: inout Generator, off factor: Double = 1) {
      func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * random.uniform() }
      (E, R) = (between(0.4, 0.6), between(0.5, 0.7))
      (alpha, beta) = (between(0.16, 0.22), between(0.16, 0.22))
      M0 = factor * 0.1715 * pow(World.C0, 0.5243) * exp(between(-0.4, 0.4))
    }

    var a: Double { beta / (alpha + beta) }

    func loss(M: Double, D: Double) -> Double {
      let reducible = beta * pow(M / M0, -alpha) + alpha * pow(D * M0 / World.C0, -beta)
      return E + R * reducible / (alpha + beta)
    }

    /// The lowest loss of a budget.
    func lowest(_ C: Double) -> Double {
      let M = M0 * pow(C / World.C0, a)
      return loss(M: M, D: C / M)
    }
  }

  /// Uniform numbers, and normal ones by Box and Muller.
  struct Generator {
    private var bits: SplitMix
    init(_ seed: Int) { bits = SplitMix(seed: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 12345) }
    mutating func uniform() -> Double { (Double(bits.next() >> 11) + 0.5) * 0x1p-53 }
    mutating func normal() -> Double { sqrt(-2 * log(uniform())) * cos(2 * Double.pi * uniform()) }
  }

  /// A planned run as its columns say.
  struct Run {
    var cells: [String: String]
    func number(_ name: String) throws -> Double { try #require(cells[name].flatMap(Double.init)) }

    /// Multiply-adds of a token's matrices: queries and output, keys and values, three of the gated MLP.
    func weights() throws -> Double {
      let (d, h) = (try number("d_model"), try number("head_dim"))
      let attention = 2 * d * h * (try number("n_heads") + number("n_kv_heads"))
      return try number("n_layers") * (attention + 3 * d * number("d_ff"))
    }

    /// Training FLOPs a token: three times forward, two a multiply-add; scores and their values over all positions.
    func M() throws -> Double {
      let scores = try number("n_layers") * 2 * number("seq_len") * number("n_heads") * number("head_dim")
      return 6 * (try weights() + scores)
    }
  }

  private static func read(_ csv: String) -> [Run] {
    let lines = csv.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    guard let header = lines.first else { return [] }
    return lines.dropFirst().map { line in
      Run(cells: Dictionary(uniqueKeysWithValues: zip(header.map(String.init), line.map(String.init))))
    }
  }

  private func answer(_ arguments: [String]) throws -> JSONObject {
    let result = isoflop(arguments)
    guard result.status == 0 else { throw InputError(result.errors, value: arguments.joined(separator: " ")) }
    return try object(result.output)
  }

  /// How tokens are counted: the column that is fitted, and the FLOPs that it is taken for.
  typealias Account = (name: String, column: String, factor: Double)
  private static let accounts: [Account] = [
    ("M", "flops_per_token", 1), ("6N1", "params_nonembedding", 6), ("6N2", "params_total", 6),
  ]

  /// What became of one world under one account.
  struct Trip: Sendable {
    /// a inside its interval; the loss of the allocated run above the lowest, as a share; the run inside its forecast.
    var covers = false
    var excess = Double.infinity
    var holds = false
  }

  /// What the runs of a plan come back with.
  private static func train(
    _ runs: [Run], in world: World, _ account: Account, _ random: inout Generator, into file: String
  ) throws {
    var text = "budget,n_layers,d_model,\(account.column),tokens,compute_flops,loss\n"
    for run in runs {
      let D = try run.number("tokens")
      let loss = world.loss(M: try run.M(), D: D) * exp(World.noise * random.normal())
      let size = try run.number(account.column)
      let cells = [try run.number("budget"), try run.number("n_layers"), try run.number("d_model"), size, D]
      text += (cells + [account.factor * size * D, loss]).map { "\($0)" }.joined(separator: ",") + "\n"
    }
    try writeFile(file, Array(text.utf8))
  }

  /// One world: fit, allocate, train, compare. Nil where there is no law.
  private func trip(
    _ index: Int, _ account: Account, _ runs: [Run], _ folder: String
  )
    throws -> Trip?
  {
    var random = Generator(index)
    let world = World(&random)
    let base = "\(folder)/\(index)-\(account.name)"
    try Self.train(runs, in: world, account, &random, into: base + ".csv")
    let fit = isoflop(
      "fit", base + ".csv", "--isoflop", "--scale", account.column, "--bootstrap", "400", "--save",
      base + ".law.json", "--json")
    guard fit.status == 0 else { return nil }
    let model = try #require(object(fit.output)["isoflop"]?.object?["model"]?.object)
    let interval = try #require(model["interval"]?.array)
    var trip = Trip()
    trip.covers = try #require(interval[0].double) <= world.a && world.a <= #require(interval[1].double)
    let allocation = try answer([
      "allocate", "--compute", "\(Self.target)", "--law", base + ".law.json", "--top", "1", "--write-configs", base,
      "--json",
    ])
    let shape = try #require(allocation["architectures"]?.array?.first?.object)
    let chosen = Run(
      cells: [
        "n_layers": "n_layers", "d_model": "d_model", "n_heads": "n_heads", "n_kv_heads": "n_kv_heads",
        "head_dim": "head_dim", "d_ff": "d_ff", "seq_len": "sequence_length",
      ].compactMapValues { shape[$0]?.text() })
    // It trains until the budget is spent, whatever its account takes a token for.
    let (M, D) = (try chosen.M(), Self.target / (try chosen.M()))
    let loss = world.loss(M: M, D: D)
    trip.excess = loss / world.lowest(Self.target) - 1
    if account.name == "M" {
      #expect(shape["tokens"]?.double.map { abs($0 / D - 1) < 1e-12 } == true)
      let config = try #require(FileManager.default.contentsOfDirectory(atPath: base).first)
      let forecast = try #require(
        answer([
          "predict", "--law", base + ".law.json", "\(base)/\(config)/config.json", "--tokens", "\(D)",
          "--sequence-length", "4096", "--json",
        ])["loss"]?.object)
      let observed = loss * exp(World.noise * random.normal())
      trip.holds = try #require(forecast["low"]?.double) <= observed && observed <= #require(forecast["high"]?.double)
    }
    try FileManager.default.removeItem(atPath: base)
    return trip
  }

  /// 33 times the largest planned budget.
  private static let target = 1e22

  /// The exponent lies in its interval, and what is allocated loses next to nothing; counted by 6N1 or 6N2, the same
  /// runs of the same worlds lead to larger losses.
  @Test func fromABudgetToAModelAndBack() throws {
    let worlds = checking ? 200 : 3
    try withTemporaryFolder { folder in
      _ = try answer([
        "plan", "--budgets", "1e17...3e20", "--count", "8", "--shapes", "10", "--simulate", "0", "--write-runs",
        folder + "/runs.csv", "--json",
      ])
      let runs = Self.read(try String(contentsOfFile: folder + "/runs.csv", encoding: .utf8))
      #expect(runs.count == 80)
      for run in runs { #expect(try run.M() == run.number("flops_per_token")) }
      var trips: [[Trip?]] = []
      for account in Self.accounts { trips.append(try (0..<worlds).map { try trip($0, account, runs, folder) }) }

      let byM = trips[0].compactMap { $0 }
      #expect(byM.count * 100 >= 98 * worlds, "\(worlds - byM.count) of \(worlds) worlds gave no law")
      func median(_ trips: [Trip]) -> Double { trips.map(\.excess).sorted()[trips.count / 2] }
      func share(_ count: Int, _ all: Int) -> String { "\(count) of \(all)" }
      var report =
        "\(worlds) worlds: a inside its interval in \(byM.count { $0.covers }), the run inside its forecast in "
        + "\(byM.count { $0.holds }); median loss above the lowest: M \(100 * median(byM)) %"
      for (at, account) in Self.accounts.enumerated().dropFirst() {
        let pairs = zip(trips[at], trips[0]).compactMap { own, M in own.flatMap { own in M.map { (own, $0) } } }
        let no = pairs.count { $0.0.excess <= $0.1.excess }
        report += ", \(account.0) \(100 * median(pairs.map(\.0))) % (not worse than M in \(share(no, pairs.count)))"
        if checking { #expect(median(pairs.map(\.0)) > median(pairs.map(\.1)), "\(account.0)") }
      }
      print(report)
      #expect(median(byM) < 0.0025)
      if checking {
        #expect(byM.count { $0.covers } * 100 >= 88 * worlds)
        #expect(byM.count { $0.holds } * 100 >= 88 * worlds)
      }
    }
  }

  /// Where the optimum is outside every planned budget's shapes, there is no law, and the refusal says which side to add
  /// runs on.
  @Test(arguments: [9.0, 1.0 / 9]) func anOptimumOutsideThePlanIsRefused(factor: Double) throws {
    try withTemporaryFolder { folder in
      _ = try answer([
        "plan", "--budgets", "1e18...1e20", "--count", "4", "--shapes", "7", "--simulate", "0", "--write-runs",
        folder + "/runs.csv", "--json",
      ])
      var random = Generator(1)
      let runs = Self.read(try String(contentsOfFile: folder + "/runs.csv", encoding: .utf8))
      let world = World(&random, off: factor)
      try Self.train(runs, in: world, Self.accounts[0], &random, into: folder + "/lost.csv")
      let fit = isoflop("fit", folder + "/lost.csv", "--isoflop", "--save", folder + "/law.json")
      #expect(fit.status == 1 && fit.output.isEmpty)
      #expect(
        fit.errors.contains("(7 runs): the loss is lowest at the edge of the runs")
          && fit.errors.contains("add runs on the side where the loss still"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/law.json"))
    }
  }

  private let checking = ProcessInfo.processInfo.environment["ISOFLOP_CHECK"] == "1"
}
