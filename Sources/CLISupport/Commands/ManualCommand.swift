import ArgumentParser
import Isoflop

/// `isoflop manual`: what `make install` installs as isoflop(1). Not listed, because man is how one reads it.
struct ManualCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "manual",
    abstract: "The manual page, in mdoc.",
    discussion: """
      Written from the same descriptions as this help. SOURCE_DATE_EPOCH sets its date.

      EXAMPLES
        isoflop manual
      """,
    shouldDisplay: false)

  var output: OneForm { OneForm(isForReading: false) }

  func run(on terminal: Terminal) throws {
    let date = ManualPage.today(Terminal.processEnvironment(["SOURCE_DATE_EPOCH"]))
    try terminal.write(ManualPage.text(try CommandReference.isoflop(), date: date))
  }
}
