import ArgumentParser
import Isoflop

/// What `isoflop` says of itself: the commands by what they are for, the help topics, and where to begin.
enum RootHelp {
  static func text(width: Int) -> String {
    let configuration = IsoflopCommand.configuration
    var parts = [Prose.wrapped(configuration.abstract, width: width), "USAGE: isoflop COMMAND ..."]
    for group in configuration.groupedSubcommands {
      let shown = group.subcommands.filter { $0.configuration.shouldDisplay }
      let items = shown.map { (term: $0._commandName, meaning: $0.configuration.abstract) }
      parts.append(group.name.uppercased() + "\n" + Prose.list(items, width: width))
    }
    let topics = HelpTopic.all.map { (term: $0.name, meaning: $0.summary) }
    parts.append("HELP TOPICS (isoflop help TOPIC)\n" + Prose.list(topics, width: width))
    parts.append("EXAMPLES\n" + examples.map { "  " + $0 }.joined(separator: "\n"))
    parts.append(
      Prose.wrapped("isoflop COMMAND --help shows the options of a command, with examples.", width: width))
    return parts.joined(separator: "\n\n") + "\n"
  }

  /// Where to begin, one line for each use.
  static let examples = [
    "isoflop count deepseek-llm-67b", "isoflop compare llama-3-8b --as megatron",
    "isoflop allocate --compute 1e22", "isoflop size 7B --top 3",
    "isoflop sweep --n-layers 8:48 --d-model 1024:8192:128 --nearest 4.3e10",
  ]

  /// Whether a command line asks for the help of the whole program.
  static func isAsked(_ arguments: [String]) -> Bool {
    arguments.isEmpty || [["help"], ["--help"], ["-h"], ["help", "--help"], ["help", "help"]].contains(arguments)
  }
}
