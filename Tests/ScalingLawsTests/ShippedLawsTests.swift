import Input
import TestSupport
import Testing

@testable import ScalingLaws

/// What is shipped against the list of laws with their status: everything that is sure or second-hand, with that word,
/// and nothing that copies disagree on, that is from memory, or that has no coefficients.
@Suite struct ShippedLawsTests {
  /// Id and status of every law that was looked at when the list was made.
  static let list: [(id: String, status: String)] = [
    ("deepseek", "sure"), ("hoffmann_a3", "sure"), ("besiroglu", "sure"), ("hoffmann_a1a2", "incomplete"),
    ("kaplan", "incomplete"), ("porian", "second-hand"), ("pearce_song", "incomplete"), ("step_law", "sure"),
    ("moonlight", "second-hand"), ("bjorck", "conflict"), ("minicpm", "conflict"), ("cbs_zhang2024", "conflict"),
    ("mccandlish", "sure"), ("power_lines", "sure"), ("schaipp2026", "second-hand"), ("llama3", "sure"),
    ("farseer", "incomplete"), ("gadre", "incomplete"), ("sardana", "second-hand"), ("muennighoff", "second-hand"),
    ("krajewski", "second-hand"), ("abnar", "second-hand"), ("joint_moe", "incomplete"),
    ("clark_routed", "second-hand"), ("hunyuan_large", "second-hand"), ("ling_moe_hp", "memory"),
    ("ling_el", "incomplete"), ("ye_mixing", "incomplete"), ("shukor_mix", "incomplete"),
    ("quality_Q", "second-hand"), ("goyal_filtering", "incomplete"), ("kumar_precision", "sure"),
    ("tao_vocab", "sure"), ("nmm", "second-hand"), ("aghajanyan_modal", "second-hand"), ("lr_annealing", "incomplete"),
    ("gpt4_predict", "incomplete"), ("collapse", "incomplete"), ("bnsl", "sure"),
  ]

  @Test(arguments: list.map(\.id)) func shippedIfAndOnlyIfItsNumbersAreKnown(id: String) throws {
    let status = try #require(Self.list.first { $0.id == id }).status
    let laws = Law.published.filter { $0.id == id }
    if status == "sure" || status == "second-hand" {
      #expect(!laws.isEmpty)
      #expect(laws.allSatisfy { $0.status.rawValue == status })
      #expect(Law.notShipped[id] == nil)
    } else {
      #expect(laws.isEmpty)
      #expect(Law.notShipped[id] != nil)
    }
  }

  /// Nothing else is shipped but the two fits of this project.
  @Test func nothingElse() {
    let ids = Set(Law.published.map(\.id)).subtracting(Self.list.map(\.id))
    #expect(ids == ["deepseek_fig4a"])
    #expect(Law.published.filter { $0.id == "deepseek_fig4a" }.allSatisfy { $0.status == .fitted })
  }

  /// The resamples behind the two fits are those of a fit to the points: same centre, same spread.
  @Test func theFigureFitsCarryTheirUncertainty() throws {
    for (name, C, low, high) in [("deepseek_fig4a", 1e22, 4.5e10, 9e10), ("deepseek_fig4a:surface", 1e22, 2e10, 9e10)] {
      let law = try Law.named(name)
      let interval = try #require(law.optimumInterval(compute: C))
      #expect(interval.contains(try law.optimum(compute: C).scale))
      #expect(interval.lowerBound > low / 2 && interval.upperBound < high * 2)
    }
    // The 67B on the frontier: 0.655 to 0.667 bits/byte, a budget left out at a time.
    let law = try Law.named("deepseek_fig4a")
    let C = 9.9455336448e23
    let forecast = try law.forecast(size: law.optimum(compute: C).scale, tokens: C / law.optimum(compute: C).scale)
    let interval = try #require(forecast.interval)
    #expect(interval.lowerBound < 0.655 && interval.upperBound > 0.667 && interval.upperBound < 0.72)
  }

  /// What `fit --save` writes of profiles predicts with an interval.
  @Test(.enabled(if: OutsideData.path("deepseek-fig4a.csv") != nil)) func aSavedFitOfProfilesHasAnInterval() throws {
    var selection = RunSelection()
    selection.scale = "flops_per_token"
    let all = try RunTable.read(try #require(OutsideData.path("deepseek-fig4a.csv"))).select(selection)
    var options = IsoFLOPOptions()
    options.resampling.count = 300
    options.alternatives = false
    let fit = try IsoFLOPFit.fit(all.filter { $0.compute < 1.5e19 }, options: options)
    let law = try Law(json: fit.law(id: "small", source: "test").json)
    let best = try law.optimum(compute: 3e20)
    let forecast = try law.forecast(size: best.scale, tokens: 3e20 / best.scale)
    #expect(try #require(forecast.interval).contains(0.8870))
    #expect(try #require(law.optimumInterval(compute: 3e20)).contains(9.354e9))
    #expect(Law.published.filter { $0.name == "deepseek_fig4a" }.allSatisfy { abs($0.curveDraws.count - 100) < 1 })
  }
}
