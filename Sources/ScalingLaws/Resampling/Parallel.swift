import Dispatch

/// Splits 0..<count into chunks and runs them on the machine's cores (or one after the other for `workers` 1). The
/// results are in order, so how many threads there were makes no difference to anyone. Whoever watches is told how many
/// are done, under the name of `stage`.
///
/// - Throws: `CancellationError` where whoever watches wants the work to stop.
func inParallel<Value: Sendable>(
  _ stage: String, count: Int, chunk: Int, workers: Int?, _ work: @Sendable (Range<Int>) -> [Value]
) throws -> [Value] {
  let chunks = (count + chunk - 1) / chunk
  let progress = WorkProgress.Stage(stage, of: count)
  @Sendable func range(_ index: Int) -> Range<Int> { index * chunk..<min((index + 1) * chunk, count) }
  @Sendable func body(_ range: Range<Int>) -> [Value] {
    if progress.isCancelled { return [] }
    defer { progress.add(range.count) }
    return work(range)
  }
  if workers == 1 || chunks <= 1 {
    let results = (0..<chunks).flatMap { body(range($0)) }
    try progress.check()
    return results
  }
  let results = [[Value]](unsafeUninitializedCapacity: chunks) { buffer, initialized in
    // SAFETY: each index is handed out once, and each call initializes the slot of its own index only.
    nonisolated(unsafe) let slots = buffer
    DispatchQueue.concurrentPerform(iterations: chunks) { index in
      slots.initializeElement(at: index, to: body(range(index)))
    }
    initialized = chunks
  }
  // Once raised it stays raised, so nothing was left out where it is not.
  try progress.check()
  return results.flatMap { $0 }
}
