import Input
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How a run of a team ended, when it did not throw.
public struct TeamRun: Equatable, Sendable {
  public var chunks: Int
  /// Less than `chunks` only when cancelled; then exactly the chunks 0..<completed have run.
  public var completed: Int
  public var wasCancelled: Bool { completed < chunks }
}

/// Threads, each bound to its CPU, that run loops together.
///
/// Worker 0 is the thread that calls `run`, bound for the time of the call and given its own binding back after it. The
/// others sleep between calls, after a short spin. A worker that the system has not scheduled by the time all chunks
/// are taken is not waited for, so a busy core delays the chunk it has, not the call.
public final class WorkerTeam: Sendable {
  public let plan: PlacementPlan
  /// What came of binding each worker.
  public let bindings: [Binding]
  private let shared: TeamState
  private let machine: Machine
  private let threads: [WorkerThread]
  /// Runs take turns.
  private let turn = Locked(())

  /// - Parameters:
  ///   - plan: one worker for each of its places.
  ///   - machine: the machine planned for; where it is not this system, no thread is bound.
  ///   - pin: false leaves every thread where the system puts it.
  /// - Throws: `WorkError` when a thread cannot be made.
  public init(_ plan: PlacementPlan, on machine: Machine, pin: Bool = true) throws {
    self.plan = plan
    self.machine = machine
    let pinned = pin && machine.topology.isThisSystem
    // Long enough for the last chunk of another worker and for what a caller does between two calls: waking takes 50
    // microseconds. Who spins on a CPU that another worker needs delays what it waits for.
    shared = TeamState(workers: plan.places.count, spinning: plan.sharesCPUs ? .zero : .microseconds(200))
    var threads: [WorkerThread] = []
    do {
      for place in plan.places.dropFirst() {
        let shared = shared
        threads.append(
          try WorkerThread {
            shared.serve(place.worker, binding: pinned ? machine.bindCurrentThread(to: place.cpu) : .notTried)
          })
      }
    } catch {
      shared.stop()
      for thread in threads { thread.end() }
      throw error
    }
    self.threads = threads
    let own = pinned ? BoundCaller(machine, cpu: plan.places[0].cpu) : nil
    own?.release()
    bindings = shared.awaitBindings(ofCaller: own?.binding ?? .notTried)
  }

  deinit {
    shared.stop()
    for thread in threads { thread.end() }
  }

  public var workers: Int { plan.places.count }

  /// One word for all bindings: the worst of them.
  public var binding: Binding {
    for outcome in [Binding.refused, .unsupported, .notTried] where bindings.contains(outcome) { return outcome }
    return .done
  }

  /// Runs `body` for every chunk, on all workers, and returns when all is done. Chunks are handed out one by one in
  /// ascending order to whoever is free; make them small (tens of microseconds to milliseconds).
  ///
  /// - Parameters:
  ///   - chunks: how many there are.
  ///   - cancellation: once raised, chunks that are running are finished and no more are handed out.
  ///   - interval: how often progress is told at most.
  ///   - progress: called on the calling thread, between its own chunks, at most every `interval`, with the number of
  ///     chunks that are done.
  ///   - body: `worker` is below `workers`, and a worker runs one chunk at a time, so it can index room of its own.
  /// - Throws: the error that `body` threw for the lowest chunk (no further chunks are handed out after an error);
  ///   `WorkError` when called from inside `body` of the same team.
  @discardableResult
  public func run(
    chunks: Int, cancellation: CancellationFlag? = nil, every interval: Duration = .milliseconds(100),
    progress: ((_ completed: Int) -> Void)? = nil,
    _ body: @escaping @Sendable (_ worker: Int, _ chunk: Int) throws -> Void
  ) throws -> TeamRun {
    guard chunks > 0 else { return TeamRun(chunks: 0, completed: 0) }
    guard chunks <= Int.max / 2 else { throw WorkError("\(chunks) chunks are more than a team can count") }
    guard !shared.isInside else { throw WorkError("a team of workers cannot run from inside its own work") }
    let job = TeamJob(chunks: chunks, cancellation: cancellation, body: body)
    turn.withLock { _ in
      let bound = bindings[0] == .done ? BoundCaller(machine, cpu: plan.places[0].cpu) : nil
      defer { bound?.release() }
      shared.perform(job, helped: chunks > 1 && !threads.isEmpty, afterEachChunk: reporter(job, interval, progress))
    }
    if let error = job.error { throw error }
    return TeamRun(chunks: chunks, completed: job.completed)
  }

  /// Calls `progress` when the time has come, if there is anyone to call.
  private func reporter(_ job: TeamJob, _ interval: Duration, _ progress: ((Int) -> Void)?) -> (() -> Void)? {
    guard let progress else { return nil }
    var due = ContinuousClock.now + interval
    return {
      let now = ContinuousClock.now
      if now < due { return }
      due = now + interval
      progress(job.completed)
    }
  }
}

/// The calling thread while it is bound as worker 0.
private struct BoundCaller {
  let binding: Binding
  private let machine: Machine
  private let before: CPUSet?

  /// Binds the calling thread, unless what it was bound to could not be given back.
  init(_ machine: Machine, cpu: Int) {
    self.machine = machine
    let own = machine.currentBinding()
    if own == CPUSet([cpu]) {
      (before, binding) = (nil, .done)
    } else if let own {
      (before, binding) = (own, machine.bindCurrentThread(to: cpu))
    } else {
      (before, binding) = (nil, .unsupported)
    }
  }

  func release() {
    if let before, binding == .done { _ = machine.bindCurrentThread(to: before) }
  }
}
