import Synchronization

/// What the threads of a team share: the door that workers go through to help with a job.
///
/// One atomic word says which job it is, whether the door is open and how many workers are inside. The caller opens it,
/// works itself, closes it when there are no more chunks, and waits until nobody is inside. A worker enters by adding
/// itself to a word that still says open, so a job is never touched by someone who comes late.
final class TeamState: Sendable {
  private static let insideMask: UInt64 = 0xFFFF_FFFF
  private static let open: UInt64 = 1 << 32
  private static let stopped: UInt64 = 1 << 33
  private static let oneJob: UInt64 = 1 << 34

  private let word = Atomic<UInt64>(0)
  private let job = Locked<TeamJob?>(nil)
  /// Where workers wait for the door to open, and the caller for the last to leave.
  private let opened = Parking()
  private let left = Parking()
  private let spinning: Duration

  private let bindings: Locked<[Binding?]>
  private let bound = Atomic(1)
  private let workers: Int
  /// The threads that are working for this team: those that may not start another run of it.
  private let members = Locked<Set<ThreadID>>([])

  init(workers: Int, spinning: Duration) {
    self.workers = workers
    self.spinning = spinning
    bindings = Locked(Array(repeating: nil, count: workers))
  }

  /// Whether the calling thread is working for this team now.
  var isInside: Bool {
    let me = ThreadID.current
    return members.withLock { $0.contains(me) }
  }

  /// Every worker's binding, once all threads have started.
  func awaitBindings(ofCaller own: Binding) -> [Binding] {
    opened.wait(spinning: .zero) { bound.load(ordering: .sequentiallyConsistent) == workers }
    return bindings.withLock { [own] + $0.dropFirst().map { $0 ?? .notTried } }
  }

  /// The life of a worker thread.
  func serve(_ worker: Int, binding: Binding) {
    bindings.withLock { $0[worker] = binding }
    let me = ThreadID.current
    members.withLock { _ = $0.insert(me) }
    bound.wrappingAdd(1, ordering: .sequentiallyConsistent)
    opened.wake()
    var last: UInt64 = 0
    while true {
      var seen: UInt64 = 0
      opened.wait(spinning: spinning) {
        seen = word.load(ordering: .sequentiallyConsistent)
        return seen & TeamState.stopped != 0 || (seen & TeamState.open != 0 && seen / TeamState.oneJob != last)
      }
      if seen & TeamState.stopped != 0 { return }
      let entered = word.compareExchange(expected: seen, desired: seen + 1, ordering: .sequentiallyConsistent)
      // Somebody else came or went: look again.
      guard entered.exchanged else { continue }
      last = seen / TeamState.oneJob
      help(as: worker)
      let now = word.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue
      if now & TeamState.insideMask == 0 { left.wake() }
    }
  }

  /// A function of its own, so that the job is released before the worker says that it has left.
  @inline(never) private func help(as worker: Int) {
    job.withLock { $0 }?.work(as: worker)
  }

  /// Works on a job as worker 0, with the others where `helped`. One call at a time.
  func perform(_ newJob: TeamJob, helped: Bool, afterEachChunk: (() -> Void)?) {
    let me = ThreadID.current
    members.withLock { _ = $0.insert(me) }
    defer { members.withLock { _ = $0.remove(me) } }
    guard helped else { return newJob.work(as: 0, afterEachChunk: afterEachChunk) }

    job.withLock { $0 = newJob }
    word.wrappingAdd(TeamState.oneJob + TeamState.open, ordering: .sequentiallyConsistent)
    opened.wake()
    newJob.work(as: 0, afterEachChunk: afterEachChunk)
    word.bitwiseAnd(~TeamState.open, ordering: .sequentiallyConsistent)
    left.wait(spinning: spinning) { word.load(ordering: .sequentiallyConsistent) & TeamState.insideMask == 0 }
    job.withLock { $0 = nil }
  }

  /// Sends every worker home.
  func stop() {
    word.bitwiseOr(TeamState.stopped, ordering: .sequentiallyConsistent)
    opened.wake()
  }
}
