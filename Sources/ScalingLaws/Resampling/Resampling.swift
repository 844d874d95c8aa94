/// How a resample is made.
public enum ResamplingScheme: Equatable, Sendable {
  /// Runs (or clusters of runs) are drawn with replacement.
  case runs
  /// The fitted law plus residuals drawn with replacement: the grid stays as it was.
  case residuals
  /// Each loss gets normal noise of this relative standard deviation: the seed noise. Nil measures it on the runs that
  /// repeat a setting (`SeedNoise`).
  case noise(relative: Double?)

  /// The relative noise of `.noise`, where it is known.
  var noise: Double? { if case .noise(let relative) = self { relative } else { nil } }

  public var name: String {
    switch self {
    case .runs: "runs"
    case .residuals: "residuals"
    case .noise: "noise"
    }
  }
}

/// How many resamples, from which seed, how wide an interval.
public struct Resampling: Equatable, Sendable {
  public var scheme = ResamplingScheme.runs
  public var count = 4000
  public var seed: UInt64 = 1
  public var level = 0.95
  /// 1 keeps to the calling thread; nil uses the machine.
  public var workers: Int?

  public init(count: Int = 4000, seed: UInt64 = 1, level: Double = 0.95) {
    self.count = count
    self.seed = seed
    self.level = level
  }
}

/// Draws clusters with replacement.
struct ClusterDraw: Sendable {
  /// The cluster of each point, from 0.
  private let cluster: [Int]
  let clusters: Int

  init(_ labels: [Int]) {
    var index: [Int: Int] = [:]
    cluster = labels.map { label in
      let next = index.count
      return index[label, default: next] == next
        ? {
          index[label] = next; return next
        }() : index[label] ?? next
    }
    clusters = index.count
  }

  /// How often each point was drawn.
  func draw(_ random: inout Philox, counts: inout [Double], weights: UnsafeMutablePointer<Double>) {
    for i in 0..<clusters { counts[i] = 0 }
    for _ in 0..<clusters { counts[random.index(below: clusters)] += 1 }
    for i in cluster.indices { weights[i] = counts[cluster[i]] }
  }
}

/// An estimate with what resampling says about it.
public struct Interval: Equatable, Sendable {
  public var low: Double
  public var high: Double
  /// The standard deviation of the resamples.
  public var standardError: Double

  public init(low: Double, high: Double, standardError: Double) {
    self.low = low
    self.high = high
    self.standardError = standardError
  }

  /// The percentile interval of resampled values; nil for fewer than two.
  public init?(percentiles values: [Double], level: Double) {
    let sorted = values.sorted()
    guard sorted.count > 1, let low = quantile(sorted, (1 - level) / 2), let high = quantile(sorted, (1 + level) / 2)
    else { return nil }
    self.init(low: low, high: high, standardError: standardDeviation(values))
  }

  public func contains(_ value: Double) -> Bool { low <= value && value <= high }
  public var width: Double { high - low }
}
