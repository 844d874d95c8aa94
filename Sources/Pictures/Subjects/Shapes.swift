import Architectures
import FLOPCount
import Input
import ScalingLaws
import Sweep

extension Picture {
  /// Shapes of a sweep: one quantity against another, the aspect ratio as colour.
  ///
  /// - Parameters:
  ///   - rows: the shapes that the picture is about.
  ///   - x: the quantity to the right.
  ///   - y: the quantity upwards.
  ///   - target: a value of one of the two, drawn as a line.
  ///   - front: whether these are the shapes that no other beats, which a line then joins.
  ///   - others: shapes of the same grid, drawn behind as small light points.
  public static func shapes(
    _ rows: [SweepRow], x: Quantity = .parameters, y: Quantity = .M, target: (quantity: Quantity, value: Int)? = nil,
    front: Bool = false, among others: [SweepRow] = []
  ) -> Picture {
    func point(_ row: SweepRow) -> SweptPoint {
      SweptPoint(
        x: Double(x.value(of: row.shape, row.count)), y: Double(y.value(of: row.shape, row.count)),
        layers: row.shape.layers, width: row.shape.width, name: "\(row.shape.layers) x \(row.shape.width)")
    }
    let points = rows.map(point)
    let drawn = Set(points)
    return swept(
      thinned(points), of: rows.count, ("Shapes", "of the grid", "n_layers x d_model"), x: x, y: y,
      target: target, front: front, among: others.map(point).filter { !drawn.contains($0) })
  }

  /// Models around a config, drawn the same way.
  public static func models(
    _ rows: [ConfigFound], x: Quantity = .parameters, y: Quantity = .M,
    target: (quantity: Quantity, value: Int)? = nil, front: Bool = false
  ) -> Picture {
    let drawn = thinned(rows)
    let ringed = named(drawn.count, front: front).map { drawn[$0] }
    /// What a model is called by so many of its fields.
    func name(_ row: ConfigFound, _ count: Int) -> String {
      row.fields.prefix(count).map { $0.value.string ?? $0.value.text() }.joined(separator: " x ")
    }
    // Two fields, or as many as tell those apart that are named.
    let all = rows.first?.fields.count ?? 0
    let count = (2...max(2, all)).first { few in Set(ringed.map { name($0, few) }).count == ringed.count } ?? all
    let points = drawn.compactMap { row -> SweptPoint? in
      guard let first = row.counts.value(of: x), let second = row.counts.value(of: y) else { return nil }
      return SweptPoint(
        x: first, y: second, layers: row.counts.layers, width: row.counts.width,
        name: name(row, count))
    }
    let fields = rows.first?.fields.prefix(count).map(\.name).joined(separator: " x ") ?? ""
    return swept(
      points, of: rows.count, ("Models", "around the config", fields), x: x, y: y, target: target,
      front: front)
  }

  /// More points than this only make a file larger.
  private static func thinned<Row>(_ rows: [Row]) -> [Row] {
    stride(from: 0, to: rows.count, by: max(1, rows.count / 2000)).map { rows[$0] }
  }

  private struct SweptPoint: Hashable {
    var x: Double
    var y: Double
    var layers: Int
    var width: Int
    var name: String
  }

  /// - Parameter words: what the points are, of what, and how rings name them.
  private static func swept(
    _ shown: [SweptPoint], of count: Int, _ words: (noun: String, of: String, names: String), x: Quantity, y: Quantity,
    target: (quantity: Quantity, value: Int)?, front: Bool, among others: [SweptPoint] = []
  ) -> Picture {
    func ratio(_ point: SweptPoint) -> Double { Double(point.width) / Double(max(1, point.layers)) }
    let ratios = (shown + others).map(ratio)
    let (low, high) = (ratios.min() ?? 1, ratios.max() ?? 1)
    func shade(_ ratio: Double) -> Double { high > low ? logarithm(ratio / low) / logarithm(high / low) : 0.5 }
    func shaded(_ point: SweptPoint) -> [Double] { [point.x, point.y, shade(ratio(point))] }
    let points = shown.map(shaded)
    let behind = others.map(shaded)
    let heights = (points + behind).map { $0[1] }
    var upwards = axis(y, heights)
    if front { upwards.leaveRoom(around: heights) }
    var panel = Panel(
      "Ringed: \(words.names)", x: axis(x, (points + behind).map { $0[0] }), y: upwards,
      key: ColourKey(
        "d_model / n_layers",
        ticks: (high > low ? [0, 0.5, 1] : [0.5]).map {
          .init(shade: $0, text: Numbers.significant(low * exponential($0 * logarithm(high / low)), 2))
        }))
    if !behind.isEmpty {
      panel.marks.append(
        Mark(.cloud, "other shapes: \(x.name), \(y.name), aspect ratio", .ink, behind)
          .labelled("other shapes", at: farthest(behind, from: points)))
    }
    let sorted = points.sorted { $0[0] < $1[0] }
    if front { panel.marks.append(Mark(.line, "the front", .faint, sorted.map { [$0[0], $0[1]] })) }
    if let target {
      let at = Double(target.value)
      if target.quantity == x, let ends = ends(points.map { $0[1] }) {
        panel.marks.append(
          Mark(.dashes, "target", .ink, ends.map { [at, $0] }).labelled("target", nearX: at, y: ends[1]))
      } else if target.quantity == y, let ends = ends(points.map { $0[0] }) {
        panel.marks.append(
          Mark(.dashes, "target", .ink, ends.map { [$0, at] }).labelled("target", nearX: ends[1], y: at))
      }
    }
    panel.marks.append(Mark(.shaded, "\(words.noun.lowercased()): \(x.name), \(y.name), aspect ratio", .ink, points))
    for index in named(shown.count, front: front) {
      let point = shown[index]
      panel.marks.append(
        Mark(.rings, "\(point.layers) layers of \(point.width)", .ink, [[point.x, point.y]])
          .labelled(point.name, nearX: point.x, y: point.y))
    }
    let goal = target.map { "\($0.quantity.name) = \(text(Double($0.value), of: $0.quantity))" } ?? "the target"
    return Picture(
      "shapes",
      title: words.noun + (front ? " that no other beats in \(x.name) and \(y.name)" : " nearest to \(goal)"),
      words: "\(Numbers.grouped(count)) \(words.noun.lowercased()) \(words.of)"
        + (shown.count < count ? ", \(Numbers.grouped(shown.count)) of them drawn" : "")
        + (front ? ": none has another that is at least as good in both and better in one." : ".")
        + (others.isEmpty
          ? "" : " The small points behind are \(Numbers.counted(others.count, "feasible shape")) of the same grid.")
        + " Rings name \(words.noun.lowercased()) as \(words.names).", panels: [panel])
  }

  /// The point of a cloud that is farthest from the front, as a factor of y at about the same x.
  private static func farthest(_ cloud: [[Double]], from front: [[Double]]) -> [Double]? {
    guard cloud.allSatisfy({ $0[0] > 0 && $0[1] > 0 }), front.allSatisfy({ $0[0] > 0 && $0[1] > 0 }) else {
      return cloud.first
    }
    let sorted = front.sorted { $0[0] < $1[0] }
    guard let last = sorted.last else { return cloud.first }
    func away(_ point: [Double]) -> Double {
      abs(logarithm(point[1] / (sorted.first { $0[0] >= point[0] } ?? last)[1]))
    }
    return cloud.max { away($0) < away($1) }
  }

  /// From where to where a line past points goes, which is beyond one that is alone.
  private static func ends(_ values: [Double]) -> [Double]? {
    guard let low = values.min(), let high = values.max() else { return nil }
    let range = low < high ? low...high : PlacedAxis.around(low)
    return [range.lowerBound, range.upperBound]
  }

  /// Which shapes get their names: the first of those nearest, a few along a front.
  private static func named(_ count: Int, front: Bool) -> [Int] {
    guard count > 0 else { return [] }
    guard front else { return Array(0..<min(3, count)) }
    // The ends first: what is placed first has the most room.
    var seen: Set<Int> = []
    return [0, count - 1, count / 2, count / 4, 3 * count / 4].filter { seen.insert($0).inserted }
  }

  private static func axis(_ quantity: Quantity, _ values: [Double]) -> Axis {
    let wide = (values.max() ?? 1) > 4 * (values.min() ?? 1) && (values.min() ?? 0) > 0
    switch quantity {
    case .M: return Axis("M, training FLOPs per token", logarithmic: wide, style: .si)
    case .derived(.sixN1), .derived(.sixN2):
      return Axis("\(quantity.name), training FLOPs per token", logarithmic: wide, style: .si)
    case .derived(.parameters), .derived(.activeParameters), .derived(.nonEmbeddingParameters):
      return Axis(quantity.name, logarithmic: wide, style: .count)
    case .derived(.keyValueBytes): return Axis("bytes of KV cache per token", logarithmic: wide, style: .si)
    default: return Axis(quantity.name, logarithmic: wide, style: .si)
    }
  }

  /// A value of a quantity as its axis writes it, with as many digits as it has, up to four.
  private static func text(_ value: Double, of quantity: Quantity) -> String {
    func written(_ digits: Int) -> String {
      axis(quantity, [value]).style == .count ? Numbers.count(value, digits) : Numbers.si(value, digits)
    }
    let digits = (1...4).first { Double(significant(value, $0)) == value } ?? 4
    return spare(written(digits))
  }

  /// How many shapes, or models, have how much of a quantity.
  ///
  /// - Parameter noun: what is counted, in the singular.
  public static func histogram(_ histogram: SweepHistogram, of noun: String = "shape") -> Picture {
    let rows = histogram.counts.enumerated().map { index, count in
      [Double(max(1, histogram.edges[index])), Double(histogram.edges[index + 1]), 0, Double(count)]
    }
    let x = axis(histogram.quantity, rows.flatMap { $0.prefix(2) })
    let total = histogram.counts.reduce(0, +)
    return Picture(
      "histogram", title: "Number of feasible \(noun)s by \(histogram.quantity.name)",
      words: "\(Numbers.counted(total, "feasible \(noun)")) by \(histogram.quantity.name).",
      panels: [
        Panel(
          x: x, y: Axis("\(noun)s", style: .whole, range: 0...1.06 * Double(max(1, histogram.counts.max() ?? 1))),
          marks: [Mark(.bars, "\(noun)s", .series(0), rows)])
      ])
  }
}

extension Axis {
  /// Room above and below the values: a front runs from corner to corner, and its ends have names.
  fileprivate mutating func leaveRoom(around values: [Double]) {
    guard let low = values.min(), let high = values.max(), low < high else { return }
    if isLogarithmic {
      guard low > 0 else { return }
      range = low * exponential(-0.08 * logarithm(high / low))...high * exponential(0.12 * logarithm(high / low))
    } else {
      range = low - 0.08 * (high - low)...high + 0.12 * (high - low)
    }
  }
}
