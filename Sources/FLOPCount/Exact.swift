import Input

/// An integer that is exact or says that it is not. A sequence of a million tokens costs a large model more than Int64
/// holds, and what it costs per token is far below that: so sums are of 128 bits, and only reading one as Int needs 64.
/// Once anything overflowed 128 bits, the result stays "beyond".
public struct Exact: Sendable, Equatable, ExpressibleByIntegerLiteral {
  // Two words and not an Int128: the compiler misplaces an optional of something that is aligned to 16 bytes on the stack
  // of a closure (Swift 6.3 without optimisation, a crash in `a ?? 0`).
  private let high: Int64
  private let low: UInt64
  private let isBeyond: Bool

  public init(_ value: Int) { self.init(value: Int128(value)) }
  public init(integerLiteral value: Int) { self.init(value: Int128(value)) }
  init(value: Int128?) {
    high = Int64(truncatingIfNeeded: (value ?? 0) >> 64)
    low = UInt64(truncatingIfNeeded: value ?? 0)
    isBeyond = value == nil
  }

  /// nil once anything overflowed.
  var value: Int128? { isBeyond ? nil : Int128(high) << 64 | Int128(low) }

  public static func + (a: Exact, b: Exact) -> Exact { combine(a, b) { $0.addingReportingOverflow($1) } }
  public static func * (a: Exact, b: Exact) -> Exact { combine(a, b) { $0.multipliedReportingOverflow(by: $1) } }
  public static func - (a: Exact, b: Exact) -> Exact { combine(a, b) { $0.subtractingReportingOverflow($1) } }
  public static func += (a: inout Exact, b: Exact) { a = a + b }

  private static func combine(
    _ a: Exact, _ b: Exact, _ operation: (Int128, Int128) -> (partialValue: Int128, overflow: Bool)
  ) -> Exact {
    guard let x = a.value, let y = b.value else { return Exact(value: nil) }
    let (result, overflow) = operation(x, y)
    return Exact(value: overflow ? nil : result)
  }

  /// a / b when b divides a exactly, else nil. What overflowed stays beyond: that is no "else".
  public func dividedExactly(by divisor: Exact) -> Exact? {
    guard let x = value, let y = divisor.value else { return Exact(value: nil) }
    guard y != 0, x % y == 0 else { return nil }
    return Exact(value: x / y)
  }

  /// The number, which must fit Int64.
  ///
  /// - Throws: `InputError` that names `what`.
  public func int(_ what: String) throws -> Int {
    guard let value, let value = Int(exactly: value) else {
      throw InputError(
        "is beyond Int64 (more than 9.2e18)", field: what, hint: "shorten the sequence or reduce the sizes")
    }
    return value
  }

  /// The nearest Double, for ratios and for people.
  public var double: Double { value.map { Double($0) } ?? .infinity }
}

extension Sequence<Exact> {
  func sum() -> Exact { reduce(0, +) }
}
