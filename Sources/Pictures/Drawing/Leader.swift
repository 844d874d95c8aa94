/// A line from a place to the label that belongs to it.
struct Leader: Equatable {
  typealias Place = (x: Double, y: Double)
  var from: Place
  var to: Place
  var colour: Mark.Colour

  init(from: Place, to: Place, colour: Mark.Colour) {
    (self.from, self.to, self.colour) = (from, to, colour)
  }

  /// To the nearest edge of a text.
  init(from: Place, to box: Box, colour: Mark.Colour) {
    let to = (x: from.x.clamped(to: box.x...box.right), y: from.y.clamped(to: box.y...box.bottom))
    self.init(from: from, to: to, colour: colour)
  }

  static func == (a: Leader, b: Leader) -> Bool { a.from == b.from && a.to == b.to && a.colour == b.colour }

  func crosses(_ other: Leader) -> Bool {
    /// On which side of a line from one place to another a third lies.
    func side(_ a: Place, _ b: Place, _ c: Place) -> Double { (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) }
    return side(from, to, other.from) * side(from, to, other.to) < 0
      && side(other.from, other.to, from) * side(other.from, other.to, to) < 0
  }

  /// Whether a part of it lies inside a box.
  func meets(_ box: Box) -> Bool {
    // What of the line, from 0 to 1, is between the sides of the box.
    var (first, last) = (0.0, 1.0)
    for (start, end, low, high) in [(from.x, to.x, box.x, box.right), (from.y, to.y, box.y, box.bottom)] {
      let way = end - start
      guard way != 0 else {
        guard low < start, start < high else { return false }
        continue
      }
      let (a, b) = ((low - start) / way, (high - start) / way)
      (first, last) = (max(first, min(a, b)), min(last, max(a, b)))
    }
    return first < last
  }
}
