import Architectures
import FLOPCount
import Input

/// A shape with what it costs.
public struct SweepRow: Sendable, Equatable {
  public var shape: Shape
  public var count: ShapeCount

  public init(_ shape: Shape) throws {
    self.shape = shape
    count = try ShapeCount(shape)
  }

  /// The axes (null where the shape leaves one open), M, and the other counts.
  public var json: JSON {
    var object = JSONObject()
    for axis in Shape.Axis.allCases {
      object[axis.rawValue] = shape.isOpen(axis) ? .null : .integer(shape[axis])
    }
    object["M"] = .integer(count.M)
    object["parameters"] = .integer(count.parameters)
    object["active_parameters"] = .integer(count.activeParameters)
    object["six_n1"] = .integer(count.sixN1)
    object["six_n2"] = .integer(count.sixN2)
    object["kv_elements_per_token"] = .integer(count.keyValueElementsPerToken)
    return .object(object)
  }
}

/// What a search of a grid found, and how.
public struct SweepResult: Sendable {
  /// Shapes of the grid: the product of its axes.
  public var shapes: Int
  /// Shapes whose quantity was computed.
  public var evaluated: Int
  /// Shapes that are models and meet the constraints; nil where the method did not need to know.
  public var feasible: Int?
  /// Shapes within the range or tolerance that was asked for, where one was.
  public var matches: Int? = nil
  public var results: [SweepRow]
  /// What ran, never `auto`.
  public var method: SweepMethod
  /// The kernel implementation that ran, or `integers` where none did.
  public var implementation: String
  public var seconds: Double
  /// What a reader should know of how this was computed: integers beyond 2^53, a method that could not be used.
  public var notes: [String]
  /// The sweep was cancelled: `results` are the best of what was seen.
  public var isPartial: Bool

  public var json: JSON {
    var object: JSONObject = JSONObject([
      ("shapes", .integer(shapes)), ("evaluated", .integer(evaluated)),
      ("feasible", feasible.map { .integer($0) } ?? .null), ("results", .array(results.map(\.json))),
      ("method", .string(method.rawValue)), ("implementation", .string(implementation)), ("seconds", .number(seconds)),
    ])
    if let matches { object["matches"] = .integer(matches) }
    if isPartial { object["partial"] = true }
    if !notes.isEmpty { object["notes"] = .array(notes.map { .string($0) }) }
    return .object(object)
  }
}
