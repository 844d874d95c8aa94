import ArgumentParser
import Isoflop

/// How the answer is written.
enum OutputForm { case text, json, csv, markdown }

/// `--json`, for commands whose answer is not a table.
struct JSONOption: ParsableArguments {
  @Flag(help: "Write JSON (exact integers; the schema is a promise).")
  var json = false
}

/// `--json`, `--csv`, `--markdown`, for commands whose answer has rows.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Write JSON (exact integers; the schema is a promise).")
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

  var form: OutputForm {
    if json { .json } else if csv { .csv } else if markdown { .markdown } else { .text }
  }
}
