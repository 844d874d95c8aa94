import ArgumentParser
import Isoflop

/// Worlds whose law is known, to try a plan in.
struct SimulationOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Simulated worlds to try the plan in; 0 for none (default: 100).", valueName: "n"))
  var simulate: String?
  @Flag(help: "Propose a better grid of the same compute, by simulation.")
  var optimise = false
  @Option(
    name: .customLong("against-6n"),
    help: ArgumentHelp("Compare counting by M, 6N1 and 6N2 at this budget.", valueName: "FLOPs"))
  var against6N: String?
  @Option(help: ArgumentHelp("Simulated worlds for --against-6n (default: 200).", valueName: "n"))
  var worlds: String?
  @Option(
    help: ArgumentHelp(
      "The law with the surface of simulated worlds (default: deepseek_fig4a:surface).", valueName: "law"),
    completion: Completions.laws)
  var world: String?
  @Option(help: ArgumentHelp("Noise of a simulated run, as a share of its loss (default: 0.002).", valueName: "share"))
  var noise: String?
  @Option(help: ArgumentHelp("The seed of the simulations (default: 1).", valueName: "n"))
  var seed: String?

  /// Refuses what only simulated worlds would read where there are none.
  func refuseUnread() throws {
    if against6N == nil {
      try Arguments.refuse(["--worlds": worlds], "goes with --against-6n", hint: "--simulate has the worlds of a plan")
    }
    if simulate == "0", !optimise, against6N == nil {
      try Arguments.refuse(
        ["--world": world, "--noise": noise, "--seed": seed], "is for simulated worlds, and --simulate 0 has none",
        hint: "leave out --simulate 0")
    }
  }
}

/// What a plan leaves behind.
struct PlanFiles: ParsableArguments {
  @Option(
    name: [.customShort("o"), .long, .customLong("output")],
    help: ArgumentHelp("Write the runs here, with a loss column to fill in.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var writeRuns: String?
  @OptionGroup var folder: ConfigFolderOption
}
