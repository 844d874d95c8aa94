import Input

extension Config {
  /// The attention mask of every layer, from `layer_types` where the config has it, else from the family's rule.
  ///
  /// - Parameters:
  ///   - layers: how many layers.
  ///   - window: the sliding window; layers that slide need one.
  ///   - others: what further words of `layer_types` mean in this family.
  ///   - rule: whether layer `i` (0-based) slides when `layer_types` is absent.
  public func attentionMasks(
    layers: Int, window: Int?, others: [String: AttentionMask] = [:], slides rule: (Int) -> Bool
  ) throws -> [AttentionMask] {
    var meanings = others
    meanings["full_attention"] = meanings["full_attention"] ?? .causal
    if let window { meanings["sliding_attention"] = .sliding(window: window) }
    guard let types = try words("layer_types") else {
      return (0..<layers).map { i in
        guard rule(i), let window else { return .causal }
        return .sliding(window: window)
      }
    }
    guard types.count == layers else {
      throw layerCountError("layer_types", names: types.count, of: layers)
    }
    return try types.enumerated().map { at, word in
      if let mask = meanings[word] { return mask }
      let field = "layer_types[\(at)]"
      if word == "sliding_attention" { throw error(field, .string(word), "needs sliding_window, which is not given") }
      throw error(
        field, .string(word), "is not a layer type of this family",
        hint: suggestion(for: word, among: meanings.keys.sorted()))
    }
  }

  /// A list that ought to have an entry for every layer has another number of them.
  func layerCountError(_ name: String, _ value: JSON? = nil, names count: Int, of layers: Int) -> InputError {
    error(name, value, "names \(Numbers.counted(count, "layer"))", hint: "there are \(layers)")
  }

  /// sliding_window: null means that no layer slides; absent means the class's default.
  public func slidingWindow(default other: Int?) throws -> Int? {
    try optionalSize("sliding_window") ?? (object["sliding_window"] == .null ? nil : other)
  }

  /// Every how many layers one does not slide; newer transformers writes it with an underscore.
  func slidingWindowPattern(default other: Int) throws -> Int {
    try size("sliding_window_pattern", "_sliding_window_pattern", default: other)
  }

  /// The words of a per-layer list that must have one of `known` for every layer; nil where it is absent.
  public func layerWords(_ name: String, layers: Int, known: Set<String>) throws -> [String]? {
    guard let list = try words(name) else { return nil }
    guard list.count == layers else {
      throw layerCountError(name, names: list.count, of: layers)
    }
    for (at, word) in list.enumerated() where !known.contains(word) {
      throw error(
        "\(name)[\(at)]", .string(word), "is not known in this family",
        hint: suggestion(for: word, among: known.sorted()))
    }
    return list
  }
}
