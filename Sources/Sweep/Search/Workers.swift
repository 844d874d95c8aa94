import Synchronization
import Topology

extension GridSearch {
  /// Grids with fewer shapes than this are done before threads would be awake.
  static let worthThreads = 4_000_000

  /// Runs `body` for every part of the grid (a place of its first axis) that is in the shard, and reports progress: on
  /// the team where the grid is worth it, else here.
  ///
  /// - Returns: whether all were done; false only when cancelled.
  func forEachPart(_ plan: GridPlan, _ body: @escaping @Sendable (Int) throws -> Void) throws -> Bool {
    try forEachPart(plan, inGroupsOf: 1) { try body($0.lowerBound) }
  }

  /// The same in groups of neighbouring parts.
  func forEachPart(
    _ plan: GridPlan, inGroupsOf size: Int, _ body: @escaping @Sendable (Range<Int>) throws -> Void
  ) throws -> Bool {
    let clock = ContinuousClock()
    let start = clock.now
    let parts = options.shard?.part(of: plan.parts) ?? 0..<plan.parts
    let perPart = Double(grid.shapes) / Double(max(1, plan.parts))
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
    if grid.shapes >= Self.worthThreads || options.team != nil {
      let team = try options.team ?? WorkerTeam.forThisMachine(threads: options.threads, pin: options.pin)
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

extension WorkerTeam {
  /// A team for the CPUs that this process may use.
  public static func forThisMachine(threads: Int? = nil, pin: Bool = true) throws -> WorkerTeam {
    let machine = try Machine()
    let plan = try PlacementPlan(machine.topology, PlacementPlan.Options(workers: threads))
    return try WorkerTeam(plan, on: machine, pin: pin)
  }
}
