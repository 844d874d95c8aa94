import Input
import ScalingLaws
import Testing

@testable import Allocation

/// A small generator of our own, so that a failure can be run again.
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite struct ConstraintTests {
  /// Whatever is asked for at random: either shapes that meet every constraint, or an error that names constraints.
  @Test(arguments: 0..<8) func noShapeViolatesAConstraint(seed: Int) throws {
    var random = Seeded(state: UInt64(seed))
    let table = ShapeTable(style: ModelStyle.known[seed % ModelStyle.known.count], sequenceLength: 4096)
    for _ in 0..<(Checking.isOn ? 300 : 5) {
      var constraints = ShapeConstraints()
      if Bool.random(using: &random) { constraints.tensorParallel = [1, 2, 4, 8, 16, 3].randomElement(using: &random) }
      if Bool.random(using: &random) { constraints.pipelineParallel = [1, 2, 4, 5, 7].randomElement(using: &random) }
      if Bool.random(using: &random) { constraints.widthMultiple = [256, 512, 1000].randomElement(using: &random) }
      if Bool.random(using: &random) { constraints.headsMultiple = [4, 8, 6].randomElement(using: &random) }
      if Bool.random(using: &random) { constraints.maximumParameters = Double.random(in: 1e8...1e11, using: &random) }
      if Bool.random(using: &random) {
        constraints.maximumKeyValueBytesPerToken = Double.random(in: 1e4...1e6, using: &random)
      }
      if Bool.random(using: &random) { constraints.aspectRatio = 80...Double.random(in: 90...140, using: &random) }
      if Bool.random(using: &random) { constraints.layers = 8...Int.random(in: 20...90, using: &random) }
      let measure = SizeMeasure.allCases.randomElement(using: &random) ?? .M
      let target = PowerLaw(base: 1e8, exponent: 1)(Double.random(in: 1...300, using: &random))
      let search = ShapeSearch(table: table, measure: measure, constraints: constraints)
      do {
        let found = try search.nearest(to: target, count: 5)
        for counted in found {
          let shape = counted.shape
          if let most = constraints.maximumKeyValueBytesPerToken {
            #expect(Double(4 * shape.layers * shape.keyValueHeads * shape.headWidth) <= most)
          }
          if let m = constraints.widthMultiple { #expect(shape.width % m == 0) }
          if let m = constraints.headsMultiple { #expect(shape.heads % m == 0) }
          if let range = constraints.aspectRatio { #expect(range.contains(counted.aspectRatio)) }
          if let range = constraints.layers { #expect(range.contains(shape.layers)) }
          if let t = constraints.tensorParallel { #expect(counted.shape.keyValueHeads % t == 0) }
          if let p = constraints.pipelineParallel { #expect(counted.shape.layers % p == 0) }
          if let most = constraints.maximumParameters { #expect(Double(counted.count.parameters) <= most) }
        }
      } catch let error as InputError {
        #expect(error.field == "constraints" || error.field == "style")
      }
    }
  }

  private let llama = ShapeTable(style: .llama, sequenceLength: 4096)

  @Test func aConflictIsNamedWithTheNearestAnswer() throws {
    var constraints = ShapeConstraints()
    constraints.maximumParameters = 1e9
    constraints.pipelineParallel = 4
    let search = ShapeSearch(table: llama, measure: .total, constraints: constraints)
    let error = #expect(throws: InputError.self) { try search.nearest(to: 7e9, count: 3) }
    #expect(error?.value == "max_parameters 1000000000.0")
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
