import Architectures

/// The pieces in which a grid's rows are written, in the order of the rows: the places of its first levels, as few levels
/// as leave little to a piece and enough pieces for shards. Rows along the last axis are of one piece.
struct TableUnits: Sendable {
  private let plan: GridPlan
  /// How many levels make a unit.
  private let depth: Int
  let count: Int
  /// Shapes of a unit at most, feasible or not.
  private let shapes: Int
  /// Units that are turned into bytes at once.
  let block: Int
  /// Rows of a block at most.
  var mostRows: Int { block * shapes }

  /// So many rows stay in the caches of a core until they are written.
  private static let most = 1 << 13
  private static let enough = 1 << 12

  init(_ plan: GridPlan) {
    self.plan = plan
    var rest = plan.levels.reduce(plan.innerCount) { $0 * $1.choice.count }
    var (units, depth) = (1, 0)
    while rest > Self.most || units < Self.enough, depth < plan.levels.count {
      let length = plan.levels[depth].choice.count
      (units, rest, depth) = (units * length, rest / length, depth + 1)
    }
    (self.depth, count, shapes) = (depth, units, rest)
    block = max(1, Self.most / max(1, rest))
  }

  /// A plan whose rows run along the last axis where that leaves pieces enough, and small enough; else one in which every
  /// axis is a level. Either has the rows in the same order.
  static func plan(_ search: GridSearch) throws -> GridPlan {
    let single = try search.planned(rowAxes: 0)
    guard let last = single.levels.last, last.choice.count <= 1 << 12,
      single.levels.dropLast().reduce(1, { $0 * $1.choice.count }) >= enough
    else { return single }
    let rows = try search.planned(rowAxes: 1, preferred: [Shape.Axis.allCases[last.axis]])
    let isSame = rows.firstInner == last.axis && rows.levels.map(\.axis) == single.levels.dropLast().map(\.axis)
    return isSame ? rows : single
  }

  /// Neighbouring units as ranges of places of the first levels, one list for each stretch along the last of these.
  func stretches(_ units: Range<Int>) -> [[Range<Int>]] {
    guard depth > 0 else { return units.isEmpty ? [] : [[]] }
    let length = plan.levels[depth - 1].choice.count
    var stretches: [[Range<Int>]] = []
    var unit = units.lowerBound
    while unit < units.upperBound {
      var (rest, place) = unit.quotientAndRemainder(dividingBy: length)
      let taken = min(units.upperBound - unit, length - place)
      var places = [place..<place + taken]
      for level in plan.levels[..<(depth - 1)].reversed() {
        (rest, place) = rest.quotientAndRemainder(dividingBy: level.choice.count)
        places.append(place..<place + 1)
      }
      stretches.append(places.reversed())
      unit += taken
    }
    return stretches
  }
}
