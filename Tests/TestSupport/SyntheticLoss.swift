import Foundation

/// Runs about a loss surface that is known.
public enum SyntheticLoss {
  /// L = 1.8 + 480 / N^0.35 + 2000 / D^0.37.
  public static func of(_ N: Double, _ D: Double) -> Double { 1.8 + 480 / pow(N, 0.35) + 2000 / pow(D, 0.37) }

  /// A run with a learning rate and a batch of its own.
  public struct Setting {
    public var N, D, loss, rate, batch: Double
  }

  /// Rates and batches around a best of each of nine scales and lengths, an odd number of each.
  public static func settings(side: Int) -> [Setting] {
    [1e8, 3e8, 1e9].flatMap { N in
      [2e9, 1e10, 4e10].flatMap { D in
        (0..<side * side).map { place in
          let (x, y) = (0.5 * Double(place % side - side / 2), 0.4 * Double(place / side - side / 2))
          let bowl = 0.01 * x * x + 0.02 * y * y + 0.004 * x * y
          return Setting(
            N: N, D: D, loss: of(N, D) + bowl, rate: 2 * pow(N, -0.7) * pow(D, 0.2) * exp(x),
            batch: 0.5 * pow(D, 0.57) * exp(y))
        }
      }
    }
  }
}
