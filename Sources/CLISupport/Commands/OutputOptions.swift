import ArgumentParser
import Isoflop

/// How the answer is written.
enum OutputForm { case text, json, csv, markdown }

/// What a command knows of the form that was asked for.
protocol OutputChoice {
  /// Whether people read it as it is, so that long lines may be broken.
  var isForReading: Bool { get }
}

/// For commands that have one form only.
struct OneForm: OutputChoice {
  let isForReading: Bool
}

/// `--json`, `--csv`, `--markdown`, for commands whose answer has rows.
struct OutputOptions: ParsableArguments, OutputChoice {
  @Flag(help: "Write JSON; integers are exact.")
  var json = false
  @Flag(help: "Write the rows as CSV.")
  var csv = false
  @Flag(help: "Write the rows as a Markdown table.")
  var markdown = false

  func validate() throws {
    if [json, csv, markdown].count(where: { $0 }) > 1 {
      throw ValidationError("choose one of --json, --csv and --markdown")
    }
  }

  var isForReading: Bool { form == .text }

  var form: OutputForm {
    if json { .json } else if csv { .csv } else if markdown { .markdown } else { .text }
  }
}
