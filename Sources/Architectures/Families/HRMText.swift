import Input

/// The hierarchical reasoning model on text: two stacks of layers that run in cycles over the same weights.
extension Family {
  static let hrmText = Family("hrm_text") { config in
    // num_hidden_layers is the depth of a stack where num_layers_per_stack is absent, and is not looked at otherwise.
    let depth = try config.depth("num_layers_per_stack", among: "num_hidden_layers")
    let d = try Dimensions(config, headWidth: .constant(128), keyValueHeads: .unused, layers: depth)
    let (high, low) = (try config.size("H_cycles", default: 2), try config.size("L_cycles", default: 3))
    guard high <= Config.largestDepth, low <= Config.largestDepth, high * (low + 1) * depth <= Config.largestDepth
    else {
      throw config.error(
        "H_cycles", .integer(high), "makes more than \(Numbers.grouped(Config.largestDepth)) layers run")
    }
    let bias = try config.flag("attention_bias", default: false)
    var attention = Attention(d, bias: bias)
    attention.outputGate = .perChannel
    attention.biasOnGate = bias
    let mlp = try config.mlp(width: d.width, bias: try config.flag("mlp_bias", default: false))
    config.ignore("L_bp_cycles", "embedding_scale", "prefix_lm")
    // Its norms have no weights.
    let layer = Layer([attention.block(), mlp.block()])
    var architecture = d.decoder(
      family: "hrm_text", embedding: [.vector(Vector("z_L_init", d.width))], finalNorm: 0
    ) { _ in layer }
    var groups: [LayerGroup] = []
    for cycle in 0..<high {
      for step in 0..<low {
        groups.append(LayerGroup("L_module.layers", layer, count: depth, sharesWeights: cycle + step > 0))
      }
      groups.append(LayerGroup("H_module.layers", layer, count: depth, sharesWeights: cycle > 0))
    }
    architecture.groups = groups
    architecture.layerCount = 2 * depth
    return architecture
  }
}

extension Config {
  /// A number of layers under `name`, or else under `other`, which may differ where both are given.
  fileprivate func depth(_ name: String, among other: String) throws -> Int {
    if has(name) {
      ignore(other, "n_layer", "n_layers", "num_layers")
      return try depth(name)
    }
    return try depth(other)
  }
}
