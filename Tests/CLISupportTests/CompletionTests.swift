import Foundation
import Isoflop
import TestSupport
import Testing

@testable import CLISupport

/// Completions, in each shell that is installed: what it offers for a line that is half typed.
@Suite(.enabled(if: executable != nil, "the executable is not beside the tests")) struct CompletionTests {
  static let lines: [(typed: [String], offered: [String], not: [String])] = [
    (["co"], ["count", "compare"], ["sweep"]),
    (["count", "--seq"], ["--sequence-length"], ["--json"]),
    (["count", "llama-3"], ["llama-3-8b", "llama-3-70b"], ["gpt2"]),
    (["count", "config"], ["config.json"], ["notes.txt"]),
    (["allocate", "--law", "bes"], ["besiroglu"], ["deepseek"]),
    (["allocate", "--style", ""], ["llama", "deepseek", "moe"], []),
    (["compare", "gpt2", "--as", "mega"], ["megatron"], ["palm"]),
    (["mfu", "gpt2", "--peak", "h"], ["h100"], ["a100"]),
    (["sweep", "--method", "e"], ["enumerate"], []),
    (["sweep", "--around", "llama-3"], ["llama-3-8b"], ["gpt2"]),
    (["report", "config"], ["config.json"], ["notes.txt"]),
    (["fit", "runs.csv", "--picture", "p"], ["profiles"], ["loss"]),
    (["count", "gpt2", "--plot", "c"], ["chart.svg"], ["config.json"]),
    (["help", "co"], ["conventions", "count", "compare"], ["words", "config.json"]),
    (["help", "l"], ["laws"], ["fits"]),
  ]

  /// A folder with the executable called isoflop on the path, the script of the shell, and a config to find.
  private func withShell(_ name: String, _ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let script = try shell("\"$ISOFLOP\" --generate-completion-script \(name) >\(folder)/_isoflop")
      #expect(script == Outcome(status: 0, output: "", errors: ""))
      #expect(try shell("mkdir \(folder)/bin && ln -s \"$ISOFLOP\" \(folder)/bin/isoflop").status == 0)
      for file in ["config.json", "notes.txt", "chart.svg"] { try writeFile("\(folder)/\(file)", []) }
      try body(folder)
    }
  }

  private func check(_ offers: (_ typed: [String]) throws -> String) rethrows {
    for (typed, offered, not) in Self.lines {
      let words = try Set(offers(typed).split { $0.isWhitespace }.map(String.init))
      for word in offered {
        #expect(words.contains(word), "isoflop \(typed.joined(separator: " ")): \(words.sorted())")
      }
      for word in not { #expect(!words.contains(word), "isoflop \(typed.joined(separator: " "))") }
    }
  }

  @Test(.enabled(if: shellHas("bash"), "bash is not here"))
  func bash() throws {
    try withShell("bash") { folder in
      try check { typed in
        let words = (["isoflop"] + typed).map { "'\($0)'" }.joined(separator: " ")
        let result = try shell(
          """
          cd \(folder) && PATH=\(folder)/bin:$PATH bash -c '
            . ./_isoflop
            COMP_WORDS=(\(words.replacingOccurrences(of: "'", with: "\"")))
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
            compopt() { :; }
            complete -p isoflop >/dev/null || exit 3
            _isoflop isoflop "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
            printf "%s\\n" "${COMPREPLY[@]}"'
          """)
        #expect(result.status == 0, "\(result.errors)")
        return result.output
      }
    }
  }

  /// fish knows the line that is typed only at a prompt, so one is made in a pseudo terminal; a key writes the offers.
  @Test(.enabled(if: shellHas("fish") && shellHas("script"), "fish or script is not here"))
  func fish() throws {
    try withShell("fish") { folder in
      try writeFile(folder + "/drive.fish", Array(Self.fishDriver.utf8))
      try check { typed in
        let line = (["isoflop"] + typed).joined(separator: " ")
        let result = try shell(
          """
          cd \(folder) && rm -f ready done offers
          wait_for() { for attempt in $(seq 1200); do [ -e "$1" ] && return; sleep 0.05; done; }
          (wait_for ready; printf '%s\\030' '\(line)'; wait_for done) |
            PATH=\(folder)/bin:$PATH HOME=\(folder) TERM=dumb \\
            script -qec "fish --no-config -i -C 'source ./drive.fish'" /dev/null >/dev/null 2>&1
          cat offers
          """)
        #expect(result.status == 0, "\(result.errors)")
        // Each offer may have its description after a tab.
        return result.output.split(separator: "\n").map { $0.split(separator: "\t").first ?? "" }.joined(
          separator: "\n")
      }
    }
  }

  private static let fishDriver = #"""
    source ./_isoflop
    function fish_prompt; echo >ready; end
    function offer; complete -C (commandline -c) >offers; echo >done; exit; end
    bind \cx offer
    """#

  /// zsh completes only at a prompt, so one is made: a shell in a pseudo terminal, in which Tab lists the matches.
  @Test(.enabled(if: shellHas("zsh"), "zsh is not here"))
  func zsh() throws {
    try withShell("zsh") { folder in
      try writeFile(folder + "/drive.zsh", Array(Self.zshDriver.utf8))
      try check { typed in
        let line = (["isoflop"] + typed).joined(separator: " ")
        let result = try shell(
          "cd \(folder) && rm -f ready done && PATH=\(folder)/bin:$PATH HOME=\(folder) ZDOTDIR=\(folder) zsh -f ./drive.zsh \(folder) '\(line)'"
        )
        #expect(result.status == 0, "\(result.errors)")
        return result.output
      }
    }
  }

  /// Prints the matches that the completion system adds, one a line.
  private static let zshDriver = #"""
    zmodload zsh/zpty
    zpty inner zsh -f -i
    send() { zpty -w inner "$1" }
    send "PS1=; unset zle_bracketed_paste; fpath=($1 \$fpath)"
    send "autoload -Uz compinit && compinit -u -D"
    send "compadd() { local -a all; [[ \${argv[(I)-O|-A|-D]} -gt 0 ]] || { builtin compadd -O all \"\$@\"; print -rl -- \"OFFER \${^all}\" >>offers }; builtin compadd \"\$@\" }"
    send "zstyle ':completion:*' list-prompt ''; LISTMAX=0; setopt NO_ALWAYS_LAST_PROMPT"
    send "offered() { print done >done }; zle -N offered; bindkey '^X' offered"
    send "print ready >ready"
    until [[ -e ready ]]; do sleep 0.05; done
    : >offers
    # The key after Tab is read when the last match is there; a program that never answers is given up after a minute.
    zpty -w -n inner "$2"$'\t\030'
    for attempt in {1..1200}; do [[ -e done ]] && break; sleep 0.05; done
    sed -n 's/^OFFER //p' offers
    zpty -d inner
    """#
}
