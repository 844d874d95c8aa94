import Foundation
import Input
import PictureSamples
import ScalingLaws
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

  @Test func hardOnesAreThere() { #expect(PictureSamples.hard.count == 18) }

  /// Our own boxes, which are wider than the letters: inside the canvas, and none over another.
  @Test(arguments: everything)
  func textsDoNotMeet(_ name: String, _ picture: Picture) {
    var canvases = Self.sizes.map { width, height in
      var canvas = Canvas(width: width, for: picture)
      if let height { canvas.height = height * Double(PanelGrid(picture.panels.count, on: canvas).rows) }
      return canvas
    }
    canvases += [40, 80, 160].map { Canvas(columns: $0, linesPerRow: 22, for: picture) }
    for canvas in canvases {
      let width = canvas.width
      for titled in [true, false] {
        let layout = Layout(picture, on: canvas, title: titled)
        let whole = Box(x: 0, y: 0, width: canvas.width, height: canvas.height)
        for (index, text) in layout.texts.enumerated() {
          #expect(whole.contains(text.box), "\(text) leaves \(name) at \(width)")
          for other in layout.texts[(index + 1)...] where text.box.overlaps(other.box) {
            Issue.record("\(text.text) and \(other.text) meet in \(name) at \(width)")
          }
        }
        for panel in layout.panels {
          #expect(!canvas.isText || panel.frame.height >= 8, "\(name) at \(width)")
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

  /// What ends at the edge of the frame has its name beside its own end, and not beside another's.
  @Test(arguments: everything.filter { $1.name == "profiles" })
  func budgetsAreNamedAtTheirEnds(_ name: String, _ picture: Picture) throws {
    for width in [480.0, 700, 900, 960, 1300, 1600] {
      let panel = try #require(Layout(picture, on: Canvas(width: width, for: picture)).panels.first)
      let ends = panel.panel.marks.filter { $0.kind == .line }.compactMap { mark in
        mark.end.map { (mark.label?.text ?? "", panel.point($0.x, $0.y)) }
      }
      for text in panel.texts {
        guard let own = ends.first(where: { $0.0 == text.text }), text.box.x > own.1.x else { continue }
        func away(_ end: (x: Double, y: Double)) -> Double { abs(end.y - text.box.middle) }
        let right = ends.filter { abs($0.1.x - own.1.x) < 1 }
        #expect(right.allSatisfy { away(own.1) <= away($0.1) + 1e-9 }, "\(text.text) in \(name) at \(width)")
      }
    }
  }

  /// Names of models lie on no line where there is room beside it.
  @Test(arguments: everything.filter { ["ratios", "attention"].contains($1.name) })
  func modelsAreNamedBesideTheLines(_ name: String, _ picture: Picture) {
    for width in [900.0, 1600] {
      for panel in Layout(picture, on: Canvas(width: width, for: picture)).panels {
        let level = panel.panel.marks.first { $0.name == "M itself" }?.rows.first.map { panel.point($0[0], $0[1]).y }
        let models = Set(panel.panel.marks.filter { $0.kind == .points }.compactMap { $0.label?.text })
        for text in panel.texts where models.contains(where: { $0.hasSuffix(text.text.suffix(4)) }) {
          guard let level, text.box.x > panel.frame.x, text.box.right < panel.frame.right else { continue }
          #expect(!(text.box.y < level - 1 && level + 1 < text.box.bottom), "\(text.text) in \(name) at \(width)")
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

  /// Names that would read the same once they are short keep what tells them apart.
  @Test func differentNamesStayDifferent() {
    let canvas = Canvas(width: 900, height: 600)
    let ladder = (1...12).map { "my-ladder-2026-of-dense-models-run-\($0)-at-a-constant-width-and-a-long-context" }
    let paths = ["7b", "67b"].map {
      "/data/checkpoints/a-long-name-of-deepseek-llm-\($0)-at-a-longer-context/config.json"
    }
    for names in [ladder, paths] {
      for width in stride(from: 90.0, through: 400, by: 9) {
        let short = canvas.shortened(names, to: width)
        #expect(Set(names.compactMap { short[$0] }).count == names.count, "\(short) at \(width)")
        #expect(short.values.allSatisfy { canvas.width(of: $0) <= width }, "\(short) at \(width)")
      }
    }
    #expect(Canvas.differences(["run-10", "run-12"]) == ["…10", "…12"])
    #expect(Canvas.differences(["lr-0.1-a", "lr-0.12-a"]) == ["…0.1…", "…0.12…"])
    #expect(Canvas.differences(["1b-a", "3b"]) == ["1b-a", "3b"])
    #expect(Canvas.differences(["run-", "run-1"]) == ["…", "…1"])
  }

  /// Of 24 runs with long names, at least every fourth has its number.
  @Test func longRunsAreNumbered() throws {
    let picture = try #require(PictureSamples.hard.first { $0.name == "ledger-long" }).picture
    for width in [900.0, 1600] {
      for panel in Layout(picture, on: Canvas(width: width, for: picture)).panels {
        #expect(panel.xTicks.count >= 6, "\(width): \(panel.xTicks.map(\.text))")
        #expect(panel.xTicks.first?.text == "…1")
      }
    }
  }

  /// Whatever kind of colour vision: no two series look alike, none is taken for grey, and what has its own ground
  /// stands out from it.
  @Test(arguments: ColourVision.allCases) func coloursCanBeToldApart(_ vision: ColourVision) {
    let colours = Palette.series + [Palette.faint, Palette.ink]
    for (index, colour) in colours.enumerated() {
      for other in colours[(index + 1)...] {
        #expect(vision.distance(colour, other) > 15, "\(colour) and \(other): \(vision.distance(colour, other))")
      }
      #expect(ColourVision.contrast(colour, Palette.ground) > 2, "\(colour)")
    }
    let ends = [0, 0.5, 1].map { Palette.hex(.shade($0)) }
    #expect(vision.distance(ends[0], ends[1]) > 12 && vision.distance(ends[1], ends[2]) > 12)
    // What lies beside state mixing in a picture of components.
    for neighbour in [1, 2, 3] { #expect(vision.distance(Palette.pale, Palette.series[neighbour]) > 15) }
    // A page may choose its own colours for series, but not for some of an order.
    #expect(!ends.contains { Palette.series.contains($0) })
  }

  @Test func anEmptyLedgerHasNoPicture() throws {
    #expect(throws: InputError.self) { try Picture.ledger(Ledger(parsing: [], file: "runs.ledger")) }
    let one = try #require(PictureSamples.hard.first { $0.name == "ledger-waiting" }).picture
    #expect(one.panels.map(\.title) == ["Losses"])
  }

  /// The band of a law of hyper-parameters is about the law, wider where there are no runs.
  @Test(arguments: ["hyperparameters", "hyperparameters-two"])
  func aLawOfHyperparametersHasItsInterval(_ name: String) throws {
    let picture = try #require(zip(PictureSamples.names, PictureSamples.all).first { $0.0 == name }).1
    for panel in picture.panels {
      let band = try #require(panel.marks.first { $0.kind == .band })
      let law = try #require(panel.marks.first { $0.name == "the law" })
      #expect(band.rows.count == law.rows.count && band.rows.count > 1)
      for (interval, row) in zip(band.rows, law.rows) {
        #expect(interval[0] == row[0] && interval[1] < interval[2])
        #expect(interval[1] < row[1] * 1.01 && row[1] < interval[2] * 1.01)
      }
    }
  }

  /// Losses that span orders of magnitude are seen all the same.
  @Test func wideLossesAreOnALogarithmicAxis() {
    #expect(!Picture.lossAxis(nil, [1.7, 9]).isLogarithmic)
    #expect(Picture.lossAxis(nil, [1.7, 500]).isLogarithmic)
    #expect(!Picture.lossAxis(nil, [0, 500]).isLogarithmic)
    let picture = PictureSamples.hard.first { $0.name == "wide" }?.picture
    #expect(picture?.panels.first?.y.isLogarithmic == true)
  }

  @Test func coefficientsAreShort() {
    #expect(Picture.coefficient(0.13160) == "0.132")
    #expect(Picture.coefficient(311_459) == "3.11e5")
    #expect(Picture.coefficient(3.21e-6) == "3.21e-6")
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

  /// Small multiples are of one size, and frames below each other begin at one place.
  @Test(arguments: [480.0, 960, 1600]) func framesAreAligned(_ width: Double) throws {
    for name in ["grids", "profiles", "components-several", "ratios-one"] {
      let index = try #require(PictureSamples.names.firstIndex(of: name))
      let picture = PictureSamples.all[index]
      let canvas = Canvas(width: width, for: picture)
      let grid = PanelGrid(picture.panels.count, on: canvas)
      let panels = Layout(picture, on: canvas).panels
      for one in panels.indices {
        for other in panels.indices where grid.place(one).column == grid.place(other).column {
          #expect(abs(panels[one].frame.x - panels[other].frame.x) < 1e-6, "\(name) at \(width)")
          guard grid.place(one).span == grid.place(other).span, name != "profiles" else { continue }
          #expect(abs(panels[one].frame.right - panels[other].frame.right) < 1e-6, "\(name) at \(width)")
        }
      }
    }
  }

  /// A leader joins what can be seen: it begins and ends on the canvas, and that of a name beside values in the frame.
  @Test(arguments: everything) func leadersStayInside(_ name: String, _ picture: Picture) {
    for width in [300.0, 480, 960, 1600] {
      let canvas = Canvas(width: width, for: picture)
      for panel in Layout(picture, on: canvas).panels {
        let frame = panel.frame.wider(by: canvas.font)
        for leader in panel.leaders {
          #expect(frame.contains(x: leader.from.x, y: leader.from.y), "\(leader) of \(name) at \(width)")
          #expect(leader.to.x <= canvas.width && leader.to.y <= canvas.height, "\(leader) of \(name) at \(width)")
        }
      }
    }
  }

  /// An interval is drawn from end to end, and no name of a line stands on it.
  @Test func namesStandBesideIntervals() throws {
    for name in ["hyperparameters", "loss", "ledger"] {
      let picture = PictureSamples.all[try #require(PictureSamples.names.firstIndex(of: name))]
      for panel in Layout(picture, on: Canvas(width: 960, for: picture)).panels {
        let stems = panel.panel.marks.filter { $0.kind == .intervals }.flatMap(\.rows).map { row in
          Leader(from: panel.point(row[0], row[2]), to: panel.point(row[0], row[3]), colour: .ink)
        }
        let named = panel.panel.marks.filter { $0.kind == .line }.compactMap { $0.label?.text }
        for text in panel.texts where named.contains(text.text) {
          #expect(!stems.contains { $0.meets(text.box) }, "\(text.text) of \(name)")
        }
      }
    }
  }

  /// The top of an axis that is less than a power of ten long has a number too.
  @Test func ticksReachBothEnds() {
    let axis = PlacedAxis(Axis("D", logarithmic: true, style: .count), values: [5e9, 1.6e10])
    let ticks = axis.ticks { _ in 0.15 }
    #expect(ticks.map(\.text) == ["5B", "7B", "10B", "15B"])
    #expect(axis.ticks { _ in 0.05 }.map(\.text) == ["5B", "6B", "8B", "10B", "15B"])
  }
}
