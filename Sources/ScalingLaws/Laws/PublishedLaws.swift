import Input

extension Law {
  /// Every published law whose numbers were read at first hand, those read at second hand, which say so, and two fits
  /// of this project's own to points read off a published figure, which are marked as fitted. What is
  /// in conflict between copies, known from memory only, or published without usable coefficients is not here.
  public static let published: [Law] =
    [
      deepSeek, hoffmann, hoffmannRounded, besiroglu, llama3, llama3Rounded, moonlight, moonlightRounded, stepLaw,
      porian, hunyuanLarge, muennighoff, sardana, sardanaShort, mccandlish, powerLines, schaipp, krajewski,
      krajewskiDense, abnar, clark, qualityQ, kumar, taoVocabulary, nativeMultimodal,
    ] + aghajanyan + [broken, deepSeekFigure4, deepSeekFigure4Surface]

  /// A published law by its name, `id` or `id:variant`, or by one that it is well known by (`aliases`).
  ///
  /// - Throws: `InputError` with the closest name.
  public static func named(_ name: String) throws -> Law {
    let meant = aliases[plainName(name)] ?? name
    if let law = published.first(where: { $0.name == meant }) { return law }
    if let reason = notShipped[name.lowercased()] {
      throw InputError(
        "is known but not shipped: \(reason)", field: "law", value: name, hint: "isoflop laws lists those that are")
    }
    throw InputError(
      "is not a law that isoflop knows", field: "law", value: name, hint: suggestion(forLaw: name))
  }

  private static func suggestion(forLaw name: String) -> String {
    let near = closest(to: name, among: published.map(\.name) + aliases.keys)
    switch near.map({ ($0, aliases[$0]) }) {
    case (let alias, let law?)?: return "did you mean \(alias), which is \(law)?"
    case (let law, nil)?: return "did you mean \(law)?"
    case nil: return "isoflop laws lists them; a law file ends in .json"
    }
  }

  /// Names that laws go by elsewhere, in letters and digits: of a model, of authors, of a paper. Each means one law only.
  public static let aliases: [String: String] = [
    "beyondchinchilla": "sardana", "brokenneuralscalinglaws": "bnsl", "chinchilla": "hoffmann_a3",
    "dataconstrained": "muennighoff", "deepseekllm": "deepseek", "epoch": "besiroglu", "hoffmann": "hoffmann_a3",
    "hunyuan": "hunyuan_large", "llama3": "llama3", "llama31": "llama3", "powerlines": "power_lines",
    "steplaw": "step_law",
  ]

  /// What people ask for and do not get, and why.
  public static let notShipped: [String: String] = [
    "kaplan": "exponents without bases here (arXiv 2001.08361)",
    "hoffmann_a1a2": "Table 2 of arXiv 2203.15556 gives exponents only",
    "minicpm": "copies of its constants do not give the tokens per parameter that they state (arXiv 2404.06395)",
    "bjorck": "its constants disagree between copies (arXiv 2409.19913)",
    "cbs_zhang2024": "copies disagree on its units (arXiv 2410.21676)",
    "ling_moe_hp": "its numbers were not read at the source (arXiv 2507.17702)",
    "ling_el": "published as a form, without coefficients (arXiv 2507.17702)",
    "pearce_song": "statements, no law (arXiv 2406.12907)",
    "farseer": "its coefficients were not found: the form can be fitted",
    "gadre": "its coefficients were not found: the form can be fitted (arXiv 2403.08540)",
    "joint_moe": "its coefficients were not found (arXiv 2502.05172)",
    "ye_mixing": "its coefficients belong to one corpus (arXiv 2403.16952)",
    "shukor_mix": "its coefficients belong to one corpus (arXiv 2507.09404)",
    "goyal_filtering": "published as a form (arXiv 2404.07177)",
    "lr_annealing": "published as a form, to be fitted to a loss curve (arXiv 2408.11029)",
    "gpt4_predict": "published as a form (arXiv 2303.08774)",
    "collapse": "published as a method, without thresholds",
  ]
}

extension Law {
  /// The compute-optimal size, in the law's own unit and account, for a budget of C FLOPs.
  ///
  /// - Throws: `InputError` where C is not a positive number, or the law does not say.
  public func optimum(compute C: Double) throws -> Optimum {
    guard C > 0, C.isFinite else {
      throw InputError("is not a positive number of FLOPs", field: "compute", value: "\(C)")
    }
    if let surface {
      guard let cost, cost.constant == 0 else { throw noAllocation }
      let best = try surface.optimum(compute: C, flopsPerScale: cost.perScale)
      return Optimum(scale: best.scale, tokens: best.tokens, loss: best.loss)
    }
    guard let cost else { throw noAllocation }
    let loss = lossCurve.map { $0(C) }
    switch (modelSize, tokens) {
    case (let size?, let tokens?): return Optimum(scale: size(C), tokens: tokens(C), loss: loss)
    case (let size?, nil):
      let scale = size(C)
      return Optimum(scale: scale, tokens: C / cost.flopsPerToken(scale: scale), loss: loss)
    case (nil, let tokens?):
      let D = tokens(C)
      return Optimum(scale: (C / D - cost.constant) / cost.perScale, tokens: D, loss: loss)
    case (nil, nil): throw noAllocation
    }
  }

  /// Whether the law says how to split a budget.
  public var allocates: Bool { cost != nil && (surface != nil || modelSize != nil || tokens != nil) }

  /// What the law says is compute-optimal: size in `scale`, tokens, and the loss where it predicts one.
  public struct Optimum: Equatable, Sendable {
    public var scale: Double
    public var tokens: Double
    public var loss: Double?
  }

  private var noAllocation: InputError {
    let others = Law.published.filter { $0.allocates && $0.variant == nil }.map(\.id).joined(separator: ", ")
    return InputError(
      "does not say how to split a budget between size and tokens", field: "law", value: name,
      hint: "laws that do: \(others)")
  }
}

extension Law {
  /// The default law's id.
  public static let deepSeekID = "deepseek"
  /// The default law.
  public static let `default` = deepSeek
  /// The fit to DeepSeek LLM's figure 4(a), which has the loss that the paper's own law leaves out.
  public static let deepSeekFit = deepSeekFigure4
  /// What repeated tokens are worth where a law does not say so itself: the tokens' side alone, because its parameters'
  /// side belongs to its own surface.
  public static let muennighoffRepetition = RepeatedData(tokens: 15.387756, parameters: .infinity)
}
