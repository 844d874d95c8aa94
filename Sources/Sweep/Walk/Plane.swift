/// (a + aSlope L) + (b + bSlope L) x: a form over n_layers and the inner axis.
struct Plane {
  var a: Int
  var aSlope: Int
  var b: Int
  var bSlope: Int

  /// The form along the row of L layers.
  func row(_ layers: Int) -> Affine { Affine(a: a + aSlope * layers, b: b + bSlope * layers) }
}

extension GridWalk {
  /// A form over the plane of the current outer sizes, from two values of n_layers: it is affine in them.
  mutating func plane(_ form: Form) -> Plane {
    let (zero, one) = (affine(form, layers: 0), affine(form, layers: 1))
    return Plane(a: zero.a, aSlope: one.a - zero.a, b: zero.b, bSlope: one.b - zero.b)
  }

  /// The places of n_layers, the last level, that its bounds leave: an interval, as every bound is affine in it.
  mutating func planePlaces(_ level: GridPlan.Level, _ values: AxisValues) -> Range<Int> {
    var places = 0..<values.count
    for bound in level.decided {
      let (zero, one) = (affine(bound.form, layers: 0).a, affine(bound.form, layers: 1).a)
      places = places.clamped(to: values.places(where: zero, one - zero, in: bound.low, bound.high))
    }
    return places
  }
}
