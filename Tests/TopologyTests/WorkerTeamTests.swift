import Input
import Synchronization
import Testing

@testable import Topology

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A counter for each of a number of things, usable from every worker.
private final class Tally: Sendable {
  private let counts = Locked<[Int: Int]>([:])
  func add(_ key: Int) { counts.withLock { $0[key, default: 0] += 1 } }
  var all: [Int: Int] { counts.withLock { $0 } }
}

private struct Trouble: Error, Equatable { var chunk: Int }

/// A team of this many workers, wherever this runs: more than the CPUs share them.
private func makeTeam(_ workers: Int, pin: Bool) throws -> (Machine, WorkerTeam) {
  let machine = try Machine(.thisMachine)
  return (machine, try WorkerTeam(PlacementPlan(machine.topology, .init(workers: workers)), on: machine, pin: pin))
}

/// Long enough for a sleeping worker to come and help, where there is a CPU for it.
private func sleepBriefly() { usleep(200) }

/// Naps until the condition holds, for a minute at most: what happens when it never does is the test's to say.
private func waitUntil(_ condition: () -> Bool) {
  var naps = 0
  repeat {
    sleepBriefly()
    naps += 1
  } while !condition() && naps < 300_000
}

@Suite struct WorkerTeamTests {
  @Test(arguments: [1, 2, 3, 8], [true, false]) func everyChunkOnce(workers: Int, pin: Bool) throws {
    let (machine, team) = try makeTeam(workers, pin: pin)
    #expect(team.workers == workers && team.bindings.count == workers)
    if !pin { #expect(team.binding == .notTried) }
    let before = machine.currentBinding()
    for chunks in [0, 1, 2, 7, 500] {
      let tally = Tally()
      let run = try team.run(chunks: chunks) { worker, chunk in
        #expect((0..<workers).contains(worker))
        tally.add(chunk)
      }
      #expect(run == TeamRun(chunks: chunks, completed: chunks) && !run.wasCancelled)
      #expect(tally.all == Dictionary(uniqueKeysWithValues: (0..<chunks).map { ($0, 1) }))
      #expect(machine.currentBinding() == before, "the caller was left bound")
    }
  }

  /// A worker has room of its own: never two chunks of one worker at a time. The chunks sleep so that others come in.
  @Test(arguments: [2, 5]) func aWorkerRunsOneChunkAtATime(workers: Int) throws {
    let (_, team) = try makeTeam(workers, pin: false)
    let busy = Locked(Set<Int>())
    let seen = Tally()
    try team.run(chunks: 60) { worker, _ in
      #expect(busy.withLock { $0.insert(worker).inserted })
      seen.add(worker)
      // Until somebody has come to help, which takes long on a busy machine.
      waitUntil { seen.all.count > 1 }
      _ = busy.withLock { $0.remove(worker) }
    }
    #expect(seen.all.count > 1, "nobody helped")
  }

  @Test(arguments: [1, 4]) func theFirstErrorByChunk(workers: Int) throws {
    let (_, team) = try makeTeam(workers, pin: false)
    for first in [0, 3, 90] {
      #expect(throws: Trouble(chunk: first)) {
        try team.run(chunks: 100) { _, chunk in if chunk >= first { throw Trouble(chunk: chunk) } }
      }
    }
    // The team is as good as new.
    #expect(try team.run(chunks: 10) { _, _ in }.completed == 10)
  }

  @Test(arguments: [1, 4]) func cancellingLeavesAPrefix(workers: Int) throws {
    let (_, team) = try makeTeam(workers, pin: false)
    let flag = CancellationFlag()
    let tally = Tally()
    let run = try team.run(chunks: 10_000, cancellation: flag) { _, chunk in
      tally.add(chunk)
      if chunk == 20 { flag.cancel() }
      // Chunk 20 was handed out before this one.
      if chunk > 20 { waitUntil { flag.isCancelled } }
    }
    #expect(run.wasCancelled && run.completed > 20 && run.completed <= 20 + workers)
    #expect(tally.all == Dictionary(uniqueKeysWithValues: (0..<run.completed).map { ($0, 1) }))
    #expect(try team.run(chunks: 5, cancellation: flag) { _, _ in }.completed == 0)
  }

  @Test func progressIsToldOnTheCallingThread() throws {
    let (_, team) = try makeTeam(2, pin: false)
    let me = ThreadID.current
    var told: [Int] = []
    let hasBegun = Atomic(false)
    try team.run(
      chunks: 50, every: .zero,
      progress: { completed in
        #expect(ThreadID.current == me)
        told.append(completed)
      }
    ) { worker, _ in
      // Worker 0 is the caller, who must not come too late.
      if worker == 0 { hasBegun.store(true, ordering: .relaxed) }
      waitUntil { hasBegun.load(ordering: .relaxed) }
    }
    #expect(told == told.sorted() && !told.isEmpty && told.allSatisfy { (1...50).contains($0) })
  }

  @Test func aTeamRunsManyTimes() throws {
    let (_, team) = try makeTeam(3, pin: true)
    let total = Atomic(0)
    for round in 1...2000 {
      try team.run(chunks: 4) { _, chunk in total.wrappingAdd(chunk, ordering: .relaxed) }
      #expect(total.load(ordering: .relaxed) == 6 * round)
    }
  }

  @Test func callersTakeTurns() throws {
    let (_, team) = try makeTeam(2, pin: false)
    let total = Atomic(0)
    let inside = Atomic(0)
    let callers = try (0..<4).map { _ in
      try WorkerThread {
        for _ in 0..<50 {
          _ = try? team.run(chunks: 1) { _, _ in
            #expect(inside.wrappingAdd(1, ordering: .relaxed).newValue == 1)
            total.wrappingAdd(1, ordering: .relaxed)
            inside.wrappingSubtract(1, ordering: .relaxed)
          }
        }
      }
    }
    for caller in callers { caller.end() }
    #expect(total.load(ordering: .relaxed) == 200)
  }

  @Test(arguments: [1, 3]) func aTeamDoesNotRunInsideItself(workers: Int) throws {
    let (_, team) = try makeTeam(workers, pin: false)
    #expect(throws: WorkError.self) {
      try team.run(chunks: 8) { _, _ in try team.run(chunks: 1) { _, _ in } }
    }
    let (_, other) = try makeTeam(2, pin: false)
    #expect(try team.run(chunks: 4) { _, _ in try other.run(chunks: 4) { _, _ in } }.completed == 4)
  }

  /// What the body holds is let go when the run is over.
  @Test func nothingOfAJobIsKept() throws {
    let (_, team) = try makeTeam(2, pin: false)
    weak var kept: CancellationFlag?
    do {
      let flag = CancellationFlag()
      kept = flag
      try team.run(chunks: 20) { _, _ in
        sleepBriefly()
        _ = flag.isCancelled
      }
    }
    #expect(kept == nil)
  }

  @Test func aSyntheticMachineBindsNobody() throws {
    let machine = try Machine(.synthetic("numanode:2 core:3 pu:1"))
    let plan = try PlacementPlan(machine.topology)
    let team = try WorkerTeam(plan, on: machine)
    #expect(team.bindings == Array(repeating: .notTried, count: 6) && team.binding == .notTried)
    #expect(try team.run(chunks: 100) { _, _ in }.completed == 100)
  }

  /// Pinned workers are where the plan says, or said that they are not.
  @Test func pinnedWorkersAreWhereThePlanSays() throws {
    let machine = try Machine(.thisMachine)
    let plan = try PlacementPlan(machine.topology)
    let team = try WorkerTeam(plan, on: machine)
    let bindings = team.bindings
    try team.run(chunks: 40) { worker, _ in
      sleepBriefly()
      if bindings[worker] == .done { #expect(machine.currentBinding() == CPUSet([plan.places[worker].cpu])) }
    }
  }
}
