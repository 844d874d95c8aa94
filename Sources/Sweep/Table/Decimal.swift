/// Decimal digits, two at a time, and eight that do not wait for each other.
struct Decimal {
  // SAFETY: written once, here, and never freed.
  nonisolated(unsafe) private static let table: UnsafePointer<UInt8> = {
    let digits = UnsafeMutablePointer<UInt8>.allocate(capacity: 200)
    for number in 0..<100 {
      digits[2 * number] = UInt8(ascii: "0") + UInt8(number / 10)
      digits[2 * number + 1] = UInt8(ascii: "0") + UInt8(number % 10)
    }
    return UnsafePointer(digits)
  }()

  // SAFETY: the table above, which is constant; held here so that nobody asks for every number whether it is there.
  nonisolated(unsafe) private let pairs = Decimal.table

  /// Writes the digits of a number of at most 19 of them, and returns how many there are.
  ///
  /// - Parameter out: room for as many.
  @inline(__always)
  func write(_ value: UInt, to out: UnsafeMutablePointer<UInt8>) -> Int {
    if value < 100_000_000 { return few(UInt32(truncatingIfNeeded: value), out) }
    let (high, low) = value.quotientAndRemainder(dividingBy: 100_000_000)
    let length: Int
    if high < 100_000_000 {
      length = few(UInt32(truncatingIfNeeded: high), out)
    } else {
      let (top, middle) = high.quotientAndRemainder(dividingBy: 100_000_000)
      length = few(UInt32(truncatingIfNeeded: top), out) + 8
      eight(UInt32(truncatingIfNeeded: middle), out + length - 8)
    }
    eight(UInt32(truncatingIfNeeded: low), out + length)
    return length + 8
  }

  /// Up to eight digits, as many as there are.
  @inline(__always)
  private func few(_ value: UInt32, _ out: UnsafeMutablePointer<UInt8>) -> Int {
    let length =
      value < 10_000
      ? (value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4)
      : (value < 1_000_000 ? (value < 100_000 ? 5 : 6) : value < 10_000_000 ? 7 : 8)
    var (rest, at) = (value, length)
    while at >= 2 {
      let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
      at -= 2
      two(pair, out + at)
      rest = quotient
    }
    if at == 1 { out[0] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest) }
    return length
  }

  /// Eight digits, zeros first.
  @inline(__always)
  private func eight(_ value: UInt32, _ out: UnsafeMutablePointer<UInt8>) {
    let (high, low) = value.quotientAndRemainder(dividingBy: 10_000)
    two(high / 100, out)
    two(high % 100, out + 2)
    two(low / 100, out + 4)
    two(low % 100, out + 6)
  }

  @inline(__always)
  private func two(_ pair: UInt32, _ out: UnsafeMutablePointer<UInt8>) {
    // SAFETY: a pair is below 100, and the table has 200 digits.
    out[0] = pairs[2 * Int(pair)]
    out[1] = pairs[2 * Int(pair) + 1]
  }
}
