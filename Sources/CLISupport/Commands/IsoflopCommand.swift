import ArgumentParser
import Isoflop

/// The command `isoflop`: what a token costs, which shapes fit, what to train.
struct IsoflopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "isoflop",
    abstract:
      "Counts exactly what a token costs in any transformer, sweeps architectures at the speed of the machine, and turns "
      + "a budget into the model to train.",
    discussion: """
      Model size is measured by M, the non-embedding training FLOPs per token, attention included: the scale in which \
      DeepSeek LLM (arXiv 2401.02954) fits its laws, beside the usual 6N. Counts are exact integers; laws, formulas and \
      conventions carry their sources.

      EXAMPLES
      \(RootHelp.examples.map { "  " + $0 }.joined(separator: "\n"))
      """,
    version: "isoflop 0.1.0",
    groupedSubcommands: [
      CommandGroup(
        name: "what a token costs",
        subcommands: [
          CountCommand.self, CompareCommand.self, AttentionCommand.self, MemoryCommand.self, MFUCommand.self,
        ]),
      CommandGroup(
        name: "what to train", subcommands: [AllocateCommand.self, SizeCommand.self, SweepCommand.self]),
      CommandGroup(
        name: "experiments and laws",
        subcommands: [
          PlanCommand.self, FitCommand.self, PredictCommand.self, WatchCommand.self, ReportCommand.self,
          LawsCommand.self,
        ]),
      CommandGroup(
        name: "this program", subcommands: [MachineCommand.self, DemoCommand.self, ManualCommand.self]),
    ])

  /// Every first word that is understood.
  static let commandNames: [String] =
    configuration.subcommands.map { $0._commandName } + ["help"]
}
