import ArgumentParser
import Isoflop

/// `isoflop machine`
struct MachineCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "machine",
    abstract: "Cores, caches, the pinning plan, and which kernels run here.",
    discussion: """
      Sweeps run one worker on each physical core that this process may use, spread over NUMA nodes and L3 caches,
      each bound to its CPU. This shows that plan, whether the system lets threads be bound, and the implementations
      of the compute kernels. ISOFLOP_KERNEL=NAME forces one; a forced one that cannot run is an error.

      EXAMPLES
        isoflop machine
        isoflop machine --json
        isoflop machine --workers 1
        isoflop machine --csv
        taskset -c 1 isoflop machine
        HWLOC_SYNTHETIC="package:2 numanode:1 l3:2 core:8 pu:2" isoflop machine
      """)

  @Option(
    help: ArgumentHelp("How many workers to plan (default: one for every physical core).", valueName: "n"))
  var workers: String?
  @Flag(help: "Give SMT siblings workers of their own.")
  var smt = false
  @OptionGroup(title: "Output") var output: OutputOptions

  func run(on terminal: Terminal) throws {
    let machine = try Machine()
    let options = PlacementPlan.Options(workers: try workers.map { try Arguments.integer($0, "--workers") }, smt: smt)
    let plan = try PlacementPlan(machine.topology, options)
    for warning in plan.warnings { terminal.warning(warning) }
    let report = MachineReport(machine: machine, plan: plan, chosen: try KernelImplementation.preferred())
    switch output.form {
    case .json: try terminal.writeLine(report.json.text())
    case .csv, .markdown: try terminal.write(report.workers, as: output.form)
    case .text: try terminal.write(report.text(width: terminal.width))
    }
  }
}
