import ArgumentParser
import Isoflop

/// How a search runs. Nothing here changes its answer.
struct SearchOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("auto, enumerate, bound or reference; all give the same answer.", valueName: "name"),
    completion: .list(SweepMethod.allCases.map(\.rawValue)))
  var method: String?
  @Option(
    help: ArgumentHelp("The kernel implementation (isoflop machine lists them).", valueName: "name"),
    completion: Completions.kernels)
  var kernel: String?
  @Option(help: ArgumentHelp("Threads (default: one for every physical core).", valueName: "n"))
  var threads: String?
  @Flag(inversion: .prefixedNo, help: "Bind every worker to its core (default), or leave that to the system.")
  var pin = true

  func options(_ progress: ProgressLine) throws -> SweepOptions {
    var chosen = SweepMethod.auto
    if let method {
      guard let known = SweepMethod(rawValue: method) else {
        throw InputError(
          "is not a method of search", field: "--method", value: method,
          hint: suggestion(for: method, among: SweepMethod.allCases.map(\.rawValue)))
      }
      chosen = known
    }
    if let kernel {
      do {
        _ = try KernelImplementation.named(kernel)
      } catch {
        var error = error
        error.field = "--kernel"
        throw error
      }
    }
    return SweepOptions(
      method: chosen, implementation: kernel, threads: try threads.map { try Arguments.integer($0, "--threads") },
      pin: pin, cancellation: Interrupt.flag, progress: { progress.show($0) })
  }
}
