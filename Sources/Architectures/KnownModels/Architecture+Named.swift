import Input

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Architecture {
  /// The model that a person names: one that isoflop knows, a config.json, a folder that holds one, or standard input
  /// (`-`).
  ///
  /// - Throws: `InputError` where it is none of these, or the config cannot be read.
  public static func resolve(_ text: String, part: Modality = .language) throws -> Architecture {
    if part == .language, let known = KnownModel.named(text) { return try known.architecture() }
    var status = stat()
    if text != "-", stat(text, &status) != 0 {
      throw InputError(
        "is neither a file nor a model that isoflop knows", value: text,
        hint: closest(to: text, among: KnownModel.all.map(\.name)).map { "did you mean \($0)?" }
          ?? "give the path of a config.json, or a name from isoflop count --models")
    }
    let isFolder = text != "-" && status.st_mode & S_IFMT == S_IFDIR
    let file = isFolder ? (text.hasSuffix("/") ? text : text + "/") + "config.json" : text
    return try Architecture(configBytes: readFile(file), file: file, part: part)
  }

  /// A sequence length to count at where none is asked for, and why that one.
  public enum UsualLength: Sendable, Equatable {
    /// An image is as long as it is.
    case patches(Int)
    /// What a named model was trained at.
    case training(Int)
    /// max_position_embeddings, where that is at most 4096.
    case positions(Int)
    case fallback

    public static let usual = 4096
    public var length: Int {
      switch self {
      case .patches(let length), .training(let length), .positions(let length): length
      case .fallback: Self.usual
      }
    }
  }

  public var usualLength: UsualLength {
    if kind == .vision, let maxPositions { return .patches(maxPositions) }
    if let trainingLength { return .training(trainingLength) }
    if let maxPositions, maxPositions <= UsualLength.usual { return .positions(maxPositions) }
    return .fallback
  }
}
