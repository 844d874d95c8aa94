import Synchronization
import Topology

extension GridSearch {
  /// Grids with fewer shapes than this are done before threads would be awake.
  static let worthThreads = 4_000_000

  /// Runs `body` for every part of the grid (a place of its first axis) and reports progress: on the team where the
  /// grid is worth it, else here.
  ///
  /// - Returns: how many parts were done; fewer than `plan.parts` only when cancelled.
  func forEachPart(_ plan: GridPlan, _ body: @escaping @Sendable (Int) throws -> Void) throws -> Int {
    let clock = ContinuousClock()
    let start = clock.now
    let total = grid.shapes
    let report = options.progress.map { progress in
      { (parts: Int) in
        let done = Int(Double(total) * (Double(parts) / Double(max(1, plan.parts))))
        let seconds = (clock.now - start).seconds
        progress(SweepProgress(done: done, total: total, rate: seconds > 0 ? Double(done) / seconds : 0))
      }
    }
    if total >= Self.worthThreads || options.team != nil {
      let team = try options.team ?? WorkerTeam.forThisMachine(threads: options.threads, pin: options.pin)
      return try team.run(chunks: plan.parts, cancellation: options.cancellation, progress: report) { _, part in
        try body(part)
      }.completed
    }
    for part in 0..<plan.parts {
      if options.cancellation?.isCancelled == true { return part }
      try body(part)
      report?(part + 1)
    }
    return plan.parts
  }
}

extension WorkerTeam {
  /// A team for the CPUs that this process may use.
  public static func forThisMachine(threads: Int? = nil, pin: Bool = true) throws -> WorkerTeam {
    let machine = try Machine()
    let plan = try PlacementPlan(machine.topology, PlacementPlan.Options(workers: threads))
    return try WorkerTeam(plan, on: machine, pin: pin)
  }
}
