import Input

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A number without the space that is left where there is no prefix after it.
func spare(_ text: String) -> String { text.hasSuffix(" ") ? String(text.dropLast()) : text }

/// A value on an axis with its text.
struct Tick: Equatable {
  var value: Double
  var text: String
}

/// An axis with its ends: where a value lies on it, and which values are named.
struct PlacedAxis {
  let axis: Axis
  let range: ClosedRange<Double>

  /// - Parameter values: what the axis has to hold.
  init(_ axis: Axis, values: [Double]) {
    self.axis = axis
    if let range = axis.range {
      self.range = PlacedAxis.apart(range, logarithmic: axis.isLogarithmic)
      return
    }
    let largest = Double.greatestFiniteMagnitude / 4
    let usable = axis.isLogarithmic ? values.filter { (.leastNormalMagnitude...largest).contains($0) } : values
    let (low, high) = (usable.min() ?? 1, usable.max() ?? 1)
    if axis.isLogarithmic {
      // Of what numbers there are, however far apart the values are.
      let spread = exp(0.04 * (log(high) - log(low)))
      let ends = max(low / spread, .leastNormalMagnitude)...min(high * spread, 2 * largest)
      range = PlacedAxis.apart(ends, logarithmic: true)
    } else {
      range = PlacedAxis.apart(low - (high - low) * 0.04...high + (high - low) * 0.04, logarithmic: false)
    }
  }

  /// The same where its ends can be told apart, and what is around it where they cannot: an axis needs a length.
  private static func apart(_ range: ClosedRange<Double>, logarithmic: Bool) -> ClosedRange<Double> {
    let (low, high) = (range.lowerBound, range.upperBound)
    guard high - low <= max(1e-7 * max(abs(low), abs(high)), 1e-300) else { return range }
    return logarithmic ? low / 2...high * 2 : around(low)
  }

  /// What is shown around a value that stands alone.
  static func around(_ value: Double) -> ClosedRange<Double> {
    let spread = max(abs(value) * 0.1, 0.5)
    return value - spread...value + spread
  }

  /// 0 at the beginning, 1 at the end.
  func place(_ value: Double) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    return axis.isLogarithmic ? (log(value) - log(low)) / (log(high) - log(low)) : (value - low) / (high - low)
  }

  /// Ticks no closer than `room` takes for their texts.
  ///
  /// - Parameter room: how much of the axis, from 0 to 1, a text and the space beside it take.
  func ticks(room: (String) -> Double) -> [Tick] {
    for candidate in candidates() where !candidate.isEmpty {
      let fits = zip(candidate, candidate.dropFirst()).allSatisfy { a, b in
        place(b.value) - place(a.value) >= (room(a.text) + room(b.text)) / 2
      }
      if fits { return candidate }
    }
    // Ends that are no round numbers: better a few digits than no number at all.
    return [range.lowerBound, range.upperBound].map { Tick(value: $0, text: text($0, step: abs($0) / 100)) }
  }

  /// From many ticks to few.
  private func candidates() -> [[Tick]] {
    if case .names(let names) = axis.style {
      return PlacedAxis.steps(to: names.count).map { step in
        stride(from: 0, to: names.count, by: step).map { Tick(value: Double($0 + 1), text: names[$0]) }
      }
    }
    if axis.style == .binary { return [1, 2, 3, 4, 5].map(binary) }
    return (axis.isLogarithmic ? logarithmic() : []) + linear()
  }

  /// Every name, every second…: 1, 2, 5, 10, 20, 50 and so on.
  static func steps(to count: Int) -> [Int] {
    sequence(first: 1) { $0 < count ? $0 * 10 : nil }.flatMap { [$0, 2 * $0, 5 * $0] }
  }

  private func binary(every step: Int) -> [Tick] {
    (0...40).filter { $0 % step == 0 }.map { Double(1 << $0) }.filter(inside).map { value in
      let (unit, letter) = value < 1024 ? (1.0, "") : value < 1_048_576 ? (1024, "K") : (1_048_576, "M")
      return Tick(value: value, text: Numbers.fixed(value / unit, 0) + letter)
    }
  }

  private func logarithmic() -> [[Tick]] {
    let first = Int(log10(range.lowerBound).rounded(.down))
    let last = Int(log10(range.upperBound).rounded(.up))
    func ticks(_ factors: [Double], every step: Int) -> [Tick] {
      (first...last).filter { $0 % step == 0 }.flatMap { power in factors.map { ($0, power) } }.compactMap {
        let value = $0 * pow(10, Double($1))
        return inside(value) ? Tick(value: value, text: text(value, step: $0 == 1.5 ? value / 10 : value)) : nil
      }
    }
    let decades = log10(range.upperBound) - log10(range.lowerBound)
    // The fewer powers of ten, the more between them. A factor on an axis of powers would need digits (2e18): powers
    // alone where there are enough of them.
    var dense: [[Tick]] = []
    if decades < 1, axis.style != .power {
      dense += [[1, 1.5, 2, 3, 4, 5, 6, 8], [1, 1.5, 2, 3, 5, 7]].map { ticks($0, every: 1) }
    } else if decades < 1.2 {
      dense.append(ticks([1, 2, 3, 4, 5, 6, 8], every: 1))
    }
    if decades < 1.35 { dense.append(ticks([1, 2, 3, 5], every: 1)) }
    if decades < 3 { dense.append(ticks([1, 2, 5], every: 1)) }
    if decades < (axis.style == .power ? 3 : 4) { dense.append(ticks([1, 3], every: 1)) }
    let sparse = [1, 2, 3, 4, 6, 10, 20, 50, 100].map { ticks([1], every: $0) }
    return (dense + sparse).filter { $0.count >= 2 }
  }

  private func linear() -> [[Tick]] {
    let width = range.upperBound - range.lowerBound
    guard width > 0 else { return [] }
    let power = pow(10, log10(width).rounded(.down) - 1)
    return [0.5, 1, 2, 5, 10, 20, 50].compactMap { factor in
      let step = factor * power
      guard axis.style != .whole || step > 0.99 else { return nil }
      let (from, to) = ((range.lowerBound / step).rounded(.up), (range.upperBound / step).rounded(.down))
      guard to - from < 16, to >= from else { return nil }
      let ticks = stride(from: from, through: to, by: 1).map {
        // Not the negative zero that rounding leaves.
        let value = $0 == 0 ? 0 : $0 * step
        return Tick(value: value, text: text(value, step: step))
      }
      return ticks.count >= 2 ? ticks : nil
    }
  }

  private func inside(_ value: Double) -> Bool {
    let place = place(value)
    return place >= -1e-9 && place <= 1 + 1e-9
  }

  /// The number at a tick, with as many digits as a step needs.
  private func text(_ value: Double, step: Double) -> String {
    let decimals = step > 0 ? max(0, -exponent(step)) : 0
    let digits = value == 0 ? 1 : max(1, exponent(abs(value)) + 1 + decimals)
    switch axis.style {
    case .si, .whole: return spare(Numbers.si(value, significantDigits(value, step)))
    case .count: return spare(Numbers.count(value, significantDigits(value, step)))
    case .power: return Numbers.scientific(value, significantDigits(value, step))
    case .percent: return Numbers.fixed(value * 100, max(0, decimals - 2)) + " %"
    case .plain, .names, .binary:
      return digits > 6 || (decimals > 4 && value != 0)
        ? Numbers.scientific(value, significantDigits(value, step)) : Numbers.fixed(value, decimals)
    }
  }

  private func significantDigits(_ value: Double, _ step: Double) -> Int {
    guard value != 0, step > 0 else { return 1 }
    return max(1, exponent(abs(value)) - exponent(step) + 1)
  }

  /// The power of ten of the first digit.
  private func exponent(_ value: Double) -> Int { Int((log10(value) + 1e-9).rounded(.down)) }
}
