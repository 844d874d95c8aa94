/// Image encoders of multimodal models: their sequence is an image's patches (and a class token).
extension Family {
  /// CLIP's vision part: a class token, a norm before the layers, no bias on the patches.
  static let clipVision = Family("clip_vision_model") { config in
    let d = try ImageDimensions(config)
    config.ignore("projection_dim", "vocab_size")
    let embedding: [Part] = [
      d.patches(bias: false), .vector(Vector("class_embedding", d.width)), d.positions(d.patchCount + 1),
      .vector(Vector("pre_layrnorm", 2 * d.width)),
    ]
    return d.encoder(
      family: "clip_vision_model", positions: d.patchCount + 1, embedding: embedding,
      head: [.vector(Vector("post_layernorm", 2 * d.width))])
  }

  /// SigLIP's vision part: patches alone, and where vision_use_head says so a head that pools them by attention.
  static let siglipVision = Family("siglip_vision_model") { config in
    let d = try ImageDimensions(config)
    var head: [Part] = [.vector(Vector("post_layernorm", 2 * d.width))]
    if try config.flag("vision_use_head", default: true) {
      func project(_ name: String, on positions: Positions) -> Part {
        .linear(Linear(name, in: d.width, out: d.width, bias: true, on: positions))
      }
      head += [
        .vector(Vector("head.probe", d.width)), project("head.q_proj", on: .fixed(1)),
        project("head.k_proj", on: .sequence), project("head.v_proj", on: .sequence),
        .product(Product("head.pooling", .perPosition(2 * d.width))), project("head.out_proj", on: .fixed(1)),
        .vector(Vector("head.layernorm", 2 * d.width)),
      ]
      head += [
        .linear(Linear("head.fc1", .mlp, in: d.width, out: d.hidden, bias: true, on: .fixed(1))),
        .linear(Linear("head.fc2", .mlp, in: d.hidden, out: d.width, bias: true, on: .fixed(1))),
      ]
    }
    return d.encoder(
      family: "siglip_vision_model", positions: d.patchCount,
      embedding: [d.patches(bias: true), d.positions(d.patchCount)], head: head)
  }
}

/// The sizes that image encoders share.
private struct ImageDimensions {
  let width: Int
  let layers: Int
  let heads: Int
  let headWidth: Int
  let hidden: Int
  let channels: Int
  let patch: Int
  let patchCount: Int

  init(_ config: Config) throws {
    width = try config.size("hidden_size")
    layers = try config.depth("num_hidden_layers")
    heads = try config.size("num_attention_heads")
    headWidth = try config.headWidth(width: width, heads: heads, default: .derived)
    hidden = try config.size("intermediate_size")
    channels = try config.size("num_channels", default: 3)
    patch = try config.size("patch_size")
    let image = try config.size("image_size")
    guard image >= patch else { throw config.error("image_size", .integer(image), "is smaller than a patch") }
    // Pixels that fill no patch are left out.
    patchCount = (image / patch) * (image / patch)
    try config.activation("hidden_act")
    config.ignore("projector_hidden_act")
  }

  func patches(bias: Bool) -> Part {
    .convolution(
      Convolution(
        "patch_embedding", in: channels, out: width, kernel: patch * patch, bias: bias, on: .fixed(patchCount)))
  }

  func positions(_ rows: Int) -> Part {
    .table(Table("position_embedding", role: .positionEmbedding, rows: rows, columns: width))
  }

  func encoder(family: String, positions: Int, embedding: [Part], head: [Part]) -> Architecture {
    let attention = Attention(
      width: width, heads: heads, keyValueHeads: heads, headWidth: headWidth, mask: .full, bias: true)
    let layer = Layer([
      .norm("layer_norm1", 2 * width), attention.block(), .norm("layer_norm2", 2 * width),
      MLP(width: width, hidden: hidden, gated: false, bias: true).block(),
    ])
    var architecture = Architecture(
      family: family, kind: .vision, width: width, vocabulary: 0, layerCount: layers,
      embedding: Block("embeddings", embedding), groups: [LayerGroup("layers", layer, count: layers)],
      head: Block("head", head))
    architecture.maxPositions = positions
    return architecture
  }
}
