/// A linear least-squares fit: coefficients, their covariance and what is left over.
struct LinearFit: Sendable {
  var coefficients: [Double]
  /// (X^T W X)^-1 times the residual variance.
  var covariance: [[Double]]
  /// The weighted sum of squared residuals.
  var residualSum: Double
  /// n less the coefficients.
  var freedom: Int
  /// The share of the weighted variance about the mean that the fit explains.
  var r2: Double

  func standardError(_ index: Int) -> Double { max(covariance[index][index], 0).squareRoot() }
}

/// Minimises sum w (y - X c)^2 by Gram-Schmidt, twice through for orthogonality; nil where the columns are not
/// independent (to 1e-10) or there are fewer rows than columns.
func leastSquares(_ columns: [[Double]], _ y: [Double], weights: [Double]? = nil) -> LinearFit? {
  let n = y.count
  let k = columns.count
  guard n >= k, k > 0 else { return nil }
  let root = weights?.map { $0.squareRoot() }
  func weighted(_ values: [Double]) -> [Double] { root.map { zip(values, $0).map { $0 * $1 } } ?? values }
  func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in 0..<a.count { sum += a[i] * b[i] }
    return sum
  }
  var q: [[Double]] = []
  var r = [[Double]](repeating: [Double](repeating: 0, count: k), count: k)
  for j in 0..<k {
    var column = weighted(columns[j])
    let before = dot(column, column).squareRoot()
    for _ in 0..<2 {
      for i in 0..<j {
        let part = dot(q[i], column)
        r[i][j] += part
        for m in 0..<n { column[m] -= part * q[i][m] }
      }
    }
    let norm = dot(column, column).squareRoot()
    guard norm > 1e-10 * before, before > 0, norm.isFinite else { return nil }
    r[j][j] = norm
    q.append(column.map { $0 / norm })
  }
  var rest = weighted(y)
  var z: [Double] = []
  for j in 0..<k {
    let part = dot(q[j], rest)
    z.append(part)
    for m in 0..<n { rest[m] -= part * q[j][m] }
  }
  /// R c = b by back substitution.
  func solve(_ b: [Double]) -> [Double] {
    var c = b
    for i in stride(from: k - 1, through: 0, by: -1) {
      for j in (i + 1)..<max(k, i + 1) { c[i] -= r[i][j] * c[j] }
      c[i] /= r[i][i]
    }
    return c
  }
  let residualSum = dot(rest, rest)
  let freedom = n - k
  let variance = freedom > 0 ? residualSum / Double(freedom) : 0
  let inverse = (0..<k).map { j in solve((0..<k).map { $0 == j ? 1 : 0 }) }  // columns of R^-1
  let covariance = (0..<k).map { a in
    (0..<k).map { b in variance * (0..<k).reduce(0) { $0 + inverse[$1][a] * inverse[$1][b] } }
  }
  let w = weights ?? [Double](repeating: 1, count: n)
  let total = w.reduce(0, +)
  let middle = zip(w, y).reduce(0) { $0 + $1.0 * $1.1 } / total
  let spread = zip(w, y).reduce(0) { $0 + $1.0 * ($1.1 - middle) * ($1.1 - middle) }
  return LinearFit(
    coefficients: solve(z), covariance: covariance, residualSum: residualSum, freedom: freedom,
    r2: spread > 0 ? 1 - residualSum / spread : 0)
}
