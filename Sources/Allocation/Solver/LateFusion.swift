import FLOPCount
import Input
import ScalingLaws

/// A vision-language run with late fusion: an encoder turns patches into tokens of the language model. Vision tokens
/// and the encoder have their own FLOPs, so C = M_v D_v + M D (Shukor et al. 2025, arXiv 2504.07951: 6 (N_v D_v + N D));
/// M_v = 72 L_v d_v^2 + 12 L_v d_v n_patches for each patch, the paper's form of M at full attention over one image.
public struct LateFusion: Sendable, Equatable {
  /// Layers and width of the encoder, patches of an image.
  public var layers: Int
  public var width: Int
  public var patches: Int
  /// So many patches a side become one token of the language model.
  public var merge: Int
  /// A frozen encoder runs forward only: a third.
  public var isFrozen: Bool

  /// - Throws: `InputError` that names the size which is none, or a merge that does not divide the patches.
  public init(layers: Int, width: Int, patches: Int, merge: Int = 1, isFrozen: Bool = false) throws {
    for (field, value) in [("layers", layers), ("width", width), ("patches", patches), ("merge", merge)] {
      guard value > 0, value <= 1 << 24 else {
        throw InputError("is not a size from 1 to 2^24", field: "vision.\(field)", value: "\(value)")
      }
    }
    let (square, overflow) = merge.multipliedReportingOverflow(by: merge)
    guard !overflow, patches % square == 0 else {
      throw InputError(
        "does not divide the patches", field: "vision.merge", value: "\(merge)",
        hint: "\(patches) patches in squares of \(merge) x \(merge)")
    }
    self.layers = layers
    self.width = width
    self.patches = patches
    self.merge = merge
    self.isFrozen = isFrozen
  }

  /// Training FLOPs of the encoder for each patch (forward only where it is frozen).
  ///
  /// - Throws: `InputError` beyond Int64.
  public func flopsPerPatch() throws -> Int {
    let form = PaperForm(layers: layers, width: width, vocabulary: 0, sequenceLength: patches)
    let training = try form.M.int("vision.M")
    return isFrozen ? training / 3 : training
  }

  /// Tokens of the language model that an image becomes.
  public var tokensPerImage: Int { patches / (merge * merge) }

  /// What a run of so many images and text tokens spends.
  ///
  /// - Parameters:
  ///   - images: how many images are seen.
  ///   - textTokens: tokens of text.
  ///   - flopsPerToken: M of the language model; image tokens cost it as text does.
  public func run(images: Double, textTokens: Double, flopsPerToken: Double) throws -> Run {
    guard images >= 0, images.isFinite, textTokens >= 0, textTokens.isFinite else {
      throw InputError("is negative", field: "images", value: "\(images)")
    }
    try requirePositive(flopsPerToken, "M")
    let vision = Double(try flopsPerPatch()) * Double(patches) * images
    let imageTokens = Double(tokensPerImage) * images
    return Run(
      imageTokens: imageTokens, tokens: imageTokens + textTokens, visionCompute: vision,
      languageCompute: flopsPerToken * (imageTokens + textTokens))
  }

  /// Tokens and FLOPs of a run, the encoder's apart.
  public struct Run: Sendable, Equatable {
    public var imageTokens: Double
    /// D of the language model: text and image tokens.
    public var tokens: Double
    public var visionCompute: Double
    public var languageCompute: Double

    public var compute: Double { visionCompute + languageCompute }
    /// C / D: what an MFU log should count for each token.
    public var flopsPerToken: Double { compute / tokens }

    /// The loss by a law of one's own in M, fitted to runs of this kind.
    ///
    /// - Throws: `InputError` for a published law, which is of text, and for one whose sizes leave the encoder out.
    public func forecast(_ law: Law, inflation: Double = 0) throws -> Forecast {
      guard !Law.published.contains(where: { $0.name == law.name }) else {
        throw InputError(
          "is a law of text, which says nothing about images", field: "law", value: law.name,
          hint: "leave it out, or give a law fitted to runs of this kind")
      }
      guard law.scale == .flopsPerToken else {
        throw InputError(
          "counts sizes in \(law.scale.rawValue), which leave the encoder out", field: "law", value: law.name,
          hint: "fit one in M, scale flops_per_token")
      }
      return try law.forecast(size: flopsPerToken, tokens: tokens, inflation: inflation)
    }

    /// The run, and its forecast by a law where there is one.
    public func json(_ forecast: (law: Law, loss: Forecast)?) -> JSON {
      var object = JSONObject([
        ("image_tokens", .number(imageTokens)), ("tokens", .number(tokens)),
        ("vision_compute", .number(visionCompute)), ("language_compute", .number(languageCompute)),
        ("compute", .number(compute)), ("flops_per_token", .number(flopsPerToken)),
      ])
      guard let (law, loss) = forecast else { return .object(object) }
      for (name, value) in loss.json(law).members where object[name] == nil { object[name] = value }
      return .object(object)
    }
  }
}
