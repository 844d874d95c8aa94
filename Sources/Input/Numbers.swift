#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Numbers as people read them. Exact output (JSON, CSV) does not pass through here.
public enum Numbers {
  /// `42,467,328,000`
  public static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var out = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { out += "," }
      out.append(digit)
    }
    return out
  }

  /// A count and what it is of: `1 shape`, `2,048 shapes`; with the plural where it is irregular, or where a verb goes
  /// along: `counted(1, "run has", "runs have")`.
  public static func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    "\(grouped(count)) \(count == 1 ? one : many ?? one + "s")"
  }

  /// Rounded to a whole number, `14,043`; a power of ten beyond Int64.
  public static func grouped(_ value: Double) -> String {
    Int(exactly: value.rounded()).map { grouped($0) } ?? scientific(value, 4)
  }

  /// With a fixed number of decimals: `0.857`.
  public static func fixed(_ value: Double, _ decimals: Int) -> String {
    value.isFinite ? printed("%.\(decimals)f", value) : "\(value)"
  }

  /// With so many significant digits, in scientific notation: `4.2460e-4`.
  public static func scientific(_ value: Double, _ digits: Int = 3) -> String {
    guard value.isFinite else { return "\(value)" }
    let text = printed("%.\(max(digits, 1) - 1)e", value)
    guard let e = text.lastIndex(of: "e"), let exponent = Int(text[text.index(after: e)...]) else { return text }
    return exponent == 0 ? String(text[..<e]) : "\(text[..<e])e\(exponent)"
  }

  /// With so many significant digits, as a plain number where that is short and as a power of ten where it is not.
  public static func significant(_ value: Double, _ digits: Int = 3) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    let exponent = decimalExponent(value, digits)
    guard -4...5 ~= exponent else { return scientific(value, digits) }
    return fixed(value, max(0, digits - 1 - exponent))
  }

  /// FLOPs and bytes with an SI prefix: `42.5 G`, to which the caller adds the unit.
  public static func si(_ value: Double, _ digits: Int = 3) -> String {
    prefixed(value, digits, ["", " k", " M", " G", " T", " P", " E", " Z", " Y", " R", " Q"])
  }
  public static func si(_ value: Int, _ digits: Int = 3) -> String { si(Double(value), digits) }

  /// Parameters and tokens the way the field writes them: `6.91B`, `2.00T`.
  public static func count(_ value: Double, _ digits: Int = 3) -> String {
    prefixed(value, digits, ["", "K", "M", "B", "T", "Q"])
  }
  public static func count(_ value: Int, _ digits: Int = 3) -> String {
    value.magnitude < 1000 ? "\(value)" : count(Double(value), digits)
  }

  /// `+17.7 %`: how much `value` is above or below `reference`.
  public static func difference(_ value: Double, from reference: Double) -> String {
    let text = fixed((value / reference - 1) * 100, 1)
    if text == "0.0" || text == "-0.0" { return "0.0 %" }
    return (text.hasPrefix("-") ? "" : "+") + text + " %"
  }

  /// `0.43 s`, `12 s`, `3 min 20 s`, `2 h 05 min`, `4 d 03 h`.
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e15 else { return "unknown" }
    if seconds < 0.001 { return "\(significant(seconds * 1e6, 2)) us" }
    if seconds < 1 { return "\(significant(seconds * 1e3, 3)) ms" }
    if seconds < 10 { return "\(fixed(seconds, 1)) s" }
    let whole = Int(seconds.rounded())
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
    switch whole {
    case ..<60: return "\(whole) s"
    case ..<3600: return "\(whole / 60) min \(two(whole % 60)) s"
    case ..<86_400: return "\(whole / 3600) h \(two(whole % 3600 / 60)) min"
    default: return "\(grouped(whole / 86_400)) d \(two(whole % 86_400 / 3600)) h"
    }
  }

  private static func prefixed(_ value: Double, _ digits: Int, _ prefixes: [String]) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    let exponent = decimalExponent(value, digits)
    let step = exponent < 0 ? 0 : exponent / 3
    guard step < prefixes.count, exponent >= -3 else { return scientific(value, digits) }
    let scaled = value / pow(10, Double(3 * step))
    return fixed(scaled, max(0, digits - 1 - (exponent - 3 * step))) + prefixes[step]
  }

  /// The power of ten of the first digit after rounding to so many digits: 999.96 with four digits is 1.000e3.
  private static func decimalExponent(_ value: Double, _ digits: Int) -> Int {
    let text = printed("%.\(max(digits, 1) - 1)e", value)
    return text.lastIndex(of: "e").flatMap { Int(text[text.index(after: $0)...]) } ?? 0
  }

  /// printf for one Double.
  private static func printed(_ format: String, _ value: Double) -> String {
    withVaList([value]) { arguments in
      var buffer = [CChar](repeating: 0, count: 400)
      // SAFETY: the format has one conversion for one Double; at most the buffer's length is written, ended by 0.
      let length = vsnprintf(&buffer, buffer.count, format, arguments)
      return String(decoding: buffer.prefix(Int(max(0, length))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}
