import Input

/// A model that is known by name: the sizes of its published config.json, so that `isoflop count deepseek-llm-67b`
/// needs no file.
public struct KnownModel: Sendable {
  public let name: String
  /// Tokens of a sequence in the main part of its training; nil where no source says.
  public let trainingLength: Int?
  /// The fields of its config.json that decide what it costs.
  public let config: String

  init(_ name: String, trainedAt trainingLength: Int?, _ config: String) {
    self.name = name
    self.trainingLength = trainingLength
    self.config = config
  }

  public func architecture() throws -> Architecture {
    var architecture = try Architecture(configBytes: Array(config.utf8), file: name)
    architecture.trainingLength = trainingLength
    return architecture
  }

  /// The model of that name, in any case of letters.
  public static func named(_ name: String) -> KnownModel? {
    let name = name.lowercased()
    return all.first { $0.name == name }
  }

  /// Every model that is known by name.
  public static let all: [KnownModel] = llamaLike + otherDense + mixtures
}
