/// How much worse the runs are fitted when the irreducible loss is held at other values: the curve that the interval of
/// E is read from.
public struct ProfileOfE: Sendable, Equatable {
  public struct Point: Sendable, Equatable {
    public var E: Double
    /// The objective above its minimum, everything else fitted anew.
    public var rise: Double
  }
  public var points: [Point]
  /// A rise up to here does not rule a value out at the level of the fit's intervals.
  public var allowance: Double
}

extension ParametricResult {
  /// The profile of E over the values that the runs do not rule out, and half as far again to each side.
  ///
  /// - Parameters:
  ///   - set: the runs that were fitted.
  ///   - count: how many values of E.
  /// - Returns: nil where E was given, the fit goes through every run, or a value of E admits no fit.
  public func profileOfE(of set: RunSet, points count: Int = 41) throws -> ProfileOfE? {
    guard let range = profileE else { return nil }
    let search = try SurfaceSearch(set.runs, options: options)
    let minimum = SurfaceSolver.Minimum(
      variables: search.points.variables(surface), value: objective, convergence: convergence, iterations: 0,
      onBound: [])
    let diagnosis = SurfaceDiagnosis(search: search, minimum: minimum, runs: set.runs)
    guard let allowance = diagnosis.allowance() else { return nil }
    let beyond = (range.high - range.low) / 4
    let (low, high) = (max(0, range.low - beyond), range.high + beyond)
    let points = (0..<count).compactMap { step -> ProfileOfE.Point? in
      let E = low + (high - low) * Double(step) / Double(max(1, count - 1))
      return diagnosis.rise(E).map { ProfileOfE.Point(E: E, rise: max(0, $0)) }
    }
    return points.count > 2 ? ProfileOfE(points: points, allowance: allowance) : nil
  }
}
