/// (a + aSlope L) + (b + bSlope L) x: a form over n_layers and the inner axis.
struct Plane {
  var a: Int
  var aSlope: Int
  var b: Int
  var bSlope: Int

  /// The form along the row of L layers.
  @inline(__always)
  func row(_ layers: Int) -> Affine { Affine(a: a + aSlope * layers, b: b + bSlope * layers) }
}

extension GridWalk {
  /// Hands on the plane over n_layers, the last level, at the sizes that are set: the places within `part` that its
  /// bounds leave. Forms and bounds are affine in n_layers, so that two values of it say all, and what the bounds leave is
  /// an interval.
  @inline(__always)
  mutating func handOnPlane<Visitor: RowVisitor>(
    _ layers: GridPlan.PlaneLevel, _ form: Form, _ part: Range<Int>, _ visitor: inout Visitor
  ) {
    sizes[0] = 1
    let one = box()
    var zero = one
    (zero.L, zero.dense, zero.mixture) = (0, 0, 0)
    var places = part.clamped(to: 0..<layers.values.count)
    for bound in layers.bounds {
      let start = value(bound.form, zero)
      let step = value(bound.form, one) - start
      places = places.clamped(to: layers.values.places(where: start, step, in: bound.low, bound.high))
    }
    if places.isEmpty { return }
    let (first, second) = (line(form, zero), line(form, one))
    let plane = Plane(a: first.a, aSlope: second.a - first.a, b: first.b, bSlope: second.b - first.b)
    visitor.visitPlane(&self, plane, places)
  }
}
