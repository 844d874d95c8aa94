import Architectures
import Input

/// What a family of models has in common: the choices that turn a width and a number of layers into a whole shape.
///
/// No published model is listed here: a style is a few rules, and shapes follow from them.
public struct ModelStyle: Sendable, Equatable {
  public var name: String
  public var title: String
  public var mlp: Shape.MLPKind
  /// The head is the embedding table.
  public var tied: Bool
  public var vocabularies: [Int]
  /// Key-value heads; nil: as many as heads.
  public var keyValueHeads: [Int?]
  /// d_ff over d_model, before rounding up to `mlpMultiple`.
  public var mlpRatios: [Ratio]
  public var mlpMultiple: Int
  /// Empty for dense models.
  public var mixtures: [Mixture]
  /// d_model / n_layers.
  public var aspectRatio: ClosedRange<Double>

  /// A ratio of small integers, so that widths stay exact.
  public struct Ratio: Sendable, Equatable {
    public var numerator: Int
    public var denominator: Int
    public init(_ numerator: Int, _ denominator: Int = 1) {
      self.numerator = numerator
      self.denominator = denominator
    }
    /// width x ratio, rounded up to a multiple.
    func width(of width: Int, multiple: Int) -> Int {
      let step = denominator * multiple
      return (width * numerator + step - 1) / step * multiple
    }
  }

  /// A mixture of experts: how many, how many a token visits, how wide.
  public struct Mixture: Sendable, Equatable {
    public var experts: Int
    public var perToken: Int
    /// Expert width over d_model.
    public var expertRatio: Ratio
    /// Shared experts, each as wide as a routed one.
    public var shared: Int
    /// First layers that stay dense.
    public var denseLayers: Int
    public init(experts: Int, perToken: Int, expertRatio: Ratio, shared: Int = 0, denseLayers: Int = 0) {
      self.experts = experts
      self.perToken = perToken
      self.expertRatio = expertRatio
      self.shared = shared
      self.denseLayers = denseLayers
    }
  }

  public static let deepSeek = ModelStyle(
    name: "deepseek", title: "gated MLP of 8/3, multi-head or 8 key-value heads, vocabulary 102400", mlp: .gated,
    tied: false, vocabularies: [102_400], keyValueHeads: [nil, 8], mlpRatios: [Ratio(8, 3)], mlpMultiple: 256,
    mixtures: [], aspectRatio: 40...160)
  public static let llama = ModelStyle(
    name: "llama", title: "gated MLP of 8/3 or 7/2, multi-head or 8 key-value heads, vocabulary 32000 or 128256",
    mlp: .gated, tied: false, vocabularies: [32000, 128_256], keyValueHeads: [nil, 8],
    mlpRatios: [Ratio(8, 3), Ratio(7, 2)], mlpMultiple: 256, mixtures: [], aspectRatio: 40...160)
  public static let qwen = ModelStyle(
    name: "qwen", title: "gated MLP of 8/3 or 21/4, 2, 4 or 8 key-value heads, vocabulary 152064", mlp: .gated,
    tied: false, vocabularies: [152_064], keyValueHeads: [2, 4, 8], mlpRatios: [Ratio(8, 3), Ratio(21, 4)],
    mlpMultiple: 256, mixtures: [], aspectRatio: 40...160)
  public static let gpt = ModelStyle(
    name: "gpt", title: "plain MLP of 4, multi-head, tied vocabulary 50257", mlp: .plain, tied: true,
    vocabularies: [50257], keyValueHeads: [nil], mlpRatios: [Ratio(4)], mlpMultiple: 64, mixtures: [],
    aspectRatio: 40...160)
  public static let moe = ModelStyle(
    name: "moe", title: "8 experts, 2 visited; or 64 fine ones, 6 visited and 2 shared; or 128 fine ones, 8 visited",
    mlp: .gated, tied: false, vocabularies: [102_400], keyValueHeads: [nil, 8], mlpRatios: [Ratio(16, 3)],
    mlpMultiple: 64,
    mixtures: [
      Mixture(experts: 8, perToken: 2, expertRatio: Ratio(7, 2)),
      Mixture(experts: 64, perToken: 6, expertRatio: Ratio(11, 16), shared: 2, denseLayers: 1),
      Mixture(experts: 128, perToken: 8, expertRatio: Ratio(3, 8)),
    ], aspectRatio: 40...160)

  public static let known: [ModelStyle] = [deepSeek, llama, qwen, gpt, moe]

  /// - Throws: `InputError` with the closest name.
  public static func named(_ name: String) throws -> ModelStyle {
    if let style = known.first(where: { $0.name == name.lowercased() }) { return style }
    throw InputError(
      "is not a style that isoflop knows", field: "style", value: name,
      hint: suggestion(for: name.lowercased(), among: known.map(\.name)))
  }

  /// The style with these vocabulary sizes instead of its own.
  public func with(vocabulary: Int?) -> ModelStyle {
    var copy = self
    if let vocabulary { copy.vocabularies = [vocabulary] }
    return copy
  }

  /// Every shape of this style with that width, but for the number of layers (1).
  func templates(width: Int, sequenceLength: Int) -> [Shape] {
    let headWidth = width >= 2048 ? 128 : 64
    guard width % headWidth == 0 else { return [] }
    let heads = width / headWidth
    var shapes: [Shape] = []
    for vocabulary in vocabularies {
      for keyValue in Set(keyValueHeads.map { $0 ?? heads }) where keyValue <= heads && heads % keyValue == 0 {
        for ratio in mlpRatios {
          let base = Shape(
            layers: 1, width: width, heads: heads, headWidth: headWidth, keyValueHeads: keyValue,
            mlpWidth: ratio.width(of: width, multiple: mlpMultiple), vocabulary: vocabulary,
            sequenceLength: sequenceLength, mlp: mlp, tied: tied, form: .general)
          if mixtures.isEmpty { shapes.append(base) }
          for mixture in mixtures {
            var shape = base
            shape.experts = mixture.experts
            shape.expertsPerToken = mixture.perToken
            shape.expertWidth = mixture.expertRatio.width(of: width, multiple: mlpMultiple)
            shape.sharedWidth = mixture.shared * shape.expertWidth
            shape.denseLayers = mixture.denseLayers
            if mixture.denseLayers == 0 { shape.mlpWidth = shape.expertWidth }
            shapes.append(shape)
          }
        }
      }
    }
    return shapes.sorted()
  }
}
