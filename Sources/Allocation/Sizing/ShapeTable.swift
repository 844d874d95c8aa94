import Architectures
import FLOPCount

/// A width of a style with all but the number of layers chosen, and how each measure grows with the layers.
struct ShapeLine: Sendable {
  var template: Shape
  /// Allowed numbers of layers, by the style's aspect ratios.
  var layers: ClosedRange<Int>
  private var offsets: [Double]
  private var slopes: [Double]

  /// Nil where a count at two depths is beyond Int64.
  init?(_ template: Shape, _ layers: ClosedRange<Int>) {
    let start = max(1, template.denseLayers)
    var first = template
    first.layers = start
    var second = template
    second.layers = start + 1
    guard let low = try? ShapeCount(first), let high = try? ShapeCount(second) else { return nil }
    self.template = template
    self.layers = layers
    offsets = []
    slopes = []
    for measure in SizeMeasure.allCases {
      let slope = Double(measure.of(high) - measure.of(low))
      slopes.append(slope)
      offsets.append(Double(measure.of(low)) - slope * Double(start))
    }
  }

  func size(_ measure: SizeMeasure, layers: Int) -> Double {
    offsets[measure.index] + slopes[measure.index] * Double(layers)
  }

  /// Allowed layers whose size can lie from `low` to `high`; nil where none can.
  func layers(_ measure: SizeMeasure, from low: Double, to high: Double) -> ClosedRange<Int>? {
    guard size(measure, layers: layers.upperBound + 1) >= low,
      size(measure, layers: max(layers.lowerBound - 1, 0)) <= high
    else { return nil }
    let first = depth(measure, low).rounded(.down)
    let last = depth(measure, high).rounded(.up)
    let from = Int(min(max(first, Double(layers.lowerBound)), Double(layers.upperBound)))
    let to = Int(min(max(last, Double(layers.lowerBound)), Double(layers.upperBound)))
    return from...max(from, to)
  }

  /// The allowed number of layers that comes closest to a size.
  func layers(_ measure: SizeMeasure, nearest target: Double) -> Int {
    let exact = depth(measure, target).rounded()
    return Int(min(max(exact, Double(layers.lowerBound)), Double(layers.upperBound)))
  }

  private func depth(_ measure: SizeMeasure, _ size: Double) -> Double {
    (size - offsets[measure.index]) / slopes[measure.index]
  }

  func outline(layers: Int, _ measure: SizeMeasure) -> ShapeOutline {
    ShapeOutline(
      line: self, layers: layers, size: size(measure, layers: layers), parameters: size(.total, layers: layers))
  }
}

/// A shape before it is counted exactly: what constraints look at. The sizes come from the line through two exact
/// counts, and so are exact below 2^53.
struct ShapeOutline {
  var line: ShapeLine
  var layers: Int
  /// By the measure of the search.
  var size: Double
  var parameters: Double

  var template: Shape { line.template }
  var aspectRatio: Double { Double(template.width) / Double(layers) }
  var keyValueBytesPerToken: Double {
    4 * Double(layers) * Double(template.keyValueHeads) * Double(template.headWidth)
  }
  var shape: Shape {
    var shape = line.template
    shape.layers = layers
    return shape
  }
}

extension ShapeOutline {
  /// Nearer to a size; ties in the order of shapes.
  func isNearer(than other: ShapeOutline, to target: Double) -> Bool {
    let (miss, otherMiss) = (abs(size - target), abs(other.size - target))
    return miss == otherMiss ? shape < other.shape : miss < otherMiss
  }
}

/// Every width and choice of a style at one sequence length: what a search walks over. Made once, it serves any number
/// of searches.
public struct ShapeTable: Sendable {
  public var style: ModelStyle
  public var sequenceLength: Int
  var lines: [ShapeLine]

  public init(style: ModelStyle, sequenceLength: Int) {
    self.style = style
    self.sequenceLength = sequenceLength
    lines = []
    for width in ShapeTable.widths {
      let fewest = max(1, Int((Double(width) / style.aspectRatio.upperBound).rounded(.up)))
      let most = Int(Double(width) / style.aspectRatio.lowerBound)
      guard fewest <= most else { continue }
      for template in style.templates(width: width, sequenceLength: sequenceLength) {
        if let line = ShapeLine(template, fewest...most) { lines.append(line) }
      }
    }
  }

  /// d_model in multiples of 64 to 2048, 128 to 16384, 512 beyond.
  static let widths =
    Array(stride(from: 64, to: 2048, by: 64)) + Array(stride(from: 2048, to: 16384, by: 128))
    + Array(stride(from: 16384, through: 1 << 17, by: 512))
}

extension SizeMeasure {
  /// The place among all cases.
  var index: Int {
    switch self {
    case .M: 0
    case .total: 1
    case .nonEmbedding: 2
    case .active: 3
    }
  }
}
