import Input
import TestSupport

/// A config.json with something wrong in it.
struct Mutation: Sendable {
  let what: String
  let config: JSONObject
  /// The name that a field now has, where nothing but its place tells what it was meant to be.
  var strangeName: String?
}

/// Every way in which a config is damaged here: a field renamed as by a slip, or to a name that another family reads;
/// a number out of range or of another kind; a word that nobody knows; a list of another length.
struct Mutations {
  let config: JSONObject
  /// Names that some family's file has, by themselves and by what is left of them without a letter: a slip may hit one.
  private static let near: [String: Set<String>] = {
    var near: [String: Set<String>] = [:]
    for name in Set(MeasuredCase.all.flatMap { $0.configs.flatMap(\.config.names) }) {
      for key in withoutALetter(name) + [name] { near[key, default: []].insert(name) }
    }
    return near
  }()
  /// Objects whose fields change no count.
  private static let neutral: Set<String> = [
    "rope_parameters", "rope_scaling", "id2label", "label2id", "quantization_config",
  ]

  var all: [Mutation] { config.names.flatMap { mutations(of: $0) } }

  /// One of them, of a field by chance.
  func any(of names: [String]? = nil, using random: inout SplitMix) -> Mutation? {
    (names ?? config.names).randomElement(using: &random)
      .flatMap { mutations(of: $0).randomElement(using: &random) }
  }

  /// Two of them at once, of two fields: two of one may give a size again, or a name that nobody can tell.
  func pair(using random: inout SplitMix) -> Mutation? {
    guard let first = any(using: &random), first.strangeName == nil else { return nil }
    let others = first.config.names.filter { first.config[$0] == config[$0] }
    guard let second = Mutations(config: first.config).any(of: others, using: &random), second.strangeName == nil
    else { return nil }
    return Mutation(what: "\(first.what); \(second.what)", config: second.config)
  }

  private func mutations(of name: String) -> [Mutation] {
    guard name != "model_type", let value = config[name] else { return [] }
    var list = renamed(name, in: config) + changed(name, value, in: config)
    guard let inner = value.object, !Self.neutral.contains(name) else { return list }
    for (field, value) in inner.members where field != "model_type" {
      for mutation in renamed(field, in: inner) + changed(field, value, in: inner) {
        var outer = config
        outer[name] = .object(mutation.config)
        list.append(Mutation(what: "\(name).\(mutation.what)", config: outer, strangeName: mutation.strangeName))
      }
    }
    return list
  }

  private func renamed(_ name: String, in object: JSONObject) -> [Mutation] {
    let others = ([name] + withoutALetter(name)).compactMap { Self.near[$0] }.flatMap { $0 }
    let slips: Set<String> = [
      "\(name)_x", "x_\(name)", "\(name)s", String(name.dropLast()), String(name.dropFirst()), name.uppercased(),
      name.filter { $0 != "_" }, camelCase(name), swapped(name),
    ]
    return (slips.union(others).subtracting([name, ""]).subtracting(object.names).sorted() + ["renamed_field"]).map {
      other in
      let members = object.members.map { ($0.name == name ? other : $0.name, $0.value) }
      return Mutation(
        what: "\(name) as \(other)", config: JSONObject(members),
        strangeName: other == "renamed_field" ? other : nil)
    }
  }

  private func changed(_ name: String, _ value: JSON, in object: JSONObject) -> [Mutation] {
    bad(name, value).map { bad in
      var changed = object
      changed[name] = bad
      return Mutation(what: "\(name) = \(bad.text(indent: nil).prefix(60))", config: changed)
    }
  }

  /// What a field with such a value never is.
  private func bad(_ name: String, _ value: JSON) -> [JSON] {
    switch value {
    case .integer: return [-1, -7, 2.5, 1e30, 9_000_000_000_000, "many", [1], ["a": 1], true]
    case .bool: return [2, -1, "yes", [true]]
    case .number: return ["many", [1]]
    case .string(let word):
      return [.string("bogus_word"), .string(word + "x"), -3, [.string(word)]]
    case .array(let list):
      guard let at = list.isEmpty ? nil : list.count / 2, list.contains(where: { $0.string != nil }) else {
        return ["many", -3]
      }
      let damaged = [JSON.string("bogus_word"), -3, .null].map { item -> JSON in
        var list = list
        list[at] = item
        return .array(list)
      }
      // A cycle of words may have any length, and a pattern may be what says how many layers there are.
      if ["block_types", "_block_types", "architectures"].contains(name)
        || name == "layers_block_type" && config["num_hidden_layers"] == nil
      {
        return damaged
      }
      return damaged + [.array(list.dropLast()), .array(list + [list[at]])]
    case .object, .null: return ["many", -3]
    }
  }
}

private func camelCase(_ name: String) -> String {
  let words = name.split(separator: "_")
  return (words.first.map(String.init) ?? "")
    + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
}

/// The word with every letter in turn left out.
private func withoutALetter(_ word: String) -> [String] {
  word.indices.map { word[..<$0] + word[word.index(after: $0)...] }.map(String.init)
}

/// Two letters in the middle swapped.
private func swapped(_ name: String) -> String {
  var letters = Array(name)
  guard letters.count > 3 else { return name }
  letters.swapAt(letters.count / 2 - 1, letters.count / 2)
  return String(letters)
}
