import ArgumentParser
import Isoflop

/// Answers about a whole grid rather than the shapes nearest to a target.
struct WholeSweepOptions: ParsableArguments {
  @Option(
    name: [.customShort("o"), .long, .customLong("output")],
    help: ArgumentHelp(
      "Write every feasible shape to a .csv or .npy file (numpy.load(FILE, mmap_mode=\"r\")).", valueName: "file"),
    completion: .file(extensions: ["csv", "npy"]))
  var rows: String?
  @Flag(help: "Go on with --rows where a run that was stopped left off.")
  var resume = false
  @Option(help: ArgumentHelp("Only this share of the work, such as 1/4.", valueName: "i/n"))
  var shard: String?
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Make --rows from the tables of shards, in any order (repeatable).", valueName: "file"),
    completion: .file(extensions: ["csv", "npy"]))
  var merge: [String] = []
  @Option(
    help: ArgumentHelp("How many shapes have the quantity within a range, such as 1e9...2e9.", valueName: "range"))
  var count: String?
  @Option(
    help: ArgumentHelp(
      "Shapes that no other beats in both, such as \"min M, max parameters\".", valueName: "two quantities"))
  var pareto: String?
  @Option(
    help: ArgumentHelp(
      "How many shapes by the logarithm of the quantity, in n steps to a factor of 10.", valueName: "n"))
  var histogram: String?
  @Flag(help: "How many shapes are feasible, and the least, greatest and mean of the quantity.")
  var summary = false
  @Option(
    help: ArgumentHelp(
      "Shapes with the lowest loss that this law (or law file) predicts for --compute, each at D = C / M.",
      valueName: "law"), completion: Completions.laws)
  var loss: String?
  @Option(help: ArgumentHelp("The budget of --loss in FLOPs, such as 1e21.", valueName: "C"))
  var compute: String?

  /// The option that says what to do; nil where none does.
  func job(besides nearest: String?) throws -> String? {
    let given = [
      ("--nearest", nearest != nil), ("--rows", rows != nil), ("--count", count != nil), ("--pareto", pareto != nil),
      ("--histogram", histogram != nil), ("--summary", summary), ("--loss", loss != nil),
    ].filter(\.1).map(\.0)
    guard given.count <= 1 else {
      throw InputError("cannot be done in one sweep", field: given.joined(separator: " and "), hint: "run one each")
    }
    if loss == nil, let compute {
      throw InputError("needs --loss", field: "--compute", value: compute, hint: "name a law, such as besiroglu")
    }
    if rows == nil {
      if resume { throw InputError("needs --rows", field: "--resume", hint: "name the file to go on with") }
      if !merge.isEmpty { throw InputError("needs --rows", field: "--merge", hint: "name the file to make") }
    }
    return given.first == "--nearest" ? nil : given.first
  }

  func run(
    _ job: String, _ search: GridSearch, _ quantity: Quantity, _ output: OutputOptions, _ plotter: Plotter?,
    on terminal: Terminal
  ) throws {
    switch job {
    case "--rows": try writeRows(search, output, on: terminal)
    case "--count": try writeCount(search, quantity, output, on: terminal)
    case "--pareto": try writeFront(search, output, plotter, on: terminal)
    case "--summary": try writeSummary(search, quantity, output, on: terminal)
    default: try writeHistogram(search, quantity, output, plotter, on: terminal)
    }
  }

  private func writeRows(_ search: GridSearch, _ output: OutputOptions, on terminal: Terminal) throws {
    guard let rows else { return }
    let result =
      try merge.isEmpty
      ? search.writeTable(to: rows, shard: search.options.shard, resume: resume) : search.mergeTables(merge, to: rows)
    try write(result, output, on: terminal)
  }

  /// What became of a table.
  func write(_ result: TableResult, _ output: OutputOptions, on terminal: Terminal) throws {
    if result.isPartial { terminal.warning("stopped: --resume goes on with \(result.path)") }
    if output.form == .json {
      try terminal.writeLine(result.json.text())
    } else {
      try terminal.writeLine(
        "\(result.path): \(Numbers.counted(result.rows, "row")) of \(Numbers.counted(result.columns.count, "column")), "
          + "\(Numbers.counted(result.bytes, "byte")) in \(Numbers.duration(result.seconds))")
    }
  }

  /// What --count asks for.
  func countRange() throws -> ClosedRange<Int> {
    let ends = (count ?? "").split(separator: "...", omittingEmptySubsequences: false).map(String.init)
    guard ends.count == 2 else {
      throw InputError("is not a range", field: "--count", value: count, hint: "such as 1e9...2e9")
    }
    let low = try Arguments.exactInteger(ends[0], "--count")
    let high = try Arguments.exactInteger(ends[1], "--count")
    guard low <= high else {
      throw InputError("is an empty range", field: "--count", value: count, hint: "write the smaller end first")
    }
    return low...high
  }

  /// How many of so many things have a quantity in a range, as a row.
  static func countTable(
    _ quantity: Quantity, _ range: ClosedRange<Int>, matches: Int?, of total: Int, _ things: String
  ) -> Table {
    var table = Table([.text("quantity"), .integer("from"), .integer("to"), .integer("matches"), .integer(things)])
    table.add([
      .string(quantity.name), .integer(range.lowerBound), .integer(range.upperBound), .integer(matches ?? 0),
      .integer(total),
    ])
    return table
  }

  private func writeCount(_ search: GridSearch, _ quantity: Quantity, _ output: OutputOptions, on terminal: Terminal)
    throws
  {
    let range = try countRange()
    let result = try search.count(of: quantity, in: range)
    if result.isPartial { terminal.warning("stopped: there may be more") }
    let table = Self.countTable(quantity, range, matches: result.matches, of: result.shapes, "shapes")
    switch output.form {
    case .json: try terminal.writeLine(result.json.text())
    case .csv, .markdown: try terminal.write(table, as: output.form)
    case .text:
      try terminal.writeLine(
        "\(Numbers.grouped(result.matches ?? 0)) of \(Numbers.counted(result.shapes, "shape has", "shapes have")) \(quantity.name) "
          + "from \(Numbers.grouped(range.lowerBound)) to \(Numbers.grouped(range.upperBound)) (\(Numbers.duration(result.seconds)))"
      )
    }
  }

  /// What --pareto asks for.
  func objectives() throws -> (first: Objective, second: Objective) {
    let parts = (pareto ?? "").split(separator: ",", omittingEmptySubsequences: false)
    let objectives = try parts.map { part in
      let words = part.split(separator: " ")
      guard words.count == 2, ["min", "max"].contains(words[0]) else {
        throw InputError(
          "is not a quantity with min or max before it", field: "--pareto", value: String(part), hint: "such as min M")
      }
      let quantity = try Quantity(named: String(words[1]), field: "--pareto")
      return words[0] == "max" ? Objective.maximise(quantity) : .minimise(quantity)
    }
    guard objectives.count == 2 else {
      throw InputError(
        "is not two quantities", field: "--pareto", value: pareto, hint: "such as \"min M, max parameters\"")
    }
    return (objectives[0], objectives[1])
  }

  private func writeFront(
    _ search: GridSearch, _ output: OutputOptions, _ plotter: Plotter?, on terminal: Terminal
  ) throws {
    let (one, other) = try objectives()
    let result = try search.pareto(one, other)
    if result.isPartial { terminal.warning("stopped: this is the front of the shapes seen so far") }
    if result.results.isEmpty { SweepCommand.warnOfNone(on: terminal) }
    if output.form == .json {
      try terminal.writeLine(result.json.text())
    } else if output.form != .text || !result.results.isEmpty {
      try terminal.write(ShapeRows.table(result.results, about: [one.quantity, other.quantity]), as: output.form)
    }
    let (first, second) = (one.quantity, other.quantity)
    // M stands upright wherever it is one of the two.
    let (x, y) = first == .M ? (second, first) : (first, second)
    guard let plotter else { return }
    guard !result.results.isEmpty else { return try plotter.draw(nil, on: terminal) }
    let others = try search.grid.sample(1500)
    try plotter.draw(.shapes(result.results, x: x, y: y, front: true, among: others), on: terminal)
  }

  private func writeHistogram(
    _ search: GridSearch, _ quantity: Quantity, _ output: OutputOptions, _ plotter: Plotter?, on terminal: Terminal
  ) throws {
    let result = try search.histogram(of: quantity, perDecade: histogramSteps())
    if result == nil { SweepCommand.warnOfNone(on: terminal) }
    try write(result, of: "shape", output, plotter, on: terminal)
  }

  /// What --histogram asks for.
  func histogramSteps() throws -> Int { try Arguments.integer(histogram ?? "", "--histogram") }

  /// How many of what `noun` names have how much; nil where none meets the conditions.
  func write(
    _ result: SweepHistogram?, of noun: String, _ output: OutputOptions, _ plotter: Plotter?, on terminal: Terminal
  ) throws {
    if result?.isPartial == true { terminal.warning("stopped: these are the \(noun)s seen so far") }
    var table = Table([.integer("from"), .integer("below"), .integer("\(noun)s")])
    for (index, count) in (result?.counts ?? []).enumerated() {
      guard let edges = result?.edges else { break }
      table.add([.integer(edges[index]), .integer(edges[index + 1]), .integer(count)])
    }
    switch output.form {
    case .json: try terminal.writeLine((result?.json ?? .null).text())
    case .csv, .markdown: try terminal.write(table, as: output.form)
    case .text: if result != nil { try terminal.write(table.text(width: terminal.width)) }
    }
    try plotter?.draw(result.map { .histogram($0, of: noun) }, on: terminal)
  }
}
