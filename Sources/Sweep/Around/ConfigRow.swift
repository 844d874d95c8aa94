import Architectures
import FLOPCount
import Input

/// The models along one axis, the others held: either what each costs, or, where every count is a + b x along the axis,
/// the two ends.
enum ConfigRow: Sendable {
  case affine(first: ConfigCounts, slope: ConfigCounts)
  /// nil: no model.
  case points([ConfigCounts?])
}

/// Which axis rows run along, and what is known of it.
struct InnerAxis: Sendable {
  let axis: Int
  let values: AxisValues
  /// Rows run along the length: their form follows from the composition. Otherwise along a width that enters products
  /// as it is, which is checked at both ends and in the middle of every row.
  let isLength: Bool

  /// Sizes that decoders multiply with, but neither round, divide by, nor count layers or heads with.
  static let widths: Set<String> = [
    "vocab_size", "intermediate_size", "moe_intermediate_size", "shared_expert_intermediate_size", "ffn_dim",
    "ffn_hidden_size", "n_inner", "d_ff", "decoder_ffn_dim", "encoder_ffn_dim",
  ]
}

extension ConfigGrid {
  /// The axis that rows run along: the length of the sequence, or the longest of the widths if every count is affine in
  /// it all along the first row; nil for none.
  ///
  /// - Throws: `InputError` for counts beyond Int64.
  func innerAxis() throws -> InnerAxis? {
    for (place, axis) in axes.enumerated() where axis.field == ConfigAxis.sequenceLength && axis.count > 1 {
      if let values = axis.integers { return InnerAxis(axis: place, values: values, isLength: true) }
    }
    let able = axes.indices.filter {
      InnerAxis.widths.contains(axes[$0].field.split(separator: ".").last.map(String.init) ?? "")
        && axes[$0].count > 3 && axes[$0].integers != nil
    }
    for place in able.sorted(by: { axes[$0].count > axes[$1].count }) {
      guard let values = axes[place].integers else { continue }
      let inner = InnerAxis(axis: place, values: values, isLength: false)
      let points = try points(along: inner, from: [Int](repeating: 0, count: axes.count)).points
      if case .affine(let first, let slope)? = row(ends: points, values),
        zip(0..., points).allSatisfy({
          $1?.asRow == .some(first.moved(by: values[$0] - values.first, along: slope))
        })
      {
        return inner
      }
    }
    return nil
  }

  /// The models from these places along an axis, and why some are none.
  ///
  /// - Throws: `InputError` for counts beyond Int64.
  func row(along inner: InnerAxis?, from places: [Int]) throws -> (row: ConfigRow, refusal: InputError?) {
    guard let inner else {
      let (counts, refusal) = try counts(at: places)
      return (.points([counts]), refusal)
    }
    if inner.isLength { return try lengthRow(inner, places) }
    let last = inner.values.count - 1
    var some = [ConfigCounts?](repeating: nil, count: inner.values.count)
    var places = places
    for place in [0, last / 2, last] {
      places[inner.axis] = place
      some[place] = try counts(at: places).counts
      if some[place] == nil { break }
    }
    if let row = row(ends: some, inner.values) { return (row, nil) }
    let (points, refusal) = try points(along: inner, from: places)
    return (.points(points), refusal)
  }

  /// One model, or why it is none.
  private func counts(at places: [Int]) throws -> (counts: ConfigCounts?, refusal: InputError?) {
    switch try model(at: places) {
    case .failure(let refusal): return (nil, refusal)
    case .success(let model):
      return (try ConfigCounts(model, sequenceLength: length(at: places), convention: convention), nil)
    }
  }

  private func points(along inner: InnerAxis, from start: [Int]) throws
    -> (points: [ConfigCounts?], refusal: InputError?)
  {
    var places = start
    var points: [ConfigCounts?] = []
    var reason: InputError?
    for place in 0..<inner.values.count {
      places[inner.axis] = place
      let (counts, refusal) = try counts(at: places)
      points.append(counts)
      reason = reason ?? refusal
    }
    return (points, reason)
  }

  /// The architecture is the same all along; M is a + b S where the composition says so.
  private func lengthRow(_ inner: InnerAxis, _ places: [Int]) throws -> (ConfigRow, InputError?) {
    let model: Architecture
    switch try self.model(at: places) {
    case .failure(let refusal): return (.points([ConfigCounts?](repeating: nil, count: inner.values.count)), refusal)
    case .success(let architecture): model = architecture
    }
    func counts(_ length: Int) throws -> ConfigCounts {
      try ConfigCounts(model, sequenceLength: length, convention: convention)
    }
    if model.isAffineInLength(convention), let first = try counts(inner.values.first).asRow,
      let last = try counts(inner.values.last).asRow,
      let slope = first.slope(to: last, steps: inner.values.last - inner.values.first)
    {
      return (.affine(first: first, slope: slope), nil)
    }
    return (.points(try (0..<inner.values.count).map { try counts(inner.values[$0]) }), nil)
  }

  /// The row through the first, the middle and the last point, if all three are on it.
  private func row(ends points: [ConfigCounts?], _ values: AxisValues) -> ConfigRow? {
    let last = values.count - 1
    guard let first = points[0]?.asRow, let middle = points[last / 2]?.asRow, let end = points[last]?.asRow,
      let slope = first.slope(to: end, steps: values.last - values.first),
      first.moved(by: values[last / 2] - values.first, along: slope) == middle
    else { return nil }
    return .affine(first: first, slope: slope)
  }
}

extension ConfigCounts {
  /// With M in place of FLOPs per sequence, so that every number can be affine; nil where M is no integer.
  var asRow: ConfigCounts? {
    guard let M else { return nil }
    var row = self
    (row.trainingPerSequence, row.tokens) = (M, 1)
    return row
  }

  private static var numbers: [WritableKeyPath<ConfigCounts, Int> & Sendable] {
    [
      \.parameters, \.activeParameters, \.nonEmbeddingParameters, \.keyValueElements, \.width, \.layers,
    ]
  }

  /// What one step adds; nil where it is no integer.
  func slope(to last: ConfigCounts, steps: Int) -> ConfigCounts? {
    guard let start = trainingPerSequence, let end = last.trainingPerSequence, steps > 0,
      (end - start) % steps == 0
    else { return nil }
    var slope = self
    slope.trainingPerSequence = (end - start) / steps
    for number in Self.numbers {
      guard (last[keyPath: number] - self[keyPath: number]) % steps == 0 else { return nil }
      slope[keyPath: number] = (last[keyPath: number] - self[keyPath: number]) / steps
    }
    slope.tokens = 0
    return slope
  }

  /// The counts so many steps on: between the two ends of a row, so nothing overflows.
  func moved(by steps: Int, along slope: ConfigCounts) -> ConfigCounts {
    var moved = self
    moved.trainingPerSequence = trainingPerSequence.map { $0 + steps * (slope.trainingPerSequence ?? 0) }
    for number in Self.numbers { moved[keyPath: number] += steps * slope[keyPath: number] }
    return moved
  }
}
