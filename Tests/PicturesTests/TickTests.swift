import TestSupport
import Testing

@testable import Pictures

/// Ticks are round numbers whose texts do not meet.
@Suite struct TickTests {
  private func texts(_ axis: Axis, _ range: ClosedRange<Double>, room: Double = 0.12) -> [String] {
    PlacedAxis(axis, values: [range.lowerBound, range.upperBound]).ticks { _ in room }.map(\.text)
  }

  @Test func roundNumbers() {
    #expect(texts(Axis("x"), 0...1) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(texts(Axis("x", style: .percent, range: 0...1), 0...1) == ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"])
    #expect(
      texts(Axis("x", logarithmic: true, style: .power), 1e17...1e21) == ["1e17", "1e18", "1e19", "1e20", "1e21"])
    #expect(texts(Axis("x", logarithmic: true, style: .si), 1e8...2e9) == ["100 M", "200 M", "500 M", "1 G", "2 G"])
    #expect(
      texts(Axis("x", logarithmic: true, style: .count), 7e9...7e11) == ["10B", "20B", "50B", "100B", "200B", "500B"])
    #expect(
      texts(Axis("x", logarithmic: true, style: .binary, range: 256...16384), 1...2) == [
        "256", "512", "1K", "2K", "4K", "8K", "16K",
      ])
    #expect(texts(Axis("x", style: .names(["a", "b", "c"])), 1...3) == ["a", "b", "c"])
  }

  /// Within one power of ten there are round numbers enough, and a million tokens is no 1024K.
  @Test func noAxisIsLeftWithTwoNumbers() {
    #expect(
      texts(Axis("D", logarithmic: true, style: .count), 1.5e9...6.9e9, room: 0.08) == [
        "1.5B", "2B", "3B", "4B", "5B", "6B",
      ])
    #expect(texts(Axis("M", logarithmic: true, style: .si), 4e8...1.9e12, room: 0.1).count == 8)
    #expect(
      texts(Axis("S", logarithmic: true, style: .binary, range: 262_144...1_048_576), 1...2) == ["256K", "512K", "1M"])
  }

  /// An axis has a length even where all values are the same but for the last digits.
  @Test(arguments: [0.0, 1, 0.4534, -3e9, 1e-20])
  func valuesThatAreAllTheSame(_ value: Double) {
    for axis in [Axis("x"), Axis("x", range: value...value.nextUp), Axis("x", logarithmic: true)] {
      let placed = PlacedAxis(axis, values: [value, value.nextUp])
      let (low, high) = (placed.range.lowerBound, placed.range.upperBound)
      #expect(high - low > 1e-8 * max(abs(low), abs(high)))
      #expect(placed.ticks { _ in 0.1 }.count >= 2, "\(axis) \(value)")
    }
  }

  /// Whatever the ends: at least two ticks, in order, inside, with different texts, with the room that was asked for.
  @Test(arguments: 0..<400)
  func ticksFit(_ seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let logarithmic = seed % 2 == 0
    let low = exp10(Double.random(in: -8...24, using: &random))
    let high = low * (1 + exp10(Double.random(in: -1.5...5, using: &random)))
    let styles: [Axis.Style] = [.si, .count, .power, .plain]
    let room = Double.random(in: 0.02...0.45, using: &random)
    let axis = PlacedAxis(Axis("x", logarithmic: logarithmic, style: styles[seed / 2 % 4]), values: [low, high])
    let ticks = axis.ticks { _ in room }
    #expect(ticks.count >= 2, "\(low)...\(high)")
    #expect(Set(ticks.map(\.text)).count == ticks.count, "\(low)...\(high): \(ticks)")
    for (a, b) in zip(ticks, ticks.dropFirst()) {
      #expect(axis.place(b.value) - axis.place(a.value) >= room - 1e-9, "\(low)...\(high): \(ticks)")
    }
    #expect(ticks.allSatisfy { axis.place($0.value) > -1e-6 && axis.place($0.value) < 1 + 1e-6 })
  }
}
