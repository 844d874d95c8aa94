import Isoflop

/// What a machine has, and where the workers of a sweep would run on it.
struct MachineReport {
  let machine: Machine
  let plan: PlacementPlan

  private var topology: MachineTopology { machine.topology }

  /// Whether threads can be bound, tried once on a thread's own, unchanged place.
  private var binding: Binding {
    guard let place = plan.places.first else { return .notTried }
    let before = machine.currentBinding()
    let result = machine.bindCurrentThread(to: place.cpu)
    if let before { _ = machine.bindCurrentThread(to: before) }
    return result
  }

  // MARK: JSON

  var json: JSON {
    [
      "topology": topologyJSON,
      "plan": planTable.json,
      "binding": .string(binding.rawValue),
    ]
  }

  private var topologyJSON: JSON {
    let source: JSON =
      switch topology.source {
      case .thisMachine: "this machine"
      case .synthetic(let text): ["synthetic": .string(text)]
      case .xml(let path): ["xml": .string(path)]
      }
    return [
      "source": source,
      "packages": .integer(topology.packages),
      "numa_nodes": .array(
        topology.numaNodes.map {
          ["numa": .integer($0.index), "memory_bytes": Self.bytes($0.memoryBytes), "cpus": Self.list($0.cpus)]
        }),
      "caches": .array(
        topology.caches.map {
          [
            "level": .integer($0.level), "holds": .string($0.holds.rawValue), "size_bytes": Self.bytes($0.sizeBytes),
            "line_bytes": $0.lineBytes > 0 ? .integer($0.lineBytes) : .null, "cpus": Self.list($0.cpus),
          ]
        }),
      "cores": .array(
        topology.cores.map {
          [
            "core": .integer($0.index), "package": Self.number($0.package), "numa": Self.number($0.numa),
            "l3": Self.number($0.l3), "cpus": .array($0.cpus.map { .integer($0) }),
          ]
        }),
      "allowed_cpus": Self.list(topology.allowed),
      "bound_to_cpus": topology.binding.map(Self.list) ?? .null,
      "cpu_quota": topology.cpuQuota.map { .number($0) } ?? .null,
    ]
  }

  private static func list(_ cpus: CPUSet) -> JSON { .array(cpus.members.map { .integer($0) }) }
  private static func number(_ value: Int?) -> JSON { value.map { .integer($0) } ?? .null }
  /// 0 is hwloc's word for "not said".
  private static func bytes(_ value: UInt64) -> JSON {
    value == 0 ? .null : Int(exactly: value).map { .integer($0) } ?? .null
  }

  private var planTable: Table {
    var table = Table([.integer("worker"), .integer("cpu"), .integer("core"), .integer("numa"), .integer("l3")])
    for place in plan.places {
      table.add([
        .integer(place.worker), .integer(place.cpu), .integer(place.core), Self.number(place.numa),
        Self.number(place.l3),
      ])
    }
    return table
  }

  // MARK: Text

  func text(width: Int?) -> String {
    var out = ""
    switch topology.source {
    case .thisMachine: break
    case .synthetic(let text): out += "synthetic machine: \(text)\n"
    case .xml(let path): out += "machine described by \(path)\n"
    }
    out += "\(topology.cores.count) cores, \(topology.cpus.count) CPUs, \(topology.packages) packages, "
    out += "\(topology.numaNodes.count) NUMA nodes"
    let memory = topology.numaNodes.reduce(UInt64(0)) { $0.addingReportingOverflow($1.memoryBytes).partialValue }
    if memory > 0 { out += ", \(Self.binary(memory)) of memory" }
    out += "\n"
    for level in Set(topology.caches.map(\.level)).sorted() {
      let caches = topology.caches(level: level)
      guard let first = caches.first, first.sizeBytes > 0 else { continue }
      out += "L\(level): \(caches.count) x \(Self.binary(first.sizeBytes))\n"
    }
    out += "usable CPUs: \(topology.usable)"
    if let quota = topology.cpuQuota { out += ", \(Numbers.significant(quota)) CPUs of time" }
    out += "\n\n"
    out += "\(plan.places.count) workers, bound to their CPUs: \(binding.rawValue)\n\n"
    out += planTable.text(width: width)
    return out
  }

  private static func binary(_ bytes: UInt64) -> String {
    var value = Double(bytes)
    var unit = 0
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    while value >= 1024, unit + 1 < units.count { (value, unit) = (value / 1024, unit + 1) }
    return "\(Numbers.significant(value, value >= 1000 ? 4 : 3)) \(units[unit])"
  }
}
