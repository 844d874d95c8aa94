import Architectures
import FLOPCount
import Input

/// One model of a grid of configs, with what it costs.
public struct ConfigFound: Sendable {
  /// Its place in the order of the axes.
  public let index: Int
  /// The varied fields and their values.
  public let fields: [(name: String, value: JSON)]
  public let sequenceLength: Int
  public let counts: ConfigCounts

  init(_ grid: ConfigGrid, _ index: Int) throws {
    self.index = index
    let places = grid.places(index)
    fields = grid.axes.enumerated().map { ($1.field, $1[places[$0]]) }
    sequenceLength = try grid.length(at: places)
    counts = try ConfigCounts(
      grid.model(at: places).get(), sequenceLength: sequenceLength, convention: grid.convention)
  }

  /// The fields, the sequence length, then what the model costs. M is null where a part has no closed formula, or
  /// where it is no integer: then M_per_sequence stands beside it.
  public var json: JSON {
    var object = JSONObject(fields.map { ($0.name, $0.value) })
    object[ConfigAxis.sequenceLength] = .integer(sequenceLength)
    object["M"] = counts.M.map { .integer($0) } ?? .null
    if counts.M == nil, let training = counts.trainingPerSequence { object["M_per_sequence"] = .integer(training) }
    object["parameters"] = .integer(counts.parameters)
    object["active_parameters"] = .integer(counts.activeParameters)
    object["non_embedding_parameters"] = .integer(counts.nonEmbeddingParameters)
    object["kv_elements_per_token"] = .integer(counts.keyValueElements)
    return .object(object)
  }
}

/// What a search around a config found, and how.
public struct ConfigResult: Sendable {
  public let grid: ConfigGrid
  /// Combinations: the product of the axes.
  public var models: Int
  /// Those that are a model of the family.
  public var evaluated: Int
  /// Those of them that meet the conditions.
  public var feasible: Int
  /// Combinations that are no model of the family.
  public var refused: Int
  /// Models within the range or tolerance that was asked for, where one was.
  public var matches: Int?
  public var results: [ConfigFound]
  public var method: SweepMethod
  /// What computed the counts: a kernel implementation, `integers`, or both.
  public var implementation: String
  public var seconds: Double
  public var notes: [String]
  public var isPartial: Bool

  /// The keys of a sweep of shapes, and `around`, `convention`, `refused`.
  public var json: JSON {
    var object = JSONObject([
      ("around", .string(grid.name)), ("convention", .string(grid.convention.name)), ("shapes", .integer(models)),
      ("evaluated", .integer(evaluated)), ("feasible", .integer(feasible)), ("refused", .integer(refused)),
      ("results", .array(results.map(\.json))), ("method", .string(method.rawValue)),
      ("implementation", .string(implementation)), ("seconds", .number(seconds)),
    ])
    if let matches { object["matches"] = .integer(matches) }
    if isPartial { object["partial"] = true }
    if !notes.isEmpty { object["notes"] = .array(notes.map { .string($0) }) }
    return .object(object)
  }
}
