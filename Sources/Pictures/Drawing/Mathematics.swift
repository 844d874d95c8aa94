import ScalingLaws

func exp10(_ x: Double) -> Double { exponential(x * logarithm(10)) }
func cubeRoot(_ x: Double) -> Double { x > 0 ? exponential(logarithm(x) / 3) : 0 }

/// `count` values from one end to the other, equally far apart in the logarithm.
func logarithmic(_ range: ClosedRange<Double>, count: Int) -> [Double] {
  let (low, high) = (logarithm(range.lowerBound), logarithm(range.upperBound))
  return (0..<count).map { exponential(low + (high - low) * Double($0) / Double(max(1, count - 1))) }
}
