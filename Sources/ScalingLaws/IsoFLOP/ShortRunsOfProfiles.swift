/// What short runs may have added to the losses of profiles, as a surface through all of them shows it: profiles alone
/// cannot, because each of them is at one budget.
struct ShortRunsOfProfiles: Sendable {
  let test: ShortRunTest
  /// Of each run of the set, for a coefficient of 1.
  let shape: [Double]
  private let coefficient: Double
  private let error: Double

  /// Nil where every run is known to be long, or the runs determine no surface.
  init?(_ set: RunSet, logLoss: Bool) {
    guard ShortRunRule.mayMatter(set.runs), set.runs.count <= SurfaceSearch.many else { return nil }
    var options = ParametricOptions()
    options.loss = .squared
    options.residual = logLoss ? .log : .linear
    options.starts = 8
    options.resampling.count = 0
    guard let search = try? SurfaceSearch(set.runs, options: options), let found = try? search.minimum(),
      let term = search.shortRunTerm(found.best, set.runs)
    else { return nil }
    test = search.shortRunTest(term, found.best, set.runs)
    // What is added to a log of the loss is less by the loss.
    shape = logLoss ? zip(term.shape, set.runs).map { $0 / $1.loss } : term.shape
    coefficient = term.coefficient
    error = term.error
  }

  /// The test, with the exponent that profiles give without what was added.
  func test(exponent: Double?) -> ShortRunTest {
    var test = test
    test.exponent = exponent
    return test
  }

  /// What was added to each run, where anything was.
  var added: [Double] { shape.map { max(coefficient, 0) * $0 } }

  /// A coefficient that the runs allow as well, none below zero.
  func drawn(seed: UInt64, _ index: Int) -> Double {
    var random = Philox(seed: seed &+ 0x5348_4F52_5452_554E, stream: UInt64(index))
    return max(0, coefficient + error * random.normal())
  }
}

extension BudgetRuns {
  /// The same losses less what was added to each run of the set.
  func without(_ added: [Double]) -> BudgetRuns {
    var copy = self
    copy.loss = zip(loss, runs).map { $0 - added[$1] }
    return copy
  }
}
