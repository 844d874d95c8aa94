import Input
import ScalingLaws

/// A factor: to the unit where it is large, else to two digits.
func times(_ factor: Double) -> String {
  factor >= 100 && factor < 1e6 ? Numbers.grouped(factor) : digits(factor, 3)
}

/// A number with so many significant digits, in the shorter of plain and scientific form.
public func digits(_ x: Double, _ count: Int = 4) -> String {
  guard x.isFinite, x != 0 else { return "\(x)" }
  var exponent = 0
  var mantissa = abs(x)
  while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
  while mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
  var scale = 1.0
  for _ in 1..<max(count, 1) { scale *= 10 }
  var rounded = (mantissa * scale).rounded() / scale
  if rounded >= 10 { (rounded, exponent) = (rounded / 10, exponent + 1) }
  let sign = x < 0 ? "-" : ""
  if -3..<6 ~= exponent {
    var places = max(count - 1 - exponent, 0)
    var value = rounded
    for _ in 0..<abs(exponent) { value = exponent > 0 ? value * 10 : value / 10 }
    if places == 0 { return sign + Numbers.grouped(value) }
    var text = fixedPoint(value, places)
    while places > 0, text.hasSuffix("0") { (text, places) = (String(text.dropLast()), places - 1) }
    return sign + (text.hasSuffix(".") ? String(text.dropLast()) : text)
  }
  var text = fixedPoint(rounded, max(count - 1, 0))
  if text.contains(".") { while text.hasSuffix("0") { text.removeLast() } }
  if text.hasSuffix(".") { text.removeLast() }
  return "\(sign)\(text)e\(exponent)"
}

private func fixedPoint(_ value: Double, _ places: Int) -> String {
  var scale = 1.0
  for _ in 0..<places { scale *= 10 }
  let units = Int((value * scale).rounded())
  guard places > 0 else { return String(units) }
  let whole = units / Int(scale)
  let rest = String(units % Int(scale))
  return "\(whole)." + String(repeating: "0", count: places - rest.count) + rest
}

/// log2.
func doublings(_ x: Double) -> Double { logarithm(x) / 0.6931471805599453 }
