import Architectures
import FLOPCount
import Input
import ScalingLaws
import Sweep

/// What to train for a budget: size, tokens, hyper-parameters, the shapes that come closest, and how sure all that is.
public struct AllocationReport: Sendable {
  public var compute: Double
  public var law: Law
  public var sequenceLength: Int
  /// The size in the law's own unit.
  public var size: Double
  public var tokens: Double
  /// The 95 % interval of the compute-optimal size; nil where the law has no resamples, or the size was given.
  public var sizeInterval: ClosedRange<Double>?
  /// The size in FLOPs per token: the law's own where its unit is M, else converted with the nearest real shape; nil
  /// where there is none.
  public var M: Double?
  public var learningRate: Double?
  public var batchTokens: Double?
  public var hyperparameterLaw: String
  public var schedule: LearningRateSchedule?
  public var loss: Forecast?
  public var band: Band?
  public var data: Repetition?
  /// FLOPs spent on serving, out of `compute`.
  public var servingCompute: Double?
  public var offOptimum: OffOptimum?
  public var bill: Economics.Bill?
  /// What the bill was worked out with.
  public var economics: Economics?
  /// The model that was given, where one was.
  public var model: GivenModel?
  public var architectures: [Candidate] = []
  public var runnableBatch: RunnableBatch?
  /// How the grid was searched, where there was one.
  public var sweep: SweepResult?
  public var warnings: [String] = []

  /// A loss with its 95 % interval; the ends are nil where the law says nothing of its uncertainty.
  public struct Forecast: Sendable, Equatable {
    public var value: Double
    public var low: Double?
    public var high: Double?
    public var unit: String
  }

  /// Every size whose loss is within the tolerance of the lowest, at the same budget.
  public struct Band: Sendable, Equatable {
    public var tolerance: Double
    public var sizes: ClosedRange<Double>
    public var tokens: ClosedRange<Double>
    /// The law it comes from, where the law allocated with has no loss.
    public var law: String
  }

  /// Training on more tokens than there are.
  public struct Repetition: Sendable, Equatable {
    public var unique: Double
    public var epochs: Double
    /// Fresh tokens that the repeated ones are worth.
    public var effective: Double
  }

  /// A size or a number of tokens that was given: where the optimum would have been, and what the difference costs.
  public struct OffOptimum: Sendable, Equatable {
    public var optimalSize: Double
    public var optimalTokens: Double
    /// In the law's unit of loss.
    public var lossPenalty: Double?
    /// FLOPs with which the optimum reaches the same loss; nil where the law has no loss.
    public var equivalentCompute: Double?
    /// The law the penalty comes from.
    public var penaltyLaw: String?
    /// The given size and tokens over the optimal ones: tokens above 1 are past the optimum.
    public var sizeRatio: Double
    public var tokensRatio: Double

    init(
      size: Double, tokens: Double, optimalSize: Double, optimalTokens: Double, lossPenalty: Double? = nil,
      equivalentCompute: Double? = nil, penaltyLaw: String? = nil
    ) {
      self.optimalSize = optimalSize
      self.optimalTokens = optimalTokens
      self.lossPenalty = lossPenalty
      self.equivalentCompute = equivalentCompute
      self.penaltyLaw = penaltyLaw
      sizeRatio = size / optimalSize
      tokensRatio = tokens / optimalTokens
    }
  }

  /// A batch that can be run: whole sequences, in multiples.
  public struct RunnableBatch: Sendable, Equatable {
    public var sequences: Int
    public var tokens: Int
    public var steps: Int
  }

  /// A real shape with what the budget buys for it.
  public struct Candidate: Sendable {
    public var counted: CountedShape
    /// Training FLOPs per token over the length schedule; M itself where there is one length.
    public var flopsPerToken: Double
    /// C / M.
    public var tokens: Double
    public var relativeSize: Double
    public var loss: Double?
  }

  public var batchSequences: Double? { batchTokens.map { $0 / Double(sequenceLength) } }
  public var steps: Double? { batchTokens.map { tokens / $0 } }
}

extension AllocationReport {
  /// The object that `isoflop allocate --json` promises.
  public var json: JSON {
    func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    var object = JSONObject([
      ("compute", .number(compute)), ("law", .string(law.name)), ("law_status", .string(law.status.rawValue)),
      ("M_opt", number(M)), ("D_opt", .number(tokens)), ("size", .number(size)),
      ("size_unit", .string(law.scale.rawValue)),
      ("size_interval", sizeInterval.map { [.number($0.lowerBound), .number($0.upperBound)] } ?? .null),
      ("learning_rate", number(learningRate)),
      ("batch_tokens", number(batchTokens)), ("batch_sequences", number(batchSequences)), ("steps", number(steps)),
      ("sequence_length", .integer(sequenceLength)), ("hyperparameter_law", .string(hyperparameterLaw)),
    ])
    object["runnable_batch"] =
      runnableBatch.map { batch in
        ["sequences": .integer(batch.sequences), "tokens": .integer(batch.tokens), "steps": .integer(batch.steps)]
      } ?? .null
    object["schedule"] = schedule.map(\.json) ?? .null
    object["loss"] =
      loss.map { loss in
        ["value": .number(loss.value), "low": number(loss.low), "high": number(loss.high), "unit": .string(loss.unit)]
      } ?? .null
    object["band"] =
      band.map { band in
        [
          "tolerance": .number(band.tolerance),
          "size": [.number(band.sizes.lowerBound), .number(band.sizes.upperBound)],
          "tokens": [.number(band.tokens.lowerBound), .number(band.tokens.upperBound)], "law": .string(band.law),
        ]
      } ?? .null
    if let data {
      object["data"] = [
        "unique_tokens": .number(data.unique), "epochs": .number(data.epochs),
        "effective_tokens": .number(data.effective),
      ]
    }
    object["serving_compute"] = servingCompute.map { .number($0) }
    if let offOptimum {
      object["off_optimum"] = [
        "size_opt": .number(offOptimum.optimalSize), "D_opt": .number(offOptimum.optimalTokens),
        "size_over_optimum": .number(offOptimum.sizeRatio), "tokens_over_optimum": .number(offOptimum.tokensRatio),
        "loss_penalty": number(offOptimum.lossPenalty), "equivalent_compute": number(offOptimum.equivalentCompute),
        "law": offOptimum.penaltyLaw.map { .string($0) } ?? .null,
      ]
    }
    object["economics"] = bill.map { bill in
      var members = bill.json.object ?? JSONObject()
      for (name, value) in economics?.assumptions.members ?? [] { members[name] = value }
      return .object(members)
    }
    object["model"] = model.map { .string($0.name) }
    object["architectures"] = .array(architectures.map { $0.json(M: M) })
    object["warnings"] = .array(warnings.map { .string($0) })
    return .object(object)
  }
}

extension AllocationReport.Candidate {
  func json(M target: Double?) -> JSON {
    var object = counted.jsonObject
    object["tokens"] = .number(tokens)
    object["M_over_M_opt"] = target.map { .number(flopsPerToken / $0) } ?? .null
    object["size_over_optimum"] = .number(relativeSize)
    object["loss"] = loss.map { .number($0) } ?? .null
    return .object(object)
  }
}

extension CountedShape {
  /// The axes by their names, then the counts.
  public var jsonObject: JSONObject {
    var object = JSONObject()
    for axis in Shape.Axis.allCases where !shape.isOpen(axis) { object[axis.rawValue] = .integer(shape[axis]) }
    if shape.experts > 0 { object["dense_layers"] = .integer(shape.denseLayers) }
    object["mlp"] = .string(shape.mlp.rawValue)
    object["tie_word_embeddings"] = .bool(shape.tied)
    object["M"] = .integer(count.M)
    object["parameters"] = .integer(count.parameters)
    object["active_parameters"] = .integer(count.activeParameters)
    object["non_embedding_parameters"] = .integer(count.nonEmbeddingParameters)
    object["aspect_ratio"] = .number(aspectRatio)
    object["kv_bytes_per_token"] = .integer(2 * count.keyValueElementsPerToken)
    return object
  }
}
