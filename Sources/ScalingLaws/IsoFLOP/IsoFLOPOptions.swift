import Input

/// How IsoFLOP profiles (Chinchilla's approach 2) are fitted.
public struct IsoFLOPOptions: Equatable, Sendable {
  public var method = ProfileMethod.parabola
  /// Fit ln L instead of L (what Porian et al. interpolate).
  public var logLoss = false
  /// Only points within this distance of the lowest loss, in ln scale; nil takes the whole profile.
  public var window: Double?
  /// Weigh each budget's minimum by 1 / variance, the variance from the resamples.
  public var weighted = false
  /// `.residuals` draws normal residuals of each budget's own size; `.runs` draws runs with replacement.
  public var resampling: Resampling = {
    var settings = Resampling()
    settings.scheme = .residuals
    return settings
  }()
  /// Draw runs within each budget rather than over all of them (only for `.runs`).
  public var withinBudgets = true
  /// Whether other methods and windows are fitted too, and the runs without the short ones, to say how much that matters.
  public var alternatives = true

  public init() {}

  /// Akima's interpolant of ln L over ln scale, no weights, minima at an edge dropped.
  public static var plainAkima: IsoFLOPOptions {
    var options = IsoFLOPOptions()
    options.method = .akima
    options.logLoss = true
    return options
  }

  func check() throws {
    try resampling.check()
    if let window, !(window > 0 && window.isFinite) {
      throw InputError(
        "is not a positive number", field: "window", value: "\(window)", hint: "in ln scale: 1.2 is 3.3 x")
    }
    guard !weighted || resampling.count > 1 else {
      throw InputError("needs resamples to weigh with", field: "weighted", hint: "leave out --bootstrap 0")
    }
  }
}
