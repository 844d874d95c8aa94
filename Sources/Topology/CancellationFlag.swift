import Synchronization

/// Says to running work that it should stop. Raised once, from any thread; raising it is one atomic store, which a
/// signal handler may do.
public final class CancellationFlag: Sendable {
  private let raised = Atomic(false)

  public init() {}

  public func cancel() { raised.store(true, ordering: .relaxed) }
  public var isCancelled: Bool { raised.load(ordering: .relaxed) }
}
