import Isoflop
import TestSupport
import Testing

@testable import CLISupport

@Suite struct FitTests {
  /// Runs on a grid around a law, exact: L = 1.7 + 400/N^0.33 + 1500/D^0.36, profiles of C = 6 N D.
  static let runs: String = {
    let law = LossSurface(E: 1.7, A: 400, B: 1500, alpha: 0.33, beta: 0.36)
    var text = "run_id,params_total,tokens,compute_flops,loss,dataset,learning_rate,batch_size_tokens\n"
    var row = 0
    for C in [1e18, 1e19, 1e20, 1e21] {
      guard let best = try? law.optimum(compute: C, flopsPerScale: 6) else { continue }
      for step in [0.25, 0.5, 0.75, 1, 1.4, 2, 4] {
        let (N, D) = (best.scale * step, best.tokens / step)
        // The least of noise, so that resamples differ.
        let loss = law.loss(scale: N, tokens: D) * (1 + 0.0004 * Double(row % 5 - 2))
        text += "r\(row),\(N),\(D),\(C),\(loss),\(row % 2 == 0 ? "even" : "odd"),1e-3,500000\n"
        row += 1
      }
    }
    return text
  }()

  /// Runs the body with the text in a file of its own.
  static func with<Value>(_ text: String, _ body: (String) throws -> Value) throws -> Value {
    try withTemporaryFolder { folder in
      try writeFile(folder + "/runs.csv", Array(text.utf8))
      return try body(folder + "/runs.csv")
    }
  }

  @Test func jsonKeepsItsPromises() throws {
    try Self.with(Self.runs) { (path: String) throws -> Void in
      let outcome = isoflop("fit", path, "--parametric", "--bootstrap", "40", "--starts", "8", "--json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      let fit = try #require(try object(outcome.output)["parametric"]?.object)
      for name in ["E", "A", "B", "alpha", "beta", "a", "b", "objective", "n", "delta"] {
        #expect(fit[name]?.double != nil, "\(name)")
      }
      #expect(abs((fit["alpha"]?.double ?? 0) - 0.33) < 0.02)
      #expect(fit["starts"]?.object?["agree"]?.double == 8)
      #expect(fit["interval"]?.object?["a"]?.array?.count == 2)

      let profiles = isoflop("fit", path, "--isoflop", "--bootstrap", "40", "--at", "1e22", "--json")
      let result = try object(profiles.output)
      #expect(result["isoflop"]?.object?["budgets"]?.array?.count == 4)
      #expect(abs((result["isoflop"]?.object?["model"]?.object?["exponent"]?.double ?? 0) - 0.36 / 0.69) < 0.01)
      let prediction = try #require(result["predictions"]?.array?.first?.object)
      for name in ["interval", "scale_interval", "tokens_interval"] { #expect(prediction[name]?.array?.count == 2) }
      #expect(abs((prediction["decades_beyond"]?.double ?? 0) - 1) < 1e-9)
    }
  }

  /// Where each fit measures a model in its own way, a size stands beside the name of what it is.
  @Test func sizesOfTwoFitsSayWhatTheyAre() throws {
    var lines = Self.runs.split(separator: "\n").map(String.init)
    lines[0] += ",flops_per_token"
    for row in lines.indices.dropFirst() {
      let N = try #require(Double(lines[row].split(separator: ",")[1]))
      lines[row] += ",\(6 * N)"
    }
    let both = lines.joined(separator: "\n") + "\n"
    let asked = ["--at", "1e22", "--bootstrap", "10", "--starts", "8"]
    try Self.with(both) { (path: String) throws -> Void in
      let answer = try object(isoflop(["fit", path, "--json"] + asked).output)
      let said = try #require(answer["predictions"]?.array)
      #expect(said.map { $0.object?["by"]?.string } == ["parametric", "isoflop"])
      #expect(said.map { $0.object?["scale_name"]?.string } == ["params_total", "flops_per_token"])
      let (N, M) = (try #require(said[0].object?["scale"]?.double), try #require(said[1].object?["scale"]?.double))
      #expect(abs(M / (6 * N) - 1) < 0.2, "\(N) \(M)")
      let rows = isoflop(["fit", path, "--csv"] + asked).output.split(separator: "\n")
      #expect(rows.count == 3 && rows[1].contains(",params_total,") && rows[2].contains(",flops_per_token,"), "\(rows)")
      let text = isoflop(["fit", path] + asked).output
      #expect(text.contains("by                 C  size in               size "), "\(text)")
    }
  }

  @Test func theSameSeedGivesTheSameBytes() throws {
    try Self.with(Self.runs) { (path: String) throws -> Void in
      let arguments = ["fit", path, "--bootstrap", "30", "--starts", "8", "--json", "--seed", "7"]
      #expect(isoflop(arguments) == isoflop(arguments))
      #expect(isoflop(arguments).output != isoflop(Array(arguments.dropLast()) + ["8"]).output)
    }
  }

  @Test func textSaysWhatToBelieve() throws {
    try Self.with(Self.runs) { (path: String) throws -> Void in
      let outcome = isoflop("fit", path, "--bootstrap", "40", "--starts", "8")
      #expect(outcome.status == 0)
      #expect(outcome.output.contains("IsoFLOP profiles (parabola) in ln params_total"))
      #expect(outcome.output.contains("8 of 8 starts agree; variable projection finds the same minimum"))
      #expect(outcome.output.contains("The two methods agree on the exponent of params_total"))
      let few = Self.runs.split(separator: "\n").prefix(15).map { $0 + "\n" }.joined()
      let warned = try Self.with(few) { isoflop("fit", $0, "--isoflop", "--bootstrap", "40") }
      #expect(warned.output.contains("Before you believe this:\n  ! "))
    }
  }

  @Test func rowsGroupsAccountsAndPredictions() throws {
    try Self.with(Self.runs) { (path: String) throws -> Void in
      let csv = isoflop("fit", path, "--isoflop", "--csv", "--bootstrap", "10")
      #expect(csv.output.hasPrefix("compute,n,optimum,low,high,tokens,loss,status\n1e+18,7,"))
      let groups = isoflop(
        "fit", path, "--parametric", "--group", "dataset", "--bootstrap", "20", "--starts", "8", "--json")
      #expect(try object(groups.output)["groups"]?.object?["pairs"]?.array?.count == 1)
      #expect(isoflop("fit", path, "--group", "dataset", "--bootstrap", "20").output.contains("even against odd:"))
      let predicted = isoflop("fit", path, "--parametric", "--predict", "1e9,2e10", "--bootstrap", "10", "--csv")
      #expect(
        predicted.output.hasPrefix("by,compute,scale_name,scale,tokens,loss,low,high,decades_beyond\nparametric,"))
      let tied = isoflop("fit", path, "--parametric", "--tie-exponents", "--fix-E", "1.7", "--bootstrap", "0", "--json")
      let law = try #require(try object(tied.output)["parametric"]?.object)
      #expect(law["alpha"]?.double == law["beta"]?.double && law["E"]?.double == 1.7)
      #expect(law["interval"] == .null)
      let held = isoflop("fit", path, "--parametric", "--exponent", "isoflop", "--bootstrap", "0", "--json")
      #expect(held.status == 0, "\(held.errors)")
    }
  }

  /// What is drawn together decides how wide an interval is; where nothing is said, IsoFLOP draws residuals.
  @Test func whatIsDrawnIsSaid() throws {
    try Self.with(Self.runs) { (path: String) throws -> Void in
      func resampling(_ arguments: String...) throws -> JSONObject? {
        let outcome = isoflop(["fit", path, "--isoflop", "--json", "--bootstrap", "40"] + arguments)
        return try object(outcome.output)["isoflop"]?.object?["resampling"]?.object
      }
      #expect(try resampling()?["scheme"]?.string == "residuals")
      #expect(try resampling("--resample", "budget")?["scheme"]?.string == "runs")
      #expect(try resampling("--scheme", "pooled-runs")?["scheme"]?.string == "pooled-runs")
      #expect(try resampling("--scheme", "noise=0.001")?["noise"]?.double == 0.001)
    }
  }

  @Test func aSavedFitIsALawLikeAnyOther() throws {
    try Self.with(Self.runs) { (path: String) throws -> Void in
      let law = path + ".mine.law.json"
      let saved = isoflop("fit", path, "--parametric", "--bootstrap", "30", "--starts", "8", "--save", law)
      #expect(saved.status == 0, "\(saved.errors)")
      let shown = isoflop("laws", law, "--json")
      #expect(shown.status == 0, "\(shown.errors)")
      #expect(try object(shown.output)["draws"]?.array?.count == 120)
      #expect(isoflop("fit", path, "--isoflop", "--bootstrap", "5", "--save", law).status == 0)
      #expect(try object(isoflop("laws", law, "--json").output)["model"]?.object?["exponent"]?.double != nil)
    }
  }

  /// A tracker's export, with its own names for every column, gives the same law as the same runs under ours.
  @Test func aMappedFileIsFittedSavedAndUsed() throws {
    let header = Self.runs.prefix { !$0.isNewline }
    let theirs = ["params_total": "config.n_params", "tokens": "summary/tokens", "loss": "eval/loss"]
    let renamed = header.split(separator: ",").map { theirs[String($0)] ?? String($0) }.joined(separator: ",")
    let maps = theirs.sorted { $0.key < $1.key }.flatMap { ["--map", "\($0.key)=\($0.value)"] }
    let fit = ["--isoflop", "--scale", "params_total", "--bootstrap", "5"]
    try Self.with(Self.runs) { (ours: String) throws -> Void in
      try Self.with(renamed + Self.runs.dropFirst(header.count)) { (path: String) throws -> Void in
        let law = path + ".law.json"
        let outcome = isoflop(["fit", path, "--save", law] + fit + maps)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output == isoflop(["fit", ours] + fit).output)
        #expect(isoflop("allocate", "--compute", "1e20", "--law", law, "--top", "1").status == 0)
        #expect(isoflop(["fit", path] + fit).errors.contains("--map params_total=config.n_params"))
      }
    }
  }

  @Test(arguments: [
    (["--parametric", "--map", "loss=perplexity"], "perplexity is no column"),
    (["--parametric", "--map", "loss"], "is no pair of columns"),
    (["--parametric", "--loss", "hubre"], "hubre is no loss"),
    (["--parametric", "--delta", "0"], "is not a positive, finite number"),
    (["--parametric", "--loss", "lad", "--delta", "1e-3"], "belongs to Huber"),
    (["--parametric", "--exponent", "1.5"], "not between 0 and 1"),
    (["--parametric", "--bootstrap", "1.5"], "is not a whole number"),
    (["--parametric", "--seed", "x"], "is not a whole number"),
    (["--parametric", "--level", "2"], "not between 0 and 1"),
    (["--parametric", "--predict", "7e9"], "no scale and tokens"),
    (["--parametric", "--drop-highest", "28"], "leaves no run"),
    (["--parametric", "--where", "dataset"], "no condition"),
    (["--parametric", "--where", "dataset=none"], "leave no run"),
    (["--parametric", "--scheme", "nosie"], "no scheme of resampling"),
    (["--parametric", "--scheme", "noise"], "no setting was run twice"),
    (["--parametric", "--scheme", "pooled-runs"], "is for budgets"),
    (["--parametric", "--scheme", "residuals", "--resample", "model"], "draws no runs"),
    (["--parametric", "--best-per", "dataset,run"], "is no column"),
    (["--isoflop", "--method", "spline"], "is not possible here"),
    (["--isoflop", "--at", "0"], "is not a positive, finite number"),
    (["--isoflop", "--budget", "budgets"], "is no column"),
    (["--isoflop", "--predict", "1e9,1e10"], "needs a loss surface"),
    (["--parametric", "--isoflop", "--save", "x.json"], "writes one law"),
    (["--hyperparameters", "--predictors", "C,N,D"], "one or two different"),
    (["--envelope"], "training curves"),
    (["--accounts"], "two of flops_per_token"),
    (["--group", "run_id", "--hyperparameters"], "goes with --parametric"),
  ])
  func badRequests(arguments: [String], says: String) throws {
    let outcome = try Self.with(Self.runs) { isoflop(["fit", $0] + arguments) }
    #expect(outcome.status == 2, "\(outcome.errors)")
    #expect(outcome.errors.contains(says), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test(arguments: [
    "", "run_id,params_total,tokens,loss\n", "params_total,tokens,loss\n1e8,2e9,3\n",
    "params_total,tokens,loss\n" + String(repeating: "1e8,2e9,3\n", count: 9), "a,b\n1,2\n",
    "params_total,tokens,loss\n1e8,2e9,NaN\n1e8,0,3\n1e8,2e9,-3\n",
    "params_total,tokens,loss,bits_per_byte\n1e8,2e9,3,\n1e8,2e9,,0.9\n", "\u{0}\u{1}\u{2}",
  ])
  func badFiles(text: String) throws {
    for kind in ["--parametric", "--isoflop", "--hyperparameters"] {
      let outcome = try Self.with(text) { isoflop("fit", $0, kind) }
      #expect(outcome.status == 2, "\(kind): \(outcome.errors)")
      #expect(outcome.output.isEmpty && outcome.errors.hasPrefix("error: "))
      #expect(outcome.errors.contains("/runs.csv"), "\(kind) names no file: \(outcome.errors)")
    }
  }

  @Test func aFitThatIsRefusedIsWorkThatFailed() throws {
    // Losses that only fall with the scale: every optimum is at the edge.
    var text = "flops_per_token,tokens,compute_flops,loss\n"
    for C in [1e18, 1e19] {
      for M in 1...6 { text += "\(Double(M) * 1e8),\(C / Double(M) / 1e8),\(C),\(4 - 0.1 * Double(M))\n" }
    }
    let outcome = try Self.with(text) { isoflop("fit", $0, "--isoflop") }
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("/runs.csv: fewer than two budgets have a minimum"), "\(outcome.errors)")
    #expect(outcome.errors.contains("hint: add runs on the side where the loss still falls"), "\(outcome.errors)")
  }

  /// The way out of one good budget is a second one, and no more runs of the first.
  @Test func aSingleGoodBudgetNeedsAnother() throws {
    var text = "flops_per_token,tokens,compute_flops,loss\n"
    for M in 1...7 {
      text += "\(Double(M) * 1e8),\(1e10 / Double(M)),1e18,\(3 + 0.05 * Double((M - 4) * (M - 4)))\n"
    }
    let outcome = try Self.with(text) { isoflop("fit", $0, "--isoflop") }
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("1e18 (7 runs): there is a minimum"), "\(outcome.errors)")
    #expect(outcome.errors.contains("hint: add a budget") && outcome.errors.contains("--budget"), "\(outcome.errors)")
    #expect(!outcome.errors.contains("still falls"))
  }
}
