import Foundation
import Input
import PictureSamples
import TestSupport
import Testing

@testable import Pictures

/// What each picture shows, and where its texts are.
@Suite struct PictureTests {
  static let sizes: [(Double, Double?)] = [(300, nil), (480, nil), (900, nil), (1600, nil), (640, 400)]

  @Test func everyKindHasASample() {
    #expect(PictureSamples.all.count == PictureSamples.names.count)
  }

  /// The values behind a picture, number by number.
  @Test(arguments: Array(zip(PictureSamples.names, PictureSamples.all)))
  func theDataAreThoseLookedAt(_ name: String, _ picture: Picture) throws {
    let canvas = Canvas(width: 900, for: picture)
    let data = GnuplotScript(picture, on: canvas, as: .svg(ground: true)).data
    let file = Golden.path("pictures/\(name).dat")
    if ProcessInfo.processInfo.environment["ISOFLOP_RECORD"] == "1" { try writeFile(file, Array(data.utf8)) }
    let golden = String(decoding: try readFile(file), as: UTF8.self)
    let (lines, expected) = (data.split(separator: "\n"), golden.split(separator: "\n"))
    #expect(lines.count == expected.count)
    for (line, other) in zip(lines, expected) where line != other {
      let (words, others) = (line.split(separator: " "), other.split(separator: " "))
      let same =
        words.count == others.count
        && zip(words, others).allSatisfy { a, b in
          guard let x = Double(a), let y = Double(b) else { return a == b }
          // Seven digits are written; the last may differ where a libm does.
          return abs(x - y) <= 1e-5 * max(abs(x), abs(y), 1e-9)
        }
      #expect(same, "\(line) is not \(other)")
    }
  }

  /// Our own boxes, which are wider than the letters: inside the canvas, and none over another.
  @Test(arguments: Array(zip(PictureSamples.names, PictureSamples.all)))
  func textsDoNotMeet(_ name: String, _ picture: Picture) {
    for (width, height) in Self.sizes {
      for titled in [true, false] {
        var canvas = Canvas(width: width, for: picture, title: titled)
        if let height { canvas.height = height * Double(PanelGrid(picture.panels.count, on: canvas).rows) }
        let layout = Layout(picture, on: canvas, title: titled)
        let whole = Box(x: 0, y: 0, width: canvas.width, height: canvas.height)
        for (index, text) in layout.texts.enumerated() {
          #expect(whole.contains(text.box), "\(text) leaves \(name) at \(width)")
          for other in layout.texts[(index + 1)...] where text.box.overlaps(other.box) {
            Issue.record("\(text.text) and \(other.text) meet in \(name) at \(width)")
          }
        }
        for panel in layout.panels {
          #expect(panel.frame.width > 0.3 * canvas.width / Double(layout.panels.count), "\(name) at \(width)")
          #expect(panel.xTicks.count >= 2 && panel.yTicks.count >= 2, "\(name) at \(width)")
        }
      }
    }
  }

  /// The name of a line stands on nothing that is drawn, where the picture is not tiny.
  @Test(arguments: Array(zip(PictureSamples.names, PictureSamples.all)))
  func namesOfLinesCoverNothing(_ name: String, _ picture: Picture) {
    for width in [480.0, 900, 1600] {
      let canvas = Canvas(width: width, for: picture)
      for panel in Layout(picture, on: canvas).panels {
        let lines = panel.panel.marks.filter { [.line, .dashes].contains($0.kind) }
        let named = Set(lines.compactMap { mark in mark.label.flatMap { $0.place == .end ? nil : $0.text } })
        let points = panel.panel.marks.filter { !$0.isJoined }.flatMap { $0.outline.joined() }
        for text in panel.texts where named.contains(text.text) {
          for value in points {
            let at = panel.point(value.x, value.y)
            #expect(!text.box.contains(x: at.x, y: at.y), "\(text.text) is over a point in \(name) at \(width)")
          }
        }
      }
    }
  }

  /// A label says which mark it belongs to: it is nearer to its own end than to another's, in the order of the ends.
  @Test(arguments: 0..<200)
  func spreadingKeepsOrderAndRoom(_ seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let count = Int.random(in: 1...12, using: &random)
    let starts = (0..<count).map { _ in Double.random(in: 0...100, using: &random) }.sorted()
    let heights = (0..<count).map { _ in Double.random(in: 3...8, using: &random) }
    let tops = spread(starts, heights: heights, from: -5, to: 105)
    for (i, top) in tops.enumerated() {
      #expect(top >= -5 - 1e-9 && top + heights[i] <= 105 + 1e-9)
      if i > 0 { #expect(tops[i - 1] + heights[i - 1] <= top + 1e-6) }
    }
  }

  @Test func whatIsNoNumberIsNotDrawn() {
    let mark = Mark(.line, "x", .ink, [[1, 2], [.nan, 3], [4, .infinity], [5, 6]])
    #expect(mark.rows == [[1, 2], [5, 6]])
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
}
