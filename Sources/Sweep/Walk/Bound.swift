import Architectures
import Input

/// A position in the fixed order of the axes, as the index of a size.
typealias AxisIndex = Int

extension Shape.Axis {
  /// The place in the fixed order.
  var index: AxisIndex {
    switch self {
    case .layers: 0
    case .width: 1
    case .heads: 2
    case .headWidth: 3
    case .keyValueHeads: 4
    case .mlpWidth: 5
    case .experts: 6
    case .expertsPerToken: 7
    case .expertWidth: 8
    case .sharedWidth: 9
    case .vocabulary: 10
    case .sequenceLength: 11
    }
  }
}

/// A number that is affine in every axis that rows run along.
enum Form: Sendable {
  case axis(AxisIndex)
  case derived(Quantity.Derived)
  /// p x one axis - q x another: the sign of a quotient's distance from a bound.
  case difference(AxisIndex, times: Int, AxisIndex, times2: Int)

  init(_ quantity: Quantity) {
    switch quantity {
    case .axis(let axis): self = .axis(axis.index)
    case .derived(let derived): self = .derived(derived)
    }
  }
}

/// A constraint as an interval of integers (and a divisor) for a form.
struct Bound: Sendable {
  var form: Form
  var low = Int.min
  var high = Int.max
  var multipleOf = 1
  /// The axes it depends on.
  var axes: Set<Shape.Axis>

  /// A bound on a quotient of axes becomes one on a difference for each of its ends.
  static func bounds(of constraint: Constraint) -> [Bound] {
    if case .derived(let derived) = constraint.quantity, let (over, under) = derived.quotient {
      var bounds: [Bound] = []
      if let low = constraint.low {
        let form = Form.difference(over.index, times: low.denominator, under.index, times2: low.numerator)
        bounds.append(Bound(form: form, low: 0, axes: [over, under]))
      }
      if let high = constraint.high {
        let form = Form.difference(over.index, times: high.denominator, under.index, times2: high.numerator)
        bounds.append(Bound(form: form, high: 0, axes: [over, under]))
      }
      return bounds
    }
    var bound = Bound(form: Form(constraint.quantity), multipleOf: constraint.multipleOf, axes: [])
    switch constraint.quantity {
    case .axis(let axis): bound.axes = [axis]
    case .derived(let derived): bound.axes = derived.axes
    }
    if let low = constraint.low { bound.low = low.ceiling }
    if let high = constraint.high { bound.high = high.floor }
    return [bound]
  }

  @inline(__always)
  func allows(_ value: Int) -> Bool {
    value >= low && value <= high && (multipleOf == 1 || value % multipleOf == 0)
  }
}

extension AxisValues {
  /// The values that a constraint on the axis itself lets through; nil for none.
  func filtered(by constraint: Constraint) -> AxisValues? {
    let from = constraint.low.map { countBelow($0.ceiling) } ?? 0
    let to = constraint.high.map { countUpTo($0.floor) } ?? count
    guard from < to else { return nil }
    let divisor = constraint.multipleOf
    switch self {
    case .list(let values):
      let kept = values[from..<to].filter { $0 % divisor == 0 }
      return kept.isEmpty ? nil : .list(kept)
    case .range(_, let step, _):
      // Of first, first + step, … every (divisor / gcd)-th is a multiple, if one is.
      let stride = divisor / greatestCommonDivisor(step, divisor)
      guard let first = (from..<min(to, from + stride)).first(where: { self[$0] % divisor == 0 }) else { return nil }
      return .range(first: self[first], step: step * stride, count: (to - first - 1) / stride + 1)
    }
  }
}
