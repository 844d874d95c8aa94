import Foundation
import Isoflop
import PictureSamples
import TestSupport
import Testing

@testable import CLISupport
@testable import Pictures

let hasGnuplot = shellHas("gnuplot")

/// Every picture as gnuplot draws it.
@Suite(.enabled(if: hasGnuplot, "gnuplot is not here")) struct PlotTests {
  static let samples = Array(zip(PictureSamples.names, PictureSamples.all))

  /// From the places and sizes in the SVG: texts, those of ticks too, lie inside and apart.
  @Test(arguments: samples)
  func textsOfTheSVGDoNotMeet(_ name: String, _ picture: Picture) throws {
    let gnuplot = try Gnuplot()
    for width in [300.0, 480, 900, 1600] {
      let canvas = Canvas(width: width, for: picture)
      let svg = try gnuplot.run(GnuplotScript(picture, on: canvas, as: .svg(ground: true)).whole)
      let texts = SVGText.all(in: String(decoding: svg, as: UTF8.self))
      #expect(texts.count >= 6 * picture.panels.count, "\(name) at \(width)")
      for (index, text) in texts.enumerated() {
        #expect(
          text.box.x >= 0 && text.box.right <= canvas.width && text.box.y >= 0 && text.box.bottom <= canvas.height,
          "\(text.text) leaves \(name) at \(width)")
        for other in texts[(index + 1)...] where text.box.overlaps(other.box) {
          Issue.record("\(text.text) and \(other.text) meet in \(name) at \(width)")
        }
      }
    }
  }

  /// gnuplot draws whatever it is given, and every tick that was placed: it leaves out one whose logarithm is off the
  /// axis by its last digit.
  @Test(arguments: samples + PictureSamples.hard.map { ($0, $1) })
  func everyTickIsDrawn(_ name: String, _ picture: Picture) throws {
    let canvas = Canvas(width: 960, for: picture)
    let svg = try Gnuplot().run(GnuplotScript(picture, on: canvas, as: .svg(ground: true)).whole)
    var drawn: [String: Int] = [:]
    for text in SVGText.all(in: String(decoding: svg, as: UTF8.self)) { drawn[text.text, default: 0] += 1 }
    for panel in Layout(picture, on: canvas).panels {
      for tick in panel.xTicks + panel.yTicks {
        #expect(drawn[tick.text, default: 0] > 0, "\(tick.text) is not in \(name)")
        drawn[tick.text, default: 0] -= 1
      }
    }
  }

  /// In characters a label stands beside its line, and not on it, whatever the height.
  @Test(arguments: 16..<30) func namesOfATerminalStandBesideTheirLines(_ lines: Int) throws {
    let levels = [1.0, 3.2, 5.1, 8.7]
    let panel = Panel(
      x: Axis("x", range: 0...10), y: Axis("y", range: 0...10),
      marks: levels.map { y in
        Mark(.line, "line", .ink, [[0, y], [10, y]]).labelled("at\(Int(y))", nearX: 5, y: y)
      })
    let picture = Picture("p", title: "t", words: "", panels: [panel])
    let canvas = Canvas(columns: 60, linesPerRow: lines, for: picture)
    let script = GnuplotScript(picture, on: canvas, as: .dumb(colour: false)).whole
    let rows = String(decoding: try Gnuplot().run(script), as: UTF8.self).split(separator: "\n")
    for level in levels {
      let row = try #require(rows.first { $0.contains("at\(Int(level))") })
      #expect(!row.contains("***") && !row.contains("###") && !row.contains("$$$") && !row.contains("%%%"), "\(row)")
    }
  }

  /// In characters: every text is where it was placed.
  @Test(arguments: [40, 80, 160]) func aTerminalShowsWhatWasPlaced(_ columns: Int) throws {
    for (name, picture) in Self.samples {
      let canvas = Canvas(columns: columns, linesPerRow: 22, for: picture)
      let text = String(
        decoding: try Gnuplot().run(GnuplotScript(picture, on: canvas, as: .dumb(colour: false)).whole), as: UTF8.self)
      for placed in Layout(picture, on: canvas).texts {
        #expect(text.contains(placed.text.replacing("'", with: "\u{2019}")), "\(placed.text) is not in \(name)")
      }
    }
  }

  /// Rows of pixels that differ from each other: a blank picture has two kinds of rows at most, one with axes alone few.
  @Test(.enabled(if: shellHas("python3"), "python3 is not here"), arguments: samples)
  func aPNGIsNotBlank(_ name: String, _ picture: Picture) throws {
    try withTemporaryFolder { folder in
      let canvas = Canvas(width: 480, for: picture)
      let png = try Gnuplot().run(GnuplotScript(picture, on: canvas, as: .png).whole)
      try writeFile(folder + "/p.png", png)
      let counts = try shell("python3 - \(folder)/p.png <<'END'\n\(Self.countRows)\nEND").output.split(separator: " ")
      let numbers = counts.compactMap { Int($0.filter(\.isNumber)) }
      #expect(numbers.count == 3)
      #expect(numbers[0] == 960 && numbers[1] == 2 * Int(canvas.height), "\(name): \(counts)")
      #expect(numbers[2] > 60, "\(name): \(counts)")
    }
  }

  /// Width, height, and how many different rows there are.
  static let countRows = """
    import struct, sys, zlib
    data = open(sys.argv[1], 'rb').read()
    assert data[:8] == bytes([137, 80, 78, 71, 13, 10, 26, 10])
    at, pixels = 8, b''
    while at < len(data):
      size, kind = struct.unpack('>I4s', data[at:at + 8])
      if kind == b'IHDR': width, height, depth, colour = struct.unpack('>IIBB', data[at + 8:at + 18])
      if kind == b'IDAT': pixels += data[at + 8:at + 8 + size]
      at += size + 12
    raw = zlib.decompress(pixels)
    line = len(raw) // height
    print(width, height, len({raw[y * line:(y + 1) * line] for y in range(height)}))
    """

  @Test func aBlankPNGWouldBeSeen() throws {
    try withTemporaryFolder { folder in
      let blank =
        "set terminal pngcairo size 960,600\nunset border\nunset tics\nunset key\nset xrange [0:1]\nplot [0:1] [0:1] 9 notitle\n"
      try writeFile(folder + "/p.png", try Gnuplot().run(blank))
      let output = try shell("python3 - \(folder)/p.png <<'END'\n\(Self.countRows)\nEND").output
      #expect(output.hasPrefix("960 600 "))
      #expect(Int(output.split(separator: " ")[2].filter(\.isNumber)) ?? 99 <= 3)
    }
  }

  @Test func aPanelWithoutValuesShowsItsAxes() throws {
    let panel = Panel(x: Axis("x", range: 0...1), y: Axis("y", logarithmic: true, range: 1...10))
    let picture = Picture("empty", title: "it's `date` 'so'", words: "", panels: [panel])
    let svg = try Gnuplot().run(
      GnuplotScript(picture, on: Canvas(width: 480, for: picture), as: .svg(ground: true)).whole)
    let texts = SVGText.all(in: String(decoding: svg, as: UTF8.self)).map(\.text)
    #expect(texts.contains("0.4") && texts.contains("10") && texts.contains("it\u{2019}s `date` \u{2019}so\u{2019}"))
  }
}
