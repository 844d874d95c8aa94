extension Family {
  static let gemma = Family("gemma") { config in
    let d = try Dimensions(config, headWidth: .constant(256), keyValueHeads: .constant(16), tied: true)
    let hidden = try config.size("intermediate_size")
    try config.activation("hidden_activation")
    try config.activation("hidden_act")
    config.ignore("use_bidirectional_attention")
    let bias = try config.flag("attention_bias", default: false)
    return d.decoder(family: "gemma") { _ in
      d.preNormLayer(Attention(d, bias: bias), MLP(width: d.width, hidden: hidden))
    }
  }
}
