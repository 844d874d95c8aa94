import Architectures
import FLOPCount
import Input
import Testing

/// What latent, sparse and compressed attention keep of the past.
@Suite struct LatentCacheTests {
  static func elements(_ attention: Block, length: Int) throws -> (perToken: Exact, all: Exact) {
    let model = Architecture(
      family: "test", width: 64, vocabulary: 1, layerCount: 61, embedding: Block("embedding", []),
      groups: [LayerGroup("layers", Layer([attention]), count: 61)], head: Block("head", []))
    let memory = try CacheMemory(model, length: length)
    return (memory.elementsPerToken, memory.elements)
  }

  /// DeepSeek-V3 keeps 512 + 64 elements a token and layer: 70,272 bytes in bf16.
  @Test func latentsOnly() throws {
    var attention = LatentAttention(
      width: 7168, heads: 128, queryRank: 1536, keyValueRank: 512, plainWidth: 128, rotaryWidth: 64, valueWidth: 128)
    #expect(try Self.elements(attention.block(), length: 10) == (Exact(61 * 576), Exact(61 * 5760)))
    // DeepSeek-V3.2's indexer has a key of its own.
    attention.indexer = SparseIndexer(width: 7168, queryRank: 1536, heads: 64, headWidth: 128, chosen: 2048)
    #expect(try Self.elements(attention.block(), length: 10).perToken == Exact(61 * (576 + 128)))
  }

  /// DeepSeek-V4 keeps a window of one latent, and an entry for every finished block.
  @Test func compressedEntries() throws {
    var attention = CompressedAttention(
      width: 4096, heads: 64, headWidth: 512, queryRank: 1024, window: 128, outputGroups: 8, outputRank: 1024,
      kind: .all(rate: 128))
    #expect(try Self.elements(attention.block(), length: 1000) == (Exact(61 * 516), Exact(61 * (128 + 7) * 512)))
    attention.kind = .chosen(rate: 4, heads: 64, headWidth: 128, count: 512)
    #expect(
      try Self.elements(attention.block(), length: 1002)
        == (Exact(61 * (512 + 128 + 32)), Exact(61 * (128 * 512 + 250 * (512 + 128)))))
    attention.kind = .sliding
    #expect(try Self.elements(attention.block(), length: 1000).all == Exact(61 * 128 * 512))
  }
}
