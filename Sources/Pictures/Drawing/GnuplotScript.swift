import Input
import ScalingLaws

/// A picture as gnuplot draws it: its data, and the script.
public struct GnuplotScript: Sendable, Equatable {
  /// What gnuplot writes.
  public enum Terminal: Sendable, Equatable {
    /// With a white ground, or none (for a page that has its own).
    case svg(ground: Bool)
    case png
    case pdf
    /// Characters, coloured where the terminal shows colours.
    case dumb(colour: Bool)
    /// Pixels on a terminal that shows them.
    case sixel
  }

  /// The values, block by block with a comment before each: a file for gnuplot, and for anyone else.
  public let data: String
  private let setup: String
  private let panels: [PanelScript]

  private struct PanelScript: Equatable {
    var setup: String
    /// How each block of data is drawn, some in two steps.
    var plots: [String]
    /// Something to plot where there is nothing, outside the frame: gnuplot draws no axes without.
    var nothing: String
  }

  public init(_ picture: Picture, on canvas: Canvas, as terminal: Terminal, title: Bool = true) {
    let layout = Layout(picture, on: canvas, title: title)
    data = GnuplotScript.data(picture)
    // A line whose ends both lie outside, be it by the last digit, is drawn all the same.
    var lines = [
      "set encoding utf8", GnuplotScript.terminal(terminal, canvas), "unset key", "set clip two", Palette.definition,
    ]
    if picture.panels.contains(where: { $0.marks.contains { $0.kind == .cloud } }) { lines.append(Palette.tint) }
    lines.append("set border 3" + (canvas.isText ? "" : " linecolor rgb \"\(Palette.faint)\""))
    var number = 0
    for text in layout.titles {
      number += 1
      lines.append(GnuplotScript.label(number, text, canvas))
    }
    setup = lines.joined(separator: "\n")
    var block = 0
    panels = layout.panels.map { panel in
      let text = GnuplotScript.panel(panel, from: block, after: number, canvas, terminal)
      block += panel.panel.marks.count { !$0.rows.isEmpty }
      return text
    }
  }

  /// The script with the data inside.
  public var whole: String { "$data << END_OF_DATA\n\(data)END_OF_DATA\n" + text(data: "$data", output: nil) }

  /// The script for data in a file, writing to `output`.
  public func text(dataFile: String, output: String) -> String {
    text(data: GnuplotScript.file(dataFile), output: output)
  }

  private func text(data: String, output: String?) -> String {
    let target = output.map { "set output \(GnuplotScript.file($0))\n" } ?? ""
    // The titles are drawn with the first panel, and not again.
    let body = panels.map { panel in
      let plots = panel.plots.map { "\(data) \($0)" }.joined(separator: ", \\\n  ")
      return "\(panel.setup)\nplot \(plots.isEmpty ? panel.nothing : plots)\nunset label\nunset arrow\n"
    }.joined()
    return "\(setup)\n\(target)set multiplot\n\(body)unset multiplot\n"
  }

  // MARK: Data

  static func data(_ picture: Picture) -> String {
    var out = "# \(inOneLine(picture.title))\n"
    for (index, panel) in picture.panels.enumerated() {
      func about(_ axis: Axis) -> String { axis.label + (axis.isLogarithmic ? " (logarithmic)" : "") }
      let title = panel.title.isEmpty ? "" : ": \(panel.title)"
      out += "# panel \(index + 1)\(inOneLine("\(title); x: \(about(panel.x)); y: \(about(panel.y))"))\n"
      for mark in panel.marks where !mark.rows.isEmpty {
        out += "# \(inOneLine(mark.name)); \(mark.kind.rawValue): \(mark.kind.columns.joined(separator: " "))\n"
        for row in mark.rows { out += row.map { significant($0, 7) }.joined(separator: " ") + "\n" }
        out += "\n\n"
      }
    }
    return out
  }

  // MARK: Script

  private static func terminal(_ terminal: Terminal, _ canvas: Canvas) -> String {
    let (w, h) = (Int(canvas.width), Int(canvas.height))
    let font = "font \"sans-serif,\(Int(canvas.font))\""
    switch terminal {
    case .svg(let ground):
      return "set terminal svg size \(w),\(h) dynamic \(font)" + (ground ? " background \"#FFFFFF\"" : "")
    case .png:
      // Twice the pixels: sharp on screens of today.
      return "set terminal pngcairo size \(2 * w),\(2 * h) fontscale 1.5 linewidth 2 pointscale 2 \(font)"
    case .pdf:
      let inches = "\(significant(canvas.width / 96, 5))in,\(significant(canvas.height / 96, 5))in"
      return "set terminal pdfcairo size \(inches) fontscale 0.56 linewidth 1.5 pointscale 0.7 \(font)"
    case .dumb(let colour):
      return "set terminal dumb size \(w),\(h) noenhanced \(colour ? "ansi256" : "mono") aspect 1"
    case .sixel: return "set terminal sixelgd size \(w),\(h) \(font)"
    }
  }

  private static func label(_ number: Int, _ text: PlacedText, _ canvas: Canvas) -> String {
    // Braces and the like stand for themselves, but bold is markup: what is bold is written without any.
    let plain = quoted(text.text)
    let shown =
      text.isBold && !canvas.isText ? "\"{/:Bold \" . \(escaped(text.text)) . \"}\" enhanced" : plain + " noenhanced"
    return
      "set label \(number) \(shown) at screen \(share(text.box.x, canvas.width)),\(share(canvas.height - text.box.middle, canvas.height)) "
      + "left \(canvas.isText ? "" : "textcolor rgb \"\(Palette.ink)\" ")front"
  }

  private static func panel(
    _ placed: PlacedPanel, from block: Int, after labels: Int, _ canvas: Canvas, _ terminal: Terminal
  ) -> PanelScript {
    let (panel, frame) = (placed.panel, placed.frame)
    var lines = [
      "set lmargin at screen \(share(frame.x, canvas.width))",
      "set rmargin at screen \(share(frame.right, canvas.width))",
      "set tmargin at screen \(share(canvas.height - frame.y, canvas.height))",
      "set bmargin at screen \(share(canvas.height - frame.bottom, canvas.height))",
      axis("x", placed.x, placed.xTicks, canvas), axis("y", placed.y, placed.yTicks, canvas),
    ]
    if !canvas.isText { lines.append("set grid ytics linetype 1 linecolor rgb \"#B0B0B0\" linewidth 0.4") }
    for (index, text) in placed.texts.enumerated() { lines.append(label(labels + index + 1, text, canvas)) }
    if !canvas.isText {
      for leader in placed.leaders {
        func at(_ place: (x: Double, y: Double)) -> String {
          "screen \(share(place.x, canvas.width)),\(share(canvas.height - place.y, canvas.height))"
        }
        lines.append(
          "set arrow from \(at(leader.from)) to \(at(leader.to)) nohead linecolor rgb \"\(Palette.hex(leader.colour))\" linewidth 1"
        )
      }
    }
    if let key = panel.key, let box = placed.key {
      lines.append("set cbrange [0:1]")
      lines.append(
        "set colorbox vertical user origin screen \(share(box.x, canvas.width)),\(share(canvas.height - box.bottom, canvas.height)) "
          + "size screen \(share(box.width, canvas.width)),\(share(box.height, canvas.height)) noborder")
      lines.append(
        ticks("cb", key.ticks.map { Tick(value: $0.shade, text: $0.text) }, canvas) + " scale 0 offset -0.6,0")
    } else {
      lines.append("unset colorbox")
      if panel.key != nil { lines.append("set cbrange [0:1]") }
    }
    // Many points are drawn small, and the few that a panel is about large.
    let points = panel.marks.filter { $0.kind == .points }.reduce(0) { $0 + $1.rows.count }
    let dot = points <= 24 ? 0.75 : points <= 300 ? 0.5 : 0.35
    let plots = panel.marks.filter { !$0.rows.isEmpty }.enumerated()
      .flatMap { plot($1, block + $0, canvas, terminal, dot: dot) }
    let y = placed.y.range
    return PanelScript(
      setup: lines.joined(separator: "\n"), plots: plots,
      nothing: "\(number(y.upperBound + 9 * (y.upperBound - y.lowerBound))) notitle")
  }

  private static func axis(_ name: String, _ placed: PlacedAxis, _ marks: [Tick], _ canvas: Canvas) -> String {
    // A hair wider: gnuplot takes the logarithm of an end and of a tick there, and drops the tick where they differ.
    let (low, high) = (placed.range.lowerBound, placed.range.upperBound)
    let (down, up) = placed.axis.isLogarithmic ? (low * 1e-8, high * 1e-8) : (0, 0)
    let range = "set \(name)range [\(number(low - down)):\(number(high + up))]"
    let scale = placed.axis.isLogarithmic ? "set logscale \(name) 10" : "unset logscale \(name)"
    let style = canvas.isText ? " scale 0" : name == "x" ? " scale 0.5 offset 0,0.3" : " scale 0 offset 0.5,0"
    return [scale, range, ticks(name, marks, canvas) + style].joined(separator: "\n")
  }

  private static func ticks(_ name: String, _ ticks: [Tick], _ canvas: Canvas) -> String {
    "set \(name)tics out nomirror norotate ("
      + ticks.map { "\(quoted(format($0.text))) \(number($0.value))" }.joined(separator: ", ")
      + ") noenhanced" + (canvas.isText ? "" : " textcolor rgb \"\(Palette.ink)\"")
  }

  private static func plot(
    _ mark: Mark, _ block: Int, _ canvas: Canvas, _ terminal: Terminal, dot: Double
  ) -> [String] {
    // A terminal's own colour of letters is the one that its ground was chosen for.
    let isInk = canvas.isText && [.ink, .faint].contains(mark.colour)
    let colour = isInk ? "linecolor black" : "linecolor rgb \"\(Palette.hex(mark.colour))\""
    let source = "index \(block)"
    let big = canvas.font / 12
    func size(_ value: Double) -> String { "pointsize \(significant(value * big, 3))" }
    func line(_ value: Double) -> String { "linewidth \(significant(value * big, 3))" }
    if canvas.isText { return ["\(source) \(character(mark.kind)) \(colour) notitle"] }
    // The SVG terminal draws its diamonds half as large again.
    let diamond = if case .svg = terminal { 0.55 } else { 0.85 }
    let how =
      switch mark.kind {
      case .line: "using 1:2 with lines \(colour) \(line(2))"
      case .dashes: "using 1:2 with lines \(colour) \(line(1.5)) dashtype (12,7)"
      case .points: "using 1:2 with points \(colour) pointtype 7 \(size(dot))"
      case .rings: "using 1:2 with points \(colour) pointtype 6 \(size(0.9)) \(line(1.5))"
      case .stars: "using 1:2 with points \(colour) pointtype 13 \(size(diamond))"
      case .shaded: "using 1:2:3 with points palette pointtype 7 \(size(0.75))"
      case .cloud: "using 1:2:(\(Palette.tintName)($3)) with points linecolor rgb variable pointtype 7 \(size(0.35))"
      case .band:
        "using 1:2:3 with filledcurves fillcolor rgb \"\(Palette.hex(mark.colour))\" fillstyle transparent solid 0.25 noborder"
      case .area:
        "using 1:2:3 with filledcurves fillcolor rgb \"\(Palette.hex(mark.colour))\" fillstyle solid 0.75 noborder"
      case .intervals: "using 1:2:3:4 with yerrorbars \(colour) pointtype 7 \(size(0.6)) \(line(1.5))"
      case .bars:
        "using (($1+$2)/2):4:1:2:3:4 with boxxyerror fillcolor rgb \"\(Palette.hex(mark.colour))\" fillstyle solid 0.8 noborder"
      }
    let drawn = "\(source) \(how) notitle"
    // A thin line parts an area from what lies on it, whatever the two colours are to the eye, and a star from what it
    // stands on.
    let ground = "linecolor rgb \"\(Palette.ground)\""
    switch mark.kind {
    case .area: return [drawn, "\(source) using 1:3 with lines \(ground) linewidth 1 notitle"]
    case .stars:
      return ["\(source) using 1:2 with points \(ground) pointtype 13 \(size(1.6 * diamond)) notitle", drawn]
    default: return [drawn]
    }
  }

  /// The same in characters, which have no shades: an area is its upper edge, and a band is left out.
  private static func character(_ kind: Mark.Kind) -> String {
    switch kind {
    case .line, .dashes: "using 1:2 with lines"
    case .points, .shaded: "using 1:2 with points pointtype \"o\""
    case .rings: "using 1:2 with points pointtype \"O\""
    case .stars: "using 1:2 with points pointtype \"◆\""
    case .cloud: "using 1:2 with points pointtype \".\""
    case .band: "using 1:(NaN) with lines"
    case .area: "using 1:3 with lines"
    case .intervals: "using 1:2:3:4 with yerrorbars pointtype \"o\""
    case .bars: "using (($1+$2)/2):4 with impulses"
    }
  }

  // MARK: Numbers and texts

  /// A tick's text is a format.
  private static func format(_ text: String) -> String { replaced(text) { $0 == "%" ? "%%" : nil } }

  private static func share(_ part: Double, _ whole: Double) -> String { significant(part / whole, 6) }
  private static func number(_ value: Double) -> String { significant(value, 10) }
  /// Between single quotes nothing is replaced, not even a command between backticks. A quote inside becomes a
  /// typographic one: gnuplot reads a doubled one at the beginning as the end.
  private static func quoted(_ text: String) -> String {
    "'" + replaced(inOneLine(text)) { $0 == "'" ? "\u{2019}" : nil } + "'"
  }
  /// The name of a file, in which a quote stays what it is. What no line can hold is written as a number.
  private static func file(_ name: String) -> String {
    guard inOneLine(name) == name else {
      func octal(_ byte: UInt8) -> String { "\\" + "\(byte >> 6)\((byte >> 3) & 7)\(byte & 7)" }
      return "\"" + name.utf8.map(octal).joined() + "\""
    }
    return "'" + (name.utf8.first == UInt8(ascii: "'") ? "./" : "") + replaced(name) { $0 == "'" ? "''" : nil } + "'"
  }
  /// For enhanced text: its own signs keep their meaning as letters.
  private static func escaped(_ text: String) -> String {
    quoted(replaced(text) { "{}^_@&~\\".unicodeScalars.contains($0) ? "\\\($0)" : nil })
  }

  /// Spaces for line ends and their like: a name comes from others, and what it has after one would be a command.
  static func inOneLine(_ text: String) -> String {
    replaced(text) {
      [.control, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory) ? " " : nil
    }
  }

  /// By scalar: a quote with an accent on it is one letter to a reader, and a quote to gnuplot.
  private static func replaced(_ text: String, by: (Unicode.Scalar) -> String?) -> String {
    text.unicodeScalars.map { by($0) ?? String($0) }.joined()
  }
}
