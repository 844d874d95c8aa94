/// The language part of Cohere's Compass models: Cohere 2's layer, with full attention where layer_types is absent.
extension Family {
  static let cohereCompass = Family("cohere_compass_text") { config in
    let d = try Dimensions(config, tied: true)
    let attention = Attention(d, bias: try config.flag("attention_bias", default: false))
    let mlp = try config.mlp(width: d.width)
    let window = try config.slidingWindow(default: 4096)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { _ in false }
    config.ignore("pooling")
    return d.decoder(family: "cohere_compass_text") { i in
      // One norm before attention and MLP, which run side by side.
      Layer([.norm("input_layernorm", d.width), attention.masked(masks[i]).block(), mlp.block()])
    }
  }
}
