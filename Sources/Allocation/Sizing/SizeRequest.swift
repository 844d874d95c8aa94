import Input
import ScalingLaws

/// Shapes of a size: "7B, llama-like".
public struct SizeRequest: Sendable {
  /// Parameters, or FLOPs per token where the measure is M.
  public var size: Double
  public var measure: SizeMeasure
  public var style: ModelStyle
  public var sequenceLength = 4096
  public var constraints = ShapeConstraints()
  public var count = 10
  /// Shapes further than this from the size are not offered.
  public var tolerance = 0.05

  public init(size: Double, measure: SizeMeasure = .total, style: ModelStyle = .llama) {
    self.size = size
    self.measure = measure
    self.style = style
  }

  public struct Ranked: Sendable {
    public var counted: CountedShape
    public var score: ShapeScore
  }

  /// Every shape within the tolerance that meets the constraints, best score first, ties in the order of shapes.
  ///
  /// - Throws: `InputError` where the size is no size, or the constraints leave nothing.
  public func ranked() throws -> [Ranked] {
    try requirePositive(size, "size", "such as 7B")
    try constraints.validate()
    guard count > 0 else { throw InputError("is not a positive number", field: "count", value: "\(count)") }
    guard sequenceLength > 0, sequenceLength <= 1 << 30 else {
      throw InputError("is not a sequence length from 1 to 2^30", field: "sequence_length", value: "\(sequenceLength)")
    }
    let table = ShapeTable(style: style, sequenceLength: sequenceLength)
    return try ranked(ShapeSearch(table: table, measure: measure, constraints: constraints))
  }

  func ranked(_ search: ShapeSearch) throws -> [Ranked] {
    let found = search.shapes(near: size, within: tolerance)
    guard !found.isEmpty else { throw search.conflict(target: size, within: tolerance) }
    let ranked = found.map { Ranked(counted: $0, score: ShapeScore($0, target: size, measure: measure)) }
    return ranked.sorted {
      $0.score.sum == $1.score.sum ? $0.counted.shape < $1.counted.shape : $0.score.sum < $1.score.sum
    }
  }

  /// A size as people write it: `7B`, `1.5T`, `350M`, `7e9`.
  public static func parse(_ text: String, field: String = "size") throws -> Double {
    let suffixes: [(Character, Double)] = [("K", 1e3), ("M", 1e6), ("B", 1e9), ("G", 1e9), ("T", 1e12)]
    var digits = Substring(text)
    var factor = 1.0
    if let last = text.uppercased().last, let match = suffixes.first(where: { $0.0 == last }) {
      factor = match.1
      digits = digits.dropLast()
    }
    guard let number = Double(digits), digits.first?.isWhitespace == false, number > 0, (number * factor).isFinite
    else {
      let isOfTokens = field.hasSuffix("tokens")
      throw InputError(
        isOfTokens ? "is not a number of tokens" : "is not a size", field: field, value: text,
        hint: isOfTokens ? "such as 2T, 300B or 3e11" : "such as 7B, 350M or 7e9")
    }
    return number * factor
  }
}

extension SizeRequest.Ranked {
  public var json: JSON {
    var object = counted.jsonObject
    object["score"] = [
      "sum": .number(score.sum), "closeness": .number(score.closeness), "aspect": .number(score.aspect),
      "width": .number(score.width), "heads": .number(score.heads), "layers": .number(score.layers),
      "d_ff": .number(score.feedForward), "cache": .number(score.cache),
    ]
    return .object(object)
  }
}
