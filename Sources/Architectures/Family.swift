import Input

/// A model family: its model_type and the way from its config.json to a composition. Nothing else.
///
/// A family is a `static let` of this type in a file of `Families/`; the build makes `Family.all` from those files.
public struct Family: Sendable {
  /// The model_type values it reads.
  public let modelTypes: [String]
  let decode: @Sendable (Config) throws -> Architecture

  init(_ modelTypes: String..., decode: @escaping @Sendable (Config) throws -> Architecture) {
    self.modelTypes = modelTypes
    self.decode = decode
  }

  /// Every model_type that can be read, sorted.
  public static var modelTypes: [String] { byModelType.keys.sorted() }

  /// By model_type.
  static let byModelType: [String: Family] = {
    var table: [String: Family] = [:]
    for family in all { for type in family.modelTypes { table[type] = family } }
    return table
  }()
}

extension Architecture {
  /// Which part of a multimodal config is meant.
  public enum Modality: Sendable { case language, vision }

  /// Reads a config.json as the hub has it, or as newer transformers write it.
  ///
  /// - Parameters:
  ///   - bytes: the text of the file.
  ///   - file: the name for messages and for the architecture.
  ///   - part: the language part, or the image encoder under `vision_config`.
  /// - Throws: `InputError` that names file, field, value and way out. Nothing is guessed.
  public init(configBytes bytes: [UInt8], file: String, part: Modality = .language) throws {
    do {
      let json = try JSON(parsing: bytes)
      guard let object = json.object else {
        throw InputError("is JSON but no object", value: json.kind, hint: "a config.json is one JSON object")
      }
      self = try part == .language ? Architecture(config: object) : Architecture(visionOf: object)
      name = file
    } catch let error as InputError {
      throw error.from(file: file)
    }
  }

  /// Reads the image encoder of a multimodal config: `vision_config`, or the whole where that is one.
  public init(visionOf object: JSONObject) throws {
    let whole = Config(object)
    guard let inner = try whole.nested("vision_config") else {
      self = try Architecture(config: object)
      guard kind == .vision else {
        throw InputError("is missing", field: "vision_config", hint: "this config has no image encoder")
      }
      return
    }
    let wrapper = try whole.text("model_type")
    let type = try inner.text("model_type", default: Wrapper.visionTypes[wrapper] ?? "")
    guard !type.isEmpty else {
      throw InputError(
        "has an image encoder that isoflop cannot count", field: "model_type", value: "\"\(wrapper)\"",
        hint: "without --vision its language part is counted")
    }
    guard let family = Family.byModelType[type] else {
      throw inner.error("model_type", .string(type), "is not an image encoder that isoflop can count")
    }
    self = try family.decode(inner)
    notes += inner.notes
    notes.append("the image encoder alone, for one image")
    unknownFields = try inner.unknownFields()
  }

  /// Reads the object of a config.json.
  public init(config object: JSONObject) throws {
    let config = Config(object)
    let type = try config.text("model_type")
    if let family = Family.byModelType[type] {
      self = try family.decode(config)
    } else if let language = try config.languagePart(of: type) {
      self = language
    } else {
      throw InputError(
        "is not a model type that isoflop can count", field: "model_type", value: "\"\(type)\"",
        hint: suggestion(for: type, among: Family.modelTypes) ?? "isoflop count --families lists them")
    }
    notes += config.notes
    unknownFields = try config.unknownFields()
  }
}
