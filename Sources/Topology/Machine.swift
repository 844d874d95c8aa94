import CHwloc
import Input

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What came of binding a thread to a CPU.
public enum Binding: String, CaseIterable, Sendable {
  case done
  /// The system knows how and said no (a CPU outside the cpuset, missing rights).
  case refused
  /// The system has no way to bind threads (macOS).
  case unsupported
  /// Not asked for, or the topology is not this system's.
  case notTried = "not tried"
}

/// A machine that hwloc has read: its description, and the handle that binds threads and places memory on it.
public final class Machine: Sendable {
  public let topology: MachineTopology
  let hwloc: HwlocTopology

  /// Reads a machine: the one given, else the one that the environment names, else this one.
  ///
  /// `HWLOC_SYNTHETIC` and `HWLOC_XMLFILE` mean what they mean to hwloc, except that what hwloc cannot read is an
  /// error: hwloc itself would quietly go on with the real machine.
  ///
  /// - Throws: `InputError` for a description that cannot be read, `WorkError` when hwloc fails.
  public init(_ source: MachineTopology.Source? = nil) throws {
    func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    let (source, field) =
      source.map { ($0, nil) } ?? Machine.source(synthetic: variable("HWLOC_SYNTHETIC"), xml: variable("HWLOC_XMLFILE"))
    hwloc = try HwlocTopology(source, field: field)
    topology = hwloc.read(source)
  }

  /// The machine that the environment names, and the variable that does; an empty variable counts as unset.
  static func source(synthetic: String?, xml: String?) -> (MachineTopology.Source, String?) {
    if let synthetic, !synthetic.isEmpty { return (.synthetic(synthetic), "HWLOC_SYNTHETIC") }
    if let xml, !xml.isEmpty { return (.xml(xml), "HWLOC_XMLFILE") }
    return (.thisMachine, nil)
  }

  /// Binds the calling thread to one CPU.
  public func bindCurrentThread(to cpu: Int) -> Binding { bindCurrentThread(to: CPUSet([cpu])) }

  /// Binds the calling thread to a set of CPUs.
  public func bindCurrentThread(to cpus: CPUSet) -> Binding {
    guard topology.isThisSystem else { return .notTried }
    return hwloc.bindCurrentThread(cpus)
  }

  /// The CPUs that the calling thread is bound to; nil where the system does not say.
  public func currentBinding() -> CPUSet? { topology.isThisSystem ? hwloc.currentBinding() : nil }
}

/// A loaded hwloc topology, destroyed with the last reference.
///
/// SAFETY: after loading, hwloc only reads the topology in the calls made here, which its manual ("Thread Safety")
/// allows from any number of threads.
final class HwlocTopology: @unchecked Sendable {
  let handle: hwloc_topology_t

  /// Larger synthetic machines are refused: hwloc's time to build them grows with the square of the CPUs.
  static let mostSyntheticCPUs = 8192

  init(_ source: MachineTopology.Source, field: String?) throws {
    var handle: hwloc_topology_t?
    // SAFETY: init writes one pointer; it is destroyed in deinit or on the way out below.
    guard hwloc_topology_init(&handle) == 0, let handle else {
      throw WorkError("hwloc could not start: \(systemError())")
    }
    self.handle = handle
    // From here on deinit destroys the handle, also when this initialiser throws.
    switch source {
    case .thisMachine: break
    case .synthetic(let text):
      let hint = "write it like \"package:2 numanode:1 l3:2 core:8 pu:2\""
      guard HwlocTopology.syntheticCPUs(text) <= HwlocTopology.mostSyntheticCPUs else {
        throw InputError(
          "describes more than \(HwlocTopology.mostSyntheticCPUs) CPUs", field: field ?? "synthetic", value: text,
          hint: "use smaller counts")
      }
      // SAFETY: hwloc copies the text.
      guard hwloc_topology_set_synthetic(handle, text) == 0 else {
        throw InputError(
          "is no synthetic machine that hwloc reads", field: field ?? "synthetic", value: text, hint: hint)
      }
    case .xml(let path):
      // SAFETY: hwloc copies the path.
      guard hwloc_topology_set_xml(handle, path) == 0 else {
        throw InputError(
          "is no machine description that hwloc reads: \(systemError())", file: path, field: field,
          hint: "write one with lstopo --of xml")
      }
    }
    // Disallowed CPUs are described too; and reading the machine must not move the calling thread about.
    let flags = HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED.rawValue | HWLOC_TOPOLOGY_FLAG_DONT_CHANGE_BINDING.rawValue
    guard hwloc_topology_set_flags(handle, UInt(flags)) == 0, hwloc_topology_load(handle) == 0 else {
      let reason = systemError()
      if case .xml(let path) = source {
        throw InputError(
          "is no machine description that hwloc reads: \(reason)", file: path, field: field,
          hint: "write one with lstopo --of xml")
      }
      throw WorkError("hwloc could not read the machine: \(reason)")
    }
  }

  // SAFETY: the handle came from hwloc_topology_init and nobody outlives this object with it.
  deinit { hwloc_topology_destroy(handle) }

  /// The CPUs a synthetic description asks for: the product of its counts. What is no count is left to hwloc to judge.
  static func syntheticCPUs(_ text: String) -> Int {
    var depth = 0
    var outside = ""
    for character in text {
      if "([".contains(character) { depth += 1 }
      if depth == 0 { outside.append(character) }
      if ")]".contains(character) { (depth, outside) = (max(depth - 1, 0), outside + " ") }
    }
    var product = 1
    for word in outside.split(whereSeparator: \.isWhitespace) {
      guard let count = Int(word.split(separator: ":").last ?? ""), count > 0 else { continue }
      let (next, overflow) = product.multipliedReportingOverflow(by: count)
      if overflow { return .max }
      product = next
    }
    return product
  }

  func bindCurrentThread(_ cpus: CPUSet) -> Binding {
    guard let set = hwloc_bitmap_alloc() else { return .refused }
    defer { hwloc_bitmap_free(set) }
    for cpu in cpus.members { hwloc_bitmap_set(set, UInt32(truncatingIfNeeded: cpu)) }
    errno = 0
    // SAFETY: both handles are live for the call; hwloc copies the set.
    if hwloc_set_cpubind(handle, set, Int32(HWLOC_CPUBIND_THREAD.rawValue)) == 0 { return .done }
    return errno == ENOSYS ? .unsupported : .refused
  }

  func currentBinding() -> CPUSet? {
    guard let set = hwloc_bitmap_alloc() else { return nil }
    defer { hwloc_bitmap_free(set) }
    // SAFETY: hwloc writes into the bitmap, which is ours.
    guard hwloc_get_cpubind(handle, set, Int32(HWLOC_CPUBIND_THREAD.rawValue)) == 0 else { return nil }
    return CPUSet(bitmap: set)
  }
}

extension CPUSet {
  /// The members of an hwloc bitmap; nil or an infinite one has none that could be listed.
  init(bitmap: hwloc_const_bitmap_t?) {
    self.init()
    guard let bitmap, hwloc_bitmap_weight(bitmap) > 0 else { return }
    // SAFETY: the bitmap is live for the call; next returns -1 after the last member.
    var cpu = hwloc_bitmap_first(bitmap)
    while cpu >= 0 {
      insert(Int(cpu))
      cpu = hwloc_bitmap_next(bitmap, cpu)
    }
  }
}
