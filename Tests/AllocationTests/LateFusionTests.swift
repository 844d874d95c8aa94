import Input
import Testing

@testable import Allocation

@Suite struct LateFusionTests {
  /// A ViT of 24 layers of 1024 on 576 patches (24 x 24 of 14 pixels): 72 L d^2 + 12 L d n a patch.
  @Test func theEncodersShare() throws {
    let vision = try LateFusion(layers: 24, width: 1024, patches: 576)
    #expect(try vision.flopsPerPatch() == 72 * 24 * 1024 * 1024 + 12 * 24 * 1024 * 576)
    let frozen = try LateFusion(layers: 24, width: 1024, patches: 576, isFrozen: true)
    #expect(try frozen.flopsPerPatch() * 3 == vision.flopsPerPatch())
    let run = try vision.run(images: 1e6, textTokens: 1e9, flopsPerToken: 4.2e10)
    #expect(run.imageTokens == 576e6 && run.tokens == 1.576e9)
    #expect(abs(run.compute - (576e6 * Double(try vision.flopsPerPatch()) + 4.2e10 * 1.576e9)) < 1e6)
  }

  @Test func mergedPatches() throws {
    #expect(try LateFusion(layers: 2, width: 64, patches: 576, merge: 2).tokensPerImage == 144)
    #expect(throws: InputError.self) { try LateFusion(layers: 2, width: 64, patches: 576, merge: 5) }
    #expect(throws: InputError.self) { try LateFusion(layers: 0, width: 64, patches: 576) }
    #expect(throws: InputError.self) { try LateFusion(layers: 2, width: 64, patches: 576, merge: Int.max) }
  }
}
