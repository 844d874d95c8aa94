import Synchronization

/// One call of `WorkerTeam.run`: the chunks, and how far they are.
final class TeamJob: Sendable {
  /// The first error by chunk, which is the same whatever the threads do: chunks are handed out in order and each that
  /// was handed out runs to its end, so the first chunk that fails is never skipped.
  private struct Failure {
    var chunk: Int
    var error: any Error
  }

  private let chunks: Int
  private let body: @Sendable (_ worker: Int, _ chunk: Int) throws -> Void
  private let cancellation: CancellationFlag?
  private let next = Atomic(0)
  private let done = Atomic(0)
  private let failed = Atomic(false)
  private let failure = Locked<Failure?>(nil)

  init(
    chunks: Int, cancellation: CancellationFlag?, body: @escaping @Sendable (_ worker: Int, _ chunk: Int) throws -> Void
  ) {
    self.chunks = chunks
    self.cancellation = cancellation
    self.body = body
  }

  /// Chunks that have run without an error.
  var completed: Int { done.load(ordering: .relaxed) }
  var error: (any Error)? { failure.withLock { $0?.error } }

  /// Takes one chunk after another until there are none, the work is cancelled or a chunk has failed.
  func work(as worker: Int, afterEachChunk: (() -> Void)? = nil) {
    while !failed.load(ordering: .relaxed), cancellation?.isCancelled != true {
      let chunk = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard chunk < chunks else { return }
      do {
        try body(worker, chunk)
        done.wrappingAdd(1, ordering: .relaxed)
      } catch {
        failure.withLock { first in
          if first.map({ chunk < $0.chunk }) ?? true { first = Failure(chunk: chunk, error: error) }
        }
        failed.store(true, ordering: .relaxed)
      }
      afterEachChunk?()
    }
  }
}
