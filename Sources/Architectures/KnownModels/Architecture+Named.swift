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
    let file = try NamedConfig.file(text)
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

/// A config.json that a person names, before any family reads it.
public struct NamedConfig: Sendable {
  public let name: String
  public let object: JSONObject
  /// What a known model was trained at.
  public let trainingLength: Int?

  /// - Throws: `InputError` where the text names no model and no file, or the file is no JSON object.
  public static func resolve(_ text: String) throws -> NamedConfig {
    if let known = KnownModel.named(text) {
      return NamedConfig(
        name: known.name, object: try object(Array(known.config.utf8), known.name), trainingLength: known.trainingLength
      )
    }
    let file = try file(text)
    return NamedConfig(name: file, object: try object(readFile(file), file), trainingLength: nil)
  }

  private static func object(_ bytes: [UInt8], _ file: String) throws -> JSONObject {
    do {
      let json = try JSON(parsing: bytes)
      guard let object = json.object else {
        throw InputError("is JSON but no object", value: json.kind, hint: "a config.json is one JSON object")
      }
      return object
    } catch let error as InputError {
      throw error.from(file: file)
    }
  }

  /// The file that a text stands for: itself, or the config.json of a folder.
  static func file(_ text: String) throws -> String {
    var status = stat()
    if text != "-", stat(text, &status) != 0 {
      throw notFound(text)
    }
    let isFolder = text != "-" && status.st_mode & S_IFMT == S_IFDIR
    guard isFolder else { return text }
    let folder = text.hasSuffix("/") ? text : text + "/"
    let config = folder + "config.json"
    guard stat(config, &status) != 0 else { return config }
    let names = fileNames(in: folder).filter { !$0.hasPrefix(".") }
    var others = names.filter { $0.hasSuffix(".json") }.map { folder + $0 }
    // A folder of folders, as --write-configs makes them.
    if others.isEmpty { others = names.map { folder + $0 }.filter { stat($0 + "/config.json", &status) == 0 } }
    throw InputError(
      "is a folder without a config.json", file: text,
      hint: others.isEmpty || others.count > 6
        ? "give the path of one" : "give one of " + others.joined(separator: ", "))
  }

  private static func notFound(_ text: String) -> InputError {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let isFile = [".json", ".jsonl", ".csv", ".yaml", ".yml", ".html", ".txt", ".md"].contains { text.hasSuffix($0) }
    guard parts.count > 1 || isFile else {
      return InputError(
        "is neither a file nor a model that isoflop knows", value: text,
        hint: suggestion(for: text, among: KnownModel.all.map(\.name))
          ?? "give the path of a config.json, or a name from isoflop count --models")
    }
    // OWNER/MODEL, as the hub names models.
    let isOnHub = parts.count == 2 && !isFile && !parts[0].isEmpty && !text.hasPrefix(".")
    let known = isOnHub ? suggestion(for: String(parts[1]), among: KnownModel.all.map(\.name)) : nil
    return InputError(
      "is neither a file nor a folder", file: text,
      hint: isOnHub
        ? "isoflop downloads nothing: hf download \(text) config.json --local-dir \(parts[1])"
          + (known.map { "; or \($0)" } ?? "")
        : nearbyFile(text).map { "did you mean \($0)?" }
          ?? (isFile && !text.hasSuffix(".json") ? "check the path" : "give the path of a config.json"))
  }
}
