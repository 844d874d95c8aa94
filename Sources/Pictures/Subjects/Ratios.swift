import Architectures
import FLOPCount
import Input

/// A model with the length that it is counted at.
public struct CountedModel: Sendable {
  public var architecture: Architecture
  public var sequenceLength: Int
  public var convention: Convention
  /// Whether extra prediction modules (MTP) are counted too.
  public var extraPrediction: Bool

  public init(
    _ architecture: Architecture, sequenceLength: Int, convention: Convention = .deepseek, extraPrediction: Bool = false
  ) {
    self.architecture = architecture
    self.sequenceLength = sequenceLength
    self.convention = convention
    self.extraPrediction = extraPrediction
  }

  /// What a caption says where there are more models than colours.
  static func leftOut(_ models: [CountedModel]) -> String {
    let most = Palette.series.count
    return models.count > most ? " The first \(most) of \(models.count) models." : ""
  }
}

extension Picture {
  /// What 6 N says beside M, the training FLOPs per token that are really spent: against size, in the paper's form, and
  /// against the sequence length, exactly.
  ///
  /// 6 N1 / M = 6 d / (6 d + S) and 6 N2 / M = (6 d + V d / (2 d L)) / (6 d + S) follow from M = 72 L d^2 + 12 L d S, 6 N1 = 72
  /// L d^2, 6 N2 = 6 N1 + 6 V d (DeepSeek LLM, arXiv 2401.02954, eq. 2). For mixtures N is what a token visits.
  ///
  /// - Throws: `InputError` where a model has a part without a closed formula, or is an image encoder.
  public static func ratios(_ models: [CountedModel]) throws -> Picture {
    let shown = try Ratio.shown(models)
    let form = shown[0].architecture
    let ratio = try Ratio(form, sequenceLength: shown[0].sequenceLength)
    let aspect = Double(form.width) / Double(form.layerCount)
    func said(_ ratio: Double) -> String {
      "\(Numbers.fixed(100 * abs(ratio - 1), 1)) % too \(ratio < 1 ? "low" : "high")"
    }
    return Picture(
      "ratios", title: "What 6 N says of the FLOPs that M counts\(shown.count == 1 ? ": \(form.name)" : "")",
      words:
        "6 N over M, the training FLOPs per token that are really spent. Below 1, 6 N forgets attention; above 1, it "
        + "counts the vocabulary. \(form.name) at S = \(Numbers.grouped(shown[0].sequenceLength)): 6 N1 is "
        + "\(said(ratio.one)), 6 N2 \(said(ratio.two)). Points are models, "
        + "counted exactly; the curves against size are the paper's form at d_model / n_layers = \(Numbers.significant(aspect)) "
        + "and a vocabulary of \(Numbers.grouped(form.vocabulary))." + CountedModel.leftOut(models),
      panels: [try Ratio.againstSize(shown), try Ratio.againstLength(shown)])
  }
}

/// 6 N over M of one model at one length.
struct Ratio {
  var size: Double
  var one: Double
  var two: Double

  init(_ model: Architecture, sequenceLength: Int) throws {
    guard model.kind != .vision else {
      throw InputError("is an image encoder, whose length is fixed: no picture of 6 N against M", value: model.name)
    }
    let count = try ModelCount(model, sequenceLength: sequenceLength)
    guard let M = try count.trainingPerToken() else {
      throw InputError("has a part without a closed formula, so its M is not known", value: model.name)
    }
    let idle = Double(try count.totalParameters() - count.activeParameters())
    size = Double(try count.nonEmbeddingParameters()) - idle
    one = 6 * size / M
    two = 6 * (Double(try count.totalParameters()) - idle) / M
  }
}

extension Ratio {
  /// Where 6 N / M runs from: nothing of what is spent, to twice.
  private static let limits = 0.0...2.0

  /// As many models as there are colours.
  static func shown(_ models: [CountedModel]) throws -> [CountedModel] {
    guard !models.isEmpty else { throw InputError("names no model", field: "models") }
    return Array(models.prefix(Palette.series.count))
  }

  /// 6 N / M against size: the models at the length of the first, and the paper's form at its shape.
  static func againstSize(_ shown: [CountedModel]) throws -> Panel {
    let single = shown.count == 1
    let exact = try shown.map { try Ratio($0.architecture, sequenceLength: shown[0].sequenceLength) }
    var panel = Panel(
      "Against size, at S = \(Numbers.grouped(shown[0].sequenceLength))" + (single ? "" : ": 6 N1 full, 6 N2 hollow"),
      x: Axis("N1, non-embedding parameters", logarithmic: true, style: .count, range: 1e7...1e12),
      y: Axis("6 N / M, training FLOPs per token", range: Self.limits),
      marks: [.level(1, "M itself", over: 1e7...1e12).labelled("M", nearX: 7e11, y: 1)])
    let form = shown[0].architecture
    let aspect = Double(form.width) / Double(form.layerCount)
    let curves = (0...80).map { step -> (N: Double, one: Double, two: Double) in
      let N1 = exp10(7 + Double(step) / 16)
      let d = cubeRoot(N1 * aspect / 12)
      let spent = 6 * d + Double(shown[0].sequenceLength)
      return (N1, 6 * d / spent, (6 * d + Double(form.vocabulary) / (2 * d / aspect)) / spent)
    }
    // The curves have their names where no model has its own.
    let named =
      [16, 6, 32].map { curves[$0] }.first { place in
        exact.allSatisfy { !(place.N / 3...place.N * 3).contains($0.size) }
      } ?? curves[16]
    let second = curves.first { $0.N >= named.N && $0.two < 0.9 * Self.limits.upperBound } ?? named
    panel.marks += [
      Mark(.line, "6 N1 / M, paper's form", single ? .series(0) : .ink, curves.map { [$0.N, $0.one] })
        .labelled("6 N1", nearX: named.N, y: named.one),
      Mark(.dashes, "6 N2 / M, paper's form", single ? .series(1) : .ink, curves.map { [$0.N, $0.two] })
        .labelled("6 N2", nearX: second.N, y: second.two),
    ]
    for (index, (model, ratio)) in zip(shown, exact).enumerated() {
      let name = model.architecture.name
      panel.marks += [
        Mark(.points, "6 N1 / M of \(name)", .series(index), [[ratio.size, ratio.one]])
          .labelled(name, nearX: ratio.size, y: ratio.one),
        Mark(.rings, "6 N2 / M of \(name)", single ? .series(1) : .series(index), [[ratio.size, ratio.two]]),
      ]
    }
    return panel
  }

  /// 6 N / M of the models against the sequence length.
  static func againstLength(_ shown: [CountedModel]) throws -> Panel {
    let single = shown.count == 1
    let lengths = sequenceLengths(through: 17)
    var panel = Panel(
      single ? "Against the sequence length, exactly" : "Against the sequence length: 6 N1 solid, 6 N2 dashed",
      x: Axis("S, tokens of a sequence", logarithmic: true, style: .binary, range: 256...131_072),
      y: Axis("6 N / M, training FLOPs per token", range: Self.limits),
      marks: [.level(1, "M itself", over: 256...131_072).labelled("M", nearX: 1e5, y: 1)])
    for (index, model) in shown.enumerated() {
      let ratios = try lengths.map { (Double($0), try Ratio(model.architecture, sequenceLength: $0)) }
      let name = model.architecture.name
      panel.marks += [
        Mark(.line, "6 N1 / M of \(name)", .series(index), ratios.map { [$0.0, $0.1.one] })
          .labelled(single ? "6 N1" : name),
        Mark(.dashes, "6 N2 / M of \(name)", single ? .series(1) : .series(index), ratios.map { [$0.0, $0.1.two] }),
      ]
      if single { panel.marks[panel.marks.count - 1] = panel.marks[panel.marks.count - 1].labelled("6 N2") }
    }
    return panel
  }
}

/// Lengths from 256 to a power of two, four to a doubling: enough for a curve to look like one. All are multiples of 256:
/// what is done in chunks has none that is half empty.
func sequenceLengths(through power: Int) -> [Int] {
  (8..<power).flatMap { octave in (4..<8).map { $0 << (octave - 2) } }.filter { $0 % 256 == 0 } + [1 << power]
}

extension Mark {
  /// A line across the frame.
  static func level(_ y: Double, _ name: String, over x: ClosedRange<Double>) -> Mark {
    Mark(.line, name, .faint, [[x.lowerBound, y], [x.upperBound, y]])
  }
}
