import ArgumentParser
import Isoflop

/// The command `isoflop`: what a token costs, which shapes fit, what to train.
struct IsoflopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "isoflop",
    abstract: "Counts exactly what a token costs, sweeps architectures, and turns small runs into the next big one.",
    version: "isoflop 0.1.0",
    subcommands: [
      CountCommand.self, CompareCommand.self, AttentionCommand.self, MemoryCommand.self, MFUCommand.self,
      SweepCommand.self, AllocateCommand.self, SizeCommand.self, PlanCommand.self, FitCommand.self,
      PredictCommand.self, WatchCommand.self, ReportCommand.self,
      LawsCommand.self, MachineCommand.self, DemoCommand.self,
    ])

  /// Every first word that is understood.
  static let commandNames: [String] =
    configuration.subcommands.map { $0._commandName } + ["help"]
}
