import Isoflop

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One thing that is measured: a piece of work that is run once a round, and what it is compared with.
struct Job {
  var name: String
  /// What is counted: rows, values.
  var unit: String
  /// How many of them one run does.
  var work: Double
  /// Bytes that cross the memory bus for each, where memory is the limit.
  var bytes: Double?
  /// The job that this one is compared with: same unit, same round.
  var against: String?
  /// The least ratio to it that the project promises, if it does.
  var promised: Double?
  /// The most seconds that the project promises for one run, if it does.
  var within: Double?
  /// Another program: its ratio is turned round, to say how many times faster the job of ours is.
  var isPeer = false
  /// CPU time of the thread (what it would take on an idle machine), or time on the wall where threads work together.
  var clock: Clock = .thread
  var run: () throws -> Void
  /// Instead of `run` where the work measures itself (a peer): returns its seconds.
  var timed: (() throws -> Double)?
  /// Throws when the answer is wrong. Not timed.
  var check: () throws -> Void

  enum Clock { case thread, wall }

  init(
    _ name: String, unit: String, work: Double, bytes: Double? = nil, against: String? = nil, promised: Double? = nil,
    clock: Clock = .thread, check: @escaping () throws -> Void = {}, run: @escaping () throws -> Void
  ) {
    self.name = name
    self.unit = unit
    self.work = work
    self.bytes = bytes
    self.against = against
    self.promised = promised
    self.clock = clock
    self.check = check
    self.run = run
  }

  /// Does the work once: its seconds.
  func once() throws -> Double {
    if let timed { return try timed() }
    let start = now(clock)
    try run()
    return now(clock) - start
  }
}

func now(_ clock: Job.Clock) -> Double {
  var time = timespec()
  clock_gettime(clock == .thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

/// What the rounds found of one job.
struct Outcome {
  var job: Job
  /// Work per second, round by round.
  var rates: [Double]
  /// Median over the rounds of this rate over the other job's rate in the same round (of a peer: the inverse).
  var ratio: Double?
  var rate: Double { median(rates) }
  /// The distance of the quartiles, as a fraction of the median.
  var spread: Double {
    let sorted = rates.sorted()
    return (sorted[sorted.count * 3 / 4] - sorted[sorted.count / 4]) / rate
  }
  var isKept: Bool? {
    if let within = job.within { return job.work / rate <= within }
    guard let ratio, let promised = job.promised else { return nil }
    return ratio >= promised
  }
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return .nan }
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// Every job once a round, in another order each round: what came before (a job that leaves memory alone, say) makes the
/// next one faster or slower. One round first that does not count.
func measure(_ jobs: [Job], rounds: Int, progress: (_ round: Int) -> Void) throws -> [Outcome] {
  var rates = [[Double]](repeating: [], count: jobs.count)
  for round in 0...rounds {
    progress(round)
    for index in jobs.indices.shuffled() {
      let job = jobs[index]
      let seconds = try job.once()
      try job.check()
      if round > 0 { rates[index].append(job.work / seconds) }
    }
  }
  let places = Dictionary(jobs.enumerated().map { ($1.name, $0) }) { first, _ in first }
  return jobs.indices.map { index in
    let other = jobs[index].against.flatMap { places[$0] }
    let ratios = other.map { other in
      zip(rates[index], rates[other]).map { jobs[index].isPeer ? $1 / $0 : $0 / $1 }
    }
    return Outcome(job: jobs[index], rates: rates[index], ratio: ratios.map(median))
  }
}
