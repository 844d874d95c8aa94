import TestSupport
import Testing

@testable import Pictures

/// Names and numbers that nobody made for a picture.
@Suite struct HostilePictureTests {
  @Test func whatIsNoNumberIsNotDrawn() {
    let mark = Mark(.line, "x", .ink, [[1, 2], [.nan, 3], [4, .infinity], [5, 6]])
    #expect(mark.rows == [[1, 2], [5, 6]])
    // Nor what has no place on its axis; names beside it are placed all the same.
    let panel = Panel(
      "p", x: Axis("x"), y: Axis("y", logarithmic: true, range: 1...10),
      marks: [
        Mark(.line, "zero", .ink, [[1, 2], [2, 0], [3, 4]]).labelled("zero", nearX: 3, y: 4),
        Mark(.line, "large", .ink, [[1, 1], [1e300, 10]]).labelled("large", nearX: 1, y: 1),
      ])
    let script = GnuplotScript(
      Picture("p", title: "p", words: "", panels: [panel]), on: Canvas(width: 600, height: 400), as: .svg(ground: true))
    #expect(script.whole.contains("large"))
  }

  @Test func namesOfOthersAreNoScript() {
    let panel = Panel(
      "it's \"$HOME\" `id`", x: Axis("x {/:Bold y}"), y: Axis("100 % of\\n"),
      marks: [Mark(.line, "evil", .ink, [[1, 1], [2, 2]]).labelled("'; set output 'x'; '")])
    let picture = Picture("p", title: "a 'b' c", words: "", panels: [panel])
    let script = GnuplotScript(picture, on: Canvas(width: 600, height: 400), as: .svg(ground: true)).whole
    // Every line of the script has its quotes in pairs, and nothing of the texts is outside them.
    for line in script.split(separator: "\n") where !line.hasPrefix("#") {
      #expect(line.count { $0 == "'" } % 2 == 0, "\(line)")
      let outside = line.split(separator: "'", omittingEmptySubsequences: false).enumerated().filter {
        $0.offset % 2 == 0
      }
      #expect(!outside.contains { $0.element.contains("output") || $0.element.contains("HOME") }, "\(line)")
    }
  }

  /// A name that goes on in another line is one line of a script: what it has there would be a command.
  @Test(arguments: ["\n", "\r\n", "\r", "\u{B}", "\u{85}", "\u{2028}", "'\u{301}; ", "\nEND_OF_DATA\n"])
  func namesInSeveralLinesAreNoScript(_ between: String) throws {
    let name = "a\(between)!touch evil\(between)b"
    let x = Axis(name, style: .names([name, "b"]), range: 0.5...2.5)
    let panel = Panel(
      name, x: x, y: Axis(name), key: ColourKey(name, ticks: [.init(shade: 0, text: name)]),
      marks: [
        Mark(.line, name, .ink, [[1, 1], [2, 2]]).labelled(name),
        Mark(.points, name, .ink, [[1, 2]]).labelled(name, nearX: 1, y: 2),
      ])
    let picture = Picture("p", title: name, words: "", panels: [panel])
    for kind in [GnuplotScript.Terminal.svg(ground: true), .png, .dumb(colour: false)] {
      let canvas = if case .dumb = kind { Canvas(columns: 80, lines: 24) } else { Canvas(width: 600, height: 400) }
      let script = GnuplotScript(picture, on: canvas, as: kind)
      for text in [script.whole, script.text(dataFile: name, output: name)] {
        #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" })
        for line in text.unicodeScalars.split(separator: "\n") where line.first != "#" {
          let parts = line.split(separator: "'", omittingEmptySubsequences: false)
          #expect(parts.count % 2 == 1, "\(String(line))")
          let outside = parts.enumerated().filter { $0.offset % 2 == 0 }.map { String($0.element) }
          #expect(!outside.contains { $0.contains("touch") }, "\(String(line))")
        }
      }
    }
  }

  /// However many names an axis has, some are shown; and however wide it is, some powers.
  @Test(arguments: [1, 2, 30, 150, 1000, 40_000]) func longAxesHaveTicks(_ count: Int) {
    let names = (1...count).map { "run-\($0)" }
    let ends = 0.5...Double(count) + 0.5
    let mark = Mark(.points, "p", .ink, [[1, 1e-300], [Double(count), 1e300]])
    let picture = Picture(
      "p", title: "p", words: "",
      panels: [
        Panel(
          x: Axis("x", style: .names(names), range: ends), y: Axis("y", logarithmic: true, style: .power),
          marks: [mark])
      ])
    for canvas in [Canvas(width: 480, for: picture), Canvas(width: 1600, for: picture), Canvas(columns: 80, lines: 24)]
    {
      let panel = Layout(picture, on: canvas).panels[0]
      #expect(panel.xTicks.count >= min(count, 4), "\(panel.xTicks)")
      #expect(panel.yTicks.count >= 3 && panel.yTicks.allSatisfy { $0.text.hasPrefix("1e") || $0.text == "1" })
    }
  }

  @Test func lettersOfTwoCellsAreMeasured() {
    let canvas = Canvas(width: 900, height: 600)
    #expect(canvas.width(of: "\u{6A21}\u{578B}") > 2 * canvas.font)
    #expect(Canvas.isWide("\u{1F680}") && Canvas.isWide("\u{AC00}") && !Canvas.isWide("\u{E9}") && !Canvas.isWide("a"))
  }
}
