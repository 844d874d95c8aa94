import Isoflop

/// What a machine has, where the workers of a sweep would run on it, and what computes.
struct MachineReport {
  let machine: Machine
  let plan: PlacementPlan
  let chosen: KernelImplementation

  /// Whether threads can be bound, tried once and undone.
  private func tryBinding() -> Binding {
    guard let place = plan.places.first else { return .notTried }
    let before = machine.currentBinding()
    let result = machine.bindCurrentThread(to: place.cpu)
    if let before { _ = machine.bindCurrentThread(to: before) }
    return result
  }

  var json: JSON {
    [
      "topology": machine.topology.json,
      "plan": plan.json,
      "binding": .string(tryBinding().rawValue),
      "implementations": .array(
        KernelImplementation.all.map {
          ["name": .string($0.name), "runs_here": .bool($0.runsHere), "chosen": .bool($0 == chosen)]
        }),
    ]
  }

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
