import Architectures

/// Lower and upper ends of all sizes, some of them set and the others anywhere on their axis.
struct SizeRange {
  var lows = [Int](repeating: 0, count: 12)
  var highs = [Int](repeating: 0, count: 12)
  private let shared: SharedPlan
  private var plan: GridPlan { shared.plan }
  /// The ends while nothing is set.
  private let free: [(low: Int, high: Int)]

  /// Nothing set yet.
  init(_ plan: GridPlan) { self.init(SharedPlan(plan)) }

  init(_ shared: SharedPlan) {
    self.shared = shared
    let plan = shared.plan
    free = plan.constants.indices.map { axis in
      let only = plan.constants[axis]
      return plan.values[axis].map { ($0.first, $0.last) } ?? (only, only)
    }
    update(sizes: plan.constants, setLevels: 0)
  }

  /// The ends once the first `setLevels` levels have the sizes given, and one more axis those between two.
  mutating func update(sizes: [Int], setLevels: Int, narrowing: (axis: AxisIndex, low: Int, high: Int)? = nil) {
    for axis in free.indices { set(axis, free[axis].low, free[axis].high) }
    for depth in 0..<setLevels {
      let axis = plan.levels[depth].axis
      set(axis, sizes[axis], sizes[axis])
    }
    if let narrowing { set(narrowing.axis, narrowing.low, narrowing.high) }
    implyHeads()
    for level in plan.levels[setLevels...] {
      guard case .ratio(let base, let ratios, let multiple) = level.choice else { continue }
      // A base that is itself implied by heads is known by now, as levels are in the order of what they need.
      implyHeads()
      set(
        level.axis, ratios.first.map { roundedDown($0, lows[base], multiple) } ?? 0,
        ratios.last.map { roundedUp($0, highs[base], multiple) } ?? 0)
    }
    implyHeads()
  }

  private mutating func set(_ axis: AxisIndex, _ low: Int, _ high: Int) {
    lows[axis] = low
    highs[axis] = high
  }

  private mutating func implyHeads() {
    let (d, H, w, K) = (1, 2, 3, 4)
    switch plan.heads {
    case .open: return
    case .fromHeadWidth: set(H, max(1, lows[d] / max(1, highs[w])), highs[d] / max(1, lows[w]))
    case .fromHeads: set(w, max(1, lows[d] / max(1, highs[H])), highs[d] / max(1, lows[H]))
    case .free: break
    }
    if plan.grid.axes[.keyValueHeads] == nil { set(K, lows[H], highs[H]) }
  }

  private func roundedDown(_ ratio: Rational, _ base: Int, _ multiple: Int) -> Int {
    let product = Int128(ratio.numerator) * Int128(base)
    let unit = Int128(ratio.denominator) * Int128(multiple)
    let value = multiple == 1 ? product / unit : ceilingDivide(product, unit) * Int128(multiple)
    return Int(clamping: value)
  }
  private func roundedUp(_ ratio: Rational, _ base: Int, _ multiple: Int) -> Int {
    let product = Int128(ratio.numerator) * Int128(base)
    let unit = Int128(ratio.denominator) * Int128(multiple)
    return Int(clamping: ceilingDivide(product, unit) * Int128(multiple))
  }

  // MARK: Corners

  /// No count of a shape in this range is below what this corner gives.
  var low: Box {
    var box = Box()
    fill(&box, lows, highs: false)
    // Which layers are dense depends on whether there are experts at all: the fewer of both.
    let (someDense, withExperts) = (min(plan.grid.denseLayers, box.L), highs[6] > 0)
    box.dense = withExperts ? someDense : box.L
    box.mixture = lows[6] > 0 ? box.L - someDense : 0
    return box
  }

  /// No count of a shape in this range is above what this corner gives.
  var high: Box {
    var box = Box()
    fill(&box, highs, highs: true)
    box.dense = lows[6] > 0 ? min(plan.grid.denseLayers, box.L) : box.L
    box.mixture = highs[6] > 0 ? box.L - min(plan.grid.denseLayers, box.L) : 0
    return box
  }

  private func fill(_ box: inout Box, _ sizes: [Int], highs: Bool) {
    box.L = sizes[0]
    box.d = sizes[1]
    box.A = plan.heads == .free ? product(sizes[2], sizes[3]) : sizes[1]
    box.K = plan.keyValueWidthIsAttentionWidth ? box.A : product(sizes[4], sizes[3])
    // Key-value heads divide heads.
    if highs { box.K = min(box.K, box.A) }
    box.f = sizes[5]
    box.E = sizes[6]
    if highs || lows[6] > 0 { (box.k, box.m, box.s) = (sizes[7], sizes[8], sizes[9]) }
    box.V = sizes[10]
    box.S = sizes[11]
  }

  /// a x b, or the largest Int.
  private func product(_ a: Int, _ b: Int) -> Int {
    let (value, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? .max : value
  }
}
