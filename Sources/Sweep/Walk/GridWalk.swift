import Architectures

/// What a walk hands its rows to.
protocol RowVisitor {
  /// Called once the outer sizes are set. `walk` has them.
  mutating func visit(_ walk: inout GridWalk)
  /// Whether `rank` ever says no; where not, corners are only worked out for the bounds.
  var isChoosy: Bool { get }
  /// So many rows are visited one by one; more are halved, as long as something between the corners of a half is of
  /// interest.
  var fewRows: Int { get }
  /// nil where nothing between these corners is of interest; of two halves the one with the smaller number goes first.
  mutating func rank(_ range: SizeRange) -> Int?
  /// Rows of which no value of this form is within the ends are of no interest.
  var window: (form: Form, low: Int, high: Int)? { get }
  /// The form that planes are wanted of; nil: rows only.
  var planeForm: Form? { get }
  /// Called instead of `visit`, for all rows over n_layers at once, where the plan ends in planes.
  mutating func visitPlane(_ walk: inout GridWalk, _ plane: Plane, _ places: Range<Int>)
  /// Checked between rows; true ends the walk.
  var isFinished: Bool { get }
}

extension RowVisitor {
  var isChoosy: Bool { false }
  var fewRows: Int { 32 }
  func rank(_ range: SizeRange) -> Int? { 0 }
  var planeForm: Form? { nil }
  mutating func visitPlane(_ walk: inout GridWalk, _ plane: Plane, _ places: Range<Int>) {
    preconditionFailure("who asks for planes takes them")
  }
}

/// The outer loops over a grid: sets sizes axis by axis, leaves out what is infeasible as early as that shows, and
/// hands every row on.
struct GridWalk {
  /// Behind a reference: the plan is large, and this is handed around.
  private let shared: SharedPlan
  var plan: GridPlan { shared.plan }
  /// Sizes in the fixed order of the axes; those of inner axes are 0.
  var sizes: [Int]
  private var indices: [Int]
  private var range: SizeRange
  /// Places of the first levels that are walked; of the others all.
  private var within: [Range<Int>] = []

  init(_ plan: GridPlan) {
    shared = SharedPlan(plan)
    sizes = plan.constants
    indices = [Int](repeating: 0, count: plan.levels.count)
    range = SizeRange(shared)
  }

  /// Walks the places of the first level within `part`; all rows if there are no levels.
  mutating func run<Visitor: RowVisitor>(_ part: Range<Int>, _ visitor: inout Visitor) { run([part], &visitor) }

  /// Walks the places of the first levels within `within`.
  mutating func run<Visitor: RowVisitor>(_ within: [Range<Int>], _ visitor: inout Visitor) {
    self.within = within
    guard !plan.isEmpty, within.first?.isEmpty != true else { return }
    sizes = plan.constants
    for derivation in plan.derivedAtOnce where !derive(derivation) { return }
    for bound in plan.decidedAtOnce where !bound.allows(value(bound.form)) { return }
    if plan.levels.isEmpty {
      if within.first?.contains(0) ?? true { visitor.visit(&self) }
    } else {
      descend(0, &visitor)
    }
  }

  private func part(_ depth: Int) -> Range<Int> { depth < within.count ? within[depth] : 0..<Int.max }

  private mutating func descend<Visitor: RowVisitor>(_ depth: Int, _ visitor: inout Visitor) {
    let level = plan.levels[depth]
    let last = depth == plan.levels.count - 1
    if last, let layers = plan.planes, let form = visitor.planeForm {
      return handOnPlane(layers, form, part(depth), &visitor)
    }
    var places = narrowed(level).clamped(to: part(depth))
    if last, level.axis <= 1, let window = visitor.window { places = rowsWithin(window, level, places) }
    narrow(level, places, depth, &visitor)
  }

  /// Goes on with places of a level, leaving out halves, and halves of halves, between whose corners nothing is feasible
  /// or of interest.
  private mutating func narrow<Visitor: RowVisitor>(
    _ level: GridPlan.Level, _ places: Range<Int>, _ depth: Int, _ visitor: inout Visitor
  ) {
    let layers = depth == plan.levels.count - 2 ? plan.planes : nil
    if let layers, let form = visitor.planeForm, places.count <= PlaneBatch.most {
      return takePlanes(level, places, depth, layers, form, &visitor)
    }
    let few = depth == plan.levels.count - 1 ? visitor.fewRows : 8
    guard places.count > few, visitor.isChoosy || !plan.bounds.isEmpty, case .values(let values) = level.choice else {
      return take(level, places, depth, &visitor)
    }
    func rank(_ half: Range<Int>, _ visitor: inout Visitor) -> Int? {
      range.update(
        sizes: sizes, setLevels: depth,
        narrowing: (level.axis, values[half.lowerBound], values[half.upperBound - 1]))
      return canHoldFeasible(range) ? visitor.rank(range) : nil
    }
    let middle = places.lowerBound + places.count / 2
    let (lower, upper) = (places.lowerBound..<middle, middle..<places.upperBound)
    let isUpperFirst = (rank(upper, &visitor) ?? .max) < (rank(lower, &visitor) ?? .max)
    for half in isUpperFirst ? [upper, lower] : [lower, upper] where rank(half, &visitor) != nil {
      narrow(level, half, depth, &visitor)
      if visitor.isFinished { return }
    }
  }

  /// Goes on with each of a few places of a level.
  private mutating func take<Visitor: RowVisitor>(
    _ level: GridPlan.Level, _ places: Range<Int>, _ depth: Int, _ visitor: inout Visitor
  ) {
    let last = depth == plan.levels.count - 1
    let needsNoCorners = !visitor.isChoosy && plan.bounds.isEmpty
    for index in places {
      indices[depth] = index
      guard choose(level, index), follow(level) else { continue }
      if last {
        visitor.visit(&self)
      } else if needsNoCorners {
        descend(depth + 1, &visitor)
      } else {
        range.update(sizes: sizes, setLevels: depth + 1)
        if canHoldFeasible(range), visitor.rank(range) != nil { descend(depth + 1, &visitor) }
      }
      if visitor.isFinished { return }
    }
  }

  /// Hands on a plane for each of some places of the level before planes. What its bounds leave of each is worked out for
  /// the plane itself.
  private mutating func takePlanes<Visitor: RowVisitor>(
    _ level: GridPlan.Level, _ places: Range<Int>, _ depth: Int, _ layers: GridPlan.PlaneLevel, _ form: Form,
    _ visitor: inout Visitor
  ) {
    let part = part(depth + 1)
    if case .values(let values) = level.choice, level.derivations.isEmpty, level.decided.isEmpty {
      let axis = level.axis
      for index in places {
        indices[depth] = index
        sizes[axis] = values[index]
        handOnPlane(layers, form, part, &visitor)
        if visitor.isFinished { return }
      }
      return
    }
    for index in places {
      indices[depth] = index
      if choose(level, index), follow(level) {
        handOnPlane(layers, form, part, &visitor)
        if visitor.isFinished { return }
      }
    }
  }

  // MARK: One place

  /// Sets the size of a level; false where it is no integer or repeats the one before.
  @inline(__always)
  private mutating func choose(_ level: GridPlan.Level, _ index: Int) -> Bool {
    switch level.choice {
    case .values(let values): sizes[level.axis] = values[index]
    case .ratio(let base, let ratios, let multiple):
      guard let value = ratios[index].times(sizes[base], multipleOf: multiple) else { return false }
      if index > 0, ratios[index - 1].times(sizes[base], multipleOf: multiple) == value { return false }
      sizes[level.axis] = value
    }
    return true
  }

  /// Sets what follows from a level; false where that is infeasible.
  @inline(__always)
  private mutating func follow(_ level: GridPlan.Level) -> Bool {
    for derivation in level.derivations where !derive(derivation) { return false }
    for bound in level.decided where !bound.allows(value(bound.form)) { return false }
    return true
  }

  private mutating func derive(_ derivation: GridPlan.Derivation) -> Bool {
    switch derivation {
    case .quotient(let target, let dividend, let divisor):
      let (quotient, remainder) = sizes[dividend].quotientAndRemainder(dividingBy: sizes[divisor])
      sizes[target] = quotient
      return remainder == 0
    case .keyValueHeadsAreHeads:
      sizes[4] = sizes[2]
      return true
    case .keyValueHeadsDivideHeads: return sizes[4] > 0 && sizes[2] % sizes[4] == 0
    case .expertsMakeSense: return expertsMakeSense
    }
  }

  private var expertsMakeSense: Bool {
    let (E, k, m) = (sizes[6], sizes[7], sizes[8])
    if E == 0 {
      for (depth, level) in plan.levels.enumerated() where (7...9).contains(level.axis) && indices[depth] != 0 {
        return false
      }
      return true
    }
    let widthIsInner = plan.inner.contains { $0.axis == 8 }
    return k >= 1 && k <= E && (m >= 1 || widthIsInner)
  }

  /// The places of a level that a bound on a quotient of its axis and an earlier one leaves.
  private func narrowed(_ level: GridPlan.Level) -> Range<Int> {
    guard case .values(let values) = level.choice else { return 0..<level.choice.count }
    var (from, to) = (0, values.count)
    for bound in level.decided {
      guard case .difference(let over, let p, let under, let q) = bound.form, p > 0, q > 0 else { continue }
      // p over - q under is >= 0 (a lower end) or <= 0 (an upper end); the products fit, which the plan has checked.
      if over == level.axis {
        let edge = q * sizes[under]
        if bound.low == 0 { from = max(from, values.countBelow(ceilingDivide(edge, p))) }
        if bound.high == 0 { to = min(to, values.countUpTo(edge / p)) }
      } else if under == level.axis {
        let edge = p * sizes[over]
        if bound.low == 0 { to = min(to, values.countUpTo(edge / q)) }
        if bound.high == 0 { from = max(from, values.countBelow(ceilingDivide(edge, q))) }
      }
    }
    return from..<max(from, to)
  }

  /// The places of n_layers or d_model, in which every count grows, whose rows reach into a window.
  private mutating func rowsWithin(
    _ window: (form: Form, low: Int, high: Int), _ level: GridPlan.Level, _ places: Range<Int>
  ) -> Range<Int> {
    guard case .values(let values) = level.choice, case .derived(let derived) = window.form else { return places }
    let x = plan.inner.first?.values
    let y = plan.inner.count > 1 ? plan.inner[1].values : nil
    func end(_ place: Int, _ pick: (AxisValues) -> Int) -> Int {
      sizes[level.axis] = values[place]
      for derivation in level.derivations { _ = derive(derivation) }
      return plan.conventions.integer(derived, box(inner: x.map(pick) ?? 0, y.map(pick) ?? 0))
    }
    // The first place whose greatest value is not below the window, and the first whose least is above it.
    let from = places.partitioningIndex { end($0) { $0.last } >= window.low }
    let to = (from..<places.upperBound).partitioningIndex { end($0) { $0.first } > window.high }
    return from..<to
  }

  /// Whether the corners leave room for every bound.
  private func canHoldFeasible(_ range: SizeRange) -> Bool {
    if plan.bounds.isEmpty { return true }
    let (low, high) = (range.low, range.high)
    for bound in plan.bounds {
      switch bound.form {
      case .axis(let axis):
        // Sizes of experts are 0 in shapes without them.
        let least = (7...9).contains(axis) && range.lows[6] == 0 ? 0 : range.lows[axis]
        if range.highs[axis] < bound.low || least > bound.high { return false }
      case .derived(let derived):
        if plan.conventions.integer(derived, high) < bound.low { return false }
        if plan.conventions.integer(derived, low) > bound.high { return false }
      case .difference(let over, let p, let under, let q):
        if p * range.highs[over] - q * range.lows[under] < bound.low { return false }
        if p * range.lows[over] - q * range.highs[under] > bound.high { return false }
      }
    }
    return true
  }

  // MARK: Numbers

  /// The corner that the sizes set so far make, inner ones as given.
  @inline(__always)
  func box(inner x: Int = 0, _ y: Int = 0) -> Box {
    var box = Box()
    box.L = sizes[0]
    box.d = sizes[1]
    box.f = sizes[5]
    box.E = sizes[6]
    box.k = sizes[7]
    box.m = sizes[8]
    box.s = sizes[9]
    box.V = sizes[10]
    box.S = sizes[11]
    if plan.firstInner >= 0 { box.setInner(plan.firstInner, x) }
    if plan.secondInner >= 0 { box.setInner(plan.secondInner, y) }
    box.A = plan.heads == .free ? sizes[2] * sizes[3] : box.d
    box.K = plan.keyValueWidthIsAttentionWidth ? box.A : sizes[4] * sizes[3]
    if box.E == 0 {
      (box.k, box.m, box.s) = (0, 0, 0)
      box.dense = box.L
    } else {
      box.dense = min(plan.conventions.denseLayers, box.L)
      box.mixture = box.L - box.dense
    }
    return box
  }

  @inline(__always)
  func value(_ form: Form, _ box: Box) -> Int {
    switch form {
    case .derived(let derived): plan.conventions.integer(derived, box)
    case .axis(let axis): size(axis, box)
    case .difference(let over, let p, let under, let q): p * size(over, box) - q * size(under, box)
    }
  }

  private func value(_ form: Form) -> Int { value(form, box()) }

  /// A size of the shape, inner ones from the box.
  private func size(_ axis: AxisIndex, _ box: Box) -> Int {
    switch axis {
    case 0: box.L
    case 5: box.f
    case 7: box.k
    case 8: box.m
    case 9: box.s
    case 10: box.V
    case 11: box.S
    default: sizes[axis]
    }
  }
}

extension GridPlan {
  /// The shape of these outer sizes, at these values of the inner axes.
  func shape(_ sizes: [Int], inner x: Int = 0, _ y: Int = 0) -> Shape {
    var shape = Shape(
      layers: sizes[0], width: sizes[1], heads: sizes[2], headWidth: sizes[3], keyValueHeads: sizes[4],
      mlpWidth: sizes[5], experts: sizes[6], expertsPerToken: sizes[7], expertWidth: sizes[8], sharedWidth: sizes[9],
      vocabulary: sizes[10], sequenceLength: sizes[11], mlp: grid.mlp, tied: grid.tied, denseLayers: grid.denseLayers,
      form: conventions.form)
    if inner.count > 0 { shape[Shape.Axis.allCases[inner[0].axis]] = x }
    if inner.count > 1 { shape[Shape.Axis.allCases[inner[1].axis]] = y }
    if shape.experts == 0 { (shape.expertsPerToken, shape.expertWidth, shape.sharedWidth) = (0, 0, 0) }
    return shape
  }

  /// Places of the first level, by which work is split.
  var parts: Int { levels.first?.choice.count ?? 1 }
}

extension Box {
  @inline(__always)
  mutating func setInner(_ axis: AxisIndex, _ value: Int) {
    switch axis {
    case 0: L = value
    case 5: f = value
    case 8: m = value
    case 9: s = value
    case 10: V = value
    default: S = value
    }
  }
}

extension Range<Int> {
  /// The first place for which `isPast` holds, when it holds for all after it; else the end.
  func partitioningIndex(where isPast: (Int) -> Bool) -> Int {
    var (low, high) = (lowerBound, upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      if isPast(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
