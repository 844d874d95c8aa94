import Input

/// Which worker runs where.
public struct PlacementPlan: Equatable, Sendable {
  /// One worker and its CPU.
  public struct Place: Equatable, Sendable {
    public var worker: Int
    /// The operating system's index.
    public var cpu: Int
    /// The core's number in the topology.
    public var core: Int
    public var numa: Int?
    public var l3: Int?
  }

  public struct Options: Equatable, Sendable {
    /// How many workers; nil is one per core, or per CPU with `smt`.
    public var workers: Int?
    /// Whether the SMT siblings of a core get workers of their own, once every core has one.
    public var smt: Bool

    public init(workers: Int? = nil, smt: Bool = false) {
      self.workers = workers
      self.smt = smt
    }
  }

  /// Never empty. Ordered so that any prefix is spread as evenly as the whole.
  public var places: [Place]
  /// What a person should know about the plan, in sentences.
  public var warnings: [String]

  /// Whether workers share CPUs, because more were asked for than there are.
  public var sharesCPUs: Bool { Set(places.map(\.cpu)).count < places.count }

  /// More workers than this, or than the machine has CPUs if that is more, are refused.
  public static let mostWorkers = 1024

  /// Places workers on the CPUs that may be used: one per physical core, round robin over NUMA nodes, within a node over
  /// L3 caches (packages where there is no L3), fast cores before slow ones. A number of workers beyond the cores goes on
  /// with SMT siblings and then round again; fewer CPUs granted by a cgroup than there are cores make, unless a number is
  /// given, as many workers as CPUs granted, rounded up.
  ///
  /// - Throws: `InputError` for a number of workers below 1 or beyond `mostWorkers`, `WorkError` when no CPU may be used.
  public init(_ topology: MachineTopology, _ options: Options = Options()) throws {
    let usable = topology.usable
    // First the first usable CPU of every core, then the second ones…
    var ranks: [[Place]] = []
    for core in topology.cores {
      for (rank, cpu) in core.cpus.filter(usable.contains).enumerated() {
        if rank == ranks.count { ranks.append([]) }
        ranks[rank].append(Place(worker: 0, cpu: cpu, core: core.index, numa: core.numa, l3: core.l3))
      }
    }
    guard let cores = ranks.first?.count else {
      throw WorkError("no CPU of this machine may be used by this process (allowed: \(topology.allowed))")
    }
    let cpus = ranks.reduce(0) { $0 + $1.count }
    let most = max(PlacementPlan.mostWorkers, cpus)
    if let workers = options.workers, !(1...most).contains(workers) {
      throw InputError(
        workers < 1 ? "is not a positive number" : "is more than \(most)", field: "workers", value: "\(workers)",
        hint: "this machine has \(Numbers.counted(cores, "usable core"))")
    }

    warnings = []
    var count = options.workers ?? (options.smt ? cpus : cores)
    if let quota = topology.cpuQuota, quota < Double(count) {
      let granted = "the cgroup grants \(rounded(quota)) CPUs of time"
      if options.workers == nil {
        warnings.append("\(granted), fewer than the \(Numbers.grouped(count)) that could run")
        count = max(1, Int(quota.rounded(.up)))
        warnings[0] += ": \(Numbers.counted(count, "worker")) planned"
      } else {
        warnings.append("\(granted) for \(Numbers.counted(count, "worker")): they will be held back")
      }
    }
    if count > cpus {
      warnings.append(
        "\(Numbers.counted(count, "worker shares", "workers share")) \(Numbers.counted(cpus, "usable CPU"))")
    } else if count > cores, !options.smt {
      warnings.append(
        "\(Numbers.counted(count, "worker shares", "workers share")) \(Numbers.counted(cores, "usable core")) (SMT siblings)"
      )
    }

    let order = ranks.flatMap { PlacementPlan.spread($0, topology) }
    places = (0..<count).map { worker in
      var place = order[worker % order.count]
      place.worker = worker
      return place
    }
  }

  /// The places reordered: fastest kind first, and within it always the NUMA node with the fewest so far, then the L3
  /// with the fewest so far, then the first core; nodes and caches that are used up drop out.
  private static func spread(_ places: [Place], _ topology: MachineTopology) -> [Place] {
    func speed(_ place: Place) -> Int {
      topology.cores[place.core].kind.flatMap { topology.kinds[$0].efficiency } ?? 0
    }
    var order: [Place] = []
    var taken: [Int?: Int] = [:]
    for group in Dictionary(grouping: places, by: speed).sorted(by: { $0.key > $1.key }).map(\.value) {
      var queues = Dictionary(grouping: group, by: \.numa).mapValues { SpreadQueue($0, topology) }
      for _ in group {
        let next = queues.keys.min { (taken[$0, default: 0], $0 ?? -1) < (taken[$1, default: 0], $1 ?? -1) }
        guard let node = next, let place = queues[node]?.next() else { break }
        if queues[node]?.isEmpty == true { queues[node] = nil }
        taken[node, default: 0] += 1
        order.append(place)
      }
    }
    return order
  }
}

/// The places of one NUMA node, handed out round robin over its L3 caches.
private struct SpreadQueue {
  /// In the order of the machine; each holds its places last first.
  private var caches: [[PlacementPlan.Place]]
  private var turn = 0

  init(_ places: [PlacementPlan.Place], _ topology: MachineTopology) {
    // An L3, or where there is none, the package.
    func domain(_ place: PlacementPlan.Place) -> [Int] {
      place.l3.map { [0, $0] } ?? [1, topology.cores[place.core].package ?? -1]
    }
    caches = Dictionary(grouping: places, by: domain).sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .map { $0.value.reversed() }
  }

  var isEmpty: Bool { caches.isEmpty }

  mutating func next() -> PlacementPlan.Place? {
    guard !caches.isEmpty else { return nil }
    let place = caches[turn].popLast()
    if caches[turn].isEmpty {
      caches.remove(at: turn)
    } else {
      turn += 1
    }
    if turn >= caches.count { turn = 0 }
    return place
  }
}
