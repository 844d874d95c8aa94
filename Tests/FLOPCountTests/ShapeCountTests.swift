import Architectures
import FLOPCount
import Input
import TestSupport
import Testing

@Suite struct ShapeCountTests {
  @Test func paperFormOfThe7BAnd67B() throws {
    // DeepSeek LLM (arXiv 2401.02954), Table 2 and eq. 2.
    let small = try ShapeCount(Shape(layers: 30, width: 4096, vocabulary: 102400, sequenceLength: 4096))
    #expect(small.M == 42_278_584_320)
    #expect(small.parameters == 12 * 30 * 4096 * 4096 + 102400 * 4096)
    #expect(small.sixN1 == 72 * 30 * 4096 * 4096)
    #expect(small.keyValueElementsPerToken == 2 * 30 * 4096)
    let large = try ShapeCount(Shape(layers: 95, width: 8192, vocabulary: 102400, sequenceLength: 4096))
    #expect(large.M == 497_276_682_240)
  }

  @Test func exactFormOfThe7BAnd67B() throws {
    let small = try ShapeCount(
      Shape(
        layers: 30, width: 4096, heads: 32, headWidth: 128, keyValueHeads: 32, mlpWidth: 11008, vocabulary: 102400,
        sequenceLength: 4096, form: .general))
    #expect(small.M == 42_467_328_000)
    #expect(small.paperM == 42_278_584_320)
    // deepseek-llm-7b-base on the hub: 6,910,365,696 parameters.
    #expect(small.parameters == 6_910_365_696)
    #expect(small.activeParameters == small.parameters)
    let large = try ShapeCount(
      Shape(
        layers: 95, width: 8192, heads: 64, headWidth: 128, keyValueHeads: 8, mlpWidth: 22016, vocabulary: 102400,
        sequenceLength: 4096, form: .general))
    #expect(large.M == 432_726_343_680)
    #expect(large.keyValueElementsPerToken == 2 * 95 * 8 * 128)
  }

  @Test func mixture() throws {
    // Mixtral 8x7B: 46,702,792,704 parameters, of which a token visits 12,879,925,248.
    let mixtral = try ShapeCount(
      Shape(
        layers: 32, width: 4096, heads: 32, headWidth: 128, keyValueHeads: 8, mlpWidth: 14336, experts: 8,
        expertsPerToken: 2, expertWidth: 14336, vocabulary: 32000, sequenceLength: 4096, form: .general))
    #expect(mixtral.parameters == 46_702_792_704)
    #expect(mixtral.activeParameters == 12_879_925_248)
    // Every layer dense first: the experts are gone.
    var dense = Shape(
      layers: 4, width: 64, heads: 1, headWidth: 64, keyValueHeads: 1, mlpWidth: 256, experts: 8, expertsPerToken: 2,
      expertWidth: 128, sharedWidth: 32, vocabulary: 100, sequenceLength: 16, denseLayers: 9, form: .general)
    let first = try ShapeCount(dense)
    (dense.experts, dense.expertsPerToken, dense.expertWidth, dense.sharedWidth) = (0, 0, 0, 0)
    #expect(try first == ShapeCount(dense))
  }

  @Test func tiedHeadsAreStoredOnce() throws {
    var shape = Shape(
      layers: 2, width: 64, mlpWidth: 100, vocabulary: 1000, sequenceLength: 8, mlp: .plain, form: .general)
    let untied = try ShapeCount(shape)
    shape.tied = true
    #expect(try untied.parameters - ShapeCount(shape).parameters == 1000 * 64)
    #expect(untied.nonEmbeddingParameters == 2 * (4 * 64 * 64 + 2 * 64 * 100 + 2 * 64) + 64)
  }

  @Test(arguments: [
    Shape(layers: 1 << 40, width: 1 << 20, vocabulary: 1, sequenceLength: 1),
    Shape(layers: .max, width: .max, vocabulary: .max, sequenceLength: .max),
  ])
  func overflowIsAnError(_ shape: Shape) {
    #expect(throws: InputError.self) { try ShapeCount(shape) }
  }

  @Test(arguments: [
    Shape(layers: 0, width: 64, vocabulary: 1, sequenceLength: 1),
    Shape(layers: 1, width: 64, heads: 3, headWidth: 8, keyValueHeads: 2, vocabulary: 1, sequenceLength: 1),
    Shape(layers: 1, width: 64, experts: 4, expertsPerToken: 5, expertWidth: 8, vocabulary: 1, sequenceLength: 1),
    Shape(layers: 1, width: 64, experts: 0, expertsPerToken: 1, vocabulary: 1, sequenceLength: 1),
    Shape(layers: 1, width: -64, vocabulary: 1, sequenceLength: 1),
  ])
  func whatIsNoModelIsAnError(_ shape: Shape) {
    #expect(!shape.isValid)
    #expect(throws: InputError.self) { try ShapeCount(shape) }
  }

  @Test func shapesOrderByTheirAxes() {
    let a = Shape(layers: 2, width: 64, vocabulary: 1, sequenceLength: 9)
    #expect(a < Shape(layers: 2, width: 128, vocabulary: 1, sequenceLength: 1))
    #expect(a < Shape(layers: 3, width: 1, vocabulary: 1, sequenceLength: 1))
    #expect(!(a < a))
    #expect(a.description == "n_layers=2 d_model=64 vocab_size=1 sequence_length=9")
  }
}

/// The closed form against the count of the same model as a composition.
@Suite struct ShapeAgainstArchitectureTests {
  @Test func randomShapes() throws {
    var random = SplitMix(seed: 20_241_124)
    for _ in 0..<300 {
      let shape = Self.shape(&random)
      let closed = try ShapeCount(shape)
      let architecture = try #require(shape.architecture)
      let counted = try ModelCount(architecture, sequenceLength: shape.sequenceLength)
      #expect(try counted.M() == closed.M, "\(shape)")
      #expect(try counted.totalParameters() == closed.parameters, "\(shape)")
      #expect(try counted.activeParameters() == closed.activeParameters, "\(shape)")
      #expect(try counted.nonEmbeddingParameters() == closed.nonEmbeddingParameters, "\(shape)")
    }
  }

  @Test func openSizesAreNoArchitecture() {
    #expect(Shape(layers: 2, width: 64, vocabulary: 10, sequenceLength: 8).architecture == nil)
  }

  private static func shape(_ random: inout SplitMix) -> Shape {
    let keyValueHeads = random.upTo(5)
    let experts = random.upTo(3) == 1 ? random.upTo(16) : 0
    return Shape(
      layers: random.upTo(12), width: random.upTo(300), heads: keyValueHeads * random.upTo(4),
      headWidth: random.upTo(64), keyValueHeads: keyValueHeads, mlpWidth: random.upTo(900), experts: experts,
      expertsPerToken: experts == 0 ? 0 : random.upTo(experts), expertWidth: experts == 0 ? 0 : random.upTo(100),
      sharedWidth: experts == 0 ? 0 : random.upTo(80) - 1, vocabulary: random.upTo(5000),
      sequenceLength: random.upTo(400), mlp: random.upTo(2) == 1 ? .gated : .plain, tied: random.upTo(2) == 1,
      denseLayers: random.upTo(5) - 1, form: .general)
  }
}
