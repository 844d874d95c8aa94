import Isoflop

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a CONFIG argument names: a known model, a config.json, a folder that holds one, or standard input (`-`).
enum ModelArgument {
  static func architecture(_ text: String, part: Architecture.Modality = .language) throws -> Architecture {
    if part == .language, let known = KnownModel.named(text) { return try known.architecture() }
    switch kind(of: text) {
    case .folder:
      let file = (text.hasSuffix("/") ? text : text + "/") + "config.json"
      return try Architecture(configBytes: readFile(file), file: file, part: part)
    case .file: return try Architecture(configBytes: readFile(text), file: text, part: part)
    case .nothing:
      throw InputError(
        "is neither a file nor a model that isoflop knows", value: text,
        hint: closest(to: text, among: KnownModel.all.map(\.name)).map { "did you mean \($0)?" }
          ?? "give the path of a config.json, or a name from isoflop count --models")
    }
  }

  /// The length to count at: the one asked for, else what a named model was trained at, else the smaller of
  /// max_position_embeddings and 4096. What was chosen is said on standard error.
  static func sequenceLength(_ asked: Int?, for model: Architecture, on terminal: Terminal) -> Int {
    if let asked { return asked }
    // An image is as long as it is.
    if model.kind == .vision, let patches = model.maxPositions { return patches }
    let chosen = model.trainingLength ?? min(model.maxPositions ?? fallbackLength, fallbackLength)
    let reason =
      if model.trainingLength != nil {
        "its training length"
      } else if let most = model.maxPositions, most <= fallbackLength {
        "its max_position_embeddings"
      } else {
        "the default"
      }
    terminal.note("note: \(model.name): sequence length \(chosen), \(reason); --sequence-length chooses another")
    return chosen
  }

  private static let fallbackLength = 4096
  private enum Kind { case file, folder, nothing }

  private static func kind(of path: String) -> Kind {
    if path == "-" { return .file }
    var status = stat()
    guard stat(path, &status) == 0 else { return .nothing }
    return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
  }
}
