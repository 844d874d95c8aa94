import Isoflop

extension HelpTopic {
  static let output = HelpTopic(
    name: "output", summary: "Text, JSON, CSV, Markdown; streams, exit status, environment.",
    blocks: [
      .list([
        (
          "text",
          "For people. Numbers are rounded to read. Where a table is wider than the terminal, headings are broken, what is "
            + "the same in every row is said once, and what there is no room for is named."
        ),
        (
          "--json",
          "Everything, integers exact to the last digit. The keys of count, sweep, allocate and machine are a promise."
        ),
        ("--csv", "The rows, exact, under the same names as in JSON."),
        ("--markdown", "The rows as they read in text, for a document."),
        (
          "-o FILE",
          "What a command is there to write: report's page, plan's runs, fit's law, every row of a sweep. A file that was "
            + "there is replaced when the new one is whole."
        ),
        ("--plot FILE", "A picture: .svg, .png or .pdf; - draws it in the terminal. Needs gnuplot."),
      ]),
      .text(
        "Data goes to standard output and everything else to standard error, so that isoflop ... --csv > file.csv holds "
          + "rows alone. Progress, with rate and time left, is shown on a terminal only, and only for what takes longer "
          + "than half a second. Ctrl-C ends a sweep with what it has found so far, and "
          + "anything else without a file."),
      .heading("exit status"),
      .list(ExitStatus.meanings.map { ($0.code, $0.meaning) }),
      .heading("environment"),
      .list([
        ("NO_COLOR", "set to anything: no colour. There is none anyway where the error stream is no terminal."),
        ("COLUMNS", "the width to write for, where it is not the terminal's own"),
        (
          "ISOFLOP_KERNEL",
          "the kernel implementation to use (isoflop machine lists them); one that cannot run is an error"
        ),
        ("HWLOC_SYNTHETIC", "a machine to plan for instead of this one, as hwloc describes it"),
      ]),
      .text(
        "Shell completions for bash, zsh and fish come with make install; isoflop --generate-completion-script SHELL "
          + "writes one."),
      .examples(["isoflop laws --csv", "isoflop count gpt2 --json", "isoflop compare gpt2 --markdown"]),
    ])
}
