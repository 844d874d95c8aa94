import ArgumentParser
import Isoflop

/// `isoflop demo`: the main job on real numbers, from the paper's Table 3 to shapes worth training.
struct DemoCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "The main job on real numbers: count, compare, sweep, allocate (under a minute).",
    discussion: """
      EXAMPLES
        isoflop demo
      """)

  func run(on terminal: Terminal) throws {
    try terminal.write(Table3().text(width: terminal.width))
  }
}
