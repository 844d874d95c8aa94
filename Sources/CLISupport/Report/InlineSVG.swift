import Isoflop

/// gnuplot's SVG made fit to stand inside a page beside others: names of its own, the page's colours, and nothing that
/// draws nothing.
struct InlineSVG {
  private let viewBox: String
  private let content: String

  /// - Parameter id: what the names inside begin with; no two pictures of a page may share one.
  init(_ bytes: [UInt8], id: String) {
    var lines: [Substring] = []
    var box = ""
    let all = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    var inside = false
    for line in all {
      if let found = InlineSVG.attribute("viewBox", of: line) { box = found }
      // The head goes: prolog, title and description, which would show as tooltips, and filters that nothing uses.
      if line.hasPrefix("<g id=\"gnuplot_canvas\"") { inside = true }
      guard inside, line != "</svg>" else { continue }
      if ["<filter", "</filter", "<feFlood", "<feComposite", "<title"].contains(where: { line.contains($0) }) {
        // A group opens on the same line as its title.
        if line.contains("<g ") { lines.append("<g>") }
        continue
      }
      // A group that was opened and closed again held only a change of pens.
      if line == "</g>", let last = lines.last, last.hasPrefix("<g fill=\"none\"") {
        lines.removeLast()
        continue
      }
      lines.append(line)
    }
    viewBox = box
    content = InlineSVG.renamed(lines.joined(separator: "\n"), id: id)
  }

  func text(size: String, label: String) -> String {
    "<svg class=\"\(size)\" viewBox=\"\(viewBox)\" role=\"img\" aria-label=\"\(HTMLPage.escaped(label))\">\n\(content)\n</svg>"
  }

  /// Colours that the page knows by name, and the names of shapes.
  private static func renamed(_ text: String, id: String) -> String {
    var text = text.replacing("gpPt", with: "\(id)p").replacing("gpDot", with: "\(id)d")
      .replacing(" font-family=\"sans-serif\"", with: "").replacing("xlink:href", with: "href")
      .replacing("id=\"gnuplot_canvas\"", with: "font-family=\"inherit\"")
    // The pens that gnuplot did not get a colour for, and the grounds of its markers.
    text = text.replacing("\"black\"", with: "\"var(--ink)\"").replacing("'black'", with: "'var(--ink)'")
      .replacing("#FFFFFF", with: "var(--ground)")
    for (colour, name) in colours {
      for spelling in spellings(colour) { text = text.replacing(spelling, with: name) }
    }
    return text
  }

  private static let colours: [(String, String)] =
    [
      (Picture.inkColour, "var(--ink)"), (Picture.faintColour, "var(--faint)"), (Picture.groundColour, "var(--ground)"),
    ]
    + Picture.seriesColours.enumerated().map { ($1, "var(--s\($0))") }

  /// `#0072B2` as gnuplot writes it: with numbers three wide, or as they are.
  private static func spellings(_ hex: String) -> [String] {
    let value = Int(hex.dropFirst(), radix: 16) ?? 0
    let parts = [value >> 16, (value >> 8) & 255, value & 255].map { String($0) }
    let wide = parts.map { String(repeating: " ", count: 3 - $0.count) + $0 }
    return ["rgb(\(wide.joined(separator: ", ")))", "rgb(\(parts.joined(separator: ",")))"]
  }

  private static func attribute(_ name: String, of line: Substring) -> String? {
    guard let start = line.firstRange(of: "\(name)=\"") else { return nil }
    return String(line[start.upperBound...].prefix { $0 != "\"" })
  }
}
