import Foundation
import Isoflop
import TestSupport
import Testing

@testable import CLISupport

/// No option is passed over in silence: added to a request, it changes what comes out, or it is refused by its name.
@Suite struct UnreadOptionTests {
  /// Requests that answer, one for each way a command works. `FOLDER` stands for a folder with the files made below.
  static let requests = [
    "predict --law deepseek_fig4a:surface deepseek-llm-7b --tokens 2T",
    "predict --law deepseek_fig4a:surface --size 1e10 --tokens 2T",
    "predict --law deepseek_fig4a --returns 1e22",
    "predict --backtest FOLDER/runs.csv",
    "predict --curve FOLDER/curve.csv --steps 20000 --annealing 1e-4",
    "predict llama-2-7b --tokens 100e9 --images 1e8 --vision 24,1024,576,2",
    "predict --law FOLDER/law.json llama-2-7b --tokens 100e9 --images 1e8 --vision 24,1024,576,2",
    "watch FOLDER/ledger",
    "watch FOLDER/ledger --forecast b --law FOLDER/law.json gpt2 --tokens 2e12",
    "watch FOLDER/ledger --result a=1.22",
    "size 1B",
    "size 3B --style moe --by active",
    "plan --budgets 1e18,1e19 --shapes 3 --simulate 0",
    "plan --budgets 1e18...1e19 --count 2 --shapes 3 --simulate 0",
    "plan --budgets 1e18...1e19 --count 3 --shapes 4 --simulate 3",
    "plan --budgets 1e18...1e19 --count 3 --shapes 4 --simulate 0 --accelerators 8 --peak 1e15",
    "allocate --compute 1e20 --top 2",
    "allocate --accelerators 8 --accelerator h100 --hours 72 --top 2",
    "allocate --compute 1e20 --law besiroglu --top 2",
    "allocate --compute 1e20 --tokens 1e10 --top 2",
    "allocate --compute 1e20 --size 5e9 --top 2",
    "allocate --model gpt2 --tokens 1e10",
    "allocate --model gpt2 --compute 1e19",
    "allocate --model gpt2 --compute 1e19 --top 2",
    "allocate --compute 1e20 --n-layers 8:24 --d-model 512:2048:64 --top 2",
    "allocate --compute 1e20 --grid FOLDER/grid.yaml --top 2",
    "allocate --compute 1e20 --all-laws",
    "compare gpt2",
    "compare gpt2 --compute 1e19",
    "compare --conventions",
    "compare --laws --compute 1e20",
    "compare --laws gpt2 --tokens 1e10",
    "compare --runs FOLDER/planned.csv --compute 1e21",
    "count gpt2",
    "count --models",
    "count --families",
    "attention gpt2 --lengths 512,1024",
    "memory gpt2",
    "memory --recipes",
    "laws",
    "laws besiroglu",
    "mfu gpt2 --tokens-per-second 1e5 --accelerators 8 --peak h100",
    "mfu gpt2 --tokens 1e10 --accelerator-hours 100 --peak 1e15",
    "mfu --peaks",
    "sweep FOLDER/grid.yaml --nearest 1e9 --top 2",
    "sweep FOLDER/grid.yaml --nearest 1e9 --within 9e8",
    "sweep FOLDER/grid.yaml --count 1...5e9",
    "sweep FOLDER/grid.yaml --summary",
    "sweep FOLDER/grid.yaml --histogram 2",
    "sweep --n-layers 8,16 --d-model 512,1024 --head-dim 64 --d-ff 2048 --n-experts 0,8 --experts-per-token 2 "
      + "--d-expert 512 --pareto min\u{a0}M,max\u{a0}parameters",
    "sweep FOLDER/grid.yaml --loss deepseek_fig4a:surface --compute 1e19 --top 2",
    "sweep FOLDER/grid.yaml --rows FOLDER/rows.csv",
    "sweep --around gpt2 --vary n_layer=6,12 --nearest 5e8",
    "sweep --around gpt2 --vary n_layer=6,12 --count 1...5e8",
    "sweep --around gpt2 --vary n_layer=6,12 --pareto min\u{a0}M,max\u{a0}parameters",
    "sweep --around gpt2 --vary n_layer=6,12 --histogram 3",
    "sweep --around gpt2 --vary n_layer=6,12 --rows FOLDER/rows.csv",
    "fit FOLDER/runs.csv --parametric --bootstrap 3 --starts 2",
    "fit FOLDER/runs.csv --isoflop --bootstrap 3",
    "fit FOLDER/runs.csv --bootstrap 3 --starts 2",
    "fit FOLDER/planned.csv --accounts --bootstrap 3",
    "fit FOLDER/groups.csv --parametric --bootstrap 3 --starts 2 --group dataset",
    "fit FOLDER/curves.csv --envelope --bootstrap 3",
    "fit FOLDER/settings.csv --hyperparameters --bootstrap 3",
    "report gpt2",
    "report FOLDER/runs.csv --bootstrap 3 --starts 2",
  ]

  /// A value for every option that takes one, possible wherever the option is; by command where one name has two meanings.
  static let values = [
    "law": "besiroglu", "size": "2e10", "tokens": "3e12", "sequence-length": "2048", "noise": "0.01",
    "inflation": "0.01", "scores": "FOLDER/scores.csv", "form": "exponential", "chance": "0.1", "returns": "1e21",
    "target": "0.7", "value": "1e6", "price": "3", "backtest": "FOLDER/runs.csv", "curve": "FOLDER/curve.csv",
    "steps": "30000", "schedule": "cosine", "drops": "0.5:0.5", "final-rate": "0.2", "warmup": "100",
    "annealing": "2e-4", "images": "1e7", "vision": "12,768,256", "plot": "FOLDER/picture.svg", "plot-size": "600",
    "forecast": "c", "result": "a=0.8", "refit": "FOLDER/new.json", "runs": "FOLDER/runs.csv", "scale": "tokens",
    "by": "non-embedding", "style": "gpt", "vocab-size": "50304", "top": "3", "tensor-parallel": "8",
    "pipeline-parallel": "7", "max-parameters": "1e6", "max-kv-bytes": "20", "aspect-ratio": "60...70",
    "d-model-multiple": "512", "n-heads-multiple": "8", "memory": "0.01", "devices": "4", "count": "4", "shapes": "5",
    "span": "3", "hyperparameter-law": "step_law", "batch-multiple": "512", "simulate": "2", "against-6n": "1e21",
    "worlds": "3", "world": "deepseek_fig4a:surface", "seed": "7", "write-runs": "FOLDER/plan.csv",
    "output": "FOLDER/plan.csv",
    "write-configs": "FOLDER/configs", "accelerators": "16", "accelerator": "a100", "peak": "5e14", "mfu": "0.3",
    "watts": "500", "node-overhead": "1.5", "pue": "1.2", "carbon": "0.4", "compute": "3e20", "hours": "10",
    "accelerator-hours": "100", "money": "1000", "unique-tokens": "1e9", "inference-tokens": "1e12",
    "length-schedule": "0.5:4096,0.5:32768", "band": "0.01", "model": "gpt2", "grid": "FOLDER/grid.yaml",
    "n-layers": "4:30", "d-model": "256:2048:64", "n-heads": "16", "head-dim": "64", "n-kv-heads": "1", "d-ff": "4096",
    "n-experts": "8", "experts-per-token": "2", "d-expert": "512", "d-shared": "512", "where": "aspect_ratio=60...70",
    "mlp": "plain", "first-k-dense-replace": "1", "method": "reference", "kernel": "baseline", "threads": "1",
    "as": "palm", "decoder-length": "64", "attention": "causal", "documents": "FOLDER/documents.txt",
    "recompute": "full", "lora-rank": "8", "lora-targets": "c_attn", "frozen-layers": "2", "lengths": "256",
    "tokens-per-second": "2e5", "precision": "fp8", "nearest": "2e9", "of": "parameters", "within": "5",
    "rows": "FOLDER/other.csv", "shard": "1/2", "merge": "FOLDER/other.csv", "sweep count": "1...5",
    "sweep loss": "besiroglu", "days": "3", "pareto": "min M,max six_n1",
    "histogram": "3", "around": "llama-2-7b", "vary": "n_layer=3", "at": "1e22", "predict": "7e9,2e12",
    "save": "FOLDER/saved.json", "picture": "confidence", "map": "loss=tokens", "budget": "tokens",
    "fit where": "tokens>=3e9", "report where": "tokens>=3e9", "best-per": "budget", "drop-highest": "1",
    "group": "dataset", "resample": "budget", "bytes-per-token": "4", "unit": "bits-per-byte",
    "comparable": "loss-units",
    "fit loss": "squared", "report loss": "squared", "residual": "linear", "delta": "1e-2", "starts": "3", "fix-E": "1",
    "exponent": "0.55", "fit method": "akima", "report method": "akima", "window": "3", "predictors": "D",
    "bootstrap": "5", "scheme": "noise=0.01", "level": "0.8", "report output": "FOLDER/page.html",
    "fit output": "FOLDER/saved.json", "sweep output": "FOLDER/other.csv",
    "context": "512", "cache": "fp8", "recipe": "fp32-adam", "zero": "1", "micro-batch": "2",
  ]

  /// What is read and leaves the answer of requests that begin so as it is, and why.
  static let alike: [(request: String, options: Set<String>, why: String)] = [
    ("allocate", ["--threads", "--no-pin", "--pin", "--kernel", "--method"], "every way to compute answers the same"),
    ("sweep", ["--threads", "--no-pin", "--pin", "--kernel", "--method"], "every way to compute answers the same"),
    ("compare", ["--mtp"], "a model without extra prediction modules costs the same with them"),
    ("count", ["--mtp"], "a model without extra prediction modules costs the same with them"),
    ("plan", ["--world"], "the world is the one that is chosen where none is named"),
    ("fit", ["--budget", "--unit", "--comparable"], "says again what the file says"),
    ("report", ["--budget", "--unit", "--comparable"], "says again what the file says"),
    ("fit FOLDER/runs.csv", ["--keep-checkpoints"], "each run has one row"),
    ("fit FOLDER/planned.csv", ["--keep-checkpoints"], "each run has one row"),
    ("fit FOLDER/groups.csv", ["--keep-checkpoints"], "each run has one row"),
    ("fit FOLDER/settings.csv", ["--keep-checkpoints"], "each run has one row"),
    ("report FOLDER/runs.csv", ["--keep-checkpoints"], "each run has one row"),
  ]

  /// Those that fit or search take their time in a debug build: all are in `make check`.
  static let chosen =
    ProcessInfo.processInfo.environment["ISOFLOP_CHECK"] == "1"
    ? requests
    : requests.filter { line in
      !["plan", "allocate", "size", "fit", "report", "sweep", "predict --curve"].contains { line.hasPrefix($0) }
    } + [
      "sweep FOLDER/grid.yaml --nearest 1e9 --top 2", "sweep --around gpt2 --vary n_layer=6,12 --rows FOLDER/rows.csv",
      "report gpt2",
    ]

  @Test(arguments: chosen)
  func everyOptionIsReadOrRefused(request: String) throws {
    let words = request.split(separator: " ").map { String($0).replacing("\u{a0}", with: " ") }
    let reference = try #require(CommandReference.isoflop().commands.first { $0.name == words[0] })
    let base = try run(words)
    #expect(base.status == 0, "\(request): \(base.errors)")
    for argument in reference.arguments where argument.kind != .positional {
      for name in argument.names where name.hasPrefix("--") && !["--help", "--version"].contains(name) {
        guard !argument.names.contains(where: words.contains) else { continue }
        guard !Self.alike.contains(where: { request.hasPrefix($0.request) && $0.options.contains(name) }) else {
          continue
        }
        var added = [name]
        if argument.kind == .option {
          let value = try #require(
            Self.values["\(words[0]) \(name.dropFirst(2))"] ?? Self.values[String(name.dropFirst(2))]
              ?? Self.values[argument.names[0]], "\(name)")
          added.append(value)
        }
        try expectReadOrRefused(words, added, base)
      }
    }
    // A model where none is asked for.
    if !reference.arguments.filter({ $0.kind == .positional && $0.isOptional }).isEmpty {
      try expectReadOrRefused(words, ["llama-3-8b"], base)
    }
  }

  private func expectReadOrRefused(_ words: [String], _ added: [String], _ base: Outcome) throws {
    let result = try run(words + added)
    guard result == base else { return }
    // Text is rounded: what it does not show, the exact answer may.
    let line = (words + added).joined(separator: " ")
    #expect(try run(words + added + ["--json"]) != run(words + ["--json"]), "passed over in silence: \(line)")
  }

  /// In a folder of its own, because some requests write.
  private func run(_ words: [String]) throws -> Outcome {
    try withTemporaryFolder { folder in
      for file in Self.files where words.contains(where: { $0.contains(file.name) }) {
        try writeFile("\(folder)/\(file.name)", file.bytes)
      }
      var result = isoflop(words.map { $0.replacing("FOLDER", with: folder) })
      result.output = result.output.replacing(folder, with: "FOLDER")
      result.errors = result.errors.replacing(folder, with: "FOLDER")
      return result
    }
  }

  /// A planned experiment with the losses of a known surface, in every account's columns.
  private static let planned: String = {
    guard let surface = try? Law.resolve("deepseek_fig4a:surface").surface else { return "" }
    let plan = isoflop("plan", "--budgets", "1e18...1e20", "--count", "4", "--shapes", "7", "--simulate", "0", "--csv")
    let lines = plan.output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    guard let M = lines[0].firstIndex(of: "flops_per_token"), let D = lines[0].firstIndex(of: "tokens") else {
      return ""
    }
    return lines.enumerated().map { at, cells in
      let loss = (Double(cells[M]), Double(cells[D]))
      guard at > 0, let size = loss.0, let tokens = loss.1 else { return cells.joined(separator: ",") }
      return (cells.dropLast() + ["\(surface.loss(scale: size, tokens: tokens))"]).joined(separator: ",")
    }.joined(separator: "\n") + "\n"
  }()

  /// Runs about a law, in two groups.
  private static let groups: String = {
    let rows = (0..<24).map { index in
      let (N, D) = (1e8 * pow(2, Double(index % 6)), 2e9 * pow(2, Double(index / 6)))
      return "\(N),\(D),\(SyntheticLoss.of(N, D) * (1 + 0.01 * sin(Double(7 * index)))),\(index % 2)"
    }
    return "params_total,tokens,loss,dataset\n" + rows.joined(separator: "\n") + "\n"
  }()

  /// Training curves of several models.
  private static let checkpoints: String = {
    let rows = (0..<200).map { index in
      let (model, step) = (index / 20, index % 20)
      let (N, D) = (exp(16 + 0.5 * Double(model)), exp(18 + 0.36 * Double(step)))
      return "run\(model),\(N),\(D),\(SyntheticLoss.of(N, D))"
    }
    return "run_id,params_total,tokens,loss\n" + rows.joined(separator: "\n") + "\n"
  }()

  private static let settings =
    "params_total,tokens,loss,learning_rate,batch_size_tokens\n"
    + SyntheticLoss.settings(side: 5).map { "\($0.N),\($0.D),\($0.loss),\($0.rate),\($0.batch)\n" }.joined()

  private static let files: [(name: String, bytes: [UInt8])] = {
    do {
      var law = try Law.resolve("deepseek_fig4a:surface")
      law.id = "mine"
      let curve = (1...40).map { "\(200 * $0),\(2 + 3 / Double(200 * $0).squareRoot())" }
      let scores = (0..<8).map { "\(0.7 + 0.05 * Double($0)),\(0.9 - 0.06 * Double($0))" }
      var ledger = try Ledger(parsing: [], file: "ledger")
      let event = try ledger.record(law.forecast(size: 1e9, tokens: 1e9), id: "a", law: "mine", unit: law.scale)
      let texts = [
        ("law.json", law.json.text()), ("planned.csv", planned), ("groups.csv", groups), ("curves.csv", checkpoints),
        ("settings.csv", settings), ("curve.csv", "step,loss\n" + curve.joined(separator: "\n") + "\n"),
        ("scores.csv", "loss,score\n" + scores.joined(separator: "\n") + "\n"),
        ("grid.yaml", "axes:\n  n_layers: 8:24\n  d_model: 512:2048:64\n"), ("documents.txt", "100\n200\n"),
        ("ledger", event.text(indent: nil) + "\n"),
      ]
      return [("runs.csv", try readFile(Golden.path("runs/deepseek-fig4a.csv")))]
        + texts.map { ($0, Array($1.utf8)) }
    } catch {
      Issue.record(error)
      return []
    }
  }()
}
