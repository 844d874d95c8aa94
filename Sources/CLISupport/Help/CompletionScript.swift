import ArgumentParser
import Isoflop

/// The parser's completion script, and what the parser does not know of: the words after `isoflop help`, which are
/// commands and topics.
enum CompletionScript {
  /// - Returns: nil where the text is no script of the parser's.
  static func completed(_ text: String) -> String? {
    CompletionShell.allCases.first { IsoflopCommand.completionScript(for: $0) == text }.map { completed(text, $0) }
  }

  /// What may be asked about, each with what it is: topics, and commands that are not topics too.
  static let subjects: [(name: String, about: String)] = {
    let commands = IsoflopCommand.configuration.subcommands.filter { $0.configuration.shouldDisplay }
    return HelpTopic.all.map { ($0.name, $0.summary) }
      + commands.filter { HelpTopic.named($0._commandName) == nil }.map {
        ($0._commandName, $0.configuration.abstract)
      }
  }()

  private static func completed(_ script: String, _ shell: CompletionShell) -> String {
    func quoted(_ text: String) -> String { "'" + text.replacing("'", with: #"'\''"#) + "'" }
    switch shell {
    case .bash:
      let names = subjects.map(\.name).joined(separator: " ")
      // The later definition of a function holds. The word that is being typed is one of those that are left.
      return script + """


        _isoflop_help() {
            [[ "${#unparsed_words[@]}" -gt 1 ]] || COMPREPLY+=($(compgen -W '\(names)' -- "${cur}"))
        }
        """
    case .zsh:
      let lines = subjects.map { "        " + quoted("\($0.name):\($0.about)") }.joined(separator: "\n")
      let ours = """
        _isoflop_help() {
            local -ar subjects=(
        \(lines)
            )
            [[ "${CURRENT}" -gt 2 ]] || _describe -V 'command or topic' subjects
        }


        """
      // The script ends by calling what it defines.
      guard let call = script.ranges(of: "if [[ \"${funcstack[1]}\"").last else { return script }
      return script[..<call.lowerBound] + ours + script[call.lowerBound...]
    default:
      let lines = subjects.map { subject in
        let about = subject.about.replacing(#"\"#, with: #"\\"#).replacing("'", with: #"\'"#)
        return "complete -c isoflop -n '__isoflop_should_offer_completions_for_positional \"isoflop help\" -eq 1' "
          + "-fa \(subject.name) -d '\(about)'"
      }
      return ([script] + lines).joined(separator: "\n")
    }
  }
}
