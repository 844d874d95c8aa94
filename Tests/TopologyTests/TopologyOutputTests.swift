import Input
import Testing

@testable import Topology

@Suite struct TopologyOutputTests {
  @Test func jsonOfAMachineAndItsPlan() throws {
    let topology = try Machine(.synthetic("package:2 numanode:1(memory=8GB) l3:2(size=32MB) core:2 pu:2")).topology
    let json = try JSON(parsing: topology.json.text())
    #expect(json == topology.json)
    let object = try #require(json.object)
    #expect(object["source"]?.string == "synthetic" && object["this_system"] == .bool(false))
    #expect(object["packages"] == 2 && object["binding"] == .null && object["cpu_quota"] == .null)
    #expect(object["numa_nodes"]?.array?.count == 2 && object["cores"]?.array?.count == 8)
    #expect(
      object["numa_nodes"]?.array?.first == [
        "numa": 0, "memory_bytes": 8_000_000_000, "cpus": [0, 1, 2, 3, 4, 5, 6, 7],
      ])
    #expect(
      object["cores"]?.array?.last == ["core": 7, "package": 1, "numa": 1, "l3": 3, "cpus": [14, 15], "kind": .null])
    #expect(object["allowed"]?.array?.count == 16)

    let plan = try PlacementPlan(topology).json
    #expect(try JSON(parsing: plan.text()) == plan)
    #expect(plan.array?.count == 8)
    #expect(plan.array?[1] == ["worker": 1, "cpu": 8, "core": 4, "numa": 1, "l3": 2])
    let bare = try PlacementPlan(Machine(.synthetic("core:1 pu:1")).topology).json
    #expect(bare.array == [["worker": 0, "cpu": 0, "core": 0, "numa": 0, "l3": .null]])
  }

  @Test func textOfAMachine() throws {
    var topology = try Machine(
      .synthetic(
        "package:2 numanode:1(memory=1073741824) l3:2(size=33554432) l2:4(size=524288) l1d:1(size=32768) core:1 pu:2")
    ).topology
    #expect(
      topology.text == """
        synthetic machine package:2 numanode:1(memory=1073741824) l3:2(size=33554432) l2:4(size=524288) \
        l1d:1(size=32768) core:1 pu:2: 2 packages, 2 NUMA nodes, 16 cores, 32 CPUs
          NUMA 0  1 GiB, CPUs 0-15
          NUMA 1  1 GiB, CPUs 16-31
          L3      4 x 32 MiB, shared by 4 cores each
          L2      16 x 512 KiB, one per core
          L1d     16 x 32 KiB, one per core
          usable  every CPU

        """)
    topology.allowed = CPUSet(0..<8)
    topology.binding = CPUSet([3, 4, 9])
    topology.cpuQuota = 1.5
    #expect(
      topology.text.hasSuffix(
        "  usable  2 of 32 CPUs: 3-4 (allowed 0-7, bound to 3-4,9)\n  quota   1.5 CPUs of time (cgroup)\n")
    )
  }

  @Test func textOfAPlan() throws {
    let topology = try Machine(.synthetic("package:2 numanode:1 l3:2 core:8 pu:2")).topology
    let lines = try PlacementPlan(topology).text.split(separator: "\n")
    #expect(lines.count == 17)
    #expect(lines[0] == "plan: 32 workers, one per core, over 2 NUMA nodes and 4 L3 caches")
    #expect(lines[1] == "  worker  CPU  core  NUMA  L3")
    #expect(lines[3] == "       1   32    16     1   2")
    #expect(lines[14].contains("…") && lines[16] == "      31   62    31     1   3")
    let short = try PlacementPlan(topology, .init(workers: 16)).text.split(separator: "\n")
    #expect(short.count == 18 && !short.contains { $0.contains("…") })
    let one = try PlacementPlan(Machine(.synthetic("core:1 pu:2")).topology, .init(smt: true)).text
    #expect(one.hasPrefix("plan: 2 workers, on 1 core\n") && one.hasSuffix("  -\n"))
  }

  @Test(
    arguments: [
      (0, "0 bytes"), (1023, "1023 bytes"), (1024, "1 KiB"), (524_288, "512 KiB"), (25_189_646_336, "23.46 GiB"),
      (UInt64.max, "16 EiB"), (1 << 40, "1 TiB"),
    ] as [(UInt64, String)]) func sizes(_ bytes: UInt64, _ text: String)
  { #expect(binarySize(bytes) == text) }
}

@Suite struct NUMAMemoryTests {
  @Test func memoryOfThisMachine() throws {
    let machine = try Machine(.thisMachine)
    for node in [machine.topology.numaNodes.first?.index, nil, 4711, -1] {
      let memory = try NUMAMemory(byteCount: 100_000, node: node, on: machine)
      #expect(memory.bytes.count == 100_000 && memory.bytes.allSatisfy { $0 == 0 })
      memory.bytes.copyBytes(from: Array(repeating: UInt8(7), count: 100_000))
      #expect(memory.bytes.allSatisfy { $0 == 7 })
      if node == nil || node == 4711 || node == -1 { #expect(!memory.isOnNode) }
    }
  }

  @Test(arguments: [0, -1, Int.max / 2]) func amountsThatCannotBeHad(_ count: Int) throws {
    let machine = try Machine(.thisMachine)
    #expect(throws: WorkError.self) { try NUMAMemory(byteCount: count, node: 0, on: machine) }
  }

  @Test func aSyntheticMachineHasNoMemoryOfItsOwn() throws {
    let machine = try Machine(.synthetic("numanode:2 core:2 pu:1"))
    #expect(try !NUMAMemory(byteCount: 4096, node: 1, on: machine).isOnNode)
  }
}
