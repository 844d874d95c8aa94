/// The p-quantile of sorted values, linear between order statistics (Hyndman and Fan 1996, type 7); nil for none.
package func quantile(_ sorted: [Double], _ p: Double) -> Double? {
  guard let last = sorted.indices.last else { return nil }
  let position = p * Double(last)
  let below = Int(position.rounded(.down))
  guard below < last else { return sorted[last] }
  return sorted[below] + (position - Double(below)) * (sorted[below + 1] - sorted[below])
}

package func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

/// The standard deviation with n - 1; 0 for fewer than two values.
package func standardDeviation(_ values: [Double]) -> Double {
  guard values.count > 1 else { return 0 }
  let centre = mean(values)
  return (values.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(values.count - 1)).squareRoot()
}

/// The standard error of an estimate from what it is without each of n observations in turn (the jackknife).
package func jackknifeError(_ values: [Double]) -> Double {
  guard values.count > 1 else { return 0 }
  let n = Double(values.count)
  return standardDeviation(values) * (n - 1) / n.squareRoot()
}

/// The median absolute deviation from the median, times 1.4826: a standard deviation that outliers do not move.
package func robustDeviation(_ values: [Double]) -> Double {
  let centre = quantile(values.sorted(), 0.5) ?? 0
  return 1.4826 * (quantile(values.map { abs($0 - centre) }.sorted(), 0.5) ?? 0)
}

/// The quantile of the standard normal distribution, 0 < p < 1, to about 1e-9 relative
/// (Acklam's rational approximation; only arithmetic and `logarithm`, so the same everywhere).
package func normalQuantile(_ p: Double) -> Double {
  let a = [
    -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02,
    -3.066479806614716e+01, 2.506628277459239e+00,
  ]
  let b = [
    -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01,
    -1.328068155288572e+01, 1,
  ]
  let c = [
    -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00, -2.549732539343734e+00,
    4.374664141464968e+00, 2.938163982698783e+00,
  ]
  let d = [7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00, 1]
  func polynomial(_ coefficients: [Double], _ x: Double) -> Double { coefficients.reduce(0) { $0 * x + $1 } }
  if p < 0.02425 {
    let q = (-2 * logarithm(p)).squareRoot()
    return polynomial(c, q) / polynomial(d, q)
  }
  if p > 1 - 0.02425 { return -normalQuantile(1 - p) }
  let q = p - 0.5
  let r = q * q
  return q * polynomial(a, r) / polynomial(b, r)
}

/// The standard normal distribution function, by inverting its quantile.
package func normalDistribution(_ x: Double) -> Double {
  var (low, high) = (1e-12, 1 - 1e-12)
  for _ in 0..<50 {
    let middle = (low + high) / 2
    if normalQuantile(middle) < x { low = middle } else { high = middle }
  }
  return (low + high) / 2
}

/// The quantile of Student's t with `freedom` degrees of freedom: the normal quantile with the expansion of
/// Cornish and Fisher (Abramowitz and Stegun 26.7.5), exact forms for 1 and 2. Within 0.5 % for 3 and more at 0.975.
package func studentQuantile(_ p: Double, freedom: Int) -> Double {
  let n = Double(freedom)
  if freedom <= 0 { return .infinity }
  if freedom == 1 { return tangent(p) }
  if freedom == 2 {
    let u = 2 * p - 1
    return u * (2 / (1 - u * u)).squareRoot()
  }
  let z = normalQuantile(p)
  let z2 = z * z
  let g1 = z * (z2 + 1) / 4
  let g2 = z * ((5 * z2 + 16) * z2 + 3) / 96
  let g3 = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384
  let g4 = z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160
  return z + (g1 + (g2 + (g3 + g4 / n) / n) / n) / n
}

/// tan(pi (p - 1/2)), the Cauchy quantile, from the sine series and Pythagoras.
private func tangent(_ p: Double) -> Double {
  let angle = 3.141592653589793 * (0.5 - abs(p - 0.5))
  // cot(angle) by series of sine and cosine; the angle is in (0, pi/2].
  var sine = 0.0
  var cosine = 0.0
  var term = 1.0
  for k in 0..<24 {
    if k % 2 == 0 { cosine += (k / 2) % 2 == 0 ? term : -term } else { sine += (k / 2) % 2 == 0 ? term : -term }
    term *= angle / Double(k + 1)
  }
  return (p < 0.5 ? -1 : 1) * cosine / sine
}

/// A number with `digits` significant digits, for sentences: 0.5305, 1.234e19.
package func significant(_ value: Double, _ digits: Int) -> String {
  guard value != 0, value.isFinite else { return "\(value)" }
  var exponent = 0
  var scaled = abs(value)
  while scaled >= 10 { (scaled, exponent) = (scaled / 10, exponent + 1) }
  while scaled < 1 { (scaled, exponent) = (scaled * 10, exponent - 1) }
  var power = 1.0
  for _ in 1..<max(digits, 2) { power *= 10 }
  var whole = (scaled * power).rounded()
  if whole >= 10 * power { (whole, exponent) = ((whole / 10).rounded(), exponent + 1) }
  let text = String(Int(whole))
  let sign = value < 0 ? "-" : ""
  func trimmed(_ number: String) -> String {
    guard number.contains(".") else { return number }
    let kept = number.reversed().drop { $0 == "0" }.drop { $0 == "." }
    return String(kept.reversed())
  }
  if exponent < -4 || exponent >= 7 {
    let shown = trimmed(text.prefix(1) + "." + text.dropFirst())
    return "\(sign)\(shown)e\(exponent)"
  }
  if exponent < 0 { return sign + trimmed("0." + String(repeating: "0", count: -exponent - 1) + text) }
  if exponent + 1 >= text.count { return sign + text + String(repeating: "0", count: exponent + 1 - text.count) }
  return sign + trimmed(text.prefix(exponent + 1) + "." + text.dropFirst(exponent + 1))
}
