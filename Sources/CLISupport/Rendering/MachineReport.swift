import Isoflop

/// The machine as people read it.
extension MachineReport {
  var text: String {
    var table = Table([.text("kernels"), .text("here", ""), .text("what", ""), .text("needs")])
    for kernel in KernelImplementation.all {
      let here = kernel == chosen ? "chosen" : kernel.runsHere ? "runs here" : "cannot run here"
      table.add([
        .string(kernel.name), .string(here), .string(kernel.description),
        .string(kernel.requires.isEmpty ? "-" : kernel.requires.joined(separator: " ")),
      ])
    }
    return "\(machine.topology.text)\n\(plan.text)binding: \(tryBinding().rawValue)\n\n\(table.text())"
  }
}
