/// What is drawn on: so many units wide and high, with text of a known size. A unit is a pixel, or a character of a
/// terminal.
public struct Canvas: Sendable, Equatable {
  public var width: Double
  public var height: Double
  /// Height of the letters' body; 1 on a terminal.
  public var font: Double
  public let isText: Bool

  /// Pixels. The letters grow a little with the width, so that a picture made for a slide is not a page of small print.
  public init(width: Double, height: Double) {
    self.width = width
    self.height = height
    font = (width / 70).clamped(to: 11...18).rounded()
    isText = false
  }

  /// Pixels, as high as suits the picture.
  public init(width: Double, for picture: Picture, title: Bool = true) {
    self.init(width: width, height: 0)
    let grid = PanelGrid(picture.panels.count, on: self)
    let panel = (width / Double(grid.columns) * 0.66).clamped(to: 19 * font...30 * font)
    let titles = title ? Double(fitted(picture.title, width: width / PlacedText.bold).count) * lineHeight + font : 0
    height = (Double(grid.rows) * panel + titles).rounded()
  }

  /// A terminal, with so many lines for each row of panels, or more where things are named one a line.
  public init(columns: Int, linesPerRow: Int, for picture: Picture) {
    let names = picture.panels.map { panel in if case .names(let names) = panel.y.style { names.count } else { 0 } }
    let lines = max(linesPerRow, (names.max() ?? 0) + 10)
    let one = Canvas(columns: columns, lines: lines)
    self.init(columns: columns, lines: lines * PanelGrid(picture.panels.count, on: one).rows)
  }

  /// A terminal.
  public init(columns: Int, lines: Int) {
    width = Double(columns)
    height = Double(lines)
    font = 1
    isText = true
  }

  /// Where a text appears: on a terminal, in whole characters.
  func drawn(_ box: Box) -> Box {
    guard isText else { return box }
    return Box(x: box.x.rounded(), y: box.y.rounded(), width: box.width, height: box.height)
  }

  var lineHeight: Double { isText ? 1 : 1.25 * font }

  /// How wide a text is, rather too much than too little: the metrics of a wide typeface.
  func width(of text: String) -> Double {
    if isText { return Double(text.count) }
    return font * text.reduce(0) { $0 + Canvas.em($1) }
  }

  /// Whether a letter takes the place of two, as those of Chinese, Japanese and Korean do, and pictures.
  public static func isWide(_ character: Character) -> Bool {
    guard let first = character.unicodeScalars.first?.value, first >= 0x1100 else { return false }
    return [
      0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD,
    ].contains { $0.contains(first) }
  }

  private static func em(_ character: Character) -> Double {
    switch character {
    case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", "!": 0.34
    case " ", "f", "t", "r", "(", ")", "[", "]", "/", "-": 0.41
    case "m", "w", "M", "W", "%", "@", "…": 1
    case "A"..."Z", "=", "+", "<", ">", "~": 0.8
    default: isWide(character) ? 1.1 : 0.64
    }
  }
}

/// How panels share a canvas.
struct PanelGrid {
  let columns: Int
  let rows: Int
  /// The first panel has a row of its own.
  let firstIsWide: Bool

  /// As many beside each other as stay legible, and rows of equal length.
  init(_ panels: Int, on canvas: Canvas) {
    let fit = max(1, Int(canvas.width / (canvas.isText ? 44 : 26 * canvas.font)))
    let most = min(max(1, panels), fit)
    // Of three, the first is the one to look at: it gets a row of its own.
    let rows = panels == 3 && most > 1 ? 2 : (max(1, panels) + most - 1) / most
    self.rows = rows
    columns = (max(1, panels) + rows - 1) / rows
    firstIsWide = columns == 2 && panels % 2 == 1
  }

  /// Row, column and how many columns wide.
  func place(_ index: Int) -> (row: Int, column: Int, span: Int) {
    guard firstIsWide else { return (index / columns, index % columns, 1) }
    return index == 0 ? (0, 0, 2) : ((index + 1) / 2, (index + 1) % 2, 1)
  }
}

extension Comparable {
  func clamped(to range: ClosedRange<Self>) -> Self { min(max(self, range.lowerBound), range.upperBound) }
}
