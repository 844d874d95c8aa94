import Architectures
import Input

/// A grid made ready to be walked: an outer loop for every axis that has a choice, then rows along the inner axes, in
/// which every number of interest is affine.
struct GridPlan: Sendable {
  /// How heads and their width come about; but for the last, n_heads x head_dim = d_model.
  enum Heads: Sendable { case open, fromHeadWidth, fromHeads, free }

  /// An axis with a choice.
  struct Level: Sendable {
    var axis: AxisIndex
    var choice: Choice
    /// What follows once this level is set.
    var derivations: [Derivation] = []
    /// Bounds whose axes are all set once this level is.
    var decided: [Bound] = []
  }

  enum Choice: Sendable {
    case values(AxisValues)
    case ratio(of: AxisIndex, [Rational], multipleOf: Int)
    var count: Int {
      switch self {
      case .values(let values): values.count
      case .ratio(_, let ratios, _): ratios.count
      }
    }
  }

  /// A size, or a check, that follows from earlier sizes.
  enum Derivation: Sendable {
    /// n_heads or head_dim from d_model; the shape is infeasible where it is no integer.
    case quotient(AxisIndex, dividend: AxisIndex, divisor: AxisIndex)
    /// Multi-head attention: as many key-value heads as heads.
    case keyValueHeadsAreHeads
    case keyValueHeadsDivideHeads
    /// At least one and at most all experts visited; without experts, the first place of their axes only.
    case expertsMakeSense
  }

  /// An axis along which rows run.
  struct Inner: Sendable {
    var axis: AxisIndex
    var values: AxisValues
  }

  let grid: Grid
  let conventions: Conventions
  let heads: Heads
  var levels: [Level] = []
  var inner: [Inner] = [] {
    didSet {
      firstInner = inner.first?.axis ?? -1
      secondInner = inner.count > 1 ? inner[1].axis : -1
      innerCount = inner.first?.values.count ?? 1
      rowsAlongExperts = inner.contains { $0.axis == 8 || $0.axis == 9 }
    }
  }
  /// What the walk asks for at every row, as plain numbers: the inner axes (-1 for none) and the places of the first.
  private(set) var firstInner: AxisIndex = -1
  private(set) var secondInner: AxisIndex = -1
  private(set) var innerCount = 1
  /// Rows run along sizes of experts, which are 0 without experts.
  private(set) var rowsAlongExperts = false
  /// n_kv_heads x head_dim = n_heads x head_dim.
  let keyValueWidthIsAttentionWidth: Bool
  /// Sizes of axes without a choice; what is derived or chosen starts at 0.
  var constants: [Int]
  /// What follows from the constants alone.
  var derivedAtOnce: [Derivation] = []
  /// Bounds on rows.
  var rowBounds: [Bound] = []
  /// All bounds, for pruning.
  var bounds: [Bound] = []
  /// Constraints between constants, or filters that left an axis empty: no shape is feasible.
  var isEmpty = false
  /// Values of every axis that is neither implied nor a ratio, after its own constraints.
  var values: [AxisValues?]

  /// n_layers as the last level, in which every number is affine too. A class: a walk asks for it at every plane.
  final class PlaneLevel: Sendable {
    let values: AxisValues
    let bounds: [Bound]

    init(_ values: AxisValues, _ bounds: [Bound]) {
      self.values = values
      self.bounds = bounds
    }
  }

  /// Set where every place that the bounds leave of the last level is a row along the whole inner axis: then a plane of
  /// rows can be handed on at once.
  private(set) var planes: PlaneLevel?

  /// - Parameters:
  ///   - rowAxes: how many axes rows may run along (0, 1 or 2).
  ///   - layersLast: n_layers is the last level where nothing is derived from it, not the first.
  ///   - preferred: axes that rows had better run along, if they can.
  /// - Throws: `InputError` where a count of the grid's largest shape is beyond Int64.
  init(_ grid: Grid, rowAxes: Int, layersLast: Bool = false, preferred: Set<Shape.Axis> = []) throws {
    self.grid = grid
    conventions = Conventions(grid)
    heads =
      switch (grid.axes[.heads] != nil, grid.axes[.headWidth] != nil) {
      case (false, false): .open
      case (false, true): .fromHeadWidth
      case (true, false): .fromHeads
      case (true, true): .free
      }
    keyValueWidthIsAttentionWidth = heads == .open || grid.axes[.keyValueHeads] == nil
    constants = [Int](repeating: 0, count: 12)
    constants[Shape.Axis.vocabulary.index] = Grid.paperVocabulary
    constants[Shape.Axis.sequenceLength.index] = Grid.paperSequenceLength
    values = [AxisValues?](repeating: nil, count: 12)
    filterAxes()
    if isEmpty { return }
    chooseInner(rowAxes, preferred)
    makeLevels(
      layersLast: layersLast && canBeInner(.layers) && (values[Shape.Axis.layers.index]?.count ?? 1) <= 1 << 22)
    try checkCorner()
  }

  /// Applies constraints on an axis to its values; the others become bounds.
  private mutating func filterAxes() {
    for case (let axis, .values(let all)) in grid.axes { values[axis.index] = all }
    for constraint in grid.constraints {
      if case .axis(let axis) = constraint.quantity, !axis.isOfExperts, let all = values[axis.index] {
        guard let kept = all.filtered(by: constraint) else {
          isEmpty = true
          return
        }
        values[axis.index] = kept
      } else {
        bounds += Bound.bounds(of: constraint)
      }
    }
  }

  // MARK: Inner axes

  /// Axes that can be inner: nothing is derived from them, and every number is affine in them.
  private func canBeInner(_ axis: Shape.Axis) -> Bool {
    guard let values = values[axis.index], values.count > 1 else { return false }
    for case .ratio(of: axis, _, _) in grid.axes.values { return false }
    for bound in bounds where bound.multipleOf > 1 && bound.axes.contains(axis) { return false }
    switch axis {
    case .mlpWidth, .expertWidth, .sharedWidth, .vocabulary, .sequenceLength: return true
    case .layers: return grid.axes[.experts] == nil || grid.denseLayers == 0
    default: return false
    }
  }

  /// The longest one or two; n_layers, which multiplies the others, only alone.
  private mutating func chooseInner(_ most: Int, _ preferred: Set<Shape.Axis>) {
    func length(_ axis: Shape.Axis) -> Int { values[axis.index]?.count ?? 1 }
    // One axis is a column for the kernels; what is solved instead can be of any length.
    let able = Shape.Axis.allCases.filter { canBeInner($0) && (most > 1 || length($0) <= 1 << 22) }
    func rank(_ axis: Shape.Axis) -> (Int, Int) { (preferred.contains(axis) ? 0 : 1, -length(axis)) }
    let additive = able.filter { $0 != .layers }.sorted { rank($0) < rank($1) }
    var chosen = Array(additive.prefix(most))
    let product = chosen.reduce(1) { $0.multipliedReportingOverflow(by: length($1)).partialValue }
    if most > 0, able.contains(.layers), length(.layers) > product, preferred.isDisjoint(with: chosen) {
      chosen = [.layers]
    }
    inner = chosen.compactMap { axis in
      values[axis.index].map { Inner(axis: axis.index, values: $0) }
    }
  }

  // MARK: Levels

  /// The axes with a choice that decide the size of an axis.
  func choices(_ axis: Shape.Axis) -> Set<Shape.Axis> {
    switch grid.axes[axis] {
    case .values: return (values[axis.index]?.count ?? 1) > 1 ? [axis] : []
    case .ratio(let base, _, _): return choices(base).union([axis])
    case nil:
      switch (axis, heads) {
      case (.heads, .fromHeadWidth): return choices(.width).union(choices(.headWidth))
      case (.headWidth, .fromHeads): return choices(.width).union(choices(.heads))
      case (.keyValueHeads, .open): return []
      case (.keyValueHeads, _): return choices(.heads)
      default: return []
      }
    }
  }

  private mutating func makeLevels(layersLast: Bool) {
    for axis in Shape.Axis.allCases {
      if let only = values[axis.index], only.count == 1 { constants[axis.index] = only.first }
    }
    let innerAxes = Set(inner.map { Shape.Axis.allCases[$0.axis] })
    var waiting = Shape.Axis.allCases.filter { choices($0).contains($0) && !innerAxes.contains($0) }
    if layersLast, waiting.first == .layers { waiting.append(waiting.removeFirst()) }
    var placed: [Shape.Axis] = []
    // In the fixed order, as far as ratios let that be.
    while let next = waiting.first(where: { choices($0).subtracting([$0]).isSubset(of: placed) }) {
      waiting.removeAll { $0 == next }
      placed.append(next)
      if let values = values[next.index] {
        levels.append(Level(axis: next.index, choice: .values(values)))
      } else if case .ratio(let base, let ratios, let multiple)? = grid.axes[next] {
        levels.append(Level(axis: next.index, choice: .ratio(of: base.index, ratios, multipleOf: multiple)))
      }
    }
    placeDerivations(placed, innerAxes)
    placeBounds(placed, innerAxes)
    if layersLast, let last = levels.last, last.axis == Shape.Axis.layers.index, inner.count == 1, rowBounds.isEmpty,
      !rowsAlongExperts, last.derivations.isEmpty, case .values(let values) = last.choice
    {
      planes = PlaneLevel(values, last.decided)
    }
  }

  /// The level after which all of these axes are set: -1 for before the first, nil where an inner axis is among them.
  private func level(after axes: Set<Shape.Axis>, _ placed: [Shape.Axis], _ inner: Set<Shape.Axis>) -> Int? {
    let needed = axes.reduce(into: Set<Shape.Axis>()) { $0.formUnion(choices($1)) }
    guard needed.isDisjoint(with: inner) else { return nil }
    return needed.compactMap { placed.firstIndex(of: $0) }.max() ?? -1
  }

  private mutating func placeDerivations(_ placed: [Shape.Axis], _ inner: Set<Shape.Axis>) {
    var all: [(Derivation, Set<Shape.Axis>)] = []
    let (d, H, w) = (Shape.Axis.width.index, Shape.Axis.heads.index, Shape.Axis.headWidth.index)
    switch heads {
    case .open, .free: break
    case .fromHeadWidth: all.append((.quotient(H, dividend: d, divisor: w), [.heads]))
    case .fromHeads: all.append((.quotient(w, dividend: d, divisor: H), [.headWidth]))
    }
    if heads != .open {
      if grid.axes[.keyValueHeads] == nil {
        all.append((.keyValueHeadsAreHeads, [.heads]))
      } else {
        all.append((.keyValueHeadsDivideHeads, [.heads, .keyValueHeads]))
      }
    }
    if grid.axes[.experts] != nil {
      let parts: Set<Shape.Axis> = [.experts, .expertsPerToken, .expertWidth, .sharedWidth]
      all.append((.expertsMakeSense, parts.subtracting(inner)))
    }
    for (derivation, axes) in all {
      if let at = level(after: axes, placed, inner), at >= 0 {
        levels[at].derivations.append(derivation)
      } else {
        derivedAtOnce.append(derivation)
      }
    }
  }

  private mutating func placeBounds(_ placed: [Shape.Axis], _ inner: Set<Shape.Axis>) {
    for bound in bounds {
      // Sizes of experts are 0 without experts, so what bounds one depends on how many there are too.
      let axes = bound.axes.contains(where: \.isOfExperts) ? bound.axes.union([.experts]) : bound.axes
      switch level(after: axes, placed, inner) {
      case nil: rowBounds.append(bound)
      case let at? where at >= 0: levels[at].decided.append(bound)
      default: decidedAtOnce.append(bound)
      }
    }
  }

  /// Bounds between constants.
  var decidedAtOnce: [Bound] = []

  // MARK: The largest shape

  /// All numbers are below what the largest sizes give; where that fits Int64, no arithmetic of a walk can overflow.
  private func checkCorner() throws {
    let top = SizeRange(self).high
    let double: (Int) -> Double = { Double($0) }
    for quantity in Quantity.Derived.allCases where quantity.quotient == nil {
      guard conventions.value(quantity, top, in: double) < 9.2e18 else {
        throw InputError(
          "of the grid's largest sizes is beyond Int64 (more than 9.2e18)", field: quantity.rawValue,
          hint: "lower the ends of the axes")
      }
    }
    let sizes = SizeRange(self)
    for bound in bounds {
      guard case .difference(let over, let p, let under, let q) = bound.form else { continue }
      guard Double(p) * Double(sizes.highs[over]) < 4e18, Double(abs(q)) * Double(sizes.highs[under]) < 4e18 else {
        throw InputError(
          "has an end with too many digits for sizes this large", field: "constraints",
          value: "\(q)/\(p)", hint: "write it with fewer digits")
      }
    }
  }
}

extension Shape.Axis {
  /// Sizes that are 0 without experts, whatever their axis says.
  var isOfExperts: Bool { [.experts, .expertsPerToken, .expertWidth, .sharedWidth].contains(self) }
}
