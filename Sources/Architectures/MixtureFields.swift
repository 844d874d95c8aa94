import Input

/// The fields by which families say how many experts there are, how wide they are, and which layers have them.
extension Config {
  /// A mixture's experts, how many of them a token visits and their width, under the names of a family.
  ///
  /// - Parameters:
  ///   - width: d_model.
  ///   - experts: names of the number of routed experts.
  ///   - active: names of the number that a token visits; it must not exceed the first.
  ///   - hidden: names of the width of one routed expert.
  public func mixture(
    width: Int, experts: [String] = ["num_experts", "num_local_experts"], active: [String] = ["num_experts_per_tok"],
    hidden: [String] = ["moe_intermediate_size"]
  ) throws -> MixtureOfExperts {
    let count = try size(of: experts)
    let visited = try size(of: active)
    guard visited <= count else {
      let name = try value(of: active)?.name ?? active[0]
      throw error(
        name, .integer(visited), "is more than the \(Numbers.counted(count, "expert there is", "experts there are"))")
    }
    return MixtureOfExperts(width: width, experts: count, active: visited, hidden: try size(of: hidden))
  }

  /// The same for families that route in groups: n_group groups, of which a token may use topk_group.
  public func groupedMixture(
    width: Int, experts: [String] = ["n_routed_experts", "num_local_experts", "num_experts"],
    active: [String] = ["num_experts_per_tok"]
  ) throws -> MixtureOfExperts {
    let mixture = try mixture(width: width, experts: experts, active: active)
    try checkExpertGroups(mixture.experts, active: mixture.active, named: active[0])
    return mixture
  }

  /// n_group groups divide the experts, and topk_group of them hold as many as a token visits.
  func checkExpertGroups(_ experts: Int, active: Int, named: String) throws {
    defer { ignore("n_group", "topk_group") }
    guard let groups = try optionalSize("n_group"), let chosen = try optionalSize("topk_group") else { return }
    guard experts % groups == 0 else {
      throw error("n_group", .integer(groups), "does not divide the \(Numbers.counted(experts, "expert"))")
    }
    guard chosen <= groups else {
      throw error(
        "topk_group", .integer(chosen),
        "is more than the \(Numbers.counted(groups, "group there is", "groups there are"))")
    }
    guard active <= chosen * (experts / groups) else {
      throw error(named, .integer(active), "is more than the \(chosen) chosen groups hold experts")
    }
  }

  /// Which layers have experts: `mlp_layer_types` where the config has it ("dense" or a word of `sparse`), else the
  /// family's rule for a layer's index (0-based).
  public func sparseLayers(
    _ layers: Int, words sparse: Set<String> = ["sparse"], rule: (Int) throws -> Bool
  ) throws -> [Bool] {
    if let types = try layerWords("mlp_layer_types", layers: layers, known: sparse.union(["dense"])) {
      return types.map { $0 != "dense" }
    }
    return try (0..<layers).map(rule)
  }

  /// DeepSeek's rule: the first `first_k_dense_replace` layers are dense.
  public func sparseAfterFirst(_ layers: Int, default dense: Int) throws -> [Bool] {
    let first = try count("first_k_dense_replace", default: dense)
    // Read by the first code of these families and by none since; every released file has 1.
    guard try size("moe_layer_freq", default: 1) == 1 else {
      throw error("moe_layer_freq", object["moe_layer_freq"], "is read in different ways", hint: "use mlp_layer_types")
    }
    return try sparseLayers(layers) { $0 >= first }
  }

  /// Qwen's rule: every decoder_sparse_step-th layer that mlp_only_layers does not name, if there are experts at all.
  public func sparseBySteps(_ layers: Int, experts: Int, dense: [Int] = []) throws -> [Bool] {
    let step = try size("decoder_sparse_step", default: 1)
    let only = try sizes("mlp_only_layers", atLeast: 0) ?? dense
    if let outside = only.first(where: { $0 >= layers }), has("mlp_only_layers") {
      throw error("mlp_only_layers", .integer(outside), "names a layer that is not there", hint: "there are \(layers)")
    }
    return (0..<layers).map { !only.contains($0) && experts > 0 && ($0 + 1) % step == 0 }
  }

  /// intermediate_size of the dense layers: needed only where there are any.
  public func denseWidth(_ names: String..., sparse: [Bool]) throws -> Int {
    let names = names.isEmpty ? ["intermediate_size"] : names
    if sparse.allSatisfy({ $0 }) { return try value(of: names).map { try size($0.name, $0.value, atLeast: 1) } ?? 0 }
    return try size(of: names)
  }

  /// A number of shared experts that the file must state; null is none.
  public func sharedExperts(_ name: String) throws -> Int {
    if object[name] == .null { return try count(name, default: 0) }
    return try count(name)
  }
}

extension Dimensions {
  /// Norm, token mixer, norm, dense MLP or mixture: the layer of llama with any feed-forward block.
  func preNormLayer(_ attention: Block, _ feedForward: Block, norm: Int? = nil) -> Layer {
    Layer([
      .norm("input_layernorm", norm ?? width), attention, .norm("post_attention_layernorm", norm ?? width), feedForward,
    ])
  }

  /// The same with norms on both sides of each.
  func sandwichLayer(_ attention: Block, _ feedForward: Block) -> Layer {
    Layer([
      .norm("input_layernorm", width), attention, .norm("post_attention_layernorm", width),
      .norm("pre_mlp_layernorm", width), feedForward, .norm("post_mlp_layernorm", width),
    ])
  }

  /// DeepSeek-V3's extra prediction modules (arXiv 2412.19437, section 2.2): a norm each for the hidden state and the
  /// next token's embedding, a projection of both together to d_model, one layer, a norm, and the shared head.
  func extraPrediction(_ count: Int, layer: Layer) -> [LayerGroup] {
    guard count > 0 else { return [] }
    var head = Linear("shared_head.head", .head, in: width, out: vocabulary)
    head.stored = 0
    let entry = Block(
      "entry",
      [
        .vector(Vector("enorm", width)), .vector(Vector("hnorm", width)),
        .linear(Linear("eh_proj", in: 2 * width, out: width)),
      ])
    let exit = Block("exit", [.vector(Vector("shared_head.norm", width)), .linear(head)])
    return [LayerGroup("mtp", Layer([entry] + layer.blocks + [exit]), count: count)]
  }
}

extension Config {
  /// The number of extra prediction modules, and a note of what becomes of them.
  ///
  /// - Parameter layoutIsKnown: they can be counted, where that is asked for; else never.
  func extraPredictionCount(layoutIsKnown: Bool) throws -> Int {
    let count = try count("num_nextn_predict_layers", "num_mtp_layers", default: 0)
    guard count <= Config.largestDepth else {
      throw error("num_nextn_predict_layers", .integer(count), "is more than any model has")
    }
    if count > 0 {
      notes.append(
        "num_nextn_predict_layers announces \(Numbers.counted(count, "extra prediction module")) (MTP): "
          + (layoutIsKnown ? "counted only when asked for" : "never counted, because their layout is not known"))
    }
    return count
  }
}
