import Foundation

/// Colours as eyes with other cones see them, and how far apart two of them look.
public enum ColourVision: String, CaseIterable, Sendable {
  case usual, withoutGreen, withoutRed, withoutBlue

  /// In linear RGB, for people who lack the cones altogether: Machado, Oliveira and Fernandes 2009, "A
  /// Physiologically-based Model for Simulation of Color Vision Deficiency", severity 1.
  private var matrix: [[Double]] {
    switch self {
    case .usual: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    case .withoutGreen:
      [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    case .withoutRed:
      [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    case .withoutBlue:
      [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    }
  }

  /// The distance in CIELAB (CIE 1976) of two colours such as `#0072B2`: 2 can just be told apart.
  public func distance(_ a: String, _ b: String) -> Double {
    zip(lab(a), lab(b)).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
  }

  /// The ratio of two luminances, as WCAG 2 defines it: 3 is asked of what is drawn, 4.5 of text.
  public static func contrast(_ a: String, _ b: String) -> Double {
    let light = [a, b].map { colour in
      zip(linear(colour), [0.2126, 0.7152, 0.0722]).map { $0 * $1 }.reduce(0, +) + 0.05
    }
    return max(light[0], light[1]) / min(light[0], light[1])
  }

  private static func linear(_ colour: String) -> [Double] {
    let value = Int(colour.dropFirst(), radix: 16) ?? 0
    return [value >> 16, (value >> 8) & 255, value & 255].map {
      let part = Double($0) / 255
      return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }
  }

  private func lab(_ colour: String) -> [Double] {
    func product(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
      matrix.map { zip($0, vector).map { $0 * $1 }.reduce(0, +) }
    }
    let seen = product(matrix, Self.linear(colour)).map { min(1, max(0, $0)) }
    let xyz = product(
      [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]], seen)
    let f = zip(xyz, [0.95047, 1, 1.08883]).map { value, white -> Double in
      let share = value / white
      return share > 0.008856 ? cbrt(share) : 7.787 * share + 16 / 116
    }
    return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
  }
}
