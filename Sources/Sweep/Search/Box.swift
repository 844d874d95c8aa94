import Architectures

/// The sizes that every quantity is made of: one shape's, or a corner of many shapes' (all counts grow with each of
/// them, so a box between two corners bounds what lies between).
struct Box {
  var L = 0
  var d = 0
  /// n_heads x head_dim, n_kv_heads x head_dim.
  var A = 0
  var K = 0
  var f = 0
  var E = 0
  var k = 0
  var m = 0
  var s = 0
  var V = 0
  var S = 0
  /// Layers with a dense MLP, layers with experts.
  var dense = 0
  var mixture = 0
}

/// What is the same for all shapes of a grid.
struct Conventions: Sendable {
  var matrices: Int
  var mlpIsOpen: Bool
  var form: Shape.Form
  var tied: Bool
  var denseLayers: Int

  init(_ grid: Grid) {
    matrices = grid.mlp.matrices
    mlpIsOpen = grid.leavesOpen(.mlpWidth)
    form = grid.form
    tied = grid.tied
    denseLayers = grid.denseLayers
  }
}

extension Conventions {
  /// The closed forms of `ShapeCount`, in any arithmetic: Int where a corner check has shown that nothing overflows,
  /// Double for that check.
  @inline(__always)
  func value<Number: Numeric>(_ quantity: Quantity.Derived, _ box: Box, in convert: (Int) -> Number) -> Number {
    switch quantity {
    case .M:
      let L = convert(box.L)
      let d = convert(box.d)
      let A = convert(box.A)
      let weights = L * (d * (A + convert(box.K))) * 2 + mlps(box, visited: true, in: convert)
      return (weights + L * A * convert(box.S) * 2) * 6
    case .parameters: return nonEmbedding(box, visited: false, in: convert) + tables(box, in: convert)
    case .activeParameters: return nonEmbedding(box, visited: true, in: convert) + tables(box, in: convert)
    case .nonEmbeddingParameters: return nonEmbedding(box, visited: false, in: convert)
    case .sixN1: return nonEmbedding(box, visited: false, in: convert) * 6
    case .sixN2: return (nonEmbedding(box, visited: false, in: convert) + tables(box, in: convert)) * 6
    case .keyValueElements: return convert(box.L) * convert(box.K) * 2
    case .keyValueBytes: return convert(box.L) * convert(box.K) * 4
    case .aspectRatio, .mlpRatio: preconditionFailure("a quotient is bounded as a difference of its two axes")
    }
  }

  @inline(__always)
  func integer(_ quantity: Quantity.Derived, _ box: Box) -> Int { value(quantity, box) { $0 } }

  /// What one step of an axis that rows run along (not n_layers) adds; 0 for no axis (-1).
  @inline(__always)
  func slope(_ quantity: Quantity.Derived, _ axis: AxisIndex, _ box: Box) -> Int {
    switch (quantity, axis) {
    case (.M, 11): 12 * box.L * box.A
    case (.M, 5...9): 6 * weightSlope(axis, box, experts: box.k)
    case (.parameters, 5...9), (.nonEmbeddingParameters, 5...9): weightSlope(axis, box, experts: box.E)
    case (.activeParameters, 5...9): weightSlope(axis, box, experts: box.k)
    case (.sixN1, 5...9), (.sixN2, 5...9): 6 * weightSlope(axis, box, experts: box.E)
    case (.parameters, 10), (.activeParameters, 10): tableSlope(box)
    case (.sixN2, 10): 6 * tableSlope(box)
    default: 0
    }
  }

  /// Weights that one more of d_ff, d_expert or d_shared makes.
  @inline(__always)
  private func weightSlope(_ axis: AxisIndex, _ box: Box, experts: Int) -> Int {
    switch axis {
    case 5: box.dense * matrices * box.d
    case 8: box.mixture * experts * matrices * box.d
    default: box.mixture * matrices * box.d
    }
  }

  /// Weights that one more token of vocabulary makes.
  @inline(__always)
  private func tableSlope(_ box: Box) -> Int { form == .paper || tied ? box.d : 2 * box.d }

  /// Weights of all MLPs, of routed experts those stored or those visited.
  @inline(__always)
  private func mlps<Number: Numeric>(_ box: Box, visited: Bool, in convert: (Int) -> Number) -> Number {
    let d = convert(box.d)
    let g = convert(matrices)
    let mlp = mlpIsOpen ? d * d * 8 : g * d * convert(box.f)
    let dense = convert(box.dense) * mlp
    if box.mixture == 0 { return dense }
    let experts = convert(visited ? box.k : box.E) * (g * d * convert(box.m))
    return dense + convert(box.mixture) * (experts + g * d * convert(box.s) + d * convert(box.E))
  }

  @inline(__always)
  private func nonEmbedding<Number: Numeric>(_ box: Box, visited: Bool, in convert: (Int) -> Number) -> Number {
    let L = convert(box.L)
    let d = convert(box.d)
    let attention = L * (d * (convert(box.A) + convert(box.K))) * 2
    return attention + mlps(box, visited: visited, in: convert) + norms(box, in: convert)
  }

  /// Weights of the norms, which the paper's form has none of.
  @inline(__always)
  func norms<Number: Numeric>(_ box: Box, in convert: (Int) -> Number) -> Number {
    form == .paper ? 0 : convert(box.L) * convert(box.d) * 2 + convert(box.d)
  }

  /// Weights of the vocabulary's tables.
  @inline(__always)
  func tables<Number: Numeric>(_ box: Box, in convert: (Int) -> Number) -> Number {
    let table = convert(box.V) * convert(box.d)
    return form == .paper || tied ? table : table * 2
  }
}

extension Quantity.Derived {
  /// The axes that decide it.
  var axes: Set<Shape.Axis> {
    let attention: Set<Shape.Axis> = [.layers, .width, .heads, .headWidth, .keyValueHeads]
    let experts: Set<Shape.Axis> = [.experts, .expertWidth, .sharedWidth]
    let weights = attention.union(experts).union([.mlpWidth])
    switch self {
    case .M: return weights.union([.expertsPerToken, .sequenceLength])
    case .parameters, .sixN2: return weights.union([.vocabulary])
    case .activeParameters: return weights.union([.vocabulary, .expertsPerToken])
    case .nonEmbeddingParameters, .sixN1: return weights
    case .keyValueElements, .keyValueBytes: return attention
    case .aspectRatio: return [.width, .layers]
    case .mlpRatio: return [.mlpWidth, .width]
    }
  }
}
