import Isoflop

/// What a machine has, where the workers of a sweep would run on it, and what computes.
struct MachineReport {
  let machine: Machine
  let plan: PlacementPlan

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
    ]
  }

  var text: String {
    "\(machine.topology.text)\n\(plan.text)binding: \(tryBinding().rawValue)\n"
  }
}
