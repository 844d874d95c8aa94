import Architectures
import Sweep
import TestSupport

/// Small grids of every kind: irregular and regular axes, ratios, heads one way or the other, experts, constraints.
struct RandomGrid {
  var random: SplitMix

  init(seed: UInt64) { random = SplitMix(seed: seed) }

  /// A grid of at most about `most` places; nil where what came out contradicts itself.
  mutating func next(most: Int = 6000) -> Grid? {
    var axes: [Shape.Axis: AxisRule] = [
      .layers: values(upTo: 40, most: 8), .width: values(upTo: 40, times: random.chance(2) ? 16 : 64, most: 8),
    ]
    if !random.chance(4) { axes[.sequenceLength] = values(upTo: 50, times: 64, most: 9) }
    if !random.chance(3) {
      axes[.mlpWidth] =
        random.chance(3)
        ? .ratio(of: .width, ratios([(8, 3), (4, 1), (7, 2), (1, 2)]), multipleOf: random.chance(2) ? 1 : 64)
        : values(upTo: 60, times: 32, most: 7)
    }
    addHeads(&axes)
    if random.chance(3) { addExperts(&axes) }
    if random.chance(4) { axes[.vocabulary] = values(upTo: 30, times: 1000, most: 4) }
    let product = axes.values.reduce(1) { $0 * $1.count }
    guard product <= most else { return nil }
    let layers = axes[.experts] != nil && random.chance(2) ? random.upTo(12) : 0
    var constraints: [Constraint] = []
    while random.chance(2) { if let constraint = constraint() { constraints.append(constraint) } }
    return try? Grid(
      axes: axes, constraints: constraints, mlp: random.chance(2) ? .gated : .plain, tied: random.chance(2),
      denseLayers: layers)
  }

  /// A grid of three to five axes, long enough that a search for a front begins with some of their values.
  mutating func nextLong() -> Grid? {
    var axes: [Shape.Axis: AxisRule] = [
      .layers: values(upTo: 80, most: 40), .width: values(upTo: 90, times: random.chance(2) ? 8 : 64, most: 40),
      .mlpWidth: values(upTo: 200, times: 16, most: 40),
    ]
    if random.chance(2) { axes[.sequenceLength] = values(upTo: 50, times: 64, most: 20) }
    if random.chance(3) { axes[.vocabulary] = values(upTo: 30, times: 1000, most: 6) }
    if random.chance(3) { axes[.headWidth] = values(upTo: 8, times: 16, most: 2) }
    if random.chance(4) {
      axes[.experts] = .values(.list(random.chance(2) ? [0, 8] : [4, 16, 64]))
      axes[.expertsPerToken] = values(upTo: 4, most: 2)
      axes[.expertWidth] = values(upTo: 60, times: 32, most: 20)
    }
    guard axes.values.reduce(1, { $0 * $1.count }) <= 60_000 else { return nil }
    var constraints: [Constraint] = []
    while random.chance(2) { if let constraint = constraint() { constraints.append(constraint) } }
    return try? Grid(
      axes: axes, constraints: constraints, mlp: random.chance(2) ? .gated : .plain, tied: random.chance(2),
      denseLayers: axes[.experts] != nil && random.chance(2) ? random.upTo(12) : 0)
  }

  private mutating func addHeads(_ axes: inout [Shape.Axis: AxisRule]) {
    if random.chance(3) { axes[.headWidth] = values(upTo: 8, times: 16, most: 3) }
    if random.chance(4) {
      axes[.heads] =
        random.chance(4)
        ? .ratio(of: .width, ratios([(1, 64), (1, 32), (1, 16)]), multipleOf: 1) : values(upTo: 16, most: 4)
    }
    guard axes[.heads] != nil || axes[.headWidth] != nil, !random.chance(3) else { return }
    axes[.keyValueHeads] =
      random.chance(2)
      ? .ratio(of: .heads, ratios([(1, 1), (1, 2), (1, 4), (1, 8)]), multipleOf: random.chance(4) ? 2 : 1)
      : values(upTo: 8, most: 4)
  }

  private mutating func addExperts(_ axes: inout [Shape.Axis: AxisRule]) {
    axes[.experts] = .values(.list(random.chance(2) ? [0, 8] : [random.upTo(4), 4 + random.upTo(60)]))
    axes[.expertsPerToken] = values(upTo: 9, most: 3)
    axes[.expertWidth] =
      random.chance(4)
      ? .ratio(of: random.chance(2) ? .width : .sequenceLength, ratios([(1, 2), (1, 4)]), multipleOf: 32)
      : values(from: random.chance(3) ? 0 : 1, upTo: 30, times: 32, most: 5)
    if random.chance(2) { axes[.sharedWidth] = values(from: 0, upTo: 20, times: 32, most: 4) }
  }

  private mutating func constraint() -> Constraint? {
    let quantities: [Quantity] =
      Shape.Axis.allCases.map { .axis($0) } + Quantity.Derived.allCases.map { .derived($0) }
      + [.M, .M, .parameters, .parameters, .derived(.aspectRatio), .derived(.aspectRatio), .derived(.keyValueBytes)]
    let quantity = quantities[random.upTo(quantities.count) - 1]
    let (scale, divisor): (Int, Int)
    switch quantity {
    case .axis(.layers), .axis(.heads), .axis(.keyValueHeads), .axis(.expertsPerToken): (scale, divisor) = (20, 1)
    case .axis(.vocabulary): (scale, divisor) = (30_000, 1)
    case .axis: (scale, divisor) = (2000, 1)
    case .derived(.aspectRatio): (scale, divisor) = (300, 3)
    case .derived(.mlpRatio): (scale, divisor) = (40, 7)
    case .derived(.keyValueElements), .derived(.keyValueBytes): (scale, divisor) = (100_000, 1)
    default: (scale, divisor) = (random.chance(3) ? 10_000_000_000 : 300_000_000, 1)
    }
    let low = Rational(random.upTo(scale) / 2, over: divisor)
    let high = low.flatMap { Rational($0.numerator / $0.denominator * divisor + random.upTo(scale), over: divisor) }
    let multiple = quantity.isInteger && random.chance(5) ? random.upTo(8) : 1
    return Constraint(
      quantity, from: random.chance(3) ? nil : low, to: random.chance(3) ? nil : high.flatMap { h in max(h, low ?? h) },
      multipleOf: multiple)
  }

  private mutating func values(from least: Int = 1, upTo limit: Int, times: Int = 1, most: Int) -> AxisRule {
    let count = random.upTo(most)
    if random.chance(2) {
      let first = least + random.upTo(max(1, limit / 2)) - 1
      return .values(.range(first: first * times, step: times * random.upTo(3), count: count))
    }
    let all = (0..<count).map { _ in (least + random.upTo(limit) - 1) * times }
    return .values(.list(Set(all).sorted()))
  }

  private mutating func ratios(_ all: [(Int, Int)]) -> [Rational] {
    let picked = all.filter { _ in !random.chance(3) }
    return (picked.isEmpty ? all : picked).compactMap { Rational($0.0, over: $0.1) }.sorted()
  }
}
