import Isoflop

/// What the fonts of this machine can draw.
///
/// gnuplot's PNG and PDF draw a letter that no font has as a shape that covers the picture, so such a letter must not
/// reach them.
struct Fonts {
  /// Nil where nothing tells: then Latin, Greek and Cyrillic are taken for drawn, which every font has.
  private let scalars: [ClosedRange<UInt32>]?

  /// From fontconfig, which those two formats choose their fonts by.
  init(environment: [String: String]) {
    guard let path = OtherProgram.find("fc-list", environment),
      let answer = try? OtherProgram(path).run(["--format", "%{charset} "]), answer.status == 0
    else {
      scalars = nil
      return
    }
    scalars = String(decoding: answer.output, as: UTF8.self).split(whereSeparator: \.isWhitespace).compactMap { range in
      let ends = range.split(separator: "-").compactMap { UInt32($0, radix: 16) }
      guard let low = ends.first, let high = ends.last, low <= high else { return nil }
      return low...high
    }
  }

  /// A text with a hollow square for each letter that cannot be drawn.
  static func drawable(_ text: String, environment: [String: String]) -> String {
    // Most texts have no letter that a font could lack: then no font is asked.
    let rare = Set(text.unicodeScalars.filter { $0.value >= 0x250 && !"\u{2026}\u{2019}".unicodeScalars.contains($0) })
    guard !rare.isEmpty else { return text }
    let fonts = Fonts(environment: environment)
    let missing = rare.filter { !fonts.has($0) }
    guard !missing.isEmpty else { return text }
    var out = String.UnicodeScalarView()
    let instead: Unicode.Scalar = fonts.has("\u{25A1}") ? "\u{25A1}" : "?"
    for scalar in text.unicodeScalars { out.append(missing.contains(scalar) ? instead : scalar) }
    return String(out)
  }

  private func has(_ scalar: Unicode.Scalar) -> Bool {
    guard let scalars else { return scalar.value < 0x530 }
    return scalars.contains { $0.contains(scalar.value) }
  }
}
