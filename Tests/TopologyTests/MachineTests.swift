import Input
import TestSupport
import Testing

@testable import Topology

@Suite struct MachineTests {
  @Test(arguments: ["bogus:3", "bogus", "core:0", "core:-1 pu:1", "pu:2 core:2", "core:100000 pu:2", "core:2(pu", "  "])
  func badDescriptions(_ text: String) throws {
    let (source, field) = Machine.source(synthetic: text, xml: nil)
    #expect(source == .synthetic(text) && field == "HWLOC_SYNTHETIC")
    #expect {
      try HwlocTopology(source, field: field)
    } throws: {
      ($0 as? InputError)?.field == "HWLOC_SYNTHETIC" && ($0 as? InputError)?.value == text
    }
  }

  @Test func badFiles() {
    #expect { try Machine(.xml("/no/such/file.xml")) } throws: { ($0 as? InputError)?.file == "/no/such/file.xml" }
    #expect(throws: InputError.self) { try Machine(.xml(#filePath)) }
  }

  @Test func theEnvironmentNamesTheMachine() {
    #expect(Machine.source(synthetic: nil, xml: nil) == (.thisMachine, nil))
    #expect(Machine.source(synthetic: "", xml: "") == (.thisMachine, nil))
    #expect(Machine.source(synthetic: nil, xml: "a.xml") == (.xml("a.xml"), "HWLOC_XMLFILE"))
    #expect(Machine.source(synthetic: "pu:1", xml: "a.xml") == (.synthetic("pu:1"), "HWLOC_SYNTHETIC"))
  }

  @Test(arguments: [
    ("core:4 pu:2", 8), ("package:2 [numanode(memory=1GB)] core:3(indexes=0,2,1) pu:2", 12), ("3 2", 6), ("", 1),
    ("core:9223372036854775807 pu:2", Int.max), ("[[", 1), ("]] core:2", 2),
  ]) func theCPUsOfADescription(_ text: String, _ cpus: Int) {
    #expect(HwlocTopology.syntheticCPUs(text) == cpus)
  }

  /// The real machine: whatever it is, what was read hangs together, and binding is done or refused or not possible.
  @Test func thisMachine() throws {
    let machine = try Machine(.thisMachine)
    let topology = machine.topology
    #expect(topology.isThisSystem && !topology.cores.isEmpty)
    #expect(CPUSet(topology.cores.flatMap(\.cpus)) == topology.cpus)
    #expect(topology.allowed.isSubset(of: topology.cpus) && !topology.usable.isEmpty)
    #expect(topology.cores.map(\.index) == Array(topology.cores.indices))
    let plan = try PlacementPlan(topology)
    let cpu = plan.places[0].cpu
    let thread = try WorkerThread {
      switch machine.bindCurrentThread(to: cpu) {
      case .done:
        // As `taskset -c` does: a machine read from here has one usable CPU, and one worker on it.
        #expect(machine.currentBinding() == CPUSet([cpu]))
        let bound = try? PlacementPlan(Machine(.thisMachine).topology)
        #expect(bound?.places.map(\.cpu) == [cpu])
      case .refused, .unsupported: break
      case .notTried: Issue.record("this machine is this system")
      }
    }
    thread.end()
    #expect(machine.bindCurrentThread(to: CPUSet()) != .done)
  }

  @Test func manyAtOnce() throws {
    let threads = try (0..<4).map { index in
      try WorkerThread {
        for _ in 0..<3 {
          let machine = try? Machine(index % 2 == 0 ? .synthetic("package:2 core:4 pu:2") : .thisMachine)
          #expect(machine != nil)
          if index % 2 == 0 { #expect(machine?.topology.cores.count == 8) }
        }
      }
    }
    for thread in threads { thread.end() }
  }
}

@Suite struct CPUQuotaTests {
  private static let version2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
  private static let version1 =
    "33 25 0:28 /docker/ab /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"
    + "34 25 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"

  private func limit(_ groups: String, _ mounts: String, _ files: [String: String]) -> Double? {
    CPUQuota.limit(groups: groups, mounts: mounts) { files[$0] }
  }

  @Test func theTightestOfAGroupAndItsParents() {
    let files = [
      "/sys/fs/cgroup/a/b/cpu.max": "max 100000\n", "/sys/fs/cgroup/a/cpu.max": "150000 100000\n",
      "/sys/fs/cgroup/cpu.max": "400000 100000\n",
    ]
    #expect(limit("0::/a/b\n", Self.version2, files) == 1.5)
    #expect(limit("0::/\n", Self.version2, files) == 4)
    #expect(limit("0::/a/b\n", Self.version2, ["/sys/fs/cgroup/a/b/cpu.max": "max 100000\n"]) == nil)
    #expect(limit("0::/a/b\n", Self.version2, [:]) == nil)
  }

  @Test func version1InAContainer() {
    let folder = "/sys/fs/cgroup/cpu,cpuacct"
    let groups = "5:memory:/docker/ab\n4:cpu,cpuacct:/docker/ab\n0::/x\n"
    let files = [folder + "/cpu.cfs_quota_us": "50000\n", folder + "/cpu.cfs_period_us": "100000\n"]
    #expect(limit(groups, Self.version1, files) == 0.5)
    #expect(limit(groups, Self.version1, files.merging([folder + "/cpu.cfs_quota_us": "-1\n"]) { $1 }) == nil)
    // Both versions mounted: both count.
    let both = files.merging(["/sys/fs/cgroup/x/cpu.max": "20000 100000"]) { $1 }
    #expect(limit(groups, Self.version1 + Self.version2, both) == 0.2)
  }

  @Test(arguments: ["", "garbage", "1 2 3", "a b c d e f g h i j k", "30 23 0:26 / /x rw - cgroup2", ": :", "0::"])
  func whatIsNoMountIsPassedOver(_ text: String) {
    #expect(limit(text, text, [:]) == nil)
    #expect(limit("0::/\n", Self.version2, ["/sys/fs/cgroup/cpu.max": text]) == nil)
  }
}

@Suite struct CPUSetTests {
  @Test(arguments: [
    ([], ""), ([0], "0"), ([0, 1, 2, 3, 8], "0-3,8"), ([63, 64, 65, 128], "63-65,128"), ([5, 5, -1], "5"),
  ]) func lists(_ cpus: [Int], _ text: String) {
    #expect(CPUSet(cpus).description == text)
    #expect(CPUSet(cpus).members == Set(cpus.filter { $0 >= 0 }).sorted())
  }

  @Test(arguments: 0..<20 as Range<UInt64>) func asSetsOfIntegers(seed: UInt64) {
    var random = SplitMix(seed: seed)
    let a = Set((0..<50).map { _ in Int.random(in: 0..<200, using: &random) })
    let b = Set((0..<50).map { _ in Int.random(in: 0..<100, using: &random) })
    let both = CPUSet(a).intersection(CPUSet(b))
    #expect(both == CPUSet(a.intersection(b)) && both.count == a.intersection(b).count)
    #expect(both.isSubset(of: CPUSet(a)) && CPUSet(a).isSubset(of: both) == a.isSubset(of: b))
    #expect(CPUSet(a).first == a.min() && (0..<256).allSatisfy { CPUSet(a).contains($0) == a.contains($0) })
    #expect(CPUSet(a).intersection(CPUSet()).isEmpty)
  }
}
