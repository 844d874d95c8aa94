import Isoflop

/// What the parser refuses, with a way out that it does not know: the option that was meant, a value to start from.
struct ParserHints {
  let arguments: [String]
  /// The command that the arguments are for; nil where they name none.
  private let command: CommandReference?

  init(_ arguments: [String]) {
    self.arguments = arguments
    command = arguments.first.flatMap { try? CommandReference.isoflop($0) }
  }

  /// The parser's sentence, with a better guess at an option that there is not.
  func corrected(_ message: String) -> String {
    let said = message.hasPrefix("unknown option") ? Self.quoted(message) : nil
    // What is missing may be there under another name.
    let other = message.hasPrefix("missing expected argument") ? unknownOption : nil
    guard let option = said ?? other else { return message }
    return "unknown option '\(option)'" + (meant(by: option).map { ". Did you mean '\($0)'?" } ?? "")
  }

  func hint(for message: String) -> String? {
    if message.contains("unexpected argument") { return strayBudget() ?? strayPair(message) ?? strayFile() }
    if message.hasPrefix("missing expected argument") { return command?.examples.first.map { "such as \($0)" } }
    if message.hasPrefix("missing value"), let option = Self.quoted(message) { return exampleOfValue(option) }
    return nil
  }

  /// `'--nearest <number>'` is about `--nearest`.
  private static func quoted(_ message: String) -> String? {
    let parts = message.split(separator: "'", omittingEmptySubsequences: false)
    return parts.count < 3 ? nil : parts[1].split(separator: " ").first.map(String.init)
  }

  // MARK: Options

  private var names: [String] { command?.arguments.filter { $0.kind != .positional }.flatMap(\.names) ?? [] }

  private var unknownOption: String? {
    let written = arguments.filter { $0.hasPrefix("--") && $0.count > 2 }.map { String($0.prefix { $0 != "=" }) }
    return command == nil ? nil : written.first { !names.contains($0) && !["--help", "--version"].contains($0) }
  }

  private func meant(by option: String) -> String? {
    let names = names
    let plain = plainName(option)
    if let same = names.first(where: { plainName($0) == plain }) { return same }
    let others = Self.otherNames.first { $0.key.contains(plain) }?.value ?? []
    if let other = others.first(where: names.contains) { return other }
    let long = names.filter { $0.hasPrefix("--") }
    if plain.count > 2, let near = closest(to: plain, among: long.map(plainName)) {
      return long.first { plainName($0) == near }
    }
    // `--accel` begins one, `--params` is the end of one.
    guard plain.count >= 4 else { return nil }
    return long.filter { plainName($0).contains(plain) }.min { ($0.count, $0) < ($1.count, $1) }
  }

  /// What other tools and configs call our options, as `plainName` has it; the first that a command has is meant.
  static let otherNames: KeyValuePairs<Set<String>, [String]> = [
    ["target", "goal", "aim"]: ["--nearest", "--target"],
    ["layers", "numlayers", "numhiddenlayers", "nlayer", "depth"]: ["--n-layers"],
    ["width", "hiddensize", "hiddendim", "dim", "nembd", "hidden"]: ["--d-model"],
    ["heads", "numheads", "numattentionheads", "nhead"]: ["--n-heads"],
    ["kvheads", "numkeyvalueheads", "nkvhead", "kv"]: ["--n-kv-heads"],
    ["ffn", "dffn", "intermediatesize", "ffnhiddensize", "mlpwidth"]: ["--d-ff"],
    ["experts", "numexperts"]: ["--n-experts"],
    ["topk", "k", "limit", "n", "head", "first"]: ["--top", "--count"],
    ["seqlen", "seqlength", "seq", "maxseqlen", "context", "contextlength", "ctx", "length", "blocksize"]: [
      "--sequence-length"
    ],
    ["vocab", "vocabulary"]: ["--vocab-size"],
    ["flops", "budget", "c", "compute", "computebudget"]: ["--compute", "--budgets", "--returns", "--at"],
    ["gpus", "gpu", "ngpus", "numgpus", "devices", "tpus", "chips"]: ["--accelerators"],
    ["gpuhours", "gpuh", "tpuhours", "devicehours"]: ["--accelerator-hours"],
    ["gputype", "gpuname", "hardware", "device", "chip"]: ["--accelerator"],
    ["time", "walltime", "duration"]: ["--hours", "--days"],
    ["dollars", "usd", "cost"]: ["--money", "--price"],
    ["utilisation", "utilization", "efficiency", "hfu"]: ["--mfu"],
    ["d", "data", "traintokens"]: ["--tokens"],
    ["n", "params", "parameters", "modelsize"]: ["--size", "--by"],
    ["image", "figure", "chart", "graph", "svg", "png", "pdf"]: ["--plot"],
    ["out", "write", "file", "outfile"]: ["--output"],
    ["md"]: ["--markdown"],
    ["format"]: ["--json"],
    ["filter", "query", "constraint", "condition"]: ["--where"],
    ["rename", "column", "columns"]: ["--map"],
    ["convention", "conventions", "like"]: ["--as"],
    ["jobs", "j", "workers", "cpus", "nproc"]: ["--threads", "--workers"],
    ["resamples", "nboot"]: ["--bootstrap"],
    ["confidence", "ci", "alpha"]: ["--level"],
  ]

  /// What an example of the command gives the option.
  private func exampleOfValue(_ option: String) -> String? {
    guard let command else { return nil }
    let words = option + " "
    for example in command.examples {
      guard let at = example.firstRange(of: words) else { continue }
      let rest = example[at.upperBound...]
      if let quote = rest.first, quote == "\"" || quote == "'" {
        guard let end = rest.dropFirst().firstIndex(of: quote) else { continue }
        return "such as \(words)\(rest[...end])"
      }
      return "such as \(words)\(rest.prefix { $0 != " " })"
    }
    return nil
  }

  // MARK: Arguments

  /// A budget is given as an option, because a size could stand there as well; who leaves it out is told.
  private func strayBudget() -> String? {
    guard arguments.first == "allocate", let number = arguments.dropFirst().first(where: { Double($0) != nil })
    else { return nil }
    return "a budget in FLOPs: isoflop allocate --compute \(number)"
  }

  /// `--map params_total=N tokens=D`: one pair each.
  private func strayPair(_ message: String) -> String? {
    guard let pair = Self.quoted(message), pair.contains("="),
      let option = ["--map", "--where"].first(where: { arguments.contains($0) && names.contains($0) })
    else { return nil }
    return "write \(option) before each: \(option) \(pair)"
  }

  /// `--csv rows.csv`: what is written to standard output takes no file.
  private func strayFile() -> String? {
    for (form, file) in zip(arguments, arguments.dropFirst())
    where ["--csv", "--json", "--markdown"].contains(form) && !file.hasPrefix("-") {
      return "\(form) writes to standard output: \(form) > \(file)"
    }
    return nil
  }
}
