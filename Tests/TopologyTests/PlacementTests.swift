import Input
import TestSupport
import Testing

@testable import Topology

/// Synthetic machines: symmetric, so that every spread can be as even as its numbers allow.
private let symmetric = [
  "pu:1", "pu:4", "core:1 pu:1", "core:6 pu:2", "l2:4 core:2 pu:1", "package:2 core:3 pu:2", "l3:2 core:8 pu:2",
  "numanode:2 core:3 pu:1", "package:2 numanode:1 l3:2 core:8 pu:2", "package:2 numanode:2 l3:2 core:4 pu:2",
  "package:4 numanode:1 l3:1 core:16 pu:4", "package:1 numanode:4 l3:2 l2:4 core:1 pu:1",
  "package:2 [numanode(memory=64GB)] l3:3 l2:2 core:2 pu:2", "package:8 l3:4 core:4 pu:2",
  "package:2 [numanode] [numanode(memory=1GB)] l3:2 core:2 pu:1", "numanode:3 l3:5 core:7 pu:1",
]

private func topology(_ description: String) throws -> MachineTopology {
  try Machine(.synthetic(description)).topology
}

private func difference(_ counts: some Collection<Int>) -> Int { (counts.max() ?? 0) - (counts.min() ?? 0) }

@Suite struct PlacementTests {
  @Test func theMachineOfTheManual() throws {
    let machine = try topology("package:2 numanode:1 l3:2 core:8 pu:2")
    #expect(machine.packages == 2 && machine.cores.count == 32 && machine.cpus.count == 64)
    #expect(machine.caches(level: 3).map(\.cpus.count) == [16, 16, 16, 16])
    #expect(!machine.isThisSystem && machine.binding == nil && machine.cpuQuota == nil)
    let plan = try PlacementPlan(machine)
    #expect(plan.places.map(\.worker) == Array(0..<32))
    #expect(plan.places.map(\.numa) == (0..<32).map { $0 % 2 })
    #expect(plan.places.map(\.l3) == (0..<32).map { [0, 2, 1, 3][$0 % 4] })
    #expect(plan.places.prefix(5).map(\.cpu) == [0, 32, 16, 48, 2])
    #expect(plan.places.prefix(5).map(\.core) == [0, 16, 8, 24, 1])
    #expect(plan.warnings.isEmpty && !plan.sharesCPUs)
  }

  @Test(arguments: symmetric) func onePerCoreEvenlySpread(_ description: String) throws {
    let machine = try topology(description)
    for count in 1...machine.cores.count {
      let plan = try PlacementPlan(machine, .init(workers: count))
      #expect(plan.places.map(\.worker) == Array(0..<count))
      #expect(Set(plan.places.map(\.core)).count == count, "two workers on a core")
      #expect(plan.places.allSatisfy { machine.cores[$0.core].cpus.first == $0.cpu })
      #expect(plan.places.allSatisfy { machine.cores[$0.core].numa == $0.numa && machine.cores[$0.core].l3 == $0.l3 })
      // Only nodes that cores call their own: memory without cores takes no worker.
      let nodes = Set(machine.cores.map(\.numa))
      #expect(difference(nodes.map { node in plan.places.count { $0.numa == node } }) <= 1)
      for node in nodes {
        let caches = Set(machine.cores.filter { $0.numa == node }.map(\.l3))
        #expect(difference(caches.map { l3 in plan.places.count { $0.numa == node && $0.l3 == l3 } }) <= 1)
      }
    }
    #expect(try PlacementPlan(machine).places.count == machine.cores.count)
  }

  @Test(arguments: symmetric) func siblingsComeAfterAllCores(_ description: String) throws {
    let machine = try topology(description)
    let plan = try PlacementPlan(machine, .init(smt: true))
    #expect(CPUSet(plan.places.map(\.cpu)) == machine.cpus && !plan.sharesCPUs)
    let cores = machine.cores.count
    for start in stride(from: 0, to: plan.places.count, by: cores) {
      #expect(Set(plan.places[start..<start + cores].map(\.core)).count == cores)
    }
    #expect(try PlacementPlan(machine).places == Array(plan.places.prefix(cores)))
  }

  /// Random allowed sets and bindings on random machines.
  @Test(arguments: 0..<40 as Range<UInt64>) func onlyUsableCPUs(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    var machine = try topology(symmetric[Int.random(in: 0..<symmetric.count, using: &random)])
    let all = machine.cpus.members
    machine.allowed = CPUSet(all.filter { _ in Int.random(in: 0..<4, using: &random) > 0 })
    if Bool.random(using: &random) {
      machine.binding = CPUSet(all.filter { _ in Int.random(in: 0..<3, using: &random) > 0 })
    }
    let usable = machine.usable
    let cores = machine.cores.filter { $0.cpus.contains(where: usable.contains) }
    guard !cores.isEmpty else {
      #expect(throws: WorkError.self) { try PlacementPlan(machine) }
      return
    }
    let plan = try PlacementPlan(machine)
    #expect(Set(plan.places.map(\.core)) == Set(cores.map(\.index)) && plan.places.count == cores.count)
    #expect(
      plan.places.allSatisfy { place in machine.cores[place.core].cpus.first(where: usable.contains) == place.cpu })
    let smt = try PlacementPlan(machine, .init(smt: true))
    #expect(CPUSet(smt.places.map(\.cpu)) == usable && smt.places.count == usable.count)
    // Uneven machines: a node has fewer workers than another only when it has no core left.
    for count in 1...cores.count {
      let places = try PlacementPlan(machine, .init(workers: count)).places
      let nodes = Dictionary(grouping: cores, by: \.numa).map { node, cores in
        (taken: places.count { $0.numa == node }, free: cores.count - places.count { $0.numa == node })
      }
      let most = nodes.map(\.taken).max() ?? 0
      #expect(nodes.allSatisfy { $0.free == 0 || $0.taken >= most - 1 })
    }
  }

  @Test func moreWorkersThanCores() throws {
    let machine = try topology("core:2 pu:2")
    let siblings = try PlacementPlan(machine, .init(workers: 3))
    #expect(siblings.places.map(\.cpu) == [0, 2, 1] && !siblings.sharesCPUs)
    #expect(siblings.warnings == ["3 workers share 2 usable cores (SMT siblings)"])
    let shared = try PlacementPlan(machine, .init(workers: 9))
    #expect(shared.places.map(\.cpu) == [0, 2, 1, 3, 0, 2, 1, 3, 0] && shared.sharesCPUs)
    #expect(shared.warnings == ["9 workers share 4 usable CPUs"])
  }

  @Test(arguments: [0, -1, .min, 1025, .max]) func numbersOfWorkersThatAreNone(_ workers: Int) throws {
    let machine = try topology("core:2 pu:2")
    #expect {
      try PlacementPlan(machine, .init(workers: workers))
    } throws: {
      ($0 as? InputError)?.field == "workers" && ($0 as? InputError)?.value == "\(workers)"
    }
  }

  @Test(arguments: [(0.2, 1), (1.0, 1), (1.5, 2), (3.0, 3), (4.0, 4), (9.0, 4)])
  func quotaOfTheControlGroup(quota: Double, workers: Int) throws {
    var machine = try topology("core:4 pu:2")
    machine.cpuQuota = quota
    let plan = try PlacementPlan(machine)
    #expect(plan.places.count == workers)
    #expect(plan.warnings.count == (quota < 4 ? 1 : 0))
    let asked = try PlacementPlan(machine, .init(workers: 4))
    #expect(asked.places.count == 4 && asked.warnings.count == (quota < 4 ? 1 : 0))
  }

  @Test func fastCoresFirst() throws {
    var machine = try topology("l3:1 core:6 pu:1")
    for index in machine.cores.indices { machine.cores[index].kind = index < 4 ? 0 : 1 }
    machine.kinds = [
      .init(efficiency: 0, name: "slow", cpus: CPUSet(0..<4)), .init(efficiency: 1, name: "fast", cpus: CPUSet(4..<6)),
    ]
    #expect(try PlacementPlan(machine).places.map(\.core) == [4, 5, 0, 1, 2, 3])
    #expect(try PlacementPlan(machine, .init(workers: 2)).places.map(\.core) == [4, 5])
  }

  @Test func memoryWithoutCoresAndSeveralNodesNear() throws {
    let machine = try topology("package:2 [numanode(memory=2GB)] [numanode(memory=1GB)] core:2 pu:1")
    #expect(machine.numaNodes.count == 4)
    #expect(Set(machine.numaNodes.map(\.memoryBytes)) == [1_000_000_000, 2_000_000_000])
    #expect(Set(machine.cores.map(\.numa)).count == 2)
  }
}
