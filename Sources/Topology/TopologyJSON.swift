import Input

extension MachineTopology {
  /// The `topology` of `isoflop machine --json`. Sets of CPUs are lists of system indices; what is not known is null.
  public var json: JSON {
    let kindOfSource: String
    switch source {
    case .thisMachine: kindOfSource = "this machine"
    case .synthetic: kindOfSource = "synthetic"
    case .xml: kindOfSource = "xml"
    }
    return [
      "source": .string(kindOfSource),
      "description": source.description.map { .string($0) } ?? .null,
      "this_system": .bool(isThisSystem),
      "packages": .integer(packages),
      "numa_nodes": .array(
        numaNodes.map {
          ["numa": .integer($0.index), "memory_bytes": known($0.memoryBytes), "cpus": list($0.cpus)]
        }),
      "caches": .array(
        caches.map {
          [
            "level": .integer($0.level), "holds": .string($0.holds.rawValue), "size_bytes": known($0.sizeBytes),
            "line_bytes": known(UInt64($0.lineBytes)), "cpus": list($0.cpus),
          ]
        }),
      "cores": .array(
        cores.map {
          [
            "core": .integer($0.index), "package": number($0.package), "numa": number($0.numa), "l3": number($0.l3),
            "cpus": .array($0.cpus.map { .integer($0) }), "kind": number($0.kind),
          ]
        }),
      "kinds": .array(
        kinds.map {
          [
            "efficiency": number($0.efficiency), "name": $0.name.map { .string($0) } ?? .null, "cpus": list($0.cpus),
          ]
        }),
      "cpus": list(cpus),
      "allowed": list(allowed),
      "binding": binding.map(list) ?? .null,
      "usable": list(usable),
      "cpu_quota": cpuQuota.map { .number($0) } ?? .null,
    ]
  }
}

extension MachineTopology.Source {
  /// The synthetic description or the file; nil for this machine.
  public var description: String? {
    switch self {
    case .thisMachine: nil
    case .synthetic(let text), .xml(let text): text
    }
  }
}

extension PlacementPlan {
  /// The `plan` of `isoflop machine --json`.
  public var json: JSON {
    .array(
      places.map {
        [
          "worker": .integer($0.worker), "cpu": .integer($0.cpu), "core": .integer($0.core), "numa": number($0.numa),
          "l3": number($0.l3),
        ]
      })
  }
}

private func number(_ value: Int?) -> JSON { value.map { .integer($0) } ?? .null }
private func list(_ cpus: CPUSet) -> JSON { .array(cpus.members.map { .integer($0) }) }
/// A size, of which 0 means that nobody knows.
private func known(_ size: UInt64) -> JSON { size == 0 ? .null : Int(exactly: size).map { .integer($0) } ?? .null }
