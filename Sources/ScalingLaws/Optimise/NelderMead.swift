/// The simplex method of Nelder and Mead (1965) with the usual coefficients, for one to a few variables and no
/// derivatives: the second opinion on what Newton's method found.
func nelderMead(
  from start: [Double], step: Double, tolerance: Double, evaluations: Int = 2000, _ function: ([Double]) -> Double
) -> (point: [Double], value: Double, converged: Bool) {
  let n = start.count
  var simplex = [(point: start, value: function(start))]
  for i in 0..<n {
    var corner = start
    corner[i] += step
    simplex.append((corner, function(corner)))
  }
  var used = n + 1
  while used < evaluations {
    simplex.sort { $0.value < $1.value || ($0.value.isFinite && !$1.value.isFinite) }
    let size = (0..<n).map { i in (simplex.map { abs($0.point[i] - simplex[0].point[i]) }).max() ?? 0 }.max() ?? 0
    if size < tolerance { return (simplex[0].point, simplex[0].value, true) }
    let centre = (0..<n).map { i in simplex.dropLast().reduce(0) { $0 + $1.point[i] } / Double(n) }
    func along(_ factor: Double) -> (point: [Double], value: Double) {
      let point = (0..<n).map { centre[$0] + factor * (simplex[n].point[$0] - centre[$0]) }
      used += 1
      return (point, function(point))
    }
    let reflected = along(-1)
    if reflected.value < simplex[0].value {
      let expanded = along(-2)
      simplex[n] = expanded.value < reflected.value ? expanded : reflected
    } else if reflected.value < simplex[n - 1].value {
      simplex[n] = reflected
    } else {
      let contracted = reflected.value < simplex[n].value ? along(-0.5) : along(0.5)
      if contracted.value < min(reflected.value, simplex[n].value) {
        simplex[n] = contracted
      } else {
        for i in 1...n {
          let point = (0..<n).map { (simplex[0].point[$0] + simplex[i].point[$0]) / 2 }
          simplex[i] = (point, function(point))
          used += 1
        }
      }
    }
  }
  return (simplex[0].point, simplex[0].value, false)
}
