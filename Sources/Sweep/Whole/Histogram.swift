import Architectures
import Input
import Topology

/// How many shapes have a quantity within each of a row of intervals.
public struct SweepHistogram: Sendable, Equatable {
  public var quantity: Quantity
  /// Ascending; interval i is edges[i]..<edges[i + 1].
  public var edges: [Int]
  public var counts: [Int]
  /// What ran, never `auto`.
  public var method: SweepMethod
  /// The kernel implementation that ran, or `integers`.
  public var implementation: String
  public var seconds: Double
  public var notes: [String]
  public var isPartial: Bool

  public var total: Int { counts.reduce(0, +) }

  public var json: JSON {
    var object = JSONObject([
      ("quantity", .string(quantity.name)), ("edges", .array(edges.map { .integer($0) })),
      ("counts", .array(counts.map { .integer($0) })), ("method", .string(method.rawValue)),
      ("implementation", .string(implementation)), ("seconds", .number(seconds)), ("partial", .bool(isPartial)),
    ])
    if !notes.isEmpty { object["notes"] = .array(notes.map { .string($0) }) }
    return .object(object)
  }
}

/// Counts by intervals; a row along two axes takes one look-up an edge that it crosses.
struct HistogramVisitor: RowVisitor {
  var search: RowSearch
  let edges: [Int]
  let cancellation: CancellationFlag?
  var counts: [Int]
  var isFinished = false

  var window: (form: Form, low: Int, high: Int)? { nil }

  init(_ search: RowSearch, edges: [Int], cancellation: CancellationFlag?) {
    self.search = search
    self.edges = edges
    self.cancellation = cancellation
    counts = [Int](repeating: 0, count: edges.count - 1)
  }

  mutating func visit(_ walk: inout GridWalk) {
    isFinished = cancellation?.isCancelled == true
    let form = walk.affine(search.quantity)
    let (least, most) = search.ends(form)
    switch search.cut(walk) {
    case .nothingLeft: return
    case .partial: countEach(form, least, most, walk)
    case .whole(let low, let high):
      guard let row = search.tableRow(form) else {
        countEach(form, least, most, walk)
        return
      }
      forEachInterval(from: least, to: most) { start, end in row.count(max(start, low), min(end, high)) }
    }
  }

  private mutating func countEach(_ form: Affine, _ least: Int, _ most: Int, _ walk: borrowing GridWalk) {
    if search.isAlongOne {
      let (places, x) = (walk.rowPlaces(), search.x)
      forEachInterval(from: least, to: most) { low, high in
        x.places(where: form.a, form.b, in: low, high).clamped(to: places).count
      }
      return
    }
    for place in 0..<search.x.count {
      let x = search.x[place]
      let places = search.places(at: x, place: place, walk)
      if places.isEmpty { continue }
      let start = form.a + form.b * x
      let y = search.y
      forEachInterval(from: least, to: most) { low, high in
        y.places(where: start, form.c, in: low, high).clamped(to: places).count
      }
    }
  }

  /// Adds up what `count` says of every interval that reaches into least ... most (both ends of it included).
  private mutating func forEachInterval(from least: Int, to most: Int, _ count: (Int, Int) -> Int) {
    var interval = max(0, edges.countUpTo(least) - 1)
    while interval < counts.count, edges[interval] <= most {
      counts[interval] += count(edges[interval], edges[interval + 1] - 1)
      interval += 1
    }
  }
}
