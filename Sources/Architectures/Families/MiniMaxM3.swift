import Input

extension Family {
  static let minimaxM3Text = Family("minimax_m3_vl_text") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(4))
    var mixture = try config.mixture(
      width: d.width, experts: ["num_local_experts", "num_experts"], hidden: ["intermediate_size"])
    mixture.shared = try config.size("shared_intermediate_size")
    let frequency = try config.sizes("moe_layer_freq", atLeast: 0)
    if let frequency, frequency.count != d.layers {
      throw config.layerCountError("moe_layer_freq", names: frequency.count, of: d.layers)
    }
    let sparse = try config.sparseLayers(d.layers) { i in frequency.map { $0[i] != 0 } ?? true }
    let mlp = MLP(width: d.width, hidden: try config.denseWidth("dense_intermediate_size", sparse: sparse))
    // The reference always takes a clamped SiLU, whatever the file calls it.
    config.ignore("hidden_act", "swiglu_alpha", "swiglu_limit", "use_qk_norm", "qk_norm_type", "use_gemma_norm")
    config.ignore("use_routing_bias", "attention_output_gate", "num_mtp_modules", "mtp_transformer_layers", "use_mtp")
    let indexer = try config.blockIndexer(d)
    return d.decoder(family: "minimax_m3_vl_text") { [mixture] i in
      var attention = Attention(d, queryKeyNorm: .perHeadWidth)
      var indexing: [Part] = []
      if indexer.isSparse[i] {
        attention.mask = indexer.mask
        indexing = indexer.parts
      }
      return d.preNormLayer(
        Block("self_attn", attention.parts + indexing), sparse[i] ? mixture.block() : mlp.block())
    }
  }
}

extension Config {
  /// The layers that are sparse, their mask, and the indexer that chooses whole blocks of keys: narrow heads with one
  /// key, whose scores are pooled by block.
  fileprivate func blockIndexer(_ d: Dimensions) throws -> (isSparse: [Bool], mask: AttentionMask, parts: [Part]) {
    // The hub's file has the same under other names, in an object of its own.
    let old = try nested("sparse_attention_config")
    func size(_ name: String, _ oldName: String, default other: Int) throws -> Int {
      let given = try old?.size(oldName, default: other) ?? other
      return try self.size(name, default: given)
    }
    let heads = try size("index_n_heads", "sparse_num_index_heads", default: 4)
    let width = try size("index_head_dim", "sparse_index_dim", default: 128)
    let block = try size("index_block_size", "sparse_block_size", default: 128)
    let blocks = try size("index_topk_blocks", "sparse_topk_blocks", default: 16)
    let local = try count("index_local_blocks", default: old?.count("sparse_local_block", default: 1) ?? 1)
    let frequency = try old?.sizes("sparse_attention_freq", atLeast: 0)
    old?.ignore("use_sparse_attention", "sparse_score_type", "sparse_init_block", "sparse_disable_index_value")
    if let frequency, frequency.count != d.layers {
      throw layerCountError("sparse_attention_config.sparse_attention_freq", names: frequency.count, of: d.layers)
    }
    let types = try layerWords("layer_types", layers: d.layers, known: ["full_attention", "minimax_m3_sparse"])
    let isSparse = (0..<d.layers).map { i in
      types.map { $0[i] == "minimax_m3_sparse" } ?? frequency.map { $0[i] != 0 } ?? false
    }
    if isSparse.contains(true) {
      guard local > 0, local <= blocks else {
        throw error(
          "index_local_blocks", .integer(local),
          "is not from 1 to the \(blocks) chosen blocks: then which pairs are "
            + "seen depends on the data")
      }
      guard d.heads % heads == 0 else {
        throw error(
          "index_n_heads", .integer(heads), "does not divide the \(Numbers.counted(d.heads, "attention head"))")
      }
    }
    let parts: [Part] = [
      .linear(Linear("indexer.q_proj", .indexer, in: d.width, out: heads * width)),
      .linear(Linear("indexer.k_proj", .indexer, in: d.width, out: width)),
      .vector(Vector("indexer.norms", 2 * width)),
      .product(Product("indexer.scores", .perPair(heads * width))), .cache(Cache(perPosition: width)),
    ]
    return (isSparse, .ownAndChosenBlocks(blocks: blocks, size: block), parts)
  }
}
