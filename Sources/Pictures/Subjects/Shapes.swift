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
    // More points than this only make a file larger.
    let step = max(1, rows.count / 2000)
    let shown = stride(from: 0, to: rows.count, by: step).map { rows[$0] }
    func ratio(_ row: SweepRow) -> Double { Double(row.shape.width) / Double(row.shape.layers) }
    let ratios = shown.map(ratio)
    let all = ratios + others.map(ratio)
    let (low, high) = (all.min() ?? 1, all.max() ?? 1)
    func shade(_ ratio: Double) -> Double { high > low ? logarithm(ratio / low) / logarithm(high / low) : 0.5 }
    func value(_ quantity: Quantity, _ row: SweepRow) -> Double {
      Double(quantity.value(of: row.shape, row.count))
    }
    let points = zip(shown, ratios).map { [value(x, $0), value(y, $0), shade($1)] }
    let behind = others.map { [value(x, $0), value(y, $0), shade(ratio($0))] }
    var panel = Panel(
      x: axis(x, (points + behind).map { $0[0] }), y: axis(y, (points + behind).map { $0[1] }),
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
      let (at, xs, ys) = (Double(target.value), points.map { $0[0] }, points.map { $0[1] })
      if target.quantity == x, let low = ys.min(), let high = ys.max() {
        panel.marks.append(
          Mark(.dashes, "target", .ink, [[at, low], [at, high]]).labelled("target", nearX: at, y: high))
      } else if target.quantity == y, let low = xs.min(), let high = xs.max() {
        panel.marks.append(
          Mark(.dashes, "target", .ink, [[low, at], [high, at]]).labelled("target", nearX: high, y: at))
      }
    }
    panel.marks.append(Mark(.shaded, "shapes: \(x.name), \(y.name), aspect ratio", .ink, points))
    for index in named(shown.count, front: front) {
      let shape = shown[index].shape
      panel.marks.append(
        Mark(.rings, "\(shape.layers) layers of \(shape.width)", .ink, [Array(points[index].prefix(2))])
          .labelled("\(shape.layers) x \(shape.width)", nearX: points[index][0], y: points[index][1]))
    }
    return Picture(
      "shapes", title: front ? "Shapes that no other beats" : "Shapes nearest to the target",
      words: "\(Numbers.grouped(rows.count)) shapes of the grid"
        + (step > 1 ? ", every \(Numbers.grouped(step))th drawn" : "")
        + (front ? ": none has another that is at least as good in both and better in one." : ".")
        + (others.isEmpty
          ? "" : " The small points behind are \(Numbers.grouped(others.count)) feasible shapes of the same grid.")
        + " Rings name shapes as n_layers x d_model.", panels: [panel])
  }

  /// Beside the point of a cloud that is farthest from the front, as a factor of y at about the same x.
  private static func farthest(_ cloud: [[Double]], from front: [[Double]]) -> [Double]? {
    guard cloud.allSatisfy({ $0[0] > 0 && $0[1] > 0 }), front.allSatisfy({ $0[0] > 0 && $0[1] > 0 }) else {
      return cloud.first
    }
    let sorted = front.sorted { $0[0] < $1[0] }
    guard let last = sorted.last else { return cloud.first }
    func beside(_ point: [Double]) -> Double { point[1] / (sorted.first { $0[0] >= point[0] } ?? last)[1] }
    func away(_ point: [Double]) -> Double { abs(logarithm(beside(point))) }
    // A little farther out: the name is to stand on the cloud's side.
    return cloud.max { away($0) < away($1) }.map { [$0[0], $0[1] * beside($0).squareRoot()] }
  }

  /// Which shapes get their names: the first of those nearest, a few along a front.
  private static func named(_ count: Int, front: Bool) -> [Int] {
    guard count > 0 else { return [] }
    guard front else { return Array(0..<min(3, count)) }
    return Set([0, count / 4, count / 2, 3 * count / 4, count - 1]).sorted()
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

  /// How many shapes have how much of a quantity.
  public static func histogram(_ histogram: SweepHistogram) -> Picture {
    let rows = histogram.counts.enumerated().map { index, count in
      [Double(max(1, histogram.edges[index])), Double(histogram.edges[index + 1]), 0, Double(count)]
    }
    let x = axis(histogram.quantity, rows.flatMap { $0.prefix(2) })
    let total = histogram.counts.reduce(0, +)
    return Picture(
      "histogram", title: "How many shapes have how much",
      words: "\(Numbers.grouped(total)) feasible shapes by \(histogram.quantity.name).",
      panels: [
        Panel(
          x: x, y: Axis("shapes", style: .si, range: 0...1.06 * Double(max(1, histogram.counts.max() ?? 1))),
          marks: [Mark(.bars, "shapes", .series(0), rows)])
      ])
  }
}
