/// Philox 4x32-10, a counter-based generator (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as
/// 1, 2, 3"): word k of stream s under a seed is a pure function of (seed, s, k), so every resample has numbers of
/// its own, the same on every machine and whichever thread draws them.
package struct Philox: RandomNumberGenerator, Sendable {
  private let key: (UInt32, UInt32)
  private let stream: UInt64
  private var block: UInt64 = 0
  private var pending: UInt64 = 0
  private var hasPending = false

  package init(seed: UInt64, stream: UInt64) {
    key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    self.stream = stream
  }

  /// Ten rounds on one counter; exposed for the published test vectors.
  package static func rounds(
    _ counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let a = UInt64(c.0) &* 0xD251_1F53
      let b = UInt64(c.2) &* 0xCD9E_8D57
      c = (
        UInt32(truncatingIfNeeded: b >> 32) ^ c.1 ^ k.0, UInt32(truncatingIfNeeded: b),
        UInt32(truncatingIfNeeded: a >> 32) ^ c.3 ^ k.1, UInt32(truncatingIfNeeded: a)
      )
      k = (k.0 &+ 0x9E37_79B9, k.1 &+ 0xBB67_AE85)
    }
    return c
  }

  package mutating func next() -> UInt64 {
    if hasPending {
      hasPending = false
      return pending
    }
    let out = Philox.rounds(
      (
        UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32),
        UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)
      ), key: key)
    block &+= 1
    pending = UInt64(out.2) | UInt64(out.3) << 32
    hasPending = true
    return UInt64(out.0) | UInt64(out.1) << 32
  }

  /// An integer in 0..<bound (bound far below 2^64, so the bias is far below any count of draws).
  package mutating func index(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Uniform in (0, 1), neither end included.
  package mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

  /// A standard normal number, by the inverse of the distribution function.
  package mutating func normal() -> Double { normalQuantile(uniform()) }
}
