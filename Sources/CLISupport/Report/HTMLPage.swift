import Isoflop

/// A page that needs nothing but itself: no network, no script, light or dark as the reader's machine is, and on paper.
struct HTMLPage {
  let title: String
  private var body = ""
  private var figures = 0
  private let stage: WorkProgress.Stage

  /// - Parameter stage: told of every picture, which take the time that a page takes.
  init(_ title: String, _ stage: WorkProgress.Stage) {
    self.title = title
    self.stage = stage
  }

  // MARK: What it holds

  mutating func heading(_ text: String) { body += "<h2>\(HTMLPage.escaped(text))</h2>\n" }
  mutating func subheading(_ text: String) { body += "<h3>\(HTMLPage.escaped(text))</h3>\n" }
  mutating func paragraph(_ text: String, lead: Bool = false) {
    body += "<p\(lead ? " class=\"lead\"" : "")>\(HTMLPage.prose(text))</p>\n"
  }
  mutating func code(_ text: String) { body += "<pre><code>\(HTMLPage.escaped(text))</code></pre>\n" }

  mutating func list(_ items: [String], kind: String = "plain") {
    guard !items.isEmpty else { return }
    body += "<ul class=\"\(kind)\">\n" + items.map { "<li>\(HTMLPage.prose($0))</li>\n" }.joined() + "</ul>\n"
  }

  /// A wide table scrolls by itself, so that a narrow page does not.
  mutating func table(_ table: Table) { body += "<div class=\"table\" tabindex=\"0\">\(table.html)</div>\n" }

  /// A picture in two sizes, of which the page shows the one that suits its width.
  mutating func figure(_ picture: Picture, by gnuplot: Gnuplot) throws {
    defer { stage.add() }
    figures += 1
    var drawn = ""
    for (size, width) in [("wide", 900.0), ("narrow", 300.0)] {
      let canvas = Canvas(width: width, for: picture, title: false)
      let script = GnuplotScript(picture, on: canvas, as: .svg(ground: false), title: false)
      let svg = InlineSVG(try gnuplot.run(script.whole), id: "f\(figures)\(size.prefix(1))")
      drawn += svg.text(size: size, label: "\(picture.title). \(picture.words)") + "\n"
    }
    body +=
      "<figure>\n\(drawn)<figcaption><strong>\(HTMLPage.escaped(picture.title)).</strong> \(HTMLPage.prose(picture.words))"
      + "</figcaption>\n</figure>\n"
  }

  // MARK: The whole

  var text: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <link rel="icon" href="data:,">
    <title>\(HTMLPage.escaped(title))</title>
    <style>
    \(HTMLPage.style)
    </style>
    </head>
    <body>
    <main>
    <h1>\(HTMLPage.escaped(title))</h1>
    \(body)</main>
    </body>
    </html>

    """
  }

  static func escaped(_ text: String) -> String {
    var out = ""
    // By scalar: a quote with an accent on it is one letter to a reader, and the end of an attribute to a browser.
    for scalar in Terminal.visible(text).unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// Sentences: a number stays on a line with what it belongs to.
  static func prose(_ text: String) -> String {
    escaped(text.replacing(" %", with: "\u{A0}%").replacing("6 N", with: "6\u{A0}N"))
  }

  private static let style = """
    :root { --ground: #ffffff; --ink: #1f1f1f; --quiet: #5a5a5a; --rule: #d9d9d9; --shade: #f4f5f6; --caution: #b34700;
      --s0: #0072b2; --s1: #d55e00; --s2: #009e73; --s3: #cc79a7; --s4: #e69f00; --s5: #56b4e9; --faint: #666666; --veil: #00000033; }
    @media (prefers-color-scheme: dark) {
      :root { --ground: #15171a; --ink: #e6e6e6; --quiet: #a6a9ad; --rule: #3a3e44; --shade: #1f2226; --caution: #ff9a4d;
        --s0: #41a0dd; --s1: #ed7c3c; --s2: #25ca7b; --s3: #db96bc; --s4: #f8a72b; --s5: #8ed3ff; --faint: #777777;
        --veil: #00000099; }
    }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
    main { max-width: 66rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
    h1 { font-size: 1.7rem; line-height: 1.2; margin: 0.5rem 0 1rem; overflow-wrap: anywhere; }
    h2 { font-size: 1.25rem; margin: 2.5rem 0 0.75rem; padding-top: 0.75rem; border-top: 1px solid var(--rule); }
    h3 { font-size: 1.05rem; margin: 1.75rem 0 0.5rem; overflow-wrap: anywhere; }
    p, li, figcaption { max-width: 46rem; overflow-wrap: break-word; }
    .lead { font-size: 1.1rem; }
    ul { padding-left: 1.2rem; }
    li { margin: 0.3rem 0; }
    .cautions li::marker { content: "! "; color: var(--caution); font-weight: bold; }
    .cautions { border-left: 3px solid var(--caution); margin-left: 0; }
    /* A shadow where a table goes on beyond the edge. */
    .table { overflow-x: auto; margin: 0.75rem 0; background:
      linear-gradient(to right, var(--ground) 40%, transparent) left / 2rem 100% no-repeat local,
      linear-gradient(to left, var(--ground) 40%, transparent) right / 2rem 100% no-repeat local,
      linear-gradient(to right, var(--veil), transparent) left / 0.6rem 100% no-repeat scroll,
      linear-gradient(to left, var(--veil), transparent) right / 0.6rem 100% no-repeat scroll; }
    table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
    th, td { padding: 0.25rem 0.75rem 0.25rem 0; text-align: left; white-space: nowrap; border-bottom: 1px solid var(--rule); }
    th { color: var(--quiet); font-weight: 600; white-space: normal; vertical-align: bottom; }
    td.number, th.number { text-align: right; }
    figure { margin: 1.25rem 0; }
    figcaption { color: var(--quiet); font-size: 0.9rem; margin-top: 0.5rem; }
    svg { width: 100%; height: auto; display: block; }
    svg.narrow { display: none; max-width: 30rem; }
    pre { background: var(--shade); padding: 0.75rem; overflow-x: auto; font-size: 0.85rem; white-space: pre-wrap; overflow-wrap: anywhere; }
    @media (max-width: 40rem) { table { font-size: 0.8rem; } th, td { padding-right: 0.4rem; } td:first-child:not(.number) { white-space: normal; min-width: 6.5rem; } svg.wide { display: none; } svg.narrow { display: block; } }
    @media print {
      :root { --ground: #ffffff; --ink: #000000; --quiet: #444444; --rule: #bbbbbb; --shade: #ffffff; --caution: #8a3600;
        --s0: #0072b2; --s1: #d55e00; --s2: #009e73; --s3: #cc79a7; --s4: #e69f00; --s5: #56b4e9; --faint: #666666; }
      body { font-size: 10.5pt; }
      main { max-width: none; padding: 0; }
      .table { overflow: visible; background: none; }
      td:not(.number), th { white-space: normal; }
      svg.wide { display: block; }
      svg.narrow { display: none; }
      figure, tr, pre { break-inside: avoid; }
      h2, h3, p:has(+ ul) { break-after: avoid; }
    }
    """
}

extension Table {
  /// With the roundings of the text form.
  var html: String {
    func row(_ cells: [String], _ tag: String) -> String {
      "<tr>"
        + zip(columns, cells).enumerated().map { index, column in
          let (isNumber, text) = (column.0.alignment == .right, HTMLPage.escaped(column.1))
          // What a row is about may go on in a second line on a narrow page.
          let broken = text.replacing(".", with: ".<wbr>").replacing("_", with: "_<wbr>")
          return "<\(tag)\(isNumber ? " class=\"number\"" : "")>\(index == 0 && !isNumber ? broken : text)</\(tag)>"
        }.joined() + "</tr>\n"
    }
    return "<table>\n<thead>\n\(row(columns.map(\.title), "th"))</thead>\n<tbody>\n"
      + rows.map { cells in row(zip(columns, cells).map { $0.shown($1) }, "td") }.joined() + "</tbody>\n</table>"
  }
}
