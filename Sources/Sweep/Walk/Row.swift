import Architectures

/// a + b x + c y over the inner axes.
struct Affine {
  var a: Int
  var b: Int
  var c: Int = 0
}

extension GridWalk {
  /// A form along the current row.
  @inline(__always)
  func affine(_ form: Form) -> Affine { affine(form, box()) }

  /// The same where the row's corner is known, inner sizes 0.
  @inline(__always)
  func affine(_ form: Form, _ box: Box) -> Affine {
    let a = value(form, box)
    if case .derived(let derived) = form, plan.firstInner > 0 {
      let b = plan.conventions.slope(derived, plan.firstInner, box)
      return Affine(a: a, b: b, c: plan.conventions.slope(derived, plan.secondInner, box))
    }
    let b = plan.firstInner < 0 ? 0 : value(form, self.box(inner: 1, 0)) - a
    let c = plan.secondInner < 0 ? 0 : value(form, self.box(inner: 0, 1)) - a
    return Affine(a: a, b: b, c: c)
  }

  /// The same along the first inner axis, which there is and which is not n_layers.
  @inline(__always)
  func line(_ form: Form, _ box: Box) -> (a: Int, b: Int) {
    let a = value(form, box)
    if case .derived(let derived) = form { return (a, plan.conventions.slope(derived, plan.firstInner, box)) }
    var next = box
    next.setInner(plan.firstInner, 1)
    return (a, value(form, next) - a)
  }

  /// The places of an inner axis that make a model, whatever the bounds.
  @inline(__always)
  func modelPlaces(_ inner: GridPlan.Inner) -> Range<Int> {
    if inner.axis == 8 || inner.axis == 9 {
      if sizes[6] == 0 { return 0..<1 }
      if inner.axis == 8 { return inner.values.countBelow(1)..<inner.values.count }
    }
    return 0..<inner.values.count
  }

  /// The places of a row's only axis that meet every bound (of rows along one axis, or none).
  func rowPlaces() -> Range<Int> {
    if plan.rowBounds.isEmpty, !plan.rowsAlongExperts { return 0..<plan.innerCount }
    guard let inner = plan.inner.first else { return 0..<1 }
    var places = modelPlaces(inner)
    for bound in plan.rowBounds {
      let form = affine(bound.form)
      places = places.clamped(to: inner.values.places(where: form.a, form.b, in: bound.low, bound.high))
    }
    return places
  }
}

extension AxisValues {
  /// The places whose value x has low <= a + b x <= high: an interval, as the values ascend.
  @inline(__always)
  func places(where a: Int, _ b: Int, in low: Int, _ high: Int) -> Range<Int> {
    if b == 0 { return a >= low && a <= high ? 0..<count : 0..<0 }
    let (x, y): (Int?, Int?)
    if b > 0 {
      x = edge(low, minus: a).map { ceilingDivide($0, b) }
      y = edge(high, minus: a).map { floorDivide($0, b) }
    } else {
      // a + b x >= low is -b x <= a - low.
      x = edge(high, minus: a).map { ceilingDivide(-$0, -b) }
      y = edge(low, minus: a).map { floorDivide(-$0, -b) }
    }
    let from = x.map { countBelow($0) } ?? 0
    let to = y.map { countUpTo($0) } ?? count
    return from..<max(from, to)
  }

  /// end - a, nil where there is no end.
  @inline(__always)
  private func edge(_ end: Int, minus a: Int) -> Int? {
    if end == .min || end == .max { return nil }
    let (value, overflow) = end.subtractingReportingOverflow(a)
    // An end further off than Int64 reaches bounds nothing from its own side, and everything from the other: the
    // largest magnitude of its sign says the same.
    return overflow || value == .min ? (end < 0 ? -Int.max : Int.max) : value
  }
}
