/// Where everything of a picture is on a canvas: frames, ticks, and texts that do not meet. y grows downwards.
struct Layout {
  let canvas: Canvas
  var titles: [PlacedText] = []
  var panels: [PlacedPanel] = []

  init(_ picture: Picture, on canvas: Canvas, title: Bool = true) {
    self.canvas = canvas
    let edge = canvas.isText ? 0 : 0.5 * canvas.font
    var top = edge
    if title {
      for line in canvas.fitted(picture.title, width: (canvas.width - 2 * edge) / PlacedText.bold) {
        titles.append(
          PlacedText(
            line, Box(x: edge, y: top, width: PlacedText.bold * canvas.width(of: line), height: canvas.lineHeight),
            isBold: true))
        top += canvas.lineHeight
      }
      top += canvas.isText ? 0 : 0.5 * canvas.font
    }
    let grid = PanelGrid(picture.panels.count, on: canvas)
    let gap = canvas.isText ? 2 : 1.5 * canvas.font
    let width = (canvas.width - 2 * edge - gap * Double(grid.columns - 1)) / Double(grid.columns)
    var height =
      (canvas.height - top - edge - (canvas.isText ? 0 : gap / 2) * Double(grid.rows - 1)) / Double(grid.rows)
    // A character stands in one row or the next.
    if canvas.isText { height.round(.down) }
    let cells = picture.panels.indices.map { index -> Box in
      let (row, column, span) = grid.place(index)
      return Box(
        x: edge + Double(column) * (width + gap), y: top + Double(row) * (height + (canvas.isText ? 0 : gap / 2)),
        width: Double(span) * (width + gap) - gap, height: height)
    }
    panels = zip(picture.panels, cells).map { PlacedPanel($0, in: $1, on: canvas) }
    align(cells, width: width)
  }

  /// Frames that stand below each other begin and end at the same places: always where they show the same two
  /// quantities, else where that takes little of their width.
  private mutating func align(_ cells: [Box], width: Double) {
    let alone = panels.map(\.margins)
    for (index, cell) in cells.enumerated() {
      let panel = panels[index].panel
      var margins = alone[index]
      for (other, beside) in cells.enumerated() {
        let isAlike = panels[other].panel.x.label == panel.x.label && panels[other].panel.y.label == panel.y.label
        let most = isAlike ? width : 0.12 * width
        if beside.x == cell.x, alone[other].left - alone[index].left <= most {
          margins.left = max(margins.left, alone[other].left)
        }
        if abs(beside.right - cell.right) < 1e-6, alone[other].right - alone[index].right <= most {
          margins.right = max(margins.right, alone[other].right)
        }
      }
      if margins != alone[index] { panels[index] = PlacedPanel(panel, in: cell, on: canvas, margins: margins) }
    }
  }

  /// Every text with its box.
  var texts: [PlacedText] { titles + panels.flatMap(\.texts) }
}

struct Box: Equatable {
  var x: Double
  var y: Double
  var width: Double
  var height: Double
  var right: Double { x + width }
  var bottom: Double { y + height }
  var middle: Double { y + height / 2 }

  func overlaps(_ other: Box) -> Bool {
    x < other.right && other.x < right && y < other.bottom && other.y < bottom
  }
  func wider(by space: Double) -> Box { Box(x: x - space, y: y, width: width + 2 * space, height: height) }
  func contains(_ other: Box) -> Bool {
    x <= other.x && other.right <= right && y <= other.y && other.bottom <= bottom
  }
  /// From a place to the nearest part of it.
  func distance(to at: (x: Double, y: Double)) -> Double {
    let (dx, dy) = (at.x - at.x.clamped(to: x...right), at.y - at.y.clamped(to: y...bottom))
    return (dx * dx + dy * dy).squareRoot()
  }
  func contains(x: Double, y: Double) -> Bool { self.x <= x && x <= right && self.y <= y && y <= bottom }
}

/// A line of text in its box, left-aligned.
struct PlacedText: Equatable {
  var text: String
  var box: Box
  var isBold: Bool

  /// How much wider bold letters are.
  static let bold = 1.12

  init(_ text: String, _ box: Box, isBold: Bool = false) {
    self.text = text
    self.box = box
    self.isBold = isBold
  }
}

extension Canvas {
  /// A text in lines no wider than that, broken at spaces. A word that is wider stays whole.
  public func wrapped(_ text: String, width most: Double) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, width(of: last + " " + word) <= most {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  /// The same where nothing may be wider: of a word that is, the middle is left out.
  func fitted(_ text: String, width most: Double) -> [String] {
    wrapped(text, width: most).map { shortened($0, to: most) }
  }
}
