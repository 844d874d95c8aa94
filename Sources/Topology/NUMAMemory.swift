import CHwloc
import Input

/// Memory on a NUMA node: whoever touches it first, its pages come from there.
///
/// Placing is a wish. Where the system cannot bind memory, or the machine is not this system or has no such node, the
/// memory comes from wherever the system takes it, and `isOnNode` says so.
public final class NUMAMemory {
  public let bytes: UnsafeMutableRawBufferPointer
  public let isOnNode: Bool
  private let hwloc: HwlocTopology

  /// - Parameters:
  ///   - byteCount: at least 1; the memory is zero, and starts at a page.
  ///   - node: the operating system's index, as in `PlacementPlan.Place.numa`.
  ///   - machine: the machine that the node is of.
  /// - Throws: `WorkError` when there is no such amount of memory.
  public init(byteCount: Int, node: Int?, on machine: Machine) throws {
    guard byteCount > 0 else { throw WorkError("\(Numbers.counted(byteCount, "byte")) of memory cannot be had") }
    hwloc = machine.hwloc
    var start: UnsafeMutableRawPointer?
    if machine.topology.isThisSystem, let node, machine.topology.numaNodes.contains(where: { $0.index == node }),
      let set = hwloc_bitmap_alloc()
    {
      defer { hwloc_bitmap_free(set) }
      hwloc_bitmap_set(set, UInt32(truncatingIfNeeded: node))
      let flags = HWLOC_MEMBIND_STRICT.rawValue | HWLOC_MEMBIND_BYNODESET.rawValue
      // SAFETY: both handles are live for the call; hwloc returns byteCount bytes of its own or nil.
      start = hwloc_alloc_membind(hwloc.handle, byteCount, set, HWLOC_MEMBIND_BIND, Int32(flags))
    }
    isOnNode = start != nil
    // SAFETY: as above.
    guard let start = start ?? hwloc_alloc(hwloc.handle, byteCount) else {
      throw WorkError("\(Numbers.counted(byteCount, "byte")) of memory cannot be had: \(systemError())")
    }
    bytes = UnsafeMutableRawBufferPointer(start: start, count: byteCount)
  }

  // SAFETY: the start and length that hwloc gave; the topology is still alive because it is held.
  deinit { hwloc_free(hwloc.handle, bytes.baseAddress, bytes.count) }
}
