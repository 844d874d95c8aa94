import Foundation
import Isoflop
import TestSupport
import Testing

@testable import CLISupport
@testable import Pictures

/// `--plot` and `--plot-data` of every command.
@Suite(.enabled(if: hasGnuplot, "gnuplot is not here")) struct PlotOptionTests {
  @Test(arguments: ["svg", "png", "pdf", "SVG"])
  func aFileOfEachKind(_ ending: String) throws {
    try withTemporaryFolder { folder in
      let file = "\(folder)/p.\(ending)"
      let result = isoflop("compare", "gpt2", "--plot", file)
      #expect(result.status == 0)
      #expect(result.output.contains("6 N1"))
      #expect(result.errors.hasSuffix("note: picture in \(file)\n"))
      let bytes = try readFile(file)
      let start = ["svg": "<?xml", "png": "\u{89}PNG", "pdf": "%PDF"][ending.lowercased()] ?? "?"
      #expect(bytes.starts(with: start.unicodeScalars.map { UInt8($0.value) }))
      #expect(try names(in: folder) == ["p.\(ending)"])
    }
  }

  /// What is counted is what is drawn: causal attention has about half the scores.
  @Test func aPictureFollowsTheConvention() throws {
    func scores(_ convention: Convention) throws -> Double {
      let model = try #require(KnownModel.named("deepseek-llm-67b")).architecture()
      let picture = try Picture.components([CountedModel(model, sequenceLength: 4096, convention: convention)])
      let area = try #require(picture.panels[0].marks.first { $0.name == "attention scores" }?.rows.last)
      return area[2] - area[1]
    }
    let (full, causal) = (try scores(.deepseek), try scores(Convention.deepseek.with(attention: .causal)))
    // The share s of full attention becomes (s/2) / (1 - s/2), but for the diagonal.
    #expect(abs(causal - (full / 2) / (1 - full / 2)) < 1e-4)
  }

  /// The picture on the first page is the one that the command beside it draws, whatever version of gnuplot drew it.
  @Test func thePictureOfTheReadMeIsTheOneThatIsDrawn() throws {
    func words(_ file: String) throws -> [String] {
      let svg = String(decoding: try readFile(file), as: UTF8.self)
      return svg.split(separator: "<text").dropFirst().compactMap { part in
        part.firstIndex(of: ">").map { String(part[part.index(after: $0)...].prefix { $0 != "\n" }) }
      }
    }
    try withTemporaryFolder { folder in
      #expect(isoflop("compare", "llama-3-8b", "--plot", folder + "/m.svg").status == 0)
      let shown = try words(Golden.projectRoot + "/Sources/Isoflop/Isoflop.docc/Resources/m-against-6n.svg")
      #expect(try words(folder + "/m.svg") == shown)
      #expect(shown.count > 20)
    }
  }

  /// The data and the script draw the picture again.
  @Test func plotDataDrawsItAgain() throws {
    try withTemporaryFolder { folder in
      let file = "\(folder)/it's.svg"
      #expect(isoflop("count", "gpt2", "--plot", file, "--plot-data", "--plot-size", "600").status == 0)
      #expect(try names(in: folder) == ["it's.dat", "it's.gp", "it's.svg"])
      let first = try readFile(file)
      #expect(unlink(file) == 0)
      let again = try shell("cd \"\(folder)\" && gnuplot \"it's.gp\"")
      #expect(again == Outcome(status: 0, output: "", errors: ""))
      #expect(try readFile(file) == first)
    }
  }

  @Test func onTheTerminalItStandsUnderTheText() {
    let result = isoflop(["count", "deepseek-llm-67b", "--plot", "-"], environment: ["COLUMNS": "70"])
    #expect(result.status == 0)
    #expect(result.output.contains("\nWhere the FLOPs of deepseek-llm-67b go\n"))
    #expect(result.output.contains("attention scores"))
    let picture = result.output.split(separator: "\n").suffix(24)
    #expect(picture.allSatisfy { $0.count <= 70 }, "\(picture.joined(separator: "\n"))")
    #expect(!result.output.contains("\u{1B}"))
  }

  @Test func aFileThatCannotBeWrittenSaysWhy() throws {
    try withTemporaryFolder { folder in
      let file = folder + "/none/p.svg"
      let result = isoflop("compare", "gpt2", "--plot", file)
      #expect(result.status == 1)
      #expect(
        result.errors.hasSuffix(
          "error: \(file) cannot be written: No such file or directory\nhint: make the folder first, or name another\n")
      )
    }
  }

  /// Root may write anywhere, so that user is left first where there is a way.
  @Test(
    .enabled(if: executable != nil, "the executable is not beside the tests"),
    .enabled(if: getuid() != 0 || shellHas("setpriv"), "root may write anywhere, and setpriv is not here"))
  func withoutPermissionItSaysSo() throws {
    try withTemporaryFolder { folder in
      let other = getuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups" : ""
      for (command, file) in [("count gpt2 -s 1024 --plot", "p.svg"), ("report gpt2 -s 1024 -o", "r.html")] {
        let result = try shell("chmod 555 \(folder) && \(other) \"$ISOFLOP\" \(command) \(folder)/\(file)")
        #expect(result.status == 1)
        #expect(
          result.errors
            == "error: \(folder)/\(file) cannot be written: Permission denied\nhint: name a folder that you may write to\n"
        )
      }
      #expect(try names(in: folder) == [])
      #expect(try shell("chmod 755 \(folder)").status == 0)
    }
  }

  /// What was there stays when a picture cannot be made.
  @Test func aPictureThatFailsLeavesTheOldOne() throws {
    try withTemporaryFolder { folder in
      let file = folder + "/p.svg"
      try writeFile(file, Array("old".utf8))
      #expect(isoflop("fit", "none.csv", "--plot", file).status == 2)
      #expect(isoflop("count", "gpt2", "--plot", file, environment: ["PATH": folder]).status == 1)
      #expect(try readFile(file) == Array("old".utf8))
    }
  }

  @Test(arguments: [
    (
      ["--plot", "p.jpg"],
      "error: --plot: p.jpg is no kind of picture that can be drawn\nhint: name a file that ends in .svg, .png or .pdf, or - for the terminal\n"
    ),
    (
      ["--plot", "svg"],
      "error: --plot: svg is no kind of picture that can be drawn\nhint: name a file that ends in .svg, .png or .pdf, or - for the terminal\n"
    ),
    (
      ["--plot", "-", "--json"],
      "error: --plot: - would mix a picture with data\nhint: name a file: --plot picture.svg\n"
    ),
    (
      ["--plot", "-", "--plot-data"],
      "error: --plot-data: needs a file to stand beside\nhint: such as --plot picture.svg\n"
    ),
    (["--plot-data"], "error: --plot-data: needs --plot\nhint: such as --plot picture.svg\n"),
    (["--plot-size", "900"], "error: --plot-size: needs --plot\nhint: such as --plot picture.svg\n"),
    (
      ["--plot", "p.svg", "--plot-size", "9"],
      "error: --plot-size: 9 is not from 160 to 8,000 pixels\nhint: 900 is usual\n"
    ),
    (
      ["--plot", "p.svg", "--decoder-length", "9"],
      "error: --decoder-length: has no picture\n"
        + "hint: a picture is against one length, the sequence's: leave out --plot\n"
    ),
    (
      ["--plot", "p.svg", "--plot-size", "axb"], "error: --plot-size: axb is not a size\nhint: such as 900 or 900x560\n"
    ),
  ])
  func aBadRequestIsNamed(_ options: [String], _ message: String) {
    #expect(isoflop(["count", "gpt2", "-s", "1024"] + options) == Outcome(status: 2, output: "", errors: message))
  }

  @Test func aFitHasSeveralPictures() throws {
    try withTemporaryFolder { folder throws in
      let runs = Golden.path("runs/deepseek-fig4a.csv")
      let draw = { (options: [String]) -> Outcome in
        isoflop(["fit", runs, "--isoflop", "--bootstrap", "50"] + options)
      }
      #expect(draw(["--plot", folder + "/a.svg", "--picture", "loss", "--at", "1e22"]).status == 0)
      let drawn = String(decoding: try readFile(folder + "/a.svg"), as: UTF8.self)
      #expect(drawn.contains("1e22: "))
      #expect(
        draw(["--picture", "loss"]).errors == "error: --picture: loss needs --plot\nhint: such as --plot loss.svg\n")
      #expect(
        draw(["--plot", folder + "/b.svg", "--picture", "los"]).errors
          == "error: --picture: los is not possible here\nhint: did you mean loss?\n")
      #expect(
        draw(["--plot", folder + "/b.svg", "--picture", "grids"]).errors
          == "error: --picture: grids is no picture of this fit\nhint: there are: profiles, loss, confidence\n")
      #expect(try names(in: folder) == ["a.svg"])
    }
  }

  @Test func aLedgerWithoutForecastsIsNotDrawn() throws {
    try withTemporaryFolder { folder in
      try writeFile(folder + "/runs.ledger", [])
      let result = isoflop("watch", folder + "/runs.ledger", "--plot", folder + "/l.svg")
      #expect(result.status == 1)
      #expect(result.errors == "error: \(folder)/l.svg is not drawn: there is nothing to draw\n")
    }
  }

  @Test func aLedgerIsDrawnEvenWhenItAlarms() throws {
    try withTemporaryFolder { folder in
      let ledger = folder + "/runs.ledger"
      let forecast =
        #"{"event":"forecast","id":"a","law":"l","size":1,"tokens":1,"compute":1,"loss":2,"deviation":0.001}"#
      try writeFile(ledger, Array((forecast + "\n" + #"{"event":"result","id":"a","loss":3}"#).utf8))
      let result = isoflop("watch", ledger, "--plot", folder + "/l.svg")
      #expect(result.status == 1)
      #expect(result.errors.contains("error: alarm: "))
      let drawn = String(decoding: try readFile(folder + "/l.svg"), as: UTF8.self)
      #expect(SVGText.all(in: drawn).map(\.text).contains("alarm"))
    }
  }

  /// A sweep around a config draws the models that it answers, a point each, beside the target or along the front.
  @Test(arguments: [
    (["--nearest", "4e10", "--top", "5"], "Models nearest to M = 40 G", "target"),
    (["--pareto", "min M, max parameters"], "Models that no other beats in parameters and M", "the front"),
  ])
  func modelsAroundAConfigAreDrawn(_ job: [String], _ title: String, _ mark: String) throws {
    let sweep =
      ["sweep", "--around", "mistral-7b", "--vary", "num_hidden_layers=24:32:2", "hidden_size=3072:4096:512"] + job
    let answer = try JSON(parsing: isoflop(sweep + ["--json"]).output)
    let models = try #require(answer.object?["results"]?.array)
    #expect(models.count >= 5)
    try withTemporaryFolder { folder in
      let file = folder + "/models.svg"
      #expect(isoflop(sweep + ["--plot", file, "--plot-data"]).status == 0)
      let texts = SVGText.all(in: String(decoding: try readFile(file), as: UTF8.self)).map(\.text)
      #expect(texts.contains { $0.hasPrefix(title) }, "\(texts)")
      #expect(job[0] != "--nearest" || texts.contains("target"))
      #expect(texts.contains("Ringed: num_hidden_layers x hidden_size"))
      // Rings name a model by its fields in the order given.
      let name = ["num_hidden_layers", "hidden_size"].compactMap { models[0].object?[$0]?.text(indent: nil) }
      #expect(texts.contains(name.joined(separator: " x ")), "\(texts)")
      let data = String(decoding: try readFile(folder + "/models.dat"), as: UTF8.self)
      #expect(data.contains(mark))
      let numbers = data.split(separator: "\n").map { $0.split(separator: " ").compactMap { Double($0) } }
      for model in models {
        let (x, y) = (model.object?["parameters"]?.double ?? 0, model.object?["M"]?.double ?? 0)
        let isThere = numbers.contains { row in
          row.count >= 3 && abs(row[0] / x - 1) < 1e-6 && abs(row[1] / y - 1) < 1e-6
        }
        #expect(isThere, "\(model.text(indent: nil)) in \(data)")
      }
    }
  }

  /// Models that differ in their third field alone have names that do too.
  @Test func ringsTellModelsApart() throws {
    try withTemporaryFolder { folder in
      let result = isoflop(
        "sweep", "--around", "deepseek-v2", "--vary", "num_hidden_layers=50:60:10", "hidden_size=5120",
        "kv_lora_rank=256,512", "--nearest", "1e11", "--plot", folder + "/m.svg")
      #expect(result.status == 0, "\(result.errors)")
      let texts = SVGText.all(in: String(decoding: try readFile(folder + "/m.svg"), as: UTF8.self)).map(\.text)
      #expect(texts.contains("Ringed: num_hidden_layers x hidden_size x kv_lora_rank"))
      let names = texts.filter { $0.contains(" x 5120 x ") }
      #expect(names.count == 3 && Set(names).count == 3, "\(names)")
    }
  }

  @Test func lawsAreDrawnForABudget() throws {
    try withTemporaryFolder { folder in
      let file = folder + "/laws.svg"
      #expect(isoflop("compare", "--laws", "--compute", "1e23", "--plot", file, "--plot-data").status == 0)
      let texts = SVGText.all(in: String(decoding: try readFile(file), as: UTF8.self)).map(\.text)
      let data = String(decoding: try readFile(folder + "/laws.dat"), as: UTF8.self)
      for law in LawComparison.laws {
        #expect(texts.contains(law.name))
        let tokens = try law.optimum(compute: 1e23).tokens
        let numbers = data.split(separator: "\n").compactMap { Double($0.prefix { $0 != " " }) }
        #expect(numbers.contains { abs($0 / tokens - 1) < 1e-6 }, "\(law.name)")
      }
      // The picture itself says what its hollow marks are.
      #expect(data.contains("beyond what it was fitted on; rings"))
      #expect(texts.joined(separator: " ").contains("hollow beyond what the law was fitted on"), "\(texts)")
      #expect(
        isoflop("compare", "--laws", "gpt2", "--tokens", "1e9", "--plot", file)
          == Outcome(
            status: 2, output: "",
            errors: "error: --plot: \(file) is not read with --laws and a model\n"
              + "hint: models have a picture, and --laws for a budget alone\n"))
    }
  }

  /// A sweep around a model counts models, and one of a grid shapes.
  @Test(arguments: [
    (["--n-layers", "8:16", "--d-model", "512"], "shape"), (["--around", "gpt2", "--vary", "n_layer=6:12"], "model"),
  ])
  func aHistogramIsOfWhatWasCounted(_ grid: [String], _ noun: String) throws {
    try withTemporaryFolder { folder in
      let result = isoflop(
        ["sweep"] + grid + ["--histogram", "3", "--csv", "--plot", folder + "/h.svg", "--plot-data"])
      #expect(result.status == 0 && result.output.hasPrefix("from,below,\(noun)s\n"), "\(result)")
      let texts = SVGText.all(in: String(decoding: try readFile(folder + "/h.svg"), as: UTF8.self)).map(\.text)
      #expect(texts.contains("Number of feasible \(noun)s by M") && texts.contains("\(noun)s"))
      #expect(String(decoding: try readFile(folder + "/h.dat"), as: UTF8.self).contains("\n# \(noun)s; bars:"))
    }
  }

  /// A picture that was asked for and is not there is an error, in whatever form the rest is written.
  @Test(arguments: [
    ["--nearest", "1e9"], ["--nearest", "1e9", "--json"], ["--nearest", "1e9", "--csv"],
    ["--pareto", "min M, max parameters"], ["--histogram", "3"], ["--histogram", "3", "--json"],
  ])
  func whereNothingIsFoundNothingIsDrawn(_ job: [String]) throws {
    try withTemporaryFolder { folder in
      for grid in [
        ["--n-layers", "8", "--d-model", "512"], ["--around", "gpt2", "--vary", "n_layer=6,12"],
      ] {
        let request = ["sweep"] + grid + ["--where", "parameters>=1e15"] + job
        let without = isoflop(request)
        #expect(without.status == 0 && without.errors.contains("warning: no "), "\(without)")
        #expect(without.output.isEmpty == !(job.contains("--json") || job.contains("--csv")), "\(without.output)")
        if job.contains("--json") { _ = try JSON(parsing: without.output) }

        let file = folder + "/p.svg"
        let first = isoflop(request + ["--plot", file])
        #expect(first.status == 1 && first.output.isEmpty == without.output.isEmpty)
        #expect(first.errors.hasSuffix("error: \(file) is not drawn: there is nothing to draw\n"), "\(first.errors)")
        #expect(!FileManager.default.fileExists(atPath: file))

        try writeFile(file, Array("before".utf8))
        let second = isoflop(request + ["--plot", file, "--plot-data"])
        #expect(second.status == 1 && second.errors.hasSuffix("hint: it is as it was before\n"), "\(second.errors)")
        #expect(try readFile(file) == Array("before".utf8))
        #expect(fileNames(in: folder) == ["p.svg"])
        try FileManager.default.removeItem(atPath: file)
      }
      #expect(
        isoflop(["sweep", "--n-layers", "8", "--d-model", "512", "--where", "parameters>=1e15", "--plot", "-"] + job)
          .status == (job.contains("--json") || job.contains("--csv") ? 2 : 1))
    }
  }

  @Test(arguments: ["--count", "--rows"])
  func whatHasNoPictureSaysSo(_ job: String) {
    let result = isoflop(
      "sweep", "--n-layers", "8:16", "--d-model", "512", job, job == "--count" ? "1e9...2e9" : "x.csv", "--plot",
      "p.svg")
    #expect(
      result
        == Outcome(
          status: 2, output: "",
          errors: "error: \(job): has no picture\nhint: --nearest, --pareto and --histogram have one\n"))
  }
}

/// Without gnuplot everything but pictures works, and what needs it says how to get it before it begins to work.
@Suite struct WithoutGnuplotTests {
  @Test func isAHintAndNothingElse() {
    for arguments in [
      ["count", "gpt2", "--plot", "p.svg"], ["fit", Golden.path("runs/deepseek-fig4a.csv"), "--plot", "p.svg"],
      ["report", "gpt2", "-o", "p.html"],
    ] {
      #expect(
        isoflop(arguments, environment: ["PATH": "/nonexistent"])
          == Outcome(
            status: 1, output: "",
            errors: "error: gnuplot, which draws the pictures, is not installed\n"
              + "hint: apt-get install gnuplot-nox, or brew install gnuplot; everything but pictures works without it\n"
          ))
    }
    #expect(isoflop(["count", "gpt2"], environment: ["PATH": "/nonexistent"]).status == 0)
  }

  @Test func aProgramThatIsNoGnuplotIsToldByItsWords() throws {
    try withTemporaryFolder { folder in
      try writeFile(
        folder + "/gnuplot", Array("#!/bin/sh\necho 'line 3: unknown or ambiguous terminal type' >&2\nexit 1\n".utf8))
      #expect(try shell("chmod +x \(folder)/gnuplot").status == 0)
      let result = isoflop(
        ["count", "gpt2", "-s", "1024", "--plot", folder + "/p.png"], environment: ["PATH": folder])
      #expect(result.status == 1)
      #expect(
        result.errors.hasPrefix(
          "error: gnuplot drew nothing (status 1): line 3: unknown or ambiguous terminal type\nhint: "))
    }
  }
}
