import ArgumentParser
import Isoflop

/// The command `isoflop`: what a token costs, which shapes fit, what to train.
public struct IsoflopCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "isoflop",
    abstract: "Counts exactly what a token costs, sweeps architectures, and turns small runs into the next big one.")
  public init() {}
}
