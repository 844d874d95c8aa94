import Input

extension MachineTopology {
  /// The machine in a few lines, for people.
  public var text: String {
    let name =
      switch source {
      case .thisMachine: "this machine"
      case .synthetic(let text): "synthetic machine \(text)"
      case .xml(let path): "machine described in \(path)"
      }
    let counts = [(packages, "package"), (numaNodes.count, "NUMA node"), (cores.count, "core"), (cpus.count, "CPU")]
    var lines = ["\(name): " + counts.filter { $0.0 > 0 }.map { Numbers.counted($0, $1) }.joined(separator: ", ")]
    func row(_ label: String, _ text: String) { lines.append("  " + padded(label, 8) + text) }

    for node in numaNodes {
      let memory = node.memoryBytes > 0 ? binarySize(node.memoryBytes) + ", " : ""
      row("NUMA \(node.index)", memory + (node.cpus.isEmpty ? "no CPUs" : "CPUs \(node.cpus)"))
    }
    for level in Set(caches.map(\.level)).sorted(by: >) {
      for (alike, count) in tally(caches(level: level).map(CacheSort.init)) {
        row(alike.label, alike.text(count, cores))
      }
    }
    for kind in kinds where kinds.count > 1 {
      let count = cores.count { core in kind.cpus.contains(core.cpus[0]) }
      let rank = kind.efficiency.map { ", speed rank \($0)" } ?? ""
      row("kind", "\(kind.name ?? "cores"): \(Numbers.counted(count, "core")), CPUs \(kind.cpus)\(rank)")
    }
    if usable == cpus {
      row("usable", "every CPU")
    } else {
      let binding = binding.map { ", bound to \($0)" } ?? ""
      row(
        "usable",
        "\(Numbers.grouped(usable.count)) of \(Numbers.counted(cpus.count, "CPU")): \(usable) (allowed \(allowed)\(binding))"
      )
    }
    if let cpuQuota { row("quota", "\(rounded(cpuQuota)) CPUs of time (cgroup)") }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension PlacementPlan {
  /// Longer plans show their beginning and their end.
  private static let mostRows = 16

  /// The plan as a table, for people; a long one abbreviated. Its warnings are not part of it.
  public var text: String {
    var over: [String] = []
    for (count, noun) in [
      (Set(places.compactMap(\.numa)).count, "NUMA node"), (Set(places.compactMap(\.l3)).count, "L3"),
    ]
    where count > 1 { over.append(noun == "L3" ? "\(count) L3 caches" : Numbers.counted(count, noun)) }
    let cores = Set(places.map(\.core)).count
    let each = cores == places.count ? "one per core" : "on \(Numbers.counted(cores, "core"))"
    var text = "plan: \(Numbers.counted(places.count, "worker")), \(each)"
    if !over.isEmpty { text += ", over " + over.joined(separator: " and ") }

    var rows = [["worker", "CPU", "core", "NUMA", "L3"]]
    func show(_ places: some Sequence<Place>) {
      for place in places {
        rows.append(
          ["\(place.worker)", "\(place.cpu)", "\(place.core)"]
            + [place.numa, place.l3].map { $0.map { "\($0)" } ?? "-" })
      }
    }
    if places.count <= PlacementPlan.mostRows {
      show(places)
    } else {
      show(places.prefix(PlacementPlan.mostRows - 4))
      rows.append(["…", "…", "…", "…", "…"])
      show(places.suffix(2))
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
      text += "\n  " + zip(row, widths).map { leftPadded($0, $1) }.joined(separator: "  ")
    }
    return text + "\n"
  }
}

/// What caches have in common that are told in one line.
private struct CacheSort: Hashable {
  var level: Int
  var holds: MachineTopology.Cache.Contents
  var sizeBytes: UInt64
  var cpus: Int

  init(_ cache: MachineTopology.Cache) {
    (level, holds, sizeBytes, cpus) = (cache.level, cache.holds, cache.sizeBytes, cache.cpus.count)
  }

  var label: String { "L\(level)" + (holds == .data ? "d" : "") }

  func text(_ count: Int, _ cores: [MachineTopology.Core]) -> String {
    let size = sizeBytes > 0 ? binarySize(sizeBytes) : "unknown size"
    let threads = cores.first?.cpus.count ?? 1
    let shared =
      cpus <= threads
      ? "one per core" : "shared by \(Numbers.counted(cpus / threads, "core"))\(count > 1 ? " each" : "")"
    return (count > 1 ? "\(count) x " : "") + size + ", " + (count == 1 && cpus <= threads ? "one core" : shared)
  }
}

/// The distinct elements in order of first appearance, with how often each appears.
private func tally<Element: Hashable>(_ elements: [Element]) -> [(Element, Int)] {
  var order: [Element] = []
  var counts: [Element: Int] = [:]
  for element in elements {
    if counts[element] == nil { order.append(element) }
    counts[element, default: 0] += 1
  }
  return order.map { ($0, counts[$0, default: 0]) }
}
