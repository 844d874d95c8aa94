import Isoflop

/// The machine as people read it.
extension MachineReport {
  /// The plan, one row a worker.
  var workers: Table {
    var table = Table([
      .integer("worker"), .integer("cpu", "CPU"), .integer("core"), .integer("numa", "NUMA"), .integer("l3", "L3"),
    ])
    for place in plan.places {
      table.add([
        .integer(place.worker), .integer(place.cpu), .integer(place.core), place.numa.map { .integer($0) } ?? .null,
        place.l3.map { .integer($0) } ?? .null,
      ])
    }
    return table
  }

  func text(width: Int?) -> String {
    var table = Table([.text("kernels"), .text("here", ""), .text("what", "").extra, .text("needs").extra(2)])
    for kernel in KernelImplementation.all {
      let here = kernel == chosen ? "chosen" : kernel.runsHere ? "runs here" : "cannot run here"
      table.add([
        .string(kernel.name), .string(here), .string(kernel.description),
        .string(kernel.requires.isEmpty ? "-" : kernel.requires.joined(separator: " ")),
      ])
    }
    return "\(machine.topology.text)\n\(plan.text)binding: \(tryBinding().rawValue)\n\n\(table.text(width: width))"
  }
}
