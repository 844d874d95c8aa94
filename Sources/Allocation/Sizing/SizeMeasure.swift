import Architectures
import FLOPCount
import Input
import ScalingLaws
import Sweep

/// What a model's size is measured by when shapes are looked for.
public enum SizeMeasure: String, Sendable, CaseIterable {
  case M
  case total
  case nonEmbedding = "non-embedding"
  case active

  public init(_ scale: ModelScale) {
    self =
      switch scale {
      case .flopsPerToken: .M
      case .totalParameters: .total
      case .nonEmbeddingParameters: .nonEmbedding
      case .activeParameters: .active
      }
  }

  public func of(_ count: ShapeCount) -> Int {
    switch self {
    case .M: count.M
    case .total: count.parameters
    case .nonEmbedding: count.nonEmbeddingParameters
    case .active: count.activeParameters
    }
  }

  /// The same quantity as a sweep names it.
  public var quantity: Quantity {
    switch self {
    case .M: .M
    case .total: .parameters
    case .nonEmbedding: .derived(.nonEmbeddingParameters)
    case .active: .derived(.activeParameters)
    }
  }

  public var words: String {
    switch self {
    case .M: "FLOPs per token (M)"
    case .total: "total parameters"
    case .nonEmbedding: "non-embedding parameters"
    case .active: "active parameters"
    }
  }
}

/// A shape with its exact count.
public struct CountedShape: Sendable {
  public var shape: Shape
  public var count: ShapeCount

  init(shape: Shape, count: ShapeCount) {
    self.shape = shape
    self.count = count
  }

  public init(_ shape: Shape) throws {
    self.shape = shape
    count = try ShapeCount(shape)
  }

  /// d_model / n_layers.
  public var aspectRatio: Double { Double(shape.width) / Double(shape.layers) }
}

extension Law {
  /// A published law of total or non-embedding parameters is one of dense models, in which every parameter works on
  /// every token: of a mixture it means those that are active, as its C = 6 N D does. A law of one's own means what its
  /// column held.
  var countsDenseModels: Bool {
    [.totalParameters, .nonEmbeddingParameters].contains(scale)
      && Law.published.contains { $0.name == name && $0.source == source }
  }

  /// The size of a counted model as this law means it, and the parameters of a mixture that it leaves out.
  ///
  /// - Throws: `InputError` where the unit is M and a part of the model has no closed formula.
  public func size(of count: ModelCount) throws -> (size: Double, idle: Double) {
    let idle = countsDenseModels ? Double(try count.totalParameters() - count.activeParameters()) : 0
    return (try scale.of(count) - idle, idle)
  }
}

extension ModelScale {
  /// The size of a counted model in this unit, from its own parameters and products and never by a factor of 6.
  ///
  /// - Throws: `InputError` where the unit is M and a part of the model has no closed formula.
  public func of(_ count: ModelCount) throws -> Double {
    switch self {
    case .flopsPerToken:
      guard let training = count.trainingPerSequence() else {
        throw InputError(
          "has a part without a closed formula, so its M is not known", value: count.architecture.name)
      }
      return training.count.double / Double(count.tokens)
    case .totalParameters: return Double(try count.totalParameters())
    case .nonEmbeddingParameters: return Double(try count.nonEmbeddingParameters())
    case .activeParameters: return Double(try count.activeParameters())
    }
  }
}
