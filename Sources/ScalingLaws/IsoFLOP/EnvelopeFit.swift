import Input

/// Chinchilla's approach 1: the envelope of training curves. At each of many budgets the run with the lowest loss so far
/// says which model is best there (Hoffmann et al. 2022, section 3.1).
///
/// It needs runs with checkpoints under one schedule each; checkpoints in mid-schedule sit above what a run of that
/// length with a schedule of its own would reach, which favours small models, and the result says so.
public struct EnvelopeResult: Sendable {
  public var model: PowerLaw
  public var data: PowerLaw
  /// Of the exponents and of the bases, from drawing curves with replacement.
  public var modelInterval: Interval?
  public var dataInterval: Interval?
  public var modelBaseInterval: Interval?
  public var dataBaseInterval: Interval?
  /// Budgets looked at, and those where the best run is neither the smallest nor the largest model there.
  public var budgets: Int
  public var used: Int
  public var curves: Int
  public var failedResamples: [String: Int]
  public var warnings: [FitWarning]
}

public enum EnvelopeFit {
  /// One training curve: ln C and ln L of its checkpoints, in order, with the model's scale.
  private struct Curve {
    var scale: Double
    var flops: Double
    var x: [Double]
    var y: [Double]

    /// ln L at ln C between two checkpoints; nil outside them.
    func loss(_ at: Double) -> Double? {
      guard let first = x.first, let last = x.last, at >= first, at <= last else { return nil }
      var (low, high) = (0, x.count - 1)
      while high - low > 1 {
        let middle = (low + high) / 2
        if x[middle] <= at { low = middle } else { high = middle }
      }
      guard x[high] > x[low] else { return y[low] }
      return y[low] + (y[high] - y[low]) * (at - x[low]) / (x[high] - x[low])
    }
  }

  /// - Parameters:
  ///   - set: runs with all their checkpoints (`RunSelection.keepCheckpoints`), one cluster a training.
  ///   - budgets: how many, evenly spaced in ln C.
  ///   - resampling: how intervals are made.
  /// - Throws: `InputError` for fewer than three curves; `WorkError` where the envelope passes through too few models.
  public static func fit(_ set: RunSet, budgets: Int = 1500, resampling: Resampling = Resampling(count: 1000)) throws
    -> EnvelopeResult
  {
    try resampling.check()
    guard resampling.scheme == .runs else {
      throw InputError("is not for the envelope: whole curves are drawn", field: "scheme", hint: "leave it out")
    }
    let curves = Dictionary(grouping: set.runs, by: \.cluster).sorted { $0.key < $1.key }.map(\.value)
      .filter { $0.count >= 2 }
      .map { rows -> Curve in
        let rows = rows.sorted { $0.compute < $1.compute }
        return Curve(
          scale: rows[0].scale, flops: rows[0].compute / rows[0].tokens, x: rows.map { logarithm($0.compute) },
          y: rows.map { logarithm($0.loss) })
      }
    guard curves.count >= 3 else {
      throw InputError(
        "have \(Numbers.counted(curves.count, "training curve")) with two or more checkpoints, where three are the least",
        field: "runs",
        hint: "give run_id and one row a checkpoint, with --keep-checkpoints")
    }
    let low = curves.compactMap { $0.x.first }.min() ?? 0
    let high = curves.compactMap { $0.x.last }.max() ?? 0
    let grid = (0..<budgets).map { low + (high - low) * (Double($0) + 0.5) / Double(budgets) }
    let losses = curves.map { curve in grid.map { curve.loss($0) } }

    func lines(_ weights: [Double]) -> (model: PowerLaw, data: PowerLaw, used: Int, models: Int)? {
      var (C, N, D): ([Double], [Double], [Double]) = ([], [], [])
      var winners: Set<Int> = []
      for (at, x) in grid.enumerated() {
        var best: (index: Int, loss: Double)?
        var (smallest, largest) = (Double.infinity, 0.0)
        for (index, curve) in curves.enumerated() where weights[index] > 0 {
          guard let loss = losses[index][at] else { continue }
          smallest = min(smallest, curve.scale)
          largest = max(largest, curve.scale)
          if loss < best?.loss ?? .infinity { best = (index, loss) }
        }
        guard let best, curves[best.index].scale > smallest, curves[best.index].scale < largest else { continue }
        winners.insert(best.index)
        C.append(exponential(x))
        N.append(logarithm(curves[best.index].scale))
        D.append(x - logarithm(curves[best.index].flops))
      }
      guard winners.count >= 2, let model = PowerLaw.through(C, logs: N), let data = PowerLaw.through(C, logs: D) else {
        return nil
      }
      return (model.law, data.law, C.count, winners.count)
    }

    let one = [Double](repeating: 1, count: curves.count)
    guard let found = lines(one), found.models >= 3 else {
      throw WorkError(
        "the envelope does not pass through three models between the smallest and the largest",
        hint: "add models between those that are best at low and at high compute")
    }
    let draw = ClusterDraw(Array(curves.indices))
    var samples: [(PowerLaw, PowerLaw)] = []
    var failed = 0
    var (counts, weights) = (one, one)
    let progress = WorkProgress.Stage("resamples", of: resampling.count)
    for index in 0..<resampling.count {
      try progress.check()
      defer { progress.add() }
      var random = Philox(seed: resampling.seed, stream: UInt64(index))
      weights.withUnsafeMutableBufferPointer { buffer in
        // SAFETY: one weight for each curve.
        if let base = buffer.baseAddress { draw.draw(&random, counts: &counts, weights: base) }
      }
      if let line = lines(weights) { samples.append((line.model, line.data)) } else { failed += 1 }
    }
    var result = EnvelopeResult(
      model: found.model, data: found.data,
      modelInterval: Interval(percentiles: samples.map(\.0.exponent), level: resampling.level),
      dataInterval: Interval(percentiles: samples.map(\.1.exponent), level: resampling.level),
      modelBaseInterval: Interval(percentiles: samples.map(\.0.base), level: resampling.level),
      dataBaseInterval: Interval(percentiles: samples.map(\.1.base), level: resampling.level), budgets: budgets,
      used: found.used, curves: curves.count,
      failedResamples: failed > 0 ? ["the envelope passed through fewer than two models": failed] : [:],
      warnings: set.warnings)
    result.warnings.append(
      FitWarning(
        .checkpointsDropped, .note,
        "the envelope is made of checkpoints in mid-schedule, which lie above what a run of that length would reach: "
          + "it favours small models; IsoFLOP profiles of finished runs do not"))
    if failed * 20 > resampling.count {
      result.warnings.append(
        FitWarning(
          .failedResamples,
          "\(Numbers.grouped(failed)) of \(Numbers.counted(resampling.count, "resample")) \(failed == 1 ? "has" : "have") no envelope to fit"
        ))
    }
    return result
  }
}

extension EnvelopeResult {
  /// The object under `envelope` in the output of `isoflop fit --envelope --json`.
  public var json: JSON {
    [
      "model": [
        "base": .number(model.base), "exponent": .number(model.exponent), "interval": modelInterval?.json ?? .null,
        "base_interval": modelBaseInterval?.json ?? .null,
      ],
      "data": [
        "base": .number(data.base), "exponent": .number(data.exponent), "interval": dataInterval?.json ?? .null,
        "base_interval": dataBaseInterval?.json ?? .null,
      ],
      "budgets": .integer(budgets), "used": .integer(used), "curves": .integer(curves),
      "failed_resamples": .integer(failedResamples.values.reduce(0, +)),
      "warnings": .array(warnings.map(\.json)),
    ]
  }
}
