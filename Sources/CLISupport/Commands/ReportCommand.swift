import ArgumentParser
import Isoflop

/// `isoflop report`
struct ReportCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "One page to read and to send: tables, pictures and diagnostics of models or of runs.",
    discussion: """
      With models: what each costs, where its FLOPs go, and what 6 N says beside M. With a file of runs: IsoFLOP and
      parametric fits (and laws of learning rate and batch, where the runs have both), what they say of larger budgets,
      how sure that is, and what speaks against it. The page is one HTML file with its pictures inside: it needs no
      network and no JavaScript, follows the reader's light or dark, and prints.

      EXAMPLES
        isoflop report deepseek-llm-7b deepseek-llm-67b -o report.html
        isoflop report runs.csv -o report.html
        isoflop report runs.csv --at 1e22 --at 3e23 --where dataset=c4 -o report.html
      """)

  @Argument(
    help: ArgumentHelp(
      "A file of runs (CSV or JSON lines), or models: config.json, a folder that holds one, a known name.",
      valueName: "runs|config"), completion: Completions.runsOrModels)
  var files: [String]
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The page; without it, standard output.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var page: String?
  @Option(name: [.customShort("s"), .long], help: ArgumentHelp("Tokens of a sequence (models).", valueName: "n"))
  var sequenceLength: String?
  @Option(
    help: ArgumentHelp(
      "What the laws give for this budget (runs; repeatable; default: 10 and 100 times the largest).", valueName: "C")
  )
  var at: [String] = []
  @OptionGroup(title: "Runs") var runOptions: FitRunOptions
  @OptionGroup(title: "Method") var methodOptions: FitMethodOptions

  var output: OneForm { OneForm(isForReading: false) }

  func run(on terminal: Terminal) throws {
    if page == nil, terminal.height != nil {
      throw InputError("would fill the terminal", field: "report", hint: "name the page: -o report.html")
    }
    let budgets = try at.map { try Arguments.positive($0, "--at") }
    let gnuplot = try Gnuplot(environment: terminal.environment)
    let html: HTMLPage
    switch try ReportSubject(files) {
    case .models:
      guard budgets.isEmpty else {
        throw InputError("is for runs", field: "--at", value: at[0], hint: "models have no laws: leave it out")
      }
      // Whatever else begins with a dash is about runs.
      try Arguments.refuse(
        terminal.arguments.filter { $0.hasPrefix("-") && $0.count > 1 },
        but: ["-o", "--output", "-s", "--sequence-length"], "is for runs",
        hint: "models are counted, not fitted: leave it out")
      html = try ModelReport(files, sequenceLength: sequenceLength, on: terminal).page(
        command: terminal.arguments, gnuplot)
    case .runs(let file):
      guard sequenceLength == nil else {
        throw InputError("is for models", field: "--sequence-length", hint: "runs hold their own: leave it out")
      }
      html = try RunReport(file, runOptions, methodOptions, at: budgets).page(command: terminal.arguments, gnuplot)
    }
    guard let page else { return try terminal.write(html.text) }
    try writeFile(page, Array(html.text.utf8))
    terminal.note("note: report in \(page)")
  }
}

/// A command line as one would type it.
enum CommandLineText {
  static func text(_ arguments: [String]) -> String {
    (["isoflop"] + arguments).map { word in
      let isPlain = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "-_./=:,+@%".contains($0) }
      return isPlain ? word : "'" + word.unicodeScalars.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
    }.joined(separator: " ")
  }
}

/// What a report is about.
enum ReportSubject {
  case models
  case runs(String)

  /// - Throws: `InputError` where the files are of both kinds, or several are runs.
  init(_ files: [String]) throws {
    guard let runs = try files.first(where: Self.holdsRuns) else {
      self = .models
      return
    }
    guard files.count == 1 else {
      throw InputError(
        "holds runs, and a report is about one file of runs or about models",
        file: runs, hint: "make a report of each")
    }
    self = .runs(runs)
  }

  /// A known name, a folder, or a JSON object that says what model it is, or holds one that does: a model. Anything else
  /// that can be read: runs.
  private static func holdsRuns(_ file: String) throws -> Bool {
    if KnownModel.named(file) != nil || !FileCheck.exists(file) || FileCheck.isFolder(file) { return false }
    let bytes = try readFile(file)
    guard bytes.first(where: { !($0 == 0x20 || 0x09...0x0D ~= $0) }) == UInt8(ascii: "{") else { return true }
    // Lines of JSON are objects too, but not one.
    guard let object = try? JSON(parsing: bytes).object else {
      return String(decoding: bytes.prefix(1 << 16), as: UTF8.self).contains("\"model_type\"") == false
    }
    // A config that is wrapped is none that can be read, and the error of that is the one that helps.
    return !["model_type", "architectures", "hidden_size"].contains { object[$0] != nil }
      && NamedConfig.member(holdingConfig: object) == nil
  }
}
