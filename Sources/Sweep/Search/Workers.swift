import Synchronization
import Topology

extension GridSearch {
  /// Grids with fewer shapes than this are done before threads would be awake.
  static let worthThreads = 4_000_000

  /// Runs `body` for neighbouring parts of the grid (places of its first axis) that are in the shard, and reports
  /// progress: on the team where the grid is worth it, else here.
  ///
  /// - Returns: whether all were done; false only when cancelled.
  func forEachPart(_ plan: GridPlan, _ body: @escaping @Sendable (Range<Int>) throws -> Void) throws -> Bool {
    let clock = ContinuousClock()
    let start = clock.now
    let isWorthThreads = grid.shapes >= Self.worthThreads || options.team != nil
    let team: WorkerTeam? =
      if isWorthThreads {
        try options.team ?? WorkerTeam.forThisMachine(threads: options.threads, pin: options.pin)
      } else { nil }
    let parts = options.shard?.part(of: plan.parts) ?? 0..<plan.parts
    let perPart = Double(grid.shapes) / Double(max(1, plan.parts))
    let size = plan.chunk(of: parts.count, workers: team?.workers ?? 1)
    let groups = (parts.count + size - 1) / size
    let group: @Sendable (Int) -> Range<Int> = { index in
      let from = parts.lowerBound + index * size
      return from..<min(from + size, parts.upperBound)
    }
    let report = options.progress.map { progress in
      { (done: Int) in
        let seconds = (clock.now - start).seconds
        let shapes = Double(min(done * size, parts.count)) * perPart
        progress(
          SweepProgress(
            done: Int(shapes), total: Int(Double(parts.count) * perPart), rate: seconds > 0 ? shapes / seconds : 0))
      }
    }
    if let team {
      let run = try team.run(chunks: groups, cancellation: options.cancellation, progress: report) { _, chunk in
        try body(group(chunk))
      }
      return !run.wasCancelled && options.cancellation?.isCancelled != true
    }
    for index in 0..<groups {
      if options.cancellation?.isCancelled == true { return false }
      try body(group(index))
      report?(index + 1)
    }
    return options.cancellation?.isCancelled != true
  }
}

extension GridPlan {
  /// Parts to a chunk of work. A chunk that is too small costs more to begin than to do, and one that is too large keeps a
  /// worker when the others have nothing left; a batch of planes is best full.
  fileprivate func chunk(of parts: Int, workers: Int) -> Int {
    if planes != nil {
      // What several batches of planes go to is made once.
      return workers == 1 ? PlaneBatch.most : max(1, min(PlaneBatch.capacity, parts / (8 * workers)))
    }
    return max(1, parts / (256 * workers))
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
