import Input

extension NamedConfig {
  /// The member that is a model's config, of an object that is none itself: trackers and training code wrap it so.
  public static func member(holdingConfig object: JSONObject) -> String? {
    guard object["model_type"] == nil, !OtherFile.hasSizes(object) else { return nil }
    return object.members.first { $0.value.object.map { $0["model_type"] != nil || OtherFile.hasSizes($0) } ?? false }?
      .name
  }
}

/// What a JSON object is where it is no model's config: the files that lie beside a config.json are taken for it.
struct OtherFile {
  private let hint: String

  /// Nil where the object has a model's sizes, so that only its model_type is missing.
  init?(_ object: JSONObject) {
    if Self.hasSizes(object) { return nil }
    func has(_ names: String...) -> Bool { names.allSatisfy { object[$0] != nil } }
    hint =
      if let member = NamedConfig.member(holdingConfig: object) {
        "its member \(member) is one: put that into a file of its own, as with jq .\(member) FILE > config.json"
      } else if has("weight_map") {
        "it is an index of weights: the config.json beside it says what the model is"
      } else if has("tokenizer_class") || has("added_tokens") {
        "it is a tokenizer's: the config.json beside it says what the model is"
      } else if has("eos_token_id", "transformers_version") {
        "it says how to generate: the config.json beside it says what the model is"
      } else if has("axes") {
        "it is a grid: isoflop sweep reads it"
      } else if has("id", "scale") {
        "it is a law: isoflop laws shows it"
      } else {
        "isoflop count --families lists the model types that can be counted"
      }
  }

  static func hasSizes(_ object: JSONObject) -> Bool {
    let sizes = ["hidden_size", "d_model", "n_embd", "num_hidden_layers", "n_layer", "n_layers", "architectures"]
    return sizes.contains { object[$0] != nil }
  }

  var error: InputError { InputError("is not a model's config: it has no model_type", hint: hint) }
}
