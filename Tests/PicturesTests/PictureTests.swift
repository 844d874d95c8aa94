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

  static let everything = Array(zip(PictureSamples.names, PictureSamples.all)) + PictureSamples.hard.map { ($0, $1) }

  @Test func hardOnesAreThere() { #expect(PictureSamples.hard.count == 14) }

  /// Our own boxes, which are wider than the letters: inside the canvas, and none over another.
  @Test(arguments: everything)
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
          var least = 2
          if case .names(let names) = panel.panel.x.style { least = min(2, names.count) }
          #expect(panel.xTicks.count >= least && panel.yTicks.count >= 2, "\(name) at \(width)")
          let ticks = panel.xTicks.map { tick in
            let wide = canvas.width(of: tick.text)
            return Box(
              x: panel.frame.x + panel.x.place(tick.value) * panel.frame.width - wide / 2, y: 0, width: wide, height: 1)
          }
          #expect(
            ticks.allSatisfy { $0.x > -1e-9 && $0.right < canvas.width + 1e-9 }, "ticks leave \(name) at \(width)")
          #expect(zip(ticks, ticks.dropFirst()).allSatisfy { !$0.overlaps($1) }, "ticks meet in \(name) at \(width)")
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

  /// A leader goes past the other texts and the other leaders.
  @Test(arguments: everything)
  func leadersCrossNothing(_ name: String, _ picture: Picture) {
    for width in [480.0, 900, 1600] {
      for panel in Layout(picture, on: Canvas(width: width, for: picture)).panels {
        for (index, leader) in panel.leaders.enumerated() {
          for text in panel.texts where leader.meets(text.box) {
            Issue.record("a leader runs through \(text.text) in \(name) at \(width)")
          }
          for other in panel.leaders[(index + 1)...] where leader.crosses(other) {
            Issue.record("leaders cross in \(name) at \(width)")
          }
        }
      }
    }
  }

  /// As many budgets as fit, and always the first and the last.
  @Test(arguments: [("budgets-20", 480.0), ("budgets-20", 900), ("budgets-20", 1600), ("budgets-40", 900)])
  func manyBudgetsAreNamedInPart(_ name: String, _ width: Double) throws {
    let picture = try #require(PictureSamples.hard.first { $0.name == name }).picture
    let panel = try #require(Layout(picture, on: Canvas(width: width, for: picture)).panels.first)
    let names = panel.panel.marks.compactMap { $0.label?.text }
    let shown = names.filter { name in panel.texts.contains { $0.text == name } }
    #expect(names.count == (name == "budgets-20" ? 20 : 40))
    #expect(shown.first == names.first && shown.last == names.last)
    #expect(shown.count >= 4)
  }

  @Test func rowsAreNamedFromTheirEnds() {
    #expect(Picture.fromTheEnds(0).isEmpty)
    #expect(Picture.fromTheEnds(2) == [0, 0])
    let ranks = Picture.fromTheEnds(9)
    #expect(ranks[0] == 0 && ranks[8] == 0 && ranks[4] == 1 && ranks[2] == 2 && ranks[6] == 3)
    #expect(Set(ranks[1..<8]).count == 7)
  }

  /// Of a name that is too long, what tells it from others is kept.
  @Test func namesAreShortened() {
    let canvas = Canvas(width: 900, height: 600)
    let path = "/data/checkpoints/ladder/model-a/config.json"
    for width in stride(from: 20.0, through: 500, by: 7) {
      for name in [path, "a-very-long-name-of-a-run-0042", "org/model"] {
        let short = canvas.shortened(name, to: width)
        #expect(canvas.width(of: short) <= width)
        #expect((short == name) == (canvas.width(of: name) <= width))
      }
    }
    #expect(canvas.shortened(path, to: 0.8 * canvas.width(of: path)).hasSuffix("/ladder/model-a/config.json"))
    #expect(canvas.shortened(path, to: canvas.width(of: "…/model-a/config.json")) == "…/model-a/config.json")
    let file = canvas.shortened("/data/model-a-of-a-very-long-ladder-of-models/config.json", to: 200)
    #expect(file.hasPrefix("mod") && file.contains("…") && file.hasSuffix("/config.json"))
    let run = canvas.shortened("my-ladder-of-models-run-0042", to: 120)
    #expect(run.hasPrefix("my-") && run.hasSuffix("042") && run.contains("…"))
  }

  /// A grid of one shape: it is no other shape, its target is drawn, and there is no part of a shape.
  @Test func oneShapeIsNoOther() throws {
    func panel(_ name: String) throws -> PlacedPanel {
      let picture = try #require(PictureSamples.hard.first { $0.name == name }).picture
      return try #require(Layout(picture, on: Canvas(width: 900, for: picture)).panels.first)
    }
    #expect(try !panel("front-of-one").texts.contains { $0.text == "other shapes" })
    for name in ["nearest-of-one", "nearest-of-one-by-size"] {
      let panel = try panel(name)
      let target = try #require(panel.panel.marks.first { $0.name == "target" })
      let ends = target.rows.map { panel.point($0[0], $0[1]) }
      let length = abs(ends[0].x - ends[1].x) + abs(ends[0].y - ends[1].y)
      #expect(length > 0.5 * min(panel.frame.width, panel.frame.height))
      #expect(panel.texts.contains { $0.text == "target" })
    }
    #expect(try panel("histogram-of-one").yTicks.map(\.text) == ["0", "1"])
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
