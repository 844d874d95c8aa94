import Foundation

@testable import Pictures

/// A text of an SVG that gnuplot made, with the box that its letters take.
struct SVGText {
  var text: String
  var box: Box

  static func all(in svg: String) -> [SVGText] {
    var texts: [SVGText] = []
    var opened: Substring?
    for line in svg.split(separator: "\n") {
      if line.contains("<g transform=\"translate(") { opened = line }
      guard line.contains("<text>"), let group = opened else { continue }
      let place = numbers(after: "translate(", in: group)
      guard place.count >= 2, let size = numbers(after: "font-size=\"", in: group).first else { continue }
      var text = ""
      var isTag = false
      for character in line {
        if character == "<" {
          isTag = true
        } else if character == ">" {
          isTag = false
        } else if !isTag {
          text.append(character)
        }
      }
      text = text.trimmingCharacters(in: .whitespaces).replacing("&amp;", with: "&").replacing("&lt;", with: "<")
      guard !text.isEmpty else { continue }
      // Letters of a common sans-serif, measured: 0.56 of their size wide on average, digits 0.57.
      let width = size * 0.57 * Double(text.count)
      let left = place[0] - (group.contains("\"middle\"") ? width / 2 : group.contains("\"end\"") ? width : 0)
      // The place is the baseline.
      texts.append(SVGText(text: text, box: Box(x: left, y: place[1] - 0.78 * size, width: width, height: 0.95 * size)))
    }
    return texts
  }

  private static func numbers(after mark: String, in text: Substring) -> [Double] {
    guard let range = text.firstRange(of: mark) else { return [] }
    let rest = text[range.upperBound...].prefix { $0.isNumber || "+-., ".contains($0) }
    return rest.split { $0 == "," || $0 == " " }.compactMap { Double($0) }
  }
}
