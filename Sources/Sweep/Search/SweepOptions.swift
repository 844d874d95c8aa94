import Topology

/// How a sweep goes about its answer. No choice here changes the answer.
public enum SweepMethod: String, CaseIterable, Sendable {
  /// `bound` where it applies and the grid is large, else `enumerate`.
  case auto
  /// Every feasible shape is evaluated, by the kernels where the numbers are exact in a Double.
  case enumerate
  /// Blocks of shapes are skipped by bounds on their corners, and the last axes are solved instead of scanned.
  case bound
  /// One shape at a time by the exact closed form: the definition, and slow.
  case reference
}

/// How far a sweep has come.
public struct SweepProgress: Sendable {
  /// Shapes of the grid that are dealt with, of `total`.
  public var done: Int
  public var total: Int
  /// Shapes a second so far.
  public var rate: Double
  /// Seconds left at this rate.
  public var secondsLeft: Double { rate > 0 ? Double(total - done) / rate : .infinity }

  public init(done: Int, total: Int, rate: Double) {
    self.done = done
    self.total = total
    self.rate = rate
  }
}

public struct SweepOptions: Sendable {
  public var method: SweepMethod
  /// The kernel implementation by name; nil: the preferred one (`ISOFLOP_KERNEL`, or the best that runs here).
  public var implementation: String?
  /// Threads to use; nil: one for every core of the plan.
  public var threads: Int?
  /// Binds every worker to its core.
  public var pin: Bool
  /// Threads that are there already; nil: the sweep makes its own where it is worth it.
  public var team: WorkerTeam?
  /// Only this share of the work; shares merge to the whole answer.
  public var shard: Shard?
  /// Once raised, the sweep ends with what is done so far and marks its result partial.
  public var cancellation: CancellationFlag?
  /// Called from the thread that runs the sweep, about ten times a second.
  public var progress: (@Sendable (SweepProgress) -> Void)?

  public init(
    method: SweepMethod = .auto, implementation: String? = nil, threads: Int? = nil, pin: Bool = true,
    team: WorkerTeam? = nil, shard: Shard? = nil, cancellation: CancellationFlag? = nil,
    progress: (@Sendable (SweepProgress) -> Void)? = nil
  ) {
    self.method = method
    self.implementation = implementation
    self.threads = threads
    self.pin = pin
    self.team = team
    self.shard = shard
    self.cancellation = cancellation
    self.progress = progress
  }
}
