/// FLOPs of one forward pass. A multiply-add counts 2. A type of its own, so that forward and training can never be
/// added to each other.
public struct ForwardFLOPs: Sendable, Equatable {
  public let count: Exact
  public init(_ count: Exact) { self.count = count }
  public static func + (a: ForwardFLOPs, b: ForwardFLOPs) -> ForwardFLOPs { ForwardFLOPs(a.count + b.count) }

  /// Forward and backward: the backward pass multiplies twice, once for the gradient of the activations and once for
  /// that of the weights, so training is 3 x forward (Kaplan et al. 2020, section 2.1).
  public var training: TrainingFLOPs { TrainingFLOPs(3 * count) }
}

/// FLOPs of forward and backward pass together.
public struct TrainingFLOPs: Sendable, Equatable {
  public let count: Exact
  public init(_ count: Exact) { self.count = count }
  public static func + (a: TrainingFLOPs, b: TrainingFLOPs) -> TrainingFLOPs { TrainingFLOPs(a.count + b.count) }
}
