import Architectures

/// What a bounding search has to know of a row along up to two axes.
struct RowSearch: Sendable {
  let plan: GridPlan
  let quantity: Form
  private let tables: PairTables
  /// Single-valued stand-ins where there are fewer than two inner axes.
  let x: AxisValues
  let y: AxisValues
  private var recent: PairTable?

  init(_ plan: GridPlan, _ quantity: Form, _ tables: PairTables, _ x: AxisValues, _ y: AxisValues) {
    self.plan = plan
    self.quantity = quantity
    self.tables = tables
    self.x = x
    self.y = y
  }

  /// How the bounds cut a row.
  enum Cut {
    case nothingLeft
    /// Nothing but, perhaps, the ends of the quantity itself.
    case whole(low: Int, high: Int)
    /// Some pairs of places are out.
    case partial
  }

  /// - Parameter form: the quantity along the row.
  func cut(_ walk: borrowing GridWalk) -> Cut {
    var (low, high) = (Int.min, Int.max)
    var isPartial = false
    if walk.sizes[6] == 0 {
      isPartial = plan.rowsAlongExperts
    } else {
      isPartial = (plan.firstInner == 8 && x.first < 1) || (plan.secondInner == 8 && y.first < 1)
    }
    if plan.rowBounds.isEmpty { return isPartial ? .partial : .whole(low: low, high: high) }
    for bound in plan.rowBounds {
      let form = walk.affine(bound.form)
      let (least, most) = ends(form)
      if most < bound.low || least > bound.high { return .nothingLeft }
      if least >= bound.low && most <= bound.high { continue }
      if case .derived(let derived) = bound.form, case .derived(derived) = quantity {
        low = max(low, bound.low)
        high = min(high, bound.high)
      } else {
        isPartial = true
      }
    }
    return isPartial ? .partial : .whole(low: low, high: high)
  }

  /// The least and the greatest value of a form along the row.
  @inline(__always)
  func ends(_ form: Affine) -> (Int, Int) {
    let (x0, x1) = form.b >= 0 ? (x.first, x.last) : (x.last, x.first)
    let (y0, y1) = form.c >= 0 ? (y.first, y.last) : (y.last, y.first)
    return (form.a + form.b * x0 + form.c * y0, form.a + form.b * x1 + form.c * y1)
  }

  /// The row as a view of a table; nil where there is none for its ratio.
  @inline(__always)
  mutating func tableRow(_ form: Affine) -> TableRow? {
    if let table = recent, let factor = Self.factor(form, table) { return row(form, table, factor) }
    let divisor = greatestCommonDivisor(form.b, form.c)
    recent = tables.table(form.b / divisor, form.c / divisor)
    guard let table = recent, let factor = Self.factor(form, table) else { return nil }
    return row(form, table, factor)
  }

  /// What the table's coefficients are to be multiplied with, nil where they have another ratio.
  @inline(__always)
  private static func factor(_ form: Affine, _ table: PairTable) -> Int? {
    let factor = table.alpha > 0 ? form.b / table.alpha : table.beta > 0 ? form.c / table.beta : 1
    return factor > 0 && factor * table.alpha == form.b && factor * table.beta == form.c ? factor : nil
  }

  @inline(__always)
  private func row(_ form: Affine, _ table: PairTable, _ factor: Int) -> TableRow {
    TableRow(table: table, origin: form.a + factor * table.base, stride: factor * table.unit)
  }

  /// Whether rows run along one axis, which then can be solved for however long it is.
  var isAlongOne: Bool { plan.secondInner < 0 }

  /// The places of y that every bound leaves at one place of x (x's own included).
  func places(at value: Int, place: Int, _ walk: borrowing GridWalk) -> Range<Int> {
    if plan.firstInner >= 0, !walk.modelPlaces(plan.inner[0]).contains(place) { return 0..<0 }
    var places = plan.secondInner >= 0 ? walk.modelPlaces(plan.inner[1]) : 0..<1
    for bound in plan.rowBounds {
      let form = walk.affine(bound.form)
      places = places.clamped(to: y.places(where: form.a + form.b * value, form.c, in: bound.low, bound.high))
      if places.isEmpty { break }
    }
    return places
  }

  /// The pairs of values of a table's step.
  func pairs(_ table: PairTable, step: Int, _ body: (Int, Int) -> Void) {
    let value = table.base + table.unit * step
    for place in 0..<x.count {
      let rest = value - table.alpha * x[place]
      if rest < 0 { break }
      if table.beta == 0 {
        if rest == 0 { for other in 0..<y.count { body(x[place], y[other]) } }
        continue
      }
      let (wanted, remainder) = rest.quotientAndRemainder(dividingBy: table.beta)
      guard remainder == 0 else { continue }
      let other = y.countBelow(wanted)
      if other < y.count, y[other] == wanted { body(x[place], wanted) }
    }
  }
}
