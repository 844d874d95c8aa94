/// The vision transformer with its image classifier. Its sequence is an image: patches and the class token.
extension Family {
  static let vit = Family("vit") { config in
    let width = try config.size("hidden_size")
    let layers = try config.depth("num_hidden_layers")
    let heads = try config.size("num_attention_heads")
    let headWidth = try config.headWidth(width: width, heads: heads, default: .derived)
    let (image, patch) = (try config.size("image_size"), try config.size("patch_size"))
    let channels = try config.size("num_channels", default: 3)
    guard image % patch == 0 else {
      throw config.error("image_size", .integer(image), "is not divisible by patch_size, \(patch)")
    }
    let patches = (image / patch) * (image / patch)
    let labels = try config.value("id2label")?.value.object?.members.count ?? config.size("num_labels", default: 2)
    config.ignore("encoder_stride", "pooler_output_size", "pooler_act")
    let mlp = try config.mlp(width: width, gated: false, bias: true)
    let attention = Attention(
      width: width, heads: heads, keyValueHeads: heads, headWidth: headWidth, mask: .full,
      bias: try config.flag("qkv_bias", default: true), biasOnOutput: true)
    let embedding: [Part] = [
      .convolution(
        Convolution(
          "patch_embeddings", in: channels, out: width, kernel: patch * patch, bias: true, on: .fixed(patches))),
      .vector(Vector("cls_token", width)),
      .table(Table("position_embeddings", role: .positionEmbedding, rows: patches + 1, columns: width)),
    ]
    let layer = Layer([
      .norm("layernorm_before", 2 * width), attention.block("attention"), .norm("layernorm_after", 2 * width),
      mlp.block(),
    ])
    var architecture = Architecture(
      family: "vit", kind: .vision, width: width, vocabulary: 0, layerCount: layers,
      embedding: Block("embeddings", embedding), groups: [LayerGroup("layers", layer, count: layers)],
      head: Block(
        "head",
        [
          .vector(Vector("layernorm", 2 * width)),
          .linear(Linear("classifier", in: width, out: labels, bias: true, on: .fixed(1))),
        ]))
    architecture.maxPositions = patches + 1
    return architecture
  }
}
