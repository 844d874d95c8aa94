import Input
import KernelDispatch
import Topology

/// What a machine has, where the workers of a sweep would run on it, and what computes.
public struct MachineReport: Sendable {
  public let machine: Machine
  public let plan: PlacementPlan
  public let chosen: KernelImplementation

  public init(machine: Machine, plan: PlacementPlan, chosen: KernelImplementation) {
    self.machine = machine
    self.plan = plan
    self.chosen = chosen
  }

  /// Whether threads can be bound, tried once and undone.
  public func tryBinding() -> Binding {
    guard let place = plan.places.first else { return .notTried }
    let before = machine.currentBinding()
    let result = machine.bindCurrentThread(to: place.cpu)
    if let before { _ = machine.bindCurrentThread(to: before) }
    return result
  }

  /// The object of `isoflop machine --json`.
  public var json: JSON {
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
}
