import CHwloc
import Input

extension HwlocTopology {
  /// Copies what hwloc knows into plain values.
  func read(_ source: MachineTopology.Source) -> MachineTopology {
    // SAFETY: every pointer read in this file belongs to the loaded topology, which lives as long as self and is not
    // changed after loading; a union is read by the member that the object's type selects.
    let isThisSystem = hwloc_topology_is_thissystem(handle) != 0
    let nodes = objects(HWLOC_OBJ_NUMANODE)
    let kinds = coreKinds()
    let binding = isThisSystem ? currentBinding() : nil
    let cpus = CPUSet(bitmap: hwloc_topology_get_topology_cpuset(handle))
    return MachineTopology(
      source: source,
      isThisSystem: isThisSystem,
      packages: objects(HWLOC_OBJ_PACKAGE).count,
      numaNodes: nodes.map {
        .init(
          index: Int($0.pointee.os_index), memoryBytes: $0.pointee.attr.pointee.numanode.local_memory,
          cpus: CPUSet(bitmap: $0.pointee.cpuset))
      },
      caches: caches(),
      cores: cores(nodes: nodes, kinds: kinds),
      kinds: kinds,
      cpus: cpus,
      allowed: CPUSet(bitmap: hwloc_topology_get_allowed_cpuset(handle)),
      binding: binding,
      cpuQuota: isThisSystem ? systemQuota() : nil)
  }

  private func objects(_ type: hwloc_obj_type_t) -> [hwloc_obj_t] {
    let count = hwloc_get_nbobjs_by_type(handle, type)
    return (0..<max(count, 0)).compactMap { hwloc_get_obj_by_type(handle, type, UInt32($0)) }
  }

  private func caches() -> [MachineTopology.Cache] {
    let types = [HWLOC_OBJ_L5CACHE, HWLOC_OBJ_L4CACHE, HWLOC_OBJ_L3CACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L1CACHE]
    return types.flatMap(objects).map { object in
      let cache = object.pointee.attr.pointee.cache
      let holds: MachineTopology.Cache.Contents =
        switch cache.type {
        case HWLOC_OBJ_CACHE_DATA: .data
        case HWLOC_OBJ_CACHE_INSTRUCTION: .instruction
        default: .unified
        }
      return .init(
        level: Int(cache.depth), holds: holds, sizeBytes: cache.size, lineBytes: Int(cache.linesize),
        cpus: CPUSet(bitmap: object.pointee.cpuset))
    }
  }

  /// The cores with their CPUs. Where the description has no cores (some virtual machines), every CPU is one.
  private func cores(nodes: [hwloc_obj_t], kinds: [MachineTopology.CoreKind]) -> [MachineTopology.Core] {
    let localNodes = nodes.map { (index: Int($0.pointee.os_index), cpus: CPUSet(bitmap: $0.pointee.cpuset)) }
    var cores: [MachineTopology.Core] = []
    var last: hwloc_obj_t?
    for unit in objects(HWLOC_OBJ_PU) {
      let cpu = Int(unit.pointee.os_index)
      let core = hwloc_get_ancestor_obj_by_type(handle, HWLOC_OBJ_CORE, unit)
      if let core, core == last {
        cores[cores.count - 1].cpus.append(cpu)
        continue
      }
      last = core
      // Of several local nodes (memory of different kinds) the one with the fewest CPUs is the nearest.
      let near = localNodes.filter { $0.cpus.contains(cpu) }.min { $0.cpus.count < $1.cpus.count }
      cores.append(
        .init(
          index: cores.count, package: ancestor(HWLOC_OBJ_PACKAGE, of: unit), numa: near?.index,
          l3: ancestor(HWLOC_OBJ_L3CACHE, of: unit), cpus: [cpu], kind: kinds.firstIndex { $0.cpus.contains(cpu) }))
    }
    return cores
  }

  private func ancestor(_ type: hwloc_obj_type_t, of object: hwloc_obj_t) -> Int? {
    hwloc_get_ancestor_obj_by_type(handle, type, object).map { Int($0.pointee.logical_index) }
  }

  private func coreKinds() -> [MachineTopology.CoreKind] {
    let count = hwloc_cpukinds_get_nr(handle, 0)
    guard count > 0, let set = hwloc_bitmap_alloc() else { return [] }
    defer { hwloc_bitmap_free(set) }
    return (0..<UInt32(count)).compactMap { kind in
      var efficiency: Int32 = -1
      var infoCount: UInt32 = 0
      var infos: UnsafeMutablePointer<hwloc_info_s>?
      guard hwloc_cpukinds_get_info(handle, kind, set, &efficiency, &infoCount, &infos, 0) == 0 else { return nil }
      // SAFETY: hwloc's own array of infoCount entries, two C strings each.
      let name = UnsafeBufferPointer(start: infos, count: Int(infoCount))
        .first { $0.name.map { String(cString: $0) } == "CoreType" }
        .flatMap { $0.value.map { String(cString: $0) } }
      return .init(efficiency: efficiency >= 0 ? Int(efficiency) : nil, name: name, cpus: CPUSet(bitmap: set))
    }
  }

  private func systemQuota() -> Double? {
    #if os(Linux)
      func text(_ path: String) -> String? { (try? readFile(path)).map { String(decoding: $0, as: UTF8.self) } }
      guard let groups = text("/proc/self/cgroup"), let mounts = text("/proc/self/mountinfo") else { return nil }
      return CPUQuota.limit(groups: groups, mounts: mounts, read: text)
    #else
      return nil
    #endif
  }
}
