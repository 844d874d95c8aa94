import ArgumentParser
import Isoflop

/// `isoflop demo`: the main job on real numbers, from the paper's Table 3 to shapes worth training.
struct DemoCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "The main job on real numbers: count, compare, sweep, allocate (under a minute).",
    discussion: """
      Recomputes Table 3 of DeepSeek LLM (arXiv 2401.02954), sets M against 6N for the real 7B and 67B, then sweeps
      millions of shapes on pinned cores to find what to train at three budgets. `make run` is this.

      EXAMPLES
        isoflop demo
      """)

  var output: OneForm { OneForm(isForReading: true) }

  func run(on terminal: Terminal) throws {
    Interrupt.install()
    try countAToken(on: terminal)
    try compareRealModels(on: terminal)
    try allocate(on: terminal)
  }

  private func title(_ text: String, _ terminal: Terminal) throws {
    try terminal.writeLine(text)
    try terminal.writeLine(String(repeating: "=", count: text.count))
  }

  /// 1. The paper's own table.
  private func countAToken(on terminal: Terminal) throws {
    let table = Table3()
    let agreement = table.agreement
    try title("1. What does a token cost?", terminal)
    try terminal.write(
      """
      DeepSeek LLM measures a model by M, its non-embedding training FLOPs per token, attention included:
      M = 72 n_layer d_model^2 + 12 n_layer d_model l_seq. The usual 6N leaves attention out (6N1) and may count the
      vocabulary instead (6N2). Table 3 of the paper, as printed ("=" where isoflop computes the same digits):


      """)
    try terminal.write(table.text(width: terminal.width))
    try terminal.write(
      """

      \(agreement.equal) of \(agreement.of) numbers are as printed. The other one is 6N1/M = 6/7 = 0.857, which the paper prints as 0.85.
      6N is off by up to a factor of \(Numbers.fixed(1 / Table3.rows[0].ratioN1, 1)), and not by a constant one: small models are hit hardest,
      and it is small models that scaling laws are fitted to.


      """)
  }

  /// 2. The released models, exactly.
  private func compareRealModels(on terminal: Terminal) throws {
    try title("2. M against 6N for the real models", terminal)
    try terminal.write(
      """
      The paper's form assumes 12 d_model^2 weights a layer. The released models have their own widths, and the 67B shares
      keys and values among heads. Counted from their config.json, product by product:


      """)
    for (name, budget) in [("deepseek-llm-7b", 8.455716864e22), ("deepseek-llm-67b", 9.9455336448e23)] {
      guard let known = KnownModel.named(name) else { throw WorkError("\(name) is not built in") }
      let model = try known.architecture()
      let comparison = try Comparison(
        model, sequenceLength: model.usualLength.length, conventions: [], budget: budget)
      try terminal.writeLine(comparison.heading)
      try terminal.write(comparison.table(named: false).text(width: terminal.width))
      try terminal.writeLine()
    }
    try terminal.write(
      """
      For the 7B the paper's form is 0.4 % low, for the 67B it is 14.9 % high: a budget planned with it buys 13 % less
      training than it says. 6N from the same parameters errs the other way.


      """)
  }

  /// The shapes to choose from: llama-like, every layer count, heads that eight devices can share, fine steps of d_ff.
  static func grid() throws -> Grid {
    try Grid(
      axes: [
        ("n_layers", "4:128"), ("d_model", "512:16384:64"), ("head_dim", "64,96,128"),
        ("n_kv_heads", "1,1/2,1/4,1/8 of n_heads"), ("d_ff", "512:65536:32"), ("vocab_size", "102400"),
        ("sequence_length", "4096"),
      ],
      constraints: [("aspect_ratio", "48...192"), ("ffn_ratio", "2...5"), ("n_heads", "multiple of 8")])
  }

  /// 3. The solver, fed by a sweep.
  private func allocate(on terminal: Terminal) throws {
    let grid = try Self.grid()
    let machine = try Machine()
    let plan = try PlacementPlan(machine.topology)
    try title("3. What to train for a budget", terminal)
    try terminal.write(
      """
      The paper's law splits a budget C into model size and tokens: M_opt = 0.1715 C^0.5243, D_opt = 5.8316 C^0.4757.
      Which real shapes have that M? A grid of \(Numbers.grouped(grid.shapes)) shapes: 4 to 128 layers, d_model 512 to 16384,
      d_ff 512 to 65536, multiples of 8 heads of 64, 96 or 128, one to eight of them for each key-value head. Every one
      with 48 <= d_model/n_layers <= 192 and 2 <= d_ff/d_model <= 5 is evaluated, on \(Numbers.counted(plan.places.count, "pinned worker")), by the
      kernels for \(try KernelImplementation.preferred().name).


      """)
    let progress = ProgressLine("shapes", on: terminal)
    let law = try Law.named("deepseek")
    var searched = 0
    var seconds = 0.0
    for (compute, whose) in [(1e20, "an experiment"), (8.456e22, "the 7B's budget"), (9.946e23, "the 67B's budget")] {
      var request = AllocationRequest(budget: try Budget(compute: compute), law: law)
      request.grid = grid
      request.architectures = 3
      request.sweep = SweepOptions(
        method: .enumerate, cancellation: Interrupt.flag, progress: { progress.show($0) })
      let report = try request.solve()
      progress.clear()
      try terminal.writeLine("-- \(whose) --")
      try terminal.write(AllocationText(report).text(width: terminal.width))
      try terminal.writeLine()
      if let sweep = report.sweep { try terminal.writeLine("from \(SweepCommand.summary(sweep))") }
      for warning in report.warnings { try terminal.writeLine("note: \(warning)") }
      try terminal.writeLine()
      searched += report.sweep?.shapes ?? 0
      seconds += report.sweep?.seconds ?? 0
      try terminal.flush()
    }
    try terminal.write(
      """
      \(Numbers.grouped(searched)) shapes in \(Numbers.duration(seconds)). Both released models saw more tokens than the law's
      optimum at their budgets: the 7B has \(Numbers.fixed(100 * 42_278_584_320 / law.optimum(compute: 8.456e22).scale, 0)) % of M_opt, the 67B \(Numbers.fixed(100 * 497_276_682_240 / law.optimum(compute: 9.946e23).scale, 0)) %.

      Next: isoflop count path/to/config.json; isoflop allocate --help; isoflop sweep --help

      """)
  }
}
