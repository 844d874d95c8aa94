import Isoflop

/// What a CONFIG argument names.
enum ModelArgument {
  static func architecture(_ text: String, part: Architecture.Modality = .language) throws -> Architecture {
    try Architecture.resolve(text, part: part)
  }

  /// The length to count at: the one asked for, else the model's usual one, which is said on standard error.
  static func sequenceLength(_ asked: Int?, for model: Architecture, on terminal: Terminal) -> Int {
    sequenceLengths(asked, for: [model], on: terminal)[0]
  }

  /// The length of each of several, said once for all that have the same for the same reason.
  static func sequenceLengths(_ asked: Int?, for models: [Architecture], on terminal: Terminal) -> [Int] {
    if let asked { return models.map { _ in asked } }
    var said: [(what: String, names: [String])] = []
    for model in models {
      let reason: String
      switch model.usualLength {
      case .patches: continue
      case .training: reason = "its training length"
      case .positions: reason = "its max_position_embeddings"
      case .fallback: reason = "the default"
      }
      let what = "sequence length \(Numbers.grouped(model.usualLength.length)), \(reason)"
      if let at = said.firstIndex(where: { $0.what == what }) {
        if !said[at].names.contains(model.name) { said[at].names.append(model.name) }
      } else {
        said.append((what, [model.name]))
      }
    }
    for (what, names) in said {
      terminal.note("note: \(names.joined(separator: ", ")): \(what); --sequence-length chooses another")
    }
    return models.map { $0.usualLength.length }
  }
}
