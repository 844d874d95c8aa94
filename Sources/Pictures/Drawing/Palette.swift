/// The colours of every picture. Series: those of Okabe and Ito (2008, "Color Universal Design") that stand out on
/// white and on black. Order: from their blue to their vermilion, which every kind of colour vision tells apart.
enum Palette {
  static let series = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
  /// Text, frames and what matters most; a report lets the page choose it.
  static let ink = "#1F1F1F"
  /// Grey that no kind of colour vision takes for one of the series.
  static let faint = "#666666"
  static let pale = "#F0E442"
  static let ground = "#FFFFFF"
  static let stops = [
    // One off the series' own at the ends: a page that chooses the colours of series leaves an order as it is.
    Stop(shade: 0, red: 0x00, green: 0x72, blue: 0xB1), Stop(shade: 0.5, red: 0xA8, green: 0x70, blue: 0xA8),
    Stop(shade: 1, red: 0xD5, green: 0x5E, blue: 0x01),
  ]
  struct Stop {
    var shade: Double
    var red: Int
    var green: Int
    var blue: Int
  }

  static func hex(_ colour: Mark.Colour) -> String {
    switch colour {
    case .series(let index): series[index % series.count]
    case .pale: pale
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

  static let tintName = "tint"

  /// A function for gnuplot: the colour of a shade, three fifths transparent, as it takes colours from data.
  static var tint: String {
    func channel(_ part: KeyPath<Stop, Int>) -> String {
      let (a, b, c) = (stops[0][keyPath: part], stops[1][keyPath: part], stops[2][keyPath: part])
      return "int(s < 0.5 ? \(a) + \(b - a) * 2 * s : \(b) + \(c - b) * (2 * s - 1))"
    }
    let (red, green, blue) = (channel(\.red), channel(\.green), channel(\.blue))
    return "\(tintName)(s) = 153 * 16777216 + 65536 * \(red) + 256 * \(green) + \(blue)"
  }

  /// The order as gnuplot's palette.
  static var definition: String {
    "set palette defined (" + stops.map { "\($0.shade) \"\(hex(.shade($0.shade)))\"" }.joined(separator: ", ") + ")"
  }
}

extension Picture {
  /// The colours of scripts, for those who set them in a page's own.
  public static let inkColour = Palette.ink
  public static let faintColour = Palette.faint
  public static let groundColour = Palette.ground
  public static let seriesColours = Palette.series
}
