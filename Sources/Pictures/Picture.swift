import Input

/// What a picture shows, before anything draws it: values with their labels and units, in plain numbers. What is drawn
/// follows from this and a canvas alone.
public struct Picture: Sendable, Equatable {
  /// A short name for files and options: `profiles`.
  public var name: String
  /// What it shows, in a line.
  public var title: String
  /// What to see in it, in a sentence or two: the caption of a report, and what is read aloud.
  public var words: String
  public var panels: [Panel]

  public init(_ name: String, title: String, words: String, panels: [Panel]) {
    self.name = name
    self.title = title
    self.words = words
    self.panels = panels
  }
}

extension Picture: CustomStringConvertible {
  public var description: String { "\(name): \(title)" }
}

/// One pair of axes.
public struct Panel: Sendable, Equatable {
  public var title: String
  public var x: Axis
  public var y: Axis
  /// In the order in which they are drawn: later ones lie above.
  public var marks: [Mark]
  /// What the colours of `.shaded` marks mean.
  public var key: ColourKey?

  public init(_ title: String = "", x: Axis, y: Axis, key: ColourKey? = nil, marks: [Mark] = []) {
    self.title = title
    self.x = x
    self.y = y
    self.key = key
    self.marks = marks
  }
}

public struct Axis: Sendable, Equatable {
  /// How the numbers at its ticks read.
  public enum Style: Sendable, Equatable {
    /// With an SI prefix: `10 G`.
    case si
    /// Parameters and tokens: `7B`.
    case count
    /// A power of ten: `1e18`.
    case power
    /// Powers of two: `512`, `4K` for 4096, `1M` for 1,048,576.
    case binary
    case plain
    case percent
    /// Things that there are no halves of: `10 K`.
    case whole
    /// Names at 1, 2, 3….
    case names([String])
  }
  /// The quantity and its unit.
  public var label: String
  public var isLogarithmic: Bool
  public var style: Style
  /// Where the axis begins and ends; nil follows the values.
  public var range: ClosedRange<Double>?

  public init(_ label: String, logarithmic: Bool = false, style: Style = .plain, range: ClosedRange<Double>? = nil) {
    self.label = label
    isLogarithmic = logarithmic
    self.style = style
    self.range = range
  }
}

/// One set of values drawn in one way.
public struct Mark: Sendable, Equatable {
  public enum Kind: String, Sendable {
    /// x, y.
    case line, dashes, points, rings, stars
    /// x, y, and a shade from 0 to 1 that the panel's key explains; a cloud is what the others stand before.
    case shaded, cloud
    /// x, low, high: an interval along a curve, or one part of a whole.
    case band, area
    /// x, y, low, high.
    case intervals
    /// left, right, low, high.
    case bars

    var columns: [String] {
      switch self {
      case .line, .dashes, .points, .rings, .stars: ["x", "y"]
      case .shaded, .cloud: ["x", "y", "shade"]
      case .band, .area: ["x", "low", "high"]
      case .intervals: ["x", "y", "low", "high"]
      case .bars: ["left", "right", "low", "high"]
      }
    }
  }
  public enum Colour: Sendable, Equatable {
    /// A kind of thing: one of six colours that all eyes tell apart.
    case series(Int)
    /// A seventh, for areas alone: it is too light for a line.
    case pale
    /// A place in an order, from 0 to 1.
    case shade(Double)
    case ink, faint
  }
  public struct Label: Sendable, Equatable {
    public enum Place: Sendable, Equatable {
      /// To the right of the frame, beside the last value.
      case end
      /// Inside the frame, where there is room near this point.
      case near(x: Double, y: Double)
    }
    public var text: String
    public var place: Place
    /// What is above 0 is placed later, and only where there is room beside its own point.
    public var rank = 0
  }

  public var kind: Kind
  /// What it is, for the data file.
  public var name: String
  public var colour: Colour
  public var rows: [[Double]]
  public var label: Label?

  public init(_ kind: Kind, _ name: String, _ colour: Colour, _ rows: [[Double]], label: Label? = nil) {
    self.kind = kind
    self.name = name
    self.colour = colour
    // A picture has no place for what is not a number.
    self.rows = rows.filter { $0.allSatisfy(\.isFinite) }
    self.label = label
  }

  /// The same with its name beside its last value.
  public func labelled(_ text: String) -> Mark {
    var copy = self
    copy.label = Label(text: text, place: .end)
    return copy
  }
  /// The same with a label that others come before.
  func ranked(_ rank: Int) -> Mark {
    var copy = self
    copy.label?.rank = rank
    return copy
  }
  /// The same with a text near a row of its own; without one, nothing.
  func labelled(_ text: String, at row: [Double]?) -> Mark {
    row.map { labelled(text, nearX: $0[0], y: $0[1]) } ?? self
  }
  /// The same with a text near one of its points.
  public func labelled(_ text: String, nearX x: Double, y: Double) -> Mark {
    var copy = self
    copy.label = Label(text: text, place: .near(x: x, y: y))
    return copy
  }
}

/// A bar of colours with a few values beside it.
public struct ColourKey: Sendable, Equatable {
  public var label: String
  /// Shade and text.
  public var ticks: [Tick]
  public struct Tick: Sendable, Equatable {
    public var shade: Double
    public var text: String
  }
  public init(_ label: String, ticks: [Tick]) {
    self.label = label
    self.ticks = ticks
  }
}
