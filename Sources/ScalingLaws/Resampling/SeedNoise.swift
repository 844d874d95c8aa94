import Input

/// What chance alone does to a loss, measured on runs that differ in nothing but their seed.
public struct SeedNoise: Equatable, Sendable {
  /// The standard deviation of ln L, pooled over the repeated settings.
  public var relative: Double
  /// Settings that were run more than once, and the degrees of freedom that their runs leave.
  public var settings: Int
  public var freedom: Int

  /// Nil where no setting was run twice, or where repeated runs do not differ at all (copies of a row are no runs).
  /// A setting is a group, scale, tokens, compute, batch and learning rate.
  public init?(_ runs: [Run]) {
    var slots: [Setting: Int] = [:]
    var (sums, counts): ([Double], [Int]) = ([], [])
    let logs = runs.map { logarithm($0.loss) }
    let slot = zip(runs, logs).map { run, log -> Int in
      let at = slots[Setting(run), default: counts.count]
      if at == counts.count {
        slots[Setting(run)] = at
        sums.append(0)
        counts.append(0)
      }
      sums[at] += log
      counts[at] += 1
      return at
    }
    var squares = 0.0
    for (at, log) in zip(slot, logs) where counts[at] > 1 {
      let deviation = log - sums[at] / Double(counts[at])
      squares += deviation * deviation
    }
    freedom = runs.count - counts.count
    settings = counts.count { $0 > 1 }
    guard freedom > 0, squares > 1e-24 else { return nil }
    relative = (squares / Double(freedom)).squareRoot()
  }

  private struct Setting: Hashable {
    private let group: Int
    private let scale, tokens, compute: Double
    private let batch, learningRate: Double?
    init(_ run: Run) {
      (group, scale, tokens, compute) = (run.group, run.scale, run.tokens, run.compute)
      (batch, learningRate) = (run.batchTokens, run.learningRate)
    }
  }

  /// The object under `seed_noise` in the output of `isoflop fit --json`.
  public var json: JSON {
    ["relative": .number(relative), "settings": .integer(settings), "freedom": .integer(freedom)]
  }
}

extension Resampling {
  /// The same with the size of the noise filled in from repeated runs, where the scheme asks for that.
  ///
  /// - Throws: `InputError` where the runs have no repeated setting to measure it on.
  func measured(on runs: [Run]) throws -> Resampling {
    guard case .noise(relative: nil) = scheme else { return self }
    guard let seen = SeedNoise(runs) else {
      throw InputError(
        "show no seed noise: no setting was run twice with different losses", field: "runs",
        hint: "give its size, --scheme noise=0.002, or resample runs")
    }
    var copy = self
    copy.scheme = .noise(relative: seen.relative)
    return copy
  }
}
