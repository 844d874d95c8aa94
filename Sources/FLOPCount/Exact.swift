import Input

/// An integer that is exact or says that it is not: once anything overflowed Int64, the result stays "beyond", and
/// reading it as Int throws.
public struct Exact: Sendable, Equatable, ExpressibleByIntegerLiteral {
  /// nil once anything overflowed.
  let value: Int?

  public init(_ value: Int) { self.value = value }
  public init(integerLiteral value: Int) { self.value = value }
  init(value: Int?) { self.value = value }

  public static func + (a: Exact, b: Exact) -> Exact { combine(a, b) { $0.addingReportingOverflow($1) } }
  public static func * (a: Exact, b: Exact) -> Exact { combine(a, b) { $0.multipliedReportingOverflow(by: $1) } }
  public static func - (a: Exact, b: Exact) -> Exact { combine(a, b) { $0.subtractingReportingOverflow($1) } }
  public static func += (a: inout Exact, b: Exact) { a = a + b }

  private static func combine(
    _ a: Exact, _ b: Exact, _ operation: (Int, Int) -> (partialValue: Int, overflow: Bool)
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
    guard let value else {
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
