import Architectures
import Input

/// Axes whose every combination is a shape, and the constraints that shapes must meet.
///
/// An axis without a rule takes the paper's value: multi-head attention with n_heads x head_dim = d_model, 12 d^2
/// weights a layer, no experts, and DeepSeek LLM's n_vocab 102400 and l_seq 4096 (arXiv 2401.02954, Table 3). So a
/// grid of n_layers, d_model and sequence_length is the paper's M, and its `parameters` are the paper's N2; as soon as
/// d_ff, head_dim, n_kv_heads or n_experts has a rule they are the exact total of a llama-like model.
public struct Grid: Hashable, Sendable {
  public var axes: [Shape.Axis: AxisRule]
  public var constraints: [Constraint]
  public var mlp: Shape.MLPKind
  /// tie_word_embeddings.
  public var tied: Bool
  /// first_k_dense_replace: layers before the experts start.
  public var denseLayers: Int

  public static let paperVocabulary = 102_400
  public static let paperSequenceLength = 4096

  /// - Throws: `InputError` where the rules contradict each other, leave a needed axis out, or make more shapes than
  ///   fit Int64.
  public init(
    axes: [Shape.Axis: AxisRule], constraints: [Constraint] = [], mlp: Shape.MLPKind = .gated, tied: Bool = false,
    denseLayers: Int = 0
  ) throws {
    self.axes = axes
    self.constraints = constraints
    self.mlp = mlp
    self.tied = tied
    self.denseLayers = denseLayers
    try check()
  }

  public var form: Shape.Form {
    let general: [Shape.Axis] = [.mlpWidth, .headWidth, .keyValueHeads, .experts]
    return general.contains { axes[$0] != nil } ? .general : .paper
  }

  /// The number of shapes: the product of the axes, feasible or not.
  public var shapes: Int { axes.values.reduce(1) { $0 * $1.count } }

  /// Whether shapes of this grid leave the axis open (`Shape.isOpen`).
  public func leavesOpen(_ axis: Shape.Axis) -> Bool {
    switch axis {
    case .heads, .headWidth, .keyValueHeads: axes[.heads] == nil && axes[.headWidth] == nil
    case .mlpWidth: axes[.mlpWidth] == nil
    default: false
    }
  }

  // MARK: Checking

  private func check() throws {
    for axis in [Shape.Axis.layers, .width] where axes[axis] == nil {
      throw InputError(
        "is missing", field: "axes.\(axis.rawValue)", hint: "give a list, or {from: 1, to: 100, step: 1}")
    }
    try checkValues()
    try checkBases()
    try checkMixture()
    if axes[.keyValueHeads] != nil, leavesOpen(.heads) {
      throw InputError(
        "needs n_heads or head_dim beside it", field: "axes.n_kv_heads", hint: "name one of them, as in head_dim: 128")
    }
    try checkConstraints()
    var product = 1
    for rule in axes.values {
      let (next, overflow) = product.multipliedReportingOverflow(by: rule.count)
      guard !overflow else {
        throw InputError(
          "are more shapes than fit Int64 (9.2e18)", field: "axes", hint: "shorten an axis or raise its step")
      }
      product = next
    }
  }

  private func checkValues() throws {
    for (axis, rule) in axes {
      let field = "axes.\(axis.rawValue)"
      switch rule {
      case .values(let values):
        try check(values, of: axis, field: field)
      case .ratio(_, let ratios, let multiple):
        guard let first = ratios.first else {
          throw InputError("is an empty axis", field: field + ".values", hint: "give a ratio")
        }
        guard first > Rational(0) else {
          throw InputError("is not a positive ratio", field: field + ".values", value: "\(first)")
        }
        guard (1...Shape.Axis.largest).contains(multiple) else {
          throw InputError("is not a positive integer", field: field + ".multiple_of", value: "\(multiple)")
        }
      }
    }
    guard (0...Shape.Axis.largest).contains(denseLayers) else {
      throw InputError("is not a number of layers", field: "first_k_dense_replace", value: "\(denseLayers)")
    }
  }

  private func check(_ values: AxisValues, of axis: Shape.Axis, field: String) throws {
    guard values.count > 0 else { throw InputError("is an empty axis", field: field, hint: "give a value") }
    let (first, last): (Int, Int)
    switch values {
    case .list(let list):
      guard zip(list, list.dropFirst()).allSatisfy(<) else {
        throw InputError("is not in ascending order without repeats", field: field)
      }
      (first, last) = (values.first, values.last)
    case .range(let start, let step, let count):
      guard step >= 1 else {
        throw InputError("is not a positive step", field: field + ".step", value: "\(step)")
      }
      let (length, overflow) = (count - 1).multipliedReportingOverflow(by: step)
      let (end, beyond) = start.addingReportingOverflow(length)
      (first, last) = (start, overflow || beyond ? .max : end)
    }
    guard first >= axis.smallest else {
      throw InputError(
        "is below \(axis.smallest), the smallest \(axis.rawValue) there is", field: field, value: "\(first)")
    }
    guard last <= Shape.Axis.largest else {
      throw InputError(
        "is above 2^40, the largest size a grid takes", field: field, value: "\(last)",
        hint: "check the number of zeros")
    }
  }

  /// Every ratio leads, through other ratios, to an axis with values.
  private func checkBases() throws {
    for (start, rule) in axes {
      var rule = rule
      var steps = 0
      while case .ratio(let base, _, _) = rule {
        guard let next = axes[base] ?? implied(base) else {
          throw InputError(
            "is a ratio of \(base.rawValue), which has no values in this grid", field: "axes.\(start.rawValue)",
            hint: "add \(base.rawValue) to the axes")
        }
        steps += 1
        guard steps <= Shape.Axis.allCases.count else {
          throw InputError(
            "is a ratio of itself, by way of others", field: "axes.\(start.rawValue)", hint: "give one of them values")
        }
        rule = next
      }
    }
    if case .ratio(let base, _, _)? = axes[.width], [.heads, .headWidth].contains(base), axes[base] == nil {
      throw InputError(
        "is a ratio of \(base.rawValue), which follows from d_model", field: "axes.d_model",
        hint: "add \(base.rawValue) to the axes")
    }
  }

  /// A stand-in for axes that follow from others without being named.
  private func implied(_ axis: Shape.Axis) -> AxisRule? {
    let one = AxisRule.values(.list([1]))
    switch axis {
    case .heads: return axes[.headWidth] == nil ? nil : one
    case .headWidth, .keyValueHeads: return axes[.heads] == nil && axes[.headWidth] == nil ? nil : one
    case .vocabulary, .sequenceLength: return one
    default: return nil
    }
  }

  private func checkMixture() throws {
    let parts: [Shape.Axis] = [.expertsPerToken, .expertWidth, .sharedWidth]
    guard let rule = axes[.experts] else {
      for axis in parts where axes[axis] != nil {
        throw InputError(
          "needs n_experts beside it", field: "axes.\(axis.rawValue)", hint: "add n_experts, or leave this out")
      }
      if denseLayers > 0 {
        throw InputError("needs n_experts among the axes", field: "first_k_dense_replace", value: "\(denseLayers)")
      }
      return
    }
    if case .values(let values) = rule, values.last == 0 { return }
    for axis in [Shape.Axis.expertsPerToken, .expertWidth] where axes[axis] == nil {
      throw InputError(
        "is missing: experts need it", field: "axes.\(axis.rawValue)",
        hint: axis == .expertWidth ? "the d_ff of one expert" : "the experts that a token visits")
    }
  }

  private func checkConstraints() throws {
    for constraint in constraints {
      let field = "constraints.\(constraint.quantity.name)"
      if let low = constraint.low, let high = constraint.high, high < low {
        throw InputError("is an empty range", field: field, value: "\(low)...\(high)", hint: "write the smaller first")
      }
      guard constraint.multipleOf >= 1 else {
        throw InputError("is not a positive integer", field: field + ".multiple_of", value: "\(constraint.multipleOf)")
      }
      guard constraint.multipleOf == 1 || constraint.quantity.isInteger else {
        throw InputError("is a ratio: it cannot be a multiple", field: field + ".multiple_of")
      }
      var needed: [Shape.Axis] = []
      if case .axis(let axis) = constraint.quantity { needed = [axis] }
      if case .derived(.mlpRatio) = constraint.quantity { needed = [.mlpWidth] }
      for axis in needed where leavesOpen(axis) {
        throw InputError(
          "bounds \(axis.rawValue), which this grid leaves open", field: field,
          hint: axis == .mlpWidth ? "add d_ff to the axes" : "add head_dim or n_heads to the axes")
      }
    }
  }
}

extension Shape.Axis {
  /// Sizes of experts may be 0 (no experts), the others start at 1.
  var smallest: Int {
    switch self {
    case .experts, .expertsPerToken, .expertWidth, .sharedWidth: 0
    default: 1
    }
  }
  /// No size in a grid is larger.
  static let largest = 1 << 40
}
