/// The colours of every picture. Series: those of Okabe and Ito (2008, "Color Universal Design") that stand out on
/// white and on black. Order: from their blue to their vermilion, which every kind of colour vision tells apart.
enum Palette {
  static let series = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
  /// Text, frames and what matters most; a report lets the page choose it.
  static let ink = "#1F1F1F"
  static let faint = "#8C8C8C"
  static let stops: [(shade: Double, red: Int, green: Int, blue: Int)] = [
    (0, 0x00, 0x72, 0xB2), (0.5, 0xA8, 0x70, 0xA8), (1, 0xD5, 0x5E, 0x00),
  ]

  static func hex(_ colour: Mark.Colour) -> String {
    switch colour {
    case .series(let index): series[index % series.count]
    case .ink: ink
    case .faint: faint
    case .shade(let shade): hex(shade: shade)
    }
  }

  private static func hex(shade: Double) -> String {
    let shade = shade.clamped(to: 0...1)
    let upper = stops.firstIndex { $0.shade >= shade && $0.shade > 0 } ?? stops.count - 1
    let (a, b) = (stops[upper - 1], stops[upper])
    let part = (shade - a.shade) / (b.shade - a.shade)
    func mixed(_ low: Int, _ high: Int) -> String {
      let value = Int((Double(low) + part * Double(high - low)).rounded())
      return (value < 16 ? "0" : "") + String(value, radix: 16, uppercase: true)
    }
    return "#" + mixed(a.red, b.red) + mixed(a.green, b.green) + mixed(a.blue, b.blue)
  }

  /// The order as gnuplot's palette.
  static var definition: String {
    "set palette defined (" + stops.map { "\($0.shade) \"\(hex(.shade($0.shade)))\"" }.joined(separator: ", ") + ")"
  }
}

extension Picture {
  /// The colours of scripts, for those who set them in a page's own.
  public static let inkColour = Palette.ink
  public static let seriesColours = Palette.series
}
