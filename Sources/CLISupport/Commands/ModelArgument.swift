import Isoflop

/// What a CONFIG argument names.
enum ModelArgument {
  static func architecture(_ text: String, part: Architecture.Modality = .language) throws -> Architecture {
    try Architecture.resolve(text, part: part)
  }

  /// The length to count at: the one asked for, else the model's usual one, which is said on standard error.
  static func sequenceLength(_ asked: Int?, for model: Architecture, on terminal: Terminal) -> Int {
    if let asked { return asked }
    let usual = model.usualLength
    let reason: String
    switch usual {
    case .patches(let length): return length
    case .training: reason = "its training length"
    case .positions: reason = "its max_position_embeddings"
    case .fallback: reason = "the default"
    }
    terminal.note("note: \(model.name): sequence length \(usual.length), \(reason); --sequence-length chooses another")
    return usual.length
  }
}
