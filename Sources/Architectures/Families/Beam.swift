extension Family {
  /// Gated attention with a bias a head on the gate, norms before and after, and experts after the first three layers.
  static let beam = Family("beam") { config in
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .constant(8))
    try config.activation("hidden_act")
    let bias = try config.flag("attention_bias", default: false)
    let window = try config.slidingWindow(default: 512)
    let masks = try config.attentionMasks(layers: d.layers, window: window) { ($0 + 1) % 6 != 0 && $0 != d.layers - 1 }
    let mixture = try config.groupedMixture(width: d.width)
    let sparse = try config.sparseLayers(d.layers) { $0 >= 3 }
    let mlp = MLP(width: d.width, hidden: try config.denseWidth(sparse: sparse))
    return d.decoder(family: "beam") { i in
      var attention = Attention(d, mask: masks[i], bias: bias, queryKeyNorm: .perHeadWidth)
      attention.outputGate = .perChannel
      let gateBias = Part.vector(Vector("gate_bias", d.heads))
      return d.sandwichLayer(attention.block(adding: [gateBias]), sparse[i] ? mixture.block() : mlp.block())
    }
  }
}
