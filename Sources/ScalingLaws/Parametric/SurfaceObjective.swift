/// How residuals are weighed.
public enum RobustLoss: Equatable, Sendable {
  /// r^2 / 2 up to delta, delta (|r| - delta / 2) beyond.
  case huber(delta: Double)
  /// |r|: what Huber becomes as delta goes to 0.
  case leastAbsolute
  /// r^2 / 2.
  case squared

  public var name: String {
    switch self {
    case .huber: "huber"
    case .leastAbsolute: "lad"
    case .squared: "squared"
    }
  }
  public var delta: Double? { if case .huber(let delta) = self { delta } else { nil } }

  /// The objective's contribution of one residual, unscaled.
  func value(_ r: Double) -> Double {
    switch self {
    case .huber(let delta): abs(r) <= delta ? r * r / 2 : delta * (abs(r) - delta / 2)
    case .leastAbsolute: abs(r)
    case .squared: r * r / 2
    }
  }
}

/// What a residual is a difference of.
public enum ResidualKind: String, Sendable {
  /// ln L predicted - ln L observed.
  case log
  /// L predicted - L observed.
  case linear
}

/// The sum over weighted points of Huber's loss of the residuals of E + A/N^alpha + B/D^beta, with gradient and
/// Hessian.
///
/// The five variables are E, p = ln of the first term at the middle of the data, q = ln of the second, alpha, beta;
/// the logs of N and D are centred on their means, which takes nearly all correlation out of (p, alpha) and
/// (q, beta). With u = e^(p - alpha x), v = e^(q - beta y), F = E + u + v:
///
///     dF = (1, u, v, -x u, -y v);  d2F: (p,p) u, (p,alpha) -x u, (alpha,alpha) x^2 u, and the same in v.
///
/// Buffers rather than arrays: a bootstrap evaluates this a hundred thousand times.
final class SurfaceObjective: NewtonObjective {
  static let dimension = 5

  /// delta as it is now (a continuation shrinks it); infinite for squared residuals.
  var delta: Double
  /// Residuals up to this size count as within delta; nil for delta itself (see `SurfaceSolver`).
  var threshold: Double?
  let residual: ResidualKind
  /// q -> p: which of the five variables each free one moves, and by how much.
  let ties: Ties
  private(set) var count = 0
  private let capacity: Int
  private let base: UnsafeMutablePointer<Double>

  // SAFETY: `base` holds ten columns of `capacity` doubles; every loop below runs to `count` <= capacity.
  private var x: UnsafeMutablePointer<Double> { base }
  private var y: UnsafeMutablePointer<Double> { base + capacity }
  private var target: UnsafeMutablePointer<Double> { base + 2 * capacity }
  private var weight: UnsafeMutablePointer<Double> { base + 3 * capacity }
  private var u: UnsafeMutablePointer<Double> { base + 4 * capacity }
  private var v: UnsafeMutablePointer<Double> { base + 5 * capacity }
  private var r: UnsafeMutablePointer<Double> { base + 6 * capacity }
  private var first: UnsafeMutablePointer<Double> { base + 7 * capacity }
  private var second: UnsafeMutablePointer<Double> { base + 8 * capacity }
  private var majorant: UnsafeMutablePointer<Double> { base + 9 * capacity }

  init(capacity: Int, delta: Double, residual: ResidualKind, ties: Ties) {
    self.capacity = max(capacity, 1)
    self.delta = delta
    self.residual = residual
    self.ties = ties
    base = .allocate(capacity: 10 * self.capacity)
  }

  deinit { base.deallocate() }

  /// Points with weights; those of weight 0 are left out. `target` is ln L or L, as the residual asks.
  func load(_ points: CentredPoints, weights: UnsafePointer<Double>?, targets: UnsafePointer<Double>?) {
    var at = 0
    for i in 0..<points.count {
      let w = weights?[i] ?? 1
      if w == 0 { continue }
      x[at] = points.x[i]
      y[at] = points.y[i]
      target[at] = targets?[i] ?? points.target[i]
      weight[at] = w
      at += 1
    }
    count = at
  }

  /// The residuals at the five variables, in the order of the points loaded.
  func residuals(_ p: UnsafeMutablePointer<Double>) -> [Double] {
    fillTerms(p)
    return (0..<count).map { r[$0] }
  }

  /// The residuals at the five variables and their derivatives by each of them, five a point.
  func slopes(_ p: UnsafeMutablePointer<Double>) -> [(residual: Double, by: [Double])] {
    fillTerms(p)
    return (0..<count).map { i in
      let scale = residual == .log ? 1 / first[i] : 1
      return (r[i], [scale, scale * u[i], scale * v[i], -scale * x[i] * u[i], -scale * y[i] * v[i]])
    }
  }

  /// u, v, and F (into `first`), then r.
  private func fillTerms(_ p: UnsafeMutablePointer<Double>) {
    let (E, p1, p2, alpha, beta) = (p[0], p[1], p[2], p[3], p[4])
    let (x, y, target, u, v, r, F) = (self.x, self.y, self.target, self.u, self.v, self.r, self.first)
    let n = count
    for i in 0..<n { u[i] = exponential(p1 - alpha * x[i]) }
    for i in 0..<n { v[i] = exponential(p2 - beta * y[i]) }
    for i in 0..<n { F[i] = E + u[i] + v[i] }
    if residual == .log {
      for i in 0..<n { r[i] = logarithm(F[i]) - target[i] }
    } else {
      for i in 0..<n { r[i] = F[i] - target[i] }
    }
  }

  /// Turns r and F into the factors of dF dF^T (`first`), of d2F and dF (`second`) and of the bounding curvature.
  private func fillWeights() -> Double {
    let (r, w, first, second, majorant) = (self.r, self.weight, self.first, self.second, self.majorant)
    let delta = self.delta
    let threshold = self.threshold ?? delta
    let isLog = residual == .log
    let n = count
    for i in 0..<n {
      let F = isLog ? first[i] : 1.0
      let size = abs(r[i])
      let inside = size <= threshold
      let slope = inside ? r[i] : (r[i] < 0 ? -delta : delta)
      let bend = inside ? 1.0 : 0.0
      let bound = inside ? 1.0 : delta / size
      let scale = w[i] / F
      first[i] = (isLog ? bend - slope : bend) * scale / F
      second[i] = slope * scale
      majorant[i] = bound * scale / F
    }
    // Four partial sums: the order is fixed, so the result does not depend on the compiler's mood.
    var sums = (0.0, 0.0, 0.0, 0.0)
    @inline(__always) func loss(_ i: Int) -> Double {
      let size = abs(r[i])
      return w[i] * (size <= delta ? 0.5 * size * size : delta * (size - 0.5 * delta))
    }
    var i = 0
    while i + 4 <= n {
      sums.0 += loss(i)
      sums.1 += loss(i + 1)
      sums.2 += loss(i + 2)
      sums.3 += loss(i + 3)
      i += 4
    }
    while i < n {
      sums.0 += loss(i)
      i += 1
    }
    return (sums.0 + sums.1) + (sums.2 + sums.3)
  }

  func evaluate(
    at point: UnsafeMutablePointer<Double>, gradient: UnsafeMutablePointer<Double>,
    hessian: UnsafeMutablePointer<Double>, curvature: UnsafeMutablePointer<Double>
  ) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 40) { scratch in
      // SAFETY: forty doubles: five variables, five gradients, five curvatures, twenty-five of the Hessian.
      guard let full = scratch.baseAddress else { return .nan }
      let (g, c, h) = (full + 5, full + 10, full + 15)
      ties.expand(point, into: full)
      fillTerms(full)
      let value = fillWeights()
      accumulate(g, h, c)
      ties.reduce(g, h, c, gradient, hessian, curvature)
      return value
    }
  }

  /// The sums over the points: twenty-six running sums, each with a chain of its own.
  private func accumulate(
    _ g: UnsafeMutablePointer<Double>, _ h: UnsafeMutablePointer<Double>, _ c: UnsafeMutablePointer<Double>
  ) {
    var (g0, g1, g2, g3, g4) = (0.0, 0.0, 0.0, 0.0, 0.0)
    var (h00, h01, h02, h03, h04) = (0.0, 0.0, 0.0, 0.0, 0.0)
    var (h11, h12, h13, h14, h22, h23, h24) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    var (h33, h34, h44) = (0.0, 0.0, 0.0)
    var (c0, c1, c2, c3, c4) = (0.0, 0.0, 0.0, 0.0, 0.0)
    let (x, y, u, v, first, second, majorant) = (
      self.x, self.y, self.u, self.v, self.first, self.second, self.majorant
    )
    for i in 0..<count {
      let (ui, vi) = (u[i], v[i])
      let (xu, yv) = (-x[i] * ui, -y[i] * vi)
      let (q, s, m) = (first[i], second[i], majorant[i])
      let (su, sv, sxu, syv) = (s * ui, s * vi, s * xu, s * yv)
      g0 += s
      g1 += su
      g2 += sv
      g3 += sxu
      g4 += syv
      let (qu, qv, qxu, qyv) = (q * ui, q * vi, q * xu, q * yv)
      h00 += q
      h01 += qu
      h02 += qv
      h03 += qxu
      h04 += qyv
      h11 += qu * ui + su
      h12 += qu * vi
      h13 += qu * xu + sxu
      h14 += qu * yv
      h22 += qv * vi + sv
      h23 += qv * xu
      h24 += qv * yv + syv
      h33 += qxu * xu - x[i] * sxu
      h34 += qxu * yv
      h44 += qyv * yv - y[i] * syv
      c0 += m
      c1 += m * ui * ui
      c2 += m * vi * vi
      c3 += m * xu * xu
      c4 += m * yv * yv
    }
    (g[0], g[1], g[2], g[3], g[4]) = (g0, g1, g2, g3, g4)
    (c[0], c[1], c[2], c[3], c[4]) = (c0, c1, c2, c3, c4)
    (h[0], h[1], h[2], h[3], h[4]) = (h00, h01, h02, h03, h04)
    (h[5], h[6], h[7], h[8], h[9]) = (h01, h11, h12, h13, h14)
    (h[10], h[11], h[12], h[13], h[14]) = (h02, h12, h22, h23, h24)
    (h[15], h[16], h[17], h[18], h[19]) = (h03, h13, h23, h33, h34)
    (h[20], h[21], h[22], h[23], h[24]) = (h04, h14, h24, h34, h44)
  }
}

/// Points as the objective wants them: centred logs and the target of the residual.
struct CentredPoints: Sendable {
  var x: [Double]
  var y: [Double]
  var target: [Double]
  var centreX: Double
  var centreY: Double
  var count: Int { x.count }

  init(_ points: [SurfacePoint], residual: ResidualKind) {
    let logScale = points.map { logarithm($0.scale) }
    let logTokens = points.map { logarithm($0.tokens) }
    let (cx, cy) = (mean(logScale), mean(logTokens))
    centreX = cx
    centreY = cy
    x = logScale.map { $0 - cx }
    y = logTokens.map { $0 - cy }
    target = points.map { residual == .log ? logarithm($0.loss) : $0.loss }
  }

  func surface(_ p: UnsafePointer<Double>) -> LossSurface {
    LossSurface(
      E: p[0], A: exponential(p[1] + p[3] * centreX), B: exponential(p[2] + p[4] * centreY), alpha: p[3], beta: p[4])
  }

  func variables(_ surface: LossSurface) -> [Double] {
    [
      surface.E, logarithm(surface.A) - surface.alpha * centreX, logarithm(surface.B) - surface.beta * centreY,
      surface.alpha, surface.beta,
    ]
  }
}

/// One point of a surface: a scale (N or M), tokens, a loss.
public struct SurfacePoint: Equatable, Sendable {
  public var scale: Double
  public var tokens: Double
  public var loss: Double
  public init(scale: Double, tokens: Double, loss: Double) {
    self.scale = scale
    self.tokens = tokens
    self.loss = loss
  }
}
