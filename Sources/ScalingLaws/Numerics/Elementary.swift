/// exp and log of our own: the C libraries of different systems differ in the last bit, and a fit that is to give
/// the same digits on every machine cannot start from that. Only additions, multiplications, divisions and bit
/// moves, in a fixed order, so the result is the same wherever IEEE doubles are; no branch in the middle, so loops
/// over arrays become vector code.
///
/// Within 2 ulp of the true value (see `ElementaryTests`).

/// e^x. Below -708 it is 0, above 709 infinite; NaN stays NaN.
@inlinable @inline(__always)
package func exponential(_ x: Double) -> Double {
  // x = n ln 2 + r with |r| <= ln 2 / 2; adding and taking away 1.5 2^52 rounds to an integer and leaves it in the
  // low bits of the sum.
  let magic = 6755399441055744.0
  let clamped = Swift.min(Swift.max(x, -709.0), 710.0)
  let shifted = clamped * 1.4426950408889634 + magic
  let n = shifted - magic
  let r = (clamped - n * 0.6931471803691238) - n * 1.9082149292705877e-10
  // Taylor to r^13 / 13!: the next term is below 2^-58 at |r| = 0.3466. Two half-length chains (Estrin) for latency.
  let r2 = r * r
  let r4 = r2 * r2
  let p0 = 1.0 + r
  let p1 = 0.5 + r * 0.16666666666666666
  let p2 = 0.041666666666666664 + r * 0.008333333333333333
  let p3 = 0.001388888888888889 + r * 0.0001984126984126984
  let p4 = 2.48015873015873e-05 + r * 2.7557319223985893e-06
  let p5 = 2.755731922398589e-07 + r * 2.505210838544172e-08
  let p6 = 2.08767569878681e-09 + r * 1.6059043836821613e-10
  let high = (p4 + r2 * p5) + r4 * p6
  let low = (p1 + r2 * p2) + r4 * p3
  let tail = r2 * (low + (r4 * r2) * high)
  let polynomial = p0 + tail
  // 2^n in two factors, so that neither leaves the range of normal numbers.
  let bits = shifted.bitPattern &- magic.bitPattern
  let half = ((bits &+ 2048) &>> 1) &- 1024
  let first = Double(bitPattern: (half &+ 1023) &<< 52)
  let second = Double(bitPattern: (bits &- half &+ 1023) &<< 52)
  let value = polynomial * first * second
  let floored = x < -708.0 ? 0.0 : value
  let capped = x > 709.0 ? Double.infinity : floored
  return x == x ? capped : x
}

/// The natural logarithm of a positive normal number. Zero gives -infinity, negative numbers NaN, infinity itself;
/// numbers below 2.3e-308 count as zero.
@inlinable @inline(__always)
package func logarithm(_ x: Double) -> Double {
  // x = 2^k m with m in [sqrt(1/2), sqrt(2)): subtracting the bits of sqrt(1/2) makes the exponent field say k.
  let offset: UInt64 = 0x3FE6_A09E_667F_3BCD
  let difference = x.bitPattern &- offset
  let mask: UInt64 = 0xFFF0_0000_0000_0000
  let m = Double(bitPattern: x.bitPattern &- (difference & mask))
  // The biased exponent as a double without an integer conversion: put it into the low bits of 2^52.
  let biased = ((difference &+ (1023 &<< 52)) &>> 52) | 0x4330_0000_0000_0000
  let k = Double(bitPattern: biased) - 4503599627371519.0
  // ln m = 2 atanh(s), s = f / (2 + f); the series in s^2 <= 0.0295 to s^20.
  let f = m - 1.0
  let s = f / (2.0 + f)
  let z = s * s
  let w = z * z
  let even =
    0.6666666666666666 + w
    * (0.2857142857142857 + w * (0.18181818181818182 + w * (0.13333333333333333 + w * 0.10526315789473684)))
  let odd =
    0.4 + w * (0.2222222222222222 + w * (0.15384615384615385 + w * (0.11764705882352941 + w * 0.09523809523809523)))
  let series = z * (even + z * odd)
  // ln m = f - (f^2/2 - s (f^2/2 + series)), as in the classical reduction: the leading f is exact.
  let halfSquare = 0.5 * f * f
  let value = k * 0.6931471803691238 + (f - (halfSquare - (s * (halfSquare + series) + k * 1.9082149292705877e-10)))
  let positive = x < 2.2250738585072014e-308 ? -Double.infinity : value
  let finite = x == Double.infinity ? x : positive
  return x >= 0 ? finite : Double.nan
}
