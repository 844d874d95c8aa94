import Architectures
import Input
import ScalingLaws
import Sweep

/// What to allocate: a budget, a law, and what reality demands of the model.
public struct AllocationRequest: Sendable {
  public var budget: Budget
  public var law: Law
  /// Where learning rate and batch come from, if not from `law`.
  public var hyperparameterLaw: Law?
  public var sequenceLength = 4096
  /// Shares of the tokens at other lengths; empty: all at `sequenceLength`.
  public var lengthSchedule: [LengthPhase] = []
  public var style = ModelStyle.deepSeek
  /// The style's shapes, made before; nil: made for this request.
  public var shapeTable: ShapeTable?
  /// A grid to take shapes from instead of the style, and how it is searched.
  public var grid: Grid?
  public var sweep = SweepOptions()
  public var constraints = ShapeConstraints()
  /// Real shapes to come back with.
  public var architectures = 5
  /// A size (in the law's own unit) or a number of tokens that is given, not chosen.
  public var fixed: Fixed?
  /// Unique tokens there are; beyond them tokens repeat.
  public var uniqueTokens: Double?
  /// Tokens to be served over the model's life, out of the same budget.
  public var inferenceTokens: Double?
  /// The band holds every size whose loss is within this share of the lowest.
  public var bandTolerance = 0.0025
  /// Sequences of a batch come in multiples of this.
  public var batchMultiple = 8
  public var economics: Economics?

  public init(budget: Budget, law: Law) {
    self.budget = budget
    self.law = law
  }

  public enum Fixed: Sendable, Equatable {
    case size(Double)
    case tokens(Double)
    /// A model as it is: its tokens are C over its own M, not over what the law takes a token to cost.
    case model(GivenModel)

    var isModel: Bool { if case .model = self { true } else { false } }
  }

  /// What shapes are measured by: the law's unit, but the active parameters of mixtures where the law counts the
  /// parameters of dense models, because those are what its C = 6 N D is about.
  var measure: SizeMeasure {
    let own = SizeMeasure(law.scale)
    return grid == nil && !style.mixtures.isEmpty && own != .M ? .active : own
  }

  /// A share of the tokens trained at one sequence length.
  public struct LengthPhase: Sendable, Equatable {
    public var share: Double
    public var sequenceLength: Int
    public init(share: Double, sequenceLength: Int) {
      self.share = share
      self.sequenceLength = sequenceLength
    }
  }

  /// - Throws: `InputError` that names the first number that cannot be used.
  func validate() throws {
    try constraints.validate()
    guard grid == nil || constraints == ShapeConstraints() else {
      throw InputError("go into the grid's own constraints where there is a grid", field: "constraints")
    }
    for length in [sequenceLength] + lengthSchedule.map(\.sequenceLength) where length <= 0 || length > 1 << 30 {
      throw InputError("is not a sequence length from 1 to 2^30", field: "sequence_length", value: "\(length)")
    }
    guard architectures >= 0 else {
      throw InputError("is negative", field: "architectures", value: "\(architectures)")
    }
    guard batchMultiple > 0 else {
      throw InputError("is not a positive integer", field: "batch_multiple", value: "\(batchMultiple)")
    }
    guard bandTolerance > 0, bandTolerance < 1 else {
      throw InputError(
        "is not between 0 and 1", field: "band", value: "\(bandTolerance)", hint: "0.0025 is a quarter of a percent")
    }
    switch fixed {
    case .size(let size): try requirePositive(size, "fixed size", law.scale.words)
    case .tokens(let tokens): try requirePositive(tokens, "fixed tokens")
    case .model, nil: break
    }
    if let uniqueTokens { try requirePositive(uniqueTokens, "unique_tokens") }
    if let inferenceTokens { try requirePositive(inferenceTokens, "inference_tokens") }
    if !lengthSchedule.isEmpty {
      for phase in lengthSchedule { try requirePositive(phase.share, "length_schedule", "a share of the tokens") }
      let sum = lengthSchedule.map(\.share).reduce(0, +)
      guard abs(sum - 1) < 1e-9 else {
        throw InputError(
          "has shares that sum to \(digits(sum)), not to 1", field: "length_schedule",
          hint: "of all tokens, such as 0.9:4096,0.1:32768")
      }
    }
  }
}
