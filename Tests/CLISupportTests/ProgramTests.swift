import ArgumentParser
import Foundation
import Isoflop
import TestSupport
import Testing

@testable import CLISupport

/// Exit status, streams and help: what every command does alike.
@Suite struct ProgramTests {
  @Test(arguments: [["--help"], ["-h"], ["help"], ["help", "count"], ["count", "--help"], ["--version"]])
  func helpIsDataAndSuccess(_ arguments: [String]) {
    let result = isoflop(arguments)
    #expect(result.status == 0)
    #expect(!result.output.isEmpty)
    #expect(result.errors.isEmpty)
  }

  @Test(arguments: [
    (["cuont"], "error: cuont is not a command of isoflop\nhint: did you mean isoflop count?\n"),
    (["frobnicate"], "error: frobnicate is not a command of isoflop\nhint: isoflop --help lists them\n"),
    (["grids"], "error: grids is not a command of isoflop\nhint: isoflop help grids is about that\n"),
    (
      ["gpt2-medium"],
      "error: gpt2-medium is not a command of isoflop\n"
        + "hint: isoflop count gpt2-medium counts it; isoflop --help lists the commands\n"
    ),
    (
      ["allocate", "1e22"],
      "error: unexpected argument '1e22'\nhint: a budget in FLOPs: isoflop allocate --compute 1e22\n"
    ),
    (
      ["help", "cuont"], "error: cuont is neither a command nor a help topic\nhint: did you mean isoflop help count?\n"
    ),
    (
      ["help", "convention"],
      "error: convention is neither a command nor a help topic\nhint: did you mean isoflop help conventions?\n"
    ),
    (
      ["help", "everything"], "error: everything is neither a command nor a help topic\nhint: isoflop help lists them\n"
    ),
    (
      ["count", "--explan", "gpt2"],
      "error: unknown option '--explan'. Did you mean '--explain'?\nhint: isoflop count --help shows what is possible\n"
    ),
    (
      ["sweep", "--nearest"],
      "error: missing value for '--nearest <number>'\nhint: such as --nearest 4.3e10\n"
    ),
    (
      ["machine", "extra"], "error: unexpected argument 'extra'\nhint: isoflop machine --help shows what is possible\n"
    ),
    (
      ["laws", "--json", "--csv"],
      "error: choose one of --json, --csv and --markdown\nhint: isoflop laws --help shows what is possible\n"
    ),
    (
      ["sweep", "--pareto"],
      "error: missing value for '--pareto <two quantities>'\nhint: such as --pareto \"min M, max parameters\"\n"
    ),
    (
      ["sweep", "grid.yaml", "--csv", "rows.csv"],
      "error: unexpected argument 'rows.csv'\nhint: --csv writes to standard output: --csv > rows.csv\n"
    ),
    (["--frobnicate"], "error: unknown option '--frobnicate'\nhint: isoflop --help shows what is possible\n"),
  ])
  func whatTheParserRefusesIsStatus2(_ arguments: [String], _ message: String) {
    #expect(isoflop(arguments) == Outcome(status: 2, output: "", errors: message))
  }

  /// Options by the names that other tools and configs have for them, and with slips.
  @Test(arguments: [
    ("sweep", "--target", "--nearest"), ("sweep", "--layers", "--n-layers"), ("sweep", "--hidden-size", "--d-model"),
    ("sweep", "--n_layers", "--n-layers"), ("sweep", "--k", "--top"), ("sweep", "--neerest", "--nearest"),
    ("count", "--seq-len", "--sequence-length"), ("count", "-S", "-s"), ("compare", "--figure", "--plot"),
    ("allocate", "--gpus", "--accelerators"), ("allocate", "--gpu-hours", "--accelerator-hours"),
    ("allocate", "--flops", "--compute"), ("plan", "--flops", "--budgets"), ("predict", "--compute", "--returns"),
    ("fit", "--rename", "--map"), ("allocate", "--head-dimension", nil), ("laws", "--gpus", nil),
  ])
  func anOptionThatWasMeantIsNamed(_ command: String, _ written: String, _ meant: String?) {
    let said = "error: unknown option '\(written)'" + (meant.map { ". Did you mean '\($0)'?" } ?? "") + "\n"
    let result = isoflop(command, written, "1")
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix(said), "\(result.errors)")
  }

  /// Every name in the table of other names stands for an option that some command has.
  @Test func otherNamesLeadToOptions() throws {
    let options = Set(try CommandReference.isoflop().commands.flatMap(\.arguments).flatMap(\.names))
    for (names, meant) in ParserHints.otherNames {
      #expect(options.isSuperset(of: meant), "\(meant)")
      #expect(names.allSatisfy { plainName($0) == $0 }, "\(names)")
    }
  }

  /// `-o` writes what a command is there to write, as its own name for it does.
  @Test(arguments: [
    (
      ["plan", "--budgets", "1e17,1e18,1e19", "--shapes", "3", "--simulate", "0"], "--write-runs", "a.csv"
    ),
    (["fit", Golden.path("runs/deepseek-fig4a.csv"), "--isoflop", "--bootstrap", "0"], "--save", "a.json"),
    (["sweep", "--n-layers", "2:6", "--d-model", "64:512:64"], "--rows", "a.csv"),
  ])
  func oIsTheMainResult(_ command: [String], _ name: String, _ file: String) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/\(file)"
      var written: [[UInt8]] = []
      for option in [name, "-o", "--output"] {
        #expect(isoflop(command + [option, path]).status == 0)
        written.append(try readFile(path))
        #expect(unlink(path) == 0)
      }
      #expect(written[0].count > 100 && written[1] == written[0] && written[2] == written[0])
    }
  }

  @Test func errorsHideNoControlCharacters() {
    let result = isoflop("count", "\u{1B}[2Jx")
    #expect(result.status == 2)
    #expect(!result.errors.contains("\u{1B}"))
  }
}
