import Architectures
import FLOPCount
import Input
import ScalingLaws

/// An IsoFLOP experiment to plan: budgets, and for each of them shapes on both sides of the law's optimum.
public struct PlanRequest: Sendable {
  /// In FLOPs, smallest first.
  public var budgets: [Double]
  public var shapesPerBudget = 10
  public var law: Law
  public var hyperparameterLaw: Law?
  public var style = ModelStyle.deepSeek
  public var sequenceLength = 4096
  public var constraints = ShapeConstraints()
  /// The largest shape of a budget over its optimum, and the optimum over the smallest.
  public var span = 4.0
  /// What a token is counted as when tokens follow from the budget: M, or one of the estimates that leave attention out.
  public var account = TokenAccount.M
  public var batchMultiple = 8
  /// Runs of fewer steps are warned about.
  public var fewestSteps = 4000.0

  public init(budgets: [Double], law: Law) {
    self.budgets = budgets
    self.law = law
  }

  /// `count` budgets from `low` to `high`, equal factors apart.
  public static func budgets(from low: Double, to high: Double, count: Int) throws -> [Double] {
    try requirePositive(low, "budgets", "FLOPs, such as 1e17...3e20")
    try requirePositive(high, "budgets", "FLOPs, such as 1e17...3e20")
    guard low < high else {
      throw InputError(
        "is an empty range: it does not end above its start", field: "budgets",
        value: "\(digits(low))...\(digits(high))", hint: "smaller budget first, such as 1e17...3e20")
    }
    guard (2...1000).contains(count) else {
      throw InputError(
        "is not a number of budgets from 2 to 1,000", field: "count", value: "\(count)", hint: "8 is usual")
    }
    let step = (logarithm(high) - logarithm(low)) / Double(count - 1)
    return (0..<count).map { $0 == count - 1 ? high : low * exponential(step * Double($0)) }
  }

  func validate() throws {
    try constraints.validate()
    for budget in budgets { try requirePositive(budget, "budgets", "in FLOPs") }
    guard !budgets.isEmpty else { throw InputError("are none", field: "budgets", hint: "such as 1e17...3e20") }
    guard shapesPerBudget >= 3, shapesPerBudget <= 1000 else {
      throw InputError(
        "is not a number of shapes from 3 to 1,000", field: "shapes", value: "\(shapesPerBudget)",
        hint: "a parabola needs three, and five to mean something")
    }
    guard span > 1, span <= 1000 else {
      throw InputError("is not a factor between 1 and 1000", field: "span", value: "\(span)", hint: "4 is usual")
    }
    guard batchMultiple > 0 else {
      throw InputError("is not a positive integer", field: "batch_multiple", value: "\(batchMultiple)")
    }
    guard sequenceLength > 0, sequenceLength <= 1 << 30 else {
      throw InputError("is not a sequence length from 1 to 2^30", field: "sequence_length", value: "\(sequenceLength)")
    }
  }
}

/// What a training token is taken to cost.
public enum TokenAccount: String, Sendable, CaseIterable {
  /// What the shape's matrix products cost.
  case M
  /// 6 x non-embedding parameters.
  case sixN1 = "6N1"
  /// 6 x all parameters.
  case sixN2 = "6N2"

  public func of(_ count: ShapeCount) -> Double {
    switch self {
    case .M: Double(count.M)
    case .sixN1: Double(count.sixN1)
    case .sixN2: Double(count.sixN2)
    }
  }
}

/// A planned experiment: what each run trains, and what all of it costs.
public struct Plan: Sendable {
  public var law: Law
  public var runs: [PlannedRun]
  public var warnings: [String]

  /// FLOPs of all runs by M, whatever the account was.
  public var compute: Double { runs.reduce(0) { $0 + $1.trueCompute } }
}

/// One run of a plan.
public struct PlannedRun: Sendable {
  public var name: String
  public var budget: Double
  public var counted: CountedShape
  /// What a token was taken to cost.
  public var flopsPerToken: Double
  /// budget / flopsPerToken.
  public var tokens: Double
  public var learningRate: Double?
  public var batch: AllocationReport.RunnableBatch?
  /// The size over the law's optimum for the budget.
  public var relativeSize: Double

  public var trueCompute: Double { Double(counted.count.M) * tokens }
}
