import ArgumentParser
import Isoflop

/// `isoflop sweep`
struct SweepCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Shapes of a grid: nearest to a target, on a front, counted, or every row in a file.",
    discussion: """
      A grid is a YAML or JSON file, flags, or a file with flags that replace its axes. Axes are lists (8,16,32), ranges
      (from:to:step) or ratios of another axis. An axis that is not named takes the paper's value: multi-head attention,
      12 d_model^2 weights a layer. Conditions bound any axis and what follows from a shape: M, parameters,
      aspect_ratio, kv_bytes_per_token. Ties come in the order of the axes, so the answer is the same with every
      implementation, number of threads and method. Ctrl-C stops with what was found so far.
      --rows FILE writes every shape, in constant memory, and --resume goes on after a kill.
      --around sweeps the fields of any config.json that isoflop count reads: every combination is read by the family's
      own rules and counted exactly; those that are no model are left out, and said so.

      EXAMPLES
        isoflop sweep --n-layers 1:200 --d-model 64:8192:64 --where aspect_ratio=64...160 --nearest 4.3e10
        isoflop sweep --n-layers 24:40 --d-model 2048:8192:128 --head-dim 128 --n-kv-heads "1,1/4" --d-ff "8/3 multiple of 256" --nearest 4.3e10 --top 3
        isoflop sweep --n-layers 8:40 --d-model 512:6144:64 --nearest 7e9 --of parameters --csv
        isoflop sweep --n-layers 8:40 --d-model 512:6144:64 --nearest 4.3e10 --json
        isoflop sweep --n-layers 8:40 --d-model 512:6144:64 --nearest 4.3e10 --within 1e8
        isoflop sweep --n-layers 8:40 --d-model 512:6144:64 --pareto "min M, max parameters"
        isoflop sweep --n-layers 8:40 --d-model 512:6144:64 --pareto "min M, max parameters" --plot front.svg
        isoflop sweep --n-layers 8:40 --d-model 512:6144:64 --sequence-length 64:32768:64 --count 4.2e10...4.4e10
        isoflop sweep --n-layers 8:40 --d-model 512:6144:64 --summary
        isoflop sweep --n-layers 8:40 --d-model 512:6144:64 --loss besiroglu --compute 1e20 --top 3
        isoflop sweep --around deepseek-v3 --vary num_hidden_layers=40:61:3 hidden_size=4096:7168:1024 kv_lora_rank=256,512 --nearest 1e11 --top 3
        isoflop sweep --around mistral-7b --attention causal --vary sliding_window=1024,2048,4096 num_hidden_layers=24:32 --nearest 4e10 --top 3
        isoflop sweep --around qwen3-8b --vary num_hidden_layers=20:48 hidden_size=2048:6144:512 --histogram 10
        isoflop sweep --around llama-2-7b --vary intermediate_size=8192:16384:256 --sequence-length 1024:8192:1024 --nearest 4e10
      """)

  @Argument(
    help: ArgumentHelp("A grid in YAML or JSON; - for standard input.", valueName: "grid"),
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var file: String?
  @Option(help: ArgumentHelp("The target, in FLOPs per token unless --of names another quantity.", valueName: "number"))
  var nearest: String?
  @Option(
    help: ArgumentHelp("The quantity that the target is of (default: M).", valueName: "quantity"),
    completion: .list(Quantity.names))
  var of: String?
  @Option(help: ArgumentHelp("How many shapes (default: 10).", valueName: "n"))
  var top: String?
  @Option(help: ArgumentHelp("Only shapes at most this far from the target, and how many there are.", valueName: "n"))
  var within: String?
  @OptionGroup(title: "Around a model") var aroundOptions: AroundOptions
  @OptionGroup(title: "The whole grid") var whole: WholeSweepOptions
  @OptionGroup(title: "Axes and conditions") var gridOptions: GridOptions
  @OptionGroup(title: "How it runs") var search: SearchOptions
  @OptionGroup(title: "Output") var folder: ConfigFolderOption
  @OptionGroup(title: "Output") var plots: PlotOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func run(on terminal: Terminal) throws {
    if let around = try aroundOptions.grid(gridOptions, file: file, on: terminal) {
      return try sweep(around: around, on: terminal)
    }
    guard let grid = try gridOptions.grid(file: file) else {
      throw InputError(
        "names no grid", field: "sweep", hint: "give a grid file, or axes such as --n-layers 1:200 --d-model 64:8192:64"
      )
    }
    let quantity = try of.map { try Quantity(named: $0, field: "--of") } ?? .M
    let job = try whole.job(besides: nearest)
    try refuseUnread(job)
    let plotter = try plotter(for: job, on: terminal)
    let progress = ProgressLine("shapes", on: terminal)
    var options = try search.options(progress)
    options.shard = try whole.shard.map { try Shard($0) }
    Interrupt.install()
    do {
      defer { progress.clear() }
      let sweep = GridSearch(grid, options)
      if job == "--loss" {
        try whole.writeLowest(sweep, top: top, output, on: terminal)
      } else if let job {
        try whole.run(job, sweep, quantity, output, plotter, on: terminal)
      } else {
        try writeNearest(sweep, quantity, progress, plotter, on: terminal)
      }
    } catch let error as InputError {
      // What an option says is wrong in the option, also where a file is given.
      throw error.field?.hasPrefix("--") == true ? error : file.map { error.from(file: $0) } ?? error
    }
  }

  /// What is asked for decides which options are read; any other is refused rather than passed over.
  private func refuseUnread(_ job: String?) throws {
    guard let job else { return }
    let around = aroundOptions.around != nil
    try Arguments.refuse(["--within": within], "goes with --nearest", hint: "leave it out")
    if job != "--loss" {
      try Arguments.refuse(["--top": top], "is not read with \(job)", hint: "leave it out")
    }
    if ["--rows", "--pareto", "--loss"].contains(job) {
      try Arguments.refuse(["--of": of], "is not read with \(job)", hint: "leave it out")
    }
    if !around || job != "--pareto" {
      try Arguments.refuse(["--write-configs": folder.writeConfigs], "is not read with \(job)", hint: "add --nearest")
    }
    guard job == "--rows" else { return }
    if output.form == .csv || output.form == .markdown {
      throw InputError(
        "is not read with --rows", field: output.form == .csv ? "--csv" : "--markdown",
        hint: "the file's name says what it is: .csv or .npy")
    }
    guard !whole.merge.isEmpty else { return }
    try Arguments.refuse(
      ["--shard": whole.shard, "--resume": Arguments.flag(whole.resume)], "is not read with --merge",
      hint: "leave it out")
  }

  private func plotter(for job: String?, on terminal: Terminal) throws -> Plotter? {
    guard let plotter = try plots.plotter(besides: output.form, on: terminal) else { return nil }
    if let job, ["--rows", "--count", "--summary", "--loss"].contains(job) {
      throw InputError("has no picture", field: job, hint: "--nearest, --pareto and --histogram have one")
    }
    return plotter
  }

  private func sweep(around grid: ConfigGrid, on terminal: Terminal) throws {
    let quantity = try of.map { try Quantity(named: $0, field: "--of") } ?? .M
    let job = try whole.job(besides: nearest)
    try refuseUnread(job)
    let plotter = try plotter(for: job, on: terminal)
    let progress = ProgressLine("models", on: terminal)
    var options = try search.options(progress)
    options.shard = try whole.shard.map { try Shard($0) }
    Interrupt.install()
    do {
      defer { progress.clear() }
      try aroundOptions.run(ConfigSearch(grid, options), self, quantity, progress, plotter, on: terminal)
    } catch let error as InputError {
      throw error.file == nil && error.field?.hasPrefix("--") != true ? error.from(file: grid.name) : error
    }
  }

  /// What a sweep may be for, for who names nothing.
  static let targets =
    "add one, such as --nearest 4.3e10; or --pareto, --histogram or --summary of all shapes, or -o FILE.csv for the rows"

  private func writeNearest(
    _ sweep: GridSearch, _ quantity: Quantity, _ progress: ProgressLine, _ plotter: Plotter?, on terminal: Terminal
  ) throws {
    guard let nearest else {
      throw InputError("has no target", field: "sweep", hint: SweepCommand.targets)
    }
    let target = try Arguments.exactInteger(nearest, "--nearest")
    let count = try top.map { try Arguments.integer($0, "--top") } ?? 10
    let result =
      if let within {
        try sweep.within(
          Arguments.exactInteger(within, "--within"), of: target, quantity: quantity, top: count)
      } else {
        try sweep.nearest(to: target, of: quantity, top: count)
      }
    progress.clear()
    for note in result.notes { terminal.note("note: \(note)") }
    if result.isPartial { terminal.warning("stopped: these are the best of the shapes seen so far") }
    if result.results.isEmpty { Self.warnOfNone(on: terminal) }
    if let folder = folder.writeConfigs {
      try ConfigFolder.write(result.results.map(\.shape), to: folder, on: terminal)
    }

    let table = ShapeRows.table(result.results, target: target, of: quantity)
    switch output.form {
    case .json: try terminal.writeLine(result.json.text())
    case .csv, .markdown: try terminal.write(table, as: output.form)
    case .text:
      if !result.results.isEmpty { try terminal.write(table.text(width: terminal.width)) }
      terminal.note(Self.summary(result))
    }
    let found = result.results.isEmpty ? nil : result.results
    try plotter?.draw(found.map { .shapes($0, target: (quantity, target)) }, on: terminal)
  }

  static func warnOfNone(on terminal: Terminal) { terminal.warning("no shape of this grid meets the conditions") }

  /// `50,000,000 shapes, 1,234 feasible, 0.012 s (4.2 G/s) by enumerate, kernels x86-64-v3`
  static func summary(_ result: SweepResult) -> String {
    var text = Numbers.counted(result.shapes, "shape")
    if let matches = result.matches { text += ", \(Numbers.grouped(matches)) near enough" }
    if let feasible = result.feasible { text += ", \(Numbers.grouped(feasible)) feasible" }
    text += ", \(Numbers.grouped(result.evaluated)) evaluated in \(Numbers.duration(result.seconds))"
    // What was looked at, not what the grid spans: a bound that skips shapes is no faster kernel.
    if result.seconds > 0 { text += " (\(Numbers.si(Double(result.evaluated) / result.seconds)) a second)" }
    return text + ", method \(result.method.rawValue), implementation \(result.implementation)"
  }
}
