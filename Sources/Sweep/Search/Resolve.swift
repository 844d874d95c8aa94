import Architectures
import FLOPCount

extension Grid {
  /// The shape at a place of the grid (one index an axis with a rule), nil where the combination is none: a value that
  /// is no integer, heads that do not divide, more experts visited than there are, or a repetition of an earlier place.
  ///
  /// This is the definition that every search is tested against, one place at a time.
  public func shape(at indices: [Shape.Axis: Int]) -> Shape? {
    var sizes: [Shape.Axis: Int] = [:]
    for axis in Shape.Axis.allCases {
      guard let value = size(axis, at: indices, depth: 0) else { return nil }
      sizes[axis] = value
    }
    var shape = Shape(
      layers: 0, width: 0, vocabulary: 0, sequenceLength: 0, mlp: mlp, tied: tied, denseLayers: denseLayers, form: form)
    for (axis, value) in sizes { shape[axis] = value }
    if shape.experts == 0 {
      // Without experts their sizes mean nothing: the first place of those axes stands for all.
      for axis in [Shape.Axis.expertsPerToken, .expertWidth, .sharedWidth] {
        guard indices[axis, default: 0] == 0 else { return nil }
        shape[axis] = 0
      }
    }
    return shape.isValid ? shape : nil
  }

  private func size(_ axis: Shape.Axis, at indices: [Shape.Axis: Int], depth: Int) -> Int? {
    guard depth <= Shape.Axis.allCases.count else { return nil }
    switch axes[axis] {
    case .values(let values): return values[indices[axis, default: 0]]
    case .ratio(let base, let ratios, let multiple):
      guard let whole = size(base, at: indices, depth: depth + 1) else { return nil }
      let index = indices[axis, default: 0]
      guard let value = ratios[index].times(whole, multipleOf: multiple) else { return nil }
      // Two ratios that round to the same value are one shape.
      if index > 0, ratios[index - 1].times(whole, multipleOf: multiple) == value { return nil }
      return value
    case nil: return implied(axis, at: indices, depth: depth)
    }
  }

  /// The value of an axis without a rule.
  private func implied(_ axis: Shape.Axis, at indices: [Shape.Axis: Int], depth: Int) -> Int? {
    switch axis {
    case .heads, .headWidth:
      let other: Shape.Axis = axis == .heads ? .headWidth : .heads
      guard axes[other] != nil else { return 0 }
      guard let width = size(.width, at: indices, depth: depth + 1),
        let by = size(other, at: indices, depth: depth + 1),
        by > 0, width % by == 0
      else { return nil }
      return width / by
    case .keyValueHeads: return size(.heads, at: indices, depth: depth + 1)
    case .vocabulary: return Grid.paperVocabulary
    case .sequenceLength: return Grid.paperSequenceLength
    default: return 0
    }
  }
}

extension Rational {
  /// ratio x whole, rounded up to a multiple; nil where no rounding was asked for and the product is no integer.
  func times(_ whole: Int, multipleOf multiple: Int) -> Int? {
    let product = Int128(numerator) * Int128(whole)
    if multiple == 1 {
      guard product % Int128(denominator) == 0 else { return nil }
      return Int(exactly: product / Int128(denominator))
    }
    let unit = Int128(denominator) * Int128(multiple)
    return Int(exactly: ceilingDivide(product, unit) * Int128(multiple))
  }
}

extension Constraint {
  /// Whether a shape meets it.
  public func holds(for shape: Shape, _ count: ShapeCount) -> Bool {
    if case .derived(let derived) = quantity, let (over, under) = derived.quotient {
      guard shape[under] > 0, let ratio = Rational(shape[over], over: shape[under]) else { return false }
      return (low.map { $0 <= ratio } ?? true) && (high.map { ratio <= $0 } ?? true)
    }
    let value = quantity.value(of: shape, count)
    return (low.map { $0.ceiling <= value } ?? true) && (high.map { value <= $0.floor } ?? true)
      && value % multipleOf == 0
  }
}

extension Quantity {
  /// The quantity of one shape; of a quotient of axes its integer part.
  public func value(of shape: Shape, _ count: ShapeCount) -> Int {
    switch self {
    case .axis(let axis): shape[axis]
    case .derived(.M): count.M
    case .derived(.parameters): count.parameters
    case .derived(.activeParameters): count.activeParameters
    case .derived(.nonEmbeddingParameters): count.nonEmbeddingParameters
    case .derived(.sixN1): count.sixN1
    case .derived(.sixN2): count.sixN2
    case .derived(.keyValueElements): count.keyValueElementsPerToken
    case .derived(.keyValueBytes): 2 * count.keyValueElementsPerToken
    case .derived(.aspectRatio): shape.width / shape.layers
    case .derived(.mlpRatio): shape.mlpWidth / shape.width
    }
  }
}
