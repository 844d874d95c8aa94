import Architectures

/// A quantity that is to be small, or to be large.
public struct Objective: Sendable, Equatable {
  public var quantity: Quantity
  public var isMaximised: Bool

  public static func minimise(_ quantity: Quantity) -> Objective { Objective(quantity: quantity, isMaximised: false) }
  public static func maximise(_ quantity: Quantity) -> Objective { Objective(quantity: quantity, isMaximised: true) }
}

extension Objective {
  /// The axes along which one of the two objectives does not change, or both get better together: of a row along such an
  /// axis only an end can be on a front.
  func agreeing(with other: Objective) -> Set<Shape.Axis> {
    let common = quantity.axes.intersection(other.quantity.axes)
    return Set(Shape.Axis.allCases).subtracting(isMaximised == other.isMaximised ? [] : common)
  }
}

extension Quantity {
  /// The axes that decide it.
  var axes: Set<Shape.Axis> {
    switch self {
    case .axis(let axis): [axis]
    case .derived(let derived): derived.axes
    }
  }
}
