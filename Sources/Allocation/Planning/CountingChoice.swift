import Input
import ScalingLaws

/// What counting tokens by M, by 6 N1 or by 6 N2 would have trained, from IsoFLOP runs that were made: each account is
/// fitted by itself, takes the real shape of the size that its own law gives for the budget, and trains until the true
/// budget is spent. What that costs is judged by the fit in M.
public struct CountingChoice: Sendable {
  /// `M`, `6N1`, `6N2`.
  public var account: String
  /// Of the account's size in its compute.
  public var exponent: Double
  public var counted: CountedShape
  /// The true budget over the shape's M.
  public var tokens: Double
  /// The shape's M over the optimum of the fit in M.
  public var relativeSize: Double
  /// Loss above that optimum's; nil too far off it for a parabola.
  public var lossPenalty: Double?
  /// The share of the budget that the optimum would not need for the same loss.
  public var computeWasted: Double?

  /// - Throws: `InputError` where the runs lack M or both parameter counts, or a law gives no real shape.
  public static func decide(
    _ table: RunTable, target C: Double, shapes: ShapeTable, selection: RunSelection = RunSelection(),
    options: IsoFLOPOptions = IsoFLOPOptions()
  ) throws -> [CountingChoice] {
    try requirePositive(C, "compute", "the budget to decide about")
    var options = options
    options.resampling.count = 0
    options.alternatives = false
    let comparison = try ScaleComparison.compare(table, selection: selection, options: options)
    guard let reference = comparison.rows.first(where: { $0.account == "M" }) else {
      throw InputError("is needed to say what a choice costs", field: "flops_per_token", hint: "the column of M")
    }
    let law = try reference.result.law(id: "M", source: "runs")
    let best = law.modelSize?(C) ?? reference.result.model.law(C)
    return try comparison.rows.map { row in
      let measure: SizeMeasure = row.account == "M" ? .M : row.account == "6N1" ? .nonEmbedding : .total
      let search = ShapeSearch(table: shapes, measure: measure)
      // Sizes are in the column's own unit: parameters for 6N.
      guard let counted = try search.nearest(to: row.result.model.law(C), count: 1).first else {
        throw InputError("has no shape of that size", field: "style", value: shapes.style.name)
      }
      let M = Double(counted.count.M)
      let distance = logarithm(M / best)
      var penalty: Double?
      if let curvature = law.curvature, abs(distance) < LawPoint.parabolaHolds {
        penalty = curvature(C) * distance * distance
      }
      let wasted = penalty.flatMap { penalty in
        law.lossCurve.flatMap { curve in curve.inverse(curve(C) + penalty).map { 1 - $0 / C } }
      }
      return CountingChoice(
        account: row.account, exponent: row.result.model.law.exponent, counted: counted, tokens: C / M,
        relativeSize: M / best, lossPenalty: penalty, computeWasted: wasted)
    }
  }
}

extension CountingChoice {
  /// A row of `isoflop compare --runs --json`.
  public var json: JSON {
    func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    return [
      "account": .string(account), "exponent": .number(exponent), "n_layers": .integer(counted.shape.layers),
      "d_model": .integer(counted.shape.width), "M": .integer(counted.count.M), "tokens": .number(tokens),
      "size_over_optimum": .number(relativeSize), "loss_penalty": number(lossPenalty),
      "compute_wasted": number(computeWasted),
    ]
  }
}
