/// How the minimum of one budget's losses is found.
public enum ProfileMethod: String, Sendable, CaseIterable {
  /// A parabola in the log of the scale, by least squares (Hoffmann et al. 2022, approach 2).
  case parabola
  /// The same with a third-order term, for profiles that are not symmetric.
  case cubic
  /// Akima's interpolant through the points (Porian et al. 2024).
  case akima

  /// Fewer different scales than this do not determine the curve.
  public var minimumPoints: Int {
    switch self {
    case .parabola: 3
    case .cubic: 4
    case .akima: 3
    }
  }
}

/// What became of one budget.
public enum ProfileStatus: String, Sendable {
  case fitted
  case tooFewPoints = "too-few-points"
  /// The curve opens downwards: it has no minimum.
  case wrongCurvature = "wrong-curvature"
  /// The minimum lies at or beyond the smallest or largest scale of its budget.
  case edge
  /// The compute of its runs goes on from one budget to the next without a gap.
  case severalBudgets = "several-budgets"

  /// What it says of a budget, in a sentence.
  var words: String {
    switch self {
    case .fitted: "there is a minimum"
    case .tooFewPoints: "there are too few different scales"
    case .wrongCurvature: "the curve opens downwards"
    case .edge: "the loss is lowest at the edge of the runs"
    case .severalBudgets: "no gap parts its runs from the next budget's"
    }
  }
}

/// The minimum of a curve through one budget's points.
struct ProfileVertex: Sendable {
  var status: ProfileStatus
  /// ln scale and loss (or ln loss) at the minimum; NaN where there is none.
  var x = Double.nan
  var value = Double.nan
  /// The second derivative at the minimum.
  var curvature = Double.nan
  /// How far outside the points a polynomial's minimum lies, in widths of the profile; infinite where there is none.
  var beyond = Double.infinity

  /// Whether a resample may use it: an interior minimum that noise pushes a little over the edge of the points still
  /// says where the minimum is, and leaving such resamples out would cut the tail off the interval.
  var isUsableResample: Bool { status == .fitted || beyond <= 0.5 }
}

/// The positions of one budget's points along one axis (ln scale or ln tokens), ready for many sets of losses and
/// weights: a bootstrap fits sixty thousand curves, so nothing is allocated for a polynomial.
struct ProfileAxis: Sendable {
  /// The positions in ascending order, and where in the budget each of them is.
  let x: [Double]
  let order: [Int]
  /// (x - centre) / half: within [-1, 1], which keeps the normal equations of a cubic well-conditioned.
  private let t: [Double]
  private let centre: Double
  private let half: Double

  init(_ positions: [Double]) {
    order = positions.indices.sorted { (positions[$0], $0) < (positions[$1], $1) }
    x = order.map { positions[$0] }
    let (low, high) = (x.first ?? 0, x.last ?? 0)
    let (centre, half) = ((low + high) / 2, high > low ? (high - low) / 2 : 1)
    t = x.map { ($0 - centre) / half }
    self.centre = centre
    self.half = half
  }

  /// The minimum of the curve through losses (in the budget's own order) with weights (0 leaves a point out).
  func vertex(
    _ loss: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>?, method: ProfileMethod
  ) -> ProfileVertex {
    switch method {
    case .parabola: polynomial(loss, weights, degree: 2)
    case .cubic: polynomial(loss, weights, degree: 3)
    case .akima: akima(loss, weights)
    }
  }

  /// The polynomial's values at the points, in the budget's own order; nil where the points do not determine it.
  func fitted(_ loss: [Double], degree: Int) -> [Double]? {
    loss.withUnsafeBufferPointer { loss -> [Double]? in
      guard let fit = coefficients(loss, nil, degree: degree) else { return nil }
      var values = [Double](repeating: 0, count: x.count)
      for (at, index) in order.enumerated() {
        values[index] = fit.c.0 + t[at] * (fit.c.1 + t[at] * (fit.c.2 + t[at] * fit.c.3))
      }
      return values
    }
  }

  // MARK: Polynomials

  private typealias Four = (Double, Double, Double, Double)

  /// The coefficients in t, lowest first, and the range of t that has points.
  private func coefficients(
    _ loss: UnsafeBufferPointer<Double>, _ weights: UnsafeBufferPointer<Double>?, degree: Int
  ) -> (c: Four, low: Double, high: Double)? {
    var (low, high, different, previous) = (Double.infinity, -Double.infinity, 0, Double.nan)
    // Moments of t up to t^6 and of y t up to t^3: the normal equations of at most four unknowns.
    var (s0, s1, s2, s3, s4, s5, s6) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    var (b0, b1, b2, b3) = (0.0, 0.0, 0.0, 0.0)
    for i in t.indices {
      let w = weights?[order[i]] ?? 1
      if w == 0 { continue }
      let t1 = t[i]
      if t1 != previous { different += 1 }
      previous = t1
      low = min(low, t1)
      high = max(high, t1)
      let (t2, t3) = (t1 * t1, t1 * t1 * t1)
      s0 += w
      s1 += w * t1
      s2 += w * t2
      s3 += w * t3
      s4 += w * t2 * t2
      s5 += w * t2 * t3
      s6 += w * t3 * t3
      let wy = w * loss[order[i]]
      b0 += wy
      b1 += wy * t1
      b2 += wy * t2
      b3 += wy * t3
    }
    guard different > degree else { return nil }
    // Cholesky of the moment matrix, written out row by row; a pivot that cancels to nothing means that the points
    // do not determine the curve.
    func pivot(_ rest: Double, of whole: Double) -> Double? { rest > 1e-11 * whole ? rest.squareRoot() : nil }
    guard let l00 = pivot(s0, of: s0) else { return nil }
    let (l10, l20) = (s1 / l00, s2 / l00)
    guard let l11 = pivot(s2 - l10 * l10, of: s2) else { return nil }
    let l21 = (s3 - l20 * l10) / l11
    guard let l22 = pivot(s4 - l20 * l20 - l21 * l21, of: s4) else { return nil }
    let z0 = b0 / l00
    let z1 = (b1 - l10 * z0) / l11
    let z2 = (b2 - l20 * z0 - l21 * z1) / l22
    var c3 = 0.0
    var (l30, l31, l32) = (0.0, 0.0, 0.0)
    if degree == 3 {
      l30 = s3 / l00
      l31 = (s4 - l30 * l10) / l11
      l32 = (s5 - l30 * l20 - l31 * l21) / l22
      guard let l33 = pivot(s6 - l30 * l30 - l31 * l31 - l32 * l32, of: s6) else { return nil }
      c3 = (b3 - l30 * z0 - l31 * z1 - l32 * z2) / l33 / l33
    }
    let c2 = (z2 - l32 * c3) / l22
    let c1 = (z1 - l21 * c2 - l31 * c3) / l11
    let c0 = (z0 - l10 * c1 - l20 * c2 - l30 * c3) / l00
    return ((c0, c1, c2, c3), low, high)
  }

  private func polynomial(
    _ loss: UnsafeBufferPointer<Double>, _ weights: UnsafeBufferPointer<Double>?, degree: Int
  ) -> ProfileVertex {
    guard let (c, low, high) = coefficients(loss, weights, degree: degree) else {
      return ProfileVertex(status: .tooFewPoints)
    }
    let at: Double
    let second: Double
    if degree == 2 {
      guard c.2 > 0 else { return ProfileVertex(status: .wrongCurvature) }
      at = -c.1 / (2 * c.2)
      second = 2 * c.2
    } else {
      // c1 + 2 c2 t + 3 c3 t^2 = 0; of the two roots the one where the curve bends upwards, in the form that does not
      // cancel when c3 is small.
      let discriminant = c.2 * c.2 - 3 * c.1 * c.3
      guard discriminant > 0, c.2 + discriminant.squareRoot() != 0 else {
        return ProfileVertex(status: .wrongCurvature)
      }
      at = -c.1 / (c.2 + discriminant.squareRoot())
      second = 2 * discriminant.squareRoot()
    }
    let value = c.0 + at * (c.1 + at * (c.2 + at * c.3))
    let inside = at > low && at < high
    return ProfileVertex(
      status: inside ? .fitted : .edge, x: centre + half * at, value: value, curvature: second / (half * half),
      beyond: inside ? 0 : max(low - at, at - high) / (high - low))
  }

  // MARK: Akima

  /// The lowest point of Akima's piecewise cubic (Akima 1970, J. ACM 17, 589), found piece by piece from the roots of
  /// its derivative. Points of equal x are averaged.
  private func akima(
    _ loss: UnsafeBufferPointer<Double>, _ weights: UnsafeBufferPointer<Double>?
  ) -> ProfileVertex {
    var (xs, ys): ([Double], [Double]) = ([], [])
    var sum = 0.0
    for i in x.indices {
      let w = weights?[order[i]] ?? 1
      let y = loss[order[i]]
      if w == 0 { continue }
      if xs.last == x[i], let last = ys.last {
        ys[ys.count - 1] = (last * sum + w * y) / (sum + w)
        sum += w
      } else {
        xs.append(x[i])
        ys.append(y)
        sum = w
      }
    }
    let n = xs.count
    guard n >= 3 else { return ProfileVertex(status: .tooFewPoints) }
    // Slopes of the pieces, two more at each end by Akima's quadratic extrapolation.
    var m = [Double](repeating: 0, count: n + 3)
    for i in 0..<n - 1 { m[i + 2] = (ys[i + 1] - ys[i]) / (xs[i + 1] - xs[i]) }
    m[1] = 2 * m[2] - m[3]
    m[0] = 2 * m[1] - m[2]
    m[n + 1] = 2 * m[n] - m[n - 1]
    m[n + 2] = 2 * m[n + 1] - m[n]
    let slopes = (0..<n).map { (i: Int) -> Double in
      let right: Double = abs(m[i + 3] - m[i + 2])
      let left: Double = abs(m[i + 1] - m[i])
      return right + left > 0 ? (right * m[i + 1] + left * m[i + 2]) / (right + left) : (m[i + 1] + m[i + 2]) / 2
    }
    let lowest = ys.indices.min { ys[$0] < ys[$1] } ?? 0
    var best = ProfileVertex(status: .edge, x: xs[lowest], value: ys[lowest], curvature: .nan)
    for i in 0..<n - 1 {
      let h = xs[i + 1] - xs[i]
      // y_i + s_i u + p u^2 + q u^3 for 0 <= u <= h.
      let p = (3 * m[i + 2] - 2 * slopes[i] - slopes[i + 1]) / h
      let q = (slopes[i] + slopes[i + 1] - 2 * m[i + 2]) / (h * h)
      let discriminant = p * p - 3 * slopes[i] * q
      guard discriminant > 0 else { continue }
      let root = discriminant.squareRoot()
      guard p + root != 0 else { continue }
      let u = -slopes[i] / (p + root)
      guard u >= 0, u <= h else { continue }
      let value = ys[i] + u * (slopes[i] + u * (p + u * q))
      if value <= best.value {
        best = ProfileVertex(status: .fitted, x: xs[i] + u, value: value, curvature: 2 * root)
      }
    }
    if best.x <= xs[0] || best.x >= xs[n - 1] { best.status = .edge }
    return best
  }
}
