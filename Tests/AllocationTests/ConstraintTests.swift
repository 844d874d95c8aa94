import Foundation
import Input
import ScalingLaws
import TestSupport
import Testing

@testable import Allocation

@Suite struct ConstraintTests {
  private static func constraints(_ random: inout SplitMix) -> ShapeConstraints {
    var constraints = ShapeConstraints()
    func maybe(_ set: (inout ShapeConstraints, inout SplitMix) -> Void) {
      if Int.random(in: 0..<5, using: &random) < 2 { set(&constraints, &random) }
    }
    maybe { $0.tensorParallel = [1, 2, 4, 8, 16, 3].randomElement(using: &$1) }
    maybe { $0.pipelineParallel = [1, 2, 4, 5, 7].randomElement(using: &$1) }
    maybe { $0.widthMultiple = [256, 512, 1000].randomElement(using: &$1) }
    maybe { $0.headsMultiple = [4, 8, 6].randomElement(using: &$1) }
    maybe { $0.maximumParameters = PowerLaw(base: 1e8, exponent: 1)(Double.random(in: 1...1000, using: &$1)) }
    maybe { $0.maximumKeyValueBytesPerToken = Double.random(in: 1e4...1e6, using: &$1) }
    maybe { $0.aspectRatio = 80...Double.random(in: 90...140, using: &$1) }
    maybe { $0.layers = 8...Int.random(in: 20...90, using: &$1) }
    maybe { $0.width = 1024...Int.random(in: 1024...12288, using: &$1) }
    maybe {
      $0.memory = .init(
        bytesPerDevice: [24e9, 40e9, 80e9].randomElement(using: &$1) ?? 80e9,
        devices: Double(Int.random(in: 1...64, using: &$1)))
    }
    return constraints
  }

  /// What a shape does not meet, worked out from the shape alone.
  private static func violated(_ counted: CountedShape, _ constraints: ShapeConstraints) -> [String] {
    let shape = counted.shape
    var violated: [String] = []
    func check(_ name: String, _ holds: Bool) { if !holds { violated.append("\(name): \(shape)") } }
    let parameters = Double(counted.count.parameters)
    if let t = constraints.tensorParallel {
      let divided = [shape.heads, shape.keyValueHeads, shape.mlpWidth, shape.expertWidth, shape.sharedWidth]
      check("tensor_parallel", divided.allSatisfy { $0 % t == 0 })
    }
    if let p = constraints.pipelineParallel { check("pipeline_parallel", shape.layers % p == 0) }
    if let m = constraints.widthMultiple { check("d_model multiple", shape.width % m == 0) }
    if let m = constraints.headsMultiple { check("n_heads multiple", shape.heads % m == 0) }
    if let most = constraints.maximumParameters { check("max_parameters", parameters <= most) }
    if let most = constraints.maximumKeyValueBytesPerToken {
      check("max_kv_bytes", Double(4 * shape.layers * shape.keyValueHeads * shape.headWidth) <= most)
    }
    if let range = constraints.aspectRatio {
      check("aspect_ratio", range.contains(Double(shape.width) / Double(shape.layers)))
    }
    if let range = constraints.layers { check("n_layers", range.contains(shape.layers)) }
    if let range = constraints.width { check("d_model", range.contains(shape.width)) }
    if let memory = constraints.memory {
      let group = Double(constraints.tensorParallel ?? 1) * Double(constraints.pipelineParallel ?? 1)
      let bytes = parameters * (6 / min(group, memory.devices) + 12 / memory.devices)
      check("memory", bytes <= memory.bytesPerDevice)
    }
    return violated
  }

  /// What is asked for at random is answered with shapes that meet every constraint, or with an error that names
  /// constraints which exclude every shape of the size, none of them idle, and a shape that meets them all.
  @Test(arguments: 0..<10) func noShapeViolatesAConstraint(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    let style = ModelStyle.known[seed % ModelStyle.known.count]
    let table = ShapeTable(style: style, sequenceLength: 4096)
    for request in 0..<(Checking.isOn ? 600 : 30) {
      let constraints = Self.constraints(&random)
      let measure = SizeMeasure.allCases.randomElement(using: &random) ?? .M
      let target = PowerLaw(base: 1e8, exponent: 1)(Double.random(in: 1...300, using: &random))
      let search = ShapeSearch(table: table, measure: measure, constraints: constraints)
      do {
        let found: [CountedShape]
        switch request % 6 {
        case 0:
          var size = SizeRequest(size: target, measure: measure, style: style)
          size.constraints = constraints
          found = try size.ranked(search).map(\.counted)
        case 1:
          var allocation = AllocationRequest(
            budget: try Budget(compute: target * target), law: try Law.named("deepseek"))
          allocation.style = style
          allocation.shapeTable = table
          allocation.constraints = constraints
          found = try allocation.solve().architectures.map(\.counted)
        case 2:
          var plan = PlanRequest(budgets: [target * target], law: try Law.named("deepseek"))
          plan.style = style
          plan.shapesPerBudget = 4
          plan.constraints = constraints
          found = try plan.solve(ShapeSearch(table: table, measure: .M, constraints: constraints)).runs.map(\.counted)
        default: found = try search.nearest(to: target, count: 5)
        }
        for counted in found {
          let violated = Self.violated(counted, constraints)
          #expect(violated.isEmpty, "\(violated)")
        }
      } catch let error as InputError where error.field == "constraints" {
        if request % 6 > 2 { try expectTrue(error, search, target) }
      } catch let error as InputError {
        #expect(error.field == "style" || error.field == "budgets")
      }
    }
  }

  /// The constraints that an error names cannot hold together, and without any one of them they can; its hint is a
  /// shape that meets every constraint.
  private func expectTrue(_ error: InputError, _ search: ShapeSearch, _ target: Double) throws {
    let rules = search.constraints.rules
    let names = Set((error.value ?? "").components(separatedBy: " and "))
    let named = rules.filter { names.contains($0.name) }
    #expect(!named.isEmpty && named.count == names.count, "\(error)")
    let outlines = search.table.lines.flatMap { line in
      (line.layers(search.measure, from: 0.7 * target, to: 1.3 * target).map(Array.init) ?? [])
        .map { line.outline(layers: $0, search.measure) }.filter { abs($0.size / target - 1) <= ShapeSearch.farthest }
    }
    func holds(_ rules: [ShapeConstraints.Rule]) -> Bool {
      outlines.contains { outline in rules.allSatisfy { $0.holds(outline) } }
    }
    #expect(!holds(named), "\(error)")
    if named.count > 1 {
      for index in named.indices {
        var fewer = named
        fewer.remove(at: index)
        #expect(holds(fewer), "\(fewer.map(\.name)) suffice: \(error)")
      }
    }
    let nearest = search.nearestFeasible(target)
    #expect(error.hint?.contains("the nearest shape that meets them all is") == (nearest != nil))
    if let nearest { #expect(Self.violated(nearest, search.constraints).isEmpty) }
  }

  private let llama = ShapeTable(style: .llama, sequenceLength: 4096)

  @Test func aConflictIsNamedWithTheNearestAnswer() throws {
    var constraints = ShapeConstraints()
    constraints.maximumParameters = 1e9
    constraints.pipelineParallel = 4
    let search = ShapeSearch(table: llama, measure: .total, constraints: constraints)
    let error = #expect(throws: InputError.self) { try search.nearest(to: 7e9, count: 3) }
    #expect(error?.value == "max_parameters 1e9")
    let hint = try #require(error?.hint)
    #expect(hint.contains("nearest shape that meets them all is n_layers="))
  }

  @Test func twoThatCannotHoldTogether() throws {
    var constraints = ShapeConstraints()
    constraints.layers = 60...90
    constraints.width = 4096...4096
    let search = ShapeSearch(table: llama, measure: .total, constraints: constraints)
    let error = #expect(throws: InputError.self) { try search.nearest(to: 7e9, count: 3) }
    #expect(error?.field == "constraints")
  }

  private func closer(_ a: CountedShape, _ b: CountedShape, to target: Double) -> Bool {
    let missA = abs(Double(a.count.parameters) - target)
    let missB = abs(Double(b.count.parameters) - target)
    return missA == missB ? a.shape < b.shape : missA < missB
  }

  @Test func constraintsAreChecked() {
    var constraints = ShapeConstraints()
    constraints.tensorParallel = 0
    #expect(throws: InputError.self) { try constraints.validate() }
  }

  /// The solved layers find what a plain scan over every width and depth finds.
  @Test(arguments: ModelStyle.known.map(\.name)) func nearestIsNearestOfAll(name: String) throws {
    let style = try ModelStyle.named(name)
    let search = ShapeSearch(table: ShapeTable(style: style, sequenceLength: 2048), measure: .total)
    let target = 1.3e9
    var all: [CountedShape] = []
    for width in stride(from: 64, through: 4096, by: 64) where width < 2048 || width % 128 == 0 {
      for template in style.templates(width: width, sequenceLength: 2048) {
        for layers in 1...120 {
          var shape = template
          shape.layers = layers
          let counted = try CountedShape(shape)
          guard style.aspectRatio.contains(counted.aspectRatio) else { continue }
          all.append(counted)
        }
      }
    }
    let best = all.sorted { closer($0, $1, to: target) }.prefix(6).map(\.shape)
    #expect(try search.nearest(to: target, count: 6).map(\.shape) == Array(best))
  }
}
