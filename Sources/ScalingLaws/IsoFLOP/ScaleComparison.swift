import Input

/// The same IsoFLOP runs counted by M, by 6 N1 and by 6 N2 (DeepSeek LLM, arXiv 2401.02954, appendix A.2, figure 6):
/// each account gives its own budgets, its own exponents and its own loss curve, and so says something else about a
/// later run.
public struct ScaleComparison: Sendable {
  public var rows: [Row]
  /// What the runs of the later budget really cost, when one was asked for.
  public var compute: Double?

  public struct Row: Sendable {
    /// `M`, `6N1` or `6N2`, and the column it comes from.
    public var account: String
    public var column: String
    public var result: IsoFLOPResult
    /// Exponent of the scale and of tokens, in this account's compute.
    public var exponentSum: Double { result.model.law.exponent + result.data.law.exponent }
    /// The loss that this account predicts for the later budget, counted its own way.
    public var prediction: Prediction?
  }

  /// - Throws: `InputError` where fewer than two of the columns are filled, or a scale is chosen: each is one in turn.
  public static func compare(
    _ table: RunTable, selection: RunSelection, options: IsoFLOPOptions, compute: Double? = nil
  ) throws -> ScaleComparison {
    if let scale = selection.scale {
      throw InputError("is for one account, and each is compared", field: "scale", value: scale, hint: "leave it out")
    }
    let accounts = [("M", "flops_per_token", 1.0), ("6N1", "params_nonembedding", 6), ("6N2", "params_total", 6)]
      .filter { table.isFilled(selection.map[$0.1] ?? $0.1) }
    guard accounts.count > 1 else {
      throw InputError(
        "are needed to compare accounts of compute", field: "two of flops_per_token, params_nonembedding, params_total",
        hint: "the file has \(accounts.map(\.1).joined(separator: ", "))")
    }
    let rows = try accounts.map { account, column, k -> Row in
      var selection = selection
      selection.scale = column
      var set = try table.select(selection)
      // Budgets stay what they were; what a run cost is counted anew.
      let budgets = try BudgetRuns.group(set, logLoss: options.logLoss)
      set.warnings += IsoFLOPDiagnosis.unequal(budgets)
      for budget in budgets where budget.isOneBudget {
        for index in budget.runs {
          set.runs[index].budget = set.runs[index].budget ?? budget.compute
          set.runs[index].compute = k * set.runs[index].scale * set.runs[index].tokens
        }
      }
      set.runs.removeAll { $0.budget == nil }
      set.labelIsCompute = false
      set.flopsPerScale = k
      let result = try IsoFLOPFit.fit(set, options: options, atOptimum: true)
      return Row(account: account, column: column, result: result)
    }
    var comparison = ScaleComparison(rows: rows, compute: compute)
    guard let compute, let M = rows.first else { return comparison }
    // The run of that budget on M's optimum: its tokens are known, and its size in each account follows the account's
    // own ratio to M along the optimum.
    for at in comparison.rows.indices {
      let own = comparison.rows[at].result
      let counted = at == 0 ? compute : comparison.counted(compute, by: own, reference: M.result)
      comparison.rows[at].prediction = own.optimum(compute: counted)
    }
    return comparison
  }

  /// What a budget of the first account is in another: extrapolated along the budgets, C' = base C^exponent.
  private func counted(_ compute: Double, by other: IsoFLOPResult, reference: IsoFLOPResult) -> Double {
    let pairs = zip(reference.budgets, other.budgets).filter { $0.0.status == .fitted && $0.1.status == .fitted }
    guard let line = PowerLaw.through(pairs.map(\.0.compute), logs: pairs.map { logarithm($0.1.compute) }) else {
      return compute
    }
    return line.law(compute)
  }

  public var json: JSON {
    [
      "compute": compute.map { .number($0) } ?? .null,
      "accounts": .array(
        rows.map {
          [
            "account": .string($0.account), "column": .string($0.column), "exponent_sum": .number($0.exponentSum),
            "prediction": $0.prediction?.json ?? .null, "isoflop": $0.result.json,
          ]
        }),
    ]
  }
}
