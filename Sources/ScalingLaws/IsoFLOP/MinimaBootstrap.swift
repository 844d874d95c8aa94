/// Resamples of all budgets' minima. Minima first, lines afterwards, because a weighted line needs to know how far
/// each minimum moves.
struct MinimaBootstrap {
  private let profiles: [BudgetRuns]
  private let usable: [Int]
  private let options: IsoFLOPOptions
  private let clusters: [Int]
  /// What short runs may have added, which every other resample takes away.
  private let allowance: ShortRunsOfProfiles?
  private var drawn: [Draw] = []

  /// The minima of one resample, for the usable budgets; NaN where one was lost.
  private struct Draw: Sendable {
    var scale: [Double]
    var tokens: [Double]
    var loss: [Double]
    var status: [ProfileStatus]
    /// How often each budget counts in the lines.
    var weight: [Double]
  }

  struct Summary {
    var interval: Interval?
    var tokens: Interval?
    var loss: Interval?
    var lost: [String: Int]
  }

  init(
    profiles: [BudgetRuns], usable: [Int], clusters: [Int], options: IsoFLOPOptions,
    allowance: ShortRunsOfProfiles? = nil
  ) {
    self.allowance = allowance
    self.profiles = profiles
    self.usable = usable
    self.clusters = clusters
    self.options = options
  }

  /// Draws nothing, so that there are no intervals, where residuals are to be drawn and there are none.
  mutating func run() throws {
    let settings = options.resampling
    guard settings.count > 0 else { return }
    let (profiles, options, allowance) = (usable.map { self.profiles[$0] }, self.options, self.allowance)
    let base = profiles.map { $0.curve(options.method) }
    let pooled = BudgetRuns.pooledNoise(profiles, options.method)
    if case .residuals = settings.scheme, pooled == nil { return }
    let noise = profiles.map { $0.noise(options.method, atLeastFreedom: 3) ?? pooled ?? 0 }
    let labels = profiles.map { $0.runs.map { clusters[$0] } }
    let whole = ClusterDraw(labels.flatMap { $0 })
    // Whole budgets are drawn when no cluster reaches over two and none is smaller than a budget.
    let byBudget = whole.clusters == profiles.count && labels.allSatisfy { Set($0).count == 1 }
    let within = labels.map { ClusterDraw($0) }
    // Clusters of several runs reach over budgets (one model, say) and are drawn as they are.
    let separate = options.withinBudgets && whole.clusters == labels.reduce(0) { $0 + $1.count }
    drawn = try inParallel("resamples", count: settings.count, chunk: 64, workers: settings.workers) { range in
      var counts = [Double](repeating: 0, count: whole.clusters)
      var all = [Double](repeating: 1, count: labels.reduce(0) { $0 + $1.count })
      var losses = [Double](repeating: 0, count: labels.map(\.count).max() ?? 0)
      return range.map { index in
        var random = Philox(seed: settings.seed, stream: UInt64(index))
        // Numbers of its own, so that the rest of a resample is the same with and without an allowance.
        let added = index % 2 == 1 ? allowance?.drawn(seed: settings.seed, index) : nil
        var draw = Draw(scale: [], tokens: [], loss: [], status: [], weight: [])
        if case .runs = settings.scheme, !separate {
          all.withUnsafeMutableBufferPointer { buffer in
            // SAFETY: one weight for each run of the usable budgets, which is what `whole` was made with.
            if let base = buffer.baseAddress { whole.draw(&random, counts: &counts, weights: base) }
          }
        }
        var offset = 0
        for (b, profile) in profiles.enumerated() {
          let n = profile.x.count
          var lineWeight = 1.0
          var changed = (losses: false, weights: false)
          switch settings.scheme {
          case .residuals:
            for i in 0..<n { losses[i] = base[b][i] + noise[b] * random.normal() }
            changed.losses = true
          case .noise:
            // `measured(on:)` has filled it in.
            let relative = settings.scheme.noise ?? 0
            for i in 0..<n {
              losses[i] = profile.loss[i] + relative * (options.logLoss ? 1 : profile.loss[i]) * random.normal()
            }
            changed.losses = true
          case .runs where byBudget: lineWeight = all[offset]
          case .runs:
            if separate {
              all.withUnsafeMutableBufferPointer { buffer in
                // SAFETY: the piece of `all` from `offset` on has one weight for each run of this budget.
                if let base = buffer.baseAddress {
                  within[b].draw(&random, counts: &counts, weights: base + offset)
                }
              }
            }
            changed.weights = true
          }
          if changed.losses, let added {
            for i in 0..<n { losses[i] -= added * (allowance?.shape[profile.runs[i]] ?? 0) }
          }
          let vertex = losses.withUnsafeBufferPointer { losses in
            all.withUnsafeBufferPointer { all in
              profile.vertices(
                options.method,
                weights: changed.weights ? UnsafeBufferPointer(rebasing: all[offset..<offset + n]) : nil,
                loss: changed.losses ? losses : nil)
            }
          }
          offset += n
          let status = vertex.scale.status == .fitted ? vertex.tokens.status : vertex.scale.status
          let usable = vertex.scale.isUsableResample && vertex.tokens.isUsableResample
          draw.status.append(status)
          draw.scale.append(usable ? vertex.scale.x : .nan)
          draw.tokens.append(usable ? vertex.tokens.x : .nan)
          draw.loss.append(options.logLoss ? exponential(vertex.scale.value) : vertex.scale.value)
          draw.weight.append(lineWeight)
        }
        return draw
      }
    }
  }

  /// What the resamples say about one budget; nil for one that is not used.
  func summary(of budget: Int) -> Summary? {
    guard let at = usable.firstIndex(of: budget), !drawn.isEmpty else { return nil }
    let kept = drawn.filter { $0.scale[at].isFinite }
    var lost: [String: Int] = [:]
    for draw in drawn where draw.status[at] != .fitted { lost[draw.status[at].rawValue, default: 0] += 1 }
    func interval(_ value: (Draw) -> Double) -> Interval? {
      Interval(percentiles: kept.map(value), level: options.resampling.level)
    }
    return Summary(
      interval: interval { exponential($0.scale[at]) }, tokens: interval { exponential($0.tokens[at]) },
      loss: interval { $0.loss[at] }, lost: lost)
  }

  /// The standard deviation of ln scale at each usable budget's minimum.
  private var deviations: [Double] {
    usable.indices.map { at in standardDeviation(drawn.map { $0.scale[at] }.filter { $0.isFinite }) }
  }

  /// The level of percentiles that keeps the promise of `level` although each budget's noise is itself estimated from a
  /// few residuals: resamples drawn with estimated noise are normal where the truth is Student's t. The freedom is
  /// Satterthwaite's for the variance of the slope, but at least 20: one thin budget at the end of the line, which would
  /// bring it down, has a tail of its own among the resamples already.
  func percentileLevel(compute: [Double]) -> Double {
    let level = options.resampling.level
    guard case .residuals = options.resampling.scheme, !drawn.isEmpty else { return level }
    let x = compute.map { logarithm($0) }
    let middle = mean(x)
    var (sum, squares) = (0.0, 0.0)
    let deviations = self.deviations
    for (at, index) in usable.enumerated() {
      let deviation = deviations[at]
      let part = (x[at] - middle) * (x[at] - middle) * deviation * deviation
      let freedom = max(profiles[index].x.count - (options.method == .cubic ? 4 : 3), 1)
      sum += part
      squares += part * part / Double(freedom)
    }
    guard squares > 0 else { return level }
    let t = studentQuantile((1 + level) / 2, freedom: max(20, Int(sum * sum / squares)))
    return min(2 * normalDistribution(t) - 1, 0.9995)
  }

  /// 1 / variance of each usable budget's minimum.
  func weights() -> [Double]? {
    let deviations = self.deviations
    guard deviations.allSatisfy({ $0 > 0 }) else { return nil }
    return deviations.map { 1 / ($0 * $0) }
  }

  /// The laws of each resample. One that keeps fewer than three minima (or two of two) has none.
  func lines(
    compute: [Double], weights: [Double]?
  ) throws -> (samples: [IsoFLOPResult.Sample], failures: [String: Int]) {
    let needed = min(3, compute.count)
    let wantsLoss = compute.count >= 4
    let drawn = self.drawn
    let results = try inParallel("resamples", count: drawn.count, chunk: 64, workers: options.resampling.workers) {
      range -> [IsoFLOPResult.Sample?] in
      range.map { index in
        let draw = drawn[index]
        let kept = compute.indices.filter { draw.scale[$0].isFinite && draw.weight[$0] > 0 }
        guard kept.count >= needed else { return nil }
        let C = kept.map { compute[$0] }
        let w = kept.map { (weights?[$0] ?? 1) * draw.weight[$0] }
        guard let model = PowerLaw.through(C, logs: kept.map { draw.scale[$0] }, weights: w),
          let data = PowerLaw.through(C, logs: kept.map { draw.tokens[$0] }, weights: w),
          let pure = PowerLaw.through(C, logs: kept.map { logarithm(draw.loss[$0]) })
        else { return nil }
        let loss =
          wantsLoss && kept.count >= 4
          ? LossCurveFit.offset(compute: C, loss: kept.map { draw.loss[$0] }, tolerance: 1e-5)?.law : nil
        return IsoFLOPResult.Sample(
          model: model.law, data: data.law, loss: loss, pureLoss: LossCurveFit.pure(pure.law))
      }
    }
    let samples = results.compactMap { $0 }
    let failed = results.count - samples.count
    return (samples, failed > 0 ? ["fewer than \(needed) budgets kept a minimum": failed] : [:])
  }
}

extension BudgetRuns {
  /// The fitted curve at each point (the points themselves for an interpolant).
  func curve(_ method: ProfileMethod) -> [Double] {
    switch method {
    case .parabola: scaleAxis.fitted(loss, degree: 2) ?? loss
    case .cubic: scaleAxis.fitted(loss, degree: 3) ?? loss
    case .akima: loss
    }
  }

  /// Squared deviations from the curve and their freedom. An interpolant has no residuals: there each point is
  /// compared with the cubic through its four neighbours.
  private func squares(_ method: ProfileMethod) -> (sum: Double, freedom: Int) {
    if method == .akima { return neighbourSquares() }
    let sum = zip(curve(method), loss).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (sum, x.count - (method == .cubic ? 4 : 3))
  }

  /// Pseudo-residuals (Gasser, Sroka and Jennen-Steinmetz 1986, there with two neighbours): what a point differs by
  /// from the interpolation of the two on either side, divided by how much noise that difference holds.
  private func neighbourSquares() -> (sum: Double, freedom: Int) {
    guard x.count >= 5 else { return (0, 0) }
    var (sum, count) = (0.0, 0)
    for i in 2..<x.count - 2 {
      let others = [i - 2, i - 1, i + 1, i + 2]
      var (value, variance) = (0.0, 1.0)
      for j in others {
        var factor = 1.0
        for k in others where k != j { factor *= (x[i] - x[k]) / (x[j] - x[k]) }
        value += factor * loss[j]
        variance += factor * factor
      }
      guard variance.isFinite else { continue }
      sum += (loss[i] - value) * (loss[i] - value) / variance
      count += 1
    }
    return (sum, count)
  }

  /// The standard deviation of the losses about the curve; nil where too few points are left to tell.
  func noise(_ method: ProfileMethod, atLeastFreedom least: Int = 1) -> Double? {
    let (sum, freedom) = squares(method)
    return freedom >= least ? (sum / Double(freedom)).squareRoot() : nil
  }

  /// nil where every curve goes through all its points: nothing is left then to tell noise by.
  static func pooledNoise(_ profiles: [BudgetRuns], _ method: ProfileMethod) -> Double? {
    let parts = profiles.map { $0.squares(method) }.filter { $0.freedom > 0 }
    let freedom = parts.reduce(0) { $0 + $1.freedom }
    return freedom > 0 ? (parts.reduce(0) { $0 + $1.sum } / Double(freedom)).squareRoot() : nil
  }
}
