extension Shape {
  /// The model of this shape: pre-norm layers with RMSNorm, grouped-query attention, then a dense MLP or a mixture of
  /// experts. nil where a size is left open.
  public var architecture: Architecture? {
    guard isValid, heads > 0, mlpWidth > 0 || denseLayerCount == 0 else { return nil }
    let attention = Attention(width: width, heads: heads, keyValueHeads: keyValueHeads, headWidth: headWidth)
    let dense = MLP(width: width, hidden: mlpWidth, gated: mlp == .gated)
    let mixture = MixtureOfExperts(
      width: width, experts: experts, active: expertsPerToken, hidden: expertWidth, gated: mlp == .gated,
      shared: sharedWidth)
    func layer(_ channelMixer: Block) -> Layer {
      Layer([
        .norm("input_layernorm", width), attention.block(), .norm("post_attention_layernorm", width), channelMixer,
      ])
    }
    var groups: [LayerGroup] = []
    if denseLayerCount > 0 { groups.append(LayerGroup("layers", layer(dense.block()), count: denseLayerCount)) }
    if mixtureLayerCount > 0 { groups.append(LayerGroup("layers", layer(mixture.block()), count: mixtureLayerCount)) }

    var output = Linear("lm_head", .head, in: width, out: vocabulary)
    if tied { output.stored = 0 }
    var architecture = Architecture(
      family: "shape", width: width, vocabulary: vocabulary, layerCount: layers,
      embedding: Block(
        "embedding", [.table(Table("embed_tokens", role: .inputEmbedding, rows: vocabulary, columns: width))]),
      groups: groups, head: Block("head", [.vector(Vector("norm", width)), .linear(output)]))
    architecture.name = description
    return architecture
  }
}
