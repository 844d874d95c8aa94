/// What a machine consists of, as far as placing workers needs it. Plain values: a synthetic machine and a real one
/// look the same.
///
/// CPU means a processing unit (a hardware thread) and is known by the operating system's index, and so is a NUMA node;
/// cores, L3 caches and packages are numbered from 0 in the machine's own order, because their system indices repeat.
public struct MachineTopology: Equatable, Sendable {
  /// Where the description came from.
  public enum Source: Equatable, Sendable {
    case thisMachine
    /// An hwloc synthetic description, such as `package:2 numanode:1 l3:2 core:8 pu:2`.
    case synthetic(String)
    /// A file written by `lstopo --of xml`.
    case xml(String)
  }

  public struct NUMANode: Equatable, Sendable {
    /// The operating system's index, the one numactl takes.
    public var index: Int
    /// 0 where the description does not say.
    public var memoryBytes: UInt64
    /// The CPUs it is local to; empty for memory without CPUs.
    public var cpus: CPUSet
  }

  public struct Cache: Equatable, Sendable {
    /// 1 to 5.
    public var level: Int
    public var holds: Contents
    /// 0 where the description does not say.
    public var sizeBytes: UInt64
    /// 0 where the description does not say.
    public var lineBytes: Int
    /// The CPUs that share it.
    public var cpus: CPUSet

    public enum Contents: String, Equatable, Sendable { case unified, data, instruction }
  }

  public struct Core: Equatable, Sendable {
    public var index: Int
    public var package: Int?
    /// The nearest NUMA node (its operating system index).
    public var numa: Int?
    public var l3: Int?
    /// Its CPUs (SMT siblings), first hardware thread first.
    public var cpus: [Int]
    /// An index into `kinds`, where the machine has told its cores apart.
    public var kind: Int?
  }

  /// Cores that are alike on a machine that has several sorts (performance and efficiency cores).
  public struct CoreKind: Equatable, Sendable {
    /// Higher is faster; nil where hwloc cannot rank them.
    public var efficiency: Int?
    /// What the system calls it (`IntelCore`, `IntelAtom`), where it does.
    public var name: String?
    public var cpus: CPUSet
  }

  public var source: Source
  /// Whether it describes the machine this runs on: only then can threads be bound.
  public var isThisSystem: Bool
  public var packages: Int
  public var numaNodes: [NUMANode]
  /// By level, largest first.
  public var caches: [Cache]
  public var cores: [Core]
  public var kinds: [CoreKind]
  /// Every CPU of the machine.
  public var cpus: CPUSet
  /// The CPUs that the system lets this process use (cgroup cpusets, containers).
  public var allowed: CPUSet
  /// The CPUs that the calling thread is bound to, which the threads it makes inherit (`taskset`). Nil where the
  /// system does not say and for a machine that is not this one.
  public var binding: CPUSet?
  /// CPU seconds a second that the cgroup grants, where it sets a limit (Linux `cpu.max` or `cpu.cfs_quota_us`).
  public var cpuQuota: Double?

  /// The CPUs that work may be placed on: allowed and, on this machine, bound to.
  public var usable: CPUSet { binding.map(allowed.intersection) ?? allowed }

  /// The caches of one level, without instruction caches.
  public func caches(level: Int) -> [Cache] { caches.filter { $0.level == level && $0.holds != .instruction } }
}
