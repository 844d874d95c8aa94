import Input
import ScalingLaws
import Sweep

extension Law {
  /// Its loss surface over shapes, for a search of the lowest.
  ///
  /// - Throws: `InputError` where it has none.
  public func objective(compute: Double) throws -> LossObjective {
    guard let surface else {
      throw InputError(
        "has no loss surface E + A/N^alpha + B/D^beta", field: "loss", value: name,
        hint: "isoflop laws lists those that have one, such as besiroglu")
    }
    let quantity: Quantity =
      switch scale {
      case .flopsPerToken: .M
      case .totalParameters: .parameters
      case .nonEmbeddingParameters: .derived(.nonEmbeddingParameters)
      case .activeParameters: .derived(.activeParameters)
      }
    return try LossObjective(
      E: surface.E, A: surface.A, B: surface.B, alpha: surface.alpha, beta: surface.beta, scale: quantity,
      compute: compute)
  }
}
