import Architectures
import FLOPCount
import Input

/// Finds shapes of a style by their size.
///
/// Every measure is affine in the number of layers (beyond the first dense ones), so for each width and each choice of
/// the style the layers nearest the target are solved for, not scanned; each shape returned is counted exactly.
public struct ShapeSearch: Sendable {
  public var table: ShapeTable
  public var measure: SizeMeasure
  public var constraints: ShapeConstraints

  public init(table: ShapeTable, measure: SizeMeasure, constraints: ShapeConstraints = ShapeConstraints()) {
    self.table = table
    self.measure = measure
    self.constraints = constraints
  }

  /// How far from the target a shape may be before it is no answer any more.
  static let farthest = 0.3

  /// Shapes whose measure is within `tolerance` (as |measure / target - 1|) and that meet every constraint, nearest
  /// first.
  public func shapes(near target: Double, within tolerance: Double, atMost count: Int = .max) -> [CountedShape] {
    let found = outlines(near: target, within: tolerance, constraints.rules).sorted {
      $0.isNearer(than: $1, to: target)
    }
    return found.prefix(count).compactMap { try? CountedShape($0.shape) }
  }

  /// The `count` shapes nearest the target in |measure - target|, ties in the order of shapes.
  ///
  /// - Throws: `InputError` that names the constraints which cannot hold together, and the nearest shape that meets
  ///   them at all.
  public func nearest(to target: Double, count: Int) throws -> [CountedShape] {
    var found: [CountedShape] = []
    for tolerance in [0.02, 0.1, ShapeSearch.farthest] {
      found = shapes(near: target, within: tolerance, atMost: count)
      if found.count >= count { break }
    }
    guard !found.isEmpty else { throw conflict(target: target) }
    return found
  }

  private func outlines(
    near target: Double, within tolerance: Double, _ rules: [ShapeConstraints.Rule]
  ) -> [ShapeOutline] {
    var found: [ShapeOutline] = []
    for line in table.lines {
      guard let layers = line.layers(measure, from: target * (1 - tolerance), to: target * (1 + tolerance)),
        fits(line, rules)
      else { continue }
      for depth in layers {
        let outline = line.outline(layers: depth, measure)
        if abs(outline.size / target - 1) <= tolerance, rules.allSatisfy({ $0.holds(outline) }) {
          found.append(outline)
        }
      }
    }
    return found
  }

  /// Whether a line can meet the rules that do not depend on the number of layers.
  private func fits(_ line: ShapeLine, _ rules: [ShapeConstraints.Rule]) -> Bool {
    let outline = line.outline(layers: line.layers.lowerBound, measure)
    return rules.allSatisfy { $0.needsLayers || $0.holds(outline) }
  }

  /// The shape of any size that meets every constraint and comes nearest the target.
  func nearestFeasible(_ target: Double) -> CountedShape? {
    let rules = constraints.rules
    // By ratio, not by difference: the target may be many orders away from every shape.
    func ratio(_ outline: ShapeOutline) -> Double { max(outline.size / target, target / outline.size) }
    var best: ShapeOutline?
    for line in table.lines where fits(line, rules) {
      let start = line.layers(measure, nearest: target)
      for distance in 0...line.layers.count {
        let depths = distance == 0 ? [start] : [start - distance, start + distance]
        let holding = depths.filter(line.layers.contains).map { line.outline(layers: $0, measure) }
          .filter { outline in rules.allSatisfy { $0.holds(outline) } }
        guard let nearest = holding.min(by: { ratio($0) < ratio($1) }) else { continue }
        if best.map({ ratio(nearest) < ratio($0) }) ?? true { best = nearest }
        break
      }
    }
    return best.flatMap { try? CountedShape($0.shape) }
  }

  /// Why nothing was found: the smallest set of constraints that no shape of this size meets together, and the nearest
  /// shape of any size that meets them all.
  func conflict(target: Double, within tolerance: Double = ShapeSearch.farthest) -> InputError {
    let feasible = nearestFeasible(target).map {
      "\($0.shape), \(Numbers.grouped(measure.of($0.count))) \(measure.words)"
    }
    let rules = constraints.rules
    let size = "\(measure.words) within \(Int(tolerance * 100)) % of \(digits(target, 5))"
    let candidates = outlines(near: target, within: tolerance, [])
    guard !candidates.isEmpty else {
      return InputError(
        "has no shape with \(size)", field: "style", value: table.style.name,
        hint: feasible.map { "the nearest is \($0)" })
    }
    let culprits = smallestConflict(rules, candidates)
    var error = InputError(
      culprits.count == 1 ? "cannot hold for \(size)" : "cannot hold together for \(size)", field: "constraints",
      hint: feasible.map { "the nearest shape that meets them all is \($0)" }
        ?? "no shape of style \(table.style.name) of any size meets them")
    // Set afterwards: a value is cut to what fits in a message, and every one of these has to be named.
    error.value = culprits.map(\.name).joined(separator: " and ")
    return error
  }

  /// A smallest set of rules that no candidate meets together: rules are taken away one after the other while what is
  /// left still excludes every candidate, the last ones first, so that one rule alone is found where it does.
  private func smallestConflict(
    _ rules: [ShapeConstraints.Rule], _ candidates: [ShapeOutline]
  ) -> [ShapeConstraints.Rule] {
    for rule in rules where !candidates.contains(where: rule.holds) { return [rule] }
    var left = rules
    for index in rules.indices.reversed() {
      var fewer = left
      fewer.remove(at: index)
      if !candidates.contains(where: { outline in fewer.allSatisfy { $0.holds(outline) } }) { left = fewer }
    }
    return left
  }
}
