import Synchronization

/// How far long work has come, for whoever watches it: fits tell how many starts and resamples are done, simulations how
/// many worlds.
///
///     try WorkProgress.watch({ print($0.stage, $0.done, "of", $0.total) }) { try ParametricFit.fit(runs) }
///
/// Watching changes no result. Who watches can also stop the work, which then ends with `CancellationError`.
public struct WorkProgress: Sendable {
  /// What is being done: `resamples`.
  public var stage: String
  public var done: Int
  public var total: Int
  /// Of them, in a second, since the stage began.
  public var rate: Double
  /// Seconds left of the stage at this rate.
  public var secondsLeft: Double { rate > 0 ? Double(total - done) / rate : .infinity }

  public typealias Watcher = @Sendable (WorkProgress) -> Void

  @TaskLocal private static var watcher: Watcher?
  @TaskLocal private static var isCancelled: (@Sendable () -> Bool)?

  /// Runs `body`; what it does that takes long is told to `watcher`, about ten times a second, from any thread.
  public static func watch<Result>(_ watcher: @escaping Watcher, _ body: () throws -> Result) rethrows -> Result {
    try $watcher.withValue(watcher, operation: body)
  }

  /// The same, and once `isCancelled` says so (asked often, from any thread) the work ends with `CancellationError`.
  public static func watch<Result>(
    _ watcher: @escaping Watcher, cancelledBy isCancelled: @escaping @Sendable () -> Bool, _ body: () throws -> Result
  ) throws -> Result {
    try $isCancelled.withValue(isCancelled) { try watch(watcher, body) }
  }

  /// - Throws: `CancellationError` where whoever watches wants the work to stop.
  package static func checkCancellation() throws { if isCancelled?() == true { throw CancellationError() } }

  /// Runs `body` as a stage of its own. Stages inside it are not told: the outermost says how far everything is.
  /// - Throws: what `body` does; `CancellationError` where whoever watches wanted it to stop, even at its end.
  package static func stage<Result>(_ name: String, of total: Int, _ body: (Stage) throws -> Result) throws -> Result {
    let stage = Stage(name, of: total)
    let result = try $watcher.withValue(nil) { try body(stage) }
    try stage.check()
    return result
  }

  /// Counts the parts of a stage that are done.
  package final class Stage: Sendable {
    private let name: String
    private let total: Int
    private let watcher: Watcher?
    private let cancelled: (@Sendable () -> Bool)?
    private let start = ContinuousClock.now
    private let state: Mutex<(done: Int, told: ContinuousClock.Instant)>

    package init(_ name: String, of total: Int) {
      self.name = name
      self.total = total
      watcher = WorkProgress.watcher
      cancelled = WorkProgress.isCancelled
      state = Mutex((0, start))
    }

    /// Whether whoever watches wants the work to stop.
    package var isCancelled: Bool { cancelled?() ?? false }

    /// - Throws: `CancellationError` where whoever watches wants the work to stop.
    package func check() throws { if isCancelled { throw CancellationError() } }

    /// So many more are done.
    package func add(_ count: Int = 1) {
      guard let watcher else { return }
      let now = ContinuousClock.now
      let done: Int? = state.withLock { state in
        state.done += count
        guard now - state.told > .milliseconds(100) else { return nil }
        state.told = now
        return state.done
      }
      guard let done else { return }
      let seconds = (now - start) / .seconds(1)
      watcher(WorkProgress(stage: name, done: done, total: total, rate: Double(done) / seconds))
    }
  }
}
