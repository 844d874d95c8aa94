import Foundation
import Isoflop
import PictureSamples
import TestSupport
import Testing

@testable import CLISupport

/// The pages of `isoflop report`.
@Suite(.enabled(if: hasGnuplot, "gnuplot is not here")) struct ReportTests {
  static let runs = Golden.path("runs/deepseek-fig4a.csv")

  /// Both kinds of page, and one with grids of learning rates, each made once.
  static let pages: [(name: String, text: String)] = {
    let models = isoflop("report", "deepseek-llm-7b", "deepseek-v2")
    let fits = isoflop("report", runs, "--bootstrap", "100", "--starts", "16", "--at", "3e22", "--where", "tokens>=1e8")
    let grids =
      (try? withTemporaryFolder { folder in
        try writeFile(folder + "/grid.csv", Array(gridCSV().utf8))
        return isoflop("report", folder + "/grid.csv", "--bootstrap", "100", "--starts", "16").output
      }) ?? ""
    return [("models", models.output), ("runs", fits.output), ("grids", grids)]
  }()

  private static func gridCSV() throws -> String {
    let head = "params_nonembedding,params_total,tokens,compute_flops,loss,learning_rate,batch_size_tokens\n"
    return try PictureSamples.grid().runs.reduce(into: head) { text, run in
      text += "\(run.scale),\(1.5 * run.scale),\(run.tokens),\(run.compute),\(run.loss)"
      text += ",\(run.learningRate ?? 0),\(run.batchTokens ?? 0)\n"
    }
  }

  @Test(arguments: 0..<3)
  func aPageNeedsNothingButItself(_ index: Int) {
    let (name, page) = Self.pages[index]
    #expect(page.hasPrefix("<!DOCTYPE html>\n") && page.hasSuffix("</html>\n"), "\(name)")
    #expect(page.utf8.count < 2_000_000, "\(name): \(page.utf8.count)")
    // Nothing is fetched and nothing runs: no address in an attribute or a style, no script.
    for word in ["<script", "http", "url(", "@import", "src=", "javascript", "onload", "<link rel=\"stylesheet\""] {
      #expect(!page.contains(word), "\(name): \(word)")
    }
    #expect(page.components(separatedBy: "<svg class=\"wide\"").count >= 3, "\(name)")
    #expect(page.contains("prefers-color-scheme: dark") && page.contains("@media print"))
    #expect(page.contains("<h2>The command that made this page</h2>\n<pre><code>isoflop report "))
  }

  /// A dash alone is a config on standard input, not an option.
  @Test(.enabled(if: executable != nil, "no executable")) func aConfigOnStandardInput() throws {
    let config = #"{"model_type":"gpt2","n_layer":2,"n_embd":64,"n_head":2,"vocab_size":1000,"n_positions":128}"#
    let result = try shell("printf '%s' '\(config)' | \"$ISOFLOP\" report -")
    #expect(result.status == 0 && result.output.hasPrefix("<!DOCTYPE html>"), "\(result.errors)")
  }

  /// Each colour of a picture that has a name in the page goes by it, so that light, dark and paper have their own.
  @Test(arguments: 0..<3)
  func picturesHaveThePagesColours(_ index: Int) {
    let page = Self.pages[index].text
    for colour in Picture.seriesColours + [Picture.inkColour, Picture.faintColour, Picture.groundColour] {
      let value = Int(colour.dropFirst(), radix: 16) ?? 0
      let parts = [value >> 16, (value >> 8) & 255, value & 255]
      #expect(!page.contains("rgb(" + parts.map { "\($0)" }.joined(separator: ",") + ")"), "\(colour)")
      let wide = parts.map { String(repeating: " ", count: 3 - "\($0)".count) + "\($0)" }
      #expect(!page.contains("rgb(" + wide.joined(separator: ", ") + ")"), "\(colour)")
    }
  }

  /// The colours of a dark page can be told apart by all eyes too, and stand out from its ground.
  @Test func coloursOfADarkPageCanBeToldApart() throws {
    let page = Self.pages[0].text
    let start = try #require(page.firstRange(of: "prefers-color-scheme: dark"))
    let dark = page[start.upperBound...].prefix { $0 != "*" }
    func colour(_ name: String) throws -> String {
      let at = try #require(dark.firstRange(of: "--\(name): "), "\(name)")
      return String(dark[at.upperBound...].prefix { $0 != ";" })
    }
    let ground = try colour("ground")
    let colours = try (0..<Picture.seriesColours.count).map { try colour("s\($0)") } + [try colour("faint")]
    for (index, one) in colours.enumerated() {
      #expect(ColourVision.contrast(one, ground) > 3, "\(one)")
      for other in colours[(index + 1)...] {
        for vision in ColourVision.allCases {
          #expect(vision.distance(one, other) > 15, "\(one) and \(other) \(vision)")
        }
      }
    }
  }

  /// Every name in the page is given once and used rightly, so that no picture borrows another's marks.
  @Test(arguments: 0..<3)
  func namesAreUnique(_ index: Int) {
    let page = Self.pages[index].text
    func all(_ mark: String) -> [Substring] {
      page.ranges(of: mark).map { page[$0.upperBound...].prefix { $0 != "\"" && $0 != "'" } }
    }
    let ids = all(" id=\"") + all(" id='")
    #expect(ids.count == Set(ids).count)
    let used = Set(all("href='#"))
    #expect(!used.isEmpty)
    #expect(used.isSubset(of: Set(ids)))
  }

  /// Tags are closed in the order in which they were opened.
  @Test(arguments: 0..<3)
  func tagsAreBalanced(_ index: Int) {
    let page = Self.pages[index].text
    let empty: Set<Substring> = ["meta", "link", "br", "wbr", "!DOCTYPE"]
    var open: [Substring] = []
    for piece in page.split(separator: "<").dropFirst(0) {
      guard let end = piece.firstIndex(of: ">") else { continue }
      let tag = piece[..<end]
      let name = tag.drop { $0 == "/" }.prefix { !$0.isWhitespace && $0 != "/" }
      if tag.hasPrefix("/") {
        #expect(open.last == name, "\(name) closes \(open.last ?? "nothing")")
        if open.last == name { open.removeLast() }
      } else if !tag.hasSuffix("/"), !empty.contains(name) {
        open.append(name)
      }
    }
    #expect(open.isEmpty)
  }

  @Test func thePageOfModelsHoldsTheNumbers() {
    let page = Self.pages[0].text
    for text in [
      "deepseek-llm-7b costs ", "6 N1 active", "layers.<wbr>self_<wbr>attn.<wbr>scores", "megatron",
      "Where the FLOPs go",
      "arXiv 2401.02954, eq. 2",
    ] {
      #expect(page.contains(text), "\(text)")
    }
    // The same integers as isoflop count has, shown as the tables of text show them.
    #expect(page.contains("<td class=\"number\">6,910,365,696</td>"))
  }

  @Test func thePageOfRunsSaysWhatToBelieve() {
    let page = Self.pages[1].text
    for text in [
      "By the minima of its budgets, the best size (flops_per_token) grows as C^0.53", "By the loss surface",
      "What that gives for larger budgets", "<td class=\"number\">3.000e22</td>", "Before you believe this:",
      "class=\"cautions\"", "arXiv 2203.15556", "deepseek-fig4a.csv", "'tokens&gt;=1e8'",
    ] {
      #expect(page.contains(text), "\(text)")
    }
  }

  @Test func thePageOfGridsHasTheLawsOfBothSettings() {
    let page = Self.pages[2].text
    for text in [
      "Learning rate and batch", "What could not be fitted", "Batch and learning rate: what was tried",
      // Each fit says the size that it took, and the table of the runs has both.
      "size = params_nonembedding", "size N = params_total", "<td>params_<wbr>nonembedding</td>",
      "<td>params_<wbr>total</td>",
    ] {
      #expect(page.contains(text), "\(text)")
    }
  }

  @Test func aFileIsWrittenWholeOrNotAtAll() throws {
    try withTemporaryFolder { folder in
      let page = folder + "/report.html"
      #expect(
        isoflop("report", "gpt2", "-s", "1024", "-o", page)
          == Outcome(status: 0, output: "", errors: "note: report in \(page)\n"))
      let first = try readFile(page)
      #expect(isoflop("report", "none.csv", "-o", page).status == 2)
      #expect(isoflop("report", Self.runs, "--map", "loss=nothing", "-o", page).status == 2)
      #expect(try readFile(page) == first)
      #expect(try names(in: folder) == ["report.html"])
      let nowhere = folder + "/none/report.html"
      #expect(
        isoflop("report", "gpt2", "-s", "1024", "-o", nowhere)
          == Outcome(
            status: 1, output: "",
            errors: "error: \(nowhere) cannot be written: No such file or directory\n"
              + "hint: make the folder first, or name another\n"))
    }
  }

  /// Of many models a page has the table and the pictures: it stays one that can be sent.
  @Test func aPageOfManyModelsIsStillSmall() throws {
    try withTemporaryFolder { folder in
      let names = (0..<200).map { "\(folder)/model-\($0).json" }
      for (index, name) in names.enumerated() {
        let config =
          #"{"model_type":"gpt2","n_layer":\#(2 + index),"n_embd":64,"n_head":2,"vocab_size":1000,"n_positions":128}"#
        try writeFile(name, Array(config.utf8))
      }
      let page = isoflop(["report"] + names).output
      #expect(page.utf8.count < 1_000_000, "\(page.utf8.count)")
      #expect(page.contains("200 models cost from ") && page.contains("model-199.json"))
    }
  }

  /// What a file calls its columns and its runs is text, never markup.
  @Test func namesOfOthersAreNoMarkup() throws {
    try withTemporaryFolder { folder in
      let file = folder + "/<b>&runs\".csv"
      var text = String(decoding: try readFile(Self.runs), as: UTF8.self)
      text.replace("compute_flops,", with: "compute_flops,<script>alert(1)</script>,", maxReplacements: 1)
      let lines = text.split(separator: "\n")
      let moved = lines.enumerated().map { at, line in
        guard at > 0, let comma = line.firstIndex(of: ",") else { return String(line) }
        return line[..<comma] + ",1" + line[comma...]
      }
      try writeFile(file, Array(moved.joined(separator: "\n").utf8))
      let page = isoflop("report", file, "--bootstrap", "20", "--starts", "8").output
      #expect(!page.contains("<script") && !page.contains("<b>"))
      #expect(page.contains("&lt;script&gt;alert(1)"))
    }
  }

  @Test(arguments: [
    (["report"], nil),
    (["report", "gpt2", "--at", "1e20"], "error: --at: 1e20 is for runs\nhint: models have no laws: leave it out\n"),
    (
      ["report", runs, "-s", "1024"],
      "error: --sequence-length: is for models\nhint: runs hold their own: leave it out\n"
    ),
    (
      ["report", runs, "gpt2"],
      "error: \(runs): holds runs, and a report is about one file of runs or about models\nhint: make a report of each\n"
    ),
    (
      ["report", "deepseek-llm-8b"],
      "error: deepseek-llm-8b is neither a file nor a model that isoflop knows\nhint: did you mean deepseek-llm-7b?\n"
    ),
    (
      ["report", runs, "--group", "tokens"],
      "error: --group: is for isoflop fit\nhint: use --where COLUMN=VALUE, and a page for each\n"
    ),
  ])
  func aBadRequestIsNamed(_ arguments: [String], _ message: String?) {
    let result = isoflop(arguments)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    if let message { #expect(result.errors == message) }
  }
}
