import Architectures
import Input

extension Shape {
  /// The shape as a config.json that transformers reads: a llama, an Arcee (a llama with a plain MLP), a Mixtral or (with
  /// shared experts or first dense layers) a GLM-4 MoE for mixtures. Counting the file gives the shape's own M and, to
  /// the parameter, its own parameters.
  ///
  /// - Throws: `InputError` where the shape leaves sizes open, or no family has its combination.
  public func hubConfig() throws -> JSON {
    guard isValid, heads > 0, mlpWidth > 0 || denseLayerCount == 0 else {
      throw InputError(
        "leaves sizes open, so there is no config to write", field: "shape", value: description,
        hint: "name head_dim and d_ff")
    }
    var config = JSONObject([
      ("hidden_size", .integer(width)), ("num_hidden_layers", .integer(layers)),
      ("num_attention_heads", .integer(heads)), ("vocab_size", .integer(vocabulary)),
      ("max_position_embeddings", .integer(sequenceLength)), ("tie_word_embeddings", .bool(tied)),
      ("initializer_range", 0.006), ("torch_dtype", "bfloat16"), ("use_cache", true),
    ])
    guard mlp == .gated || experts == 0 else {
      throw InputError("has experts with plain MLPs: no family has that", field: "shape", value: description)
    }
    config["num_key_value_heads"] = .integer(keyValueHeads)
    config["head_dim"] = .integer(headWidth)
    config["hidden_act"] = "silu"
    config["rms_norm_eps"] = 1e-6
    config["rope_theta"] = 10000.0
    config["attention_bias"] = false
    if experts == 0, mlp == .plain {
      return named("arcee", "ArceeForCausalLM", &config) {
        $0["intermediate_size"] = .integer(mlpWidth)
        $0["hidden_act"] = "relu2"
        $0["mlp_bias"] = false
        // The class would take token ids beyond a smaller vocabulary.
        $0["bos_token_id"] = .null
        $0["eos_token_id"] = .null
      }
    }
    if experts == 0 {
      return named("llama", "LlamaForCausalLM", &config) { $0["intermediate_size"] = .integer(mlpWidth) }
    }
    if sharedWidth == 0, denseLayerCount == 0 {
      return named("mixtral", "MixtralForCausalLM", &config) {
        $0["intermediate_size"] = .integer(expertWidth)
        $0["num_local_experts"] = .integer(experts)
        $0["num_experts_per_tok"] = .integer(expertsPerToken)
        $0["attention_bias"] = nil
      }
    }
    guard sharedWidth % expertWidth == 0 else {
      throw InputError("has shared experts of another width than the routed ones", field: "shape", value: description)
    }
    return named("glm4_moe", "Glm4MoeForCausalLM", &config) {
      $0["intermediate_size"] = .integer(mlpWidth)
      $0["moe_intermediate_size"] = .integer(expertWidth)
      $0["n_routed_experts"] = .integer(experts)
      $0["num_experts_per_tok"] = .integer(expertsPerToken)
      $0["n_shared_experts"] = .integer(sharedWidth / expertWidth)
      $0["first_k_dense_replace"] = .integer(denseLayers)
      $0["n_group"] = 1
      $0["topk_group"] = 1
      $0["norm_topk_prob"] = true
      $0["use_qk_norm"] = false
    }
  }

  private func named(
    _ type: String, _ architecture: String, _ config: inout JSONObject, _ fill: (inout JSONObject) -> Void
  ) -> JSON {
    var first = JSONObject([("architectures", .array([.string(architecture)])), ("model_type", .string(type))])
    for (name, value) in config.members { first[name] = value }
    fill(&first)
    return .object(first)
  }
}

/// Writes one config.json for each shape, `DIR/NAME/config.json`.
///
/// - Throws: `InputError` for a shape that no family can say; `WorkError` where a file cannot be written.
public func writeConfigs(_ shapes: [(name: String, shape: Shape)], to folder: String) throws {
  try writeConfigs(shapes.map { ($0.name, try $0.shape.hubConfig()) }, to: folder)
}

/// Writes configs as they are, `DIR/NAME/config.json`.
///
/// - Throws: `WorkError` where a file cannot be written.
public func writeConfigs(_ configs: [(name: String, config: JSON)], to folder: String) throws {
  try makeFolder(folder)
  for (name, config) in configs {
    try makeFolder("\(folder)/\(name)")
    try writeFile("\(folder)/\(name)/config.json", Array((config.text() + "\n").utf8))
  }
}
