/// An exact fraction, as people write one: `1e9`, `0.25`, `8/3`. Lowest terms, positive denominator.
public struct Rational: Hashable, Sendable {
  public let numerator: Int
  public let denominator: Int

  public init(_ integer: Int) { (numerator, denominator) = (integer, 1) }

  /// nil for a denominator of 0 and for what does not fit Int64.
  public init?(_ numerator: Int, over denominator: Int) {
    guard denominator > 0, numerator != .min else { return nil }
    let divisor = greatestCommonDivisor(numerator, denominator)
    self.numerator = numerator / divisor
    self.denominator = denominator / divisor
  }

  /// Reads digits with an optional sign, fraction and exponent, or two such over each other (`1/4`). nil for anything
  /// else, and for what does not fit Int64.
  public init?(_ text: some StringProtocol) {
    let sides = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(sides.count), let top = Self.decimal(sides[0]) else { return nil }
    guard sides.count == 2 else {
      self = top
      return
    }
    guard let bottom = Self.decimal(sides[1]), bottom.numerator > 0,
      let quotient = Self.exactly(
        Int128(top.numerator) * Int128(bottom.denominator), Int128(top.denominator) * Int128(bottom.numerator))
    else { return nil }
    self = quotient
  }

  /// ... or with a letter, as the field writes it: `8B` and `43G` are 8e9 and 43e9. Not `k`, which is 1000 to some and
  /// 1024 to others.
  public init?(abbreviated text: some StringProtocol) {
    let exponents: [Character: String] = ["M": "e6", "B": "e9", "G": "e9", "T": "e12"]
    guard let exponent = text.last.flatMap({ exponents[$0] }) else {
      self.init(text)
      return
    }
    guard let number = Self.decimal(text.dropLast() + exponent) else { return nil }
    self = number
  }

  /// `[+-]digits[.digits][e[+-]digits]`.
  private static func decimal(_ text: some StringProtocol) -> Rational? {
    var bytes = Array(text.utf8)[...]
    let isNegative = bytes.first == UInt8(ascii: "-")
    if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { bytes.removeFirst() }
    var digits: Int128 = 0
    var scale = 0
    var seen = 0
    var inFraction = false
    while let byte = bytes.first, byte == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      bytes.removeFirst()
      if byte == UInt8(ascii: ".") {
        if inFraction { return nil }
        inFraction = true
      } else {
        let (times, overflow) = digits.multipliedReportingOverflow(by: 10)
        let (plus, beyond) = times.addingReportingOverflow(Int128(byte - UInt8(ascii: "0")))
        if overflow || beyond { return nil }
        digits = plus
        seen += 1
        if inFraction { scale -= 1 }
      }
    }
    guard seen > 0 else { return nil }
    if let e = bytes.first, e == UInt8(ascii: "e") || e == UInt8(ascii: "E") {
      let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
      guard let exponent = Int(text), abs(exponent) < 1000 else { return nil }
      scale += exponent
      bytes = []
    }
    guard bytes.isEmpty else { return nil }
    if isNegative { digits = -digits }
    if digits == 0 { return Rational(0) }
    var power: Int128 = 1
    for _ in 0..<abs(scale) {
      // A factor of ten that the digits have already is taken from them instead, so 1.000e-3 stays small.
      if scale < 0, digits % 10 == 0 {
        digits /= 10
        continue
      }
      let (times, overflow) = power.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      power = times
    }
    if scale >= 0 {
      let (product, overflow) = digits.multipliedReportingOverflow(by: power)
      return overflow ? nil : exactly(product, 1)
    }
    return exactly(digits, power)
  }

  /// numerator / denominator in lowest terms, nil where a side does not fit Int64.
  private static func exactly(_ numerator: Int128, _ denominator: Int128) -> Rational? {
    let divisor = greatestCommonDivisor(numerator, denominator)
    guard let top = Int(exactly: numerator / divisor), let bottom = Int(exactly: denominator / divisor) else {
      return nil
    }
    return Rational(top, over: bottom)
  }

  /// The integer, where it is one.
  public var integer: Int? { denominator == 1 ? numerator : nil }

  /// The largest integer not above.
  public var floor: Int { floorDivide(numerator, denominator) }
  /// The smallest integer not below.
  public var ceiling: Int { denominator == 1 ? numerator : floorDivide(numerator, denominator) + 1 }
}

extension Rational: Comparable {
  public static func < (a: Rational, b: Rational) -> Bool {
    Int128(a.numerator) * Int128(b.denominator) < Int128(b.numerator) * Int128(a.denominator)
  }
}

extension Rational: CustomStringConvertible {
  public var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }
}

/// Of the magnitudes; the greatest common divisor of 0 and 0 is 1, so that dividing by it is always possible.
func greatestCommonDivisor<Number: BinaryInteger>(_ a: Number, _ b: Number) -> Number {
  var (x, y) = (a < 0 ? 0 - a : a, b < 0 ? 0 - b : b)
  while y != 0 { (x, y) = (y, x % y) }
  return x == 0 ? 1 : x
}

/// a / b rounded down, b > 0.
func floorDivide<Number: SignedInteger>(_ a: Number, _ b: Number) -> Number {
  let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
  return remainder < 0 ? quotient - 1 : quotient
}

/// a / b rounded up, b > 0.
func ceilingDivide<Number: SignedInteger>(_ a: Number, _ b: Number) -> Number {
  let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
  return remainder > 0 ? quotient + 1 : quotient
}
